// SPDX-License-Identifier: Apache-2.0
//
// Getting a dataset from a peer. The node does it (negotiates, asks for the transfer, gets the
// bytes); a command asks for it, watches, and saves the bytes where a person wants them.
#include <chrono>
#include <thread>

#include "cli/asking.h"
#include "cli/bulk.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/sending.h"

namespace corridor::cli {

namespace {

constexpr std::chrono::milliseconds kShortestLook{20};
constexpr std::chrono::milliseconds kLongestLook{500};
constexpr Duration kUsualWait = minutes(2);

std::string path_of(std::string_view id) { return "/fetches/" + percent_encode(id); }

std::string stage_text(const json::Value& fetch) {
  const std::string_view state = fetch.text_or("state");
  if (state == "negotiating") return "an agreement is being made";
  if (state == "requesting") return "the transfer is being asked for";
  const std::int64_t received = fetch.integer_or("received");
  if (state == "moving" && received > 0) return std::to_string(received) + " bytes are here";
  return state == "moving" ? "bytes are on their way" : std::string(state);
}

bool settled(const json::Value& fetch) {
  return fetch.text_or("state") == "done" || fetch.text_or("state") == "failed";
}

// Until it is settled; a fetch whose bytes move is waited for as long as it takes.
Result<json::Value> watch(NodeClient& node, const std::string& id, Duration timeout) {
  const Stopwatch watch;
  Progress progress;
  auto pause = kShortestLook;
  for (;;) {
    TRY_ASSIGN(json::Value fetch, node.get(path_of(id)));
    const bool moving = fetch.text_or("state") == "moving";
    if (settled(fetch) || (!moving && watch.ms() >= timeout.ms)) return fetch;
    if (watch.ms() > 700) progress.show(stage_text(fetch) + " ...");
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestLook);
  }
}

// A name for the bytes: the last part of the dataset's id, as a file may be called.
std::string usual_name(const json::Value& fetch) {
  std::string id(fetch.text_or("dataset"));
  id = id.substr(id.find_last_of(":/") + 1);
  const auto decoded = percent_decode(id);
  std::string name = file_name(decoded ? *decoded : id);
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  while (name.starts_with('.')) name.erase(0, 1);
  return name.empty() ? "dataset" : name;
}

Result<> save(const NodeClient& node, const json::Value& fetch, const std::string& file) {
  Wanted wanted;
  wanted.path = path_of(fetch.text_or("id")) + "/data";
  wanted.file = file;
  wanted.part_name = plain_name(fetch.text_or("id"));
  wanted.sha256 = fetch.text_or("sha256");
  wanted.bytes = static_cast<std::uint64_t>(fetch.integer_or("bytes"));
  Progress progress;
  const Stopwatch watch;
  return save_body(node, wanted, [&](std::uint64_t bytes, std::uint64_t all) {
    if (all > 0 && watch.ms() > 700)
      progress.show("saving " + file + " ... " + std::to_string(bytes * 100 / all) + " %");
  });
}

// The text of a saved fetch goes where it does not mix with the bytes.
void say_saved(const json::Value& fetch, const std::string& file) {
  const std::string text = "saved " + printable(file) + " · " +
                           std::to_string(fetch.integer_or("bytes")) + " bytes · sha256 " +
                           text_of(fetch, "sha256") + "\n";
  if (file == "-")
    complain(text);
  else
    say(text);
}

Result<std::string> start(NodeClient& node, const Invocation& asked) {
  TRY_ASSIGN(const std::string peer, peer_called(node, asked, asked.operands()[0]));
  auto body = json::Value::object({{"peer", peer}, {"dataset", asked.operands()[1]}});
  set_given(body, asked, "offer", "--offer");
  set_given(body, asked, "agreement", "--agreement");
  set_given(body, asked, "address", "--address");
  TRY_ASSIGN(json::Value terms, json_of_option(asked, "--terms"));
  if (!terms.is_null()) body.set("terms", std::move(terms));
  TRY_ASSIGN(const json::Value answer, node.post("/fetches", json::write(body)));
  return json::require_text(answer, "id");
}

}  // namespace

Result<int> run_fetch(Invocation& asked) {
  TRY_ASSIGN(const Duration timeout, asked.duration("--timeout", kUsualWait));
  if (asked.has("--out")) TRY(check_free(asked.get("--out")));
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string id, start(*node, asked));
  TRY_ASSIGN(json::Value fetch, watch(*node, id, timeout));
  const bool done = fetch.text_or("state") == "done";
  const std::string file = asked.get("--out", usual_name(fetch));
  if (done) {
    asked.attempt("the bytes are at the node, but were not saved");
    auto saved = save(*node, fetch, file);
    if (!saved && saved.error().todo.empty())
      saved = fail(saved.error().code, saved.error().why,
                   "try: " + asked.hint("fetch save " + id + " --out FILE"));
    if (!saved) return std::unexpected(saved.error());
  }
  if (asked.has("--json")) {
    if (done) fetch.set("file", file);
    if (file != "-" || !done) say_json(fetch);
    return done ? 0 : 1;
  }
  if (done) {
    say_saved(fetch, file);
    return 0;
  }
  const bool failed = fetch.text_or("state") == "failed";
  say((failed ? toned(Tone::bad, "failed") : toned(Tone::strong, "waiting")) + " " + printable(id) +
      "\n  why: " + (failed ? text_of(fetch, "reason") : stage_text(fetch)) + "\n  more: " +
      asked.hint("explain " + printable(id)) + "\n");
  if (!failed)
    say("  later: " + asked.hint("fetch save " + printable(id) + " --out FILE") + "\n");
  return 1;
}

Result<int> run_fetch_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  if (asked.has("--json")) return say_list_json(*node, "/fetches");
  TRY_ASSIGN(const auto names, peer_names(*node));
  Columns columns;
  columns.add({"ID", "FROM", "DATASET", "STATE", "BYTES", "SINCE", "WHY"});
  bool any = false;
  TRY(node->each("/fetches", [&](const json::Value& item) {
    any = true;
    const auto name = names.find(item.text_or("peer"));
    const bool done = item.text_or("state") == "done";
    columns.add({text_of(item, "id"), name == names.end() ? text_of(item, "peer") : name->second,
                 text_of(item, "dataset"), text_of(item, "state"),
                 done ? std::to_string(item.integer_or("bytes")) : "", text_of(item, "since"),
                 text_of(item, "reason")});
  }));
  say(any ? columns.text()
          : "Nothing was fetched yet. See what a peer offers: " + asked.hint("catalog PEER") + "\n");
  return 0;
}

Result<int> run_fetch_show(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value item, node->get(path_of(id)));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  TRY_ASSIGN(const Partner peer, partner_of(*node, item.text_or("peer")));
  Columns facts;
  facts.add({"  from", peer.text()});
  facts.add({"  dataset", text_of(item, "dataset")});
  facts.add({"  state", settled(item) ? text_of(item, "state") : stage_text(item)});
  for (const char* const member : {"reason", "negotiation", "agreement", "transfer", "mediaType"})
    if (const auto text = text_of(item, member); !text.empty())
      facts.add({std::string("  ") + member, text});
  if (item.text_or("state") == "done") {
    facts.add({"  bytes", std::to_string(item.integer_or("bytes"))});
    facts.add({"  sha256", text_of(item, "sha256")});
  }
  say(toned(Tone::strong, "fetch") + " " + printable(id) + "\n" + facts.text());
  if (item.text_or("state") == "done")
    say("  next: " + asked.hint("fetch save " + printable(id) + " --out FILE") + "\n");
  return 0;
}

Result<int> run_fetch_save(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(json::Value fetch, node->get(path_of(id)));
  if (fetch.text_or("state") != "done")
    return fail(Code::conflict, "its bytes are not here: it is " + std::string(fetch.text_or("state")),
                "see why with: " + asked.hint("explain " + printable(id)));
  const std::string file = asked.get("--out", usual_name(fetch));
  TRY(save(*node, fetch, file));
  if (asked.has("--json") && file != "-")
    say_json(fetch.set("file", file));
  else
    say_saved(fetch, file);
  return 0;
}

}  // namespace corridor::cli
