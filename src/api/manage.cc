// SPDX-License-Identifier: Apache-2.0
//
// What a person may look at and decide: processes, agreements, instructions, and the whole life of
// one exchange.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

// A page of a table as {"items": [...]}; `show` makes an item of a record, null to leave it out.
template <class Record, class Show>
void list_table(Call call, Table table, Show show) {
  auto list = call.engine().reading([&](const engine::Rows& rows) -> Result<json::Value> {
    auto items = json::Value::array();
    Bytes after(call.query_or("after"));
    TRY_ASSIGN(const auto page, rows.scan({table, {}, after, limits::kScanRowsMax}));
    for (const auto& row : page) {
      TRY_ASSIGN(const auto record, from_bytes<Record>(row.value));
      auto item = show(record);
      if (item.is_object()) items.push(std::move(item));
    }
    auto body = json::Value::object({{"items", std::move(items)}});
    if (page.size() == limits::kScanRowsMax) body.set("next", page.back().key);
    return body;
  });
  if (!list) return call.fail(list.error());
  call.answer(200, *list);
}

void submit(Call call, exchange::Command command) {
  engine::Engine& engine = call.engine();
  engine.submit(std::move(command), [call = std::move(call)](Result<engine::Committed> done) mutable {
    call.answer(std::move(done));
  });
}

json::Value history_json(const std::vector<exchange::HistoryLine>& history) {
  auto lines = json::Value::array();
  for (const auto& line : history) {
    auto item = json::Value::object(
        {{"at", iso8601(line.at)}, {"what", line.what}, {"state", line.state}});
    if (!line.why.empty()) item.set("why", line.why);
    lines.push(std::move(item));
  }
  return lines;
}

json::Value negotiation_json(const exchange::NegotiationRecord& record) {
  auto body = json::Value::object({{"id", record.own_pid()},
                                   {"role", exchange::role_name(record.role)},
                                   {"peer", record.peer.value},
                                   {"kind", record.kind},
                                   {"state", state_name(record.state)},
                                   {"held", record.held},
                                   {"since", iso8601(record.since)}});
  if (record.pending != exchange::NegotiationState::none)
    body.set("pending", state_name(record.pending));
  if (record.held) body.set("why", record.held_why);
  if (!record.agreement.empty()) body.set("agreement", record.agreement.value);
  body.set("terms", record.terms);
  return body;
}

json::Value transfer_json(const exchange::TransferRecord& record) {
  return json::Value::object({{"id", record.own_pid()},
                              {"role", exchange::role_name(record.role)},
                              {"peer", record.peer.value},
                              {"kind", record.kind},
                              {"state", state_name(record.state)},
                              {"agreement", record.agreement.value},
                              {"since", iso8601(record.since)}});
}

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

void manage_negotiations(Call call) {
  list_table<exchange::NegotiationRecord>(std::move(call), Table::negotiation, negotiation_json);
}

void manage_agreements(Call call) {
  list_table<exchange::AgreementRecord>(
      std::move(call), Table::agreement, [](const exchange::AgreementRecord& record) {
        return json::Value::object({{"id", record.id.value},
                                    {"peer", record.peer.value},
                                    {"role", exchange::role_name(record.role)},
                                    {"kind", record.kind},
                                    {"sha256", hex(record.sha256.view())},
                                    {"since", iso8601(record.since)},
                                    {"negotiation", record.negotiation},
                                    {"agreement", record.agreement}});
      });
}

namespace {

Result<std::string> reason_of(const Call& call) {
  if (call.request.body.empty()) return std::string();
  TRY_ASSIGN(const json::Value body, json::parse(call.request.body));
  return std::string(body.text_or("reason"));
}

}  // namespace

void manage_approve(Call call) {
  auto reason = reason_of(call);
  if (!reason) return call.fail(reason.error());
  exchange::DecideHeld command{call.params["id"], true, std::move(*reason)};
  submit(std::move(call), std::move(command));
}

void manage_terminate(Call call) {
  auto reason = reason_of(call);
  if (!reason) return call.fail(reason.error());
  exchange::TerminateProcess command{call.params["id"], std::move(*reason)};
  submit(std::move(call), std::move(command));
}

void manage_instructions(Call call) {
  list_table<exchange::InstructionRecord>(
      std::move(call), Table::instruction,
      [](const exchange::InstructionRecord& record) { return record_json(record); });
}

void manage_instruction_put(Call call) {
  auto body = json::parse(call.request.body);
  if (!body) return call.fail(body.error());
  exchange::InstructionRecord record;
  FieldReader reader(*body);
  fields(reader, record);
  if (reader.failed())
    return call.fail({Code::invalid, "the member \"" + reader.wrong() + "\" is of the wrong kind", {}});
  submit(std::move(call), exchange::PutInstruction{std::move(record)});
}

void manage_instruction_remove(Call call) {
  exchange::RemoveInstruction command{call.params["id"]};
  submit(std::move(call), std::move(command));
}

}  // namespace corridor::api
