// SPDX-License-Identifier: Apache-2.0
//
// Where the segments of a message stand, by the segment table of its directory: ordered slots,
// groups entered by their trigger, one segment at a time, always the first place that is left for
// it. When there is none, or only one that leaves out what is mandatory, the ways to go on are
// weighed by how well the next segments fit (`Ahead`): the segment is left out, a limit is passed,
// a group begins without its trigger, the segment before was the misplaced one. So one fault is one
// finding. Threads: one message, one thread.
//
// Source: ISO 9735-1:2002 § 8.4 to § 8.8 (order of segments, groups, repetition).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "documents/edifact/directory.h"

namespace corridor::edifact {

enum class Misplaced : std::uint8_t {
  none,
  unknown,          // not in the segment table
  order,            // not at this place
  order_before,     // a segment before is the one that is not: see `back`
  repeated,         // the segment, more often than the table permits
  repeated_group,   // the group that it opens
  without_trigger,  // its group begins without the first segment
};

// The tags of the segments that follow, up to the end of the message; asked only after a fault.
class Ahead {
 public:
  virtual void tags(std::vector<Tag>& out, std::size_t count) const = 0;

 protected:
  ~Ahead() = default;
};

class Place {
 public:
  // At UNH, the first slot.
  Place(const Directory& directory, const Message& message);

  struct Outcome {
    Misplaced misplaced = Misplaced::none;
    std::uint16_t slot = kNoSlot;   // where the segment stands; kNoSlot: it has no place
    std::uint16_t about = kNoSlot;  // the slot that is repeated, or whose trigger is missing
    std::size_t back = 0;           // so many segments before this one, at most kBackMax
    std::span<const std::uint16_t>
        missing;  // mandatory slots that were passed, until the next call
  };
  static constexpr std::size_t kBackMax = 8;
  // Without `ahead` a fault is not weighed: what fits is taken, the rest left out.
  // Moves on; true: the segment stands where it can. `segment`: its index in the directory, -1 when
  // it is not there.
  bool next(int segment, const Ahead* ahead);
  // After a `next` that was false.
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

  // The groups that are open, outermost first: which, and a number that no other one has.
  struct OpenGroup {
    std::uint16_t slot;
    std::uint32_t instance;
  };
  [[nodiscard]] std::size_t depth() const { return now_.depth; }
  [[nodiscard]] OpenGroup open(std::size_t level) const {
    return {now_.levels[level].slot, now_.levels[level + 1].instance};
  }
  [[nodiscard]] const Slot& slot(std::uint16_t index) const { return machine_.slots[index]; }
  [[nodiscard]] Tag tag(std::uint16_t slot) const {
    return directory_.tables().segments[machine_.slots[slot].segment].tag;
  }

 private:
  struct Level {
    std::uint16_t slot = 0;
    std::uint32_t count = 0;     // of what stands in the slot
    std::uint32_t instance = 0;  // of the group whose content this is
  };
  struct State {
    std::array<Level, Directory::kDepthMax + 1> levels;
    std::size_t depth = 0;
  };
  struct Found {
    std::uint16_t slot = kNoSlot;
    std::size_t level = 0;
    std::size_t missing = 0;
    bool again = false;
  };
  struct Choice {
    Misplaced misplaced = Misplaced::none;
    Found found;
    std::uint16_t about = kNoSlot;
    std::size_t cost = 0;
    std::size_t back = 0;
    State from;  // where `found` was found
  };
  struct Step {
    State before;
    std::uint8_t tag = 0;
  };

  [[nodiscard]] std::uint8_t tag_of(int segment) const {
    return segment < 0 ? Directory::kNoTag : machine_.tags_of[segment];
  }
  [[nodiscard]] Found find(const State& state, std::uint8_t tag) const;
  [[nodiscard]] std::size_t required_between(std::uint16_t from, std::uint16_t to) const;
  void enter(State& state, const Found& found);
  void remember(std::uint8_t tag);
  void note_missing(const State& state, const Found& found);
  [[nodiscard]] bool belongs_to(std::uint8_t tag, std::uint8_t trigger) const;
  std::size_t cost_of(State state, std::uint8_t orphan);
  Outcome recover(std::uint8_t tag, const Found& found, const Ahead* ahead);
  void weigh_missing_trigger(std::uint8_t tag, std::vector<Choice>& choices);
  void weigh_repetition(std::uint8_t tag, std::vector<Choice>& choices);
  void weigh_steps(std::uint8_t tag, std::vector<Choice>& choices);
  Outcome take(const Choice& choice, std::uint8_t tag);

  const Directory& directory_;
  Directory::Machine machine_;
  State now_;
  std::array<Step, kBackMax> steps_;         // the last ones without a fault, a ring
  std::size_t steps_taken_ = 0;              // since the last fault
  std::uint8_t orphan_ = Directory::kNoTag;  // a trigger that was left out; its group goes with it
  std::uint32_t instances_ = 0;
  Outcome outcome_;
  std::vector<std::uint16_t> missing_;
  std::vector<Tag> ahead_tags_;
  std::vector<std::uint8_t> ahead_;
};

}  // namespace corridor::edifact
