// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt/arrange.h"

#include <algorithm>
#include <tuple>

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

// What a side decides or does before its SUBMIT, RECEIVE or REJECT.
bool comes_before(EventType type) {
  return type == EventType::decision || type == EventType::translate;
}

Digest predecessor(const Part& part) {
  const auto leaf = parse_leaf(part.logged->leaf);
  return leaf ? leaf->prev_leaf : Digest{};
}

// The log shows an earlier statement of this party in this exchange.
bool starts_late(const Part& part) {
  return part.logged != nullptr && predecessor(part) != Digest{};
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
    cast_.sender_first = at_;
    skip_before();
    cast_.submit = at_;
    TRY(expect(EventType::submit));
    skip_before();
    if (at_ == cast_.parts.size() || !is_answer(cast_.parts[at_]))
      return fail(Code::invalid, "the receipt has no RECEIVE or REJECT where it must stand");
    cast_.answer = at_++;
    TRY(check_tied(cast_.sender_first, cast_.submit));
    TRY(check_tied(cast_.submit + 1, cast_.answer));
    TRY(check_later());
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

  void skip_before() {
    while (at_ < cast_.parts.size() && comes_before(cast_.parts[at_].type())) ++at_;
  }

  // What comes before `main` is tied to it by their leaves alone, and is all there or not at all.
  Result<> check_tied(std::size_t first, std::size_t main) {
    if (first == main) return {};
    bool tied = !starts_late(cast_.parts[first]);
    for (std::size_t i = first; i <= main; ++i) tied = tied && cast_.parts[i].logged != nullptr;
    if (!tied)
      return fail(Code::invalid, "the receipt has a " +
                                     std::string(event_name(cast_.parts[first].type())) +
                                     " statement that nothing ties to the exchange");
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

// Where a statement stands among the others: 3 and 5 come before the SUBMIT and the answer.
int rank(const Part& part, const Did& sender) {
  switch (part.type()) {
    case EventType::agreement: return 0;
    case EventType::verified: return 1;
    case EventType::finalized: return 2;
    case EventType::decision:
    case EventType::translate: return part.by() == sender ? 3 : 5;
    case EventType::submit: return 4;
    default: return is_answer(part) ? 6 : 7;
  }
}

// Takes the statements of rank `before` out of `order` unless they are an unbroken chain from the
// first statement of their party to the one of the next rank.
void leave_out_untied(std::vector<std::size_t>& order, const std::vector<Part>& parts,
                      const Did& sender, int before) {
  const auto rank_at = [&](std::size_t i) { return rank(parts[i], sender); };
  bool tied = true;
  Digest previous;
  for (const std::size_t i : order) {
    if (rank_at(i) != before && rank_at(i) != before + 1) continue;
    tied = tied && parts[i].logged != nullptr && predecessor(parts[i]) == previous;
    if (tied) previous = leaf_hash(parts[i].logged->leaf);
  }
  if (!tied) std::erase_if(order, [&](std::size_t i) { return rank_at(i) == before; });
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

Omitted Cast::omitted() const {
  return {starts_late(parts[sender_first]), starts_late(parts[submit + 1])};
}

Result<> sort_proofs(std::vector<ReceiptProof>& proofs) {
  TRY_ASSIGN(const auto parts, read_parts(proofs));
  Did sender;
  for (const Part& part : parts)
    if (part.type() == EventType::submit) sender = part.by();
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < parts.size(); ++i) order.push_back(i);
  // Within one log the index is the order; it settles events of one moment.
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::tuple(rank(parts[i], sender), parts[i].statement().time,
                      parts[i].logged != nullptr ? parts[i].logged->index : 0);
  });
  leave_out_untied(order, parts, sender, 3);
  leave_out_untied(order, parts, sender, 5);
  std::vector<ReceiptProof> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(proofs[i]);
  proofs = std::move(sorted);
  return {};
}

}  // namespace corridor::evidence
