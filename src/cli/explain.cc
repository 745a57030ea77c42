// SPDX-License-Identifier: Apache-2.0
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/timeline.h"

namespace corridor::cli {

namespace {

std::string agreement_summary(const json::Value& life) {
  const json::Value* const negotiation = life.find("negotiation");
  if (negotiation == nullptr) return {};
  std::string out = text_of(*negotiation, "state");
  if (const auto id = text_of(*negotiation, "agreement"); !id.empty()) out += " · " + id;
  if (negotiation->boolean_or("held"))
    out += " · waits for a person here: " + text_of(*negotiation, "why");
  return out;
}

std::string state_of(const json::Value& part) {
  std::string out = text_of(part, "state");
  if (const auto code = text_of(part, "code"); !code.empty())
    out += " (" + code + "): " + text_of(part, "reason");
  return out;
}

void add_exchange(Columns& facts, const json::Value& exchange, const Partner& partner) {
  const bool sender = exchange.text_or("role") == "sender";
  facts.add({"  document", text_of(exchange, "kind") + " " + text_of(exchange, "name") + " · " +
                               std::to_string(exchange.integer_or("bytes")) + " bytes · sha256 " +
                               text_of(exchange, "sha256")});
  facts.add({sender ? "  to" : "  from", partner.text()});
  facts.add({"  state", state_of(exchange)});
  facts.add({"  receipt", text_of(exchange, "level")});
}

std::string deliveries(const json::Value& life) {
  std::string out;
  for (const char* const member : {"negotiation", "transfer", "exchange"}) {
    const json::Value* const part = life.find(member);
    const json::Value* const list = part == nullptr ? nullptr : part->find("delivery");
    if (list == nullptr) continue;
    for (const auto& attempt : list->items()) {
      out += "  on its way: " + text_of(attempt, "what") + " · attempts " +
             std::to_string(attempt.integer_or("attempts"));
      if (const auto error = text_of(attempt, "lastError"); !error.empty())
        out += " · last: " + error;
      out += "\n";
    }
  }
  return out;
}

}  // namespace

Result<int> run_explain(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  TRY_ASSIGN(const json::Value life, node->get("/explain/" + percent_encode(asked.operands()[0])));
  if (asked.has("--json")) {
    say_json(life);
    return 0;
  }
  const json::Value* const main = life.find(life.text_or("what"));
  if (main == nullptr)
    return fail(Code::peer, "the node's answer has no part called " + text_of(life, "what"),
                "use a node and a command of the same version");
  TRY_ASSIGN(const Partner partner, partner_of(*node, main->text_or("peer")));
  Columns facts;
  const json::Value* const exchange = life.find("exchange");
  if (exchange != nullptr) {
    add_exchange(facts, *exchange, partner);
  } else {
    facts.add({"  with", partner.text()});
    facts.add({"  state", state_of(*main)});
  }
  if (const auto agreement = agreement_summary(life); !agreement.empty())
    facts.add({"  agreement", agreement});
  if (const json::Value* const transfer = life.find("transfer"))
    facts.add({"  transfer", text_of(*transfer, "state") + " · " + text_of(*transfer, "id")});
  say(toned(Tone::strong, text_of(life, "what")) + " " + text_of(life, "id") + "\n" + facts.text());
  if (exchange != nullptr) {
    say(findings_text(exchange->find("report"), "    "));
    say(findings_text(exchange->find("peerReport"), "    found by the partner: "));
    if (exchange->text_or("state") == "waiting" || exchange->text_or("state") == "sending")
      say("  waits: " + waits_for(life, partner.text()) + "\n");
  }
  say(deliveries(life) + "\n" + timeline_text(timeline_of(life)));
  return 0;
}

}  // namespace corridor::cli
