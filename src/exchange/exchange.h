// SPDX-License-Identifier: Apache-2.0
//
// The room where documents, agreements and partners are decided about: pure steps over rows. What
// comes in as a command has been read, authenticated and checked before (messages.h, identity,
// documents); what goes out is a Decision that the clerk makes durable.
//
//   Outcome outcome = exchange::step(self, SendDocument{...}, known, now, seed);
//
// The sender of documents is the provider of a stream, the receiver its consumer (docs/protocol).
// Reads as: records.h (what is stored), messages.h (what is said), machine.h (what may follow),
// what the node does by itself (instructions.cc), then one file a path: send, negotiate, transfer
// (what arrives), moves, transfer_moves (what we do), datasets, agreements, fetch, receive, answers,
// business_answer, partners.
//
// Deliberately not here: bytes of documents, sockets, keys, leaves. Clause: DSP 2025-1 §7-§10.
#pragma once

#include <variant>

#include "exchange/messages.h"

namespace corridor::exchange {

// What every step knows of its own node.
struct Self {
  ParticipantNumber participant = 0;
  Did did;
  std::string name;
  std::string dsp_url;       // DSP base of this participant, no trailing slash
  std::string corridor_url;  // its CorridorNode endpoint
};

// A document as stored and checked at the edge.
struct StoredDocument {
  std::string blob;
  Digest sha256;
  std::uint64_t bytes = 0;
  std::string media_type;
  Report report;
};

// The caller of a protocol message with the endpoints its DID document names.
struct PeerCaller {
  Caller caller;
  std::string dsp_url;
  std::string corridor_url;
};

// --- from people and programs of this node ---

struct SendDocument {
  ExchangeId id;        // empty: a new one
  Did to;
  StoredDocument document;
  std::string name;     // of the file, for people
  json::Value terms;    // ODRL; null: the partner's, else the default
  std::string purpose;
  std::string idempotency_key;  // of the caller; empty: none
  Duration deadline = limits::kProcessDeadline;
};
// Opens a negotiation: as the consumer we request a peer's dataset, as the provider we offer it one
// of ours.
struct StartNegotiation {
  Role role = Role::consumer;
  Did peer;
  std::string address;  // DSP base of the peer; empty: as we know it
  DatasetId dataset;
  OfferId offer;        // empty: consumer, a new one; provider, the first that the peer may see
  json::Value terms;    // ODRL; null: provider, those of the offer
  std::string fetch;    // id of the fetch it is for
};
struct StartTransfer {
  AgreementId agreement;  // of ours as the consumer
  std::string address;
  std::string format = std::string(kPullFormat);
};
// Makes a move by hand: whatever an instruction can do, on a negotiation or a transfer.
struct MakeMove {
  std::string id;           // own pid
  Verb verb = Verb::none;   // none: what the node would do by itself, now that a person said yes
  json::Value terms;        // for offer and counter
  std::string code;         // for terminate and suspend
  std::string reason;
};
struct StartFetch {
  Did peer;
  std::string address;
  DatasetId dataset;
  OfferId offer;
  json::Value terms;
  AgreementId agreement;  // an agreement in force; empty: one is negotiated first
};
struct PutDataset {
  DatasetRecord dataset;  // without bytes: those of the dataset it replaces stay
};
struct AttachData {
  DatasetId dataset;
  std::string blob;
  Digest sha256;
  std::uint64_t bytes = 0;
  std::string media_type;
};
struct RemoveDataset {
  DatasetId dataset;
};
struct ImportAgreement {
  AgreementRecord agreement;  // `agreement` holds the terms
};
struct EndAgreement {
  AgreementId id;
  std::string reason;
};
struct PutPeer {
  PeerRecord peer;
  std::string invite;  // id of the invitation that made us partners, if any
};
struct RemovePeer {
  Did did;
};
// What we do for a peer, changed one by one.
struct SetPeer {
  Did did;
  std::optional<bool> wants_ubl;
};
// The receiver's business answer to a document.
struct GiveAnswer {
  std::string exchange;
  AnswerWords words;
  Digest receive_sha256;  // of our RECEIVE statement
  std::optional<SendDocument> response;  // goes with it in the same commit, as a document
};
struct PutInstructions {
  std::vector<InstructionRecord> instructions;  // all of them or none
};
struct RemoveInstruction {
  std::string id;
};
struct PutInvite {
  InviteRecord invite;
};

// --- from the network ---

struct MessageIn {
  PeerCaller from;
  std::string pid;  // of the path; empty for an initial message
  Message message;
  Digest sha256;    // of the body
};
struct DocumentIn {
  PeerCaller from;
  std::string pid;  // our side of the transfer process
  std::string idempotency_key;
  StoredDocument document;
  json::Value submit;          // content of the sender's SUBMIT statement, signature verified
  Digest submit_sha256;        // of the statement
  json::Value submit_proof;    // as it will stand in the receipt
  Bytes peer_did_document;     // with the key that verified it
  Digest peer_did_document_sha256;
};
// The business answer of the party that a document was sent to.
struct AnswerIn {
  PeerCaller from;
  std::string exchange;  // ours, of the path
  std::string idempotency_key;
  AnswerWords words;     // of the body
  json::Value stated;    // content of its ACCEPT, REJECT or QUERY, signature verified
  Digest statement_sha256;
  json::Value proof;     // as it will stand in the receipt
  Bytes peer_did_document;
  Digest peer_did_document_sha256;
};
struct JoinIn {
  PeerCaller from;
  std::string invite;
  Digest secret_sha256;
  std::string name;
  std::vector<std::string> pins;
  std::vector<std::string> kinds;  // what the joining side accepts
};

// --- from delivery: a message of ours was answered, or will not be ---

struct Answered {
  std::string message;  // outbox id
  std::string process;  // own pid, or exchange id for a document
  std::string what;     // as in Outgoing
  bool accepted = false;
  bool refused = false;          // a document: refused with a signed statement
  int status = 0;                // 0: never answered (deadline)
  std::string code;              // why not
  std::string reason;
  json::Value body;              // of the answer, null when none
  json::Value proof;             // of the signed RECEIVE or REJECT, verified
  Bytes peer_did_document;
  Digest peer_did_document_sha256;
};

// --- from the data plane: bytes have moved, or will not ---

struct FlowEnded {
  std::string transfer{};  // own pid
  std::string blob{};      // empty: they did not
  Digest sha256{};
  std::uint64_t bytes = 0;
  std::string media_type{};
  std::string code{};
  std::string reason{};
};

// --- from the wheel ---

struct TimerDue {
  Bytes key;  // of the timer row
  std::string what;
  std::string subject;
};

using Command =
    std::variant<SendDocument, StartNegotiation, StartTransfer, MakeMove, StartFetch, PutDataset,
                 AttachData, RemoveDataset, ImportAgreement, EndAgreement, PutPeer, RemovePeer,
                 SetPeer, GiveAnswer, PutInstructions, RemoveInstruction, PutInvite, MessageIn,
                 DocumentIn, AnswerIn, JoinIn, Answered, FlowEnded, TimerDue>;

std::string_view command_name(const Command& command);

Outcome step(const Self& self, const Command& command, Known& known, Time now, const Seed& seed);

// The key of a timer's row; delivery and wheel need it as well as the steps.
Bytes timer_key(Time at, View what, View subject);

// The answer to a document that was taken or refused, again from its rows alone.
Reply document_reply(const ExchangeRecord& record);

}  // namespace corridor::exchange
