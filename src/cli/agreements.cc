// SPDX-License-Identifier: Apache-2.0
//
// Agreements: looking at them, bringing in what was agreed elsewhere, ending one.
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/terms.h"

namespace corridor::cli {

namespace {

bool is_stream(const json::Value& item) {
  return item.text_or("dataset").starts_with("urn:corridor:stream:");
}

std::string about_text(const json::Value& item) {
  return is_stream(item) || item.text_or("dataset").empty() ? text_of(item, "kind")
                                                            : text_of(item, "dataset");
}

std::string direction_text(const json::Value& item) {
  const bool provider = item.text_or("role") == "provider";
  if (is_stream(item) || item.text_or("dataset").empty()) return provider ? "we send" : "we receive";
  return provider ? "we give" : "we get";
}

// From the options, or from a file of one object or {"items": [...]}.
Result<std::vector<json::Value>> agreements_given(const Invocation& asked) {
  std::vector<json::Value> list;
  if (!asked.operands().empty()) {
    TRY_ASSIGN(const json::Value file, json_of_file(asked.operands()[0]));
    const json::Value* const items = file.is_array() ? &file : file.find("items");
    list = items == nullptr ? std::vector{file} : items->items();
  } else {
    auto body = json::Value::object();
    for (const auto& [member, option] :
         Pairs{{"id", "--id"}, {"peer", "--peer"}, {"role", "--role"}, {"dataset", "--dataset"},
          {"kind", "--kind"}, {"note", "--note"}, {"timestamp", "--since"}})
      set_given(body, asked, member, option);
    TRY_ASSIGN(json::Value terms, json_of_option(asked, "--terms"));
    if (!terms.is_null()) body.set("terms", std::move(terms));
    list.push_back(std::move(body));
  }
  for (const auto& item : list)
    for (const char* const member : {"id", "peer", "role", "dataset"})
      if (item.text_or(member).empty())
        return fail(Code::invalid, "an agreement needs its " + std::string(member),
                    "give --id, --peer, --role and --dataset, or a file with these members");
  return list;
}

}  // namespace

Result<int> run_agreement_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  if (asked.has("--json")) return say_list_json(*node, "/agreements");
  TRY_ASSIGN(const auto names, peer_names(*node));
  Columns columns;
  columns.add({"ID", "PEER", "ABOUT", "DIRECTION", "SINCE", ""});
  bool any = false;
  TRY(node->each("/agreements", [&](const json::Value& item) {
    any = true;
    const auto name = names.find(item.text_or("peer"));
    std::string marks = item.boolean_or("ended") ? "ended" : "";
    if (item.boolean_or("imported")) marks += marks.empty() ? "imported" : ", imported";
    columns.add({text_of(item, "id"), name == names.end() ? text_of(item, "peer") : name->second,
                 about_text(item), direction_text(item), text_of(item, "since"), marks});
  }));
  say(any ? columns.text() : std::string("There are no agreements yet.\n"));
  return 0;
}

Result<int> run_agreement_show(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value item, node->get("/agreements/" + percent_encode(id)));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  TRY_ASSIGN(const Partner peer, partner_of(*node, item.text_or("peer")));
  const json::Value* const agreement = item.find("agreement");
  Columns facts;
  facts.add({"  with", peer.text()});
  facts.add({"  about", about_text(item) + ", " + direction_text(item)});
  facts.add({"  state", item.boolean_or("ended") ? "ended" : "in force"});
  facts.add({"  since", text_of(item, "since")});
  facts.add({"  sha256", text_of(item, "sha256")});
  if (item.boolean_or("imported"))
    facts.add({"  imported", item.text_or("note").empty() ? "yes" : text_of(item, "note")});
  if (const auto negotiation = text_of(item, "negotiation"); !negotiation.empty())
    facts.add({"  negotiation", negotiation});
  if (agreement != nullptr) facts.add({"  terms", terms_text(*agreement)});
  say(toned(Tone::strong, "agreement") + " " + text_of(item, "id") + "\n" + facts.text());
  if (agreement != nullptr) say("\n" + json::write_pretty(*agreement) + "\n");
  return 0;
}

Result<int> run_agreement_import(Invocation& asked) {
  TRY_ASSIGN(std::vector<json::Value> given, agreements_given(asked));
  TRY_ASSIGN(const auto node, open_node(asked));
  for (auto& body : given) {
    const std::string id(body.text_or("id"));
    TRY_ASSIGN(std::string peer, peer_called(*node, asked, std::string(body.text_or("peer"))));
    body.set("peer", std::move(peer));
    asked.attempt("the agreement " + printable(id) + " was not imported");
    TRY_ASSIGN(const json::Value answer, node->post("/agreements", json::write(body)));
    if (asked.has("--json")) {
      say_json(answer);
      continue;
    }
    say("imported " + printable(id) + " · " +
        (body.text_or("role") == "provider"
             ? std::string("the other side can ask for its data now")
             : "ask for its data with: " + asked.hint("transfer request " + printable(id))) +
        "\n");
  }
  return 0;
}

Result<int> run_agreement_terminate(Invocation& asked) {
  const std::string& id = asked.operands()[0];
  auto body = json::Value::object();
  set_given(body, asked, "reason", "--reason");
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const json::Value answer,
             node->post("/agreements/" + percent_encode(id) + "/terminate", json::write(body)));
  if (asked.has("--json"))
    say_json(answer);
  else
    say("ended " + printable(id) + ", with the transfers under it · more: " +
        asked.hint("explain " + printable(id)) + "\n");
  return 0;
}

}  // namespace corridor::cli
