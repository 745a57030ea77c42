// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt/check.h"

namespace corridor::evidence {

namespace {

class Checker {
 public:
  explicit Checker(const Receipt& receipt) : receipt_(receipt) {
    found_.key_used.resize(receipt.keys.size(), false);
  }

  CheckedParts run(const Cast& cast) {
    for (const Part& part : cast.parts) found_.parts.push_back(check(part));
    return std::move(found_);
  }

 private:
  Checked check(const Part& part) {
    Checked checked;
    checked.signature_fault = signature_fault(part);
    if (part.logged != nullptr) {
      if (auto placed = check_log(part, checked); !placed) checked.log_fault = placed.error().why;
    }
    return checked;
  }

  std::string signature_fault(const Part& part) {
    for (std::size_t i = 0; i < receipt_.keys.size(); ++i) {
      const ReceiptKey& key = receipt_.keys[i];
      if (key.kid != part.said.kid || key.did != part.by()) continue;
      found_.key_used[i] = true;
      const auto verified = verify_statement(part.said, key.key);
      return verified ? std::string{} : verified.error().why;
    }
    return "the receipt does not list the key " + part.said.kid;
  }

  Result<> check_log(const Part& part, Checked& checked) {
    const LogProof& proof = *part.logged;
    TRY_ASSIGN(const Leaf leaf, parse_leaf(proof.leaf));
    checked.leaf = leaf;
    if (leaf != make_leaf(part.said.written, proof.salt, proof.tag_secret, leaf.prev_leaf))
      return fail(Code::invalid, "the leaf is not the one of the statement, salt and tag secret");
    TRY_ASSIGN(checked.checkpoint, signed_checkpoint(proof.checkpoint, part.by()));
    return verify_inclusion(leaf_hash(proof.leaf), proof.index, proof.inclusion,
                            checked.checkpoint->head);
  }

  // Exactly one signature, because nothing binds another. A checkpoint that several statements
  // share is verified once.
  Result<Checkpoint> signed_checkpoint(View text, const Did& by) {
    for (const auto& known : checkpoints_)
      if (known.text == text && known.by == by) return known.checkpoint;
    TRY_ASSIGN(const Note note, parse_note(text));
    if (note.signatures.size() != 1)
      return fail(Code::invalid, "the checkpoint has more signatures than its log's");
    TRY_ASSIGN(const auto checkpoint, parse_checkpoint_text(note.text));
    for (std::size_t i = 0; i < receipt_.keys.size(); ++i) {
      const ReceiptKey& key = receipt_.keys[i];
      if (key.did != by || !verify_note(note, checkpoint.origin, key.key)) continue;
      found_.key_used[i] = true;
      checkpoints_.push_back({text, by, checkpoint});
      return checkpoint;
    }
    return fail(Code::unauthenticated,
                "the checkpoint is not signed by a key that the receipt lists for " + by.value);
  }

  struct KnownCheckpoint {
    View text;
    Did by;
    Checkpoint checkpoint;
  };

  const Receipt& receipt_;
  CheckedParts found_;
  std::vector<KnownCheckpoint> checkpoints_;
};

}  // namespace

CheckedParts check_parts(const Receipt& receipt, const Cast& cast) {
  return Checker(receipt).run(cast);
}

}  // namespace corridor::evidence
