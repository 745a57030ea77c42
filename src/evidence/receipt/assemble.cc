// SPDX-License-Identifier: Apache-2.0
#include "crypto/crypto.h"
#include "evidence/receipt/arrange.h"

namespace corridor::evidence {

namespace {

// The checkpoint with the signature of its log alone: cosignatures are not part of this version.
Result<std::string> own_signature_only(View checkpoint, const Did& by,
                                       const std::vector<ReceiptKey>& keys) {
  TRY_ASSIGN(const Note note, parse_note(checkpoint));
  TRY_ASSIGN(const auto head, parse_checkpoint_text(note.text));
  for (const NoteSignature& signature : note.signatures) {
    const bool own = std::ranges::any_of(keys, [&](const ReceiptKey& key) {
      return key.did == by && signature.name == head.origin &&
             signature.key_id == note_key_id(head.origin, key.key);
    });
    if (own) return write_note({note.text, {signature}});
  }
  return fail(Code::invalid, "a checkpoint of " + head.origin + " that no given key of " +
                                 by.value + " has signed");
}

// True when a statement or a checkpoint of the receipt needs the key.
bool is_used(const ReceiptKey& key, const Cast& cast) {
  return std::ranges::any_of(cast.parts, [&](const Part& part) {
    if (part.by() != key.did) return false;
    if (part.said.kid == key.kid) return true;
    if (part.logged == nullptr) return false;
    const auto note = parse_note(part.logged->checkpoint);
    return note &&
           note_key_id(note->signatures.front().name, key.key) == note->signatures.front().key_id;
  });
}

Result<> summarise(Receipt& receipt, const Cast& cast) {
  const Part& submit = cast.submitted();
  receipt.exchange = submit.statement().exchange;
  receipt.level = cast.level();
  receipt.outcome = cast.parts.back().type();
  TRY_ASSIGN(const Bytes document, from_hex(submit.text("payloadSha256")));
  TRY_ASSIGN(receipt.document_sha256, Digest::from(document));
  receipt.document_bytes =
      static_cast<std::uint64_t>(submit.statement().more.integer_or("payloadBytes"));
  receipt.document_kind = submit.text("kind");
  receipt.agreement.value = submit.text("agreement");
  receipt.agreement_sha256 = crypto::sha256(receipt.agreement_text);
  return {};
}

}  // namespace

Result<Receipt> assemble_receipt(View agreement_text, std::vector<ReceiptProof> proofs,
                                 const std::vector<ReceiptKey>& keys) {
  TRY(sort_proofs(proofs));
  Receipt receipt;
  receipt.proofs = std::move(proofs);
  for (ReceiptProof& proof : receipt.proofs) {
    if (!proof.logged) continue;
    TRY_ASSIGN(const auto said, read_statement(proof.statement));
    TRY_ASSIGN(proof.logged->checkpoint,
               own_signature_only(proof.logged->checkpoint, said.written.statement.by, keys));
  }
  TRY_ASSIGN(const auto cast, arrange(receipt.proofs));
  receipt.agreement_text = agreement_text;
  TRY(summarise(receipt, cast));
  std::ranges::copy_if(keys, std::back_inserter(receipt.keys),
                       [&](const ReceiptKey& key) { return is_used(key, cast); });
  std::ranges::sort(receipt.keys, {},
                    [](const ReceiptKey& key) { return std::pair(key.did, key.kid); });
  const auto twice = std::ranges::unique(receipt.keys);
  receipt.keys.erase(twice.begin(), twice.end());
  return receipt;
}

}  // namespace corridor::evidence
