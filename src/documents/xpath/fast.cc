// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/fast.h"

#include <algorithm>

#include "documents/xpath/functions.h"
#include "documents/xpath/regex_cache.h"

namespace corridor::xpath {

namespace {

constexpr std::size_t kFewNodes = 6;         // a list this short is looked at whole
constexpr std::size_t kAncestorsMax = 32;    // deeper, the general way goes up
constexpr std::size_t kHashedPairs = 1'024;  // comparing more pairs than this makes a table

// A callback whose type does not grow when paths are nested in paths.
class Sink {
 public:
  template <class Found>
  explicit Sink(const Found& found)
      : found_(&found), call_([](const void* f, const Item& item) {
          return static_cast<bool>((*static_cast<const Found*>(f))(item));
        }) {}
  bool operator()(const Item& item) const { return call_(found_, item); }

 private:
  const void* found_;
  bool (*call_)(const void*, const Item&);
};

// The n of a predicate that is nothing but a number from 1 on; else 0.
std::int64_t nth_of(const Expression& predicate) {
  if (predicate.op != Op::literal || predicate.literal.size() != 1) return 0;
  const Item& item = predicate.literal[0];
  return item.type == Type::integer && !item.boxed && item.integer > 0 ? item.integer : 0;
}

// A step to children of an exact name, without predicates.
bool is_plain_child(const Expression& e) {
  return e.op == Op::step && static_cast<Axis>(e.code) == Axis::child && e.args.empty() &&
         e.test.kind == Test::name && !e.test.wildcard;
}

bool all_texts(Seq items) {
  return std::ranges::all_of(items, [](const Item& i) { return is_text(i.type); });
}

}  // namespace

bool Fast::passes(const Expression& step, const Item& node) {
  const Focus focus(node);
  for (const ExpressionPtr& predicate : step.args)
    if (!boolean(*predicate, focus)) return false;
  return !runtime_.failed();
}

// The elements of a name below a parent: by scanning the children, or by the document's list of
// that name where the list is short or the children are many.
template <class Found>
bool Fast::each_child(const xml::Tree& tree, xml::NodeId parent, xml::NameId name, Found&& found) {
  const auto list = tree.elements(name);
  const xml::Node* nodes = tree.nodes().data();
  if (list.size() <= kFewNodes) {
    for (const xml::NodeId id : list)
      if (nodes[id].parent == parent && found(id)) return true;
    return false;
  }
  const xml::Node& n = nodes[parent];
  const xml::NodeId first = parent + 1 + n.attributes;
  if (n.end - first > 8 * list.size()) {
    for (auto it = std::ranges::lower_bound(list, first); it != list.end() && *it < n.end; ++it)
      if (nodes[*it].parent == parent && found(*it)) return true;
    return false;
  }
  for (xml::NodeId id = first; id < n.end; id = nodes[id].end)
    if (nodes[id].name == name && nodes[id].kind == xml::Kind::element && found(id)) return true;
  return false;
}

// Preceding or following elements of a name: in its list, but for what is around the context.
template <class Found>
bool Fast::each_far(const Expression& step, const xml::Tree& tree, xml::NodeId context,
                    xml::NameId name, Found&& found) {
  const auto list = tree.elements(name);
  const xml::Node& n = tree.node(context);
  const bool before = static_cast<Axis>(step.code) == Axis::preceding;
  const xml::NodeId after = n.kind == xml::Kind::attribute
                                ? n.parent + 1 + tree.node(n.parent).attributes
                                : n.end;
  for (auto it = before ? list.begin() : std::ranges::lower_bound(list, after); it != list.end();
       ++it) {
    if (before && *it >= context) return false;
    runtime_.visit(1);
    if (runtime_.failed()) return false;
    if ((!before || tree.node(*it).end <= context) && found(*it)) return true;
  }
  return false;
}

// x[2]: no further than there. No such child: an item that is no node.
Item Fast::nth_child(const Expression& step, const Item& context, std::int64_t left) {
  const xml::Tree& tree = *trees_[context.tree];
  for (auto id = tree.first_child(context.node); id != xml::kNone; id = tree.next_sibling(id)) {
    const Item item = node_item(id, context.tree);
    if (test(step.test, item, false) && --left == 0) return item;
  }
  return {};
}

// The ancestors, the outermost first.
template <class Found>
bool Fast::each_above(const Expression& step, const Item& context, Found&& found) {
  const xml::Tree& tree = *trees_[context.tree];
  xml::NodeId above[kAncestorsMax];
  std::size_t count = 0;
  for (auto id = tree.node(context.node).parent; id != xml::kNone; id = tree.node(id).parent)
    if (test(step.test, node_item(id, context.tree), false)) above[count++] = id;
  while (count > 0)
    if (found(above[--count])) return true;
  return false;
}

template <class Found>
bool Fast::each(const Expression& step, const Item& context, Found&& found) {
  if (step.positional && context.type == Type::node && step.args.size() == 1 &&
      static_cast<Axis>(step.code) == Axis::child) {
    if (const std::int64_t nth = nth_of(arg(step, 0)); nth > 0) {
      const Item item = nth_child(step, context, nth);
      return item.type == Type::node && found(item);
    }
  }
  if (context.type != Type::node || step.positional) {
    Focus focus(context);
    for (const Item& item : Evaluator::axis_step(step, focus))
      if (found(item)) return true;
    return false;
  }
  const xml::Tree& tree = runtime_.tree_of(context);
  const Binding& binding = binding_of(context);
  const auto axis = static_cast<Axis>(step.code);
  const auto check = [&](xml::NodeId id) {
    const Item item = node_item(id, context.tree);
    return (step.args.empty() || passes(step, item)) && found(item);
  };
  if (step.test.kind == Test::name && !binding.is_wild(step.test.name)) {
    const xml::NameId name = binding.id(step.test.name);
    if (name == Binding::kAbsent) return false;
    const xml::Node& n = tree.node(context.node);
    switch (axis) {
      case Axis::child: return each_child(tree, context.node, name, check);
      case Axis::attribute:
        for (xml::NodeId id = context.node + 1; id <= context.node + n.attributes; ++id)
          if (tree.node(id).name == name) return check(id);
        return false;
      case Axis::descendant: {
        if (step.index != 0 && context.node == 0 && context.tree == 0)
          if (const auto nodes = looked_up(step)) return any_entry(*nodes, check);
        const auto list = tree.elements(name);
        auto it = context.node == 0 ? list.begin() : std::ranges::upper_bound(list, context.node);
        for (; it != list.end() && *it < n.end; ++it)
          if (check(*it)) return true;
        return false;
      }
      case Axis::deep_attribute: {
        const auto list = tree.attributes(name);
        auto it = context.node == 0 ? list.begin() : std::ranges::upper_bound(list, context.node);
        for (; it != list.end() && *it < n.end; ++it)
          if (check(*it)) return true;
        return false;
      }
      case Axis::preceding:
      case Axis::following: return each_far(step, tree, context.node, name, check);
      case Axis::self: return n.name == name && n.kind == xml::Kind::element && check(context.node);
      default: break;
    }
  }
  if (axis == Axis::parent) {
    const xml::NodeId parent = tree.node(context.node).parent;
    return parent != xml::kNone && test(step.test, node_item(parent, context.tree), false) &&
           check(parent);
  }
  if (axis == Axis::ancestor && tree.node(context.node).depth <= kAncestorsMax)
    return each_above(step, context, check);
  if (axis == Axis::child) {
    for (auto id = tree.first_child(context.node); id != xml::kNone; id = tree.next_sibling(id))
      if (test(step.test, node_item(id, context.tree), false) && check(id)) return true;
    return false;
  }
  for (const Item& item : Evaluator::axis_step(step, Focus(context)))
    if (found(item)) return true;
  return false;
}

template <class Found>
bool Fast::walk(const Expression& path, std::size_t from, const Item& context, Found&& found) {
  return walk(path, from, path.args.size(), context, found);
}

template <class Found>
bool Fast::walk(const Expression& path, std::size_t from, std::size_t to, const Item& context,
                Found&& found) {
  if (from == to) return found(context);
  return each(arg(path, from), context,
              [&](const Item& node) { return walk(path, from + 1, to, node, found); });
}

// The nodes to which the last part of a tail path is applied.
template <class Found>
bool Fast::walk_to_tail(const Expression& path, const Focus& focus, Found&& found) {
  if (!focus.present) return no_context(), false;
  const Expression& start = arg(path, 0);
  const std::size_t to = path.args.size() - 1;
  if (start.op == Op::step) return walk(path, 0, to, focus.item, found);
  if (focus.item.type != Type::node) {
    for (const Item& item : Evaluator::evaluate(start, focus))
      return walk(path, 1, to, item, found);
    return false;
  }
  return walk(path, 1, to, start.op == Op::root ? node_item(0, focus.item.tree) : focus.item,
              found);
}

// A step or a node path, without order or freedom from doubles.
template <class Found>
bool Fast::walk(const Expression& e, const Focus& focus, Found&& found) {
  if (runtime_.failed()) return false;
  if (e.op == Op::step) {
    if (!focus.present) return no_context(), false;
    return each(e, focus.item, found);
  }
  const Expression& start = arg(e, 0);
  if (start.op == Op::root || start.op == Op::step || start.op == Op::context) {
    if (!focus.present) return no_context(), false;
    if (start.op == Op::step) return walk(e, 0, focus.item, found);
    const bool root = start.op == Op::root && focus.item.type == Type::node;
    const Item item = root ? node_item(0, focus.item.tree) : focus.item;
    if (item.type == Type::node) return walk(e, 1, item, found);
  }
  if (start.op == Op::union_ && start.hoisted == 0 &&
      std::ranges::all_of(start.args, [](const auto& part) { return plain_nodes(*part); })) {
    // In no order, and perhaps twice: who needs order sorts, and no such path counts as distinct.
    const auto onwards = [&](const Item& item) { return walk(e, 1, item, found); };
    const Sink sink(onwards);
    return std::ranges::any_of(start.args,
                               [&](const auto& part) { return walk(*part, focus, sink); });
  }
  const Seq from = evaluate(start, focus);
  if (start.hoisted != 0 && from.size() > kFewNodes && arg(e, 1).index != 0 &&
      static_cast<Axis>(arg(e, 1).code) == Axis::child &&
      std::ranges::all_of(from, [](const Item& i) { return i.type == Type::node && i.tree == 0; }))
    return walk_indexed(e, from, found);
  for (const Item& item : from) {
    if (!is_node(item.type)) {
      runtime_.raise("XPTY0019", "a step of a path is applied to an item that is not a node");
      return false;
    }
    if (walk(e, 1, item, found)) return true;
  }
  return false;
}

// $parents/x[value = 'literal']/…: the x that the index gives, if their parent is one of those.
template <class Found>
bool Fast::walk_indexed(const Expression& path, Seq parents, Found&& found) {
  const Expression& step = arg(path, 1);
  const auto onwards = [&](const Item& item) { return walk(path, 2, item, found); };
  const auto nodes = looked_up(step);
  if (!nodes)
    return std::ranges::any_of(parents,
                               [&](const Item& parent) { return each(step, parent, onwards); });
  const bool ordered = std::ranges::is_sorted(parents, before);
  return any_entry(*nodes, [&](xml::NodeId id) {
    const Item parent = node_item(trees_[0]->node(id).parent);
    const auto same = [&](const Item& i) { return i.node == parent.node; };
    const bool wanted = ordered ? std::ranges::binary_search(parents, parent, before)
                                : std::ranges::any_of(parents, same);
    return wanted && (step.args.empty() || passes(step, node_item(id))) && onwards(node_item(id));
  });
}

template <class Found>
bool Fast::each_atom(const Expression& e, const Focus& focus, Found&& found) {
  if (plain_nodes(e))
    return walk(e, focus, [&](const Item& node) { return found(atomize(runtime_, node)); });
  if (e.op == Op::call && !is_kept(e)) {
    View value;
    Item number;
    if (number_call(e, focus, number)) return !runtime_.failed() && found(number);
    if (text_call(e, focus, value)) return !runtime_.failed() && found(text_item(value));
  }
  if (!is_kept(e) && e.tail_path) {
    const Expression& tail = arg(e, e.args.size() - 1);
    return walk_to_tail(e, focus, [&](const Item& node) {
      return each_atom(tail, Focus(node), Sink(found)) || runtime_.failed();
    });
  }
  if (!is_kept(e) && e.op == Op::cast) {
    Item item;
    return cast_atom(e, focus, item) && found(item);
  }
  for (const Item& item : evaluate(e, focus))
    if (found(atomize(runtime_, item))) return true;
  return false;
}

// a/b/xs:decimal(c): the atomic values in order; the plain way where nodes come out.
bool Fast::tail_values(const Expression& e, const Focus& focus, Items& out) {
  const Expression& tail = arg(e, e.args.size() - 1);
  bool nodes_met = false;
  walk_to_tail(e, focus, [&](const Item& node) {
    Item item;
    if (tail.op == Op::cast || tail.op == Op::arithmetic) {
      if (atom(tail, Focus(node), item)) out.push(item);
    } else {
      const Seq values = evaluate(tail, Focus(node));
      nodes_met =
          nodes_met || std::ranges::any_of(values, [](const Item& i) { return is_node(i.type); });
      out.append(values);
    }
    return nodes_met || runtime_.failed();
  });
  return !nodes_met;
}

// How often the names of one part of a path stand in the document.
std::size_t Fast::occurrences(const Expression& part, const Binding& binding,
                              const xml::Tree& tree) {
  if (part.op == Op::union_) {
    std::size_t sum = 0;
    for (const ExpressionPtr& choice : part.args) sum += occurrences(*choice, binding, tree);
    return sum;
  }
  const xml::NameId name = binding.id(part.test.name);
  return name == Binding::kAbsent ? 0 : tree.elements(name).size();
}

// Does a path of named children exist? Looked for from its rarest name, upwards to the context and
// downwards to the end. Nothing when the path is not of that form, or no name is rare.
std::optional<bool> Fast::exists_by_rarest(const Expression& e, const Focus& focus) {
  if (e.op != Op::path || !e.simple_children || !focus.present || focus.item.type != Type::node)
    return std::nullopt;
  const xml::Tree& tree = runtime_.tree_of(focus.item);
  const Binding& binding = binding_of(focus.item);
  const std::size_t first = arg(e, 0).op == Op::root ? 1 : 0;
  const xml::NodeId top = first == 1 ? 0 : focus.item.node;
  std::size_t rarest = first;
  std::size_t fewest = kFewNodes + 1;
  for (std::size_t i = first; i < e.args.size(); ++i) {
    const std::size_t count = occurrences(arg(e, i), binding, tree);
    if (count == 0) return false;
    if (count < fewest) fewest = count, rarest = i;
  }
  if (fewest > kFewNodes) return std::nullopt;
  const auto has_name = [&](std::size_t i, xml::NameId name) {
    const Expression& part = arg(e, i);
    if (part.op == Op::step) return binding.id(part.test.name) == name;
    return std::ranges::any_of(
        part.args, [&](const auto& choice) { return binding.id(choice->test.name) == name; });
  };
  const auto leads = [&](xml::NodeId id) {
    for (std::size_t i = rarest; i > first; --i) {
      id = tree.node(id).parent;
      if (id == 0 || !has_name(i - 1, tree.node(id).name)) return false;
    }
    if (tree.node(id).parent != top) return false;
    return true;
  };
  const auto found = [&](xml::NodeId id) {
    if (!leads(id)) return false;
    if (rarest + 1 == e.args.size()) return true;
    return walk(e, rarest + 1, node_item(id, focus.item.tree), [](const Item&) { return true; });
  };
  const Expression& part = arg(e, rarest);
  for (std::size_t k = 0; k < (part.op == Op::union_ ? part.args.size() : 1); ++k) {
    const xml::NameId name = binding.id((part.op == Op::union_ ? arg(part, k) : part).test.name);
    if (name != Binding::kAbsent && std::ranges::any_of(tree.elements(name), found)) return true;
  }
  return false;
}

// One step to a named child or attribute: what most tests ask.
std::optional<bool> Fast::exists_near(const Expression& e, const Focus& focus) {
  if (e.op != Op::step || !e.args.empty() || e.test.kind != Test::name || !focus.present ||
      focus.item.type != Type::node)
    return std::nullopt;
  const Binding& binding = binding_of(focus.item);
  const auto axis = static_cast<Axis>(e.code);
  if (binding.is_wild(e.test.name)) return std::nullopt;
  const xml::NameId name = binding.id(e.test.name);
  const xml::Tree& tree = runtime_.tree_of(focus.item);
  if (axis == Axis::child) {
    return name != Binding::kAbsent && each_child(tree, focus.item.node, name,
                                                  [](xml::NodeId) { return true; });
  }
  if (axis == Axis::attribute)
    return name != Binding::kAbsent && tree.attribute(focus.item.node, name) != xml::kNone;
  return std::nullopt;
}

bool Fast::exists(const Expression& e, const Focus& focus) {
  if (const auto answer = exists_near(e, focus)) return *answer && !runtime_.failed();
  if (e.hoisted == 0)
    if (const auto answer = exists_by_rarest(e, focus)) return *answer && !runtime_.failed();
  if (plain_nodes(e)) return walk(e, focus, [](const Item&) { return true; }) && !runtime_.failed();
  if (e.hoisted == 0 && e.op == Op::union_) {
    for (const ExpressionPtr& part : e.args) {
      if (!plain_nodes(*part)) return !evaluate(e, focus).empty();
    }
    return std::ranges::any_of(e.args, [&](const auto& part) { return exists(*part, focus); });
  }
  return !evaluate(e, focus).empty();
}

std::size_t Fast::count(const Expression& e, const Focus& focus) {
  if (!plain_nodes(e) || !e.distinct) return evaluate(e, focus).size();
  std::size_t nodes_met = 0;
  walk(e, focus, [&](const Item&) { return ++nodes_met, false; });
  return nodes_met;
}

// a/(b = c): one truth; that several are no truth is for the plain way to say.
bool Fast::truth_at_tail(const Expression& e, const Focus& focus) {
  const Expression& tail = arg(e, e.args.size() - 1);
  bool truth = false;
  std::size_t nodes_met = 0;
  walk_to_tail(e, focus, [&](const Item& node) {
    if (++nodes_met > 1) return true;
    truth = boolean(tail, Focus(node));
    return runtime_.failed();
  });
  if (nodes_met > 1 && !runtime_.failed()) return effective_boolean(runtime_, afresh(e, focus));
  return truth && !runtime_.failed();
}

bool Fast::boolean(const Expression& e, const Focus& focus) {
  if (e.hoisted != 0) return effective_boolean(runtime_, hoisted(e, focus));
  if (e.memo != 0) return remembered_boolean(e, focus);
  return boolean_afresh(e, focus);
}

bool Fast::boolean_afresh(const Expression& e, const Focus& focus) {
  switch (e.op) {
    case Op::step: return exists(e, focus);
    case Op::path:
      if (e.node_path) return exists(e, focus);
      if (e.tail_path && e.args.back()->op == Op::general) return truth_at_tail(e, focus);
      break;
    case Op::union_: return exists(e, focus);
    case Op::general: return general(e, focus);
    case Op::and_:
      for (const ExpressionPtr& argument : e.args)
        if (!boolean(*argument, focus) || runtime_.failed()) return false;
      return true;
    case Op::or_:
      for (const ExpressionPtr& argument : e.args) {
        if (boolean(*argument, focus)) return !runtime_.failed();
        if (runtime_.failed()) return false;
      }
      return false;
    case Op::call:
      if (e.gives_boolean) return boolean_call(e, focus);
      break;
    case Op::if_:
      if (boolean(arg(e, 0), focus)) return boolean(arg(e, 1), focus);
      return !runtime_.failed() && boolean(arg(e, 2), focus);
    case Op::value: return value_holds(e, focus);
    default: break;
  }
  return Evaluator::boolean(e, focus);
}

bool Fast::value_holds(const Expression& e, const Focus& focus) {
  Item a;
  Item b;
  const bool left = atom(arg(e, 0), focus, a);
  const bool right = atom(arg(e, 1), focus, b);
  if (!left || !right || runtime_.failed()) return false;
  return value_compare(runtime_, static_cast<Compare>(e.code), a, b);
}

bool Fast::boolean_call(const Expression& e, const Focus& focus) {
  const auto function = static_cast<Known>(e.known);
  switch (function) {
    case Known::not_: return !boolean(arg(e, 0), focus) && !runtime_.failed();
    case Known::exists: return exists(arg(e, 0), focus);
    case Known::empty: return !exists(arg(e, 0), focus) && !runtime_.failed();
    case Known::boolean: return boolean(arg(e, 0), focus);
    default: return text_test(e, focus);
  }
}

bool Fast::general(const Expression& e, const Focus& focus) {
  const auto how = static_cast<Compare>(e.code);
  const Expression& left = arg(e, 0);
  const Expression& right = arg(e, 1);
  const auto with = [&](const Item& a, Seq values) {
    for (const Item& b : values)
      if (general_pair(runtime_, how, a, b) || runtime_.failed()) return true;
    return false;
  };
  if (e.codes) {
    return each_atom(left, focus,
                     [&](const Item& a) {
                       return is_text(a.type) ? e.codes->codes.contains(a.view())
                                              : with(a, right.literal);
                     }) &&
           !runtime_.failed();
  }
  if (right.op == Op::literal && right.literal.size() == 1 &&
      right.literal[0].type == Type::string && (how == Compare::eq || how == Compare::ne)) {
    const Item& b = right.literal[0];
    return each_atom(left, focus,
                     [&](const Item& a) {
                       if (is_text(a.type)) return (a.view() == b.view()) == (how == Compare::eq);
                       return general_pair(runtime_, how, a, b) || runtime_.failed();
                     }) &&
           !runtime_.failed();
  }
  if (left.op == Op::literal && right.op != Op::literal) {
    return each_atom(right, focus,
                     [&](const Item& b) {
                       for (const Item& a : left.literal)
                         if (general_pair(runtime_, how, a, b) || runtime_.failed()) return true;
                       return false;
                     }) &&
           !runtime_.failed();
  }
  const Seq values =
      right.op == Op::literal ? right.literal : atomize(runtime_, evaluate(right, focus));
  if (runtime_.failed()) return false;
  if (values.size() < 32 || how != Compare::eq)
    return each_atom(left, focus, [&](const Item& a) { return with(a, values); }) &&
           !runtime_.failed();
  const Seq others = atomize(runtime_, evaluate(left, focus));
  if (runtime_.failed()) return false;
  if (others.size() * values.size() >= kHashedPairs && all_texts(others) && all_texts(values))
    return equal_sets(others, values);
  return general_compare(runtime_, how, others, values);
}

bool Fast::equal_sets(Seq left, Seq right) {
  std::unordered_set<View> seen;
  for (const Item& item : right) seen.insert(item.view());
  return std::ranges::any_of(left, [&](const Item& item) { return seen.contains(item.view()); });
}

// A child by its name: there is one, or none; two are an error.
bool Fast::only_child(const Expression& step, const Item& context, Item& out) {
  const xml::Tree& tree = runtime_.tree_of(context);
  const xml::NameId name = binding_of(context).id(step.test.name);
  xml::NodeId first = xml::kNone;
  if (name != Binding::kAbsent &&
      each_child(tree, context.node, name, [&](xml::NodeId id) {
        return first != xml::kNone || (first = id, false);
      }))
    runtime_.raise("XPTY0004", "a sequence of more than one item is not allowed as an operand");
  if (first == xml::kNone || runtime_.failed()) return false;
  out = text_item(runtime_.node_text(node_item(first, context.tree)), Type::untyped);
  return true;
}

bool Fast::first_atom(const Expression& e, const Focus& focus, Item& out) {
  if (!plain_nodes(e)) {
    const auto value = single(runtime_, evaluate(e, focus), "an operand");
    if (value) out = *value;
    return value.has_value() && !runtime_.failed();
  }
  if (is_plain_child(e) && focus.present && focus.item.type == Type::node && !runtime_.failed())
    return only_child(e, focus.item, out);
  Item first;
  bool any = false;
  const bool more = walk(e, focus, [&](const Item& node) {
    if (any) return node.node != first.node || node.tree != first.tree;
    first = node;
    any = true;
    return false;
  });
  if (more)
    runtime_.raise("XPTY0004", "a sequence of more than one item is not allowed as an operand");
  if (!any || runtime_.failed()) return false;
  out = atomize(runtime_, first);
  return true;
}

bool Fast::cast_atom(const Expression& e, const Focus& focus, Item& out) {
  if (!atom(arg(e, 0), focus, out)) {
    if (!runtime_.failed() && e.type.occurrence != Occurrence::optional)
      runtime_.raise("XPTY0004", "an empty sequence is cast to a type");
    return false;
  }
  out = cast(runtime_, out, e.type.atomic);
  return !runtime_.failed();
}

bool Fast::arithmetic_atom(const Expression& e, const Focus& focus, Item& out) {
  Item a;
  Item b;
  const bool left = atom(arg(e, 0), focus, a);
  if (runtime_.failed()) return false;
  const bool right = atom(arg(e, 1), focus, b);
  if (!left || !right || runtime_.failed()) return false;
  out = arithmetic(runtime_, static_cast<Arithmetic>(e.code), a, b);
  return !runtime_.failed();
}

bool Fast::atom(const Expression& e, const Focus& focus, Item& out) {
  if (is_kept(e)) return first_atom(e, focus, out);
  switch (e.op) {
    case Op::literal:
      if (e.literal.size() != 1) break;
      return out = e.literal[0], true;
    case Op::context:
      if (!focus.present) return no_context(), false;
      return out = atomize(runtime_, focus.item), true;
    case Op::cast: return cast_atom(e, focus, out);
    case Op::arithmetic: return arithmetic_atom(e, focus, out);
    case Op::call: {
      View value;
      if (number_call(e, focus, out)) return !runtime_.failed();
      if (!text_call(e, focus, value)) break;
      out = text_item(value);
      return !runtime_.failed();
    }
    default: break;
  }
  return first_atom(e, focus, out);
}

Seq Fast::nodes(const Expression& e, const Focus& focus) {
  Items out(*runtime_.arena);
  walk(e, focus, [&](const Item& node) { return out.push(node), false; });
  if (runtime_.failed()) return {};
  // One forward step gives its nodes in order, and once.
  return e.op == Op::step ? out.seq() : in_document_order(runtime_, out);
}

Seq Fast::evaluate(const Expression& e, const Focus& focus) {
  if (runtime_.failed()) return {};
  if (e.hoisted != 0) return hoisted(e, focus);
  if (e.memo != 0) return remembered(e, focus);
  return afresh(e, focus);
}

Seq Fast::afresh(const Expression& e, const Focus& focus) {
  switch (e.op) {
    case Op::or_:
    case Op::and_: return of(boolean_afresh(e, focus));
    case Op::step:
      if (is_reverse(static_cast<Axis>(e.code)) &&
          (e.positional || static_cast<Axis>(e.code) != Axis::preceding))
        break;
      if (e.positional && e.args.size() != 1) break;
      return nodes(e, focus);
    case Op::path:
      if (e.node_path) return nodes(e, focus);
      if (e.tail_path) {
        Items out(*runtime_.arena);
        if (tail_values(e, focus, out)) return runtime_.failed() ? Seq{} : out.seq();
      }
      break;
    case Op::filter:
      // (…)[1] looks at none but that one.
      if (const std::int64_t nth = e.args.size() == 2 ? nth_of(arg(e, 1)) : 0; nth > 0) {
        const Seq items = evaluate(arg(e, 0), focus);
        if (runtime_.failed() || static_cast<std::uint64_t>(nth) > items.size()) return {};
        return items.subspan(static_cast<std::size_t>(nth - 1), 1);
      }
      break;
    case Op::general: return of(general(e, focus));
    case Op::cast:
    case Op::arithmetic: {
      Item out;
      const bool any = e.op == Op::cast ? cast_atom(e, focus, out) : arithmetic_atom(e, focus, out);
      return any && !runtime_.failed() ? one(*runtime_.arena, out) : Seq{};
    }
    case Op::call: {
      if (e.gives_boolean && static_cast<Known>(e.known) != Known::other)
        return of(boolean_call(e, focus));
      View value;
      Item number;
      if (number_call(e, focus, number))
        return runtime_.failed() ? Seq{} : one(*runtime_.arena, number);
      if (text_call(e, focus, value)) return one(*runtime_.arena, text_item(value));
      if (e.regex) return regex_call(e, focus);
      break;
    }
    default: break;
  }
  return Evaluator::evaluate(e, focus);
}

}  // namespace corridor::xpath
