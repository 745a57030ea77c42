// SPDX-License-Identifier: Apache-2.0
//
// How a pure step is asked and how it answers.
//
//   Outcome step(const Command&, Known& known, Time now, const Seed& seed)
//
// A step reads rows, scans and facts through `Known`. What has not been read yet is noted; the step
// then returns `known.needs()` and runs again when the clerk has it (at most
// limits::kNeedRoundsMax times). A step never sees a clock, a socket or a file; all its randomness
// is derived from the seed, so running it again gives the same decision.
//
//   const auto peer = known.row(Table::peer, did);      // optional<View>
//   const Fact* doc = known.fact({FactKind::did_document, did});
//   if (!known.complete()) return known.needs();
//
// A Decision is committed whole or not at all: rows, statements (as leaves), outgoing messages and
// timers in one batch; only then is the reply released.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/model.h"

namespace corridor {

// Every table and index there is. Names on disk and the participant prefix: engine/tables.cc.
enum class Table : std::uint16_t {
  meta = 1,             // versions and settings of the node itself
  peer = 2,             // did -> PeerRecord
  instruction = 3,      // id -> InstructionRecord
  invite = 4,           // id -> InviteRecord
  stream = 5,           // role, peer, kind, terms -> StreamRecord
  negotiation = 6,      // own pid -> NegotiationRecord
  transfer = 7,         // own pid -> TransferRecord
  process_of_peer = 8,  // N or T, peer, the peer's pid -> own pid; A, agreement, own pid -> ""
  agreement = 9,        // agreement id -> AgreementRecord
  exchange = 10,        // exchange id -> ExchangeRecord
  waiting = 11,         // stream key, exchange id -> ""
  inbox = 12,           // inbox id (= the receiver's exchange id) -> InboxRecord
  idempotency = 13,     // who, key -> exchange id
  alias = 14,           // any other id -> kind and id of the row that explains it
  did_document = 15,    // sha256 of the bytes -> the bytes, as relied upon
  outbox = 16,          // message id -> OutboxRecord
  timer = 17,           // due time, id -> TimerRecord
  leaf = 18,            // index -> leaf bytes
  leaf_index = 19,      // leaf hash -> index
  statement = 20,       // subject, number -> StatementRecord
  chain = 21,           // subject -> ChainRecord
  log = 22,             // "size" -> leaf count; "checkpoint" -> the newest signed one
  peer_log = 23,        // did -> the newest checkpoint of that peer's log we have verified
  receipt = 24,         // exchange id -> the counterparty's proofs
  unlogged = 25,        // peer, exchange id -> "": receipts that wait for the peer's log
  dataset = 26,         // dataset id -> DatasetRecord
  instruction_for = 27, // process, state, selector, instruction id -> the same InstructionRecord
  known_token = 28,     // sha256 of an Authorization value -> did of the peer that sends it
  flow = 29,            // own pid of a transfer -> FlowRecord: bytes that have to move
  fetch = 30,           // fetch id -> FetchRecord
  subscription = 31,    // id -> SubscriptionRecord
  notice = 32,          // number -> what happened, for subscribers
  api_key = 33,         // sha256 of the key -> ApiKeyRecord
};

struct RowKey {
  Table table{};
  Bytes key;
  bool operator==(const RowKey&) const = default;
};

struct Scan {
  Table table{};
  Bytes prefix;
  Bytes after;
  std::size_t most = limits::kScanRowsMax;
  bool operator==(const Scan&) const = default;
};

struct KnownRow {
  Bytes key;
  Bytes value;
};

enum class FactKind : std::uint8_t { did_document };

struct FactKey {
  FactKind kind{};
  std::string subject;
  auto operator<=>(const FactKey&) const = default;
};

// What only the outside knows, with its digest and until when it may be relied on.
struct Fact {
  json::Value value;
  Bytes bytes;  // as received
  Digest digest;
  Time until;
};

struct Needs {
  std::vector<RowKey> rows;
  std::vector<Scan> scans;
  std::vector<FactKey> facts;
};

class Known {
 public:
  // Steps:
  std::optional<View> row(Table table, View key);
  // Rows in key order; empty while not yet read.
  const std::vector<KnownRow>& scan(const Scan& scan);
  // nullptr while not yet fetched, or when it has run out by `now` (then it is needed again).
  const Fact* fact(const FactKey& key, Time now);
  [[nodiscard]] bool complete() const {
    return needs_.rows.empty() && needs_.scans.empty() && needs_.facts.empty();
  }
  Needs needs() { return std::move(needs_); }

  // The clerk:
  void put(RowKey key, std::optional<Bytes> value);
  void put(Scan scan, std::vector<KnownRow> rows);
  void put(FactKey key, Fact fact);
  // Before another round over changed rows: forgets rows and scans, keeps facts.
  void forget_rows();

 private:
  Needs needs_;
  std::vector<std::pair<RowKey, std::optional<Bytes>>> rows_;
  std::vector<std::pair<Scan, std::vector<KnownRow>>> scans_;
  std::vector<std::pair<FactKey, Fact>> facts_;
};

struct RowWrite {
  Table table{};
  Bytes key;
  std::optional<Bytes> value;  // nullopt deletes
};

// One step of an exchange or a process, to be stated and logged. `subject` is the exchange or
// process id; the engine adds type, by, subject and time, and chains it to the subject's last.
struct Event {
  EventType type{};
  std::string subject;
  json::Value content;  // object
};

// What happened, for those who asked to be told (webhooks, the event list). Not evidence.
struct Notice {
  std::string type;     // "negotiation.requested", "document.received", ...
  std::string subject;  // the id that `explain` finds it by
  json::Value data;     // object
};

enum class MessageClass : std::uint8_t { protocol, document, background };

// The signed statement of one event, attached to what leaves the node: by then it is committed.
struct StatementRef {
  std::string subject;
  EventType type{};
  std::uint32_t nth{};  // of its type for the subject, from 1; 0: the newest
};

// A message that will leave after the commit. One is in flight per process at a time, in the order
// of their ids. The body is fixed here and identical on every attempt.
struct Outgoing {
  std::string id;        // orders the messages of a process; also the subject of the answer
  std::string process;   // own pid, or the exchange id for a document
  Did peer;
  MessageClass message_class = MessageClass::protocol;
  std::string method = "POST";
  std::string url;
  std::string content_type = "application/json";
  Bytes body;            // empty when `blob` is set
  std::string blob;      // the body is this blob
  Digest body_sha256;
  std::string idempotency_key;
  std::string presented;                  // goes into the token's `token` claim
  std::optional<StatementRef> statement;  // goes out in the Corridor-Statement header
  std::string what;      // for people and for the answer: the message's @type, "document", "answer"
  Time deadline;
};

// Something to be done at a time, durable.
struct Timer {
  Time at;
  std::string what;     // "deadline", "flush", "release", "instruction"
  std::string subject;  // stream key, pid or exchange id
};

struct Reply {
  int status = 200;
  json::Value body;                    // null: no body
  std::optional<StatementRef> attach;  // its proof becomes the member "statement" of the body
};

struct Decision {
  std::vector<RowWrite> writes;
  std::vector<Event> events;
  std::vector<Outgoing> outgoing;
  std::vector<std::string> settled;  // ids of outbox messages that are done
  std::vector<Timer> timers;
  std::vector<Notice> notices;
  Reply reply;

  void write(Table table, Bytes key, Bytes value) {
    writes.push_back({table, std::move(key), std::move(value)});
  }
  void erase(Table table, Bytes key) { writes.push_back({table, std::move(key), std::nullopt}); }
};

using Outcome = std::variant<Decision, Needs, Error>;

// A composed key: parts joined by 0x1f, which no id of ours or a peer's may contain (refused where
// ids are read).
Bytes key_of(std::initializer_list<View> parts);
// A time-ordered id of 20 characters: 48 bits of milliseconds, 52 of the seed, base32 (Crockford).
std::string ordered_id(Time now, const Seed& seed, View label);

}  // namespace corridor
