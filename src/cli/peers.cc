// SPDX-License-Identifier: Apache-2.0
//
// The nodes and connectors this node knows: also those that are no Corridor, without an invitation.
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/terminal.h"

namespace corridor::cli {

Result<int> run_peer_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  if (asked.has("--json")) return say_list_json(*node, "/peers");
  Columns columns;
  columns.add({"NAME", "DID", "PARTNER", "MAY SEND WITHOUT ASKING", "ANSWERS AT"});
  TRY(node->each("/peers", [&](const json::Value& peer) {
    const bool corridor = !peer.text_or("url").empty();
    columns.add({text_of(peer, "name"), text_of(peer, "did"),
                 peer.boolean_or("partner") ? "yes" : "only seen", names_of(peer, "kinds"),
                 text_of(peer, "dsp") + (corridor ? "" : " (no Corridor)") +
                     (peer.boolean_or("fixedToken") ? ", by a fixed token" : "")});
  }));
  say(columns.text());
  return 0;
}

Result<int> run_peer_add(Invocation& asked) {
  const std::string& did = asked.operands()[0];
  if (!did.starts_with("did:") && !asked.has("--dsp"))
    return fail(Code::invalid, did + " is no DID, so nobody can look up where it answers",
                "add --dsp URL, the base of its Dataspace Protocol");
  auto body = json::Value::object({{"did", did}, {"partner", !asked.has("--not-partner")}});
  set_given(body, asked, "name", "--name");
  set_given(body, asked, "dsp", "--dsp");
  set_given(body, asked, "corridor", "--corridor");
  if (asked.has("--kinds")) body.set("kinds", names_in(asked.get("--kinds")));
  for (const auto& [member, option] :
       Pairs{{"token", "--token-file"}, {"authorization", "--authorization-file"}})
    if (asked.has(option)) {
      TRY_ASSIGN(const std::string secret, secret_of_file(asked.get(option)));
      body.set(member, secret);
    }
  TRY_ASSIGN(json::Value terms, json_of_option(asked, "--terms"));
  if (!terms.is_null()) body.set("terms", std::move(terms));
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const json::Value answer, node->post("/peers", json::write(body)));
  if (asked.has("--json")) {
    say_json(answer);
    return 0;
  }
  const std::string name = text_of(answer, "name");
  say("added " + (name.empty() ? printable(did) : name + " (" + printable(did) + ")") + "\n");
  Columns next;
  next.add({"  look at it:", asked.hint("doctor --peer " + quoted(did))});
  next.add({"  what it offers:", asked.hint("catalog " + quoted(did))});
  say(next.text());
  return 0;
}

Result<int> run_peer_set(Invocation& asked) {
  const std::string& wanted = asked.operands()[0];
  if (!asked.has("--answers"))
    return fail(Code::invalid, "nothing was said that could be changed",
                "say how answers go to it: --answers statement, or --answers ubl");
  auto body = json::Value::object();
  set_given(body, asked, "answers", "--answers");
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string did, peer_called(*node, asked, wanted));
  TRY_ASSIGN(const json::Value answer, node->put("/peers/" + percent_encode(did), json::write(body)));
  if (asked.has("--json"))
    say_json(answer);
  else
    say("changed " + printable(wanted) + " · our answers go to it as " +
        (answer.text_or("answers") == "ubl" ? "statements and UBL ApplicationResponses"
                                            : "statements") +
        "\n");
  return 0;
}

Result<int> run_peer_remove(Invocation& asked) {
  const std::string& wanted = asked.operands()[0];
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(const std::string did, peer_called(*node, asked, wanted));
  TRY_ASSIGN(const json::Value gone, node->remove("/peers/" + percent_encode(did)));
  if (asked.has("--json"))
    say_json(gone);
  else
    say("removed " + printable(wanted) + " · what it offers from now on waits for a person\n");
  return 0;
}

}  // namespace corridor::cli
