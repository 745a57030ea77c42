// SPDX-License-Identifier: Apache-2.0
//
// What follows when a message of ours has been answered (or never will be), and when a time has
// come. A state is reached when the counterparty acknowledged (DSP 2025-1 §7.2).
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

std::string refusal(const Answered& answer) {
  return answer.what + " was refused" +
         (answer.status != 0 ? " with " + std::to_string(answer.status) : std::string()) +
         (answer.reason.empty() ? "" : ": " + answer.reason);
}

// The answer to an initial message names the pid that the peer has minted.
template <class Pid>
void learn_pid(Pid& pid, const Answered& answer, std::string_view member) {
  const std::string_view said = answer.body.text_or(member);
  if (pid.empty() && !said.empty() && check_id(said, member)) pid = Pid(std::string(said));
}

// The peer knows the process and is in a state that it can be told the end of.
bool can_be_told(const ProcessRecord& process, const Answered& answer) {
  return answer.status == 400 && !process.consumer_pid.empty() && !process.provider_pid.empty();
}

// The peer will not take what we said, so the two sides disagree and it must end (§7.2.1).
void ended_by_refusal(Work& work, NegotiationRecord& n, const Answered& answer, const Around& around) {
  if (can_be_told(n, answer)) {
    terminate(work, n, "refused", refusal(answer));
    return fetch_failed(work, around.fetch, refusal(answer));
  }
  enter(work, n, NegotiationState::terminated);
  add_history(n.history, work.now, "ended", state_name(n.state), refusal(answer));
  state_event(work, EventType::terminated, n.own_pid(),
              json::Value::object({{"peer", n.peer.value},
                                   {"code", answer.code},
                                   {"reason", refusal(answer)}}));
  clear_timer(work, n.deadline, "deadline", n.own_pid());
  release(work, n);
  fetch_failed(work, around.fetch, refusal(answer));
}

void ended_by_refusal(Work& work, TransferRecord& t, const Answered& answer, const Around& around) {
  if (can_be_told(t, answer)) {
    terminate(work, t, "refused", refusal(answer), around.stream);
    return fetch_failed(work, around.fetch, refusal(answer));
  }
  enter(work, t, TransferState::terminated);
  add_history(t.history, work.now, "ended", state_name(t.state), refusal(answer));
  auto content = process_content(t);
  content.set("code", answer.code).set("reason", refusal(answer));
  state_event(work, EventType::terminated, t.own_pid(), std::move(content));
  close_transfer(work, t, around.stream);
  fetch_failed(work, around.fetch, refusal(answer));
}

void arrived(Work& work, NegotiationRecord& n, const Around&) {
  if (n.state == NegotiationState::finalized) clear_timer(work, n.deadline, "deadline", n.own_pid());
}

void arrived(Work& work, TransferRecord& t, const Around& around) {
  if (t.state == TransferState::started) reopen_stream(work, t, around.stream);
  if (t.state == TransferState::completed && around.exchange)
    document_fetched(work, *around.dataset, *around.exchange);
}

template <class Record>
void learn_pids(Work& work, Record& process, const Answered& answer, View what) {
  const bool provider = process.role == Role::provider;
  const bool new_pid = provider ? process.consumer_pid.empty() : process.provider_pid.empty();
  if (!new_pid) return;
  learn_pid(process.consumer_pid, answer, "consumerPid");
  learn_pid(process.provider_pid, answer, "providerPid");
  const std::string& theirs = provider ? process.consumer_pid.value : process.provider_pid.value;
  if (!theirs.empty()) write_alias(work, theirs, what, process.own_pid());
}

template <class Record, class State>
Outcome process_answered(Work& work, const Answered& answer, Record process, State terminated,
                         View what) {
  if (process.in_flight != answer.message) return work.done();
  process.in_flight.clear();
  const bool waited = process.pending != State::none;
  // Both may say the same at once (two suspensions that cross): a refusal of what the peer's own
  // message has brought about already is no disagreement.
  const bool ends = !answer.accepted && waited && !is_final(process.state);
  auto around = look_around(work, process, ends ? terminated : waited ? process.pending : process.state);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  if (answer.accepted) {
    learn_pids(work, process, answer, what);
    if (waited) enter(work, process, process.pending);
    add_history(process.history, work.now, answer.what + " acknowledged", state_name(process.state));
    if (waited) {
      arrived(work, process, *around);
      if (auto good = go_on(work, process, *around); !good) return good.error();
    }
  } else if (ends) {
    ended_by_refusal(work, process, answer, *around);
  } else {
    add_history(process.history, work.now, refusal(answer), state_name(process.state));
  }
  write(work, process);
  return work.done();
}

void keep_proof(Work& work, const Answered& answer, const ExchangeRecord& exchange,
                bool document_known) {
  ReceiptRecord receipt;
  receipt.proof = answer.proof;
  receipt.peer_did_document = answer.peer_did_document_sha256;
  work.decision.write(Table::receipt, exchange.id.value, to_bytes(receipt));
  work.decision.write(Table::unlogged, key_of({exchange.peer.value, exchange.id.value}), {});
  if (!document_known)
    work.decision.write(Table::did_document, Bytes(answer.peer_did_document_sha256.view()),
                        answer.peer_did_document);
}

Outcome document_answered(Work& work, const Answered& answer, ExchangeRecord exchange) {
  if (exchange.state != ExchangeState::sending) return work.done();
  const bool proven = answer.accepted || answer.refused;
  bool document_known = true;
  if (proven)
    document_known =
        work.known.row(Table::did_document, answer.peer_did_document_sha256.view()).has_value();
  // An inbox that is gone ends the standing agreement: the next document negotiates a new one.
  const bool gone = !proven && (answer.status == 404 || answer.status == 409 || answer.status == 410);
  std::optional<StreamRecord> stream;
  if (gone) {
    OUTCOME_TRY(stream, read<StreamRecord>(work.known, Table::stream, exchange.stream));
  }
  if (!work.known.complete()) return work.needs();
  exchange.peer_exchange = answer.body.text_or("exchange");
  if (!exchange.peer_exchange.empty())
    write_alias(work, exchange.peer_exchange, "exchange", exchange.id.value);
  if (const json::Value* const report = answer.body.find("report"); report && report->is_object())
    exchange.peer_report = *report;
  if (answer.accepted) {
    exchange.state = ExchangeState::answered;
    exchange.level = ReceiptLevel::answered;
    exchange.settled = work.now;
    add_history(exchange.history, work.now, "signed RECEIVE arrived", state_name(exchange.state));
    notice(work, "exchange.answered", exchange.id.value,
           json::Value::object({{"to", exchange.peer.value}, {"kind", exchange.kind}}));
  } else {
    refuse_exchange(work, exchange, answer.refused ? ExchangeState::refused : ExchangeState::failed,
                    answer.code, answer.reason);
    if (answer.refused) exchange.level = ReceiptLevel::answered;
  }
  if (proven) keep_proof(work, answer, exchange, document_known);
  if (gone && stream && stream->state == StreamState::open) {
    stream->state = StreamState::none;
    write(work, *stream, exchange.stream);
  }
  clear_timer(work, exchange.deadline, "deadline", exchange.id.value);
  write(work, exchange);
  return work.done();
}

void end_negotiation(Work& work, NegotiationRecord& n) {
  enter(work, n, NegotiationState::terminated);
  add_history(n.history, work.now, "ended", state_name(n.state), "its time ran out");
  state_event(work, EventType::expire, n.own_pid(),
              json::Value::object({{"peer", n.peer.value}, {"deadline", iso8601(n.deadline)}}));
  release(work, n);
  write(work, n);
}

Outcome deadline(Work& work, const TimerDue& timer) {
  OUTCOME_TRY(auto exchange, read<ExchangeRecord>(work.known, Table::exchange, timer.subject));
  OUTCOME_TRY(auto n, read<NegotiationRecord>(work.known, Table::negotiation, timer.subject));
  if (!work.known.complete()) return work.needs();
  if (n && !is_final(n->state)) end_negotiation(work, *n);
  const bool offered = exchange && exchange->state == ExchangeState::offered;
  const bool open = offered || (exchange && (exchange->state == ExchangeState::waiting ||
                                             exchange->state == ExchangeState::sending));
  if (open) {
    if (exchange->state == ExchangeState::waiting)
      work.decision.erase(Table::waiting, waiting_key(exchange->stream, exchange->id.value));
    if (offered) work.decision.erase(Table::dataset, "urn:corridor:document:" + exchange->id.value);
    if (!exchange->message.empty()) work.decision.settled.push_back(exchange->message);
    refuse_exchange(work, *exchange, ExchangeState::failed, "deadline",
                    "the counterparty did not answer before " + iso8601(exchange->deadline));
    state_event(work, EventType::expire, exchange->id.value,
                json::Value::object({{"to", exchange->peer.value},
                                     {"payloadSha256", hex(exchange->sha256.view())},
                                     {"deadline", iso8601(exchange->deadline)}}));
    write(work, *exchange);
  }
  return work.done();
}

}  // namespace

Outcome answered(Work work, const Answered& command) {
  work.decision.settled.push_back(command.message);
  OUTCOME_TRY(auto exchange, read<ExchangeRecord>(work.known, Table::exchange, command.process));
  OUTCOME_TRY(auto n, read<NegotiationRecord>(work.known, Table::negotiation, command.process));
  OUTCOME_TRY(auto t, read<TransferRecord>(work.known, Table::transfer, command.process));
  if (!work.known.complete()) return work.needs();
  if (exchange && command.what == kAnswerMessage)
    return answer_delivered(std::move(work), command, std::move(*exchange));
  if (exchange) return document_answered(work, command, std::move(*exchange));
  if (n)
    return process_answered(work, command, std::move(*n), NegotiationState::terminated, "negotiation");
  if (t) return process_answered(work, command, std::move(*t), TransferState::terminated, "transfer");
  return work.done();
}

Outcome timer_due(Work work, const TimerDue& timer) {
  work.decision.erase(Table::timer, timer.key);
  if (timer.what == "flush") return flush_stream(std::move(work), timer.subject);
  if (timer.what == "release") return end_waiting(std::move(work), timer.subject);
  if (timer.what == "instruction") return planned_move(std::move(work), timer.subject);
  return deadline(work, timer);
}

}  // namespace corridor::exchange
