// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt.h"

#include "crypto/crypto.h"
#include "evidence/receipt/arrange.h"

#include <algorithm>

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

// One key may be listed under two ids: the first one stands for the log.
std::optional<std::size_t> log_key_of(const Part& part, const std::vector<ReceiptKey>& keys) {
  if (part.logged == nullptr) return std::nullopt;
  const auto note = parse_note(part.logged->checkpoint);
  if (!note) return std::nullopt;
  const NoteSignature& signature = note->signatures.front();
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].did == part.by() && note_key_id(signature.name, keys[i].key) == signature.key_id)
      return i;
  return std::nullopt;
}

// The keys that a statement or a checkpoint needs, each once, in the order of a receipt.
std::vector<ReceiptKey> needed_keys(std::vector<ReceiptKey> keys, const Cast& cast) {
  std::ranges::sort(keys, {}, [](const ReceiptKey& key) { return std::pair(key.did, key.kid); });
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
  std::vector<bool> needed(keys.size(), false);
  for (const Part& part : cast.parts) {
    if (const auto log_key = log_key_of(part, keys)) needed[*log_key] = true;
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i].did == part.by() && keys[i].kid == part.said.kid) needed[i] = true;
  }
  std::vector<ReceiptKey> chosen;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (needed[i]) chosen.push_back(std::move(keys[i]));
  return chosen;
}

Result<> summarise(Receipt& receipt, const Cast& cast) {
  const Part& submit = cast.submitted();
  receipt.exchange = submit.statement().exchange;
  receipt.level = cast.level();
  receipt.outcome = cast.parts.back().type();
  receipt.omitted = cast.omitted();
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
                                 const std::vector<ReceiptKey>& keys, View report_text) {
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
  if (cast.answered().text("reportSha256") == hex(crypto::sha256(report_text).view()))
    receipt.report_text = report_text;
  receipt.keys = needed_keys(keys, cast);
  return receipt;
}

}  // namespace corridor::evidence
