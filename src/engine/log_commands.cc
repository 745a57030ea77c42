// SPDX-License-Identifier: Apache-2.0
#include "engine/log_commands.h"

#include "exchange/records.h"

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

Outcome step(const ReceiptsLogged& command, Known& known, Time now) {
  std::vector<std::pair<exchange::ExchangeRecord, exchange::ReceiptRecord>> found;
  for (const auto& entry : command.entries) {
    const auto exchange_row = known.row(Table::exchange, entry.exchange);
    const auto receipt_row = known.row(Table::receipt, entry.exchange);
    if (!exchange_row || !receipt_row) continue;
    auto exchange = from_bytes<exchange::ExchangeRecord>(*exchange_row);
    auto receipt = from_bytes<exchange::ReceiptRecord>(*receipt_row);
    if (!exchange) return exchange.error();
    if (!receipt) return receipt.error();
    receipt->logged = entry.logged;
    exchange->level = ReceiptLevel::logged;
    exchange->history.push_back(
        {now, "both logs hold the exchange", std::string(state_name(exchange->state)), {}});
    found.emplace_back(std::move(*exchange), std::move(*receipt));
  }
  if (!known.complete()) return known.needs();
  Decision decision;
  for (const auto& [exchange, receipt] : found) {
    decision.write(Table::exchange, exchange.id.value, to_bytes(exchange));
    decision.write(Table::receipt, exchange.id.value, to_bytes(receipt));
    decision.erase(Table::unlogged, key_of({command.peer.value, exchange.id.value}));
  }
  if (command.peer_checkpoint.is_object())
    decision.write(Table::peer_log, command.peer.value, json::write(command.peer_checkpoint));
  return decision;
}

Bytes statement_key(View subject, std::uint32_t number) {
  Bytes key = key_of({subject, ""});
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>((number >> shift) & 0xff));
  return key;
}

}  // namespace corridor::engine
