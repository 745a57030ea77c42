// SPDX-License-Identifier: Apache-2.0
//
// One function a claim, over what check.h found of each statement. A claim keeps the first reason
// against it.
#include "evidence/receipt.h"

#include "crypto/crypto.h"
#include "evidence/receipt/check.h"
#include "json/json.h"

#include <algorithm>

namespace corridor::evidence {

namespace {

std::string sha256_text(View bytes) { return hex(crypto::sha256(bytes).view()); }

std::string name_of(const Part& part) { return std::string(event_name(part.type())); }

std::string when(const Part& part) { return iso8601(part.statement().time); }

class Answer {
 public:
  explicit Answer(std::string_view name) { claim_.name = name; }
  // The claim is false for this reason unless `condition`.
  void require(bool condition, std::string why) {
    if (condition || claim_.holds == Holds::no) return;
    claim_.holds = Holds::no;
    claim_.why = std::move(why);
  }
  Claim otherwise(Holds holds, std::string why) && {
    if (claim_.holds != Holds::no) claim_ = {claim_.name, holds, std::move(why)};
    return std::move(claim_);
  }

 private:
  Claim claim_;
};

class Verifier {
 public:
  Verifier(const Receipt& receipt, const Cast& cast, const VerifyOptions& options)
      : receipt_(receipt),
        cast_(cast),
        options_(options),
        found_(check_parts(receipt, cast)),
        checked_(found_.parts) {}

  Verification run() const {
    Verification found;
    found.exchange = receipt_.exchange;
    found.level = cast_.level();
    found.claims = {consistent(),
                    sender_signed(),
                    receiver_signed(),
                    document_matches(),
                    under_agreement(),
                    both_agreed(),
                    logged("sender-logged", cast_.sender()),
                    logged("receiver-logged", cast_.receiver()),
                    not_later_than(),
                    keys_pinned(),
                    document_valid(),
                    members_at_time()};
    return found;
  }

 private:
  [[nodiscard]] std::string signature_fault_in(std::size_t first, std::size_t last) const {
    for (std::size_t i = first; i < last; ++i)
      if (!checked_[i].signature_fault.empty())
        return name_of(cast_.parts[i]) + ": " + checked_[i].signature_fault;
    return {};
  }

  // What one side said of this exchange, `main` among it: all signed by that party, and in its log
  // an unbroken chain, so that nothing in between is left out.
  [[nodiscard]] std::string side_fault(std::size_t first, std::size_t last,
                                       const Part& main) const {
    if (std::string fault = signature_fault_in(first, last); !fault.empty()) return fault;
    std::optional<Digest> previous;
    for (std::size_t i = first; i < last; ++i) {
      const Part& part = cast_.parts[i];
      const std::optional<Leaf>& leaf = checked_[i].leaf;
      if (part.by() != main.by() || part.statement().exchange != main.statement().exchange)
        return name_of(part) + " is of another exchange";
      if (leaf && previous && leaf->prev_leaf != *previous)
        return "a statement of " + main.by().value + " before its " + name_of(part) + " is missing";
      previous.reset();
      if (leaf) previous = leaf_hash(part.logged->leaf);
    }
    return {};
  }

  // ---- claims

  [[nodiscard]] Claim consistent() const {
    Answer answer("consistent");
    const Part& submit = cast_.submitted();
    answer.require(receipt_.exchange == submit.statement().exchange && answers_exchange(),
                   "the receipt and its statements name different exchanges");
    answer.require(receipt_.level == cast_.level(),
                   "the receipt does not show the level that it names");
    answer.require(receipt_.outcome == cast_.parts.back().type(),
                   "the receipt does not show the outcome that it names");
    answer.require(receipt_.omitted == cast_.omitted(),
                   "earlier statements are missing, or not missing, other than the receipt says");
    answer.require(hex(receipt_.document_sha256.view()) == submit.text("payloadSha256") &&
                       static_cast<std::int64_t>(receipt_.document_bytes) ==
                           submit.statement().more.integer_or("payloadBytes", -1) &&
                       receipt_.document_kind == submit.text("kind"),
                   "the receipt describes another document than the sender's statement");
    for (std::size_t i = 0; i < receipt_.keys.size(); ++i)
      answer.require(found_.key_used[i], "nothing is signed with the key " + receipt_.keys[i].kid);
    answer.require(receipt_.report_text.empty() ||
                       sha256_text(receipt_.report_text) == cast_.answered().text("reportSha256"),
                   "the report is not the one that the receiver's statement names");
    const std::string fault = contradiction();
    answer.require(fault.empty(), fault);
    std::string left_out;
    if (receipt_.omitted.sender) left_out += "; the sender's decisions before it are not here";
    if (receipt_.omitted.receiver) left_out += "; the receiver's decisions before it are not here";
    return std::move(answer).otherwise(
        Holds::yes, "what the receipt says of itself is what is signed" + left_out);
  }

  // The receiver may count under an id of its own; then it says which exchange of the peer's it is.
  [[nodiscard]] bool answers_exchange() const {
    const Part& answer = cast_.answered();
    return answer.statement().exchange == receipt_.exchange ||
           answer.text("peerExchange") == receipt_.exchange.value;
  }

  [[nodiscard]] std::string contradiction() const {
    for (std::size_t i = 0; i < cast_.parts.size(); ++i)
      for (std::size_t j = i + 1; j < cast_.parts.size(); ++j)
        if (contradict(i, j))
          return name_of(cast_.parts[i]) + " and " + name_of(cast_.parts[j]) +
                 " contradict each other in the log of " + cast_.parts[i].by().value;
    return {};
  }

  // Two roots for one size; two tags, or two leaves with one predecessor, in one exchange.
  [[nodiscard]] bool contradict(std::size_t i, std::size_t j) const {
    const Checked& a = checked_[i];
    const Checked& b = checked_[j];
    if (a.checkpoint && b.checkpoint && a.checkpoint->origin == b.checkpoint->origin &&
        a.checkpoint->head.size == b.checkpoint->head.size && a.checkpoint != b.checkpoint)
      return true;
    const bool one_chain =
        a.leaf && b.leaf && cast_.parts[i].by() == cast_.parts[j].by() &&
        cast_.parts[i].statement().exchange == cast_.parts[j].statement().exchange;
    return one_chain &&
           (a.leaf->exchange_tag != b.leaf->exchange_tag || a.leaf->prev_leaf == b.leaf->prev_leaf);
  }

  [[nodiscard]] Claim sender_signed() const {
    Answer answer("sender-signed");
    const Part& submit = cast_.submitted();
    const std::string fault = side_fault(cast_.sender_first, cast_.submit + 1, submit);
    answer.require(fault.empty(), fault);
    answer.require(submit.text("to") == cast_.receiver().value,
                   "the sender submitted to another party than the one that answered");
    return std::move(answer).otherwise(
        Holds::yes, cast_.sender().value + " signed that it submitted " + document_words() +
                        " to " + cast_.receiver().value);
  }

  [[nodiscard]] std::string document_words() const {
    return std::string(cast_.submitted().text("kind")) + " of " +
           std::to_string(receipt_.document_bytes) + " bytes";
  }

  [[nodiscard]] Claim receiver_signed() const {
    Answer answer("receiver-signed");
    const Part& received = cast_.answered();
    const std::string fault = side_fault(cast_.submit + 1, cast_.parts.size(), received);
    answer.require(fault.empty(), fault);
    answer.require(received.text("from") == cast_.sender().value,
                   "the receiver answered another sender");
    answer.require(received.text("submitSha256") == cast_.submitted().sha256(),
                   "the receiver answered another SUBMIT statement");
    answer.require(received.text("payloadSha256") == cast_.submitted().text("payloadSha256"),
                   "the receiver had other bytes than the sender submitted");
    for (std::size_t i = cast_.answer + 1; i < cast_.parts.size(); ++i)
      answer.require(cast_.parts[i].text("receiveSha256") == received.sha256(),
                     name_of(cast_.parts[i]) + " does not follow this RECEIVE");
    const bool refused = received.type() == EventType::reject;
    return std::move(answer).otherwise(
        Holds::yes, cast_.receiver().value +
                        (refused ? " signed that it refused these bytes: " +
                                       std::string(received.text("reason"))
                                 : std::string(" signed that it received the same bytes")) +
                        later_words());
  }

  [[nodiscard]] std::string later_words() const {
    std::string words;
    for (std::size_t i = cast_.answer + 1; i < cast_.parts.size(); ++i)
      words += ", then " + name_of(cast_.parts[i]) + " at " + when(cast_.parts[i]);
    return words;
  }

  [[nodiscard]] Claim document_matches() const {
    Answer answer("document-matches");
    if (!options_.document)
      return std::move(answer).otherwise(Holds::unknown, "no document was given to compare with");
    answer.require(sha256_text(*options_.document) == cast_.submitted().text("payloadSha256"),
                   "the document given is not the one of this receipt");
    return std::move(answer).otherwise(Holds::yes,
                                       "the document given has the SHA-256 that was signed");
  }

  [[nodiscard]] Claim under_agreement() const {
    Answer answer("under-agreement");
    const Part& submit = cast_.submitted();
    const Part& received = cast_.answered();
    const std::string sha256 = sha256_text(receipt_.agreement_text);
    answer.require(hex(receipt_.agreement_sha256.view()) == sha256 &&
                       submit.text("agreementSha256") == sha256 &&
                       submit.text("agreement") == receipt_.agreement.value,
                   "the sender named another agreement than the receipt has");
    const bool refused_without = received.type() == EventType::reject &&
                                 received.statement().more.find("agreement") == nullptr &&
                                 received.statement().more.find("agreementSha256") == nullptr;
    answer.require(refused_without || (received.text("agreement") == receipt_.agreement.value &&
                                       received.text("agreementSha256") == sha256),
                   "the receiver named another agreement than the receipt has");
    const std::string fault = agreement_fault();
    answer.require(fault.empty(), fault);
    if (refused_without)
      return std::move(answer).otherwise(Holds::unknown, "only the sender named the agreement");
    return std::move(answer).otherwise(Holds::yes,
                                       "both named the agreement " + receipt_.agreement.value);
  }

  // The agreement's own words: its id and that it is between these two.
  [[nodiscard]] std::string agreement_fault() const {
    const auto agreement = json::parse(receipt_.agreement_text);
    if (!agreement) return "the agreement is no JSON: " + agreement.error().why;
    if (agreement->text_or("@id") != receipt_.agreement.value)
      return "the agreement has another id than the one that was signed";
    if (!are_the_parties(agreement->text_or("assigner"), agreement->text_or("assignee")))
      return "the agreement is between other parties";
    return {};
  }

  [[nodiscard]] bool are_the_parties(View one, View other) const {
    const View sender = cast_.sender().value;
    const View receiver = cast_.receiver().value;
    return (one == sender && other == receiver) || (one == receiver && other == sender);
  }

  [[nodiscard]] Claim both_agreed() const {
    Answer answer("both-agreed");
    if (!cast_.has_agreement_statements)
      return std::move(answer).otherwise(
          Holds::unknown, "the receipt does not have the statements of the negotiation");
    const std::string fault = signature_fault_in(0, 3);
    answer.require(fault.empty(), fault);
    const Part& agreed = cast_.parts[0];
    const View provider = agreed.text("provider");
    const View consumer = agreed.text("consumer");
    answer.require(are_the_parties(provider, consumer), "the agreement was between other parties");
    answer.require(agreed.by().value == provider && cast_.parts[1].by().value == consumer &&
                       cast_.parts[2].by().value == provider,
                   "the agreement was not made, verified and finalised by its parties");
    const auto agreement = json::parse(receipt_.agreement_text);
    answer.require(agreement && agreement->text_or("assigner") == provider,
                   "the agreement has another provider than its statements");
    for (std::size_t i = 0; i < 3; ++i)
      answer.require(
          cast_.parts[i].text("agreement") == receipt_.agreement.value &&
              cast_.parts[i].text("agreementSha256") == hex(receipt_.agreement_sha256.view()),
          name_of(cast_.parts[i]) + " is about another agreement");
    return std::move(answer).otherwise(
        Holds::yes, std::string(provider) + " offered it, " + std::string(consumer) +
                        " verified it at " + when(cast_.parts[1]) + ", it was finalised at " +
                        when(cast_.parts[2]));
  }

  [[nodiscard]] Claim logged(std::string_view name, const Did& party) const {
    Answer answer(name);
    std::string missing;
    std::string where;
    for (std::size_t i = 0; i < cast_.parts.size(); ++i) {
      const Part& part = cast_.parts[i];
      if (part.by() != party) continue;
      answer.require(checked_[i].log_fault.empty(), name_of(part) + ": " + checked_[i].log_fault);
      if (part.logged == nullptr && missing.empty()) missing = name_of(part);
      if (checked_[i].checkpoint) where = checked_[i].checkpoint->origin;
    }
    if (!missing.empty())
      return std::move(answer).otherwise(
          Holds::unknown, "the receipt does not show " + missing + " in the log of " + party.value);
    return std::move(answer).otherwise(
        Holds::yes, "every statement of " + party.value + " is in its log " + where);
  }

  [[nodiscard]] Claim not_later_than() const {
    return Answer("not-later-than")
        .otherwise(Holds::unknown,
                   "no witness has cosigned; by their own clocks the sender "
                   "submitted at " +
                       when(cast_.submitted()) + " and the receiver answered at " +
                       when(cast_.answered()));
  }

  [[nodiscard]] Claim keys_pinned() const {
    Answer answer("keys-pinned");
    bool all_known = true;
    for (const ReceiptKey& key : receipt_.keys) {
      bool known = false;
      bool pinned = false;
      for (const PinnedKey& pin : options_.pins) {
        known = known || pin.did == key.did;
        pinned = pinned || (pin.did == key.did && pin.key == key.key);
      }
      answer.require(pinned || !known,
                     "the key " + key.kid + " is not among those pinned for " + key.did.value);
      all_known = all_known && known;
    }
    if (!all_known)
      return std::move(answer).otherwise(
          Holds::unknown,
          "the keys are those the receipt itself carries: compare them with what "
          "the parties published");
    return std::move(answer).otherwise(Holds::yes, "every key is one that was pinned beforehand");
  }

  [[nodiscard]] Claim document_valid() const {
    Answer answer("document-valid-under-rules");
    const json::Value& said = cast_.answered().statement().more;
    const View rules = said.text_or("rules");
    const json::Value* valid = said.find("valid");
    if (valid == nullptr || valid->kind() != json::Kind::boolean || rules.empty() ||
        said.find("reportSha256") == nullptr || said.find("rulesSha256") == nullptr)
      return std::move(answer).otherwise(Holds::unknown,
                                         "the receiver names no rules that it checked with");
    const std::string by_rules = " by the rules " + std::string(rules) + " (SHA-256 " +
                                 std::string(said.text_or("rulesSha256")) + ")";
    answer.require(valid->boolean(), "the receiver found the document invalid" + by_rules);
    return std::move(answer).otherwise(Holds::yes,
                                       "the receiver found the document valid" + by_rules);
  }

  static Claim members_at_time() {
    return Answer("members-at-time")
        .otherwise(Holds::unknown,
                   "the receipt names no corridor: these two know each other "
                   "directly");
  }

  const Receipt& receipt_;
  const Cast& cast_;
  const VerifyOptions& options_;
  const CheckedParts found_;
  const std::vector<Checked>& checked_;
};

constexpr std::string_view kSubstance = "document-valid-under-rules";

}  // namespace

Verification verify_receipt(const Receipt& receipt, const VerifyOptions& options) {
  const auto cast = arrange(receipt.proofs);
  if (!cast) {
    Verification refused;
    refused.exchange = receipt.exchange;
    refused.claims.push_back({"consistent", Holds::no, cast.error().why});
    return refused;
  }
  Verification found = Verifier(receipt, *cast, options).run();
  found.verified = std::ranges::none_of(found.claims, [](const Claim& claim) {
    return claim.holds == Holds::no && claim.name != kSubstance;
  });
  return found;
}

}  // namespace corridor::evidence
