// SPDX-License-Identifier: Apache-2.0
//
// The evidence log's and the receipts' own asks: pure steps like every other, small enough to stand
// here. engine/log.h makes the first, engine/receipts.h the second.
#pragma once

#include "model/fields.h"
#include "model/step.h"

namespace corridor::engine {

// The newest signed checkpoint (Table::log "checkpoint"): one root a size, sizes never shrink.
struct CheckpointRecord {
  std::uint64_t size = 0;
  Digest root;
  std::string note;  // the signed text
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, CheckpointRecord>
void fields(F& f, R& r) {
  f("size", r.size), f("root", r.root), f("note", r.note);
}

// A statement of this node as it was committed (Table::statement).
struct StatementRecord {
  EventType type{};
  std::string statement;  // canonical JSON
  std::string salt;       // hex
  std::string tag_secret; // hex
  std::string leaf;       // base64
  std::uint64_t index = 0;
  Time time;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, StatementRecord>
void fields(F& f, R& r) {
  f("type", r.type), f("statement", r.statement), f("salt", r.salt);
  f("tagSecret", r.tag_secret), f("leaf", r.leaf), f("index", r.index), f("time", r.time);
}

// Where a subject's statements end (Table::chain).
struct ChainRecord {
  std::uint32_t next = 0;
  Digest prev_leaf;
  std::string tag_secret;  // hex
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, ChainRecord>
void fields(F& f, R& r) {
  f("next", r.next), f("prevLeaf", r.prev_leaf), f("tagSecret", r.tag_secret);
}

// Leaf rows whose full bundle is durable go with the checkpoint that covers them.
struct CheckpointMade {
  std::uint64_t size_before = 0;
  CheckpointRecord checkpoint;
  std::uint64_t bundled_from = 0;
  std::uint64_t bundled_to = 0;
};

// The counterparty's log has our exchanges' leaves: receipts reach level `logged`.
struct ReceiptsLogged {
  Did peer;
  struct Entry {
    std::string exchange;
    std::uint32_t answer = 0;  // 0: its RECEIVE or REJECT; else the nth business answer after it
    json::Value logged;        // checkpoint and inclusion, as the receipt will carry them
  };
  std::vector<Entry> entries;
  json::Value peer_checkpoint;  // the newest verified one: {"size","root","note"}
};

Outcome step(const CheckpointMade& command, Known& known);
// Replies {"open": [exchange ids]}: those of which something is not in the log yet.
Outcome step(const ReceiptsLogged& command, Known& known, Time now);

Bytes statement_key(View subject, std::uint32_t number);

}  // namespace corridor::engine
