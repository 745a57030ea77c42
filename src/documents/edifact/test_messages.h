// SPDX-License-Identifier: Apache-2.0
//
// For the tests of this folder only: messages as lists, valid ones made at random from a directory,
// and a second opinion on whether tags are in order, which shares no code with `Place`.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

#include "documents/edifact/directory.h"

namespace corridor::edifact {

using TestElement = std::vector<std::vector<std::string>>;  // repetitions of components
struct TestSegment {
  std::string tag;
  std::vector<TestElement> elements;
};
using TestMessage = std::vector<TestSegment>;  // UNH to UNT

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

inline std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (View("+:'?*").contains(c)) out += '?';
    out += c;
  }
  return out;
}

inline std::string written(const TestSegment& segment) {
  std::string out = segment.tag;
  for (const TestElement& element : segment.elements) {
    out += '+';
    for (std::size_t r = 0; r < element.size(); ++r) {
      if (r > 0) out += '*';
      for (std::size_t c = 0; c < element[r].size(); ++c)
        out += (c > 0 ? ":" : "") + escaped(element[r][c]);
    }
  }
  return out + "'\n";
}

// With the count of UNT made right.
inline std::string interchange_of(TestMessage message, const std::string& level = "UNOA:4") {
  message.back().elements[0] = {{std::to_string(message.size())}};
  std::string out = "UNA:+.?*'\nUNB+" + level + "+A+B+20261127:1200+1'\n";
  for (const TestSegment& segment : message) out += written(segment);
  return out + "UNZ+1+1'\n";
}

class MessageMaker {
 public:
  MessageMaker(const Directory& directory, Dice& dice) : directory_(directory), dice_(dice) {}

  TestMessage make(View type) {
    const Message* message = directory_.message(type);
    out_.clear();
    fill(directory_.slots(*message), 0, message->slots);
    const std::string version(directory_.version());
    const std::string release(directory_.release());
    out_.front() = {"UNH", {{{"1"}}, {{std::string(type), version, release, "UN"}}}};
    out_.back() = {"UNT", {{{"0"}}, {{"1"}}}};
    return out_;
  }

  TestSegment segment(const Segment& segment) {
    TestSegment out{tag_text(segment.tag), {}};
    if (out.tag == "UNS") return {"UNS", {{{"D"}}}};
    if (out.tag == "UGH" || out.tag == "UGT") return {out.tag, {{{"1"}}}};
    for (const Use& use : directory_.uses(segment)) out.elements.push_back(element(use));
    while (!out.elements.empty() && out.elements.back().empty()) out.elements.pop_back();
    return out;
  }

 private:
  void fill(std::span<const Slot> slots, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; i = slots[i].end) {
      const Slot& slot = slots[i];
      const std::size_t rarely = out_.size() > 60 ? 12 : 3;
      if (slot.mandatory == 0 && !dice_.one_in(rarely)) continue;
      std::size_t times = 1;
      while (times < slot.repeats && times < 3 && dice_.one_in(4)) ++times;
      for (; times > 0; --times) {
        if (slot.group != 0) {
          fill(slots, i + 1, slot.end);
        } else {
          out_.push_back(segment(directory_.tables().segments[slot.segment]));
        }
      }
    }
  }

  TestElement element(const Use& use) {
    if (use.mandatory == 0 && !dice_.one_in(3)) return {};
    const Tables& t = directory_.tables();
    if (use.composite == 0) return {{value(t.elements[use.index])}};
    std::vector<std::string> parts;
    const auto uses = directory_.uses(t.composites[use.index]);
    for (std::size_t i = 0; i < uses.size(); ++i)
      parts.push_back(uses[i].mandatory != 0 || i == 0 || dice_.one_in(4)
                          ? value(t.elements[uses[i].index])
                          : "");
    while (parts.back().empty()) parts.pop_back();
    return {parts};
  }

  std::string value(const Element& element) {
    if (element.codes > 0) {
      // Service segments of the maker itself have none.
      const std::string code(
          Directory::value(directory_.codes(element)[dice_.below(element.codes)]));
      if (code.size() <= element.format.length &&
          (element.format.exact == 0 || code.size() == element.format.length))
        return code;
      return element.format.characters == Characters::numeric ? digits(element) : "ZZZ";
    }
    if (element.format.characters == Characters::numeric) return digits(element);
    std::string out;
    const std::size_t most = std::min<std::size_t>(element.format.length, 12);
    const std::size_t size =
        element.format.exact != 0 ? element.format.length : 1 + dice_.below(most);
    while (out.size() < size) out += static_cast<char>('A' + dice_.below(26));
    return out;
  }

  std::string digits(const Element& element) {
    std::string out;
    const std::size_t most = std::min<std::size_t>(element.format.length, 6);
    const std::size_t size =
        element.format.exact != 0 ? element.format.length : 1 + dice_.below(most);
    while (out.size() < size) out += static_cast<char>('1' + dice_.below(9));
    return out;
  }

  const Directory& directory_;
  Dice& dice_;
  TestMessage out_;
};

// Is the order of the tags one that the segment table permits, in any way?
class OrderOracle {
 public:
  OrderOracle(const Directory& directory, View type)
      : directory_(directory), slots_(directory.slots(*directory.message(type))) {}

  // May the segment stand in a group behind its first segment?
  [[nodiscard]] bool uses_inside(const std::string& tag) const {
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].group == 0 && slots_[i].parent != kNoSlot && slots_[i].parent + 1U != i &&
          directory_.tables().segments[slots_[i].segment].tag == pack_tag(tag))
        return true;
    return false;
  }

  [[nodiscard]] bool permits(const TestMessage& message) const {
    std::vector<Tag> tags;
    for (const TestSegment& segment : message) tags.push_back(pack_tag(segment.tag));
    return run(0, slots_.size(), {0}, tags).contains(tags.size());
  }

 private:
  using Places = std::set<std::size_t>;

  [[nodiscard]] Places once(std::size_t slot, const Places& from,
                            const std::vector<Tag>& tags) const {
    if (slots_[slot].group != 0) return run(slot + 1, slots_[slot].end, from, tags);
    const Tag tag = directory_.tables().segments[slots_[slot].segment].tag;
    Places out;
    for (const std::size_t at : from)
      if (at < tags.size() && tags[at] == tag) out.insert(at + 1);
    return out;
  }
  [[nodiscard]] Places run(std::size_t first, std::size_t end, Places from,
                           const std::vector<Tag>& tags) const {
    for (std::size_t i = first; i < end && !from.empty(); i = slots_[i].end) {
      Places out = slots_[i].mandatory == 0 ? from : Places();
      Places reached = from;
      for (std::size_t n = 0; n < slots_[i].repeats && !reached.empty(); ++n) {
        reached = once(i, reached, tags);
        out.insert(reached.begin(), reached.end());
      }
      from = std::move(out);
    }
    return from;
  }

  const Directory& directory_;
  std::span<const Slot> slots_;
};

}  // namespace corridor::edifact
