// SPDX-License-Identifier: Apache-2.0
#include "engine/log_commands.h"

#include "exchange/records.h"

#include <algorithm>
#include <map>

namespace corridor::engine {

Outcome step(const CheckpointMade& command, Known& known) {
  const auto row = known.row(Table::log, "checkpoint");
  if (!known.complete()) return known.needs();
  std::uint64_t size = 0;
  if (row) {
    auto record = from_bytes<CheckpointRecord>(*row);
    if (!record) return record.error();
    size = record->size;
  }
  // Never two roots for one size, never a smaller size: only the expected successor is taken.
  if (size != command.size_before || command.checkpoint.size <= size)
    return Error{Code::conflict, "the log has moved on since this checkpoint was made", {}};
  Decision decision;
  decision.write(Table::log, "checkpoint", to_bytes(command.checkpoint));
  for (std::uint64_t index = command.bundled_from; index < command.bundled_to; ++index) {
    Bytes key;
    append_u64_be(key, index);
    decision.erase(Table::leaf, std::move(key));
  }
  return decision;
}

namespace {

struct Placed {
  exchange::ExchangeRecord exchange;
  exchange::ReceiptRecord receipt;

  void place(const ReceiptsLogged::Entry& entry, Time now) {
    if (entry.answer > 0) {
      if (entry.answer <= receipt.answers.size())
        receipt.answers[entry.answer - 1].logged = entry.logged;
      return;
    }
    receipt.logged = entry.logged;
    exchange.level = ReceiptLevel::logged;
    exchange.history.push_back(
        {now, "both logs hold the exchange", std::string(state_name(exchange.state)), {}});
  }
  [[nodiscard]] bool whole() const {
    return receipt.logged.is_object() &&
           std::ranges::all_of(receipt.answers,
                               [](const auto& answer) { return answer.logged.is_object(); });
  }
};

}  // namespace

Outcome step(const ReceiptsLogged& command, Known& known, Time now) {
  std::map<std::string, Placed> found;
  for (const auto& entry : command.entries) {
    auto at = found.find(entry.exchange);
    if (at == found.end()) {
      const auto exchange_row = known.row(Table::exchange, entry.exchange);
      const auto receipt_row = known.row(Table::receipt, entry.exchange);
      if (!exchange_row || !receipt_row) continue;
      auto exchange = from_bytes<exchange::ExchangeRecord>(*exchange_row);
      auto receipt = from_bytes<exchange::ReceiptRecord>(*receipt_row);
      if (!exchange) return exchange.error();
      if (!receipt) return receipt.error();
      at = found.emplace(entry.exchange, Placed{std::move(*exchange), std::move(*receipt)}).first;
    }
    at->second.place(entry, now);
  }
  if (!known.complete()) return known.needs();
  Decision decision;
  auto open = json::Value::array();
  for (const auto& [id, placed] : found) {
    decision.write(Table::exchange, id, to_bytes(placed.exchange));
    decision.write(Table::receipt, id, to_bytes(placed.receipt));
    if (placed.whole()) {
      decision.erase(Table::unlogged, key_of({command.peer.value, id}));
    } else {
      open.push(id);
    }
  }
  if (command.peer_checkpoint.is_object())
    decision.write(Table::peer_log, command.peer.value, json::write(command.peer_checkpoint));
  decision.reply.body = json::Value::object({{"open", std::move(open)}});
  return decision;
}

Bytes statement_key(View subject, std::uint32_t number) {
  Bytes key = key_of({subject, ""});
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>((number >> shift) & 0xff));
  return key;
}

}  // namespace corridor::engine
