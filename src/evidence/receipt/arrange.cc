// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt/arrange.h"

namespace corridor::evidence {

namespace {

bool follows_receipt(EventType type) {
  return type == EventType::accept || type == EventType::reject || type == EventType::query ||
         type == EventType::handover;
}

bool is_answer(const Part& part) {
  return part.type() == EventType::receive ||
         (part.type() == EventType::reject && part.text("receiveSha256").empty());
}

// The DECISION before `part` stands there exactly when `part` names it.
Result<> check_decision(const Cast& cast, std::optional<std::size_t> decision, const Part& part) {
  const View named = part.text("decisionSha256");
  const std::string name(event_name(part.type()));
  if (!decision) {
    if (named.empty()) return {};
    return fail(Code::invalid, name + " names a DECISION that is not in the receipt");
  }
  const Part& decided = cast.parts[*decision];
  if (decided.sha256() != named || decided.by() != part.by())
    return fail(Code::invalid, "the receipt has a DECISION that " + name + " does not name");
  return {};
}

class Arranger {
 public:
  explicit Arranger(std::vector<Part> parts) { cast_.parts = std::move(parts); }

  Result<Cast> run() {
    if (next_is(EventType::agreement)) {
      for (const EventType type : {EventType::agreement, EventType::verified, EventType::finalized})
        TRY(expect(type));
      cast_.has_agreement_statements = true;
    }
    if (next_is(EventType::decision)) cast_.sender_decision = at_++;
    cast_.submit = at_;
    TRY(expect(EventType::submit));
    if (next_is(EventType::decision)) cast_.receiver_decision = at_++;
    if (at_ == cast_.parts.size() || !is_answer(cast_.parts[at_]))
      return fail(Code::invalid, "the receipt has no RECEIVE or REJECT where it must stand");
    cast_.answer = at_++;
    TRY(check_later());
    TRY(check_decision(cast_, cast_.sender_decision, cast_.submitted()));
    TRY(check_decision(cast_, cast_.receiver_decision, cast_.answered()));
    return std::move(cast_);
  }

 private:
  [[nodiscard]] bool next_is(EventType type) const {
    return at_ < cast_.parts.size() && cast_.parts[at_].type() == type;
  }

  Result<> expect(EventType type) {
    if (!next_is(type))
      return fail(Code::invalid, "the receipt has no " + std::string(event_name(type)) +
                                     " statement where it must stand");
    ++at_;
    return {};
  }

  Result<> check_later() {
    for (; at_ < cast_.parts.size(); ++at_) {
      const Part& part = cast_.parts[at_];
      if (!follows_receipt(part.type()) || cast_.answered().type() != EventType::receive ||
          part.text("receiveSha256").empty())
        return fail(Code::invalid, "the receipt has a " + std::string(event_name(part.type())) +
                                       " statement that has no place in it");
    }
    return {};
  }

  Cast cast_;
  std::size_t at_ = 0;
};

Result<std::vector<Part>> read_parts(std::span<const ReceiptProof> proofs) {
  if (proofs.size() > kReceiptProofsMax)
    return fail(Code::too_large, "a receipt of more statements than any exchange has");
  std::vector<Part> parts;
  parts.reserve(proofs.size());
  for (const ReceiptProof& proof : proofs) {
    TRY_ASSIGN(auto said, read_statement(proof.statement));
    parts.push_back({std::move(said), proof.logged ? &*proof.logged : nullptr});
  }
  return parts;
}

// Where a statement stands among the others; `submit_decision` is the hash that SUBMIT names.
int rank(const Part& part, View submit_decision) {
  switch (part.type()) {
    case EventType::agreement: return 0;
    case EventType::verified: return 1;
    case EventType::finalized: return 2;
    case EventType::decision: return part.sha256() == submit_decision ? 3 : 5;
    case EventType::submit: return 4;
    default: return is_answer(part) ? 6 : 7;
  }
}

}  // namespace

ReceiptLevel Cast::level() const {
  const bool all_logged =
      std::ranges::all_of(parts, [](const Part& part) { return part.logged != nullptr; });
  return all_logged ? ReceiptLevel::logged : ReceiptLevel::answered;
}

Result<Cast> arrange(std::span<const ReceiptProof> proofs) {
  TRY_ASSIGN(auto parts, read_parts(proofs));
  return Arranger(std::move(parts)).run();
}

Result<> sort_proofs(std::vector<ReceiptProof>& proofs) {
  TRY_ASSIGN(const auto parts, read_parts(proofs));
  View submit_decision;
  for (const Part& part : parts)
    if (part.type() == EventType::submit) submit_decision = part.text("decisionSha256");
  std::vector<std::size_t> order(proofs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::pair(rank(parts[i], submit_decision), parts[i].statement().time);
  });
  std::vector<ReceiptProof> sorted;
  sorted.reserve(proofs.size());
  for (const std::size_t i : order) sorted.push_back(proofs[i]);
  proofs = std::move(sorted);
  return {};
}

}  // namespace corridor::evidence
