// SPDX-License-Identifier: Apache-2.0
//
// Transfers: looking at them, asking for one under an agreement, and every move by hand. `request`
// is what a consumer asks with an agreement's id; `start` is the provider's (or a resuming side's)
// move on a transfer that is there.
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/timeline.h"

namespace corridor::cli {

namespace {

std::string path_of(std::string_view id) { return "/transfers/" + percent_encode(id); }

Result<int> say_transfer(Invocation& asked, NodeClient& node, const std::string& id,
                         std::string_view done) {
  TRY_ASSIGN(const json::Value process, heard(node, path_of(id)));
  if (asked.has("--json")) {
    say_json(brief_of(process));
    return 0;
  }
  say(std::string(done) + " " + printable(id) + " · " + state_words(process) + "\n  more: " +
      asked.hint("transfer show " + printable(id)) + "\n");
  return 0;
}

// Whoever gives an agreement to a move means another command.
Error meant_request(const Invocation& asked, NodeClient& node, const std::string& id, Error error) {
  if (error.code != Code::not_found) return error;
  if (node.get("/agreements/" + percent_encode(id)))
    return {Code::invalid, id + " is an agreement, not a transfer",
            "ask for its data with: " + asked.hint("transfer request " + printable(id))};
  error.todo = "see them with: " + asked.hint("transfer list");
  return error;
}

}  // namespace

Result<int> run_transfer_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string peer, peer_option(*node, asked));
  const std::string path =
      "/transfers" + query_of({{"state", asked.get("--state")},
                               {"peer", peer},
                               {"held", asked.has("--held") ? "true" : ""}});
  if (asked.has("--json")) return say_list_json(*node, path);
  TRY_ASSIGN(const auto names, peer_names(*node));
  Columns columns;
  columns.add({"ID", "PEER", "ABOUT", "DIRECTION", "STATE", "SINCE", "WAITS FOR"});
  bool any = false;
  TRY(node->each(path, [&](const json::Value& item) {
    any = true;
    const auto name = names.find(item.text_or("peer"));
    const std::string kind = text_of(item, "kind");
    columns.add({text_of(item, "id"), name == names.end() ? text_of(item, "peer") : name->second,
                 kind.empty() ? text_of(item, "dataset") : kind,
                 item.text_or("role") == "provider" ? "we give" : "we get", text_of(item, "state"),
                 text_of(item, "since"),
                 item.boolean_or("held") ? "a person here: " + text_of(item, "why") : ""});
  }));
  say(any ? columns.text() : std::string("There are no such transfers.\n"));
  return 0;
}

Result<int> run_transfer_show(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  auto item = node->get(path_of(id));
  if (!item) return std::unexpected(meant_request(asked, *node, id, item.error()));
  if (asked.has("--json")) {
    say_json(*item);
    return 0;
  }
  TRY_ASSIGN(const Partner peer, partner_of(*node, item->text_or("peer")));
  TRY_ASSIGN(const json::Value life, node->get("/explain/" + percent_encode(id)));
  Columns facts;
  facts.add({"  with", peer.text()});
  facts.add({"  direction", item->text_or("role") == "provider" ? "we give" : "we get"});
  facts.add({"  dataset", text_of(*item, "dataset")});
  facts.add({"  agreement", text_of(*item, "agreement")});
  facts.add({"  format", text_of(*item, "format")});
  if (const auto endpoint = text_of(*item, "endpoint"); !endpoint.empty())
    facts.add({"  data address", endpoint});
  if (const auto fetch = text_of(*item, "fetch"); !fetch.empty()) facts.add({"  fetch", fetch});
  facts.add({"  state", state_words(*item)});
  auto own = json::Value::object();
  if (const json::Value* const part = life.find("transfer")) own.set("transfer", *part);
  say(toned(Tone::strong, "transfer") + " " + printable(id) + "\n" + facts.text() + "\n" +
      timeline_text(timeline_of(own)));
  return 0;
}

Result<int> run_transfer_request(Invocation& asked) {
  auto body = json::Value::object({{"agreement", asked.operands()[0]}});
  set_given(body, asked, "format", "--format");
  set_given(body, asked, "address", "--address");
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const json::Value answer, node->post("/transfers", json::write(body)));
  return say_transfer(asked, *node, std::string(answer.text_or("id")), "requested");
}

// Every move by hand; which one is the command's own verb.
Result<int> run_transfer_move(Invocation& asked) {
  const auto name = asked.command().name;
  const std::string verb(name.substr(name.find(' ') + 1));
  const std::string& id = asked.operands()[0];
  auto body = json::Value::object();
  set_given(body, asked, "reason", "--reason");
  if (verb == "suspend" || verb == "terminate") set_given(body, asked, "code", "--code");
  TRY_ASSIGN(const auto node, open_node(asked));
  const auto known = node->get(path_of(id));
  if (!known) return std::unexpected(meant_request(asked, *node, id, known.error()));
  TRY(node->post(path_of(id) + "/" + verb, json::write(body)));
  return say_transfer(asked, *node, id, past_of(verb));
}

}  // namespace corridor::cli
