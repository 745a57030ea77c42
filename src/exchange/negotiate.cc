// SPDX-License-Identifier: Apache-2.0
//
// Contract negotiation, as its messages arrive at either side (DSP 2025-1 §7, §8). What we say
// ourselves is moves.cc; who decides it, instructions.cc.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

std::string received(const Message& message) {
  std::string text(binding(message.type).name);
  if (!message.event_type.empty()) text += " " + message.event_type;
  return text + " received";
}

// The terms on the table are the peer's now; are they those of an offer of ours?
Result<> take_terms(NegotiationRecord& n, const json::Value& offer,
                    const std::optional<DatasetRecord>& dataset) {
  TRY_ASSIGN(n.terms_sha256, terms_digest(offer));
  n.terms = offer;
  n.offer_id = OfferId(std::string(offer.text_or("@id")));
  n.ours = false;
  n.published = false;
  if (!dataset) return {};
  for (const auto& ours : dataset->offers) {
    if (ours.id != n.offer_id) continue;
    TRY_ASSIGN(const Digest digest, terms_digest(ours.terms));
    n.published = digest == n.terms_sha256;
  }
  return {};
}

Digest offer_digest(const json::Value& offer) { return crypto::sha256(json::canonical(offer)); }

// Under this pid the peer has begun a process before: the same message gets the same answer, another
// one is refused (dsp.md 1.7: the key decides, not the hash).
Outcome begun_before(Work work, View own_pid, const MessageIn& command, NegotiationState answered) {
  OUTCOME_TRY(const auto known, read<NegotiationRecord>(work.known, Table::negotiation, own_pid));
  if (!work.known.complete()) return work.needs();
  const bool old = known && known->begun == Digest{};  // begun before its offer was kept
  const bool same = known && (old ? !known->accepted.empty() &&
                                        known->accepted.front().sha256 == command.sha256
                                  : known->begun == offer_digest(command.message.offer));
  if (!same)
    return failed(Code::invalid, "another negotiation was begun under this pid before",
                  "begin a negotiation under a new pid");
  NegotiationRecord as_answered = *known;
  as_answered.state = answered;
  work.decision.reply = {201, negotiation_ack(as_answered), {}};
  return work.done();
}

NegotiationRecord arriving(const Work& work, Role role, const MessageIn& command) {
  const Message& message = command.message;
  NegotiationRecord n;
  n.role = role;
  n.peer = command.from.caller.did;
  n.callback = message.callback_address;
  n.dataset = DatasetId(std::string(message.offer.text_or("target")));
  n.since = work.now;
  n.deadline = work.now + limits::kProcessDeadline;
  if (role == Role::consumer) {
    n.provider_pid = message.provider_pid;
    n.consumer_pid = ConsumerPid(work.uuid("consumerPid"));
  } else {
    n.consumer_pid = message.consumer_pid;
    n.provider_pid = ProviderPid(work.uuid("providerPid"));
  }
  return n;
}

Outcome begin(Work work, const MessageIn& command, NegotiationRecord n, NegotiationState state) {
  auto around = look_around(work, n, state);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  if (!same_origin(n.callback, command.from.dsp_url))
    return failed(Code::invalid, "callbackAddress is not where the sender is known to be",
                  "send the DSP address that your DID document names");
  const auto& dataset = around->dataset;
  if (n.role == Role::provider) {
    const bool seen = dataset && std::ranges::any_of(dataset->offers, [&](const OfferRecord& offer) {
      return offer.id.value == command.message.offer.text_or("@id") &&
             may_see(offer, n.peer, around->peer);
    });
    if (!seen) return failed(Code::not_found, "there is no such offer of this dataset",
                            "look it up in the catalogue");
    n.kind = dataset->kind;
  } else {
    n.kind = kind_of_dataset(n.dataset);
  }
  if (auto good = take_terms(n, command.message.offer, dataset); !good) return good.error();
  n.begun = offer_digest(command.message.offer);
  const Bytes by_peer = process_of_peer_key(
      "N", n.peer, n.role == Role::provider ? n.consumer_pid.value : n.provider_pid.value);
  enter(work, n, state);
  remember_accepted(n, command, state_name(state));
  add_history(n.history, work.now, received(command.message), state_name(state));
  work.decision.reply = {201, negotiation_ack(n), {}};
  remember_peer(work, around->peer, command.from);
  work.decision.write(Table::process_of_peer, by_peer, n.own_pid());
  write_alias(work, n.role == Role::provider ? n.consumer_pid.value : n.provider_pid.value,
              "negotiation", n.own_pid());
  set_timer(work, n.deadline, "deadline", n.own_pid());
  state_event(work, n.role == Role::provider ? EventType::request : EventType::offer, n.own_pid(),
              process_content(n));
  if (auto good = go_on(work, n, *around); !good) return good.error();
  write(work, n);
  return work.done();
}

// An initial message: a consumer requests an offer of ours, or a provider offers us something.
Outcome first_message(Work work, const MessageIn& command) {
  const bool request = command.message.type == MessageType::contract_request;
  const NegotiationState state =
      request ? NegotiationState::requested : NegotiationState::offered;
  const std::string& their_pid =
      request ? command.message.consumer_pid.value : command.message.provider_pid.value;
  const Bytes by_peer = process_of_peer_key("N", command.from.caller.did, their_pid);
  if (const auto own_pid = work.known.row(Table::process_of_peer, by_peer))
    return begun_before(std::move(work), *own_pid, command, state);
  auto n = arriving(work, request ? Role::provider : Role::consumer, command);
  return begin(std::move(work), command, std::move(n), state);
}

void ended_by_peer(Work& work, NegotiationRecord& n, const Message& message, const Around& around) {
  std::string why = message.reason.empty() ? message.code : message.reason.front();
  n.history.back().why = why;
  auto content = process_content(n);
  content.set("code", message.code).set("reason", why).set("byPeer", true);
  state_event(work, EventType::terminated, n.own_pid(), std::move(content));
  clear_timer(work, n.deadline, "deadline", n.own_pid());
  release(work, n);
  fetch_failed(work, around.fetch, "the provider ended the negotiation: " + why);
}

void finalized(Work& work, NegotiationRecord& n, const Around& around) {
  auto content = process_content(n);
  if (around.agreement) add_agreement(content, *around.agreement);
  state_event(work, EventType::finalized, n.own_pid(), std::move(content));
  clear_timer(work, n.deadline, "deadline", n.own_pid());
  if (around.fetch && around.agreement) {
    fetch_asks(work, *around.fetch,
               request_dataset(work, *around.agreement, n.callback, std::string(kPullFormat), n.fetch));
  } else if (!kind_of_dataset(n.dataset).empty()) {
    request_stream(work, n);
  }
}

// What a message that the machine allows means for us.
Result<> take(Work& work, NegotiationRecord& n, const Message& message, Around& around) {
  switch (n.state) {
    case NegotiationState::requested:
    case NegotiationState::offered:
      TRY(take_terms(n, message.offer, around.dataset));
      state_event(work, n.state == NegotiationState::requested ? EventType::request : EventType::offer,
                  n.own_pid(), process_content(n));
      return {};
    case NegotiationState::agreed:
      around.agreement = keep_agreement(work, n, message.agreement);
      return {};
    case NegotiationState::finalized: finalized(work, n, around); return {};
    case NegotiationState::terminated: ended_by_peer(work, n, message, around); return {};
    default: return {};
  }
}

// Another offer than what the negotiation is about would be another negotiation; an agreement must be
// the one that was on the table.
Result<> check_content(const Work& work, const NegotiationRecord& n, const Message& message) {
  if (message.type == MessageType::contract_agreement)
    return check_agreement(work, n, message.agreement);
  if (!message.offer.is_object() || message.offer.text_or("target") == n.dataset.value) return {};
  return fail(Code::invalid, "the offer is about another dataset than the negotiation",
              "begin another negotiation for another dataset");
}

}  // namespace

void release(Work& work, const NegotiationRecord& n) {
  if (!n.stream.empty()) set_timer(work, work.now, "release", n.stream);
}

Outcome receive_negotiation(Work work, const MessageIn& command) {
  if (command.pid.empty()) return first_message(std::move(work), command);
  const Message& message = command.message;
  OUTCOME_TRY(auto found, read<NegotiationRecord>(work.known, Table::negotiation, command.pid));
  if (!work.known.complete()) return work.needs();
  // Whoever is not a party gets the answer of an unknown id (DSP 2025-1 §8.2.1).
  if (!found || found->peer != command.from.caller.did)
    return failed(Code::not_found, "there is no such negotiation");
  NegotiationRecord& n = *found;
  // We learn the peer's pid from the answer to our first message, or here, if that was late.
  if (n.consumer_pid.empty()) n.consumer_pid = message.consumer_pid;
  if (n.provider_pid.empty()) n.provider_pid = message.provider_pid;
  if (auto good = check_pids(n, message); !good) return good.error();

  const Role sender = other(n.role);
  auto next = after(n.state, sender, message);
  const bool overtook = !next && n.pending != NegotiationState::none;
  // The peer can only say this if our message reached it: its answer was lost or is late.
  if (overtook) next = after(n.pending, sender, message);
  const View state_now = state_name(overtook && next ? n.pending : n.state);
  const bool still_there = !n.accepted.empty() && (n.accepted.back().state == state_now || !next);
  OUTCOME_TRY(const AcceptedMessage* duplicate, duplicate_of(n, command, still_there));
  if (duplicate != nullptr) {
    auto ack = negotiation_ack(n);
    ack.set("state", duplicate->state);
    work.decision.reply = {200, std::move(ack), {}};
    return work.done();
  }
  if (!next)
    return failed(Code::invalid,
                  std::string(binding(message.type).name) + " is not allowed in state " +
                      std::string(state_name(n.state)),
                  "look at the state of the negotiation and continue from there");
  if (auto good = check_content(work, n, message); !good) return good.error();
  auto around = look_around(work, n, *next);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();

  if (overtook) enter(work, n, n.pending);
  enter(work, n, *next);
  remember_accepted(n, command, state_name(n.state));
  add_history(n.history, work.now, received(message), state_name(n.state));
  work.decision.reply = {200, negotiation_ack(n), {}};
  if (auto good = take(work, n, message, *around); !good) return good.error();
  if (n.state == *next)
    if (auto good = go_on(work, n, *around); !good) return good.error();
  write(work, n);
  return work.done();
}

}  // namespace corridor::exchange
