// SPDX-License-Identifier: Apache-2.0
//
// Transfer processes of streams: the receiver (consumer) asks once, naming its inbox as the data
// address; the process then stays STARTED and every document is one push (DSP 2025-1 §9, §10).
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

constexpr std::string_view kPushFormat = "HttpData-PUSH";
constexpr std::string_view kEndpointType = "https://w3id.org/idsa/v4.1/HTTP";

json::Value process_content(const TransferRecord& t) {
  return json::Value::object({{"peer", t.peer.value},
                              {"role", role_name(t.role)},
                              {"providerPid", t.provider_pid.value},
                              {"consumerPid", t.consumer_pid.value},
                              {"agreement", t.agreement.value},
                              {"kind", t.kind}});
}

Message of_type(MessageType type) {
  Message message;
  message.type = type;
  return message;
}

// The address documents will go to must be the peer's own, and carry the token for it.
Result<> check_address(const MessageIn& command) {
  const auto& address = command.message.data_address;
  if (command.message.format != kPushFormat)
    return fail(Code::invalid, "the format " + command.message.format + " is not offered",
                "ask for " + std::string(kPushFormat));
  if (!address || address->endpoint.empty() || address->authorization.empty())
    return fail(Code::invalid, "a push needs a dataAddress with endpoint and authorization");
  if (!same_origin(address->endpoint, command.from.dsp_url))
    return fail(Code::invalid, "the dataAddress is not on the host of the receiver's DID document",
                "name an endpoint of your own node");
  return {};
}

Outcome first_request(Work work, const MessageIn& command) {
  const Message& message = command.message;
  const Did& from = command.from.caller.did;
  const Bytes by_peer = process_of_peer_key("T", from, message.consumer_pid.value);
  if (const auto known_pid = work.known.row(Table::process_of_peer, by_peer)) {
    OUTCOME_TRY(const auto known, read<TransferRecord>(work.known, Table::transfer, *known_pid));
    if (!work.known.complete()) return work.needs();
    if (!known || known->agreement != message.agreement_id || known->format != message.format)
      return failed(Code::invalid, "another transfer was requested under this consumerPid before",
                    "request it under a new consumerPid");
    TransferRecord as_answered = *known;
    as_answered.state = TransferState::requested;
    work.decision.reply = {201, transfer_ack(as_answered), {}};
    return work.done();
  }
  OUTCOME_TRY(const auto agreement,
              read<AgreementRecord>(work.known, Table::agreement,
                                    agreement_key(Role::provider, message.agreement_id)));
  if (!work.known.complete()) return work.needs();
  if (!agreement || agreement->peer != from || agreement->role != Role::provider)
    return failed(Code::not_found, "there is no such agreement");
  OUTCOME_TRY(auto stream, read<StreamRecord>(work.known, Table::stream, agreement->stream));
  OUTCOME_TRY(const auto negotiation,
              read<NegotiationRecord>(work.known, Table::negotiation, agreement->negotiation));
  if (!work.known.complete()) return work.needs();
  // Our FINALIZED may still be waiting for its answer; the peer has it, or it could not ask.
  const bool in_force = negotiation && (negotiation->state == NegotiationState::finalized ||
                                        negotiation->pending == NegotiationState::finalized);
  if (agreement->ended || !stream || !in_force)
    return failed(Code::invalid, "the agreement is not in force", "negotiate a new one");
  if (auto good = check_address(command); !good) return good.error();

  TransferRecord t;
  t.role = Role::provider;
  t.peer = from;
  t.consumer_pid = message.consumer_pid;
  t.provider_pid = ProviderPid(work.uuid("providerPid"));
  t.callback = message.callback_address;
  t.stream = agreement->stream;
  t.kind = agreement->kind;
  t.agreement = agreement->id;
  t.format = message.format;
  t.endpoint = message.data_address->endpoint;
  t.token = message.data_address->authorization;
  t.state = TransferState::requested;
  t.since = work.now;
  t.deadline = work.now + limits::kProcessDeadline;
  if (!same_origin(t.callback, command.from.dsp_url))
    return failed(Code::invalid, "callbackAddress is not on the host of the receiver's DID document");
  remember_accepted(t, command, state_name(t.state));
  add_history(t.history, work.now, "TransferRequestMessage received", state_name(t.state));
  work.decision.reply = {201, transfer_ack(t), {}};
  work.decision.write(Table::process_of_peer, by_peer, t.own_pid());
  write_alias(work, t.consumer_pid.value, "transfer", t.own_pid());
  state_event(work, EventType::started, t.own_pid(), process_content(t));
  send(work, t, of_type(MessageType::transfer_start), TransferState::started);
  write(work, t);
  // What a document needs, in one row.
  stream->transfer = t.own_pid();
  stream->agreement = agreement->id;
  stream->agreement_sha256 = agreement->sha256;
  stream->agreement_terms = agreement->agreement;
  stream->endpoint = t.endpoint;
  stream->token = t.token;
  write(work, *stream, t.stream);
  return work.done();
}

void close_stream(Work& work, const TransferRecord& t, std::optional<StreamRecord> stream) {
  if (!stream || stream->transfer != t.own_pid()) return;
  stream->state = StreamState::none;
  stream->transfer.clear();
  write(work, *stream, t.stream);
  set_timer(work, work.now, "release", t.stream);
}

}  // namespace

void request_transfer(Work& work, const NegotiationRecord& negotiation) {
  TransferRecord t;
  t.role = Role::consumer;
  t.peer = negotiation.peer;
  t.consumer_pid = ConsumerPid(work.uuid("transfer"));
  t.callback = negotiation.callback;
  t.kind = negotiation.kind;
  t.agreement = negotiation.agreement;
  t.format = kPushFormat;
  t.token = base64url(crypto::derive(work.seed, "inbox token", 32));
  t.endpoint = work.self.corridor_url + "/inbox/" + percent_encode(t.consumer_pid.value);
  t.since = work.now;
  t.deadline = work.now + limits::kProcessDeadline;
  Message message = of_type(MessageType::transfer_request);
  message.initial = true;
  message.agreement_id = t.agreement;
  message.format = t.format;
  message.data_address = DataAddress{std::string(kEndpointType), t.endpoint, t.token};
  send(work, t, std::move(message), TransferState::requested);
  write(work, t);
}

Outcome receive_transfer(Work work, const MessageIn& command) {
  if (command.pid.empty()) return first_request(std::move(work), command);
  OUTCOME_TRY(auto found, read<TransferRecord>(work.known, Table::transfer, command.pid));
  if (!work.known.complete()) return work.needs();
  if (!found || found->peer != command.from.caller.did)
    return failed(Code::not_found, "there is no such transfer process");
  TransferRecord& t = *found;
  // A consumer learns the provider's pid from the answer to its request, or here, if that was late.
  if (t.provider_pid.empty()) t.provider_pid = command.message.provider_pid;
  if (auto good = check_pids(t, command.message); !good) return good.error();
  std::optional<StreamRecord> stream;
  if (!t.stream.empty()) {
    OUTCOME_TRY(stream, read<StreamRecord>(work.known, Table::stream, t.stream));
    if (!work.known.complete()) return work.needs();
  }

  const Role sender = other(t.role);
  auto next = after(t.state, sender, command.message);
  if (!next && t.pending != TransferState::none) {
    next = after(t.pending, sender, command.message);
    if (next) t.state = t.pending;
  }
  const bool still_there =
      !t.accepted.empty() && (t.accepted.back().state == state_name(t.state) || !next);
  OUTCOME_TRY(const AcceptedMessage* duplicate, duplicate_of(t, command, still_there));
  if (duplicate != nullptr) {
    auto ack = transfer_ack(t);
    ack.set("state", duplicate->state);
    work.decision.reply = {200, std::move(ack), {}};
    return work.done();
  }
  if (!next)
    return failed(Code::invalid,
                  std::string(binding(command.message.type).name) + " is not allowed in state " +
                      std::string(state_name(t.state)),
                  "look at the state of the transfer and continue from there");
  t.state = *next;
  t.pending = TransferState::none;
  remember_accepted(t, command, state_name(t.state));
  add_history(t.history, work.now,
              std::string(binding(command.message.type).name) + " received", state_name(t.state),
              command.message.reason.empty() ? "" : command.message.reason.front());
  if (t.state == TransferState::started)
    state_event(work, EventType::started, t.own_pid(), process_content(t));
  if (is_final(t.state)) {
    state_event(work, EventType::terminated, t.own_pid(), process_content(t));
    close_stream(work, t, std::move(stream));
  }
  work.decision.reply = {200, transfer_ack(t), {}};
  write(work, t);
  return work.done();
}

Outcome terminate_transfer(Work work, TransferRecord t, std::string reason) {
  if (is_final(t.state))
    return failed(Code::conflict,
                  "the transfer is " + std::string(state_name(t.state)) + " already");
  std::optional<StreamRecord> stream;
  if (!t.stream.empty()) {
    OUTCOME_TRY(stream, read<StreamRecord>(work.known, Table::stream, t.stream));
    if (!work.known.complete()) return work.needs();
  }
  if (reason.empty()) reason = "terminated by the other party";
  Message message = of_type(MessageType::transfer_termination);
  message.code = "terminated";
  message.reason.push_back(reason);
  send(work, t, std::move(message), TransferState::terminated);
  t.state = TransferState::terminated;
  t.pending = TransferState::none;
  add_history(t.history, work.now, "terminated by us", state_name(t.state), reason);
  auto content = process_content(t);
  content.set("reason", std::move(reason));
  state_event(work, EventType::terminated, t.own_pid(), std::move(content));
  close_stream(work, t, std::move(stream));
  work.decision.reply.body =
      json::Value::object({{"id", t.own_pid()}, {"state", state_name(t.state)}});
  write(work, t);
  return work.done();
}

}  // namespace corridor::exchange
