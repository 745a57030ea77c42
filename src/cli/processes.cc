// SPDX-License-Identifier: Apache-2.0
//
// Negotiations and agreements: looking at them, and a person's yes or no.
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/timeline.h"

namespace corridor::cli {

namespace {

// Every item of a list as it is, one a line.
Result<int> list_json(NodeClient& node, const std::string& path) {
  TRY(node.each(path, [](const json::Value& item) { say_json(item); }));
  return 0;
}

Result<json::Value> find_item(NodeClient& node, const std::string& path, const std::string& id) {
  json::Value found;
  TRY(node.each(path, [&](const json::Value& item) {
    if (item.text_or("id") == id) found = item;
  }));
  if (found.is_null()) return fail(Code::not_found, "there is none with the id " + id);
  return found;
}

std::string reason_body(const Invocation& asked) {
  return json::write(json::Value::object({{"reason", asked.get("--reason")}}));
}

Result<int> decide(Invocation& asked, const std::string& verb, const std::string& done) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value answer,
             node->post("/negotiations/" + percent_encode(id) + "/" + verb, reason_body(asked)));
  if (asked.has("--json"))
    say_json(answer);
  else
    say(done + " " + printable(id) + " · more: " + asked.hint("explain " + id) + "\n");
  return 0;
}

std::string pretty(const json::Value& object, std::string_view key) {
  const json::Value* const value = object.find(key);
  return value == nullptr ? std::string() : json::write_pretty(*value) + "\n";
}

}  // namespace

Result<int> run_negotiation_list(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  if (asked.has("--json")) return list_json(*node, "/negotiations");
  Columns columns;
  columns.add({"ID", "PEER", "KIND", "STATE", "SINCE", "WAITS FOR"});
  bool held = false;
  bool any = false;
  TRY(node->each("/negotiations", [&](const json::Value& item) {
    any = true;
    held = held || item.boolean_or("held");
    columns.add({text_of(item, "id"), text_of(item, "peer"), text_of(item, "kind"),
                 text_of(item, "state"), text_of(item, "since"),
                 item.boolean_or("held") ? "a person here: " + text_of(item, "why") : ""});
  }));
  say(any ? columns.text() : std::string("There are no negotiations yet.\n"));
  if (held)
    say("\nDecide with: " + asked.hint("negotiation approve ID") +
        " or: " + asked.hint("negotiation terminate ID --reason WHY") + "\n");
  return 0;
}

Result<int> run_negotiation_show(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value item, find_item(*node, "/negotiations", id));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  TRY_ASSIGN(const Partner peer, partner_of(*node, item.text_or("peer")));
  TRY_ASSIGN(const json::Value life, node->get("/explain/" + percent_encode(id)));
  const bool provider = item.text_or("role") == "provider";
  Columns facts;
  facts.add({"  with", peer.text()});
  facts.add({"  about", "documents of kind " + text_of(item, "kind") +
                            (provider ? ", from here to there" : ", from there to here")});
  facts.add({"  state", text_of(item, "state")});
  if (item.boolean_or("held")) facts.add({"  waits for", "a person here: " + text_of(item, "why")});
  if (const auto agreement = text_of(item, "agreement"); !agreement.empty())
    facts.add({"  agreement", agreement});
  say(toned(Tone::strong, "negotiation") + " " + printable(id) + "\n" + facts.text() + "  terms\n" +
      pretty(item, "terms") + "\n" + timeline_text(timeline_of(life)));
  return 0;
}

Result<int> run_negotiation_approve(Invocation& asked) {
  return decide(asked, "approve", "approved");
}

Result<int> run_negotiation_terminate(Invocation& asked) {
  return decide(asked, "terminate", "terminated");
}

Result<int> run_agreement_list(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  if (asked.has("--json")) return list_json(*node, "/agreements");
  Columns columns;
  columns.add({"ID", "PEER", "KIND", "DIRECTION", "SINCE"});
  bool any = false;
  TRY(node->each("/agreements", [&](const json::Value& item) {
    any = true;
    columns.add({text_of(item, "id"), text_of(item, "peer"), text_of(item, "kind"),
                 item.text_or("role") == "provider" ? "we send" : "we receive",
                 text_of(item, "since")});
  }));
  say(any ? columns.text() : std::string("There are no agreements yet.\n"));
  return 0;
}

Result<int> run_agreement_show(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  TRY_ASSIGN(const json::Value item, find_item(*node, "/agreements", asked.operands()[0]));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  TRY_ASSIGN(const Partner peer, partner_of(*node, item.text_or("peer")));
  Columns facts;
  facts.add({"  with", peer.text()});
  facts.add({"  about", "documents of kind " + text_of(item, "kind") +
                            (item.text_or("role") == "provider" ? ", from here to there"
                                                                : ", from there to here")});
  facts.add({"  since", text_of(item, "since")});
  facts.add({"  sha256", text_of(item, "sha256")});
  facts.add({"  negotiation", text_of(item, "negotiation")});
  say(toned(Tone::strong, "agreement") + " " + text_of(item, "id") + "\n" + facts.text() + "\n" +
      pretty(item, "agreement"));
  return 0;
}

}  // namespace corridor::cli
