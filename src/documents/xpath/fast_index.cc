// SPDX-License-Identifier: Apache-2.0
// Nine rules ask for the tax categories of nine letters: one pass over the categories answers all.
#include <bit>

#include "documents/xpath/fast.h"

namespace corridor::xpath {

std::optional<const Fast::Entry*> Fast::looked_up(const Expression& step) {
  const xml::NameId name = binding(0).id(step.test.name);
  if (name == Binding::kAbsent) return nullptr;
  Index& index = indexes_.data()[step.index - 1];
  const Expression& predicate = arg(step, step.index_predicate);
  if (index.state == Index::State::fresh) fill(index, name, arg(predicate, 0));
  if (index.state == Index::State::useless) return std::nullopt;
  const Group* group = group_of(index, arg(predicate, 1).literal[0].view());
  return group == nullptr ? nullptr : group->first;
}

// Where the group of a value is, or has to be put.
Fast::Group*& Fast::group_of(const Index& index, View value) {
  Group** at = index.groups + (std::hash<View>{}(value) & index.mask);
  while (*at != nullptr && (*at)->value != value) at = &(*at)->next;
  return *at;
}

// A value that cannot be computed, or is no text, makes the index useless: then the predicate is
// asked of every node, and fails where it has to.
void Fast::fill(Index& index, xml::NameId name, const Expression& value) {
  index.state = Index::State::useless;
  const auto nodes = trees_[0]->elements(name);
  index.mask = std::bit_ceil(nodes.size() + 1) - 1;
  index.groups = cleared<Group*>(index.mask + 1);
  Group* group = nullptr;  // neighbours often say the same
  for (const xml::NodeId id : nodes) {
    const Seq atoms = atomize(runtime_, evaluate(value, Focus(node_item(id))));
    if (runtime_.failed()) return runtime_.clear();
    for (const Item& atom : atoms) {
      if (!is_text(atom.type)) return;
      if (group == nullptr || group->value != atom.view()) {
        Group*& at = group_of(index, atom.view());
        if (at == nullptr) {
          at = new (lasting_.array<Group>(1)) Group();
          at->value = lasting_item(atom).view();
        }
        group = at;
      }
      if (group->last != nullptr && group->last->node == id) continue;
      Entry* const found = new (lasting_.array<Entry>(1)) Entry{id, nullptr};
      (group->last == nullptr ? group->first : group->last->next) = found;
      group->last = found;
    }
  }
  index.state = Index::State::ready;
}

}  // namespace corridor::xpath
