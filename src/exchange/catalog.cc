// SPDX-License-Identifier: Apache-2.0
//
// The catalogue's messages. Who may see an offer is decided here; which rows are looked at, and how
// many a page, is the reader's business (api/catalog.cc).
#include "exchange/messages.h"
#include "rights/rights.h"

namespace corridor::exchange {

namespace {

json::Value service_json(const std::string& dsp_url) {
  return json::Value::object({{"@id", dsp_url}, {"@type", "DataService"}, {"endpointURL", dsp_url}});
}

json::Value distribution_json(std::string_view format, const std::string& dsp_url) {
  return json::Value::object({{"@type", "Distribution"},
                              {"format", format},
                              {"accessService", service_json(dsp_url)}});
}

std::optional<json::Value> offer_json(const OfferRecord& offer) {
  const auto policy = rights::read_policy(offer.terms);
  if (!policy) return std::nullopt;
  auto written = rights::to_offer(*policy, offer.id, {});
  if (!written) return std::nullopt;
  return std::move(*written);
}

// EDC asks for its pages by an object of this @type in `filter`; it is paging, not a filter.
constexpr std::string_view kQuerySpec = "QuerySpec";

Result<std::size_t> read_filter(const json::Value& filter) {
  const auto refuse = [] {
    return fail(Code::invalid, "filters are not supported by this catalogue",
                "ask without a filter, follow the next links and choose from what comes");
  };
  std::size_t most = 0;
  const auto one = [&](const json::Value& item) -> Result<> {
    if (!item.is_object() || !item.text_or("@type").ends_with(kQuerySpec)) return refuse();
    const json::Value* const expression = item.find("filterExpression");
    if (expression != nullptr && !expression->items().empty()) return refuse();
    const std::int64_t limit = item.integer_or("limit");
    if (limit > 0) most = static_cast<std::size_t>(limit);
    return {};
  };
  if (filter.kind() == json::Kind::null) return most;
  if (filter.is_array()) {
    for (const auto& item : filter.items()) TRY(one(item));
    return most;
  }
  if (filter.is_object() && filter.members().empty()) return most;
  TRY(one(filter));
  return most;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> read_links(
    std::span<const std::pair<std::string, std::string>> headers) {
  std::vector<std::pair<std::string, std::string>> links;
  const auto add = [&](View link, View target) {
    std::string lower(link);
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    const std::size_t rel = lower.find("rel=");
    if (rel == std::string::npos) return;
    std::string name = lower.substr(rel + 4);
    if (name.starts_with('"')) name.erase(0, 1);
    name.resize(std::min(name.size(), name.find_first_of("\"; ,")));
    if (name == "prev") name = "previous";
    if (name == "next" || name == "previous") links.emplace_back(name, std::string(target));
  };
  for (const auto& [name, value] : headers) {
    if (name.size() != 4 || (name[0] | 0x20) != 'l' || (name[1] | 0x20) != 'i' ||
        (name[2] | 0x20) != 'n' || (name[3] | 0x20) != 'k')
      continue;
    View rest = value;
    while (!rest.empty()) {
      const std::size_t open = rest.find('<');
      const std::size_t close = open == View::npos ? View::npos : rest.find('>', open);
      if (close == View::npos) break;
      const std::size_t end = rest.find('<', close);
      add(rest.substr(close + 1, end == View::npos ? View::npos : end - close - 1),
          rest.substr(open + 1, close - open - 1));
      rest = end == View::npos ? View() : rest.substr(end);
    }
  }
  return links;
}

bool may_see(const OfferRecord& offer, const Did& caller, const std::optional<PeerRecord>& peer) {
  return std::ranges::any_of(offer.peers, [&](const std::string& who) {
    return who == "*" || who == caller.value || (who == "partner" && peer && peer->partner);
  });
}

std::optional<json::Value> dataset_json(const DatasetRecord& dataset, const Did& caller,
                                        const std::optional<PeerRecord>& peer,
                                        const std::string& dsp_url) {
  auto offers = json::Value::array();
  for (const auto& offer : dataset.offers) {
    if (!may_see(offer, caller, peer)) continue;
    if (auto written = offer_json(offer)) offers.push(std::move(*written));
  }
  if (offers.items().empty()) return std::nullopt;
  auto body = json::Value::object({{"@id", dataset.id.value}, {"@type", "Dataset"}});
  if (!dataset.title.empty()) body.set("dct:title", dataset.title);
  if (!dataset.media_type.empty()) body.set("dcat:mediaType", dataset.media_type);
  if (dataset.bytes != 0) body.set("dcat:byteSize", std::to_string(dataset.bytes));
  body.set("hasPolicy", std::move(offers));
  auto distributions = json::Value::array({distribution_json(kPullFormat, dsp_url)});
  if (dataset.endpoint.empty()) distributions.push(distribution_json(kPushFormat, dsp_url));
  return body.set("distribution", std::move(distributions));
}

json::Value catalog_json(const Did& self, const std::string& dsp_url,
                         std::vector<json::Value> datasets) {
  auto body = json::Value::object({{"@context", json::Value::array({kDspContext})},
                                   {"@type", "Catalog"},
                                   {"@id", dsp_url + "/catalog"},
                                   {"participantId", self.value}});
  // Sets are never empty: the schema wants one item or no member (dsp.md 1.5, trap 1).
  if (!datasets.empty()) {
    auto items = json::Value::array();
    for (auto& dataset : datasets) items.push(std::move(dataset));
    body.set("dataset", std::move(items));
  }
  return body.set("service", json::Value::array({service_json(dsp_url)}));
}

json::Value catalog_error(const Error& error) {
  auto reasons = json::Value::array({error.why});
  if (!error.todo.empty()) reasons.push(error.todo);
  return json::Value::object({{"@context", json::Value::array({kDspContext})},
                              {"@type", "CatalogError"},
                              {"code", code_facts(error.code).name},
                              {"reason", std::move(reasons)}});
}

Result<std::size_t> read_catalog_request(View body) {
  TRY_ASSIGN(const json::Value in, json::parse(body, {.bytes_max = limits::kMessageBytesMax}));
  if (!in.is_object()) return fail(Code::invalid, "the message is not a JSON object");
  TRY(check_context(in));
  if (in.text_or("@type") != "CatalogRequestMessage")
    return fail(Code::invalid, "the message is not of @type CatalogRequestMessage");
  const json::Value* const filter = in.find("filter");
  return filter == nullptr ? Result<std::size_t>(0) : read_filter(*filter);
}

}  // namespace corridor::exchange
