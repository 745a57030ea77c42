// SPDX-License-Identifier: Apache-2.0
//
// Statements: what one party says about one step of an exchange, in canonical JSON (RFC 8785) with
// one spelling, named everywhere by its SHA-256, and signed as a compact JWS with the party's
// Ed25519 seal key (typ "corridor-statement+jws", kid = absolute DID URL).
//
//   {"type":"SUBMIT","by":did,"exchange":id,"time":"2026-11-27T03:50:50.123Z", ...}
//
// Every statement has these four. Member names are ASCII letters and digits, numbers are integers
// below 2^53 (so that canonical form needs no number formatting). Members whose name ends in
// "Sha256" are 64 lower-case hexadecimal digits; hashes stand for content, content never appears.
// What a type must say beyond that:
//
//   AGREEMENT            agreement agreementSha256 provider consumer
//   VERIFIED FINALIZED   agreement agreementSha256
//   DECISION             outcome
//   SUBMIT               to agreement agreementSha256 payloadSha256 payloadBytes kind
//   RECEIVE              from submitSha256 payloadSha256 agreement agreementSha256
//   REJECT               from reason, and submitSha256 payloadSha256 (in place of a RECEIVE) or
//                        receiveSha256 (the business answer after one)
//   ACCEPT QUERY HANDOVER  receiveSha256
//
// and what a receipt understands beside: RECEIVE and REJECT `peerExchange` (the sender's id, when
// the receiver has its own) and `reportSha256`, `rules`, `rulesSha256`, `valid` (its check report).
// agreementSha256 is the hash of the agreement's canonical JSON. More members are welcome.
//
//   TRY_ASSIGN(auto submit, write_statement({EventType::submit, me, exchange, now, more}));
//   Leaf leaf = make_leaf(submit, salt, tag_secret, previous);          // in the step
//   std::string jws = sign_statement(submit.bytes, seal_key, seal_kid);  // after the commit
#pragma once

#include <string>

#include "crypto/keys.h"
#include "evidence/evidence.h"

namespace corridor::evidence {

inline constexpr std::size_t kStatementBytesMax = 8 * 1024;

struct Statement {
  EventType type = EventType::offer;
  Did by;
  ExchangeId exchange;
  Time time;
  json::Value more = json::Value::object();  // the members beyond the four
};

// A statement, its one spelling, and the hash that names it.
struct WrittenStatement {
  Statement statement;
  Bytes bytes;
  Digest sha256;
};

// `invalid` when the type's members (above) are not all there and well formed.
Result<WrittenStatement> write_statement(Statement statement);
// Refuses any spelling but the canonical one, and what write_statement would refuse.
Result<WrittenStatement> parse_statement(View bytes);

Leaf make_leaf(const WrittenStatement& written, const Salt& salt, const TagSecret& tag_secret,
               const Digest& prev_leaf);

// The same bytes for the same statement and key, always: a repetition after a crash is no second
// signature. `seal_key` is an Ed25519 key.
std::string sign_statement(View statement_bytes, const crypto::SigningKey& seal_key, View kid);

struct SignedStatement {
  WrittenStatement written;
  std::string kid;  // a DID URL of `by`
  std::string jws;
};

// Reads without verifying: for finding out whose key is needed.
Result<SignedStatement> read_statement(View jws);
// `unauthenticated` when the key is no Ed25519 key or not the one that signed.
Result<> verify_statement(const SignedStatement& read, const crypto::PublicKey& key);
Result<SignedStatement> verify_statement(View jws, const crypto::PublicKey& key);

}  // namespace corridor::evidence
