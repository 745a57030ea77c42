// SPDX-License-Identifier: Apache-2.0
// Axes, paths, filters, keys and match patterns.
#include <algorithm>

#include "documents/xpath/evaluate.h"

namespace corridor::xpath {

// Enumerates an axis in its own order (nearest first), calling `found` for every node on it.
class AxisWalk {
 public:
  explicit AxisWalk(const xml::Tree& tree) : tree_(tree) {}

  template <class Found>
  void run(Axis axis, xml::NodeId id, Found found) const {
    const xml::Node& n = tree_.node(id);
    switch (axis) {
      case Axis::self: found(id); return;
      case Axis::child: children(id, found); return;
      case Axis::attribute:
        for (xml::NodeId i = id + 1; i <= id + n.attributes; ++i) found(i);
        return;
      case Axis::descendant_or_self: found(id); [[fallthrough]];
      case Axis::descendant: range(id + 1 + n.attributes, n.end, found); return;
      case Axis::parent:
        if (n.parent != xml::kNone) found(n.parent);
        return;
      case Axis::ancestor_or_self: found(id); [[fallthrough]];
      case Axis::ancestor:
        for (xml::NodeId i = n.parent; i != xml::kNone; i = tree_.node(i).parent) found(i);
        return;
      case Axis::following_sibling:
        for (xml::NodeId i = tree_.next_sibling(id); i != xml::kNone; i = tree_.next_sibling(i))
          found(i);
        return;
      case Axis::preceding_sibling: preceding_siblings(id, found); return;
      case Axis::following:
        range(n.kind == xml::Kind::attribute ? after_attributes(id) : n.end,
              static_cast<xml::NodeId>(tree_.size()), found);
        return;
      case Axis::preceding: preceding(id, found); return;
      case Axis::deep_attribute:
        for (xml::NodeId i = id + 1; i < n.end; ++i)
          if (tree_.node(i).kind == xml::Kind::attribute) found(i);
        return;
    }
  }

 private:
  template <class Found>
  void children(xml::NodeId id, Found& found) const {
    for (xml::NodeId i = tree_.first_child(id); i != xml::kNone; i = tree_.next_sibling(i))
      found(i);
  }
  template <class Found>
  void range(xml::NodeId from, xml::NodeId to, Found& found) const {
    for (xml::NodeId i = from; i < to; ++i)
      if (tree_.node(i).kind != xml::Kind::attribute) found(i);
  }
  [[nodiscard]] xml::NodeId after_attributes(xml::NodeId attribute) const {
    const xml::NodeId element = tree_.node(attribute).parent;
    return element + 1 + tree_.node(element).attributes;
  }
  template <class Found>
  void preceding_siblings(xml::NodeId id, Found& found) const {
    const xml::Node& n = tree_.node(id);
    if (n.parent == xml::kNone || n.kind == xml::Kind::attribute) return;
    std::vector<xml::NodeId> before;
    for (xml::NodeId i = tree_.first_child(n.parent); i < id; i = tree_.next_sibling(i))
      before.push_back(i);
    for (std::size_t i = before.size(); i-- > 0;) found(before[i]);
  }
  template <class Found>
  void preceding(xml::NodeId id, Found& found) const {
    // Everything before that is no ancestor; an attribute's element is one of its ancestors.
    for (xml::NodeId i = id; i-- > 1;) {
      const xml::Node& n = tree_.node(i);
      if (n.kind != xml::Kind::attribute && n.end <= id) found(i);
    }
  }

  const xml::Tree& tree_;
};

bool Evaluator::test_kind(const NodeTest& test, const Item& node, bool attribute_axis) {
  const xml::Node& n = runtime_.node_of(node);
  const auto named = [&] {
    return test.name == 0 || bindings_[node.tree].matches(test.name, n.name);
  };
  switch (test.kind) {
    case Test::node: return true;
    case Test::any: return n.kind == (attribute_axis ? xml::Kind::attribute : xml::Kind::element);
    case Test::name:
      return n.kind == (attribute_axis ? xml::Kind::attribute : xml::Kind::element) && named();
    case Test::text: return n.kind == xml::Kind::text;
    case Test::comment: return n.kind == xml::Kind::comment;
    case Test::instruction: return n.kind == xml::Kind::instruction && named();
    case Test::document: return n.kind == xml::Kind::document;
    case Test::element: return n.kind == xml::Kind::element && named();
    case Test::attribute: return n.kind == xml::Kind::attribute && named();
  }
  return false;
}

Seq Evaluator::axis_step(const Expression& e, const Focus& focus) {
  if (!focus.present) {
    runtime_.raise("XPDY0002", "there is no context item");
    return {};
  }
  if (focus.item.type == Type::fragment) return {};  // a text of its own has no relatives
  if (focus.item.type != Type::node) {
    runtime_.raise("XPTY0020", "the context item of a step is not a node");
    return {};
  }
  const auto axis = static_cast<Axis>(e.code);
  const std::uint16_t tree = focus.item.tree;
  Items out(*runtime_.arena);
  if (axis == Axis::preceding) runtime_.visit(focus.item.node);
  if (axis == Axis::following) runtime_.visit(trees_[tree]->size() - focus.item.node);
  if (runtime_.failed()) return {};
  AxisWalk(*trees_[tree]).run(axis, focus.item.node, [&](xml::NodeId id) {
    const Item item = node_item(id, tree);
    if (test(e.test, item, axis == Axis::attribute || axis == Axis::deep_attribute)) out.push(item);
  });
  Seq found = e.args.empty() ? out.seq() : predicates(e, 0, out.seq(), false);
  if (!is_reverse(axis) || found.size() < 2) return found;
  Items ordered(*runtime_.arena);
  for (std::size_t i = found.size(); i-- > 0;) ordered.push(found[i]);
  return ordered.seq();
}

Seq Evaluator::predicates(const Expression& e, std::size_t first, Seq items, bool) {
  for (std::size_t i = first; i < e.args.size(); ++i) {
    const Expression& predicate = *e.args[i];
    Items out(*runtime_.arena);
    Focus focus;
    focus.present = true;
    focus.size = items.size();
    for (std::size_t k = 0; k < items.size(); ++k) {
      focus.item = items[k];
      focus.position = k + 1;
      bool keep = false;
      if (predicate.may_be_number) {
        const Seq value = evaluate(predicate, focus);
        keep = value.size() == 1 && is_numeric(value[0].type)
                   ? number_of(runtime_, value[0]) == static_cast<double>(k + 1)
                   : effective_boolean(runtime_, value);
      } else {
        keep = boolean(predicate, focus);
      }
      if (runtime_.failed()) return {};
      if (keep) out.push(items[k]);
    }
    items = out.seq();
  }
  return items;
}

Seq Evaluator::filter(const Expression& e, const Focus& focus) {
  return predicates(e, 1, evaluate(*e.args[0], focus), false);
}

// XPath 2.0 §3.2
Seq Evaluator::path(const Expression& e, const Focus& focus) {
  Seq current = evaluate(*e.args[0], focus);
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    if (runtime_.failed()) return {};
    Items out(*runtime_.arena);
    Focus inner;
    inner.present = true;
    inner.size = current.size();
    for (std::size_t k = 0; k < current.size(); ++k) {
      if (!is_node(current[k].type)) {
        runtime_.raise("XPTY0019", "a step of a path is applied to an item that is not a node");
        return {};
      }
      inner.item = current[k];
      inner.position = k + 1;
      out.append(evaluate(*e.args[i], inner));
      if (runtime_.failed()) return {};
    }
    const auto nodes =
        std::ranges::count_if(out.seq(), [](const Item& x) { return is_node(x.type); });
    if (nodes == 0) {
      current = out.seq();
    } else if (static_cast<std::size_t>(nodes) != out.size()) {
      runtime_.raise("XPTY0018", "a step of a path gives both nodes and other items");
      return {};
    } else if (std::ranges::any_of(out.seq(),
                                   [](const Item& x) { return x.type == Type::fragment; })) {
      current = out.seq();
    } else {
      current = in_document_order(runtime_, out);
    }
  }
  return current;
}

// key(): an index of the whole tree, built when first asked for (XSLT 2.0 §16.3).
Seq Evaluator::key(const Expression& e, const Focus& focus) {
  const Seq wanted = atomize(runtime_, evaluate(*e.args[1], focus));
  const Seq under = evaluate(*e.args[2], focus);
  if (runtime_.failed()) return {};
  if (under.size() != 1 || under[0].type != Type::node) {
    runtime_.raise("XTDE1270", "the third argument of key() is not one node");
    return {};
  }
  const std::uint16_t tree = under[0].tree;
  auto& indexes = key_indexes_[e.slot];
  if (indexes.size() < trees_.size()) indexes.resize(trees_.size());
  if (!indexes[tree].built) build_key_index(e.slot, tree);
  if (runtime_.failed()) return {};
  const xml::NodeId top = under[0].node;
  const auto below = [&](const Item& value) -> Seq {
    const auto found = indexes[tree].nodes.find(text_of(runtime_, value));
    if (found == indexes[tree].nodes.end()) return {};
    const auto node = [](const Item& item) { return item.node; };
    const auto& all = found->second;
    const auto first = std::ranges::lower_bound(all, top, {}, node);
    const auto last = std::ranges::lower_bound(all, trees_[tree]->node(top).end, {}, node);
    return {all.data() + (first - all.begin()), static_cast<std::size_t>(last - first)};
  };
  if (wanted.size() == 1) return below(wanted[0]);
  Items out(*runtime_.arena);
  for (const Item& value : wanted) out.append(below(value));
  return in_document_order(runtime_, out);
}

// All nodes that a pattern matches, in document order: those of the name it ends in are looked at.
std::vector<xml::NodeId> Evaluator::matching(const Pattern& pattern, std::uint16_t number) {
  const xml::Tree& tree = *trees_[number];
  std::vector<xml::NodeId> out;
  const auto look = [&](const Alternative& alternative, xml::NodeId id) {
    if (matches(alternative, pattern.frame, node_item(id, number))) out.push_back(id);
  };
  for (const Alternative& alternative : pattern.alternatives) {
    const PatternStep* const last = alternative.steps.empty() ? nullptr : &alternative.steps.back();
    const bool named = last != nullptr && last->test.kind == Test::name && !last->attribute &&
                       !bindings_[number].is_wild(last->test.name);
    if (!named) {
      for (xml::NodeId id = 0; id < tree.size(); ++id) look(alternative, id);
    } else if (const auto name = bindings_[number].id(last->test.name); name != Binding::kAbsent) {
      for (const xml::NodeId id : tree.elements(name)) look(alternative, id);
    }
  }
  std::ranges::sort(out);
  const auto twice = std::ranges::unique(out);
  out.erase(twice.begin(), twice.end());
  return out;
}

void Evaluator::build_key_index(std::uint32_t key_set, std::uint16_t tree) {
  KeyIndex& index = key_indexes_[key_set][tree];
  index.built = true;
  for (const std::uint32_t number : program_.key_sets[key_set]) {
    const KeyDefinition& definition = program_.keys[number];
    for (const xml::NodeId id : matching(definition.match, tree)) {
      const Item node = node_item(id, tree);
      for (const Item& value :
           atomize(runtime_, run(*definition.use, definition.frame, Focus(node)))) {
        auto& nodes = index.nodes[std::string(text_of(runtime_, value))];
        if (nodes.empty() || nodes.back().node != id) nodes.push_back(node);
      }
      if (runtime_.failed()) return;
    }
  }
  if (program_.key_sets[key_set].size() < 2) return;
  for (auto& [value, nodes] : index.nodes) {
    std::ranges::sort(nodes, {}, &Item::node);
    const auto twice = std::ranges::unique(nodes, {}, &Item::node);
    nodes.erase(twice.begin(), twice.end());
  }
}

bool Evaluator::matches(const Pattern& pattern, const Item& node) {
  for (const Alternative& alternative : pattern.alternatives)
    if (matches(alternative, pattern.frame, node)) return true;
  return false;
}

bool Evaluator::matches(const Alternative& alternative, std::uint32_t frame, const Item& node) {
  return names_match(alternative, node) && predicates_match(alternative, frame, node);
}

bool Evaluator::predicates_match(const Alternative& alternative, std::uint32_t frame,
                                 const Item& node) {
  if (alternative.document) return true;
  Slot* outer = std::exchange(frame_, frame == 0 ? nullptr : new_frame(frame));
  const bool out = alternative.general    ? general_match(alternative, frame, node)
                   : alternative.anywhere ? steps_match(alternative, alternative.steps.size(), node)
                                          : named_steps_match(alternative, node);
  frame_ = outer;
  // XSLT 2.0 §5.5.4: an error in a predicate of a pattern means that it does not match.
  if (!runtime_.failed()) return out;
  runtime_.clear();
  return false;
}

// The names on the way up, as far as they are certain: most nodes fail here, before any predicate.
bool Evaluator::names_match(const Alternative& alternative, const Item& node) {
  if (alternative.document) return node.node == 0;
  if (alternative.general) return true;
  const xml::Tree& tree = runtime_.tree_of(node);
  const Binding& binding = binding_of(node);
  const PatternStep* const steps = alternative.steps.data();
  xml::NodeId id = node.node;
  for (std::size_t i = alternative.steps.size(); i-- > 0;) {
    const PatternStep& step = steps[i];
    if (id == xml::kNone) return false;
    // As step_matches() has it: a step is never about the document node, nor across axes.
    const xml::Node& n = tree.node(id);
    if (step.test.kind == Test::name) {
      if (n.kind != (step.attribute ? xml::Kind::attribute : xml::Kind::element) ||
          !binding.matches(step.test.name, n.name))
        return false;
    } else if (n.kind == xml::Kind::document ||
               (n.kind == xml::Kind::attribute) != step.attribute ||
               !test(step.test, node_item(id, node.tree), step.attribute)) {
      return false;
    }
    if (step.anywhere) return true;
    id = n.parent;
  }
  return !alternative.rooted || id == 0;
}

// Without "//" the names decide which node each step is about; they have been looked at.
bool Evaluator::named_steps_match(const Alternative& alternative, const Item& node) {
  const xml::Tree& tree = runtime_.tree_of(node);
  xml::NodeId id = node.node;
  for (std::size_t i = alternative.steps.size(); i-- > 0; id = tree.node(id).parent) {
    const PatternStep& step = alternative.steps.data()[i];
    if (!step.predicates.empty() && !predicates_hold(step, node_item(id, node.tree))) return false;
  }
  return true;
}

bool Evaluator::steps_match(const Alternative& alternative, std::size_t count, const Item& node) {
  const PatternStep& step = alternative.steps[count - 1];
  if (!step_matches(step, node)) return false;
  const xml::Tree& tree = runtime_.tree_of(node);
  xml::NodeId above = tree.node(node.node).parent;
  if (count == 1) {
    if (!alternative.rooted || step.anywhere) return true;
    return above == 0;
  }
  for (; above != xml::kNone; above = tree.node(above).parent) {
    if (steps_match(alternative, count - 1, node_item(above, node.tree))) return true;
    if (!step.anywhere || runtime_.failed()) return false;
  }
  return false;
}

bool Evaluator::step_matches(const PatternStep& step, const Item& node) {
  const xml::Kind kind = runtime_.node_of(node).kind;
  if (kind == xml::Kind::document || (kind == xml::Kind::attribute) != step.attribute) return false;
  if (!test(step.test, node, step.attribute)) return false;
  return step.predicates.empty() || predicates_hold(step, node);
}

bool Evaluator::predicates_hold(const PatternStep& step, const Item& node) {
  if (step.positional) return positional_match(step, node);
  if (step.named_predicates > 0 && !name_predicates(step, node)) return false;
  for (std::size_t i = step.named_predicates; i < step.predicates.size(); ++i)
    if (!boolean(*step.predicates[i], Focus(node)) || runtime_.failed()) return false;
  return true;
}

// What is asked of the name only is asked once for each name (and prefix) of the document.
bool Evaluator::name_predicates(const PatternStep& step, const Item& node) {
  if (name_memos_.size() <= step.memo) name_memos_.resize(step.memo + 1);
  auto& memo = name_memos_[step.memo];
  if (memo.empty()) memo.resize(trees_[0]->name_count());
  const xml::Node& n = runtime_.node_of(node);
  const bool known = node.tree == 0;
  if (known && memo[n.name].state != 0 && memo[n.name].prefix == n.prefix)
    return memo[n.name].state == 2;
  bool holds = true;
  for (std::size_t i = 0; i < step.named_predicates && holds; ++i)
    holds = boolean(*step.predicates[i], Focus(node)) && !runtime_.failed();
  if (known && !runtime_.failed())
    memo[n.name] = {n.prefix, static_cast<std::uint8_t>(holds ? 2 : 1)};
  return holds;
}

// The position counts among the siblings that pass the test, and then the earlier predicates.
bool Evaluator::positional_match(const PatternStep& step, const Item& node) {
  const xml::Tree& tree = runtime_.tree_of(node);
  const xml::NodeId parent = tree.node(node.node).parent;
  Items siblings(*runtime_.arena);
  AxisWalk(tree).run(step.attribute ? Axis::attribute : Axis::child, parent, [&](xml::NodeId id) {
    const Item item = node_item(id, node.tree);
    if (test(step.test, item, step.attribute)) siblings.push(item);
  });
  Seq items = siblings.seq();
  for (const ExpressionPtr& predicate : step.predicates) {
    Items kept_items(*runtime_.arena);
    Focus focus;
    focus.present = true;
    focus.size = items.size();
    for (std::size_t k = 0; k < items.size(); ++k) {
      focus.item = items[k];
      focus.position = k + 1;
      const Seq value = evaluate(*predicate, focus);
      const bool keep = value.size() == 1 && is_numeric(value[0].type)
                            ? number_of(runtime_, value[0]) == static_cast<double>(k + 1)
                            : effective_boolean(runtime_, value);
      if (runtime_.failed()) return false;
      if (keep) kept_items.push(items[k]);
    }
    items = kept_items.seq();
  }
  return std::ranges::any_of(items, [&](const Item& item) { return item.node == node.node; });
}

// The node is among the values of the expression evaluated at some ancestor, or at itself.
bool Evaluator::general_match(const Alternative& alternative, std::uint32_t frame,
                              const Item& node) {
  const Expression& e = *alternative.general;
  const auto holds = [&](Seq values) {
    return std::ranges::any_of(values, [&](const Item& item) {
      return item.type == Type::node && item.node == node.node && item.tree == node.tree;
    });
  };
  if (!e.uses_focus && !e.uses_current) {
    Arena* outer = std::exchange(runtime_.arena, &lasting_);
    const Seq values =
        kept(general_[alternative.general_number], e, frame, Focus(node_item(0, node.tree)));
    runtime_.arena = outer;
    return holds(values);
  }
  for (xml::NodeId id = node.node; id != xml::kNone; id = trees_[node.tree]->node(id).parent) {
    const Focus focus(node_item(id, node.tree));
    if (holds(evaluate(e, focus))) return true;
    if (runtime_.failed()) return false;
  }
  return false;
}

}  // namespace corridor::xpath
