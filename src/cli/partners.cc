// SPDX-License-Identifier: Apache-2.0
//
// How two parties find each other: an invitation, and joining with it.
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/joining.h"
#include "identity/invite.h"

namespace corridor::cli {

namespace {

// What this version checks; anything else waits for a person unless it is named.
constexpr std::string_view kCheckedKinds =
    "ubl:Invoice,ubl:CreditNote,cii:CrossIndustryInvoice,edifact:INVOIC";

Result<std::string> invite_request(const Invocation& asked) {
  auto body = json::Value::object({{"kinds", names_in(asked.get("--kinds", kCheckedKinds))}});
  if (asked.has("--name")) body.set("name", asked.get("--name"));
  if (asked.has("--expires")) {
    TRY(asked.duration("--expires", {}));
    body.set("expires", asked.get("--expires"));
  }
  if (asked.has("--terms")) {
    TRY_ASSIGN(const Bytes text, read_file(asked.get("--terms"), limits::kMessageBytesMax / 2));
    auto terms = json::parse(text);
    if (!terms) return in_context(asked.get("--terms"), terms.error());
    body.set("terms", std::move(*terms));
  }
  return json::write(body);
}

std::string kinds_text(const std::vector<std::string>& kinds) {
  std::string out;
  for (const auto& kind : kinds) out += (out.empty() ? "" : ", ") + printable(kind);
  return out.empty() ? "none yet" : out;
}

void show_invite(const identity::Invite& invite) {
  const auto* const seal = invite.inviter.method(identity::kSealFragment);
  Columns facts;
  facts.add(
      {"  invites", printable(invite.name) + " (" + printable(invite.inviter.id.value) + ")"});
  facts.add({"  answers at", printable(invite.url)});
  facts.add({"  documents", kinds_text(invite.kinds)});
  facts.add({"  terms", invite.terms.is_null() ? "use without limits (the default)"
                                               : printable(json::write(invite.terms))});
  facts.add({"  valid until", iso8601(invite.exp)});
  if (seal != nullptr && seal->key)
    facts.add({"  fingerprint", toned(Tone::strong, identity::fingerprint(*seal->key))});
  say(facts.text());
}

void say_joined(const Joined& joined) {
  say(toned(Tone::good, "joined") + " " + joined.partner.text() + "\n");
  if (joined.answered)
    say("  our test document was answered in " + milliseconds_text(joined.answered_ms) + "\n");
  else
    say("  our test document is still " + joined.state + "; the node keeps trying\n");
  if (joined.arrived)
    say("  their test document arrived: " + printable(joined.arrived_id) + "\n");
  else
    say("  their test document has not arrived yet\n");
}

}  // namespace

Result<int> run_invite(Invocation& asked) {
  TRY_ASSIGN(const std::string request, invite_request(asked));
  const std::string partner = plain_name(asked.get("--name"));
  const std::string path = asked.get("--out", (partner.empty() ? "partner" : partner) + ".invite");
  TRY(check_free(path));
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  TRY_ASSIGN(const json::Value answer, node->post("/invites", request));
  TRY_ASSIGN(const std::string invite, json::require_text(answer, "invite"));
  asked.attempt("the invitation was made, but its file was not written");
  TRY(write_file(path, invite + "\n", Existing::keep));
  if (asked.has("--json") && path != "-") {
    say_json(json::Value::object({{"file", path},
                                  {"id", answer.text_or("id")},
                                  {"fingerprint", answer.text_or("fingerprint")},
                                  {"expires", answer.text_or("expires")}}));
    return 0;
  }
  Columns facts;
  facts.add({"  fingerprint", toned(Tone::strong, text_of(answer, "fingerprint"))});
  facts.add({"  valid until", text_of(answer, "expires")});
  const std::string text =
      "wrote " + printable(path) + ": one invitation, for one partner.\n" + facts.text() +
      "\n1. Give the file to your partner by a way you trust.\n"
      "2. Your partner runs: corridor join " +
      printable(path) +
      "\n"
      "3. Compare the fingerprint by telephone before your partner says yes.\n";
  if (path == "-")
    complain(text);
  else
    say(text);
  return 0;
}

Result<int> run_join(Invocation& asked) {
  const std::string& path = asked.operands()[0];
  TRY_ASSIGN(const Bytes file, read_file(path, limits::kMessageBytesMax));
  SystemEnv env;
  TRY_ASSIGN(const identity::Invite invite, identity::read_invite(file, env.now()));
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  if (!asked.has("--json")) show_invite(invite);
  if (!asked.has("--yes")) {
    if (!person_is_here())
      return fail(Code::invalid, "there is no terminal to ask whether the fingerprint is right",
                  "compare it with what the inviter says, then add --yes");
    if (!confirmed("Is this the fingerprint that the inviter told you?"))
      return fail(Code::denied, "you said no", "ask the inviter for the fingerprint by telephone");
  }
  TRY_ASSIGN(const Joined joined, join_with(*node, file));
  if (asked.has("--json"))
    say_json(json::Value::object({{"did", joined.partner.did},
                                  {"name", joined.partner.name},
                                  {"exchange", joined.exchange},
                                  {"state", joined.state},
                                  {"ms", joined.answered_ms},
                                  {"received", joined.arrived_id}}));
  else
    say_joined(joined);
  return joined.answered && joined.arrived ? 0 : 1;
}

}  // namespace corridor::cli
