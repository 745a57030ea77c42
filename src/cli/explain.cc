// SPDX-License-Identifier: Apache-2.0
#include "cli/answering.h"
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "cli/terms.h"
#include "cli/timeline.h"

namespace corridor::cli {

namespace {

constexpr Duration kOtherSideTime = seconds(20);

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
  add_answers(facts, exchange);
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

// What the counterparty says of the negotiation and the transfer, as `otherSide` of each: its state,
// or why it did not say.
void ask_other_side(NodeClient& node, json::Value& life) {
  for (const auto& [member, path] :
       Pairs{{"negotiation", "/negotiations/"}, {"transfer", "/transfers/"}}) {
    const json::Value* const part = life.find(member);
    if (part == nullptr) continue;
    json::Value with = *part;
    auto said = node.get(path + percent_encode(part->text_or("id")) + "/other-side", kOtherSideTime);
    with.set("otherSide", said ? std::move(*said)
                               : json::Value::object({{"error", said.error().why}}));
    life.set(member, std::move(with));
  }
}

std::string both_sides(const json::Value& part) {
  std::string out = state_words(part);
  const json::Value* const other = part.find("otherSide");
  if (other == nullptr) return out;
  const auto theirs = text_of(*other, "state");
  if (theirs.empty()) return out + " · there: not known, " + text_of(*other, "error");
  return theirs == text_of(part, "state") ? out + " · there too" : out + " · there: " + theirs;
}

// The thing itself: what the id that was given names.
void add_main(Columns& facts, const json::Value& life, const json::Value& main,
              const Partner& partner) {
  const std::string_view what = life.text_or("what");
  if (what == "exchange") return add_exchange(facts, main, partner);
  if (what != "dataset") facts.add({"  with", partner.text()});
  if (what == "agreement")
    facts.add({"  state", main.boolean_or("ended") ? "ended" : "in force"});
  if (what == "fetch") facts.add({"  state", text_of(main, "state")});
  if (const auto reason = text_of(main, "reason"); !reason.empty()) facts.add({"  why", reason});
  if (const auto dataset = text_of(main, "dataset"); !dataset.empty())
    facts.add({"  dataset", dataset});
  if (what == "dataset") facts.add({"  title", text_of(main, "title")});
  if (const auto sha256 = text_of(main, "sha256"); !sha256.empty())
    facts.add({what == "agreement" ? "  agreement" : "  bytes", "sha256 " + sha256});
}

void add_parts(Columns& facts, const json::Value& life) {
  if (const json::Value* const negotiation = life.find("negotiation")) {
    facts.add({"  negotiation", both_sides(*negotiation) + " · " + text_of(*negotiation, "id")});
    if (const json::Value* const terms = negotiation->find("terms"))
      facts.add({"  terms", terms_text(*terms)});
  }
  if (const json::Value* const agreement = life.find("agreementRecord"))
    facts.add({"  agreement", text_of(*agreement, "id") +
                                  (agreement->boolean_or("ended") ? " · ended" : "") +
                                  (agreement->boolean_or("imported") ? " · imported" : "")});
  if (const json::Value* const transfer = life.find("transfer"))
    facts.add({"  transfer", both_sides(*transfer) + " · " + text_of(*transfer, "id")});
  if (const json::Value* const fetch = life.find("fetch"); fetch != nullptr && life.text_or("what") != "fetch")
    facts.add({"  fetch", text_of(*fetch, "state") + " · " + text_of(*fetch, "id")});
  for (const auto& [member, name] :
       Pairs{{"negotiations", "  negotiation"}, {"transfers", "  transfer"}})
    if (const json::Value* const list = life.find(member))
      for (const auto& item : list->items())
        facts.add({name, text_of(item, "state") + " · " + text_of(item, "id") + " · " +
                             text_of(item, "peer")});
}

}  // namespace

Result<int> run_explain(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(json::Value life, node->get("/explain/" + percent_encode(asked.operands()[0])));
  ask_other_side(*node, life);
  if (asked.has("--json")) {
    say_json(life);
    return 0;
  }
  const std::string what = text_of(life, "what");
  const json::Value* const main = life.find(what == "agreement" ? "agreementRecord" : what);
  if (main == nullptr)
    return fail(Code::peer, "the node's answer has no part called " + what,
                "use a node and a command of the same version");
  TRY_ASSIGN(const Partner partner, partner_of(*node, main->text_or("peer")));
  Columns facts;
  add_main(facts, life, *main, partner);
  add_parts(facts, life);
  say(toned(Tone::strong, what) + " " + text_of(life, "id") + "\n" + facts.text());
  if (const json::Value* const exchange = life.find("exchange")) {
    say(findings_text(exchange->find("report"), "    "));
    say(findings_text(exchange->find("peerReport"), "    found by the partner: "));
    if (exchange->text_or("state") == "waiting" || exchange->text_or("state") == "sending")
      say("  waits: " + waits_for(life, partner.text()) + "\n");
  }
  say(deliveries(life) + "\n" + timeline_text(timeline_of(life)));
  return 0;
}

}  // namespace corridor::cli
