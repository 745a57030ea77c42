// SPDX-License-Identifier: Apache-2.0
//
// Negotiations: looking at them, beginning one on either side, and every move by hand.
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/terms.h"
#include "cli/timeline.h"

namespace corridor::cli {

namespace {

std::string path_of(std::string_view id) { return "/negotiations/" + percent_encode(id); }

// A stream is a dataset that stands for documents of a kind.
std::string about_text(const json::Value& item) {
  const std::string kind = text_of(item, "kind");
  if (kind.empty()) return text_of(item, "dataset");
  if (!item.text_or("dataset").starts_with("urn:corridor:stream:"))
    return text_of(item, "dataset") + " (" + kind + ")";
  return "documents of kind " + kind +
         (item.text_or("role") == "provider" ? ", from here to there" : ", from there to here");
}

std::string verb_of(const Invocation& asked) {
  const auto name = asked.command().name;
  return std::string(name.substr(name.find(' ') + 1));
}

// What the terms on the table are to be compared with: what we asked for, or what we offer.
Result<json::Value> our_terms(NodeClient& node, const json::Value& item) {
  if (const json::Value* const wanted = item.find("wanted")) return *wanted;
  if (item.text_or("role") != "provider") return json::Value();
  const auto dataset = node.get("/datasets/" + percent_encode(item.text_or("dataset")));
  if (!dataset) return json::Value();
  const json::Value* const offers = dataset->find("offers");
  if (offers == nullptr || offers->items().empty()) return json::Value();
  const json::Value* best = &offers->items().front();
  for (const auto& offer : offers->items())
    if (offer.text_or("id") == item.text_or("offer")) best = &offer;
  const json::Value* const terms = best->find("terms");
  return terms == nullptr ? json::Value() : *terms;
}

std::string terms_part(const json::Value& item, const json::Value& ours) {
  const json::Value* const terms = item.find("terms");
  if (terms == nullptr) return {};
  const bool provider = item.text_or("role") == "provider";
  const bool compared = ours.is_object() && terms_differ(ours, *terms);
  std::string out = item.boolean_or("ours") ? "  terms, ours" : "  terms, theirs";
  if (ours.is_object())
    out += std::string(compared ? ", not" : ",") + " as we " + (provider ? "offer" : "asked for");
  out += "\n";
  return out + terms_changes(compared ? ours : *terms, *terms, "    ");
}

std::string decide_hint(const Invocation& asked, const json::Value& item) {
  const std::string id = text_of(item, "id");
  const bool counter = item.text_or("role") == "consumer";
  return "\nDecide with: " + asked.hint("negotiation approve " + id) + "\n         or: " +
         asked.hint(std::string("negotiation ") + (counter ? "counter " : "offer ") + id +
                    " --terms FILE") +
         "\n         or: " + asked.hint("negotiation terminate " + id + " --reason WHY") + "\n";
}

Result<int> say_process(Invocation& asked, NodeClient& node, const std::string& id,
                        std::string_view done) {
  TRY_ASSIGN(const json::Value process, heard(node, path_of(id)));
  if (asked.has("--json")) {
    say_json(brief_of(process));
    return 0;
  }
  say(std::string(done) + " " + printable(id) + " · " + state_words(process) + "\n");
  if (const auto agreement = text_of(process, "agreement"); !agreement.empty())
    say("  agreement: " + agreement + "\n");
  say("  more: " + asked.hint("negotiation show " + printable(id)) + "\n");
  return 0;
}

}  // namespace

Result<int> run_negotiation_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string peer, peer_option(*node, asked));
  const std::string path =
      "/negotiations" + query_of({{"state", asked.get("--state")},
                                  {"peer", peer},
                                  {"held", asked.has("--held") ? "true" : ""}});
  if (asked.has("--json")) return say_list_json(*node, path);
  TRY_ASSIGN(const auto names, peer_names(*node));
  Columns columns;
  columns.add({"ID", "PEER", "ABOUT", "STATE", "SINCE", "WAITS FOR"});
  bool held = false;
  bool any = false;
  TRY(node->each(path, [&](const json::Value& item) {
    any = true;
    held = held || item.boolean_or("held");
    const auto name = names.find(item.text_or("peer"));
    const std::string kind = text_of(item, "kind");
    columns.add({text_of(item, "id"), name == names.end() ? text_of(item, "peer") : name->second,
                 kind.empty() ? text_of(item, "dataset") : kind, text_of(item, "state"),
                 text_of(item, "since"),
                 item.boolean_or("held") ? "a person here: " + text_of(item, "why") : ""});
  }));
  if (!any) {
    say(asked.has("--state") || asked.has("--peer") || asked.has("--held")
            ? "There are no such negotiations.\n"
            : "There are no negotiations yet.\n");
    return 0;
  }
  say(columns.text());
  if (held)
    say("\nLook with: " + asked.hint("negotiation show ID") +
        "\nDecide with: " + asked.hint("negotiation approve ID") +
        " or: " + asked.hint("negotiation terminate ID --reason WHY") + "\n");
  return 0;
}

Result<int> run_negotiation_show(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value item, node->get(path_of(id)));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  TRY_ASSIGN(const Partner peer, partner_of(*node, item.text_or("peer")));
  TRY_ASSIGN(const json::Value life, node->get("/explain/" + percent_encode(id)));
  TRY_ASSIGN(const json::Value ours, our_terms(*node, item));
  Columns facts;
  facts.add({"  with", peer.text()});
  facts.add({"  role", item.text_or("role") == "provider" ? "we provide" : "we use"});
  facts.add({"  about", about_text(item)});
  facts.add({"  state", state_words(item)});
  if (const auto agreement = text_of(item, "agreement"); !agreement.empty())
    facts.add({"  agreement", agreement});
  auto own = json::Value::object();
  if (const json::Value* const part = life.find("negotiation")) own.set("negotiation", *part);
  say(toned(Tone::strong, "negotiation") + " " + printable(id) + "\n" + facts.text() +
      terms_part(item, ours) + "\n" + timeline_text(timeline_of(own)));
  if (item.boolean_or("held")) say(decide_hint(asked, item));
  return 0;
}

Result<int> run_negotiation_start(Invocation& asked) {
  const std::string role = asked.get("--as", "consumer");
  if (role != "consumer" && role != "provider")
    return fail(Code::invalid, "--as " + role + " is no role", "write consumer or provider");
  TRY_ASSIGN(json::Value terms, json_of_option(asked, "--terms"));
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string peer, peer_called(*node, asked, asked.operands()[0]));
  auto body = json::Value::object(
      {{"peer", peer}, {"dataset", asked.operands()[1]}, {"role", role}});
  set_given(body, asked, "offer", "--offer");
  set_given(body, asked, "address", "--address");
  if (!terms.is_null()) body.set("terms", std::move(terms));
  TRY_ASSIGN(const json::Value answer, node->post("/negotiations", json::write(body)));
  return say_process(asked, *node, std::string(answer.text_or("id")),
                     role == "provider" ? "offered" : "asked for");
}

// Every move by hand; which one is the command's own verb.
Result<int> run_negotiation_move(Invocation& asked) {
  const std::string verb = verb_of(asked);
  const std::string& id = asked.operands()[0];
  auto body = json::Value::object();
  if (verb == "offer" || verb == "counter") {
    TRY_ASSIGN(json::Value terms, json_of_option(asked, "--terms"));
    if (!terms.is_null()) body.set("terms", std::move(terms));
  }
  if (verb == "terminate") set_given(body, asked, "code", "--code");
  set_given(body, asked, "reason", "--reason");
  TRY_ASSIGN(const auto node, open_node(asked));
  // Of the same id a transfer could be meant; its moves have other names and another command.
  TRY(node->get(path_of(id)));
  TRY(node->post(path_of(id) + "/" + verb, json::write(body)));
  return say_process(asked, *node, id, past_of(verb));
}

}  // namespace corridor::cli
