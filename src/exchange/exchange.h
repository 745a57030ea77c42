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
// then one file a path: send.cc, negotiate.cc, transfer.cc, receive.cc, answers.cc, partners.cc.
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
struct DecideHeld {
  std::string id;  // own pid of a held negotiation
  bool accept = false;
  std::string reason;
};
struct TerminateProcess {
  std::string id;  // own pid of a negotiation, a transfer, or an agreement id
  std::string reason;
};
struct PutPeer {
  PeerRecord peer;
  std::string invite;  // id of the invitation that made us partners, if any
};
struct RemovePeer {
  Did did;
};
struct PutInstruction {
  InstructionRecord instruction;
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

// --- from the wheel ---

struct TimerDue {
  Bytes key;  // of the timer row
  std::string what;
  std::string subject;
};

using Command =
    std::variant<SendDocument, DecideHeld, TerminateProcess, PutPeer, RemovePeer, PutInstruction,
                 RemoveInstruction, PutInvite, MessageIn, DocumentIn, JoinIn, Answered, TimerDue>;

std::string_view command_name(const Command& command);

Outcome step(const Self& self, const Command& command, Known& known, Time now, const Seed& seed);

// The key of a timer's row; delivery and wheel need it as well as the steps.
Bytes timer_key(Time at, View what, View subject);

// The answer to a document that was taken or refused, again from its rows alone.
Reply document_reply(const ExchangeRecord& record);

}  // namespace corridor::exchange
