// SPDX-License-Identifier: Apache-2.0
//
// What this node says in a transfer, whoever decided it, and what that does to the bytes: an address
// with its token is given with each start and dies with suspension, completion and termination.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

Result<TransferState> allowed(const TransferRecord& t, const Message& message) {
  const auto next = after(t.state, t.role, message);
  if (!next || t.pending == TransferState::completed ||
      (t.pending != TransferState::none && *next != TransferState::terminated))
    return fail(Code::conflict,
                t.pending != TransferState::none
                    ? "a message of ours waits for its answer"
                    : std::string(binding(message.type).name) + " cannot be sent as " +
                          std::string(role_name(t.role)) + " in state " +
                          std::string(state_name(t.state)),
                "look at the transfer's state, then try the move that fits it");
  return *next;
}

std::string new_token(const Work& work, const TransferRecord& t) {
  return base64url(crypto::derive(work.seed, "data token " + std::to_string(t.step) + t.own_pid(), 32));
}

// Our own address for this transfer: where its bytes are read (pull) or put (push).
DataAddress own_address(Work& work, TransferRecord& t) {
  t.endpoint = work.self.corridor_url + "/data/" + percent_encode(t.own_pid());
  t.endpoint_type = kHttpEndpointType;
  t.token = new_token(work, t);
  return {t.endpoint_type, t.endpoint, t.token, false};
}

// The address of a dataset: ours, or where its owner said it is served.
Result<DataAddress> dataset_address(Work& work, TransferRecord& t, const Around& around) {
  const auto& dataset = around.dataset;
  if (!dataset) return fail(Code::not_found, "the dataset is not offered any more");
  if (!dataset->blob.empty()) return own_address(work, t);
  if (dataset->endpoint.empty())
    return fail(Code::conflict, "the dataset has no bytes yet",
                "add them with: corridor dataset add " + dataset->id.value + " FILE");
  t.endpoint = dataset->endpoint;
  t.endpoint_type =
      dataset->endpoint_type.empty() ? std::string(kHttpEndpointType) : dataset->endpoint_type;
  t.token = dataset->authorization;
  return DataAddress{t.endpoint_type, t.endpoint, t.token, true};
}

// What a document needs, in one row.
void open_stream(Work& work, const TransferRecord& t, const Around& around) {
  StreamRecord stream = *around.stream;
  stream.transfer = t.own_pid();
  stream.agreement = around.agreement->id;
  stream.agreement_sha256 = around.agreement->sha256;
  stream.agreement_terms = around.agreement->agreement;
  stream.endpoint = t.endpoint;
  stream.token = t.token;
  write(work, stream, t.stream);
}

Result<> start(Work& work, TransferRecord& t, const Around& around) {
  Message message = of_type(MessageType::transfer_start);
  TRY_ASSIGN(const TransferState next, allowed(t, message));
  if (t.role == Role::provider && around.agreement) {
    TRY_ASSIGN(const auto decision, decide_use(work, around.agreement->agreement, work.self.did,
                                               t.peer, {}));
    if (decision.outcome != rights::Outcome::permit)
      return fail(Code::denied, reasons_text(decision), "negotiate other terms");
  }
  if (gives_address(t)) {
    TRY_ASSIGN(message.data_address, t.role == Role::provider
                                         ? dataset_address(work, t, around)
                                         : Result<DataAddress>(own_address(work, t)));
  } else if (t.state == TransferState::suspended) {
    t.resuming = t.stream.empty();
  } else if (t.stream.empty()) {
    if (!around.dataset || around.dataset->blob.empty())
      return fail(Code::conflict, "the dataset has no bytes here to be pushed");
  }
  if (!t.stream.empty() && around.stream && around.agreement) open_stream(work, t, around);
  state_event(work, EventType::started, t.own_pid(), process_content(t));
  send(work, t, std::move(message), next);
  return {};
}

Result<> suspend(Work& work, TransferRecord& t, const Move& move, const Around& around) {
  Message message = of_type(MessageType::transfer_suspension);
  TRY_ASSIGN(const TransferState next, allowed(t, message));
  message.code = move.code.empty() ? "suspended" : move.code;
  message.reason.push_back(move.reason.empty() ? "suspended by the other party" : move.reason);
  auto content = process_content(t);
  content.set("code", message.code).set("reason", message.reason.front());
  state_event(work, EventType::suspended, t.own_pid(), std::move(content));
  // The bytes stop now; the state follows when the peer has heard of it.
  send(work, t, std::move(message), next);
  close_transfer(work, t, around.stream);
  return {};
}

Result<> complete(Work& work, TransferRecord& t, const Around& around) {
  Message message = of_type(MessageType::transfer_completion);
  TRY_ASSIGN(const TransferState next, allowed(t, message));
  state_event(work, EventType::completed, t.own_pid(), process_content(t));
  send(work, t, std::move(message), next);
  close_transfer(work, t, around.stream);
  return {};
}

void begin(Work& work, TransferRecord& t) {
  t.since = work.now;
  t.deadline = work.now + limits::kProcessDeadline;
  Message message = of_type(MessageType::transfer_request);
  message.initial = true;
  message.agreement_id = t.agreement;
  message.format = t.format;
  if (!t.endpoint.empty())
    message.data_address = DataAddress{t.endpoint_type, t.endpoint, t.token, false};
  send(work, t, std::move(message), TransferState::requested);
  work.decision.write(Table::process_of_peer, transfer_of_agreement_key(t.agreement, t.own_pid()), {});
  write(work, t);
}

}  // namespace

Verb usual_move(Role role, TransferState state) {
  if (state == TransferState::requested && role == Role::provider) return Verb::start;
  return state == TransferState::suspended ? Verb::resume : Verb::none;
}

json::Value process_content(const TransferRecord& t) {
  return json::Value::object({{"peer", t.peer.value},
                              {"role", role_name(t.role)},
                              {"providerPid", t.provider_pid.value},
                              {"consumerPid", t.consumer_pid.value},
                              {"agreement", t.agreement.value},
                              {"kind", t.kind}});
}

bool gives_address(const TransferRecord& t) {
  return t.stream.empty() && kind_of_dataset(t.dataset).empty() &&
         t.pull() == (t.role == Role::provider);
}

Result<> readdress(Work& work, TransferRecord& t, const Around& around) {
  Message message = of_type(MessageType::transfer_start);
  TRY_ASSIGN(message.data_address, t.role == Role::provider
                                       ? dataset_address(work, t, around)
                                       : Result<DataAddress>(own_address(work, t)));
  send(work, t, std::move(message), TransferState::none);
  return {};
}

Result<> make_move(Work& work, TransferRecord& t, const Move& move, const Around& around) {
  if (move.verb != Verb::hold && move.verb != Verb::ask && move.why != kByHabit)
    add_history(t.history, work.now, std::string(verb_name(move.verb)) + " " + move.why,
                state_name(t.state));
  switch (move.verb) {
    case Verb::start:
    case Verb::resume: return start(work, t, around);
    case Verb::suspend: return suspend(work, t, move, around);
    case Verb::complete: return complete(work, t, around);
    case Verb::terminate:
      TRY(allowed(t, of_type(MessageType::transfer_termination)));
      terminate(work, t, move.code.empty() ? "terminated" : move.code,
                move.reason.empty() ? "terminated by the other party" : move.reason, around.stream);
      if (around.fetch) fetch_failed(work, around.fetch, t.history.back().why);
      return {};
    case Verb::hold:
    case Verb::ask:
      hold(work, t, state_name(t.state), move.reason.empty() ? "held " + move.why : move.reason,
           move.webhook);
      return {};
    default:
      return fail(Code::invalid, "a transfer cannot " + std::string(verb_name(move.verb)),
                  "start, suspend, resume, complete, terminate or hold");
  }
}

void terminate(Work& work, TransferRecord& t, std::string code, std::string why,
               std::optional<StreamRecord> stream) {
  Message message = of_type(MessageType::transfer_termination);
  message.code = code;
  message.reason.push_back(why);
  auto content = process_content(t);
  content.set("code", std::move(code)).set("reason", why);
  state_event(work, EventType::terminated, t.own_pid(), std::move(content));
  send(work, t, std::move(message), TransferState::terminated);
  enter(work, t, TransferState::terminated);
  add_history(t.history, work.now, "terminated by us", state_name(t.state), std::move(why));
  close_transfer(work, t, std::move(stream));
}

void close_transfer(Work& work, TransferRecord& t, std::optional<StreamRecord> stream) {
  if (gives_address(t)) t.token.clear();
  t.resuming = false;
  if (t.stream.empty()) work.decision.erase(Table::flow, t.own_pid());
  const bool ends = is_final(t.state) || t.pending == TransferState::completed;
  if (ends)
    work.decision.erase(Table::process_of_peer, transfer_of_agreement_key(t.agreement, t.own_pid()));
  if (!stream || stream->transfer != t.own_pid()) return;
  if (!ends) {  // suspended: documents wait until it goes on
    stream->state = StreamState::negotiating;
    return write(work, *stream, t.stream);
  }
  stream->state = StreamState::none;
  stream->transfer.clear();
  write(work, *stream, t.stream);
  set_timer(work, work.now, "release", t.stream);
}

void reopen_stream(Work& work, const TransferRecord& t, std::optional<StreamRecord> stream) {
  if (!stream || stream->transfer != t.own_pid() || stream->state != StreamState::negotiating) return;
  stream->state = StreamState::open;
  write(work, *stream, t.stream);
  set_timer(work, work.now, "flush", t.stream);
}

void request_stream(Work& work, const NegotiationRecord& negotiation) {
  TransferRecord t;
  t.role = Role::consumer;
  t.peer = negotiation.peer;
  t.consumer_pid = ConsumerPid(work.uuid("transfer"));
  t.callback = negotiation.callback;
  t.kind = negotiation.kind;
  t.dataset = negotiation.dataset;
  t.agreement = negotiation.agreement;
  t.format = kPushFormat;
  t.token = base64url(crypto::derive(work.seed, "inbox token", 32));
  t.endpoint = work.self.corridor_url + "/inbox/" + percent_encode(t.consumer_pid.value);
  t.endpoint_type = kHttpEndpointType;
  begin(work, t);
}

TransferRecord request_dataset(Work& work, const AgreementRecord& agreement,
                               const std::string& callback, const std::string& format,
                               const std::string& fetch) {
  TransferRecord t;
  t.role = Role::consumer;
  t.peer = agreement.peer;
  t.consumer_pid = ConsumerPid(work.uuid("transfer"));
  t.callback = callback;
  t.kind = agreement.kind;
  t.dataset = agreement.dataset;
  t.agreement = agreement.id;
  t.format = format;
  t.fetch = fetch;
  if (!t.pull()) own_address(work, t);
  begin(work, t);
  return t;
}

Outcome start_transfer(Work work, const StartTransfer& command) {
  OUTCOME_TRY(const auto agreement,
              read<AgreementRecord>(work.known, Table::agreement,
                                    agreement_key(Role::consumer, command.agreement)));
  if (!work.known.complete()) return work.needs();
  if (!agreement)
    return failed(Code::not_found,
                  "there is no agreement " + command.agreement.value + " with us as its consumer",
                  "see them with: corridor agreement list");
  if (agreement->ended)
    return failed(Code::conflict, "the agreement has ended", "negotiate a new one");
  OUTCOME_TRY(const auto peer, read<PeerRecord>(work.known, Table::peer, agreement->peer.value));
  if (!work.known.complete()) return work.needs();
  const std::string address = command.address.empty() && peer ? peer->dsp_url : command.address;
  if (address.empty())
    return failed(Code::invalid, "no protocol address is known of " + agreement->peer.value,
                  "add it with: corridor peer add " + agreement->peer.value + " --dsp URL");
  // What is pushed to us has to be found again: as a fetch, though its bytes come by themselves.
  FetchRecord pushed;
  if (!command.format.ends_with("PULL")) {
    pushed.id = ordered_id(work.now, work.seed, "fetch");
    pushed.peer = agreement->peer;
    pushed.dataset = agreement->dataset;
    pushed.agreement = agreement->id;
    pushed.state = FetchState::requesting;
    pushed.since = work.now;
  }
  const TransferRecord t = request_dataset(work, *agreement, address, command.format, pushed.id);
  if (!pushed.id.empty()) {
    pushed.transfer = t.own_pid();
    write(work, pushed);
  }
  work.decision.reply = {201,
                         json::Value::object({{"id", t.own_pid()},
                                              {"state", state_name(t.state)},
                                              {"pending", state_name(t.pending)}}),
                         {}};
  return work.done();
}

}  // namespace corridor::exchange
