// SPDX-License-Identifier: Apache-2.0
//
// The node's own state, and the whole life of one exchange.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

Result<json::Value> statements_json(const engine::Rows& rows, View subject) {
  TRY_ASSIGN(const auto records, engine::statements_of(rows, subject));
  auto list = json::Value::array();
  for (const auto& record : records) {
    TRY_ASSIGN(json::Value content, json::parse(record.statement));
    auto item = json::Value::object({{"at", iso8601(record.time)},
                                     {"type", event_name(record.type)},
                                     {"leaf", record.index},
                                     {"statementSha256", hex(crypto::sha256(record.statement).view())},
                                     {"content", std::move(content)}});
    list.push(std::move(item));
  }
  return list;
}

json::Value delivery_json(const engine::Outbox& outbox, const std::string& process) {
  auto list = json::Value::array();
  for (const auto& attempt : outbox.on_its_way(process))
    list.push(json::Value::object({{"message", attempt.message},
                                   {"what", attempt.what},
                                   {"attempts", attempt.attempts},
                                   {"lastError", attempt.last_error}}));
  return list;
}

// One part of an explanation: what a thing is, what happened to it, what it stated, what is out.
template <class Record>
Result<json::Value> explain_part(const Call& call, const engine::Rows& rows, const std::string& id,
                                 const Record& record, json::Value summary) {
  summary.set("history", history_json(record.history));
  TRY_ASSIGN(auto statements, statements_json(rows, id));
  summary.set("statements", std::move(statements));
  summary.set("delivery", delivery_json(call.engine().outbox(), id));
  return summary;
}

struct Found {
  std::string what;  // exchange, negotiation, transfer
  std::string id;
};

// Any id a person may have: of an exchange, either pid, an agreement, a document's hash.
Result<Found> find_any(const engine::Rows& rows, std::string id) {
  for (int hops = 0; hops < 3; ++hops) {
    const std::array<std::pair<Table, const char*>, 3> places{
        {{Table::exchange, "exchange"}, {Table::negotiation, "negotiation"}, {Table::transfer, "transfer"}}};
    for (const auto& [table, what] : places) {
      TRY_ASSIGN(const auto row, rows.get(table, id));
      if (row) return Found{what, id};
    }
    TRY_ASSIGN(const auto alias, rows.get(Table::alias, id));
    if (!alias) break;
    id = alias->substr(alias->find('\x1f') + 1);
  }
  return fail(Code::not_found, "nothing here is known by " + id,
              "give the id of an exchange, a process or an agreement, or a document's SHA-256");
}

template <class Record>
Result<std::optional<Record>> load(const engine::Rows& rows, Table table, View id) {
  TRY_ASSIGN(const auto row, rows.get(table, id));
  if (!row) return std::optional<Record>{};
  TRY_ASSIGN(auto record, from_bytes<Record>(*row));
  return std::optional<Record>(std::move(record));
}

Result<json::Value> explain(const Call& call, const engine::Rows& rows, const std::string& asked) {
  TRY_ASSIGN(const Found found, find_any(rows, asked));
  auto body = json::Value::object({{"id", found.id}, {"what", found.what}});
  std::string transfer_id = found.what == "transfer" ? found.id : std::string();
  std::string negotiation_id = found.what == "negotiation" ? found.id : std::string();
  Bytes agreement;
  if (found.what == "exchange") {
    TRY_ASSIGN(const auto record, load<exchange::ExchangeRecord>(rows, Table::exchange, found.id));
    auto summary = record_json(*record);
    summary.remove("history");
    summary.set("state", state_name(record->state)).set("level", level_name(record->level));
    summary.set("role", record->role == exchange::Role::provider ? "sender" : "receiver");
    summary.set("since", iso8601(record->since));
    if (record->settled.ms != 0) summary.set("settled", iso8601(record->settled));
    if (record->deadline.ms != 0) summary.set("deadline", iso8601(record->deadline));
    TRY_ASSIGN(auto part, explain_part(call, rows, found.id, *record, std::move(summary)));
    body.set("exchange", std::move(part));
    transfer_id = record->transfer;
    if (!record->agreement.empty())
      agreement = exchange::agreement_key(record->role, record->agreement);
    if (transfer_id.empty() && !record->stream.empty()) {
      TRY_ASSIGN(const auto stream, load<exchange::StreamRecord>(rows, Table::stream, record->stream));
      if (stream) negotiation_id = stream->negotiation;
    }
  }
  if (!transfer_id.empty()) {
    TRY_ASSIGN(const auto record, load<exchange::TransferRecord>(rows, Table::transfer, transfer_id));
    if (record) {
      TRY_ASSIGN(auto part, explain_part(call, rows, transfer_id, *record, transfer_json(*record)));
      body.set("transfer", std::move(part));
      agreement = exchange::agreement_key(record->role, record->agreement);
    }
  }
  if (!agreement.empty()) {
    TRY_ASSIGN(const auto record,
               load<exchange::AgreementRecord>(rows, Table::agreement, agreement));
    if (record) {
      negotiation_id = record->negotiation;
      body.set("agreement", record->agreement);
    }
  }
  if (!negotiation_id.empty()) {
    TRY_ASSIGN(const auto record,
               load<exchange::NegotiationRecord>(rows, Table::negotiation, negotiation_id));
    if (record) {
      TRY_ASSIGN(auto part,
                 explain_part(call, rows, negotiation_id, *record, negotiation_json(*record)));
      body.set("negotiation", std::move(part));
    }
  }
  return body;
}

}  // namespace

void manage_status(Call call) {
  engine::Engine& engine = call.engine();
  const auto counters = engine.counters();
  auto asks = json::Value::object();
  for (const auto& [name, count] : counters.asks) asks.set(name, count);
  const auto head = engine.log().published();
  call.answer(200, json::Value::object(
                       {{"did", engine.self().did.value},
                        {"name", engine.self().name},
                        {"version", CORRIDOR_VERSION},
                        {"root", call.options().root},
                        {"data", call.options().data_folder},
                        {"now", iso8601(call.env().now())},
                        {"asks", std::move(asks)},
                        {"commits", counters.batches},
                        {"outbox", engine.outbox().size()},
                        {"log", json::Value::object({{"origin", engine.log().origin()},
                                                     {"size", head.head.size},
                                                     {"root", base64(head.head.root.view())}})}}));
}

void manage_explain(Call call) {
  auto body = call.engine().reading([&](const engine::Rows& rows) {
    return explain(call, rows, call.params["id"]);
  });
  if (!body) return call.fail(body.error());
  call.answer(200, *body);
}

}  // namespace corridor::api
