// SPDX-License-Identifier: Apache-2.0
//
// Standing instructions: what the node does by itself when a process reaches a state.
#include "app/config.h"
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "cli/terms.h"

namespace corridor::cli {

namespace {

// "for documents of kind ubl:Invoice that partners offer", in the fewest columns.
std::string match_text(const json::Value& item) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  const std::string peer = text_of(item, "peer");
  if (peer == "partner") add("partners");
  if (!peer.empty() && peer != "*" && peer != "partner") add(peer);
  const std::string kind = text_of(item, "kind");
  if (!kind.empty() && kind != "*") add(kind == "agreed" ? "agreed kinds" : kind);
  if (const auto role = text_of(item, "role"); !role.empty()) add("as " + role);
  if (const auto dataset = text_of(item, "dataset"); !dataset.empty()) add(dataset);
  if (const auto agreement = text_of(item, "agreement"); !agreement.empty()) add(agreement);
  if (const std::int64_t nth = item.integer_or("nth"); nth > 0)
    add(nth == 1 ? "the first time" : "time " + std::to_string(nth));
  if (item.boolean_or("published")) add("as published");
  if (const json::Value* const when = item.find("when")) {
    auto rule = json::Value::object({{"action", "use"}});
    rule.set("constraint", when->is_array() ? *when : json::Value::array({*when}));
    std::string words =
        terms_text(json::Value::object({{"permission", json::Value::array({std::move(rule)})}}));
    if (words.starts_with("may use ")) words.erase(0, 8);
    add("when " + words);
  }
  return out.empty() ? "all" : out;
}

std::string action_text(const json::Value& item) {
  std::string out = text_of(item, "do");
  if (const std::int64_t after = item.integer_or("after"); after > 0)
    out += " after " + milliseconds_text(after);
  if (const json::Value* const terms = item.find("terms")) out += ": " + terms_text(*terms);
  if (const auto code = text_of(item, "code"); !code.empty()) out += ", code " + code;
  if (const auto reason = text_of(item, "reason"); !reason.empty()) out += " (" + reason + ")";
  return out;
}

Result<json::Value> number_of(const std::string& text, const std::string& option) {
  auto number = json::parse(text);
  if (number && number->kind() == json::Kind::integer) return number;
  return fail(Code::invalid, option + " " + text + " is no number", "write a number such as 1");
}

// As a file has it, so that both are read by one reader.
Result<json::Value> instruction_given(const Invocation& asked) {
  const bool transfer = asked.get("--process", "negotiation") == "transfer";
  const bool particular = transfer || asked.has("--dataset") || asked.has("--agreement") ||
                          asked.get("--on", "OFFERED") != "OFFERED";
  auto item = json::Value::object({{"process", asked.get("--process", "negotiation")},
                                   {"on", asked.get("--on", transfer ? "REQUESTED" : "OFFERED")},
                                   {"peer", asked.get("--peer", "partner")},
                                   {"kind", asked.get("--kind", particular ? "*" : "agreed")},
                                   {"do", asked.get("--do")}});
  for (const auto& [member, option] :
       Pairs{{"id", "--id"}, {"role", "--role"}, {"dataset", "--dataset"},
        {"agreement", "--agreement"}, {"after", "--after"}, {"webhook", "--webhook"},
        {"code", "--code"}, {"reason", "--reason"}})
    set_given(item, asked, member, option);
  if (asked.has("--published")) item.set("published", true);
  if (asked.has("--nth")) {
    TRY_ASSIGN(json::Value nth, number_of(asked.get("--nth"), "--nth"));
    item.set("nth", std::move(nth));
  }
  for (const auto& [member, option] : Pairs{{"when", "--when"}, {"terms", "--terms"}}) {
    TRY_ASSIGN(json::Value value, json_of_option(asked, option));
    if (!value.is_null()) item.set(member, std::move(value));
  }
  return item;
}

// Names of peers, as a person may use them.
Result<> name_peers(NodeClient& node, const Invocation& asked, json::Value& items) {
  auto named = json::Value::array();
  for (json::Value item : items.items()) {
    const std::string peer(item.text_or("peer", "*"));
    if (peer != "*" && peer != "partner") {
      TRY_ASSIGN(std::string did, peer_called(node, asked, peer));
      item.set("peer", std::move(did));
    }
    named.push(std::move(item));
  }
  items = std::move(named);
  return {};
}

Result<int> put_all(Invocation& asked, json::Value items) {
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY(name_peers(*node, asked, items));
  TRY_ASSIGN(const json::Value answer,
             node->post("/instructions", json::write(json::Value::object({{"items", items}}))));
  const json::Value* const list = answer.find("items");
  const auto put = list == nullptr ? std::vector{answer} : list->items();
  for (const auto& item : put) {
    if (asked.has("--json")) {
      say_json(item);
      continue;
    }
    say("added " + text_of(item, "id") + " · " + text_of(item, "process") + " " +
        text_of(item, "on") + ", " + match_text(item) + ": " + action_text(item) + "\n");
  }
  return 0;
}

}  // namespace

Result<int> run_instruction_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  if (asked.has("--json")) return say_list_json(*node, "/instructions");
  Columns columns;
  columns.add({"ID", "PROCESS", "ON", "FOR", "DO"});
  TRY(node->each("/instructions", [&](const json::Value& item) {
    columns.add({text_of(item, "id"), text_of(item, "process"), text_of(item, "on"),
                 match_text(item), action_text(item)});
  }));
  say(columns.text() +
      "The most particular that fits decides (agreement, dataset, then the rest), then the lowest "
      "id;\nwhere none fits, the node does what is usual or asks a person.\n");
  return 0;
}

Result<int> run_instruction_show(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  json::Value found;
  TRY(node->each("/instructions", [&](const json::Value& item) {
    if (item.text_or("id") == id) found = item;
  }));
  if (found.is_null())
    return fail(Code::not_found, "there is no instruction " + id,
                "see them with: " + asked.hint("instruction list"));
  if (asked.has("--json"))
    say_json(found);
  else
    say(toned(Tone::strong, "instruction") + " " + printable(id) + "\n  on " +
        text_of(found, "on") + " of a " + text_of(found, "process") + ", for " +
        match_text(found) + "\n  " + action_text(found) + "\n\n" + json::write_pretty(found) + "\n");
  return 0;
}

Result<int> run_instruction_add(Invocation& asked) {
  if (!asked.has("--do"))
    return fail(Code::invalid, "it was not said what to do",
                "add --do accept, hold or terminate; all moves: " +
                    asked.hint("instruction add --help"));
  TRY_ASSIGN(json::Value item, instruction_given(asked));
  TRY_ASSIGN(json::Value items,
             app::read_instructions(json::write(json::Value::array({std::move(item)}))));
  return put_all(asked, std::move(items));
}

Result<int> run_instruction_import(Invocation& asked) {
  const std::string& path = asked.operands()[0];
  TRY_ASSIGN(const Bytes text, read_file(path, limits::kMessageBytesMax));
  auto items = app::read_instructions(text);
  if (!items) return in_context(path, items.error());
  return put_all(asked, std::move(*items));
}

Result<int> run_instruction_remove(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value gone, node->remove("/instructions/" + percent_encode(id)));
  if (asked.has("--json"))
    say_json(gone);
  else
    say("removed " + printable(id) + "\n");
  return 0;
}

}  // namespace corridor::cli
