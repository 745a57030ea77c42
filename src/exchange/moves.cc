// SPDX-License-Identifier: Apache-2.0
//
// What this node says in a negotiation, whoever decided it: an instruction, a person, its habit
// (DSP 2025-1 §7, §8). Every move is checked against the machine; those that bind are checked
// against the terms.
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

Message event(std::string_view type) {
  Message message = of_type(MessageType::negotiation_event);
  message.event_type = type;
  return message;
}

// May this message go out now? Nothing else is under way, and the machine knows the edge. Only a
// termination may follow a message that has not been answered; but not FINALIZED: the other side may
// have finalized by then, and what is final cannot be ended.
Result<NegotiationState> allowed(const NegotiationRecord& n, const Message& message) {
  const auto next = after(n.state, n.role, message);
  std::string what(binding(message.type).name);
  if (!message.event_type.empty()) what += " " + message.event_type;
  if (!next || n.pending == NegotiationState::finalized ||
      (n.pending != NegotiationState::none && *next != NegotiationState::terminated))
    return fail(Code::conflict,
                n.pending != NegotiationState::none
                    ? "a message of ours waits for its answer"
                    : what + " cannot be sent as " + std::string(role_name(n.role)) + " in state " +
                          std::string(state_name(n.state)),
                "look at the negotiation's state, then try the move that fits it");
  return *next;
}

// What binds us must be decidable, and permit the use it is about, now.
Result<> terms_permit(Work& work, const NegotiationRecord& n, const Move& move) {
  TRY_ASSIGN(const auto decision,
             decide_use(work, n.terms, assigner(work, n), assignee(work, n), {}));
  if (decision.outcome != rights::Outcome::permit)
    return fail(Code::denied, reasons_text(decision), "negotiate other terms");
  state_decision(work, n.own_pid(), "accept-terms", decision, n.terms_sha256);
  state_choice(work, n.own_pid(), verb_name(move.verb), move.why);
  return {};
}

// Terms onto the table: as given, else as we offer or first wanted them.
Result<> put_terms(NegotiationRecord& n, const json::Value& terms, OfferId id) {
  TRY_ASSIGN(const rights::Policy policy, rights::read_policy(terms));
  TRY_ASSIGN(n.terms, rights::to_offer(policy, id, n.dataset));
  n.offer_id = std::move(id);
  n.terms_sha256 = policy.digest();
  n.ours = true;
  return {};
}

Result<> offer(Work& work, NegotiationRecord& n, const Move& move, const Around& around) {
  Message message = of_type(MessageType::contract_offer);
  TRY_ASSIGN(const NegotiationState next, allowed(n, message));
  const bool as_published = !move.terms.is_object() && around.dataset && !around.dataset->offers.empty();
  const json::Value& terms = move.terms.is_object() ? move.terms
                             : as_published         ? around.dataset->offers.front().terms
                                                    : n.terms;
  const OfferId id = as_published ? around.dataset->offers.front().id : OfferId(work.uuid("offer"));
  TRY(put_terms(n, terms, id));
  n.published = as_published;
  message.offer = n.terms;
  state_event(work, EventType::offer, n.own_pid(), process_content(n));
  send(work, n, std::move(message), next);
  return {};
}

Result<> counter(Work& work, NegotiationRecord& n, const Move& move) {
  Message message = of_type(MessageType::contract_request);
  TRY_ASSIGN(const NegotiationState next, allowed(n, message));
  const json::Value& terms = move.terms.is_object()     ? move.terms
                             : n.wanted.is_object()     ? n.wanted
                                                        : n.terms;
  TRY(put_terms(n, terms, n.offer_id));
  message.offer = n.terms;
  state_event(work, EventType::request, n.own_pid(), process_content(n));
  send(work, n, std::move(message), next);
  return {};
}

Result<> accept(Work& work, NegotiationRecord& n, const Move& move) {
  Message message = event("ACCEPTED");
  TRY_ASSIGN(const NegotiationState next, allowed(n, message));
  TRY(terms_permit(work, n, move));
  send(work, n, std::move(message), next);
  return {};
}

Result<> agree(Work& work, NegotiationRecord& n, const Move& move) {
  Message message = of_type(MessageType::contract_agreement);
  TRY_ASSIGN(const NegotiationState next, allowed(n, message));
  TRY(terms_permit(work, n, move));
  TRY_ASSIGN(const AgreementRecord record, make_agreement(work, n));
  message.agreement = record.agreement;
  send(work, n, std::move(message), next);
  return {};
}

Result<> verify(Work& work, NegotiationRecord& n, const Around& around) {
  Message message = of_type(MessageType::agreement_verification);
  TRY_ASSIGN(const NegotiationState next, allowed(n, message));
  auto content = process_content(n);
  if (around.agreement) add_agreement(content, *around.agreement);
  state_event(work, EventType::verified, n.own_pid(), std::move(content));
  send(work, n, std::move(message), next);
  return {};
}

Result<> finalize(Work& work, NegotiationRecord& n, const Around& around) {
  Message message = event("FINALIZED");
  TRY_ASSIGN(const NegotiationState next, allowed(n, message));
  auto content = process_content(n);
  if (around.agreement) add_agreement(content, *around.agreement);
  state_event(work, EventType::finalized, n.own_pid(), std::move(content));
  send(work, n, std::move(message), next);
  return {};
}

NegotiationRecord new_negotiation(const Work& work, Role role, const Did& peer,
                                  const std::string& callback) {
  NegotiationRecord n;
  n.role = role;
  n.peer = peer;
  n.callback = callback;
  n.since = work.now;
  n.deadline = work.now + limits::kProcessDeadline;
  if (role == Role::provider) {
    n.provider_pid = ProviderPid(work.uuid("providerPid"));
  } else {
    n.consumer_pid = ConsumerPid(work.uuid("consumerPid"));
  }
  return n;
}

void open(Work& work, NegotiationRecord& n, Message message, NegotiationState pending) {
  message.initial = true;
  message.offer = n.terms;
  state_event(work, n.role == Role::provider ? EventType::offer : EventType::request, n.own_pid(),
              process_content(n));
  send(work, n, std::move(message), pending);
  set_timer(work, n.deadline, "deadline", n.own_pid());
  write(work, n);
}

json::Value brief(const NegotiationRecord& n) {
  auto body = json::Value::object({{"id", n.own_pid()}, {"state", state_name(n.state)}});
  if (n.pending != NegotiationState::none) body.set("pending", state_name(n.pending));
  return body.set("held", n.held);
}

json::Value brief(const TransferRecord& t) {
  auto body = json::Value::object({{"id", t.own_pid()}, {"state", state_name(t.state)}});
  if (t.pending != TransferState::none) body.set("pending", state_name(t.pending));
  return body.set("held", t.held);
}

template <class Record>
Outcome by_hand(Work work, Record process, const MakeMove& command, Result<Around> around) {
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  Move move{command.verb, command.terms, command.code, command.reason, "by a person", {}};
  if (!command.reason.empty()) move.why += ": " + command.reason;
  if (move.verb == Verb::none) {
    move.verb = usual_move(process.role, process.state);
    if (!process.held || move.verb == Verb::none)
      return failed(Code::conflict, "the process is " + std::string(state_name(process.state)) +
                                        " and does not wait for a person");
  }
  if (process.planned) clear_timer(work, process.planned->at, "instruction", process.own_pid());
  process.planned.reset();
  if (move.verb == Verb::hold) {
    hold(work, process, state_name(process.state),
         command.reason.empty() ? "held by a person" : command.reason);
  } else {
    const bool was_held = std::exchange(process.held, false);
    process.held_why.clear();
    if (auto good = make_move(work, process, move, *around); !good) return good.error();
    if (was_held)
      add_history(process.history, work.now, "approved by a person", state_name(process.state),
                  command.reason);
  }
  work.decision.reply.body = brief(process);
  write(work, process);
  return work.done();
}

}  // namespace

Verb usual_move(Role role, NegotiationState state) {
  const bool provider = role == Role::provider;
  switch (state) {
    case NegotiationState::requested:
    case NegotiationState::accepted: return provider ? Verb::agree : Verb::none;
    case NegotiationState::offered: return provider ? Verb::none : Verb::accept;
    case NegotiationState::agreed: return provider ? Verb::none : Verb::verify;
    case NegotiationState::verified: return provider ? Verb::finalize : Verb::none;
    default: return Verb::none;
  }
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
  auto content = process_content(n);
  content.set("code", std::move(code)).set("reason", why);
  state_event(work, EventType::terminated, n.own_pid(), std::move(content));
  send(work, n, std::move(message), NegotiationState::terminated);
  // Ours to end: it is over for us whatever the peer answers.
  enter(work, n, NegotiationState::terminated);
  add_history(n.history, work.now, "terminated by us", state_name(n.state), std::move(why));
  clear_timer(work, n.deadline, "deadline", n.own_pid());
  release(work, n);
}

Result<> make_move(Work& work, NegotiationRecord& n, const Move& move, const Around& around) {
  if (move.verb != Verb::hold && move.verb != Verb::ask && move.why != kByHabit)
    add_history(n.history, work.now, std::string(verb_name(move.verb)) + " " + move.why,
                state_name(n.state));
  switch (move.verb) {
    case Verb::offer: return offer(work, n, move, around);
    case Verb::counter: return counter(work, n, move);
    case Verb::accept: return accept(work, n, move);
    case Verb::agree: return agree(work, n, move);
    case Verb::verify: return verify(work, n, around);
    case Verb::finalize: return finalize(work, n, around);
    case Verb::terminate: {
      TRY(allowed(n, of_type(MessageType::negotiation_termination)));
      state_choice(work, n.own_pid(), "terminate", move.why);
      terminate(work, n, move.code.empty() ? "refused" : move.code,
                move.reason.empty() ? "ended by the other party" : move.reason);
      if (around.fetch) fetch_failed(work, around.fetch, n.history.back().why);
      return {};
    }
    case Verb::hold:
    case Verb::ask:
      state_choice(work, n.own_pid(), "hold", move.why);
      hold(work, n, state_name(n.state), move.reason.empty() ? "held " + move.why : move.reason,
           move.webhook);
      return {};
    default:
      return fail(Code::invalid,
                  "a negotiation cannot " + std::string(verb_name(move.verb)),
                  "offer, counter, accept, agree, verify, finalize, terminate or hold");
  }
}

Result<NegotiationRecord> request_offer(Work& work, const StartNegotiation& command,
                                        const std::string& address) {
  auto n = new_negotiation(work, Role::consumer, command.peer, address);
  n.dataset = command.dataset;
  n.kind = kind_of_dataset(n.dataset);
  n.fetch = command.fetch;
  TRY(check_id(n.dataset.value, "dataset"));
  json::Value terms = command.terms;
  if (!terms.is_object()) {
    TRY_ASSIGN(terms, json::parse(rights::default_terms().canonical()));
  }
  const OfferId id = command.offer.empty() ? OfferId(work.uuid("offer")) : command.offer;
  TRY(check_id(id.value, "offer"));
  TRY(put_terms(n, terms, id));
  n.wanted = terms;
  open(work, n, of_type(MessageType::contract_request), NegotiationState::requested);
  return n;
}

Outcome start_negotiation(Work work, const StartNegotiation& command) {
  OUTCOME_TRY(const auto peer, read<PeerRecord>(work.known, Table::peer, command.peer.value));
  OUTCOME_TRY(const auto dataset,
              read<DatasetRecord>(work.known, Table::dataset, command.dataset.value));
  if (!work.known.complete()) return work.needs();
  const std::string address = command.address.empty() && peer ? peer->dsp_url : command.address;
  if (address.empty())
    return failed(Code::invalid, "no protocol address is known of " + command.peer.value,
                  "add it with: corridor peer add " + command.peer.value + " --dsp URL");
  if (command.role == Role::consumer) {
    OUTCOME_TRY(const auto n, request_offer(work, command, address));
    work.decision.reply = {201, brief(n), {}};
    return work.done();
  }
  if (!dataset)
    return failed(Code::not_found, "there is no dataset " + command.dataset.value,
                  "see them with: corridor dataset list");
  auto n = new_negotiation(work, Role::provider, command.peer, address);
  n.dataset = command.dataset;
  n.kind = dataset->kind;
  const auto offered = std::ranges::find_if(dataset->offers, [&](const OfferRecord& o) {
    return command.offer.empty() || o.id == command.offer;
  });
  if (offered == dataset->offers.end() && !command.terms.is_object())
    return failed(Code::not_found, "the dataset has no such offer", "give the terms to offer");
  n.published = !command.terms.is_object();
  const json::Value& terms = n.published ? offered->terms : command.terms;
  const OfferId id = n.published ? offered->id : OfferId(work.uuid("offer"));
  if (auto good = put_terms(n, terms, id); !good) return good.error();
  open(work, n, of_type(MessageType::contract_offer), NegotiationState::offered);
  work.decision.reply = {201, brief(n), {}};
  return work.done();
}

Result<> offer_stream(Work& work, const PeerRecord& peer, StreamRecord& stream,
                      const std::string& key) {
  auto n = new_negotiation(work, Role::provider, peer.did, peer.dsp_url);
  n.stream = key;
  n.kind = stream.kind;
  if (stream.dataset.empty()) stream.dataset = stream_dataset(stream.kind, work.uuid("dataset"));
  n.dataset = stream.dataset;
  n.published = true;
  TRY(put_terms(n, stream.terms, OfferId(work.uuid("offer"))));
  stream.state = StreamState::negotiating;
  stream.negotiation = n.own_pid();
  stream.transfer.clear();
  stream.agreement = {};
  open(work, n, of_type(MessageType::contract_offer), NegotiationState::offered);
  return {};
}

Outcome move_by_hand(Work work, const MakeMove& command) {
  OUTCOME_TRY(auto n, read<NegotiationRecord>(work.known, Table::negotiation, command.id));
  OUTCOME_TRY(auto t, read<TransferRecord>(work.known, Table::transfer, command.id));
  if (!work.known.complete()) return work.needs();
  if (n) {
    auto around = look_around(work, *n, n->state);
    return by_hand(std::move(work), std::move(*n), command, std::move(around));
  }
  if (t) {
    auto around = look_around(work, *t, t->state);
    return by_hand(std::move(work), std::move(*t), command, std::move(around));
  }
  return failed(Code::not_found, "there is no negotiation or transfer " + command.id,
                "see them with: corridor negotiation list, corridor transfer list");
}

}  // namespace corridor::exchange
