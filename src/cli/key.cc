// SPDX-License-Identifier: Apache-2.0
//
// API keys besides the data folder's own: one for each program or person that asks this node.
#include "cli/families.h"
#include "cli/node_client.h"
#include "cli/terminal.h"

namespace corridor::cli {

Result<int> run_key_list(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  if (asked.has("--json")) {
    TRY(node->each("/keys", [](const json::Value& item) { say_json(item); }));
    return 0;
  }
  Columns columns;
  columns.add({"NAME", "ROLE", "SINCE"});
  TRY(node->each("/keys", [&](const json::Value& item) {
    columns.add({text_of(item, "name"), text_of(item, "role"), text_of(item, "since")});
  }));
  say(columns.text() + "The key in " + printable(data) + "/api.key may do everything.\n");
  return 0;
}

// The key alone goes to standard output, so that it can be kept by whoever asked for it.
Result<int> run_key_add(Invocation& asked) {
  const auto body = json::Value::object({{"name", asked.operands()[0]},
                                         {"role", asked.get("--role", "read")}});
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  TRY_ASSIGN(const json::Value answer, node->post("/keys", json::write(body)));
  if (asked.has("--json"))
    say_json(answer);
  else
    say(text_of(answer, "key") + "\n");
  return 0;
}

Result<int> run_key_remove(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  const std::string& name = asked.operands()[0];
  TRY_ASSIGN(const json::Value gone, node->remove("/keys/" + percent_encode(name)));
  if (asked.has("--json"))
    say_json(gone);
  else
    say("removed " + printable(name) + "\n");
  return 0;
}

}  // namespace corridor::cli
