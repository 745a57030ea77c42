// SPDX-License-Identifier: Apache-2.0
//
// A peer's catalogue, asked for by this node's own people: shown, or read for the offer that a
// negotiation begins with.
#include "api/call.h"

namespace corridor::api {

namespace {

Result<std::string> address_of(const Call& call, const Did& peer, const std::string& given) {
  if (!given.empty()) return given;
  TRY_ASSIGN(const auto record, find_record<exchange::PeerRecord>(call, Table::peer, peer.value,
                                                                  "peer " + peer.value));
  if (record.dsp_url.empty())
    return fail(Code::invalid, "no protocol address is known of " + peer.value,
                "add it with: corridor peer add " + peer.value + " --dsp URL");
  return record.dsp_url;
}

// What a peer answered that is not a success, as our own error.
Error refusal(const net::Response& response) {
  auto body = json::parse(response.body);
  std::string why = "the peer answered " + std::to_string(response.status);
  const json::Value* const reason = body ? body->find("reason") : nullptr;
  if (reason != nullptr)
    for (const auto& item : reason->items())
      if (item.is_text()) why += ": " + item.text();
  return {response.status == 404 ? Code::not_found : Code::peer, std::move(why),
          "look at it with: corridor doctor --peer DID"};
}

// The first offer, or the one that was asked for.
const json::Value* offer_in(const json::Value& dataset, const std::string& id) {
  const json::Value* const offers = dataset.find("hasPolicy");
  if (offers == nullptr) return nullptr;
  const auto fits = [&](const json::Value& offer) {
    return offer.is_object() && (id.empty() || offer.text_or("@id") == id);
  };
  if (offers->is_object()) return fits(*offers) ? offers : nullptr;
  for (const auto& offer : offers->items())
    if (fits(offer)) return &offer;
  return nullptr;
}

}  // namespace

void ask_peer(Call call, const Did& peer, net::Request request, PeerAnswered then) {
  auto authorization = call.engine().authorization(peer);
  if (!authorization) return call.fail(authorization.error());
  request.headers.add("Authorization", std::move(*authorization));
  request.headers.add("Accept", "application/json");
  net::SendOptions options;
  options.body_bytes_max = limits::kJsonBytesMax;
  net::Client& client = call.client();
  auto shared = std::make_shared<std::pair<Call, PeerAnswered>>(std::move(call), std::move(then));
  client.send(std::move(request), options, [shared](Result<net::Response> response) {
    shared->first.workers().post_always([shared, response = std::move(response)]() mutable {
      auto& [asked, next] = *shared;
      if (!response) return asked.fail(response.error());
      if (response->status / 100 != 2) return asked.fail(refusal(*response));
      next(std::move(asked), std::move(*response));
    });
  });
}

void with_offer(Call call, const Did& peer, const std::string& address, const DatasetId& dataset,
                const OfferId& offer, OfferFound then) {
  auto base = address_of(call, peer, address);
  if (!base) return call.fail(base.error());
  net::Request request;
  request.method = "GET";
  request.url = *base + "/catalog/datasets/" + percent_encode(dataset.value);
  ask_peer(std::move(call), peer, std::move(request),
      [offer, then = std::move(then)](Call asked, const net::Response& response) mutable {
        const auto body = json::parse(response.body);
        const json::Value* const found = body ? offer_in(*body, offer.value) : nullptr;
        if (found == nullptr)
          return asked.fail({Code::not_found, "the peer's dataset has no such offer",
                             "see its offers with: corridor catalog DID"});
        OfferId id(std::string(found->text_or("@id")));
        json::Value terms = *found;
        terms.remove("@id");
        terms.remove("@type");
        then(std::move(asked), std::move(id), std::move(terms));
      });
}

// GET /catalog?peer=DID[&address=URL][&next=URL]: the Catalog as the peer sent it, and where it goes on.
void manage_catalog(Call call) {
  const Did peer{std::string(call.query_or("peer"))};
  auto base = address_of(call, peer, std::string(call.query_or("address")));
  if (!base) return call.fail(base.error());
  net::Request request;
  request.method = "POST";
  const std::string next(call.query_or("next"));
  // A continuation is followed only where the catalogue itself is: a token goes with it.
  if (!next.empty() && !exchange::same_origin(next, *base))
    return call.fail({Code::invalid, "the next page is not where the catalogue is", {}});
  request.url = next.empty() ? *base + "/catalog/request" : next;
  request.headers.add("Content-Type", "application/json");
  request.body = json::write(
      json::Value::object({{"@context", json::Value::array({exchange::kDspContext})},
                           {"@type", "CatalogRequestMessage"}}));
  ask_peer(std::move(call), peer, std::move(request), [](Call asked, const net::Response& response) {
    auto catalog = json::parse(response.body);
    if (!catalog || !catalog->is_object())
      return asked.fail({Code::peer, "the peer's catalogue is not a JSON object", {}});
    auto body = json::Value::object({{"catalog", std::move(*catalog)}});
    for (const auto& [name, target] : exchange::read_links(response.headers.fields()))
      body.set(name, target);
    asked.answer(200, body);
  });
}

}  // namespace corridor::api
