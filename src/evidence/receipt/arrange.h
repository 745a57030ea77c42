// SPDX-License-Identifier: Apache-2.0
//
// The parts that the statements of a receipt play, found by their types and order. Nothing is
// verified here.
#pragma once

#include <span>
#include <vector>

#include "evidence/receipt.h"

namespace corridor::evidence {

struct Part {
  SignedStatement said;
  const LogProof* logged = nullptr;  // null: not in a log yet

  [[nodiscard]] const Statement& statement() const { return said.written.statement; }
  [[nodiscard]] EventType type() const { return statement().type; }
  [[nodiscard]] const Did& by() const { return statement().by; }
  [[nodiscard]] View text(View member) const { return statement().more.text_or(member); }
  [[nodiscard]] std::string sha256() const { return hex(said.written.sha256.view()); }
};

struct Cast {
  std::vector<Part> parts;                // in the receipt's order
  bool has_agreement_statements = false;  // then they are parts 0, 1, 2
  // The statements of the sender are [sender_first, submit], those of the receiver
  // [submit + 1, parts.size()): what came before (DECISION, TRANSLATE), then SUBMIT or the answer,
  // then what the receiver said later.
  std::size_t sender_first = 0;
  std::size_t submit = 0;
  std::size_t answer = 0;  // RECEIVE, or REJECT in place of it

  [[nodiscard]] const Part& submitted() const { return parts[submit]; }
  [[nodiscard]] const Part& answered() const { return parts[answer]; }
  [[nodiscard]] const Did& sender() const { return submitted().by(); }
  [[nodiscard]] const Did& receiver() const { return answered().by(); }
  [[nodiscard]] ReceiptLevel level() const;
  [[nodiscard]] Omitted omitted() const;
};

// The parts point into `proofs`. `invalid` when a statement is missing, out of order or has no
// place.
Result<Cast> arrange(std::span<const ReceiptProof> proofs);

// In the order that `arrange` wants. What came before a SUBMIT or answer stays only when the log
// ties all of it to that, from the first statement on.
Result<> sort_proofs(std::vector<ReceiptProof>& proofs);

}  // namespace corridor::evidence
