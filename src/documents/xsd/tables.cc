// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/tables.h"

#include <algorithm>
#include <bit>

#include "documents/xsd/values.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kProbesMax = 10'000;

}  // namespace

std::uint32_t name_hash(View local) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : local) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return hash;
}

Index Tables::find_space(View uri) const {
  for (Index i = 0; i < spaces.size(); ++i)
    if (view(spaces[i].uri) == uri) return i;
  return kNo;
}

Index Tables::find_name(Index space, View local_name) const {
  const auto mask = static_cast<std::uint32_t>(name_slots.size() - 1);
  for (std::uint32_t at = name_hash(local_name) & mask;; at = (at + 1) & mask) {
    const Index found = name_slots[at];
    if (found == kNo) return kNo;
    if (names[found].space == space && local(found) == local_name) return found;
  }
}

Index Tables::find_name(View space, View local_name) const {
  const Index found = find_space(space);
  return found == kNo ? kNo : find_name(found, local_name);
}

namespace {

// What one value costs to judge: itself, and every type that it may be tried by. Items come first,
// so there is no circle.
Result<> weigh(const Tables& t) {
  std::vector<std::size_t> weights;
  std::vector<std::size_t> depths;
  for (const Simple& simple : t.simples) {
    std::size_t weight = 1;
    std::size_t depth = 1;
    for (Index i = 0; i < simple.items; ++i) {
      const Index item = t.items[simple.items_at + i];
      if (item >= weights.size()) return fail(Code::corrupt, "a type is made from itself");
      weight += weights[item];
      depth = std::max(depth, depths[item] + 1);
      if (weight > kSimpleWeightMax || depth > kItemDepthMax)
        return fail(Code::too_large, "simple types are made from too many others");
    }
    weights.push_back(weight);
    depths.push_back(depth);
  }
  return {};
}

}  // namespace

Result<> Tables::finish() {
  TRY(weigh(*this));
  std::size_t probes = 0;
  name_slots.assign(std::bit_ceil(names.size() * 2 + 2), kNo);
  const auto mask = static_cast<std::uint32_t>(name_slots.size() - 1);
  for (Index i = 0; i < names.size(); ++i) {
    std::uint32_t at = name_hash(local(i)) & mask;
    for (; name_slots[at] != kNo; at = (at + 1) & mask)
      if (++probes > kProbesMax + names.size() * 16)
        return fail(Code::too_large, "the names of the schemas collide");
    name_slots[at] = i;
  }
  if (regexes.size() == patterns.size()) return {};
  regexes.clear();
  for (const Piece pattern : patterns) {
    TRY_ASSIGN(auto regex, xpath::Regex::compile(view(pattern), {}));
    regexes.push_back(std::move(regex));
  }
  return {};
}

}  // namespace corridor::xsd
