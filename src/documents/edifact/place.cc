// SPDX-License-Identifier: Apache-2.0
//
// The machine of the message (directory.h) answers each step with one look per open group. Only a
// fault costs more: a few ways to go on, each tried on the next segments.
#include "documents/edifact/place.h"

#include <algorithm>

namespace corridor::edifact {

namespace {

constexpr std::size_t kAhead = 24;  // segments that a way to go on is tried on
constexpr std::size_t kFault = 4;   // what a fault costs
constexpr std::size_t kLost = 1;    // and a segment that goes with it

}  // namespace

Place::Place(const Directory& directory, const Message& message)
    : directory_(directory), machine_(directory.machine(message)) {
  now_.levels[0] = {0, 1, 0};
}

// Mandatory slots of one level behind `from` and before `to`, or up to the end of the level.
inline std::size_t Place::required_between(std::uint16_t from, std::uint16_t to) const {
  std::size_t out = 0;
  for (std::uint16_t at = machine_.required[from]; at < to; at = machine_.required[at]) ++out;
  return out;
}

// The first place that is left, from the innermost group outwards.
inline Place::Found Place::find(const State& state, std::uint8_t tag) const {
  Found out;
  for (std::size_t level = state.depth + 1; level-- > 0;) {
    const Level& at = state.levels[level];
    const Slot& slot = machine_.slots[at.slot];
    if (machine_.tags_of[slot.segment] == tag && at.count < slot.repeats) {
      out.slot = at.slot;
      out.level = level;
      out.again = true;
      return out;
    }
    const std::uint16_t behind = machine_.behind(at.slot, tag);
    out.missing += required_between(at.slot, behind);
    if (behind != kNoSlot) {
      out.slot = behind;
      out.level = level;
      return out;
    }
  }
  return out;
}

void Place::note_missing(const State& state, const Found& found) {
  for (std::size_t level = state.depth + 1; level-- > found.level;) {
    const bool there = level == found.level;
    if (there && found.again) break;
    const std::uint16_t to = there ? found.slot : kNoSlot;
    for (std::uint16_t at = machine_.required[state.levels[level].slot]; at < to;
         at = machine_.required[at])
      missing_.push_back(at);
  }
}

inline void Place::enter(State& state, const Found& found) {
  Level& at = state.levels[found.level];
  at.count = found.again ? at.count + 1 : 1;
  at.slot = found.slot;
  state.depth = found.level;
  if (machine_.slots[found.slot].group == 0) return;
  ++state.depth;
  state.levels[state.depth] = {static_cast<std::uint16_t>(found.slot + 1), 1, ++instances_};
}

inline void Place::remember(std::uint8_t tag) {
  Step& step = steps_[steps_taken_++ % kBackMax];
  for (std::size_t level = 0; level <= now_.depth; ++level)
    step.before.levels[level] = now_.levels[level];
  step.before.depth = now_.depth;
  step.tag = tag;
}

bool Place::next(int segment, const Ahead* ahead) {
  const std::uint8_t own = tag_of(segment);
  if (own == Directory::kNoTag) {
    steps_taken_ = 0;
    outcome_ = {.misplaced = Misplaced::unknown, .missing = {}};
    return false;
  }
  const Found found = find(now_, own);
  if (found.slot == kNoSlot || found.missing != 0) {
    missing_.clear();
    outcome_ = recover(own, found, ahead);
    return outcome_.misplaced == Misplaced::none && outcome_.missing.empty();
  }
  orphan_ = Directory::kNoTag;
  remember(own);
  enter(now_, found);
  return true;
}

// Is the segment one of a group with this trigger?
bool Place::belongs_to(std::uint8_t tag, std::uint8_t trigger) const {
  if (trigger == Directory::kNoTag) return false;
  for (std::size_t i = 0; i < machine_.slots.size(); ++i) {
    const Slot& group = machine_.slots[i];
    if (group.group == 0 || machine_.tags_of[group.segment] != trigger) continue;
    for (std::size_t k = i + 2; k < group.end; ++k)
      if (machine_.tags_of[machine_.slots[k].segment] == tag) return true;
  }
  return false;
}

// How badly the next segments fit.
std::size_t Place::cost_of(State state, std::uint8_t orphan) {
  std::size_t cost = 0;
  for (const std::uint8_t tag : ahead_) {
    const Found found = find(state, tag);
    if (found.slot == kNoSlot) {
      cost += belongs_to(tag, orphan) ? kLost : kFault;
      continue;
    }
    orphan = Directory::kNoTag;
    cost += found.missing * kFault;
    enter(state, found);
  }
  return cost;
}

// The trigger of a group that may begin here is missing: `tag` is what stands behind it.
void Place::weigh_missing_trigger(std::uint8_t tag, std::vector<Choice>& choices) {
  std::size_t missing = 0;
  for (std::size_t level = now_.depth + 1; level-- > 0;) {
    const Level& at = now_.levels[level];
    const std::size_t limit = machine_.slots[at.slot].parent == kNoSlot
                                  ? machine_.slots.size()
                                  : machine_.slots[machine_.slots[at.slot].parent].end;
    for (std::size_t i = at.slot; i < limit; i = machine_.slots[i].end) {
      const Slot& group = machine_.slots[i];
      const auto slot = static_cast<std::uint16_t>(i);
      const bool again = i == at.slot;
      if (group.group == 0 || (again && at.count >= group.repeats)) continue;
      const std::uint16_t inside = machine_.behind(static_cast<std::uint16_t>(i + 1), tag);
      if (inside == kNoSlot) continue;
      State state = now_;
      const std::size_t passed = missing + (again ? 0 : required_between(at.slot, slot)) +
                                 required_between(static_cast<std::uint16_t>(i + 1), inside);
      enter(state, {slot, level, 0, again});
      enter(state, {inside, state.depth, 0, false});
      choices.push_back({.misplaced = Misplaced::without_trigger,
                         .found = {slot, level, passed, again},
                         .about = slot,
                         .cost = (1 + passed) * kFault + cost_of(state, Directory::kNoTag),
                         .from = now_});
      break;
    }
    missing += required_between(at.slot, kNoSlot);
  }
}

// What stands in the slot may not stand there once more. Once more a trigger is a new group.
void Place::weigh_repetition(std::uint8_t tag, std::vector<Choice>& choices) {
  std::size_t missing = 0;
  for (std::size_t level = now_.depth + 1; level-- > 0;) {
    const Level& at = now_.levels[level];
    const Slot& slot = machine_.slots[at.slot];
    const bool trigger = slot.parent != kNoSlot && at.slot == slot.parent + 1U;
    if (machine_.tags_of[slot.segment] == tag && !trigger) {
      State state = now_;
      enter(state, {at.slot, level, 0, true});
      choices.push_back(
          {.misplaced = slot.group != 0 ? Misplaced::repeated_group : Misplaced::repeated,
           .found = {at.slot, level, missing, true},
           .about = at.slot,
           .cost = (1 + missing) * kFault + cost_of(state, Directory::kNoTag),
           .from = now_});
      return;
    }
    missing += required_between(at.slot, kNoSlot);
  }
}

// One of the segments before was placed where it could stand and should not have been.
void Place::weigh_steps(std::uint8_t tag, std::vector<Choice>& choices) {
  const std::size_t count = std::min(steps_taken_, kBackMax);
  for (std::size_t back = 1; back <= count; ++back) {
    State state = steps_[(steps_taken_ - back) % kBackMax].before;
    bool fits = true;
    for (std::size_t i = back - 1; i > 0 && fits; --i) {
      const Found found = find(state, steps_[(steps_taken_ - i) % kBackMax].tag);
      fits = found.slot != kNoSlot && found.missing == 0;
      if (fits) enter(state, found);
    }
    const Found found = fits ? find(state, tag) : Found();
    if (found.slot == kNoSlot) continue;
    Choice choice{
        .misplaced = Misplaced::order_before, .found = found, .back = back, .from = state};
    enter(state, found);
    choice.cost = (1 + found.missing) * kFault + cost_of(state, Directory::kNoTag);
    choices.push_back(choice);
  }
}

Place::Outcome Place::recover(std::uint8_t tag, const Found& found, const Ahead* ahead) {
  if (found.slot == kNoSlot && belongs_to(tag, orphan_)) return {};
  const bool is_last = found.slot + 1U == machine_.slots.size();  // UNT
  if (is_last || (ahead == nullptr && found.slot != kNoSlot))
    return take({.misplaced = Misplaced::none, .found = found, .from = now_}, tag);
  if (ahead == nullptr)
    return take({.misplaced = Misplaced::order, .found = {}, .from = now_}, tag);
  ahead_tags_.clear();
  ahead_.clear();
  ahead->tags(ahead_tags_, kAhead);
  for (const Tag next : ahead_tags_)
    if (const std::uint8_t own = tag_of(directory_.segment_index(next)); own != Directory::kNoTag)
      ahead_.push_back(own);
  std::vector<Choice> choices;
  weigh_repetition(tag, choices);
  if (found.slot != kNoSlot) {
    State state = now_;
    enter(state, found);
    choices.push_back({.misplaced = Misplaced::none,
                       .found = found,
                       .cost = found.missing * kFault + cost_of(state, Directory::kNoTag),
                       .from = now_});
  }
  choices.push_back({.misplaced = Misplaced::order,
                     .found = {},
                     .cost = kFault + cost_of(now_, tag),
                     .from = now_});
  weigh_steps(tag, choices);
  weigh_missing_trigger(tag, choices);
  return take(*std::ranges::min_element(choices, {}, &Choice::cost), tag);
}

Place::Outcome Place::take(const Choice& choice, std::uint8_t tag) {
  steps_taken_ = 0;
  orphan_ = Directory::kNoTag;
  Outcome out{choice.misplaced, choice.found.slot, choice.about, choice.back, {}};
  if (choice.misplaced == Misplaced::order) {
    orphan_ = tag;
    return out;
  }
  now_ = choice.from;
  note_missing(now_, choice.found);
  enter(now_, choice.found);
  if (choice.misplaced == Misplaced::without_trigger) {
    const auto trigger = static_cast<std::uint16_t>(choice.found.slot + 1);
    const std::uint16_t inside = machine_.behind(trigger, tag);
    const Found within{inside, now_.depth, 0, false};
    note_missing(now_, within);
    enter(now_, within);
    out.slot = inside;
  }
  out.missing = missing_;
  return out;
}

}  // namespace corridor::edifact
