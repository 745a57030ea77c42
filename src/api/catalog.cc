// SPDX-License-Identifier: Apache-2.0
//
// The catalogue (DSP 2025-1 §5, §6): pages of what the caller may see, by cursors over the datasets'
// own order. A page looks at a bounded number of rows, then has a `next`. A token is the dataset that
// the page begins after or ends before: it stays right whatever is added or removed meanwhile.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

constexpr std::size_t kPageMax = 100;
constexpr std::size_t kRowsLookedAtMax = 16 * limits::kScanRowsMax;

struct Cursor {
  bool back = false;
  Bytes dataset;  // empty: from the beginning
};

struct Page {
  std::vector<json::Value> datasets;
  std::optional<Bytes> next;      // the page after begins after this dataset
  std::optional<Bytes> previous;  // the page before ends before this dataset
};

std::string token_of(const Cursor& cursor) {
  return base64url((cursor.back ? "<" : ">") + cursor.dataset);
}

Result<Cursor> read_token(std::string_view token) {
  if (token.empty()) return Cursor{};
  const auto raw = from_base64url(token);
  if (!raw || raw->empty() || (raw->front() != '<' && raw->front() != '>'))
    return fail(Code::invalid, "the continuation token is not one of this catalogue",
                "begin again without one");
  return Cursor{raw->front() == '<', raw->substr(1)};
}

Result<std::optional<exchange::PeerRecord>> peer_of(const engine::Rows& rows, const Did& did) {
  TRY_ASSIGN(const auto row, rows.get(Table::peer, did.value));
  if (!row) return std::optional<exchange::PeerRecord>{};
  TRY_ASSIGN(auto record, from_bytes<exchange::PeerRecord>(*row));
  return std::optional(std::move(record));
}

Result<Page> read_page(const Call& call, const engine::Rows& rows, const Cursor& cursor,
                       std::size_t most) {
  const Did& caller = call.from.caller.did;
  TRY_ASSIGN(const auto peer, peer_of(rows, caller));
  Page page;
  std::vector<Bytes> ids;
  Scan scan{Table::dataset, {}, cursor.dataset, limits::kScanRowsMax};
  bool more = true;
  for (std::size_t looked = 0; more && page.datasets.size() <= most && looked < kRowsLookedAtMax;) {
    TRY_ASSIGN(const auto found, cursor.back ? rows.scan_back(scan) : rows.scan(scan));
    more = found.size() == scan.most;
    looked += found.size();
    for (const auto& row : found) {
      scan.after = row.key;
      TRY_ASSIGN(const auto dataset, from_bytes<exchange::DatasetRecord>(row.value));
      auto shown = exchange::dataset_json(dataset, caller, peer, call.engine().self().dsp_url);
      if (!shown) continue;
      page.datasets.push_back(std::move(*shown));
      ids.push_back(row.key);
      if (page.datasets.size() > most) break;
    }
  }
  const bool beyond = page.datasets.size() > most;
  if (beyond) page.datasets.pop_back(), ids.pop_back();
  const Bytes last = beyond || ids.empty() ? (ids.empty() ? scan.after : ids.back()) : scan.after;
  const bool goes_on = beyond || more;
  if (cursor.back) {
    std::ranges::reverse(page.datasets);
    if (goes_on && !ids.empty()) page.previous = ids.back();
    page.next = ids.empty() ? Bytes() : ids.front();
  } else {
    if (goes_on) page.next = last;
    if (!cursor.dataset.empty()) page.previous = ids.empty() ? cursor.dataset : ids.front();
  }
  return page;
}

// The dataset itself is what a page is cut at, so that a page back ends where this one begins.
void add_links(const Call& call, const Page& page, net::Response& response) {
  const std::string base = call.engine().self().dsp_url + "/catalog/request?continuationToken=";
  std::string links;
  const auto add = [&](const char* rel, const Cursor& cursor) {
    if (!links.empty()) links += ", ";
    links += "<" + base + token_of(cursor) + ">; rel=\"" + rel + "\"";
  };
  if (page.next) add("next", {false, *page.next});
  if (page.previous) add("previous", {true, *page.previous});
  if (!links.empty()) response.headers.add("Link", links);
}

void answer_tagged(Call call, const json::Value& body, const Page& page) {
  net::Response response;
  response.status = 200;
  response.body = json::write(body);
  const std::string tag = "\"" + hex(crypto::sha256(response.body).view()).substr(0, 32) + "\"";
  response.headers.add("Content-Type", "application/json");
  response.headers.add("ETag", tag);
  add_links(call, page, response);
  const std::string* const known = call.request.headers.find("If-None-Match");
  const bool same = known != nullptr && known->find(tag) != std::string::npos;
  if (same && call.request.method == "GET") {
    response.status = 304;
    response.body.clear();
  }
  call.answer(std::move(response));
}

}  // namespace

void dsp_catalog(Call call) {
  std::size_t most = kPageMax;
  if (call.request.method == "POST") {
    const auto asked = exchange::read_catalog_request(call.request.body);
    if (!asked) return call.fail(asked.error());
    if (*asked != 0) most = std::min(most, *asked);
  }
  const auto cursor = read_token(call.query_or("continuationToken"));
  if (!cursor) return call.fail(cursor.error());
  auto page = call.engine().reading([&](const engine::Rows& rows) {
    return read_page(call, rows, *cursor, most);
  });
  if (!page) return call.fail(page.error());
  const auto& self = call.engine().self();
  const auto body = exchange::catalog_json(self.did, self.dsp_url, std::move(page->datasets));
  answer_tagged(std::move(call), body, *page);
}

void dsp_dataset(Call call) {
  auto found = call.engine().reading([&](const engine::Rows& rows) -> Result<json::Value> {
    const Error unknown{Code::not_found, "there is no such dataset", {}};
    TRY_ASSIGN(const auto row, rows.get(Table::dataset, call.params["id"]));
    if (!row) return std::unexpected(unknown);
    TRY_ASSIGN(const auto dataset, from_bytes<exchange::DatasetRecord>(*row));
    TRY_ASSIGN(const auto peer, peer_of(rows, call.from.caller.did));
    auto shown = exchange::dataset_json(dataset, call.from.caller.did, peer,
                                        call.engine().self().dsp_url);
    if (!shown) return std::unexpected(unknown);
    auto body = json::Value::object({{"@context", json::Value::array({exchange::kDspContext})}});
    for (const auto& [name, value] : shown->members()) body.set(name, value);
    return body;
  });
  if (!found) return call.fail(found.error());
  answer_tagged(std::move(call), *found, {});
}

}  // namespace corridor::api
