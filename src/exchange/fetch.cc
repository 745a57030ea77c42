// SPDX-License-Identifier: Apache-2.0
//
// Getting a dataset from a peer: an agreement, a transfer, the bytes, completion; one command for a
// person, each part a process of its own. And what follows when bytes have moved, or will not.
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

json::Value brief(const FetchRecord& fetch) {
  return json::Value::object({{"id", fetch.id}, {"state", state_name(fetch.state)}});
}

// One that is settled stays as it is.
bool open(const std::optional<FetchRecord>& fetch) {
  return fetch && fetch->state != FetchState::done && fetch->state != FetchState::failed;
}

}  // namespace

void write(Work& work, const FetchRecord& fetch) {
  work.decision.write(Table::fetch, fetch.id, to_bytes(fetch));
}

void fetch_failed(Work& work, std::optional<FetchRecord> fetch, std::string reason) {
  if (!open(fetch)) return;
  fetch->state = FetchState::failed;
  fetch->reason = std::move(reason);
  fetch->settled = work.now;
  notice(work, "fetch.failed", fetch->id,
         json::Value::object({{"dataset", fetch->dataset.value}, {"reason", fetch->reason}}));
  write(work, *fetch);
}

void fetch_asks(Work& work, FetchRecord fetch, const TransferRecord& t) {
  if (!open(fetch)) return;
  fetch.state = FetchState::requesting;
  fetch.agreement = t.agreement;
  fetch.transfer = t.own_pid();
  write(work, fetch);
}

void begin_flow(Work& work, const TransferRecord& t, const Around& around) {
  const bool stream = !t.stream.empty() || !kind_of_dataset(t.dataset).empty();
  if (stream || t.endpoint.empty() || t.resuming) return;
  FlowRecord flow;
  flow.transfer = t.own_pid();
  flow.endpoint = t.endpoint;
  flow.authorization = t.token;
  flow.deadline = t.deadline;
  flow.push = t.role == Role::provider;
  if (t.pull() == flow.push) return;  // the other side moves them
  if (flow.push) {
    if (!around.dataset || around.dataset->blob.empty()) return;
    flow.blob = around.dataset->blob;
    flow.media_type = around.dataset->media_type;
  } else {
    if (!open(around.fetch)) return;
    FetchRecord fetch = *around.fetch;
    fetch.state = FetchState::moving;
    fetch.transfer = t.own_pid();
    write(work, fetch);
  }
  work.decision.write(Table::flow, flow.transfer, to_bytes(flow));
}

Outcome start_fetch(Work work, const StartFetch& command) {
  OUTCOME_TRY(const auto peer, read<PeerRecord>(work.known, Table::peer, command.peer.value));
  std::optional<AgreementRecord> agreement;
  if (!command.agreement.empty()) {
    OUTCOME_TRY(agreement, read<AgreementRecord>(work.known, Table::agreement,
                                                 agreement_key(Role::consumer, command.agreement)));
  }
  if (!work.known.complete()) return work.needs();
  if (!command.agreement.empty() && (!agreement || agreement->ended))
    return failed(Code::not_found, "there is no agreement " + command.agreement.value + " in force",
                  "see them with: corridor agreement list");
  const std::string address = command.address.empty() && peer ? peer->dsp_url : command.address;
  if (address.empty())
    return failed(Code::invalid, "no protocol address is known of " + command.peer.value,
                  "add it with: corridor peer add " + command.peer.value + " --dsp URL");
  FetchRecord fetch;
  fetch.id = ordered_id(work.now, work.seed, "fetch");
  fetch.peer = command.peer;
  fetch.since = work.now;
  if (agreement) {
    fetch.state = FetchState::requesting;
    fetch.dataset = agreement->dataset;
    fetch.agreement = agreement->id;
    fetch.transfer =
        request_dataset(work, *agreement, address, std::string(kPullFormat), fetch.id).own_pid();
  } else {
    fetch.dataset = command.dataset;
    StartNegotiation negotiation;
    negotiation.peer = command.peer;
    negotiation.dataset = command.dataset;
    negotiation.offer = command.offer;
    negotiation.terms = command.terms;
    negotiation.fetch = fetch.id;
    OUTCOME_TRY(const auto n, request_offer(work, negotiation, address));
    fetch.negotiation = n.own_pid();
  }
  write(work, fetch);
  work.decision.reply = {201, brief(fetch), {}};
  return work.done();
}

Outcome flow_ended(Work work, const FlowEnded& command) {
  OUTCOME_TRY(auto t, read<TransferRecord>(work.known, Table::transfer, command.transfer));
  if (!work.known.complete()) return work.needs();
  work.decision.erase(Table::flow, command.transfer);
  if (!t || t->state != TransferState::started) return work.done();
  auto around = look_around(work, *t, t->state);
  if (!around) return around.error();
  if (!work.known.complete()) return work.needs();
  const bool moved = !command.blob.empty();
  const bool received = t->role == Role::consumer;
  if (moved && received && open(around->fetch)) {
    FetchRecord& fetch = *around->fetch;
    fetch.state = FetchState::done;
    fetch.blob = command.blob;
    fetch.sha256 = command.sha256;
    fetch.bytes = command.bytes;
    fetch.media_type = command.media_type;
    fetch.settled = work.now;
    notice(work, "fetch.done", fetch.id,
           json::Value::object({{"dataset", fetch.dataset.value},
                                {"bytes", fetch.bytes},
                                {"sha256", hex(fetch.sha256.view())}}));
    write(work, fetch);
  }
  add_history(t->history, work.now,
              moved ? (received ? "all bytes are here" : "all bytes are there") : "the bytes did not move",
              state_name(t->state), command.reason);
  // Whoever moved the bytes says that it is done; a receiver of a push waits to be told.
  const bool ours_to_end = t->pull() == received;
  if (moved && ours_to_end) {
    const Move move{Verb::complete, {}, {}, {}, std::string(kByHabit), {}};
    if (auto good = make_move(work, *t, move, *around); !good)
      hold(work, *t, state_name(t->state), good.error().why);
  } else if (!moved) {
    terminate(work, *t, command.code.empty() ? "transfer" : command.code, command.reason,
              around->stream);
    fetch_failed(work, around->fetch, command.reason);
  }
  work.decision.reply.body =
      json::Value::object({{"id", t->own_pid()}, {"state", state_name(t->state)}});
  write(work, *t);
  return work.done();
}

}  // namespace corridor::exchange
