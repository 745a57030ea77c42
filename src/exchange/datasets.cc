// SPDX-License-Identifier: Apache-2.0
//
// What this node offers: datasets with their offers, and the bytes behind them.
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

constexpr std::size_t kOffersMax = 64;
constexpr std::size_t kPeersOfOfferMax = 1024;

json::Value brief(const DatasetRecord& dataset) {
  auto offers = json::Value::array();
  for (const auto& offer : dataset.offers) offers.push(offer.id.value);
  return json::Value::object({{"id", dataset.id.value},
                              {"title", dataset.title},
                              {"mediaType", dataset.media_type},
                              {"bytes", dataset.bytes},
                              {"sha256", dataset.blob.empty() ? "" : hex(dataset.sha256.view())},
                              {"offers", std::move(offers)}});
}

// An offer gets what its maker left out: an id that stays, the default terms, partners as readers.
Result<> complete(const Work& work, OfferRecord& offer, std::size_t number) {
  if (offer.id.empty()) offer.id = OfferId(work.uuid("offer " + std::to_string(number)));
  TRY(check_id(offer.id.value, "offer"));
  if (!offer.terms.is_object()) {
    TRY_ASSIGN(offer.terms, json::parse(rights::default_terms().canonical()));
  }
  TRY_ASSIGN(const auto policy, rights::read_policy(offer.terms));
  TRY(rights::to_offer(policy, offer.id, {}));
  if (offer.peers.empty()) offer.peers.emplace_back("partner");
  if (offer.peers.size() > kPeersOfOfferMax)
    return fail(Code::too_large, "an offer for more than 1024 named parties",
                "offer it to partner, or to *");
  return {};
}

}  // namespace

Outcome put_dataset(Work work, const PutDataset& command) {
  DatasetRecord dataset = command.dataset;
  if (auto good = check_id(dataset.id.value, "dataset"); !good) return good.error();
  if (!kind_of_dataset(dataset.id).empty())
    return failed(Code::invalid, "the id is that of a stream of documents",
                  "streams are offered by sending; give the dataset another id");
  OUTCOME_TRY(const auto before, read<DatasetRecord>(work.known, Table::dataset, dataset.id.value));
  if (!work.known.complete()) return work.needs();
  if (dataset.offers.empty() && before) dataset.offers = before->offers;
  if (dataset.offers.empty()) dataset.offers.emplace_back();
  if (dataset.offers.size() > kOffersMax)
    return failed(Code::too_large, "a dataset with more than 64 offers");
  for (std::size_t i = 0; i < dataset.offers.size(); ++i)
    if (auto good = complete(work, dataset.offers[i], i); !good) return good.error();
  dataset.since = before ? before->since : work.now;
  if (before && dataset.blob.empty() && dataset.endpoint.empty()) {
    dataset.blob = before->blob;
    dataset.sha256 = before->sha256;
    dataset.bytes = before->bytes;
    if (dataset.media_type.empty()) dataset.media_type = before->media_type;
  }
  work.decision.write(Table::dataset, dataset.id.value, to_bytes(dataset));
  work.decision.reply = {before ? 200 : 201, brief(dataset), {}};
  return work.done();
}

Outcome attach_data(Work work, const AttachData& command) {
  OUTCOME_TRY(auto dataset, read<DatasetRecord>(work.known, Table::dataset, command.dataset.value));
  if (!work.known.complete()) return work.needs();
  if (!dataset)
    return failed(Code::not_found, "there is no dataset " + command.dataset.value,
                  "make it first: corridor dataset add");
  dataset->blob = command.blob;
  dataset->sha256 = command.sha256;
  dataset->bytes = command.bytes;
  dataset->endpoint.clear();
  if (!command.media_type.empty()) dataset->media_type = command.media_type;
  work.decision.write(Table::dataset, dataset->id.value, to_bytes(*dataset));
  work.decision.reply.body = brief(*dataset);
  return work.done();
}

Outcome remove_dataset(Work work, const RemoveDataset& command) {
  OUTCOME_TRY(const auto dataset,
              read<DatasetRecord>(work.known, Table::dataset, command.dataset.value));
  if (!work.known.complete()) return work.needs();
  if (!dataset)
    return failed(Code::not_found, "there is no dataset " + command.dataset.value,
                  "see them with: corridor dataset list");
  work.decision.erase(Table::dataset, dataset->id.value);
  work.decision.reply.body = brief(*dataset);
  return work.done();
}

}  // namespace corridor::exchange
