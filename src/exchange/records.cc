// SPDX-License-Identifier: Apache-2.0
#include "exchange/records.h"

namespace corridor::exchange {

namespace {

constexpr std::array<std::string_view, 8> kNegotiationStates{
    "NONE", "REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED"};
constexpr std::array<std::string_view, 6> kTransferStates{"NONE",      "REQUESTED", "STARTED",
                                                          "SUSPENDED", "COMPLETED", "TERMINATED"};
constexpr std::array<std::string_view, 8> kExchangeStates{
    "waiting", "sending", "answered", "refused", "failed", "received", "offered", "fetched"};
constexpr std::array<std::string_view, 4> kDeliveries{"", "sending", "delivered", "failed"};
constexpr std::array<std::string_view, 5> kFetchStates{"negotiating", "requesting", "moving",
                                                       "done", "failed"};
constexpr std::array<std::string_view, 14> kVerbs{
    "",       "hold",     "ask",       "offer", "counter", "accept", "agree",
    "verify", "finalize", "terminate", "start", "suspend", "resume", "complete"};
constexpr std::string_view kStreamPrefix = "urn:corridor:stream:";

}  // namespace

std::string_view role_name(Role role) { return role == Role::provider ? "provider" : "consumer"; }

std::string_view state_name(NegotiationState state) {
  return kNegotiationStates[static_cast<std::size_t>(state)];
}
std::string_view state_name(TransferState state) {
  return kTransferStates[static_cast<std::size_t>(state)];
}
std::string_view state_name(ExchangeState state) {
  return kExchangeStates[static_cast<std::size_t>(state)];
}

std::string_view delivery_name(AnswerDelivery delivery) {
  return kDeliveries[static_cast<std::size_t>(delivery)];
}

std::string_view state_name(FetchState state) {
  return kFetchStates[static_cast<std::size_t>(state)];
}

std::string_view verb_name(Verb verb) { return kVerbs[static_cast<std::size_t>(verb)]; }

std::optional<Verb> verb_from_name(std::string_view name) {
  const auto found = std::ranges::find(kVerbs, name);
  if (name.empty() || found == kVerbs.end()) return std::nullopt;
  return static_cast<Verb>(found - kVerbs.begin());
}

Bytes stream_key(Role role, const Did& peer, View kind, const Digest& terms_sha256) {
  return key_of({role == Role::provider ? "S" : "R", peer.value, kind, hex(terms_sha256.view())});
}

Bytes process_of_peer_key(View what, const Did& peer, View their_pid) {
  return key_of({what, peer.value, their_pid});
}

Bytes transfer_of_agreement_key(const AgreementId& agreement, View own_pid) {
  return key_of({"A", agreement.value, own_pid});
}

Bytes agreement_key(Role role, const AgreementId& id) {
  return key_of({role_name(role), id.value});
}

Bytes instruction_prefix(bool negotiation, View state, View selector) {
  return key_of({negotiation ? "N" : "T", state, selector, ""});
}

Bytes instruction_for_key(const InstructionRecord& instruction) {
  const bool negotiation = instruction.process == "negotiation";
  const View selector = !instruction.agreement.empty() ? View(instruction.agreement.value)
                        : !instruction.dataset.empty() ? View(instruction.dataset)
                                                       : View("*");
  return instruction_prefix(negotiation, instruction.on, selector) + instruction.id;
}

Bytes waiting_key(View stream, View exchange) { return key_of({stream, exchange}); }

DatasetId stream_dataset(View kind, View uuid_urn) {
  constexpr View kUuid = "urn:uuid:";
  CHECK(uuid_urn.starts_with(kUuid));
  return DatasetId(std::string(kStreamPrefix) + percent_encode(kind) + ":" +
                   std::string(uuid_urn.substr(kUuid.size())));
}

std::string kind_of_dataset(const DatasetId& dataset) {
  const View id = dataset.value;
  if (!id.starts_with(kStreamPrefix)) return {};
  const View rest = id.substr(kStreamPrefix.size());
  const std::size_t colon = rest.find(':');
  if (colon == View::npos || colon == 0 || colon > 128) return {};
  auto kind = percent_decode(rest.substr(0, colon));
  if (!kind || !check_plain_kind(*kind)) return {};
  return std::move(*kind);
}

bool check_plain_kind(View kind) {
  return !kind.empty() && kind.size() <= 64 && std::ranges::all_of(kind, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == ':' || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace corridor::exchange
