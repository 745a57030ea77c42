// SPDX-License-Identifier: Apache-2.0
//
// Standing instructions: what the node does by itself when an offer arrives.
#include "cli/families.h"
#include "cli/node_client.h"
#include "cli/terminal.h"

namespace corridor::cli {

Result<int> run_instruction_list(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  if (asked.has("--json")) {
    TRY(node->each("/instructions", [](const json::Value& item) { say_json(item); }));
    return 0;
  }
  Columns columns;
  columns.add({"ID", "PEER", "KIND", "ON", "DO", "REASON"});
  TRY(node->each("/instructions", [&](const json::Value& item) {
    columns.add({text_of(item, "id"), text_of(item, "peer"), text_of(item, "kind"),
                 text_of(item, "on"), text_of(item, "do"), text_of(item, "reason")});
  }));
  say(columns.text() + "The first that matches decides; when none does, a person is asked.\n");
  return 0;
}

Result<int> run_instruction_add(Invocation& asked) {
  if (!asked.has("--do"))
    return fail(Code::invalid, "it was not said what to do", "add --do accept, hold or terminate");
  auto body = json::Value::object({{"peer", asked.get("--peer", "partner")},
                                   {"kind", asked.get("--kind", "agreed")},
                                   {"on", "OFFERED"},
                                   {"do", asked.get("--do")}});
  if (asked.has("--id")) body.set("id", asked.get("--id"));
  if (asked.has("--reason")) body.set("reason", asked.get("--reason"));
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  TRY_ASSIGN(const json::Value answer, node->post("/instructions", json::write(body)));
  if (asked.has("--json"))
    say_json(answer);
  else
    say("added " + text_of(answer, "id") + " · see them all: " + asked.hint("instruction list") +
        "\n");
  return 0;
}

Result<int> run_instruction_remove(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value gone, node->remove("/instructions/" + percent_encode(id)));
  if (asked.has("--json"))
    say_json(gone);
  else
    say("removed " + printable(id) + "\n");
  return 0;
}

}  // namespace corridor::cli
