// SPDX-License-Identifier: Apache-2.0
//
// XPath expressions as trees, and what their names mean. Prefixes, variables and functions are
// resolved when an expression is parsed; names of elements and attributes become numbers of a
// Vocabulary that is matched once with each document (Binding), so that no text is compared while
// rules run.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "documents/xml/tree.h"
#include "documents/xpath/atomic.h"
#include "documents/xpath/value.h"

namespace corridor::xpath {

class Regex;
struct CodeList;

// The names that a set of rules asks for. Number 0 is never used.
class Vocabulary {
 public:
  struct Name {
    std::string space;
    std::string local;
    bool any_space = false;  // *:local
    bool any_local = false;  // prefix:*
  };

  std::uint32_t add(Name name);
  void finish();  // once all names are known: what Binding looks up
  [[nodiscard]] const std::vector<Name>& names() const { return names_; }
  [[nodiscard]] const std::vector<std::uint32_t>& wildcards() const { return wildcards_; }
  [[nodiscard]] std::uint32_t find(View space,
                                   View local) const;  // of an exact name; 0: not asked for

 private:
  std::vector<Name> names_{1};
  std::vector<std::uint32_t> wildcards_;
  std::vector<std::uint32_t> slots_;  // open addressing by the hash of the local name
  std::map<std::string, std::uint32_t, std::less<>> ids_;
};

// The vocabulary in one tree: for an exact name the tree's id, for a name with a wildcard the set.
class Binding {
 public:
  Binding(const Vocabulary& vocabulary, const xml::Tree& tree);
  static constexpr xml::NameId kAbsent = 0xffffffff;

  // The tree's id of an exact name; kAbsent when the document has none.
  // `name` is of the vocabulary: whoever read the expression saw to that.
  [[nodiscard]] xml::NameId id(std::uint32_t name) const { return ids_.data()[name]; }
  [[nodiscard]] bool is_wild(std::uint32_t name) const { return wild_.data()[name] != 0; }
  [[nodiscard]] bool matches(std::uint32_t name, xml::NameId id) const {
    const std::uint32_t set = wild_.data()[name];
    return set == 0 ? ids_.data()[name] == id : sets_[set - 1][id];
  }

 private:
  std::vector<xml::NameId> ids_;
  std::vector<std::uint32_t> wild_;  // 1 + index into sets_
  std::vector<std::vector<bool>> sets_;
};

enum class Axis : std::uint8_t {
  child,
  descendant,
  attribute,
  self,
  descendant_or_self,
  following_sibling,
  following,
  parent,
  ancestor,
  preceding_sibling,
  preceding,
  ancestor_or_self,
  deep_attribute,  // //@x as one step: the attributes of the node and of all below it
};
constexpr bool is_reverse(Axis axis) {
  return axis >= Axis::parent && axis <= Axis::ancestor_or_self;
}

enum class Test : std::uint8_t {
  node,  // node()
  any,   // *: whatever the axis is about
  name,  // a name of the vocabulary, exact or with a wildcard
  text,
  comment,
  instruction,
  document,
  element,
  attribute,  // kind tests, with a name or without
};

struct NodeTest {
  Test kind = Test::node;
  std::uint32_t name = 0;  // of the vocabulary; 0 when none is asked for
  bool wildcard = false;   // the name is prefix:* or *:local
};

enum class Occurrence : std::uint8_t { one, optional, many, some };  // "", ?, *, +

struct SequenceType {
  enum class Kind : std::uint8_t { empty, item, atomic, node } kind = Kind::item;
  AtomicType atomic;
  NodeTest test;
  Occurrence occurrence = Occurrence::one;
};

enum class Op : std::uint8_t {
  literal,
  sequence,
  variable,
  context,
  root,
  step,
  path,
  filter,
  union_,
  intersect,
  except,
  or_,
  and_,
  general,
  value,
  is,
  node_before,
  node_after,
  range,
  arithmetic,
  negate,
  if_,
  for_,
  some,
  every,
  instance_of,
  treat,
  castable,
  cast,
  call,
  user_call,
  let,        // of an xsl:function: args[0] is bound to the slot while args[1] runs
  fragment,   // xsl:value-of: text made of args[0]
  temporary,  // an xsl:variable with content: one text of everything in args
  convert,    // the function conversion rules towards `type` (XPath 2.0 §3.1.5)
  tree,       // document(): the root of a document that came with the rules
};

enum class Scope : std::uint8_t { global, rule, local };

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Expression {
  Op op = Op::sequence;
  // Compare, Arithmetic, Axis, Scope, function number: what `op` needs to be exact.
  std::uint16_t code = 0;
  NodeTest test;           // of a step
  std::uint32_t slot = 0;  // of a variable or binding; a user function; a tree
  std::uint32_t at = 0;    // offset in the text it was parsed from
  bool separated = false;  // xsl:value-of: separator is in `text`
  std::string text;
  Seq literal;  // of a literal; lives in the unit's arena
  SequenceType type;
  std::vector<ExpressionPtr> args;  // of a step or filter: [subject,] predicates

  // Filled in by analyse(): what the value depends on beyond the document itself.
  bool uses_focus = false;     // the context item, position or size of the enclosing focus
  bool uses_position = false;  // position() or last() of the enclosing focus
  bool uses_root = false;      // a leading "/": the root of the tree of the context item
  bool uses_current = false;
  bool uses_local = false;       // a variable of an enclosing loop or function
  bool uses_rule = false;        // a variable of the rule
  bool may_be_number = true;     // as a predicate it might select by position
  bool constant = false;         // depends on nothing at all
  bool tail_path = false;        // steps that meet no node twice, and a last part that is no step
  bool gives_boolean = false;    // a call of a function with a boolean result
  std::uint8_t known = 0;        // Known: the function, if the fast evaluator has it
  bool positional = false;       // a step or filter with a predicate that selects by position
  bool node_path = false;        // a path of which all but the first part are steps
  bool distinct = false;         // a step or path that meets no node twice
  bool simple_children = false;  // a path of child steps with exact names and no predicates
  std::uint32_t hoisted = 0;     // 1 + number of the value kept for the document; see fast.h
  std::uint32_t memo = 0;        // 1 + number of what is kept for each node; see fast.h
  std::uint32_t index = 0;       // of a step: 1 + number of the index that a predicate is looked up in
  std::uint32_t index_predicate = 0;  // which one: value = 'literal'
  std::shared_ptr<const Regex> regex;
  std::shared_ptr<const CodeList> codes;
};

struct Function {
  std::string name;  // {uri}local
  std::vector<SequenceType> parameters;
  SequenceType result{SequenceType::Kind::item, {}, {}, Occurrence::many};
  ExpressionPtr body;
  std::uint32_t frame = 0;  // local slots; parameters come first
};

struct Key {
  std::string name;
  ExpressionPtr match;  // a pattern: see pattern.h
  ExpressionPtr use;
  std::uint32_t frame = 0;
};

struct VariableRef {
  Scope scope = Scope::global;
  std::uint32_t slot = 0;
};

// What an expression may refer to. Names are "{uri}local".
class Environment {
 public:
  virtual ~Environment() = default;
  [[nodiscard]] virtual std::optional<std::string> space_of(View prefix) const = 0;
  [[nodiscard]] virtual std::optional<VariableRef> variable(const std::string& name) const = 0;
  [[nodiscard]] virtual std::optional<std::uint32_t> function(const std::string& name,
                                                              std::size_t arity) const = 0;
  [[nodiscard]] virtual std::optional<std::uint32_t> key(const std::string& name) const = 0;
  // A document of the rules, by the relative address given to document().
  [[nodiscard]] virtual Result<std::uint32_t> document(View address) = 0;
};

inline std::string expanded(View space, View local) {
  return "{" + std::string(space) + "}" + std::string(local);
}

}  // namespace corridor::xpath
