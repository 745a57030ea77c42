// SPDX-License-Identifier: Apache-2.0
//
// What the fast evaluator keeps while it judges one document: values that depend on nothing but the
// document, and values that depend on nothing but the node they are asked of.
#include "documents/xpath/fast.h"

namespace corridor::xpath {

Fast::Fast(const Program& program, const xml::Tree& document, Time now)
    : Evaluator(program, document, now), hoisted_(program.hoisted),
      memos_(program.memos),
      indexes_(program.indexes) {
  if (memos_.empty()) return;
  places_ = lasting_.array<std::uint32_t>(document.size());
  placed_ = cleared<std::uint8_t>(document.name_count() * 2);
}

void Fast::place(std::uint32_t slot, std::span<const xml::NodeId> nodes) {
  placed_[slot] = 1;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) places_[nodes.data()[i]] = i;
}

Seq Fast::hoisted(const Expression& e, const Focus& focus) {
  Kept& slot = hoisted_[e.hoisted - 1];
  if (slot.state == Kept::State::ready) return slot.value;
  if (!focus.present) return no_context(), Seq{};
  Arena* outer = std::exchange(runtime_.arena, &lasting_);
  slot.value = afresh(e, focus);
  // What fails is not kept: it fails again for whoever asks again.
  slot.state = runtime_.failed() ? Kept::State::fresh : Kept::State::ready;
  runtime_.arena = outer;
  return slot.value;
}

// By the place among the nodes of the same name: they are visited in this order, so the cells of one
// memo are met one after the other.
template <class T>
T* Fast::memo_cell(const Expression& e, const Focus& focus, T* Memo::* cells) {
  if (!focus.present || focus.item.type != Type::node || focus.item.tree != 0) return nullptr;
  const xml::Tree& tree = *trees_.data()[0];
  const xml::Node& n = tree.node(focus.item.node);
  const bool attribute = n.kind == xml::Kind::attribute;
  if (!attribute && n.kind != xml::Kind::element) return nullptr;
  const std::uint32_t slot = n.name * 2 + (attribute ? 1 : 0);
  Memo* memo = memos_.data() + (e.memo - 1);
  if (memo->slot == slot && memo->*cells != nullptr)
    return memo->*cells + places_[focus.item.node];
  for (; memo->slot != slot && memo->slot != 0; memo = memo->next)
    if (memo->next == nullptr) memo->next = new (lasting_.array<Memo>(1)) Memo();
  T*& kept = memo->*cells;
  if (kept == nullptr) {
    const auto nodes = attribute ? tree.attributes(n.name) : tree.elements(n.name);
    if (placed_[slot] == 0) place(slot, nodes);
    memo->slot = slot;
    kept = cleared<T>(nodes.size());
  }
  return kept + places_[focus.item.node];
}

Seq Fast::remembered(const Expression& e, const Focus& focus) {
  Remembered* cell = memo_cell(e, focus, &Memo::values);
  if (cell == nullptr) return afresh(e, focus);
  if (cell->items != nullptr) return {cell->items, cell->size};
  const Seq value = afresh(e, focus);
  if (runtime_.failed()) return {};  // who asks again fails again
  Item* kept = lasting_.array<Item>(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) new (kept + i) Item(lasting_item(value[i]));
  *cell = {kept, value.size()};
  return {kept, value.size()};
}

bool Fast::remembered_boolean(const Expression& e, const Focus& focus) {
  std::uint8_t* cell = memo_cell(e, focus, &Memo::truths);
  if (cell == nullptr) return boolean_afresh(e, focus);
  if (*cell != 0) return *cell == 2;
  const bool holds = boolean_afresh(e, focus);
  if (!runtime_.failed()) *cell = holds ? 2 : 1;
  return holds;
}

// What a value points to must outlive the assertion; the document does.
Item Fast::lasting_item(const Item& item) {
  const bool text = is_text(item.type) || item.type == Type::fragment;
  if (text) {
    const View document = trees_[0]->source();
    if (item.text >= document.data() && item.text < document.data() + document.size()) return item;
  }
  return copied_item(lasting_, item);
}

}  // namespace corridor::xpath
