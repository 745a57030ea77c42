// SPDX-License-Identifier: Apache-2.0
#include "exchange/steps.h"

#include "crypto/crypto.h"

namespace corridor::exchange {

namespace {

// Numbered with leading zeros, so that ids of one process sort as they were made.
std::string next_message_id(ProcessRecord& process) {
  std::string number = std::to_string(++process.sent);
  number.insert(0, 6 - std::min<std::size_t>(6, number.size()), '0');
  return process.own_pid() + "#" + number;
}

const std::string& peer_pid(const ProcessRecord& process) {
  return process.role == Role::provider ? process.consumer_pid.value : process.provider_pid.value;
}

std::string message_url(const ProcessRecord& process, const Message& message) {
  const Binding& row = binding(message.type);
  if (message.initial) return process.callback + std::string(row.initial);
  return process.callback + (row.negotiation ? "/negotiations/" : "/transfers/") +
         percent_encode(peer_pid(process)) + std::string(row.suffix);
}

void put_on_its_way(Work& work, ProcessRecord& process, Message message) {
  Outgoing out;
  out.id = next_message_id(process);
  out.process = process.own_pid();
  message.id = work.uuid(out.id);
  if (message.initial) {
    message.callback_address = work.self.dsp_url;
    // The peer has no pid yet.
    (process.role == Role::provider ? message.consumer_pid.value : message.provider_pid.value).clear();
  }
  out.peer = process.peer;
  out.url = message_url(process, message);
  out.body = write_message(message);
  out.body_sha256 = crypto::sha256(out.body);
  out.what = binding(message.type).name;
  if (!message.event_type.empty()) out.what += " " + message.event_type;
  out.deadline = process.deadline;
  process.in_flight = out.id;
  work.decision.outgoing.push_back(std::move(out));
}

Message addressed(const ProcessRecord& process, Message message) {
  message.provider_pid = process.provider_pid;
  message.consumer_pid = process.consumer_pid;
  return message;
}

template <class Record, class State>
void send_message(Work& work, Record& process, Message message, State pending) {
  message = addressed(process, std::move(message));
  put_on_its_way(work, process, std::move(message));
  process.pending = pending;
  add_history(process.history, work.now, work.decision.outgoing.back().what + " sent",
              state_name(process.state));
}

}  // namespace

std::string Work::uuid(View label) const { return crypto::uuid_urn(seed, label); }

void add_history(std::vector<HistoryLine>& history, Time at, std::string what, std::string_view state,
                 std::string why) {
  if (history.size() >= kHistoryMax) history.erase(history.begin() + 1);
  history.push_back({at, std::move(what), std::string(state), std::move(why)});
}

void state_event(Work& work, EventType type, const std::string& subject, json::Value content) {
  work.decision.events.push_back({type, subject, std::move(content)});
}

std::string refusal_of(const Report& report) {
  if (!report.valid()) return "the document has fatal findings";
  return "the document has findings for which " + report.profile + " refuses it";
}

std::string reasons_text(const rights::Decision& decision) {
  std::string text;
  for (const auto& reason : decision.reasons) {
    if (!text.empty()) text += "; ";
    text += reason.sentence;
  }
  return text;
}

void state_decision(Work& work, const std::string& subject, std::string_view deciding,
                    const rights::Decision& decision, const Digest& policy_sha256) {
  auto content = decision_json(decision, policy_sha256);
  content.set("deciding", deciding);
  state_event(work, EventType::decision, subject, std::move(content));
}

json::Value decision_json(const rights::Decision& decision, const Digest& policy_sha256) {
  auto reasons = json::Value::array();
  for (const auto& reason : decision.reasons) reasons.push(reason.sentence);
  return json::Value::object({{"outcome", rights::outcome_name(decision.outcome)},
                              {"policySha256", hex(policy_sha256.view())},
                              {"reasons", std::move(reasons)}});
}

Result<rights::Decision> decide_use(const Work& work, const json::Value& terms, const Did& assigner,
                                    const Did& assignee, std::string_view purpose) {
  TRY_ASSIGN(const rights::Policy policy, rights::read_policy(terms));
  rights::Request request;
  request.action = "use";
  request.target = policy.target();
  request.assigner = assigner;
  request.assignee = assignee;
  request.now = work.now;
  request.purpose = purpose;
  return rights::decide(policy, request);
}

Result<Digest> terms_digest(const json::Value& terms) {
  TRY_ASSIGN(const rights::Policy policy, rights::read_policy(terms));
  return policy.digest();
}

void state_choice(Work& work, const std::string& subject, std::string_view outcome,
                  std::string_view reason) {
  state_event(work, EventType::decision, subject,
              json::Value::object({{"deciding", "offer"},
                                   {"outcome", outcome},
                                   {"reasons", json::Value::array({reason})}}));
}

void write_alias(Work& work, View id, std::string_view what, View target) {
  work.decision.write(Table::alias, Bytes(id), key_of({what, target}));
}

void notice(Work& work, std::string type, std::string subject, json::Value data) {
  work.decision.notices.push_back({std::move(type), std::move(subject), std::move(data)});
}

void set_timer(Work& work, Time at, std::string what, std::string subject) {
  work.decision.timers.push_back({at, std::move(what), std::move(subject)});
}

void clear_timer(Work& work, Time at, View what, View subject) {
  work.decision.erase(Table::timer, timer_key(at, what, subject));
}

Bytes timer_key(Time at, View what, View subject) {
  Bytes key;
  append_u64_be(key, static_cast<std::uint64_t>(at.ms));
  return key + key_of({"", what, subject});
}

void send(Work& work, NegotiationRecord& negotiation, Message message, NegotiationState pending) {
  send_message(work, negotiation, std::move(message), pending);
}

void send(Work& work, TransferRecord& transfer, Message message, TransferState pending) {
  send_message(work, transfer, std::move(message), pending);
}

void write(Work& work, const NegotiationRecord& negotiation) {
  work.decision.write(Table::negotiation, negotiation.own_pid(), to_bytes(negotiation));
}

void write(Work& work, const TransferRecord& transfer) {
  work.decision.write(Table::transfer, transfer.own_pid(), to_bytes(transfer));
}

void write(Work& work, const ExchangeRecord& exchange) {
  work.decision.write(Table::exchange, exchange.id.value, to_bytes(exchange));
}

void write(Work& work, const StreamRecord& stream, View key) {
  work.decision.write(Table::stream, Bytes(key), to_bytes(stream));
}

bool same_origin(View url, View home) {
  const auto origin = [](View text) {
    const std::size_t scheme = text.find("://");
    if (scheme == View::npos) return View{};
    const std::size_t end = text.find_first_of("/?#", scheme + 3);
    return text.substr(0, end);
  };
  const View a = origin(url);
  return !a.empty() && a.find('@') == View::npos && a == origin(home);
}

bool same_host(View url, View home) {
  const auto host = [](View text) {
    const std::size_t scheme = text.find("://");
    if (scheme == View::npos) return View{};
    const View rest = text.substr(scheme + 3);
    const View authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::size_t colon = authority.rfind(':');
    return colon == View::npos || authority.ends_with(']') ? authority : authority.substr(0, colon);
  };
  const View a = host(url);
  return !a.empty() && a.find('@') == View::npos && a == host(home);
}

Result<const AcceptedMessage*> duplicate_of(const ProcessRecord& process, const MessageIn& command,
                                            bool still_there) {
  for (const auto& accepted : process.accepted) {
    if (command.message.id.empty() || accepted.id != command.message.id) continue;
    if (accepted.sha256 == command.sha256) return &accepted;
    return fail(Code::invalid, "the message id " + command.message.id +
                                   " was used before for another message",
                "send a new message under a new @id");
  }
  const bool same_as_last =
      !process.accepted.empty() && process.accepted.back().sha256 == command.sha256;
  return same_as_last && still_there ? &process.accepted.back() : nullptr;
}

Result<> check_pids(const ProcessRecord& process, const Message& message) {
  if (message.provider_pid == process.provider_pid && message.consumer_pid == process.consumer_pid)
    return {};
  return fail(Code::invalid, "the message names other pids than the process it was sent to",
              "send providerPid and consumerPid as they were agreed on");
}

void remember_accepted(ProcessRecord& process, const MessageIn& command, std::string_view state) {
  if (process.accepted.size() >= kAcceptedMax) process.accepted.erase(process.accepted.begin());
  process.accepted.push_back({command.message.id, command.sha256, std::string(state)});
}

std::string_view command_name(const Command& command) {
  // table: in the order of Command
  constexpr std::array<std::string_view, std::variant_size_v<Command>> kNames{
      "send",           "start-negotiation", "start-transfer",     "move",
      "start-fetch",    "put-dataset",       "attach-data",        "remove-dataset",
      "import-agreement", "end-agreement",   "put-peer",           "remove-peer",
      "set-peer",       "answer",            "put-instructions",   "remove-instruction",
      "put-invite",     "message",           "document",           "partner-answer",
      "join",           "answered",          "flow-ended",         "timer"};
  return kNames[command.index()];
}

Outcome step(const Self& self, const Command& command, Known& known, Time now, const Seed& seed) {
  Work work{self, known, now, seed, {}};
  struct Dispatch {
    Work work;
    Outcome operator()(const SendDocument& c) { return send_document(std::move(work), c); }
    Outcome operator()(const StartNegotiation& c) { return start_negotiation(std::move(work), c); }
    Outcome operator()(const StartTransfer& c) { return start_transfer(std::move(work), c); }
    Outcome operator()(const MakeMove& c) { return move_by_hand(std::move(work), c); }
    Outcome operator()(const StartFetch& c) { return start_fetch(std::move(work), c); }
    Outcome operator()(const PutDataset& c) { return put_dataset(std::move(work), c); }
    Outcome operator()(const AttachData& c) { return attach_data(std::move(work), c); }
    Outcome operator()(const RemoveDataset& c) { return remove_dataset(std::move(work), c); }
    Outcome operator()(const ImportAgreement& c) { return import_agreement(std::move(work), c); }
    Outcome operator()(const EndAgreement& c) { return end_agreement(std::move(work), c); }
    Outcome operator()(const PutPeer& c) { return put_peer(std::move(work), c); }
    Outcome operator()(const RemovePeer& c) { return remove_peer(std::move(work), c); }
    Outcome operator()(const SetPeer& c) { return set_peer(std::move(work), c); }
    Outcome operator()(const GiveAnswer& c) { return give_answer(std::move(work), c); }
    Outcome operator()(const AnswerIn& c) { return take_answer(std::move(work), c); }
    Outcome operator()(const PutInstructions& c) { return put_instructions(std::move(work), c); }
    Outcome operator()(const RemoveInstruction& c) { return remove_instruction(std::move(work), c); }
    Outcome operator()(const PutInvite& c) { return put_invite(std::move(work), c); }
    Outcome operator()(const MessageIn& c) {
      return binding(c.message.type).negotiation ? receive_negotiation(std::move(work), c)
                                                 : receive_transfer(std::move(work), c);
    }
    Outcome operator()(const DocumentIn& c) { return receive_document(std::move(work), c); }
    Outcome operator()(const JoinIn& c) { return join(std::move(work), c); }
    Outcome operator()(const Answered& c) { return answered(std::move(work), c); }
    Outcome operator()(const FlowEnded& c) { return flow_ended(std::move(work), c); }
    Outcome operator()(const TimerDue& c) { return timer_due(std::move(work), c); }
  };
  return std::visit(Dispatch{std::move(work)}, command);
}

}  // namespace corridor::exchange
