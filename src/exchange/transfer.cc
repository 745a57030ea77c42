// SPDX-License-Identifier: Apache-2.0
//
// Transfer processes, as their messages arrive at either side (DSP 2025-1 §9, §10). A stream's
// transfer is asked for once by the receiver of documents, naming its inbox as the data address; it
// then stays STARTED and every document is one push. A dataset's transfer moves its bytes.
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

// Where documents or bytes are put must be the peer's own; a stream's inbox on its very node.
Result<> check_address(const MessageIn& command, bool stream) {
  const auto& address = command.message.data_address;
  if (!address || address->endpoint.empty())
    return fail(Code::invalid, "a push needs a dataAddress with an endpoint");
  if (stream && address->authorization.empty())
    return fail(Code::invalid, "a stream needs a dataAddress with an authorization");
  const bool own = stream ? same_origin(address->endpoint, command.from.dsp_url)
                          : same_host(address->endpoint, command.from.dsp_url);
  if (!own)
    return fail(Code::invalid, "the dataAddress is not on the host that the receiver is known by",
                "name an endpoint of your own");
  return {};
}

Result<> check_format(const MessageIn& command, bool stream) {
  const std::string& format = command.message.format;
  if (stream && format != kPushFormat)
    return fail(Code::invalid, "a stream of documents is not given as " + format,
                "ask for " + std::string(kPushFormat));
  if (format != kPushFormat && format != kPullFormat)
    return fail(Code::invalid, "the format " + format + " is not offered",
                "ask for " + std::string(kPullFormat) + " or " + std::string(kPushFormat));
  return format == kPushFormat ? check_address(command, stream) : Result<>{};
}

// The agreement must be in force, and its terms must permit the use, now.
Result<> check_agreement(const Work& work, const MessageIn& command,
                         const AgreementRecord& agreement,
                         const std::optional<NegotiationRecord>& negotiation) {
  // Our FINALIZED may still be waiting for its answer; the peer has it, or it could not ask.
  const bool made = agreement.imported ||
                    (negotiation && (negotiation->state == NegotiationState::finalized ||
                                     negotiation->pending == NegotiationState::finalized));
  if (agreement.ended || !made)
    return fail(Code::invalid, "the agreement is not in force", "negotiate a new one");
  TRY_ASSIGN(const auto decision, decide_use(work, agreement.agreement, work.self.did,
                                             command.from.caller.did, {}));
  if (decision.outcome != rights::Outcome::permit)
    return fail(Code::denied, reasons_text(decision), "negotiate other terms");
  return {};
}

TransferRecord requested(const Work& work, const MessageIn& command,
                         const AgreementRecord& agreement) {
  const Message& message = command.message;
  TransferRecord t;
  t.role = Role::provider;
  t.peer = command.from.caller.did;
  t.consumer_pid = message.consumer_pid;
  t.provider_pid = ProviderPid(work.uuid("providerPid"));
  t.callback = message.callback_address;
  t.stream = agreement.stream;
  t.kind = agreement.kind;
  t.agreement = agreement.id;
  t.dataset = agreement.dataset;
  t.format = message.format;
  if (!t.pull() && message.data_address) {
    t.endpoint = message.data_address->endpoint;
    t.endpoint_type = message.data_address->endpoint_type;
    t.token = agreement.stream.empty() ? message.data_address->header()
                                       : message.data_address->authorization;
  }
  t.since = work.now;
  t.deadline = work.now + limits::kProcessDeadline;
  return t;
}

// The same request again gets the same answer; and the start again, if it has started since: the
// consumer may have lost both (DSP 2025-1 §9.3.1).
Outcome asked_before(Work work, View own_pid, const MessageIn& command) {
  OUTCOME_TRY(auto known, read<TransferRecord>(work.known, Table::transfer, own_pid));
  if (!work.known.complete()) return work.needs();
  if (!known || known->agreement != command.message.agreement_id ||
      known->format != command.message.format)
    return failed(Code::invalid, "another transfer was requested under this consumerPid before",
                  "request it under a new consumerPid");
  TransferRecord as_answered = *known;
  as_answered.state = TransferState::requested;
  work.decision.reply = {201, transfer_ack(as_answered), {}};
  if (known->state != TransferState::started || known->pending != TransferState::none)
    return work.done();
  Message start = of_type(MessageType::transfer_start);
  if (gives_address(*known))
    start.data_address = DataAddress{known->endpoint_type, known->endpoint, known->token, false};
  send(work, *known, std::move(start), TransferState::none);
  write(work, *known);
  return work.done();
}

Outcome first_request(Work work, const MessageIn& command) {
  const Message& message = command.message;
  const Did& from = command.from.caller.did;
  const Bytes by_peer = process_of_peer_key("T", from, message.consumer_pid.value);
  if (const auto own_pid = work.known.row(Table::process_of_peer, by_peer))
    return asked_before(std::move(work), *own_pid, command);
  OUTCOME_TRY(const auto agreement,
              read<AgreementRecord>(work.known, Table::agreement,
                                    agreement_key(Role::provider, message.agreement_id)));
  if (!work.known.complete()) return work.needs();
  if (!agreement || agreement->peer != from || agreement->role != Role::provider)
    return failed(Code::not_found, "there is no such agreement");
  OUTCOME_TRY(const auto negotiation,
              read<NegotiationRecord>(work.known, Table::negotiation, agreement->negotiation));
  auto t = requested(work, command, *agreement);
  auto around = look_around(work, t, TransferState::requested);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  const bool stream = !agreement->stream.empty();
  if (auto good = check_agreement(work, command, *agreement, negotiation); !good)
    return good.error();
  if (auto good = check_format(command, stream); !good) return good.error();
  if (stream ? !around->stream : !around->dataset)
    return failed(Code::not_found, "what the agreement is about is not offered any more");
  if (!same_origin(t.callback, command.from.dsp_url))
    return failed(Code::invalid, "callbackAddress is not where the sender is known to be");

  enter(work, t, TransferState::requested);
  remember_accepted(t, command, state_name(t.state));
  add_history(t.history, work.now, "TransferRequestMessage received", state_name(t.state));
  work.decision.reply = {201, transfer_ack(t), {}};
  work.decision.write(Table::process_of_peer, by_peer, t.own_pid());
  work.decision.write(Table::process_of_peer, transfer_of_agreement_key(t.agreement, t.own_pid()), {});
  write_alias(work, t.consumer_pid.value, "transfer", t.own_pid());
  if (auto good = go_on(work, t, *around); !good) return good.error();
  write(work, t);
  return work.done();
}

void take_address(TransferRecord& t, const Message& message) {
  if (!message.data_address) return;
  t.endpoint = message.data_address->endpoint;
  t.endpoint_type = message.data_address->endpoint_type;
  t.token = message.data_address->header();
  t.resuming = false;
}

// A pull cannot start without the address to pull from (DSP 2025-1 §9.3.2).
Result<> check_start(const TransferRecord& t, const Message& message) {
  const bool due = message.type == MessageType::transfer_start && t.role == Role::consumer && t.pull();
  if (!due || (message.data_address && !(message.data_address->endpoint.empty()))) return {};
  return fail(Code::invalid, "a pull is started without a dataAddress with an endpoint");
}

// What a message that the machine allows means for us.
Result<> take(Work& work, TransferRecord& t, const Message& message, const Around& around,
              TransferState before) {
  const std::string why =
      message.reason.empty() ? message.code : message.reason.front();
  t.history.back().why = why;
  auto content = process_content(t);
  if (!why.empty()) content.set("reason", why).set("byPeer", true);
  switch (t.state) {
    case TransferState::started:
      state_event(work, EventType::started, t.own_pid(), std::move(content));
      // The side that gives the address gives a new one when the other resumes (dsp.md 1.6).
      if (before == TransferState::suspended && gives_address(t)) return readdress(work, t, around);
      reopen_stream(work, t, around.stream);
      take_address(t, message);
      return {};
    case TransferState::suspended:
      state_event(work, EventType::suspended, t.own_pid(), std::move(content));
      close_transfer(work, t, around.stream);
      return {};
    case TransferState::completed:
    case TransferState::terminated:
      state_event(work,
                  t.state == TransferState::completed ? EventType::completed : EventType::terminated,
                  t.own_pid(), std::move(content));
      close_transfer(work, t, around.stream);
      if (t.state == TransferState::completed && around.exchange)
        document_fetched(work, *around.dataset, *around.exchange);
      if (t.state == TransferState::terminated)
        fetch_failed(work, around.fetch, "the provider ended the transfer: " + why);
      return {};
    default: return {};
  }
}

// The address that was still to come after we resumed; legal in STARTED then, and only then.
Outcome new_address(Work work, const MessageIn& command, TransferRecord t) {
  auto around = look_around(work, t, t.state);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  take_address(t, command.message);
  remember_accepted(t, command, state_name(t.state));
  add_history(t.history, work.now, "TransferStartMessage received, with a new address",
              state_name(t.state));
  begin_flow(work, t, *around);
  work.decision.reply = {200, transfer_ack(t), {}};
  write(work, t);
  return work.done();
}

}  // namespace

Outcome receive_transfer(Work work, const MessageIn& command) {
  if (command.pid.empty()) return first_request(std::move(work), command);
  const Message& message = command.message;
  OUTCOME_TRY(auto found, read<TransferRecord>(work.known, Table::transfer, command.pid));
  if (!work.known.complete()) return work.needs();
  if (!found || found->peer != command.from.caller.did)
    return failed(Code::not_found, "there is no such transfer process");
  TransferRecord& t = *found;
  // A consumer learns the provider's pid from the answer to its request, or here, if that was late.
  if (t.provider_pid.empty()) t.provider_pid = message.provider_pid;
  if (auto good = check_pids(t, message); !good) return good.error();

  const Role sender = other(t.role);
  auto next = after(t.state, sender, message);
  const bool overtook = !next && t.pending != TransferState::none;
  if (overtook) next = after(t.pending, sender, message);
  const View state_now = state_name(overtook && next ? t.pending : t.state);
  const bool still_there = !t.accepted.empty() && (t.accepted.back().state == state_now || !next);
  OUTCOME_TRY(const AcceptedMessage* duplicate, duplicate_of(t, command, still_there));
  if (duplicate != nullptr) {
    auto ack = transfer_ack(t);
    ack.set("state", duplicate->state);
    work.decision.reply = {200, std::move(ack), {}};
    return work.done();
  }
  if (!next && t.resuming && t.state == TransferState::started &&
      message.type == MessageType::transfer_start && message.data_address)
    return new_address(std::move(work), command, std::move(t));
  if (!next)
    return failed(Code::invalid,
                  std::string(binding(message.type).name) + " is not allowed in state " +
                      std::string(state_name(t.state)),
                  "look at the state of the transfer and continue from there");
  if (auto good = check_start(t, message); !good) return good.error();
  auto around = look_around(work, t, *next);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();

  if (overtook) enter(work, t, t.pending);
  const TransferState before = t.state;
  enter(work, t, *next);
  remember_accepted(t, command, state_name(t.state));
  add_history(t.history, work.now, std::string(binding(message.type).name) + " received",
              state_name(t.state));
  work.decision.reply = {200, transfer_ack(t), {}};
  if (auto good = take(work, t, message, *around, before); !good) return good.error();
  if (auto good = go_on(work, t, *around); !good) return good.error();
  write(work, t);
  return work.done();
}

}  // namespace corridor::exchange
