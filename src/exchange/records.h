// SPDX-License-Identifier: Apache-2.0
//
// The rows of this room: what they are called, what they hold, how they are spelled on disk (one
// field list a record, model/fields.h). Reading gives `corrupt` for bytes that no version of ours
// wrote. Golden spellings: exchange/testdata/records.golden.
#pragma once

#include <string>
#include <vector>

#include "exchange/verdict.h"
#include "model/fields.h"
#include "model/step.h"

namespace corridor::exchange {

// Which side of a DSP process this node is. In a stream the sender is the provider.
enum class Role : std::uint8_t { provider, consumer };
std::string_view role_name(Role role);
inline Role other(Role role) { return role == Role::provider ? Role::consumer : Role::provider; }

// DSP 2025-1 §7.2; `none` stands before the first message.
enum class NegotiationState : std::uint8_t {
  none, requested, offered, accepted, agreed, verified, finalized, terminated
};
// DSP 2025-1 §9.2.
enum class TransferState : std::uint8_t { none, requested, started, suspended, completed, terminated };
std::string_view state_name(NegotiationState state);  // "REQUESTED"
std::string_view state_name(TransferState state);

struct PeerRecord {
  Did did;
  std::string name;
  std::string corridor_url;         // its CorridorNode service; empty for a foreign connector
  std::string dsp_url;              // its DSP base
  bool partner = false;             // invited or joined: known, not only seen
  std::vector<std::string> kinds;   // what it may send us without a person's yes; "*" for all
  std::vector<std::string> pins;    // hex SHA-256 of its keys' canonical JWKs
  json::Value terms;                // what we send under unless told otherwise; null: the default
  Time since;
  // A peer of a closed network, known by a fixed `Authorization` instead of signed tokens:
  Digest token_sha256;              // of the value it sends us
  std::string authorization;        // the value we send it
  bool wants_ubl = false;           // our answers go to it as UBL ApplicationResponses too
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, PeerRecord>
void fields(F& f, R& r) {
  f("did", r.did), f("name", r.name), f("corridor", r.corridor_url), f("dsp", r.dsp_url);
  f("partner", r.partner), f("kinds", r.kinds), f("pins", r.pins), f("terms", r.terms);
  f("since", r.since), f("tokenSha256", r.token_sha256), f("authorization", r.authorization);
  f("wantsUbl", r.wants_ubl);
}

// One line of an exchange's or a process's life, for people. At most kHistoryMax are kept.
struct HistoryLine {
  Time at;
  std::string what;   // "ContractOfferMessage sent", "held for a person", ...
  std::string state;  // the state after it
  std::string why;    // reasons, refusals
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, HistoryLine>
void fields(F& f, R& r) {
  f("at", r.at), f("what", r.what), f("state", r.state), f("why", r.why);
}

// An accepted message of the peer, for duplicates (DSP allows a message id, dsp.md 1.7).
struct AcceptedMessage {
  std::string id;  // its @id; may be empty
  Digest sha256;
  std::string state;  // what the answer said
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, AcceptedMessage>
void fields(F& f, R& r) {
  f("id", r.id), f("sha256", r.sha256), f("state", r.state);
}

// What a process can be told to do, by an instruction, a person or a script: the moves of both
// machines, and to wait. `ask` waits and tells a webhook.
enum class Verb : std::uint8_t {
  none, hold, ask, offer, counter, accept, agree, verify, finalize, terminate, start, suspend,
  resume, complete
};
std::string_view verb_name(Verb verb);
std::optional<Verb> verb_from_name(std::string_view name);

// A move that an instruction has put off (`after`): made at its time if the process is still there.
struct PlannedMove {
  Verb verb = Verb::none;
  Time at;
  std::uint32_t step = 0;  // the process's step it belongs to
  std::string instruction;
  json::Value terms;
  std::string code;
  std::string reason;
  std::string webhook;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, PlannedMove>
void fields(F& f, R& r) {
  f("do", r.verb), f("at", r.at), f("step", r.step), f("instruction", r.instruction);
  f("terms", r.terms), f("code", r.code), f("reason", r.reason), f("webhook", r.webhook);
}

// What both kinds of process have.
struct ProcessRecord {
  Role role = Role::provider;
  Did peer;
  ProviderPid provider_pid;
  ConsumerPid consumer_pid;
  std::string callback;   // where the peer's side of the process is; no trailing slash
  std::string stream;     // key of the stream this process belongs to
  std::string kind;       // document kind of the stream
  std::string in_flight;  // outbox id of our message that has not been answered
  std::vector<AcceptedMessage> accepted;
  std::vector<HistoryLine> history;
  std::uint32_t sent = 0;  // numbers our messages
  std::uint32_t step = 0;  // how many states it has entered
  std::vector<std::uint32_t> visits;  // by state: how often it has been entered
  bool held = false;       // waits for a person or a script
  std::string held_why;
  std::optional<PlannedMove> planned;
  std::string fetch;       // id of the fetch that this process serves
  Time since;
  Time deadline;
  [[nodiscard]] const std::string& own_pid() const {
    return role == Role::provider ? provider_pid.value : consumer_pid.value;
  }
};

struct NegotiationRecord : ProcessRecord {
  NegotiationState state = NegotiationState::none;
  NegotiationState pending = NegotiationState::none;  // reached when our message is acknowledged
  OfferId offer_id;
  DatasetId dataset;
  json::Value terms;   // the offer as it stands
  Digest terms_sha256; // canonical, without parties and ids (rights::terms_digest)
  AgreementId agreement;
  bool ours = false;   // the current offer is our own
  bool published = false;  // its terms are those of an offer in our catalogue
  json::Value wanted;  // consumer: the terms that we asked for first, for counter-offers
  Digest begun;        // the offer that the peer began it with, to know its message again
};

struct TransferRecord : ProcessRecord {
  TransferState state = TransferState::none;
  TransferState pending = TransferState::none;
  AgreementId agreement;
  std::string format;
  std::string endpoint;  // of the data address: where documents go
  std::string token;     // what its holder presents there
  std::string endpoint_type;
  DatasetId dataset;
  bool resuming = false;  // we resumed, and the address still has to come (dsp.md 1.6)
  [[nodiscard]] bool pull() const { return format.ends_with("PULL"); }
};

template <class F, class R>
void process_fields(F& f, R& r) {
  f("role", r.role), f("peer", r.peer), f("providerPid", r.provider_pid);
  f("consumerPid", r.consumer_pid), f("callback", r.callback), f("stream", r.stream);
  f("kind", r.kind), f("inFlight", r.in_flight), f("accepted", r.accepted);
  f("history", r.history), f("sent", r.sent), f("since", r.since), f("deadline", r.deadline);
  f("state", r.state), f("pending", r.pending), f("agreement", r.agreement);
  f("held", r.held), f("heldWhy", r.held_why), f("step", r.step), f("visits", r.visits);
  f("planned", r.planned), f("fetch", r.fetch), f("dataset", r.dataset);
}
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, NegotiationRecord>
void fields(F& f, R& r) {
  process_fields(f, r);
  f("offer", r.offer_id), f("terms", r.terms), f("termsSha256", r.terms_sha256);
  f("ours", r.ours), f("published", r.published), f("wanted", r.wanted);
  f("begun", r.begun);
}
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, TransferRecord>
void fields(F& f, R& r) {
  process_fields(f, r);
  f("format", r.format), f("endpoint", r.endpoint), f("token", r.token);
  f("endpointType", r.endpoint_type), f("resuming", r.resuming);
}

struct AgreementRecord {
  AgreementId id;
  Did peer;
  Role role = Role::provider;
  std::string negotiation;  // own pid
  std::string stream;
  std::string kind;
  json::Value agreement;    // the ODRL Agreement as it went over the wire
  Digest sha256;            // of its canonical form (RFC 8785)
  Time since;
  bool ended = false;
  DatasetId dataset;        // its target
  bool imported = false;    // made elsewhere (on paper, by another connector), with whose word in:
  std::string note;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, AgreementRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("peer", r.peer), f("role", r.role), f("negotiation", r.negotiation);
  f("stream", r.stream), f("kind", r.kind), f("agreement", r.agreement), f("sha256", r.sha256);
  f("since", r.since), f("ended", r.ended), f("dataset", r.dataset);
  f("imported", r.imported), f("note", r.note);
}

// What this node offers: bytes that it holds, or that are served elsewhere.
struct OfferRecord {
  OfferId id;
  json::Value terms;               // ODRL
  std::vector<std::string> peers;  // who sees it: DIDs, "partner" or "*" (whoever is authenticated)
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, OfferRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("terms", r.terms), f("peers", r.peers);
}

struct DatasetRecord {
  DatasetId id;
  std::string title;
  std::string kind;        // of the document, when it is one
  std::string media_type;
  std::string blob;        // the bytes; empty: none yet, or served elsewhere:
  Digest sha256;
  std::uint64_t bytes = 0;
  std::string endpoint;    // where others serve it
  std::string endpoint_type;
  std::string authorization;
  std::vector<OfferRecord> offers;
  std::string exchange;    // of the document sent this way to a connector that is no Corridor
  Time since;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, DatasetRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("title", r.title), f("kind", r.kind), f("mediaType", r.media_type);
  f("blob", r.blob), f("sha256", r.sha256), f("bytes", r.bytes), f("endpoint", r.endpoint);
  f("endpointType", r.endpoint_type), f("authorization", r.authorization);
  f("offers", r.offers), f("exchange", r.exchange), f("since", r.since);
}

// Bytes that have to move for a transfer: we get them, or put them there. The row is there as long
// as they have not arrived; who moves them starts from it after a crash.
struct FlowRecord {
  std::string transfer;       // own pid
  bool push = false;          // we put `blob` there; else we get it from there
  std::string endpoint;
  std::string authorization;  // as it goes into the header
  std::string blob;
  std::string media_type;     // of `blob`
  Time deadline;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, FlowRecord>
void fields(F& f, R& r) {
  f("transfer", r.transfer), f("push", r.push), f("endpoint", r.endpoint);
  f("authorization", r.authorization), f("blob", r.blob);
  f("mediaType", r.media_type), f("deadline", r.deadline);
}

// What a person asked to have from a peer's catalogue.
enum class FetchState : std::uint8_t { negotiating, requesting, moving, done, failed };
std::string_view state_name(FetchState state);
struct FetchRecord {
  std::string id;
  Did peer;
  DatasetId dataset;
  FetchState state = FetchState::negotiating;
  std::string negotiation;  // own pid
  AgreementId agreement;
  std::string transfer;     // own pid
  std::string blob;
  Digest sha256;
  std::uint64_t bytes = 0;
  std::string media_type;
  std::string reason;       // why it failed
  Time since;
  Time settled;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, FetchRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("peer", r.peer), f("dataset", r.dataset), f("state", r.state);
  f("negotiation", r.negotiation), f("agreement", r.agreement), f("transfer", r.transfer);
  f("blob", r.blob), f("sha256", r.sha256), f("bytes", r.bytes), f("mediaType", r.media_type);
  f("reason", r.reason), f("since", r.since), f("settled", r.settled);
}

// A stream as the sender sees it.
enum class StreamState : std::uint8_t { none, negotiating, open };
struct StreamRecord {
  Did peer;
  std::string kind;
  DatasetId dataset;
  StreamState state = StreamState::none;
  std::string negotiation;  // own pid
  std::string transfer;     // own pid
  AgreementId agreement;
  Digest agreement_sha256;
  json::Value agreement_terms;  // the ODRL Agreement, so that a document needs one row fewer
  std::string endpoint;
  std::string token;
  json::Value terms;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, StreamRecord>
void fields(F& f, R& r) {
  f("peer", r.peer), f("kind", r.kind), f("dataset", r.dataset), f("state", r.state);
  f("negotiation", r.negotiation), f("transfer", r.transfer), f("agreement", r.agreement);
  f("agreementSha256", r.agreement_sha256), f("agreementTerms", r.agreement_terms);
  f("endpoint", r.endpoint), f("token", r.token), f("terms", r.terms);
}

// waiting: no standing agreement yet. sending: stated, logged, on its way. answered: the receiver's
// signed RECEIVE is here. refused: by our checks, our terms, the partner or a person. failed: gave
// up (deadline, or an answer that is no answer). received: this node is the receiver. offered: the
// partner's connector is no Corridor and has to fetch it; fetched: it has.
enum class ExchangeState : std::uint8_t {
  waiting, sending, answered, refused, failed, received, offered, fetched
};
std::string_view state_name(ExchangeState state);

// Whether our answer has reached the partner. `none`: it is the partner's own.
enum class AnswerDelivery : std::uint8_t { none, sending, delivered, failed };
std::string_view delivery_name(AnswerDelivery delivery);

// One business answer to a document: the receiver's record of its own, the sender's of what it got.
struct AnswerRecord {
  AnswerWords words;
  Time at;                  // by the clock of who said it
  std::string message;      // outbox id at the receiver; the Idempotency-Key it comes under
  Digest statement_sha256;  // at the sender: of the signed statement
  AnswerDelivery delivery = AnswerDelivery::none;
  std::string why;          // it was not delivered
  std::string response;     // exchange id of the UBL ApplicationResponse that goes with it
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, AnswerRecord>
void fields(F& f, R& r) {
  f("verdict", r.words.verdict), f("code", r.words.code), f("text", r.words.text);
  f("field", r.words.field), f("at", r.at), f("message", r.message);
  f("statementSha256", r.statement_sha256), f("delivery", r.delivery), f("why", r.why);
  f("response", r.response);
}

struct ExchangeRecord {
  ExchangeId id;
  Role role = Role::provider;  // provider: we sent it
  Did peer;
  ExchangeState state = ExchangeState::waiting;
  ReceiptLevel level = ReceiptLevel::none;
  std::string kind;
  std::string profile;
  std::string name;        // the file's name, for people; never travels
  std::string blob;
  Digest sha256;
  std::uint64_t bytes = 0;
  std::string media_type;
  json::Value report;      // of this node's own check
  json::Value peer_report; // what the counterparty found
  std::string stream;
  AgreementId agreement;
  Digest agreement_sha256;
  std::string transfer;    // own pid
  std::string purpose;
  std::string message;     // outbox id
  std::string idempotency_key;
  std::string peer_exchange;  // the counterparty's id of this exchange
  std::string code;           // why it was refused or failed: a word
  std::string reason;         // the same, a sentence
  Time since;
  Time settled;
  Time deadline;
  std::vector<HistoryLine> history;
  std::vector<AnswerRecord> answers;  // queries, then at most one accept or reject
  bool contradicted = false;          // the partner gave another final answer after its first
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, ExchangeRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("role", r.role), f("peer", r.peer), f("state", r.state), f("level", r.level);
  f("kind", r.kind), f("profile", r.profile), f("name", r.name), f("blob", r.blob);
  f("sha256", r.sha256), f("bytes", r.bytes), f("mediaType", r.media_type), f("report", r.report);
  f("peerReport", r.peer_report), f("stream", r.stream), f("agreement", r.agreement);
  f("agreementSha256", r.agreement_sha256), f("transfer", r.transfer), f("purpose", r.purpose);
  f("message", r.message), f("idempotencyKey", r.idempotency_key);
  f("peerExchange", r.peer_exchange), f("code", r.code), f("reason", r.reason);
  f("since", r.since), f("settled", r.settled), f("deadline", r.deadline);
  f("history", r.history), f("answers", r.answers), f("contradicted", r.contradicted);
}

// A document that arrived and was taken: this row is its hand-over, once per idempotency key.
struct InboxRecord {
  ExchangeId id;
  Did from;
  std::string kind;
  std::string blob;
  Digest sha256;
  std::uint64_t bytes = 0;
  std::string media_type;
  Time received;
  bool valid = true;
  std::uint32_t findings = 0;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, InboxRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("from", r.from), f("kind", r.kind), f("blob", r.blob), f("sha256", r.sha256);
  f("bytes", r.bytes), f("mediaType", r.media_type), f("received", r.received);
  f("valid", r.valid), f("findings", r.findings);
}

// A business answer as its receiver can prove it, in the order of ExchangeRecord::answers.
struct AnswerProof {
  json::Value proof;         // as ReceiptRecord::proof
  Digest peer_did_document;  // the keys may be newer ones than those of the RECEIVE
  json::Value logged;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, AnswerProof>
void fields(F& f, R& r) {
  f("proof", r.proof), f("peerDidDocument", r.peer_did_document), f("logged", r.logged);
}

// What the counterparty proved of an exchange (Table::receipt).
struct ReceiptRecord {
  json::Value proof;               // its statement with salt, tag secret and leaf (evidence)
  Digest peer_did_document;        // Table::did_document
  json::Value logged;              // its checkpoint and inclusion proof; null until `logged`
  std::uint64_t own_index = 0;
  std::vector<AnswerProof> answers;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, ReceiptRecord>
void fields(F& f, R& r) {
  f("proof", r.proof), f("peerDidDocument", r.peer_did_document), f("logged", r.logged);
  f("ownIndex", r.own_index), f("answers", r.answers);
}

// A standing instruction: what the node does by itself when a process enters a state. Of those that
// match, the most particular decides (agreement, dataset, then the rest), then the lowest id; none:
// the node's own habit (instructions.cc), else a person.
struct InstructionRecord {
  std::string id;
  std::string process = "negotiation";  // or "transfer"
  std::string on = "OFFERED";           // the state that is entered
  std::string role;                     // "provider", "consumer"; empty: either
  std::string peer = "*";               // a DID, "partner" (invited, joined or added), or "*"
  std::string kind = "*";               // a kind's name, "agreed" (in the peer's list), or "*"
  std::string dataset;
  AgreementId agreement;
  std::uint32_t nth = 0;                // only the nth time; 0: every time
  bool published = false;               // only when the terms are those of an offer of ours
  json::Value when;                     // ODRL constraints that must hold
  std::int64_t after_ms = 0;
  std::string action = "hold";          // a verb
  json::Value terms;                    // for offer and counter; null: as published, as first wanted
  std::string webhook;                  // for ask: the subscription that is told
  std::string code;
  std::string reason;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, InstructionRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("process", r.process), f("on", r.on), f("role", r.role), f("peer", r.peer);
  f("kind", r.kind), f("dataset", r.dataset), f("agreement", r.agreement), f("nth", r.nth);
  f("published", r.published), f("when", r.when), f("after", r.after_ms), f("do", r.action);
  f("terms", r.terms), f("webhook", r.webhook), f("code", r.code), f("reason", r.reason);
}

struct InviteRecord {
  std::string id;
  Digest secret_sha256;
  std::vector<std::string> kinds;
  json::Value terms;
  std::string name;  // what we call whoever joins, until it says its own name
  Time expires;
  Did used_by;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, InviteRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("secretSha256", r.secret_sha256), f("kinds", r.kinds), f("terms", r.terms);
  f("name", r.name), f("expires", r.expires), f("usedBy", r.used_by);
}

// Keys of rows whose key is more than one id.
Bytes stream_key(Role role, const Did& peer, View kind, const Digest& terms_sha256);
Bytes process_of_peer_key(View what, const Did& peer, View their_pid);  // what: "N" or "T"
Bytes transfer_of_agreement_key(const AgreementId& agreement, View own_pid);  // the same table
Bytes waiting_key(View stream, View exchange);
// By side: a node that sends to itself (`echo`) holds both.
Bytes agreement_key(Role role, const AgreementId& id);
// Where an instruction is looked for: by process and state, then by what it is about.
Bytes instruction_prefix(bool negotiation, View state, View selector);
Bytes instruction_for_key(const InstructionRecord& instruction);

// The dataset id of a stream says its kind: urn:corridor:stream:<kind, percent-encoded>:<uuid>.
DatasetId stream_dataset(View kind, View uuid_urn);
std::string kind_of_dataset(const DatasetId& dataset);  // empty when it is not a stream
bool check_plain_kind(View kind);  // letters, digits and : - . _ only, at most 64

}  // namespace corridor::exchange
