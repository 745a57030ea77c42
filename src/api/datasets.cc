// SPDX-License-Identifier: Apache-2.0
//
// What this node offers, and what it fetched, for people and programs of this node.
#include "api/call.h"

namespace corridor::api {

namespace {

// Where others serve the bytes: {"endpoint", "endpointType"?, "authorization"?}.
Result<> read_address(const json::Value& body, exchange::DatasetRecord& dataset) {
  const json::Value* const address = body.find("address");
  if (address == nullptr) return {};
  TRY_ASSIGN(dataset.endpoint, json::require_text(*address, "endpoint"));
  TRY(net::parse_url(dataset.endpoint));
  dataset.endpoint_type = address->text_or("endpointType");
  dataset.authorization = address->text_or("authorization");
  return {};
}

}  // namespace

json::Value dataset_shown(const exchange::DatasetRecord& record) {
  auto body = record_json(record);
  body.remove("blob");
  body.remove("authorization");
  body.set("since", iso8601(record.since));
  return body.set("hasData", !record.blob.empty() || !record.endpoint.empty());
}

json::Value fetch_shown(const exchange::FetchRecord& record) {
  auto body = record_json(record);
  body.remove("blob");
  body.set("state", state_name(record.state)).set("since", iso8601(record.since));
  if (record.settled.ms != 0) body.set("settled", iso8601(record.settled));
  return body;
}

void manage_datasets(Call call) {
  list_table<exchange::DatasetRecord>(std::move(call), Table::dataset, dataset_shown);
}

void manage_dataset(Call call) {
  const auto record = find_record<exchange::DatasetRecord>(call, Table::dataset, call.params["id"],
                                                           "dataset " + call.params["id"]);
  if (!record) return call.fail(record.error());
  call.answer(200, dataset_shown(*record));
}

void manage_dataset_put(Call call) {
  auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::DatasetRecord dataset;
  dataset.id = DatasetId(call.params["id"]);
  dataset.title = body->text_or("title");
  dataset.kind = body->text_or("kind");
  dataset.media_type = body->text_or("mediaType");
  if (auto good = read_address(*body, dataset); !good) return call.fail(good.error());
  if (const json::Value* const offers = body->find("offers")) {
    for (const auto& item : offers->items()) {
      auto offer = record_of<exchange::OfferRecord>(item);
      if (!offer) return call.fail(offer.error());
      dataset.offers.push_back(std::move(*offer));
    }
  }
  submit(std::move(call), exchange::PutDataset{std::move(dataset)});
}

void manage_dataset_remove(Call call) {
  exchange::RemoveDataset command{DatasetId(call.params["id"])};
  submit(std::move(call), std::move(command));
}

void manage_fetches(Call call) {
  list_table<exchange::FetchRecord>(std::move(call), Table::fetch, fetch_shown);
}

void manage_fetch(Call call) {
  const auto record = find_record<exchange::FetchRecord>(call, Table::fetch, call.params["id"],
                                                         "fetch " + call.params["id"]);
  if (!record) return call.fail(record.error());
  call.answer(200, fetch_shown(*record));
}

void manage_fetch_start(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::StartFetch command;
  command.peer = Did(std::string(body->text_or("peer")));
  command.address = body->text_or("address");
  command.dataset = DatasetId(std::string(body->text_or("dataset")));
  command.offer = OfferId(std::string(body->text_or("offer")));
  command.agreement = AgreementId(std::string(body->text_or("agreement")));
  if (const json::Value* const terms = body->find("terms")) command.terms = *terms;
  if (!command.agreement.empty() || (command.terms.is_object() && !command.offer.empty()))
    return submit(std::move(call), std::move(command));
  // Whoever does not say under which terms, takes those that are offered.
  submit_as_offered(std::move(call), std::move(command));
}

}  // namespace corridor::api
