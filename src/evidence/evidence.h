// SPDX-License-Identifier: Apache-2.0
//
// What a node can prove, and how. An event becomes a statement (statement.h): signed canonical JSON
// that the parties keep. The node's own log (log.h, merkle.h) gets a leaf, which commits to the
// statement and says nothing about it. A receipt (receipt.h) is both sides' statements with what
// places their leaves in a signed tree; anybody can check it offline (docs/protocol/receipt.md).
//
// This header is the leaf, `corridor-leaf/1`, 112 bytes, integers big-endian:
//
//   "CLF1" | type u8 | flags u8 = 0 | reserved u16 = 0 | time_ms u64
//   exchange_tag 32 | prev_leaf 32 | commitment 32
//
//   exchange_tag  HMAC-SHA-256(tag secret, "tag"): one value a node and exchange, meaningless to
//                 outsiders until the tag secret is disclosed
//   prev_leaf     leaf hash of this node's previous event in this exchange; zero for the first
//   commitment    SHA-256(0x43 || salt || SHA-256(statement)); it never covers a signature, because
//                 signing comes after the commit
//
// Invariants: the whole room is pure: no clock, file, socket or thread; a private key is only ever
// borrowed for a call. Salts and tag secrets come from the ask's seed. A new layout gets a new
// magic; a leaf with any reserved bit set is refused.
#pragma once

#include <array>
#include <string>

#include "base/base.h"
#include "base/bytes.h"
#include "base/env.h"
#include "model/model.h"

namespace corridor::evidence {

// Hides a statement of few possible values; destroying it makes the leaf meaningless for ever.
struct Salt {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] View view() const { return {reinterpret_cast<const char*>(bytes.data()), 16}; }
  static Result<Salt> from(View raw);  // exactly 16 bytes
  // Of one event: `label` differs between the events of one seed.
  static Salt derive(const Seed& seed, View label);
  bool operator==(const Salt&) const = default;
};

// Of this node for one exchange; kept with the exchange, disclosed by its receipts.
struct TagSecret {
  std::array<std::uint8_t, 32> bytes{};

  [[nodiscard]] View view() const { return {reinterpret_cast<const char*>(bytes.data()), 32}; }
  static Result<TagSecret> from(View raw);  // exactly 32 bytes
  static TagSecret derive(const Seed& seed, View label);
  bool operator==(const TagSecret&) const = default;
};

inline constexpr std::size_t kLeafBytes = 112;

struct Leaf {
  EventType type = EventType::offer;
  Time time;  // not before 1970
  Digest exchange_tag;
  Digest prev_leaf;
  Digest commitment;
  bool operator==(const Leaf&) const = default;
};

Bytes leaf_bytes(const Leaf& leaf);
Result<Leaf> parse_leaf(View bytes);

Digest exchange_tag(const TagSecret& secret);
Digest commitment(const Salt& salt, const Digest& statement_sha256);

}  // namespace corridor::evidence
