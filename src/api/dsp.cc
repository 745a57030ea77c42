// SPDX-License-Identifier: Apache-2.0
//
// The Dataspace Protocol's routes: read and check the message, ask the engine, answer its reply.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

// Which message belongs to this route (the binding table of exchange knows the paths).
const exchange::Binding* binding_of(const Route& route) {
  const View path = route.path.substr(View("/0/dsp").size());
  for (const auto& row : exchange::bindings()) {
    const View stem = row.negotiation ? "/negotiations/:pid" : "/transfers/:pid";
    const bool later = path.starts_with(stem) && path.substr(stem.size()) == row.suffix &&
                       !row.suffix.empty();
    if (later || (!row.initial.empty() && path == row.initial)) return &row;
  }
  return nullptr;
}

template <class Record>
void show_process(Call call, Table table, View what, json::Value (*ack)(const Record&)) {
  auto found = call.engine().reading([&](const engine::Rows& rows) -> Result<Record> {
    TRY_ASSIGN(const auto row, rows.get(table, call.params["pid"]));
    const Error unknown{Code::not_found, "there is no such " + std::string(what), {}};
    if (!row) return std::unexpected(unknown);
    TRY_ASSIGN(auto record, from_bytes<Record>(*row));
    if (record.peer != call.from.caller.did) return std::unexpected(unknown);
    return record;
  });
  if (!found) return call.fail(found.error());
  call.answer(200, ack(*found));
}

// A peer may ask for a process before we have read its answer to our message: it waits for that.
template <class Record>
void get_process(Call call, Table table, View what, json::Value (*ack)(const Record&)) {
  engine::Engine& engine = call.engine();
  const std::string pid = call.params["pid"];
  engine.when_answered(pid, [call = std::move(call), table, what, ack]() mutable {
    Executor& workers = call.workers();
    workers.post_always([call = std::move(call), table, what, ack]() mutable {
      show_process<Record>(std::move(call), table, what, ack);
    });
  });
}

}  // namespace

void dsp_message(Call call) {
  const exchange::Binding* const row = binding_of(*call.route);
  CHECK(row != nullptr, call.route->path);
  auto message = exchange::read_message(call.request.body, row->type);
  if (!message) return call.fail(message.error());
  exchange::MessageIn command;
  command.from = call.from;
  if (const auto pid = call.params.find("pid"); pid != call.params.end()) command.pid = pid->second;
  // The address says whether a process begins here; a message of the other kind is out of place.
  if (command.pid.empty() != message->initial)
    return call.fail({Code::invalid,
                      message->initial ? "a message with a callbackAddress begins a process"
                                       : "a process begins with a callbackAddress",
                      "send it to the address of its kind"});
  command.sha256 = crypto::sha256(call.request.body);
  command.message = std::move(*message);
  engine::Engine& engine = call.engine();
  engine.submit_message(std::move(command), [call = std::move(call)](
                                                Result<engine::Committed> committed) mutable {
    Executor& workers = call.workers();
    workers.post_always([call = std::move(call), committed = std::move(committed)]() mutable {
      call.answer(std::move(committed));
    });
  });
}

void dsp_get_negotiation(Call call) {
  get_process<exchange::NegotiationRecord>(std::move(call), Table::negotiation, "negotiation",
                                           exchange::negotiation_ack);
}

void dsp_get_transfer(Call call) {
  get_process<exchange::TransferRecord>(std::move(call), Table::transfer, "transfer process",
                                        exchange::transfer_ack);
}

}  // namespace corridor::api
