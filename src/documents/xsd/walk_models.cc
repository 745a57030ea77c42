// SPDX-License-Identifier: Apache-2.0
// Content models. A model that was left by a wrong turn is taken up again where the document shows
// that it goes on: one finding for one mistake, as far as that can be told.
#include <algorithm>

#include "documents/xsd/walk.h"

namespace corridor::xsd {

using Way = Walk::Answer::Way;

std::size_t Walk::siblings(xml::NodeId parent, Index name, xml::NodeId before) const {
  std::size_t count = 0;
  for (xml::NodeId child = tree_.first_child(parent); child != xml::kNone && child < before;
       child = tree_.next_sibling(child)) {
    const xml::Node& n = tree_.node(child);
    if (n.kind == xml::Kind::element && names_[n.name].name == name) ++count;
  }
  return count;
}

Walk::Answer Walk::in_slots(Frame& frame, xml::NodeId node, Known name) {
  const Slot* const slots = t_.slots.data() + frame.model->at;
  const Index count = frame.model->count;
  const Slot& current = slots[frame.cursor];
  if (current.name == name.name && frame.count < current.max) {
    ++frame.count;
    return {Way::declared, current.element};
  }
  // Slots that may stay empty are passed; one that may not ends the short way.
  Index at = frame.cursor;
  if (current.name != name.name && frame.count >= current.min) {
    for (++at; at < count; ++at) {
      if (slots[at].name == name.name) {
        frame.cursor = at;
        frame.count = 1;
        return {Way::declared, slots[at].element};
      }
      if (slots[at].min > 0) break;
    }
  }
  return out_of_slots(frame, node, name);
}

// An element is missing where others are not enough in the whole parent; those that stand elsewhere
// are found there.
void Walk::slot_missing(const Frame& frame, const Slot& slot, Index before) {
  if (siblings(frame.node, slot.name, frame.end) >= slot.min) return;
  findings_.missing(frame.node, {&slot.name, 1}, before);
}

Walk::Answer Walk::out_of_slots(Frame& frame, xml::NodeId node, Known name) {
  const Slot* const slots = t_.slots.data() + frame.model->at;
  const Index count = frame.model->count;
  Index at = 0;
  while (at < count && (name.name == kNo || slots[at].name != name.name)) ++at;
  if (at == count) {
    findings_.unexpected(node, expected(frame));
    return {};
  }
  if (at > frame.cursor) {
    for (Index i = frame.cursor; i < at; ++i)
      if ((i == frame.cursor ? frame.count : 0) < slots[i].min)
        slot_missing(frame, slots[i], slots[at].name);
  } else if (siblings(frame.node, name.name, node) >= slots[at].max) {
    findings_.repeated(node, slots[at].max);
    return {Way::declared, slots[at].element};
  } else {
    findings_.misplaced(node, slots[frame.cursor].name);
  }
  frame.cursor = at;
  frame.count = 1;
  return {Way::declared, slots[at].element};
}

void Walk::end_slots(const Frame& frame) {
  const Slot* const slots = t_.slots.data() + frame.model->at;
  for (Index i = frame.cursor; i < frame.model->count; ++i)
    if ((i == frame.cursor ? frame.count : 0) < slots[i].min) slot_missing(frame, slots[i], kNo);
}

Walk::Answer Walk::in_all(Frame& frame, xml::NodeId node, Known name) {
  const Slot* const slots = t_.slots.data() + frame.model->at;
  for (Index i = 0; i < frame.model->count; ++i) {
    if (slots[i].name != name.name) continue;
    if (((frame.seen >> i) & 1) != 0) findings_.repeated(node, 1);
    frame.seen |= std::uint64_t{1} << i;
    return {Way::declared, slots[i].element};
  }
  findings_.unexpected(node, expected(frame));
  return {};
}

void Walk::end_all(const Frame& frame) {
  if (frame.model->optional && frame.seen == 0) return;
  const Slot* const slots = t_.slots.data() + frame.model->at;
  for (Index i = 0; i < frame.model->count; ++i)
    if (slots[i].min > 0 && ((frame.seen >> i) & 1) == 0)
      findings_.missing(frame.node, {&slots[i].name, 1}, kNo);
}

bool Walk::step(Index& state, Known name, Answer& answer) const {
  const State& row = t_.states[state];
  if (name.name != kNo) {
    const Edge* const first = t_.edges.data() + row.edges_at;
    const Edge* const edge = std::lower_bound(
        first, first + row.edges, name.name, [](const Edge& e, Index n) { return e.name < n; });
    if (edge != first + row.edges && edge->name == name.name) {
      state = edge->next;
      answer = {Way::declared, edge->element};
      return true;
    }
  }
  for (Index i = 0; i < row.guards; ++i) {
    const Guard& guard = t_.guards[row.guards_at + i];
    const Wildcard& wildcard = t_.wildcards[guard.wildcard];
    if (!allows(wildcard, name.space)) continue;
    state = guard.next;
    answer.way = wildcard.process == Process::skip  ? Way::skipped
                 : wildcard.process == Process::lax ? Way::judged_lax
                                                    : Way::judged_strict;
    return true;
  }
  return false;
}

Walk::Answer Walk::in_states(Frame& frame, xml::NodeId node, Known name) {
  Answer answer;
  if (step(frame.cursor, name, answer)) return answer;
  return out_of_states(frame, node, name);
}

// If what is expected were there, could this follow? Then that is what is missing.
Walk::Answer Walk::out_of_states(Frame& frame, xml::NodeId node, Known name) {
  const State& row = t_.states[frame.cursor];
  Answer answer;
  for (Index i = 0; i < row.edges && !row.accepts; ++i) {
    const Edge& edge = t_.edges[row.edges_at + i];
    Index state = edge.next;
    if (!step(state, name, answer)) continue;
    const auto names = expected(frame);
    findings_.missing(frame.node, names, name.name);
    frame.cursor = state;
    return answer;
  }
  findings_.unexpected(node, expected(frame));
  // Where only wildcards are left, it takes the place of what they would let in.
  if (row.edges == 0 && row.guards > 0 && !row.accepts)
    frame.cursor = t_.guards[row.guards_at].next;
  return {};
}

void Walk::end_states(const Frame& frame) {
  if (t_.states[frame.cursor].accepts) return;
  findings_.missing(frame.node, expected(frame), kNo);
}

std::vector<Index> Walk::expected(const Frame& frame) const {
  std::vector<Index> out;
  const Model& model = *frame.model;
  if (model.form == Model::Form::states) {
    const State& row = t_.states[frame.cursor];
    for (Index i = 0; i < row.edges; ++i) out.push_back(t_.edges[row.edges_at + i].name);
    return out;
  }
  const Slot* const slots = t_.slots.data() + model.at;
  if (model.form == Model::Form::all) {
    for (Index i = 0; i < model.count; ++i)
      if (((frame.seen >> i) & 1) == 0) out.push_back(slots[i].name);
    return out;
  }
  for (Index i = frame.cursor; i < model.count; ++i) {
    const std::uint32_t count = i == frame.cursor ? frame.count : 0;
    if (count < slots[i].max) out.push_back(slots[i].name);
    if (count < slots[i].min) break;
  }
  return out;
}

}  // namespace corridor::xsd
