// SPDX-License-Identifier: Apache-2.0
//
// Sending, and looking at what was sent and what arrived.
#include "api/call.h"
#include "crypto/crypto.h"
#include "engine/sending.h"

namespace corridor::api {

namespace {

constexpr Duration kWaitMax = minutes(10);

json::Value exchange_json(const exchange::ExchangeRecord& record) {
  auto body = json::Value::object({{"exchange", record.id.value},
                                   {"role", record.role == exchange::Role::provider ? "sender" : "receiver"},
                                   {"peer", record.peer.value},
                                   {"state", state_name(record.state)},
                                   {"level", level_name(record.level)},
                                   {"kind", record.kind},
                                   {"name", record.name},
                                   {"sha256", hex(record.sha256.view())},
                                   {"bytes", record.bytes},
                                   {"since", iso8601(record.since)}});
  if (record.settled.ms != 0) body.set("settled", iso8601(record.settled));
  if (!record.agreement.empty()) body.set("agreement", record.agreement.value);
  if (!record.code.empty()) body.set("code", record.code).set("reason", record.reason);
  if (record.report.is_object()) body.set("report", record.report);
  if (record.peer_report.is_object()) body.set("peerReport", record.peer_report);
  if (!record.answers.empty()) body.set("answers", answers_json(record));
  return body;
}

// A partner by its DID, by the name it has here, or `echo`: this node itself.
Result<Did> find_partner(const engine::Engine& engine, const std::string& to) {
  if (to == "echo") return engine.self().did;
  if (to.starts_with("did:")) return Did(to);
  return engine.reading([&](const engine::Rows& rows) -> Result<Did> {
    Bytes after;
    std::optional<Did> found;
    for (;;) {
      TRY_ASSIGN(const auto page, rows.scan({Table::peer, {}, after, limits::kScanRowsMax}));
      for (const auto& row : page) {
        after = row.key;
        TRY_ASSIGN(const auto peer, from_bytes<exchange::PeerRecord>(row.value));
        if (peer.name != to) continue;
        if (found)
          return fail(Code::conflict, "two partners are called " + to, "name it by its DID");
        found = peer.did;
      }
      if (page.size() < limits::kScanRowsMax) break;
    }
    if (found) return *found;
    return fail(Code::not_found, "no partner is called " + to,
                "see them with: corridor peer list, or name a DID");
  });
}

Result<exchange::SendDocument> read_request(const Call& call) {
  exchange::SendDocument command;
  TRY_ASSIGN(command.to, find_partner(call.engine(), std::string(call.query_or("to"))));
  command.name = call.query_or("name");
  command.purpose = call.query_or("purpose");
  if (const View terms = call.query_or("terms"); !terms.empty()) {
    TRY_ASSIGN(command.terms, json::parse(terms));
    if (!command.terms.is_object())
      return fail(Code::invalid, "the terms are not a JSON object", "give an ODRL policy");
  }
  if (const View deadline = call.query_or("deadline"); !deadline.empty()) {
    TRY_ASSIGN(command.deadline, parse_duration(deadline));
    if (command.deadline > limits::kProcessDeadline || command.deadline.ms == 0)
      return fail(Code::invalid, "the deadline is not between 1ms and 7d");
  }
  if (const std::string* const key = call.request.headers.find("Idempotency-Key")) {
    TRY(exchange::check_id(*key, "Idempotency-Key"));
    command.idempotency_key = *key;
  }
  return command;
}

Result<exchange::ExchangeRecord> find_exchange(const engine::Engine& engine, const std::string& id) {
  return engine.reading([&](const engine::Rows& rows) -> Result<exchange::ExchangeRecord> {
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, id));
    if (!row)
      return fail(Code::not_found, "there is no exchange " + id,
                  "see them with: corridor inbox, corridor explain");
    return from_bytes<exchange::ExchangeRecord>(*row);
  });
}

json::Value inbox_json(const exchange::InboxRecord& record, const exchange::ExchangeRecord& exchange) {
  auto body = json::Value::object({{"id", record.id.value},
                              {"from", record.from.value},
                              {"kind", record.kind},
                              {"state", "received"},
                              {"sha256", hex(record.sha256.view())},
                              {"bytes", record.bytes},
                              {"received", iso8601(record.received)},
                              {"level", level_name(exchange.level)},
                              {"agreement", exchange.agreement.value},
                              {"report", exchange.report}});
  if (!exchange.answers.empty()) body.set("answers", answers_json(exchange));
  return body;
}

}  // namespace

void manage_send(Call call) {
  auto command = read_request(call);
  if (!command) return call.fail(command.error());
  engine::Engine& engine = call.engine();
  Executor& workers = call.workers();
  Bytes bytes = std::move(call.request.body);
  engine::check_store_send(engine, workers, std::move(bytes), std::move(*command),
                   [call = std::move(call)](Result<engine::Committed> committed) mutable {
                     Executor& executor = call.workers();
                     executor.post_always(
                         [call = std::move(call), committed = std::move(committed)]() mutable {
                           call.answer(std::move(committed));
                         });
                   });
}

void manage_exchange(Call call) {
  const std::string id = call.params["id"];
  const auto level = level_from_name(call.query_or("wait", "none"));
  const View timeout = call.query_or("timeout", "10s");
  const auto wait = parse_duration(timeout);
  if (!level || !wait)
    return call.fail({Code::invalid, "wait or timeout cannot be read",
                      "wait for answered or logged, with a timeout such as 10s"});
  const Time until = call.env().now() + std::min(*wait, kWaitMax);
  if (call.query_or("wait").empty()) {
    auto record = find_exchange(call.engine(), id);
    if (!record) return call.fail(record.error());
    return call.answer(200, exchange_json(*record));
  }
  engine::Engine& engine = call.engine();
  engine.when_settled(id, *level, until,
                      [call = std::move(call)](Result<exchange::ExchangeRecord> record) mutable {
                        if (!record) return call.fail(record.error());
                        call.answer(200, exchange_json(*record));
                      });
}

void manage_exchanges(Call call) {
  auto list = call.engine().reading([&](const engine::Rows& rows) -> Result<json::Value> {
    TRY_ASSIGN(const auto page, rows.scan({Table::exchange, {}, Bytes(call.query_or("after")),
                                           limits::kScanRowsMax}));
    auto items = json::Value::array();
    for (const auto& row : page) {
      TRY_ASSIGN(const auto record, from_bytes<exchange::ExchangeRecord>(row.value));
      items.push(exchange_json(record));
    }
    auto body = json::Value::object({{"items", std::move(items)}});
    if (page.size() == limits::kScanRowsMax) body.set("next", page.back().key);
    return body;
  });
  if (!list) return call.fail(list.error());
  call.answer(200, *list);
}

void manage_receipt(Call call) {
  auto receipt = call.engine().receipts().receipt(call.params["id"]);
  if (!receipt) return call.fail(receipt.error());
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", "application/json");
  response.body = evidence::write_receipt(*receipt);
  call.answer(std::move(response));
}

void manage_inbox(Call call) {
  auto list = call.engine().reading([&](const engine::Rows& rows) -> Result<json::Value> {
    TRY_ASSIGN(const auto page, rows.scan({Table::inbox, {}, Bytes(call.query_or("after")),
                                           limits::kScanRowsMax}));
    auto items = json::Value::array();
    for (const auto& row : page) {
      TRY_ASSIGN(const auto record, from_bytes<exchange::InboxRecord>(row.value));
      TRY_ASSIGN(const auto exchange_row, rows.get(Table::exchange, record.id.value));
      if (!exchange_row) return fail(Code::corrupt, "an inbox item without its exchange");
      TRY_ASSIGN(const auto exchange, from_bytes<exchange::ExchangeRecord>(*exchange_row));
      items.push(inbox_json(record, exchange));
    }
    auto body = json::Value::object({{"items", std::move(items)}});
    if (page.size() == limits::kScanRowsMax) body.set("next", page.back().key);
    return body;
  });
  if (!list) return call.fail(list.error());
  call.answer(200, *list);
}

void manage_inbox_item(Call call) {
  auto exchange = find_exchange(call.engine(), call.params["id"]);
  if (!exchange) return call.fail(exchange.error());
  call.answer(200, exchange_json(*exchange));
}

void manage_inbox_document(Call call) {
  auto exchange = find_exchange(call.engine(), call.params["id"]);
  if (!exchange) return call.fail(exchange.error());
  auto bytes = call.engine().blobs().read(store::BlobId(exchange->blob));
  if (!bytes) return call.fail(bytes.error());
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", exchange->media_type);
  response.headers.add("Repr-Digest", "sha-256=:" + base64(exchange->sha256.view()) + ":");
  response.body = std::move(*bytes);
  call.answer(std::move(response));
}

}  // namespace corridor::api
