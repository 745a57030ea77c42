// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/outline.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace corridor::edifact {

namespace {

constexpr std::size_t kBytesOfSegment = 16;  // about; what is too much is never touched

// The one of its name among its siblings, and how many there are.
struct Step {
  std::uint32_t nth = 0;
  std::uint32_t all = 0;
};

}  // namespace

std::string outline_name(std::uint32_t name) {
  switch (name & 0xff000000U) {
    case 0: return tag_text(name);
    case Outline::kInterchange: return "interchange";
    case Outline::kGroup: return "group";
    case Outline::kMessage: return "message";
    default: return tag_text(name & 0xffffffU) + "-group";
  }
}

Outline::Outline(std::size_t bytes) { entries_.reserve(bytes / kBytesOfSegment + 16); }

std::vector<std::string> Outline::paths(std::span<const Id> of) const {
  std::unordered_map<Id, Step> steps;     // of what is on the way
  std::map<Id, std::vector<Id>> holders;  // and in what it is
  for (Id id : of)
    for (bool is_new = true; is_new && id != 0; id = entries_[id].parent) {
      is_new = steps.try_emplace(id).second;
      if (is_new) holders[entries_[id].parent].push_back(id);
    }
  for (auto& [holder, wanted] : holders) {
    std::unordered_map<std::uint32_t, std::uint32_t> counts;
    std::array<bool, 256> known{};  // by a byte of the name: most names are not asked for
    const auto hash = [](std::uint32_t name) { return (name * 2'654'435'761U) >> 24; };
    for (const Id id : wanted) {
      counts.try_emplace(entries_[id].name);
      known[hash(entries_[id].name)] = true;
    }
    std::ranges::sort(wanted);
    auto next = wanted.begin();
    for (Id id = holder + 1; id < entries_[holder].end; id = entries_[id].end) {
      if (!known[hash(entries_[id].name)]) continue;
      const auto count = counts.find(entries_[id].name);
      if (count == counts.end()) continue;
      ++count->second;
      if (next != wanted.end() && *next == id) steps[*next++].nth = count->second;
    }
    for (const Id id : wanted) steps[id].all = counts[entries_[id].name];
  }
  std::vector<std::string> out;
  for (const Id first : of) {
    std::string path;
    for (Id id = first; id != 0; id = entries_[id].parent) {
      std::string step = "/" + outline_name(entries_[id].name);
      if (steps[id].all > 1) step += "[" + std::to_string(steps[id].nth) + "]";
      path.insert(0, step);
    }
    out.push_back("/interchange" + path);
  }
  return out;
}

}  // namespace corridor::edifact
