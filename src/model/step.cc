// SPDX-License-Identifier: Apache-2.0
#include "model/step.h"

#include "crypto/crypto.h"

namespace corridor {

namespace {

// What a step reads is a handful of rows: a linear look is faster than any index.
template <class Pairs, class Key>
auto find_pair(Pairs& pairs, const Key& key) {
  return std::ranges::find_if(pairs, [&](const auto& pair) { return pair.first == key; });
}

template <class Items, class Item>
void add_once(Items& items, Item item) {
  if (std::ranges::find(items, item) == items.end()) items.push_back(std::move(item));
}

}  // namespace

std::optional<View> Known::row(Table table, View key) {
  const auto found = std::ranges::find_if(rows_, [&](const auto& pair) {
    return pair.first.table == table && pair.first.key == key;
  });
  if (found == rows_.end()) {
    add_once(needs_.rows, RowKey{table, Bytes(key)});
    return std::nullopt;
  }
  if (!found->second) return std::nullopt;
  return View(*found->second);
}

const std::vector<KnownRow>& Known::scan(const Scan& scan) {
  static const std::vector<KnownRow> kNone;
  const auto found = find_pair(scans_, scan);
  if (found != scans_.end()) return found->second;
  add_once(needs_.scans, scan);
  return kNone;
}

const Fact* Known::fact(const FactKey& key, Time now) {
  const auto found = find_pair(facts_, key);
  if (found != facts_.end() && found->second.until > now) return &found->second;
  add_once(needs_.facts, key);
  return nullptr;
}

void Known::put(RowKey key, std::optional<Bytes> value) {
  const auto found = find_pair(rows_, key);
  if (found != rows_.end()) {
    found->second = std::move(value);
    return;
  }
  rows_.emplace_back(std::move(key), std::move(value));
}

void Known::put(Scan scan, std::vector<KnownRow> rows) {
  scans_.emplace_back(std::move(scan), std::move(rows));
}

void Known::put(FactKey key, Fact fact) {
  const auto found = find_pair(facts_, key);
  if (found != facts_.end()) {
    found->second = std::move(fact);
    return;
  }
  facts_.emplace_back(std::move(key), std::move(fact));
}

void Known::forget_rows() {
  needs_ = {};
  rows_.clear();
  scans_.clear();
}

Bytes key_of(std::initializer_list<View> parts) {
  Bytes key;
  for (const View& part : parts) {
    if (&part != parts.begin()) key.push_back('\x1f');
    key.append(part);
  }
  return key;
}

std::string ordered_id(Time now, const Seed& seed, View label) {
  constexpr View kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const Bytes random = crypto::derive(seed, label, 8);
  std::string id(20, '0');
  auto time = static_cast<std::uint64_t>(now.ms) & 0xffff'ffff'ffffU;
  std::uint64_t rest = read_u64_be(random) & ((std::uint64_t{1} << 52) - 1);
  // 100 bits: 48 of time on top of 52 of randomness, five at a time from the lowest.
  for (std::size_t i = 20; i-- > 0;) {
    id[i] = kAlphabet[rest & 31];
    rest = (rest >> 5) | ((time & 31) << 47);
    time >>= 5;
  }
  return id;
}

}  // namespace corridor
