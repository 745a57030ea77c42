// SPDX-License-Identifier: Apache-2.0
// Functions on sequences and booleans (F&O §9, §15).
#include <array>
#include <cmath>
#include <unordered_map>

#include "documents/xpath/functions.h"

namespace corridor::xpath {

namespace {

using Args = std::span<const Seq>;

Seq truth(Runtime& runtime, bool value) { return one(*runtime.arena, boolean_item(value)); }
Seq integer(Runtime& runtime, std::size_t value) {
  return one(*runtime.arena, integer_item(static_cast<std::int64_t>(value)));
}

Seq fn_boolean(Runtime& runtime, Args args) {
  return truth(runtime, effective_boolean(runtime, args[0]));
}
Seq fn_not(Runtime& runtime, Args args) {
  return truth(runtime, !effective_boolean(runtime, args[0]));
}
Seq fn_exists(Runtime& runtime, Args args) { return truth(runtime, !args[0].empty()); }
Seq fn_empty(Runtime& runtime, Args args) { return truth(runtime, args[0].empty()); }
Seq fn_count(Runtime& runtime, Args args) { return integer(runtime, args[0].size()); }
Seq fn_data(Runtime& runtime, Args args) { return atomize(runtime, args[0]); }
Seq fn_unordered(Runtime&, Args args) { return args[0]; }

// fn:distinct-values($arg as xs:anyAtomicType*) as xs:anyAtomicType*
Seq fn_distinct_values(Runtime& runtime, Args args) {
  const Seq values = atomize(runtime, args[0]);
  Items out(*runtime.arena);
  std::unordered_map<View, bool> texts;  // strings by hash: the common case is not quadratic
  Items others(*runtime.arena);
  for (const Item& value : values) {
    if (is_text(value.type)) {
      if (texts.emplace(value.view(), true).second) out.push(value);
      continue;
    }
    bool known = false;
    for (const Item& other : others.seq()) known = known || same_value(runtime, value, other);
    if (known) continue;
    others.push(value);
    out.push(value);
  }
  return out.seq();
}

Seq fn_reverse(Runtime& runtime, Args args) {
  Items out(*runtime.arena);
  for (std::size_t i = args[0].size(); i-- > 0;) out.push(args[0][i]);
  return out.seq();
}

// fn:subsequence($sourceSeq as item()*, $startingLoc as xs:double, $length as xs:double) as item()*
Seq fn_subsequence(Runtime& runtime, Args args) {
  const auto round = [](double d) { return std::floor(d + 0.5); };
  const double start = round(double_argument(runtime, args[1], "subsequence"));
  double end = std::numeric_limits<double>::infinity();
  if (args.size() > 2) end = start + round(double_argument(runtime, args[2], "subsequence"));
  Items out(*runtime.arena);
  for (std::size_t i = 0; i < args[0].size(); ++i) {
    const auto position = static_cast<double>(i + 1);
    if (position >= start && position < end) out.push(args[0][i]);
  }
  return out.seq();
}

// fn:index-of($seqParam as xs:anyAtomicType*, $srchParam as xs:anyAtomicType) as xs:integer*
Seq fn_index_of(Runtime& runtime, Args args) {
  const auto wanted = single(runtime, args[1], "the second argument of index-of()");
  if (!wanted) {
    runtime.raise("XPTY0004", "the second argument of index-of() is empty");
    return {};
  }
  const Seq values = atomize(runtime, args[0]);
  Items out(*runtime.arena);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (same_value(runtime, values[i], *wanted) &&
        value_compare(runtime, Compare::eq, values[i], *wanted))
      out.push(integer_item(static_cast<std::int64_t>(i + 1)));
  return out.seq();
}

// fn:insert-before($target as item()*, $position as xs:integer, $inserts as item()*) as item()*
Seq fn_insert_before(Runtime& runtime, Args args) {
  const std::int64_t position = integer_argument(runtime, args[1], "insert-before");
  const auto at = static_cast<std::size_t>(
      std::clamp<std::int64_t>(position - 1, 0, static_cast<std::int64_t>(args[0].size())));
  Items out(*runtime.arena);
  out.append(args[0].first(at));
  out.append(args[2]);
  out.append(args[0].subspan(at));
  return out.seq();
}

// fn:remove($target as item()*, $position as xs:integer) as item()*
Seq fn_remove(Runtime& runtime, Args args) {
  const std::int64_t position = integer_argument(runtime, args[1], "remove");
  Items out(*runtime.arena);
  for (std::size_t i = 0; i < args[0].size(); ++i)
    if (static_cast<std::int64_t>(i + 1) != position) out.push(args[0][i]);
  return out.seq();
}

Seq fn_zero_or_one(Runtime& runtime, Args args) {
  if (args[0].size() > 1) runtime.raise("FORG0003", "zero-or-one() met more than one item");
  return args[0];
}
Seq fn_one_or_more(Runtime& runtime, Args args) {
  if (args[0].empty()) runtime.raise("FORG0004", "one-or-more() met no item");
  return args[0];
}
Seq fn_exactly_one(Runtime& runtime, Args args) {
  if (args[0].size() != 1) runtime.raise("FORG0005", "exactly-one() met not exactly one item");
  return args[0];
}

// F&O §15.3.1 for nodes: names, attributes in any order, children but comments and instructions.
class DeepEqual {
 public:
  explicit DeepEqual(Runtime& runtime) : runtime_(runtime) {}

  bool items(const Item& a, const Item& b) {
    if (a.type == Type::node && b.type == Type::node) return nodes(a, b);
    if (is_node(a.type) || is_node(b.type)) {
      return is_node(a.type) && is_node(b.type) && a.type == b.type && a.view() == b.view();
    }
    return same_value(runtime_, a, b);
  }

 private:
  bool same_name(const Item& a, const Item& b) {
    const xml::Tree& x = runtime_.tree_of(a);
    const xml::Tree& y = runtime_.tree_of(b);
    const xml::NameId m = x.node(a.node).name;
    const xml::NameId n = y.node(b.node).name;
    return x.local(m) == y.local(n) && x.space(m) == y.space(n);
  }

  bool nodes(const Item& a, const Item& b) {
    const xml::Node& x = runtime_.node_of(a);
    const xml::Node& y = runtime_.node_of(b);
    if (x.kind != y.kind || !same_name(a, b)) return false;
    if (x.kind == xml::Kind::document) return children(a, b);
    if (x.kind != xml::Kind::element) return runtime_.node_text(a) == runtime_.node_text(b);
    return attributes(a, b) && children(a, b);
  }

  bool attributes(const Item& a, const Item& b) {
    const std::uint32_t count = runtime_.node_of(a).attributes;
    if (count != runtime_.node_of(b).attributes) return false;
    for (std::uint32_t i = 1; i <= count; ++i) {
      bool found = false;
      for (std::uint32_t j = 1; j <= count && !found; ++j)
        found = nodes(node_item(a.node + i, a.tree), node_item(b.node + j, b.tree));
      if (!found) return false;
    }
    return true;
  }

  xml::NodeId skip(const xml::Tree& tree, xml::NodeId id) {
    while (id != xml::kNone && tree.node(id).kind != xml::Kind::element &&
           tree.node(id).kind != xml::Kind::text)
      id = tree.next_sibling(id);
    return id;
  }

  bool children(const Item& a, const Item& b) {
    const xml::Tree& x = runtime_.tree_of(a);
    const xml::Tree& y = runtime_.tree_of(b);
    xml::NodeId i = skip(x, x.first_child(a.node));
    xml::NodeId j = skip(y, y.first_child(b.node));
    while (i != xml::kNone && j != xml::kNone) {
      if (!nodes(node_item(i, a.tree), node_item(j, b.tree))) return false;
      i = skip(x, x.next_sibling(i));
      j = skip(y, y.next_sibling(j));
    }
    return i == j;
  }

  Runtime& runtime_;
};

// fn:deep-equal($parameter1 as item()*, $parameter2 as item()*) as xs:boolean
Seq fn_deep_equal(Runtime& runtime, Args args) {
  if (args[0].size() != args[1].size()) return truth(runtime, false);
  DeepEqual compare(runtime);
  for (std::size_t i = 0; i < args[0].size(); ++i)
    if (!compare.items(args[0][i], args[1][i])) return truth(runtime, false);
  return truth(runtime, true);
}

// fn:error($error as xs:QName?, $description as xs:string): the code is taken as text.
Seq fn_error(Runtime& runtime, Args args) {
  std::string why = "error() was called";
  if (args.size() > 1) why = std::string(string_argument(runtime, args[1], "error"));
  runtime.raise("FOER0000", why);
  return {};
}

constexpr std::array kTable{
    FunctionFacts{"boolean", 1, 1, fn_boolean, false, Special::none, true},
    FunctionFacts{"not", 1, 1, fn_not, false, Special::none, true},
    FunctionFacts{"exists", 1, 1, fn_exists, false, Special::none, true},
    FunctionFacts{"empty", 1, 1, fn_empty, false, Special::none, true},
    FunctionFacts{"count", 1, 1, fn_count, false},
    FunctionFacts{"data", 1, 1, fn_data, true},
    FunctionFacts{"unordered", 1, 1, fn_unordered, false},
    FunctionFacts{"distinct-values", 1, 2, fn_distinct_values, false},
    FunctionFacts{"reverse", 1, 1, fn_reverse, false},
    FunctionFacts{"subsequence", 2, 3, fn_subsequence, false},
    FunctionFacts{"index-of", 2, 3, fn_index_of, false},
    FunctionFacts{"insert-before", 3, 3, fn_insert_before, false},
    FunctionFacts{"remove", 2, 2, fn_remove, false},
    FunctionFacts{"zero-or-one", 1, 1, fn_zero_or_one, false},
    FunctionFacts{"one-or-more", 1, 1, fn_one_or_more, false},
    FunctionFacts{"exactly-one", 1, 1, fn_exactly_one, false},
    FunctionFacts{"deep-equal", 2, 3, fn_deep_equal, false, Special::none, true},
    FunctionFacts{"error", 0, 3, fn_error, false},
};

}  // namespace

std::span<const FunctionFacts> sequence_functions() { return kTable; }

}  // namespace corridor::xpath
