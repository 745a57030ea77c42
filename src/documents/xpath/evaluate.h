// SPDX-License-Identifier: Apache-2.0
//
// The plain evaluator: XPath 2.0 read off the specification, one function for each kind of
// expression, no cleverness. It is the oracle of the fast one (fast.h), which derives from it and
// takes over wherever it knows better; what it does not know runs here.
//
// One Evaluator serves one check of one document, in one thread.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "documents/xpath/program.h"
#include "documents/xpath/value.h"

namespace corridor::xpath {

struct Focus {
  Item item;
  std::size_t position = 1;
  std::size_t size = 1;
  bool present = false;

  Focus() = default;
  explicit Focus(const Item& context) : item(context), present(true) {}
};

// A variable: its value, or the expression that will give it when it is first asked for.
struct Slot {
  Seq value;
  const Expression* pending = nullptr;
};

// A value that is computed when first asked for and kept; a failure is kept as well.
struct Kept {
  enum class State : std::uint8_t { fresh, running, ready, failed } state = State::fresh;
  Seq value;
  std::unique_ptr<Fault> fault;
};

class Evaluator {
 public:
  Evaluator(const Program& program, const xml::Tree& document, Time now);
  virtual ~Evaluator() = default;
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // Whole expressions: makes a frame, so that loops have somewhere to put their variables.
  Seq run(const Expression& expression, std::uint32_t frame, const Focus& focus);
  bool run_boolean(const Expression& expression, std::uint32_t frame, const Focus& focus);
  // Does the node match? Errors in predicates mean no (XSLT 2.0 §5.5.4).
  virtual bool matches(const Pattern& pattern, const Item& node);
  bool matches(const Alternative& alternative, std::uint32_t frame, const Item& node);
  // The same in two halves, for who knows the first already.
  bool names_match(const Alternative& alternative, const Item& node);
  bool predicates_match(const Alternative& alternative, std::uint32_t frame, const Item& node);

  // False when it is known already that the name of the node does not satisfy the step.
  [[nodiscard]] bool name_may_match(const PatternStep& step, const xml::Node& n) const {
    if (step.memo >= name_memos_.size() || name_memos_[step.memo].empty()) return true;
    const NameMemo& memo = name_memos_[step.memo][n.name];
    return memo.state != 1 || memo.prefix != n.prefix;
  }

  // A rule begins at `node`: its variables are forgotten, current() is the node.
  void begin_rule(const Item& node, std::span<const Global> variables);

  [[nodiscard]] Runtime& runtime() { return runtime_; }
  [[nodiscard]] const Binding& binding(std::uint16_t tree) const {
    return bindings_.data()[tree];
  }
  // Memory that one assertion used is given back here.
  Arena& scratch() { return scratch_; }

 protected:
  virtual Seq evaluate(const Expression& e, const Focus& focus);
  virtual bool boolean(const Expression& e, const Focus& focus);

  Seq axis_step(const Expression& e, const Focus& focus);
  Seq path(const Expression& e, const Focus& focus);
  Seq filter(const Expression& e, const Focus& focus);
  Seq predicates(const Expression& e, std::size_t first, Seq items, bool reverse);
  Seq variable(const Expression& e);
  Seq call(const Expression& e, const Focus& focus);
  Seq user_call(const Expression& e, const Focus& focus);
  Seq key(const Expression& e, const Focus& focus);
  std::vector<xml::NodeId> matching(const Pattern& pattern, std::uint16_t number);
  void build_key_index(std::uint32_t key_set, std::uint16_t tree);
  Seq kept(Kept& slot, const Expression& value, std::uint32_t frame, const Focus& focus);
  Seq global(std::uint32_t number);
  Seq convert(Seq value, const SequenceType& type, std::string_view what);
  bool is_instance(Seq value, const SequenceType& type);
  bool test(const NodeTest& test, const Item& node, bool attribute_axis) {
    const xml::Node& n = runtime_.node_of(node);
    if (test.kind == Test::name)  // nearly always
      return n.kind == (attribute_axis ? xml::Kind::attribute : xml::Kind::element) &&
             binding_of(node).matches(test.name, n.name);
    return test_kind(test, node, attribute_axis);
  }
  bool test_kind(const NodeTest& test, const Item& node, bool attribute_axis);
  [[nodiscard]] const Binding& binding_of(const Item& node) const {
    return bindings_.data()[node.tree];
  }

  Seq of(bool truth) { return one(*runtime_.arena, boolean_item(truth)); }

  const Program& program_;
  Runtime runtime_;
  std::vector<const xml::Tree*> trees_;
  std::vector<Binding> bindings_;
  Item current_;
  bool has_current_ = false;
  Slot* frame_ = nullptr;
  Arena scratch_;  // of one assertion
  Arena rule_;     // of one rule at one node
  Arena lasting_;  // of the check

  void no_context() { runtime_.raise("XPDY0002", "there is no context item"); }

 private:
  Seq combine(const Expression& e, const Focus& focus);
  Seq compare_nodes(const Expression& e, const Focus& focus);
  Seq range(const Expression& e, const Focus& focus);
  Seq calculate(const Expression& e, const Focus& focus);
  Seq compare(const Expression& e, const Focus& focus);
  Seq loop(const Expression& e, const Focus& focus);
  Seq types(const Expression& e, const Focus& focus);
  Seq text_nodes(const Expression& e, const Focus& focus);
  Seq root(const Focus& focus);
  bool step_matches(const PatternStep& step, const Item& node);
  bool name_predicates(const PatternStep& step, const Item& node);
  bool positional_match(const PatternStep& step, const Item& node);
  bool predicates_hold(const PatternStep& step, const Item& node);
  bool named_steps_match(const Alternative& alternative, const Item& node);
  bool steps_match(const Alternative& alternative, std::size_t count, const Item& node);
  bool general_match(const Alternative& alternative, std::uint32_t frame, const Item& node);
  Slot* new_frame(std::uint32_t size);

  std::vector<Kept> globals_;
  std::vector<Kept> rule_kept_;
  std::span<const Global> rule_variables_;
  std::vector<Kept> general_;  // values of patterns that depend on no focus
  struct NameMemo {
    std::uint16_t prefix = 0;
    std::uint8_t state = 0;  // 0: not asked yet, 1: no, 2: yes
  };
  std::vector<std::vector<NameMemo>> name_memos_;  // by PatternStep::memo and name
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct KeyIndex {
    bool built = false;
    // In document order, so that what a key finds is a part of one of these and not copied.
    std::unordered_map<std::string, std::vector<Item>, TextHash, std::equal_to<>> nodes;
  };
  std::vector<std::vector<KeyIndex>> key_indexes_;  // by key set and tree
  int depth_ = 0;
  const char* stack_;  // where the stack was when this was made
};

}  // namespace corridor::xpath
