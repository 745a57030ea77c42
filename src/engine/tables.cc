// SPDX-License-Identifier: Apache-2.0
#include "engine/tables.h"

namespace corridor::engine {

namespace {

// table
constexpr std::array<TableFacts, 33> kTables{{
    {Table::meta, "meta", "name"},
    {Table::peer, "peer", "did"},
    {Table::instruction, "instruction", "id"},
    {Table::invite, "invite", "id"},
    {Table::stream, "stream", "role, peer, kind, sha256 of the terms"},
    {Table::negotiation, "negotiation", "own pid"},
    {Table::transfer, "transfer", "own pid"},
    {Table::process_of_peer, "process_of_peer", "N or T, peer, the peer's pid; A, agreement, own pid"},
    {Table::agreement, "agreement", "role, agreement id"},
    {Table::exchange, "exchange", "exchange id"},
    {Table::waiting, "waiting", "stream key, exchange id"},
    {Table::inbox, "inbox", "exchange id"},
    {Table::idempotency, "idempotency", "local or in, peer, key"},
    {Table::alias, "alias", "any other id"},
    {Table::did_document, "did_document", "sha256"},
    {Table::outbox, "outbox", "message id"},
    {Table::timer, "timer", "due time, what, subject"},
    {Table::leaf, "leaf", "index, 8 bytes big-endian"},
    {Table::leaf_index, "leaf_index", "leaf hash"},
    {Table::statement, "statement", "subject, number"},
    {Table::chain, "chain", "subject"},
    {Table::log, "log", "size or checkpoint"},
    {Table::peer_log, "peer_log", "did"},
    {Table::receipt, "receipt", "exchange id"},
    {Table::unlogged, "unlogged", "peer, exchange id"},
    {Table::dataset, "dataset", "dataset id"},
    {Table::instruction_for, "instruction_for", "N or T, state, selector, instruction id"},
    {Table::known_token, "known_token", "sha256 of an Authorization value"},
    {Table::flow, "flow", "own pid of the transfer"},
    {Table::fetch, "fetch", "fetch id"},
    {Table::subscription, "subscription", "id"},
    {Table::notice, "notice", "number, 8 bytes big-endian"},
    {Table::api_key, "api_key", "sha256 of the key"},
}};

}  // namespace

std::span<const TableFacts> tables() { return kTables; }

Bytes row_key(ParticipantNumber participant, View key) {
  Bytes spelled;
  spelled.reserve(kParticipantBytes + key.size());
  spelled.push_back(static_cast<char>(participant >> 8));
  spelled.push_back(static_cast<char>(participant & 0xff));
  spelled.append(key);
  return spelled;
}

Result<std::optional<Bytes>> Rows::get(Table table, View key) const {
  return view_.get(table_id(table), row_key(participant_, key));
}

namespace {

std::vector<KnownRow> without_participant(std::vector<store::Row> rows) {
  std::vector<KnownRow> known;
  known.reserve(rows.size());
  for (auto& row : rows) known.push_back({row.key.substr(kParticipantBytes), std::move(row.value)});
  return known;
}

}  // namespace

Result<std::vector<KnownRow>> Rows::scan(const Scan& scan) const {
  const Bytes after = scan.after.empty() ? Bytes() : row_key(participant_, scan.after);
  TRY_ASSIGN(auto rows, view_.scan(table_id(scan.table), row_key(participant_, scan.prefix), after,
                                   scan.most));
  return without_participant(std::move(rows));
}

Result<std::vector<KnownRow>> Rows::scan_back(const Scan& scan) const {
  const Bytes before = scan.after.empty() ? Bytes() : row_key(participant_, scan.after);
  TRY_ASSIGN(auto rows, view_.scan_back(table_id(scan.table), row_key(participant_, scan.prefix),
                                        before, scan.most));
  return without_participant(std::move(rows));
}

}  // namespace corridor::engine
