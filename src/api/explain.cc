// SPDX-License-Identifier: Apache-2.0
//
// The whole life of one thing, found by any id that a person may have of it: the thing itself and
// what belongs to it, each with what happened, what was stated, what is on its way.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

constexpr std::size_t kRowsLookedAtMax = 64 * limits::kScanRowsMax;
constexpr std::size_t kProcessesMax = 100;

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

struct Found {
  std::string what;  // exchange, negotiation, transfer, agreement, dataset, fetch
  std::string id;
};

// Any id a person may have: of an exchange, either pid, an agreement, a dataset, a fetch, a
// document's hash.
Result<Found> find_any(const engine::Rows& rows, std::string id) {
  const std::array<std::pair<Table, const char*>, 5> places{{{Table::exchange, "exchange"},
                                                             {Table::negotiation, "negotiation"},
                                                             {Table::transfer, "transfer"},
                                                             {Table::fetch, "fetch"},
                                                             {Table::dataset, "dataset"}}};
  for (int hops = 0; hops < 3; ++hops) {
    for (const auto& [table, what] : places) {
      TRY_ASSIGN(const auto row, rows.get(table, id));
      if (row) return Found{what, id};
    }
    for (const auto role : {exchange::Role::provider, exchange::Role::consumer}) {
      TRY_ASSIGN(const auto row,
                 rows.get(Table::agreement, exchange::agreement_key(role, AgreementId(id))));
      if (row) return Found{"agreement", id};
    }
    TRY_ASSIGN(const auto alias, rows.get(Table::alias, id));
    if (!alias) break;
    id = alias->substr(alias->find('\x1f') + 1);
  }
  return fail(Code::not_found, "nothing here is known by " + id,
              "give the id of an exchange, a process, an agreement, a dataset or a fetch, or a "
              "document's SHA-256");
}

template <class Record>
Result<std::optional<Record>> load(const engine::Rows& rows, Table table, View id) {
  TRY_ASSIGN(const auto row, rows.get(table, id));
  if (!row) return std::optional<Record>{};
  TRY_ASSIGN(auto record, from_bytes<Record>(*row));
  return std::optional<Record>(std::move(record));
}

class Explanation {
 public:
  Explanation(const Call& call, const engine::Rows& rows, const Found& found)
      : call_(call),
        rows_(rows),
        body_(json::Value::object({{"id", found.id}, {"what", found.what}})) {}

  Result<> add_exchange(const std::string& id);
  Result<> add_transfer(const std::string& id);
  Result<> add_negotiation(const std::string& id);
  Result<> add_agreement(const Bytes& key);
  Result<> add_agreement_of(const AgreementId& id);
  Result<> add_dataset(const std::string& id);
  Result<> add_fetch(const std::string& id);
  [[nodiscard]] json::Value take() { return std::move(body_); }

 private:
  [[nodiscard]] bool has(View member) const { return body_.find(member) != nullptr; }
  // One part: what a thing is, what happened to it, what it stated, what is out.
  Result<json::Value> part(const std::string& id, json::Value summary,
                           const std::vector<exchange::HistoryLine>& history) const {
    summary.set("history", history_json(history));
    TRY_ASSIGN(auto statements, statements_json(rows_, id));
    summary.set("statements", std::move(statements));
    return summary.set("delivery", delivery_json(call_.engine().outbox(), id));
  }
  template <class Record>
  Result<> list_processes(const char* member, Table table,
                          const std::function<bool(const Record&)>& wanted);

  const Call& call_;
  const engine::Rows& rows_;
  json::Value body_;
};

Result<> Explanation::add_exchange(const std::string& id) {
  TRY_ASSIGN(const auto record, load<exchange::ExchangeRecord>(rows_, Table::exchange, id));
  if (!record) return {};
  auto summary = record_json(*record);
  summary.remove("history");
  summary.remove("answers");
  if (!record->answers.empty()) summary.set("answers", answers_json(*record));
  summary.set("state", state_name(record->state)).set("level", level_name(record->level));
  summary.set("role", record->role == exchange::Role::provider ? "sender" : "receiver");
  summary.set("since", iso8601(record->since));
  if (record->settled.ms != 0) summary.set("settled", iso8601(record->settled));
  if (record->deadline.ms != 0) summary.set("deadline", iso8601(record->deadline));
  TRY_ASSIGN(auto own, part(id, std::move(summary), record->history));
  body_.set("exchange", std::move(own));
  TRY(add_transfer(record->transfer));
  if (!record->agreement.empty())
    TRY(add_agreement(exchange::agreement_key(record->role, record->agreement)));
  if (has("negotiation") || record->stream.empty()) return {};
  TRY_ASSIGN(const auto stream, load<exchange::StreamRecord>(rows_, Table::stream, record->stream));
  return stream ? add_negotiation(stream->negotiation) : Result<>{};
}

Result<> Explanation::add_transfer(const std::string& id) {
  if (id.empty() || has("transfer")) return {};
  TRY_ASSIGN(const auto record, load<exchange::TransferRecord>(rows_, Table::transfer, id));
  if (!record) return {};
  TRY_ASSIGN(auto own, part(id, transfer_json(*record), record->history));
  body_.set("transfer", std::move(own));
  TRY(add_agreement(exchange::agreement_key(record->role, record->agreement)));
  return add_fetch(record->fetch);
}

Result<> Explanation::add_negotiation(const std::string& id) {
  if (id.empty() || has("negotiation")) return {};
  TRY_ASSIGN(const auto record, load<exchange::NegotiationRecord>(rows_, Table::negotiation, id));
  if (!record) return {};
  TRY_ASSIGN(auto own, part(id, negotiation_json(*record), record->history));
  body_.set("negotiation", std::move(own));
  if (!record->agreement.empty())
    TRY(add_agreement(exchange::agreement_key(record->role, record->agreement)));
  return add_fetch(record->fetch);
}

Result<> Explanation::add_agreement(const Bytes& key) {
  if (has("agreementRecord")) return {};
  TRY_ASSIGN(const auto record, load<exchange::AgreementRecord>(rows_, Table::agreement, key));
  if (!record) return {};
  body_.set("agreement", record->agreement);
  auto summary = agreement_json(*record);
  summary.remove("agreement");
  TRY_ASSIGN(auto own, part(record->id.value, std::move(summary), {}));
  body_.set("agreementRecord", std::move(own));
  return add_negotiation(record->negotiation);
}

Result<> Explanation::add_agreement_of(const AgreementId& id) {
  for (const auto role : {exchange::Role::provider, exchange::Role::consumer})
    TRY(add_agreement(exchange::agreement_key(role, id)));
  return list_processes<exchange::TransferRecord>(
      "transfers", Table::transfer,
      [&](const exchange::TransferRecord& t) { return t.agreement == id; });
}

Result<> Explanation::add_dataset(const std::string& id) {
  TRY_ASSIGN(const auto record, load<exchange::DatasetRecord>(rows_, Table::dataset, id));
  if (!record) return {};
  TRY_ASSIGN(auto own, part(id, dataset_shown(*record), {}));
  body_.set("dataset", std::move(own));
  const auto about_it = [&](const auto& process) {
    return process.role == exchange::Role::provider && process.dataset.value == id;
  };
  TRY(list_processes<exchange::NegotiationRecord>("negotiations", Table::negotiation, about_it));
  return list_processes<exchange::TransferRecord>("transfers", Table::transfer, about_it);
}

Result<> Explanation::add_fetch(const std::string& id) {
  if (id.empty() || has("fetch")) return {};
  TRY_ASSIGN(const auto record, load<exchange::FetchRecord>(rows_, Table::fetch, id));
  if (!record) return {};
  TRY_ASSIGN(auto own, part(id, fetch_shown(*record), {}));
  body_.set("fetch", std::move(own));
  TRY(add_transfer(record->transfer));
  TRY(add_negotiation(record->negotiation));
  if (record->agreement.empty()) return {};
  return add_agreement(exchange::agreement_key(exchange::Role::consumer, record->agreement));
}

// The processes that are meant, briefly; a look at a bounded number of rows.
template <class Record>
Result<> Explanation::list_processes(const char* member, Table table,
                                     const std::function<bool(const Record&)>& wanted) {
  auto list = json::Value::array();
  Scan scan{table, {}, {}, limits::kScanRowsMax};
  for (std::size_t looked = 0; looked < kRowsLookedAtMax && list.items().size() < kProcessesMax;) {
    TRY_ASSIGN(const auto found, rows_.scan(scan));
    for (const auto& row : found) {
      TRY_ASSIGN(const auto record, from_bytes<Record>(row.value));
      if (!wanted(record)) continue;
      list.push(json::Value::object({{"id", record.own_pid()},
                                     {"peer", record.peer.value},
                                     {"role", exchange::role_name(record.role)},
                                     {"state", state_name(record.state)},
                                     {"held", record.held},
                                     {"since", iso8601(record.since)}}));
    }
    looked += found.size();
    if (found.size() < scan.most) break;
    scan.after = found.back().key;
  }
  body_.set(member, std::move(list));
  return {};
}

Result<json::Value> explain(const Call& call, const engine::Rows& rows, const std::string& asked) {
  TRY_ASSIGN(const Found found, find_any(rows, asked));
  Explanation explanation(call, rows, found);
  if (found.what == "exchange") TRY(explanation.add_exchange(found.id));
  if (found.what == "transfer") TRY(explanation.add_transfer(found.id));
  if (found.what == "negotiation") TRY(explanation.add_negotiation(found.id));
  if (found.what == "agreement") TRY(explanation.add_agreement_of(AgreementId(found.id)));
  if (found.what == "dataset") TRY(explanation.add_dataset(found.id));
  if (found.what == "fetch") TRY(explanation.add_fetch(found.id));
  return explanation.take();
}

}  // namespace

void manage_explain(Call call) {
  auto body = call.engine().reading([&](const engine::Rows& rows) {
    return explain(call, rows, call.params["id"]);
  });
  if (!body) return call.fail(body.error());
  call.answer(200, *body);
}

}  // namespace corridor::api
