// SPDX-License-Identifier: Apache-2.0
// Nine rules ask for the tax categories of nine letters: one pass over the categories answers all.
#include "documents/xpath/fast.h"

namespace corridor::xpath {

const std::vector<xml::NodeId>* Fast::looked_up(const Expression& step) {
  static const std::vector<xml::NodeId> none;
  const xml::NameId name = binding(0).id(step.test.name);
  if (name == Binding::kAbsent) return &none;
  Index& index = indexes_.data()[step.index - 1];
  const Expression& predicate = *step.args[step.index_predicate];
  if (index.state == Index::State::fresh) fill(index, name, *predicate.args[0]);
  if (index.state == Index::State::useless) return nullptr;
  const auto found = index.nodes.find(predicate.args[1]->literal[0].view());
  return found == index.nodes.end() ? &none : &found->second;
}

// A value that cannot be computed, or is no text, makes the index useless: then the predicate is
// asked of every node, and fails where it has to.
void Fast::fill(Index& index, xml::NameId name, const Expression& value) {
  index.state = Index::State::useless;
  // Neighbours often say the same: then the list of the last one is the one to add to.
  View last;
  std::vector<xml::NodeId>* nodes = nullptr;
  for (const xml::NodeId id : trees_[0]->elements(name)) {
    const Seq atoms = atomize(runtime_, evaluate(value, Focus(node_item(id))));
    if (runtime_.failed()) return runtime_.clear();
    for (const Item& atom : atoms) {
      if (!is_text(atom.type)) return;
      if (nodes == nullptr || atom.view() != last) {
        last = lasting_item(atom).view();
        nodes = &index.nodes[last];
      }
      if (nodes->empty() || nodes->back() != id) nodes->push_back(id);
    }
  }
  index.state = Index::State::ready;
}

}  // namespace corridor::xpath
