// SPDX-License-Identifier: Apache-2.0
//
// What this node offers: datasets with their bytes, or where others serve them.
#include "cli/asking.h"
#include "cli/bulk.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/sending.h"
#include "cli/terms.h"

namespace corridor::cli {

namespace {

std::string path_of(std::string_view id) { return "/datasets/" + percent_encode(id); }

std::string readers_text(const json::Value& offer) {
  const json::Value* const peers = offer.find("peers");
  std::string out;
  if (peers == nullptr) return out;
  for (const auto& peer : peers->items()) {
    if (!peer.is_text()) continue;
    out += out.empty() ? "" : ", ";
    out += peer.text() == "*"         ? "everyone"
           : peer.text() == "partner" ? "partners"
                                      : printable(peer.text());
  }
  return out;
}

std::string all_readers(const json::Value& dataset) {
  std::string out;
  if (const json::Value* const offers = dataset.find("offers"))
    for (const auto& offer : offers->items())
      out += (out.empty() ? "" : "; ") + readers_text(offer);
  return out;
}

std::string bytes_text(const json::Value& dataset) {
  if (const auto endpoint = text_of(dataset, "endpoint"); !endpoint.empty()) return "at " + endpoint;
  return dataset.boolean_or("hasData") ? std::to_string(dataset.integer_or("bytes")) : "none yet";
}

Result<std::string> id_for(const Invocation& asked) {
  if (asked.has("--id")) return asked.get("--id");
  if (!asked.operands().empty())
    return "urn:corridor:dataset:" + percent_encode(file_name(asked.operands()[0]));
  return fail(Code::invalid, "a dataset that is served elsewhere needs a name", "add --id ID");
}

Result<json::Value> dataset_given(NodeClient& node, const Invocation& asked) {
  auto offer = json::Value::object();
  set_given(offer, asked, "id", "--offer");
  TRY_ASSIGN(json::Value terms, json_of_option(asked, "--terms"));
  if (!terms.is_null()) offer.set("terms", std::move(terms));
  auto readers = json::Value::array();
  for (const auto& reader : asked.all("--to")) {
    if (reader == "*" || reader == "partner") {
      readers.push(reader);
      continue;
    }
    TRY_ASSIGN(std::string did, peer_called(node, asked, reader));
    readers.push(std::move(did));
  }
  if (readers.items().empty()) readers.push("partner");
  offer.set("peers", std::move(readers));
  auto body = json::Value::object({{"offers", json::Value::array({std::move(offer)})}});
  if (!asked.operands().empty()) body.set("title", file_name(asked.operands()[0]));
  set_given(body, asked, "title", "--title");
  set_given(body, asked, "mediaType", "--type");
  set_given(body, asked, "kind", "--kind");
  if (asked.has("--address")) {
    auto address = json::Value::object({{"endpoint", asked.get("--address")}});
    if (asked.has("--authorization-file")) {
      TRY_ASSIGN(const std::string value, secret_of_file(asked.get("--authorization-file")));
      address.set("authorization", value);
    }
    body.set("address", std::move(address));
  }
  return body;
}

Result<> upload(Invocation& asked, NodeClient& node, const std::string& id) {
  const std::string& file = asked.operands()[0];
  asked.attempt("the dataset " + printable(id) + " is there, but without its bytes");
  Progress progress;
  const Stopwatch watch;
  const auto moved = [&](std::uint64_t bytes, std::uint64_t all) {
    if (all > 0 && watch.ms() > 700)
      progress.show("sending " + file + " ... " + std::to_string(bytes * 100 / all) + " %");
  };
  auto answer = put_file(node, path_of(id) + "/data", file,
                         asked.get("--type", "application/octet-stream"), moved);
  if (answer) return {};
  Error error = answer.error();
  if (error.todo.empty())
    error.todo = "try again with --replace, or remove it: " + asked.hint("dataset remove " + id);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<int> run_dataset_add(Invocation& asked) {
  if (asked.operands().empty() == !asked.has("--address"))
    return fail(Code::invalid, "it needs either a file or --address",
                "name the file whose bytes are offered, or where others serve them");
  TRY_ASSIGN(const std::string id, id_for(asked));
  if (!asked.operands().empty()) TRY(check_readable(asked.operands()[0]));
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const json::Value body, dataset_given(*node, asked));
  if (!asked.has("--replace")) {
    const auto there = node->get(path_of(id));
    if (there)
      return fail(Code::conflict, "there is a dataset " + id + " already",
                  "add --replace to offer it anew, or --id to name this one otherwise");
    if (there.error().code != Code::not_found) return std::unexpected(there.error());
  }
  TRY(node->put(path_of(id), json::write(body)));
  if (!asked.operands().empty()) TRY(upload(asked, *node, id));
  TRY_ASSIGN(const json::Value dataset, node->get(path_of(id)));
  if (asked.has("--json")) {
    say_json(dataset);
    return 0;
  }
  say("offered " + printable(id) + " to " + all_readers(dataset) + " · " +
      (asked.has("--address") ? "served " : "") + bytes_text(dataset) +
      (asked.has("--address") ? "" : " bytes") + "\n");
  if (const auto sha256 = text_of(dataset, "sha256"); !sha256.empty()) say("  sha256 " + sha256 + "\n");
  return 0;
}

Result<int> run_dataset_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  if (asked.has("--json")) return say_list_json(*node, "/datasets");
  Columns columns;
  columns.add({"ID", "TITLE", "TYPE", "BYTES", "OFFERED TO"});
  bool any = false;
  TRY(node->each("/datasets", [&](const json::Value& item) {
    any = true;
    columns.add({text_of(item, "id"), text_of(item, "title"), text_of(item, "mediaType"),
                 bytes_text(item), all_readers(item)});
  }));
  say(any ? columns.text()
          : "Nothing is offered yet. Offer a file: " + asked.hint("dataset add FILE") + "\n");
  return 0;
}

Result<int> run_dataset_show(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const json::Value item, node->get(path_of(asked.operands()[0])));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  Columns facts;
  facts.add({"  title", text_of(item, "title")});
  facts.add({"  type", text_of(item, "mediaType")});
  facts.add({"  bytes", bytes_text(item)});
  if (const auto sha256 = text_of(item, "sha256"); !sha256.empty())
    facts.add({"  sha256", sha256});
  facts.add({"  since", text_of(item, "since")});
  say(toned(Tone::strong, "dataset") + " " + text_of(item, "id") + "\n" + facts.text());
  if (const json::Value* const offers = item.find("offers"))
    for (const auto& offer : offers->items()) {
      say("  offer " + text_of(offer, "id") + " to " + readers_text(offer) + "\n");
      if (const json::Value* const terms = offer.find("terms"))
        for (const auto& line : terms_lines(*terms)) say("    " + line + "\n");
    }
  return 0;
}

Result<int> run_dataset_remove(Invocation& asked) {
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const json::Value gone, node->remove(path_of(id)));
  if (asked.has("--json"))
    say_json(gone);
  else
    say("removed " + printable(id) + " · nobody can ask for it any more\n");
  return 0;
}

}  // namespace corridor::cli
