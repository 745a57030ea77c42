// SPDX-License-Identifier: Apache-2.0
//
// The segments of an interchange and what holds them (messages, groups), without what is in them:
// enough to say where a segment stands, as a path and as line and column, whether or not a tree is
// made. 16 bytes for each; nothing is worked out before it is asked. Threads: one interchange, one
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "documents/edifact/directory.h"

namespace corridor::edifact {

class Outline {
 public:
  using Id = std::uint32_t;

  // What is open in the interchange. A segment group is named by its trigger.
  static constexpr std::uint32_t kInterchange = 1U << 24;
  static constexpr std::uint32_t kGroup = 2U << 24;  // of messages
  static constexpr std::uint32_t kMessage = 3U << 24;
  static constexpr std::uint32_t kSegmentGroup = 4U << 24;  // and its tag

  // `bytes`: of the interchange.
  explicit Outline(std::size_t bytes);

  void open(std::uint32_t name, std::uint32_t offset) { open_ = add(name, offset); }
  void close() {
    entries_[open_].end = static_cast<Id>(entries_.size());
    open_ = entries_[open_].parent;
  }
  Id segment(Tag tag, std::uint32_t offset) { return add(tag, offset); }

  [[nodiscard]] std::uint32_t offset(Id id) const { return entries_[id].offset; }
  // "/interchange/message[2]/NAD-group[1]/NAD" for each, [n] where siblings share the name. For the
  // end, when everything is closed.
  [[nodiscard]] std::vector<std::string> paths(std::span<const Id> of) const;

 private:
  struct Entry {
    std::uint32_t name;  // a tag, or one of the above
    Id parent;
    Id end;  // one past what is in it
    std::uint32_t offset;
  };

  Id add(std::uint32_t name, std::uint32_t offset) {
    const auto id = static_cast<Id>(entries_.size());
    entries_.push_back({name, open_, id + 1, offset});
    return id;
  }

  std::vector<Entry> entries_;
  Id open_ = 0;
};

// The name of what an outline holds: "message", "NAD-group", "NAD".
std::string outline_name(std::uint32_t name);

}  // namespace corridor::edifact
