// SPDX-License-Identifier: Apache-2.0
//
// Contract negotiation, both sides: an offer of a stream, its acceptance by instruction or by a
// person, agreement, verification, finalisation (DSP 2025-1 §7, §8).
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

Message of_type(MessageType type) {
  Message message;
  message.type = type;
  return message;
}

Message event(std::string_view type) {
  Message message = of_type(MessageType::negotiation_event);
  message.event_type = type;
  return message;
}

// Who assigns and who is assigned to: the sender assigns (it is the provider of the stream).
const Did& assigner(const Work& work, const NegotiationRecord& n) {
  return n.role == Role::provider ? work.self.did : n.peer;
}
const Did& assignee(const Work& work, const NegotiationRecord& n) {
  return n.role == Role::provider ? n.peer : work.self.did;
}

json::Value process_content(const NegotiationRecord& n) {
  return json::Value::object({{"peer", n.peer.value},
                              {"role", role_name(n.role)},
                              {"providerPid", n.provider_pid.value},
                              {"consumerPid", n.consumer_pid.value},
                              {"kind", n.kind},
                              {"dataset", n.dataset.value},
                              {"termsSha256", hex(n.terms_sha256.view())}});
}

void terminate(Work& work, NegotiationRecord& n, std::string code, std::string why) {
  Message message = of_type(MessageType::negotiation_termination);
  message.code = code;
  message.reason.push_back(why);
  send(work, n, std::move(message), NegotiationState::terminated);
  // Ours to end: it is over for us whatever the peer answers.
  n.state = NegotiationState::terminated;
  n.pending = NegotiationState::none;
  n.held = false;
  add_history(n.history, work.now, "terminated by us", state_name(n.state), why);
  auto content = process_content(n);
  content.set("code", std::move(code)).set("reason", std::move(why));
  state_event(work, EventType::terminated, n.own_pid(), std::move(content));
  clear_timer(work, n.deadline, "deadline", n.own_pid());
  release_stream(work, n);
}

void accept(Work& work, NegotiationRecord& n, std::string_view why) {
  n.held = false;
  n.held_why.clear();
  state_choice(work, n.own_pid(), "accept", why);
  send(work, n, event("ACCEPTED"), NegotiationState::accepted);
}

// What becomes of an offer that has arrived: rights first, then the standing instructions.
Outcome decide_offer(Work& work, NegotiationRecord& n, const std::optional<PeerRecord>& peer,
                     const std::vector<KnownRow>& instructions) {
  const auto decision = decide_use(work, n.terms, n.peer, work.self.did, {});
  if (!decision) {
    terminate(work, n, "terms", decision.error().why);
    return work.done();
  }
  state_decision(work, n.own_pid(), "accept-terms", *decision, n.terms_sha256);
  if (decision->outcome != rights::Outcome::permit) {
    terminate(work, n, "terms", reasons_text(*decision));
    return work.done();
  }
  const auto instruction = matching(instructions, peer, n.peer, n.kind, "OFFERED");
  const std::string action = instruction ? instruction->action : "hold";
  if (action == "accept") {
    const std::string why = "accepted by instruction " + instruction->id;
    add_history(n.history, work.now, why, state_name(n.state));
    accept(work, n, why);
  } else if (action == "terminate") {
    terminate(work, n, "refused",
              instruction->reason.empty() ? "refused by a standing instruction" : instruction->reason);
  } else {
    n.held = true;
    const bool partner = peer && peer->partner;
    n.held_why = instruction ? "instruction " + instruction->id + " asks for a person"
                 : partner   ? "no instruction accepts " + n.kind + " from this partner"
                             : "the sender is not a partner of this node";
    state_choice(work, n.own_pid(), "hold", n.held_why);
    add_history(n.history, work.now, "held for a person", state_name(n.state), n.held_why);
  }
  return work.done();
}

Outcome first_offer(Work work, const MessageIn& command) {
  const Message& message = command.message;
  const Did& from = command.from.caller.did;
  const Bytes by_peer = process_of_peer_key("N", from, message.provider_pid.value);
  if (const auto known_pid = work.known.row(Table::process_of_peer, by_peer)) {
    OUTCOME_TRY(const auto known,
                read<NegotiationRecord>(work.known, Table::negotiation, *known_pid));
    if (!work.known.complete()) return work.needs();
    // The key decides, not the hash: the same offer again gets the same answer (dsp.md 1.7).
    if (!known || known->accepted.empty() || known->accepted.front().sha256 != command.sha256)
      return failed(Code::invalid, "another offer was made under this providerPid before",
                    "start a negotiation under a new providerPid");
    NegotiationRecord as_answered = *known;
    as_answered.state = NegotiationState::offered;
    work.decision.reply = {201, negotiation_ack(as_answered), {}};
    return work.done();
  }
  OUTCOME_TRY(const auto peer, read<PeerRecord>(work.known, Table::peer, from.value));
  const auto& instructions = work.known.scan({Table::instruction, {}, {}, limits::kScanRowsMax});
  if (!work.known.complete()) return work.needs();
  if (!same_origin(message.callback_address, command.from.dsp_url))
    return failed(Code::invalid, "callbackAddress is not on the host of the sender's DID document",
                  "send the DSP address that your DID document names");

  NegotiationRecord n;
  n.role = Role::consumer;
  n.peer = from;
  n.provider_pid = message.provider_pid;
  n.consumer_pid = ConsumerPid(work.uuid("consumerPid"));
  n.callback = message.callback_address;
  n.offer_id = OfferId(std::string(message.offer.text_or("@id")));
  n.dataset = DatasetId(std::string(message.offer.text_or("target")));
  n.kind = kind_of_dataset(n.dataset);
  n.terms = message.offer;
  n.state = NegotiationState::offered;
  n.since = work.now;
  n.deadline = work.now + limits::kProcessDeadline;
  if (n.kind.empty())
    return failed(Code::invalid, "the offer's target is not a stream of documents",
                  "this node takes offers of urn:corridor:stream: datasets");
  OUTCOME_TRY(n.terms_sha256, terms_digest(n.terms));
  remember_accepted(n, command, state_name(n.state));
  add_history(n.history, work.now, "ContractOfferMessage received", state_name(n.state));
  work.decision.reply = {201, negotiation_ack(n), {}};
  if (!peer) {
    PeerRecord seen;
    seen.did = from;
    seen.corridor_url = command.from.corridor_url;
    seen.dsp_url = command.from.dsp_url;
    seen.since = work.now;
    work.decision.write(Table::peer, from.value, to_bytes(seen));
  }
  work.decision.write(Table::process_of_peer, by_peer, n.own_pid());
  write_alias(work, n.provider_pid.value, "negotiation", n.own_pid());
  set_timer(work, n.deadline, "deadline", n.own_pid());
  state_event(work, EventType::offer, n.own_pid(), process_content(n));
  Outcome outcome = decide_offer(work, n, peer, instructions);
  if (auto* const decision = std::get_if<Decision>(&outcome))
    decision->write(Table::negotiation, n.own_pid(), to_bytes(n));
  return outcome;
}

void add_agreement(json::Value& content, const AgreementRecord& record) {
  content.set("agreement", record.id.value).set("agreementSha256", hex(record.sha256.view()));
}

// Provider: the consumer has accepted our offer, so we state the agreement.
Result<> agree(Work& work, NegotiationRecord& n) {
  n.agreement = AgreementId(work.uuid("agreement"));
  TRY_ASSIGN(const rights::Policy policy, rights::read_policy(n.terms));
  TRY_ASSIGN(const json::Value agreement,
             rights::to_agreement(policy, n.agreement,
                                  {.target = n.dataset,
                                   .assigner = assigner(work, n),
                                   .assignee = assignee(work, n),
                                   .timestamp = work.now}));
  AgreementRecord record;
  record.id = n.agreement;
  record.peer = n.peer;
  record.role = n.role;
  record.negotiation = n.own_pid();
  record.stream = n.stream;
  record.kind = n.kind;
  record.agreement = agreement;
  record.sha256 = crypto::sha256(json::canonical(agreement));
  record.since = work.now;
  work.decision.write(Table::agreement, agreement_key(record.role, record.id), to_bytes(record));
  write_alias(work, n.agreement.value, "negotiation", n.own_pid());
  auto content = process_content(n);
  add_agreement(content, record);
  content.set("provider", assigner(work, n).value).set("consumer", assignee(work, n).value);
  state_event(work, EventType::agreement, n.own_pid(), std::move(content));
  Message message = of_type(MessageType::contract_agreement);
  message.agreement = agreement;
  send(work, n, std::move(message), NegotiationState::agreed);
  return {};
}

// Consumer: what is stated must be what was accepted, between us two, about this dataset.
Result<> check_agreement(const Work& work, const NegotiationRecord& n, const json::Value& agreement) {
  if (agreement.text_or("target") != n.dataset.value)
    return fail(Code::invalid, "the agreement is about another dataset than the offer");
  if (agreement.text_or("assigner") != assigner(work, n).value ||
      agreement.text_or("assignee") != assignee(work, n).value)
    return fail(Code::invalid, "the agreement names other parties than the two negotiating");
  TRY_ASSIGN(const Digest terms, terms_digest(agreement));
  if (terms != n.terms_sha256)
    return fail(Code::invalid, "the agreement's terms are not the terms that were accepted");
  return {};
}

void verify(Work& work, NegotiationRecord& n, const json::Value& agreement) {
  AgreementRecord record;
  record.id = AgreementId(std::string(agreement.text_or("@id")));
  record.peer = n.peer;
  record.role = n.role;
  record.negotiation = n.own_pid();
  record.kind = n.kind;
  record.agreement = agreement;
  record.sha256 = crypto::sha256(json::canonical(agreement));
  record.since = work.now;
  n.agreement = record.id;
  work.decision.write(Table::agreement, agreement_key(record.role, record.id), to_bytes(record));
  write_alias(work, n.agreement.value, "negotiation", n.own_pid());
  auto content = process_content(n);
  add_agreement(content, record);
  state_event(work, EventType::verified, n.own_pid(), std::move(content));
  send(work, n, of_type(MessageType::agreement_verification), NegotiationState::verified);
}

void state_finalized(Work& work, const NegotiationRecord& n,
                     const std::optional<AgreementRecord>& agreement) {
  auto content = process_content(n);
  if (agreement) add_agreement(content, *agreement);
  state_event(work, EventType::finalized, n.own_pid(), std::move(content));
}

// What follows from a message that the machine allows.
Outcome follow(Work& work, NegotiationRecord& n, const Message& message,
               const std::optional<AgreementRecord>& agreement) {
  switch (n.state) {
    case NegotiationState::accepted:
      if (auto good = agree(work, n); !good) return good.error();
      break;
    case NegotiationState::agreed: {
      const auto good = check_agreement(work, n, message.agreement);
      if (good) {
        verify(work, n, message.agreement);
      } else {
        terminate(work, n, "agreement", good.error().why);
      }
      break;
    }
    case NegotiationState::verified:
      state_finalized(work, n, agreement);
      send(work, n, event("FINALIZED"), NegotiationState::finalized);
      break;
    case NegotiationState::finalized:
      state_finalized(work, n, agreement);
      clear_timer(work, n.deadline, "deadline", n.own_pid());
      request_transfer(work, n);
      break;
    case NegotiationState::terminated: {
      n.held = false;
      std::string why = message.reason.empty() ? message.code : message.reason.front();
      n.history.back().why = why;
      auto content = process_content(n);
      content.set("code", message.code).set("reason", std::move(why)).set("byPeer", true);
      state_event(work, EventType::terminated, n.own_pid(), std::move(content));
      clear_timer(work, n.deadline, "deadline", n.own_pid());
      release_stream(work, n);
      break;
    }
    default: break;
  }
  return work.done();
}

}  // namespace

Result<> start_negotiation(Work& work, const PeerRecord& peer, StreamRecord& stream,
                           const std::string& key) {
  NegotiationRecord n;
  n.role = Role::provider;
  n.peer = peer.did;
  n.provider_pid = ProviderPid(work.uuid("providerPid"));
  n.callback = peer.dsp_url;
  n.stream = key;
  n.kind = stream.kind;
  n.since = work.now;
  n.deadline = work.now + limits::kProcessDeadline;
  n.offer_id = OfferId(work.uuid("offer"));
  if (stream.dataset.empty()) stream.dataset = stream_dataset(stream.kind, work.uuid("dataset"));
  n.dataset = stream.dataset;
  TRY_ASSIGN(const rights::Policy policy, rights::read_policy(stream.terms));
  TRY_ASSIGN(n.terms, rights::to_offer(policy, n.offer_id, n.dataset));
  n.terms_sha256 = policy.digest();
  n.ours = true;
  stream.state = StreamState::negotiating;
  stream.negotiation = n.own_pid();
  stream.transfer.clear();
  stream.agreement = {};
  state_event(work, EventType::offer, n.own_pid(), process_content(n));
  Message message = of_type(MessageType::contract_offer);
  message.initial = true;
  message.offer = n.terms;
  send(work, n, std::move(message), NegotiationState::offered);
  set_timer(work, n.deadline, "deadline", n.own_pid());
  write(work, n);
  return {};
}

Outcome receive_negotiation(Work work, const MessageIn& command) {
  if (command.pid.empty()) return first_offer(std::move(work), command);
  OUTCOME_TRY(auto found, read<NegotiationRecord>(work.known, Table::negotiation, command.pid));
  if (!work.known.complete()) return work.needs();
  // Whoever is not a party gets the answer of an unknown id (DSP 2025-1 §8.2.1).
  if (!found || found->peer != command.from.caller.did)
    return failed(Code::not_found, "there is no such negotiation");
  NegotiationRecord& n = *found;
  // A provider learns the consumer's pid from the answer to its offer, or here, if that was late.
  if (n.consumer_pid.empty()) n.consumer_pid = command.message.consumer_pid;
  if (auto good = check_pids(n, command.message); !good) return good.error();

  std::optional<AgreementRecord> agreement;
  if (!n.agreement.empty()) {
    OUTCOME_TRY(agreement, read<AgreementRecord>(work.known, Table::agreement,
                                                 agreement_key(n.role, n.agreement)));
    if (!work.known.complete()) return work.needs();
  }

  const Role sender = other(n.role);
  auto next = after(n.state, sender, command.message);
  if (!next && n.pending != NegotiationState::none) {
    // The peer can only say this if our message reached it: its answer was lost or is late.
    next = after(n.pending, sender, command.message);
    if (next) n.state = n.pending;
  }
  const bool still_there =
      !n.accepted.empty() && (n.accepted.back().state == state_name(n.state) || !next);
  OUTCOME_TRY(const AcceptedMessage* duplicate, duplicate_of(n, command, still_there));
  if (duplicate != nullptr) {
    auto ack = negotiation_ack(n);
    ack.set("state", duplicate->state);
    work.decision.reply = {200, std::move(ack), {}};
    return work.done();
  }
  if (!next)
    return failed(Code::invalid,
                  std::string(binding(command.message.type).name) + " is not allowed in state " +
                      std::string(state_name(n.state)),
                  "look at the state of the negotiation and continue from there");
  n.state = *next;
  n.pending = NegotiationState::none;
  remember_accepted(n, command, state_name(n.state));
  add_history(n.history, work.now,
              std::string(binding(command.message.type).name) +
                  (command.message.event_type.empty() ? "" : " " + command.message.event_type) +
                  " received",
              state_name(n.state));
  work.decision.reply = {200, negotiation_ack(n), {}};
  Outcome outcome = follow(work, n, command.message, agreement);
  if (auto* const decision = std::get_if<Decision>(&outcome))
    decision->write(Table::negotiation, n.own_pid(), to_bytes(n));
  return outcome;
}

Outcome decide_held(Work work, const DecideHeld& command) {
  OUTCOME_TRY(auto found, read<NegotiationRecord>(work.known, Table::negotiation, command.id));
  if (!work.known.complete()) return work.needs();
  if (!found)
    return failed(Code::not_found, "there is no negotiation " + command.id,
                  "see them with: corridor negotiation list");
  if (!found->held)
    return failed(Code::conflict, "the negotiation is " + std::string(state_name(found->state)) +
                                      " and does not wait for a person");
  NegotiationRecord& n = *found;
  if (command.accept) {
    add_history(n.history, work.now, "approved by a person", state_name(n.state), command.reason);
    accept(work, n, "approved by a person");
  } else {
    terminate(work, n, "refused",
              command.reason.empty() ? "refused by the receiving party" : command.reason);
  }
  write(work, n);
  work.decision.reply.body = json::Value::object(
      {{"id", n.own_pid()}, {"state", state_name(n.state)}, {"held", n.held}});
  return work.done();
}

void release_stream(Work& work, const NegotiationRecord& n) {
  if (!n.stream.empty()) set_timer(work, work.now, "release", n.stream);
}

Outcome terminate_process(Work work, const TerminateProcess& command) {
  OUTCOME_TRY(auto negotiation,
              read<NegotiationRecord>(work.known, Table::negotiation, command.id));
  OUTCOME_TRY(auto transfer, read<TransferRecord>(work.known, Table::transfer, command.id));
  if (!work.known.complete()) return work.needs();
  if (transfer) return terminate_transfer(std::move(work), std::move(*transfer), command.reason);
  if (!negotiation)
    return failed(Code::not_found, "there is no negotiation or transfer " + command.id,
                  "see them with: corridor negotiation list");
  if (is_final(negotiation->state))
    return failed(Code::conflict, "the negotiation is " +
                                      std::string(state_name(negotiation->state)) + " already");
  terminate(work, *negotiation, "terminated",
            command.reason.empty() ? "terminated by the other party" : command.reason);
  write(work, *negotiation);
  work.decision.reply.body =
      json::Value::object({{"id", negotiation->own_pid()}, {"state", "TERMINATED"}});
  return work.done();
}

}  // namespace corridor::exchange
