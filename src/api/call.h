// SPDX-License-Identifier: Apache-2.0
//
// One request on its way through its handler: what was asked, who asks, and how to answer. Private
// to this module. A Call answers exactly once; one that is dropped answers 500.
#pragma once

#include <map>

#include "api/api.h"

namespace corridor::api {

enum class Access : std::uint8_t { anyone, peer, local };

using Handle = void (*)(Call call);

// One route. In `path` a part that begins with ':' takes one segment, a last "*" takes the rest.
struct Route {
  std::string_view method;
  std::string_view path;  // below the participant's root when it begins with "/0/"
  Access access;
  std::size_t body_bytes_max;
  Handle handle;
};

class Call {
 public:
  Call(Api& api, const Route& route, net::Request request, net::Respond respond);
  Call(Call&&) = default;
  Call& operator=(Call&&) = delete;

  net::Request request;
  std::map<std::string, std::string, std::less<>> params;  // of the path
  std::map<std::string, std::string, std::less<>> query;
  const Route* route = nullptr;
  // Of a peer, once authenticated:
  exchange::PeerCaller from;
  engine::DidFact from_document;

  [[nodiscard]] engine::Engine& engine() const { return api_->engine_; }
  [[nodiscard]] Env& env() const { return api_->env_; }
  [[nodiscard]] Executor& workers() const { return api_->workers_; }
  [[nodiscard]] net::Client& client() const { return api_->client_; }
  [[nodiscard]] const Options& options() const { return api_->options_; }
  [[nodiscard]] const RequestCounts& request_counts() const;
  [[nodiscard]] std::string_view query_or(View name, View fallback = {}) const;

  void answer(int status, const json::Value& body);
  void answer(net::Response response);
  void fail(const Error& error);  // the error body of this route's protocol
  // Releases a committed reply, with the proof it carries.
  void answer(Result<engine::Committed> committed);

 private:
  Api* api_;
  std::int64_t began_ns_;
  net::Respond respond_;
};

std::span<const Route> routes();

// --- handlers, one file a family ---

void did_document(Call call);       // wellknown.cc
void dspace_version(Call call);
void health(Call call);

void log_checkpoint(Call call);     // log.cc
void log_tile(Call call);
void log_entries(Call call);
void log_proof(Call call);

void dsp_message(Call call);        // dsp.cc: which one follows from the path and the binding
void dsp_get_negotiation(Call call);
void dsp_get_transfer(Call call);
void dsp_catalog(Call call);        // catalog.cc
void dsp_dataset(Call call);

void receive_document(Call call);   // inbox.cc
void receive_answer(Call call);     // answers.cc
void data_read(Call call);          // data.cc
void data_put(Call call);
void join_peer(Call call);          // partners.cc

void manage_status(Call call);      // manage.cc
void manage_explain(Call call);     // explain.cc
void manage_other_side(Call call);  // other_side.cc
void manage_send(Call call);        // send.cc
void manage_exchanges(Call call);
void manage_exchange(Call call);
void manage_receipt(Call call);
void manage_inbox(Call call);
void manage_inbox_item(Call call);
void manage_inbox_document(Call call);
void manage_answer(Call call);      // answers.cc
void manage_peer_set(Call call);
void manage_peers(Call call);       // partners.cc
void manage_peer_remove(Call call);
void manage_invite(Call call);
void manage_join(Call call);
void manage_negotiations(Call call);  // processes.cc
void manage_negotiation(Call call);
void manage_negotiation_start(Call call);
void manage_transfers(Call call);
void manage_transfer(Call call);
void manage_transfer_start(Call call);
void manage_transfer_address(Call call);
void manage_move(Call call);
void manage_agreements(Call call);    // agreements.cc
void manage_agreement(Call call);
void manage_agreement_import(Call call);
void manage_agreement_end(Call call);
void manage_instructions(Call call);  // instructions.cc
void manage_instruction_put(Call call);
void manage_instruction_remove(Call call);
void manage_datasets(Call call);      // datasets.cc
void manage_dataset(Call call);
void manage_dataset_put(Call call);
void manage_dataset_data(Call call);  // data.cc
void manage_dataset_remove(Call call);
void manage_fetches(Call call);
void manage_fetch(Call call);
void manage_fetch_start(Call call);
void manage_fetch_data(Call call);    // data.cc
void manage_catalog(Call call);       // peer_catalog.cc
void manage_discover(Call call);      // discover.cc
void manage_peer_put(Call call);      // partners.cc
void manage_events(Call call);        // events.cc
void manage_subscriptions(Call call);
void manage_subscription_put(Call call);
void manage_subscription_remove(Call call);
void manage_subscription_replay(Call call);
void manage_keys(Call call);          // keys.cc
void manage_key_add(Call call);
void manage_key_remove(Call call);
void manage_metrics(Call call);       // metrics.cc
void manage_packs(Call call);         // packs.cc
void manage_pack_import(Call call);
void manage_pack_remove(Call call);
void manage_pack_reload(Call call);
void manage_check(Call call);         // check.cc
void manage_inbox_view(Call call);
void manage_check_stream(Call call);  // check_stream.cc
void ready(Call call);                // wellknown.cc
void openapi(Call call);              // openapi.cc

// Asks a peer with our Authorization; answers the call itself when there is no answer, or a refusal.
using PeerAnswered = std::move_only_function<void(Call, net::Response)>;
void ask_peer(Call call, const Did& peer, net::Request request, PeerAnswered then);

// Finds where a peer answers, from its DID document (or `address`) and its version document:
// {"did", "dsp", "corridor"?, "name"?, "steps": [{"step", "ok", "text", "todo"?}]}. Without a "dsp" it
// was not found, and the last step says why.
using Discovered = std::move_only_function<void(Call, json::Value found)>;
void discover(Call call, const Did& peer, const std::string& address, Discovered then);

// Looks a dataset up in a peer's catalogue and goes on with the offer that was asked for (or its first)
// and its terms; answers the call itself when there is none.
using OfferFound = std::move_only_function<void(Call, OfferId, json::Value terms)>;
void with_offer(Call call, const Did& peer, const std::string& address, const DatasetId& dataset,
                const OfferId& offer, OfferFound then);

// Asks the clerk, and answers the call with what was committed.
void submit(Call call, exchange::Command command);
void manage(Call call, engine::Command command);

// The same for a command about a peer's dataset, with the offer and the terms that it leaves open
// looked up in the peer's catalogue first.
template <class Command>
void submit_as_offered(Call call, Command command) {
  const Did peer = command.peer;
  const std::string address = command.address;
  const DatasetId dataset = command.dataset;
  const OfferId offer = command.offer;
  with_offer(std::move(call), peer, address, dataset, offer,
             [command = std::move(command)](Call asked, OfferId id, json::Value terms) mutable {
               command.offer = std::move(id);
               if (!command.terms.is_object()) command.terms = std::move(terms);
               submit(std::move(asked), std::move(command));
             });
}

// The body as a JSON object; an empty one reads as {}.
Result<json::Value> body_object(const Call& call);
// Reads a record from the body by its own field list.
template <class Record>
Result<Record> record_of(const json::Value& body) {
  Record record;
  FieldReader reader(body);
  fields(reader, record);
  if (reader.failed())
    return corridor::fail(Code::invalid, "the member \"" + reader.wrong() + "\" is of the wrong kind");
  return record;
}

// A page of a table as {"items": [...], "next"?}; `show` makes an item of a record, null leaves it out.
template <class Record, class Show>
void list_table(Call call, Table table, Show show) {
  auto list = call.engine().reading([&](const engine::Rows& rows) -> Result<json::Value> {
    auto items = json::Value::array();
    const Bytes after(call.query_or("after"));
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

// The record of one row; `not_found` with the words of `what`.
template <class Record>
Result<Record> find_record(const Call& call, Table table, View key, const std::string& what) {
  return call.engine().reading([&](const engine::Rows& rows) -> Result<Record> {
    TRY_ASSIGN(const auto row, rows.get(table, key));
    if (!row) return corridor::fail(Code::not_found, "there is no " + what + " here");
    return from_bytes<Record>(*row);
  });
}

// The business answers to a document, in order: {"verdict","at","code"?,"reason","text"?,"field"?,
// "delivery"?,"why"?,"response"?}.
json::Value answers_json(const exchange::ExchangeRecord& record);
json::Value history_json(const std::vector<exchange::HistoryLine>& history);
json::Value negotiation_json(const exchange::NegotiationRecord& record);
json::Value transfer_json(const exchange::TransferRecord& record);
json::Value agreement_json(const exchange::AgreementRecord& record);
json::Value dataset_shown(const exchange::DatasetRecord& record);
json::Value fetch_shown(const exchange::FetchRecord& record);

// A stored record as its JSON, without the version member.
template <class Record>
json::Value record_json(const Record& record) {
  auto object = json::Value::object();
  FieldWriter writer(object);
  fields(writer, record);
  return object;
}

}  // namespace corridor::api
