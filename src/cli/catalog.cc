// SPDX-License-Identifier: Apache-2.0
//
// What a peer offers us, as its catalogue says it.
#include "cli/catalog.h"

#include <charconv>

#include "cli/asking.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/terms.h"

namespace corridor::cli {

namespace {

constexpr int kPagesMax = 10'000;

// What stands under any of several spellings of one name, as text.
std::string first_of(const json::Value& object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const json::Value* const value = object.find(name);
    if (value == nullptr) continue;
    if (value->is_text()) return printable(value->text());
    if (value->kind() == json::Kind::integer) return std::to_string(value->integer());
    if (const auto text = value->text_or("@value"); !text.empty()) return printable(text);
  }
  return {};
}

// Of a value that may stand alone or in an array.
std::vector<json::Value> as_list(const json::Value* value) {
  if (value == nullptr) return {};
  return value->is_array() ? value->items() : std::vector{*value};
}

Result<json::Value> get_page(NodeClient& node, const std::string& peer, const std::string& address,
                             const std::string& next) {
  return node.get("/catalog" + query_of({{"peer", peer}, {"address", address}, {"next", next}}));
}

json::Value offer_of(const json::Value& policy) {
  return json::Value::object({{"id", policy.text_or("@id")}, {"terms", terms_text(policy)}});
}

}  // namespace

json::Value dataset_of(const json::Value& entry) {
  auto offers = json::Value::array();
  for (const auto& policy : as_list(entry.find("hasPolicy"))) offers.push(offer_of(policy));
  auto formats = json::Value::array();
  for (const auto& distribution : as_list(entry.find("distribution")))
    if (const auto format = first_of(distribution, {"format", "dct:format"}); !format.empty())
      formats.push(format);
  auto dataset = json::Value::object({{"id", entry.text_or("@id")}});
  const auto set = [&](const char* name, std::string value) {
    if (!value.empty()) dataset.set(name, std::move(value));
  };
  set("title", first_of(entry, {"dct:title", "title", "name"}));
  set("mediaType", first_of(entry, {"dcat:mediaType", "mediaType", "contenttype"}));
  const std::string size = first_of(entry, {"dcat:byteSize", "byteSize"});
  std::int64_t bytes = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bytes);
  if (error == std::errc{} && end == size.data() + size.size()) dataset.set("bytes", bytes);
  return dataset.set("offers", std::move(offers)).set("formats", std::move(formats));
}

Result<CatalogRead> read_catalog(NodeClient& node, const std::string& peer,
                                 const std::string& address, bool all,
                                 const std::function<void(const json::Value&)>& dataset) {
  CatalogRead read;
  std::string next;
  for (int page = 0; page < kPagesMax; ++page) {
    TRY_ASSIGN(const json::Value answer, get_page(node, peer, address, next));
    const json::Value* const catalog = answer.find("catalog");
    if (catalog == nullptr) return fail(Code::peer, "the node's answer has no catalogue");
    read.participant = text_of(*catalog, "participantId");
    for (const auto& entry : as_list(catalog->find("dataset"))) {
      ++read.datasets;
      dataset(entry);
    }
    const std::string last = std::exchange(next, std::string(answer.text_or("next")));
    read.more = !next.empty() && next != last;
    if (!all || !read.more) break;
  }
  return read;
}

Result<int> run_catalog(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string peer, peer_called(*node, asked, asked.operands()[0]));
  const bool json_wanted = asked.has("--json");
  Columns columns;
  columns.add({"DATASET", "TITLE", "BYTES", "OFFER", "TERMS"});
  const auto show = [&](const json::Value& entry) {
    const json::Value dataset = dataset_of(entry);
    if (json_wanted) return say_json(dataset);
    bool first = true;
    const json::Value* const offers = dataset.find("offers");
    for (const auto& offer : offers->items()) {
      columns.add({first ? text_of(dataset, "id") : "", first ? text_of(dataset, "title") : "",
                   first && dataset.find("bytes") != nullptr
                       ? std::to_string(dataset.integer_or("bytes"))
                       : "",
                   text_of(offer, "id"),
                   text_of(offer, "terms")});
      first = false;
    }
    if (first) columns.add({text_of(dataset, "id"), text_of(dataset, "title"), "", "none", ""});
  };
  TRY_ASSIGN(const CatalogRead read,
             read_catalog(*node, peer, asked.get("--address"), asked.has("--all"), show));
  if (json_wanted) return 0;
  if (read.datasets == 0) {
    say(printable(peer) + " offers us nothing.\n");
    return 0;
  }
  say(columns.text());
  if (read.more) say("\nThere is more: add --all\n");
  say("\nGet one with: " + asked.hint("fetch " + quoted(asked.operands()[0]) + " DATASET") + "\n");
  return 0;
}

}  // namespace corridor::cli
