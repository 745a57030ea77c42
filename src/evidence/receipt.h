// SPDX-License-Identifier: Apache-2.0
//
// A receipt: one JSON file, `*.receipt.json`, with which anybody can check offline what two parties
// said about one document, and that they said it in their logs. The format is
// docs/protocol/receipt.md; a verifier that shares no code with this is tools/verify_receipt.
//
// Nothing in a receipt stands unbound: every member is signed, or follows from what is signed and
// is compared with it. Members unknown here are refused. A receipt of level `answered` has the
// statements, of level `logged` also the place of every one of them in its signer's log.
//
// Verifying answers a table of separate claims, each yes, no or unknown with a sentence. A receipt
// is refused when any is `no`, except for document-valid-under-rules: a truthful receipt may say
// that a document is bad.
//
//   TRY_ASSIGN(Receipt receipt, assemble_receipt(agreement_json, proofs, keys));   // the engine
//   TRY_ASSIGN(Receipt again, read_receipt(write_receipt(receipt)));               // a verifier
//   Verification found = verify_receipt(again, {.document = bytes});
//   print(render_text(found));
//
// Threads: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/log.h"
#include "evidence/statement.h"

namespace corridor::evidence {

inline constexpr std::size_t kReceiptBytesMax = 1024 * 1024;
inline constexpr std::size_t kReceiptProofsMax = 24;

// What places a statement in its signer's log.
struct LogProof {
  Salt salt;
  TagSecret tag_secret;
  Bytes leaf;
  std::uint64_t index = 0;
  std::string checkpoint;  // the signed note, of a tree that holds the leaf
  Proof inclusion;
  bool operator==(const LogProof&) const = default;
};

struct ReceiptProof {
  std::string statement;  // the JWS
  std::optional<LogProof> logged;
  bool operator==(const ReceiptProof&) const = default;
};

// A key of a party, as its DID document lists it. Seal keys sign statements, log keys checkpoints;
// one key may do both. Only Ed25519 keys stand in receipts.
struct ReceiptKey {
  Did did;
  std::string kid;  // absolute: did#fragment
  crypto::PublicKey key;
  bool operator==(const ReceiptKey&) const = default;
};

// Whose earlier statements of the exchange (its DECISIONs) the log shows to exist and the receipt
// does not have. Never some of them: a side has all of them or none.
struct Omitted {
  bool sender = false;
  bool receiver = false;
  bool operator==(const Omitted&) const = default;
};

struct Receipt {
  ExchangeId exchange;
  ReceiptLevel level = ReceiptLevel::none;
  EventType outcome = EventType::receive;  // the type of the receiver's latest statement
  Omitted omitted;
  Digest document_sha256;
  std::uint64_t document_bytes = 0;
  std::string document_kind;
  AgreementId agreement;
  Digest agreement_sha256;
  Bytes agreement_text;  // the bytes that were hashed
  Bytes report_text;     // what the receiver's check found, as it was hashed; empty: not here
  std::vector<ReceiptKey> keys;
  // AGREEMENT VERIFIED FINALIZED (all or none), the sender's DECISIONs and SUBMIT, the receiver's
  // DECISIONs and RECEIVE or REJECT, then what the receiver said later: HANDOVER ACCEPT REJECT
  // QUERY.
  std::vector<ReceiptProof> proofs;
  bool operator==(const Receipt&) const = default;
};

// Builds a receipt from what is known of one exchange, in any order: puts the statements in order,
// draws the summary from them, leaves out keys that nothing uses, cosignatures (not in this
// version) and the DECISIONs of a side that are not all there and logged.
// A report that the receiver's statement does not name is left out. `invalid` when the statements are
// not those of one exchange. Verifies nothing.
Result<Receipt> assemble_receipt(View agreement_text, std::vector<ReceiptProof> proofs,
                                 const std::vector<ReceiptKey>& keys, View report_text = {});

std::string write_receipt(const Receipt& receipt);
// `invalid` for any member missing, unknown, twice or ill-formed, and for statements out of order.
Result<Receipt> read_receipt(View json);

enum class Holds : std::uint8_t { no, yes, unknown };

struct Claim {
  std::string_view name;
  Holds holds = Holds::unknown;
  std::string why;  // one sentence
};

struct Verification {
  bool verified = false;
  ReceiptLevel level = ReceiptLevel::none;  // what the proofs show
  ExchangeId exchange;
  std::vector<Claim> claims;  // in a fixed order; only `consistent` when that is all there is
};

struct PinnedKey {
  Did did;
  crypto::PublicKey key;
};
// {"did:web:a.example": ["<base64url of an Ed25519 public key>", ...], ...}
Result<std::vector<PinnedKey>> read_pins(View json);

struct VerifyOptions {
  std::optional<View> document = {};  // the document's bytes
  std::vector<PinnedKey> pins = {};
};
Verification verify_receipt(const Receipt& receipt, const VerifyOptions& options = {});

std::string render_text(const Verification& verification);
// {"exchange","level","verdict":"verified"|"refused","claims":[{"claim","holds","why"}]}
json::Value to_json(const Verification& verification);

}  // namespace corridor::evidence
