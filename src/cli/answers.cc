// SPDX-License-Identifier: Apache-2.0
//
// The business answer: accept, reject or query a document that has arrived; and what the partners
// said about those that were sent.
#include "cli/answering.h"
#include "cli/asking.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "exchange/verdict.h"

#include <thread>

namespace corridor::cli {

namespace {

constexpr Duration kHearTime = seconds(5);
constexpr Duration kLookAgain = milliseconds(50);

const json::Value* last_answer(const json::Value& exchange) {
  const json::Value* const answers = exchange.find("answers");
  return answers == nullptr || answers->items().empty() ? nullptr : &answers->items().back();
}

std::string past_word(const json::Value& answer) {
  const auto verdict = exchange::verdict_from_name(answer.text_or("verdict"));
  return verdict ? std::string(exchange::verdict_past(*verdict)) : text_of(answer, "verdict");
}

// What was asked for, before any node is spoken to: a wrong code is told with all there are.
Result<json::Value> read_answer(const Invocation& asked) {
  exchange::AnswerWords words;
  words.verdict = *exchange::verdict_from_name(asked.command().name);
  words.code = asked.get("--reason");
  words.text = asked.get("--text");
  if (words.verdict == exchange::AnswerVerdict::query) words.field = asked.get("--field");
  TRY(exchange::check_words(words));
  auto body = json::Value::object({{"verdict", exchange::verdict_name(words.verdict)}});
  if (!words.code.empty()) body.set("code", words.code);
  if (!words.text.empty()) body.set("text", words.text);
  if (!words.field.empty()) body.set("field", words.field);
  return body;
}

// The answer once the partner has it, or as it is after some seconds.
Result<json::Value> heard_answer(NodeClient& node, const std::string& id, json::Value answer) {
  const Stopwatch watch;
  while (answer.text_or("delivery") == "sending" && watch.ms() < kHearTime.ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookAgain.ms));
    TRY_ASSIGN(const json::Value exchange, node.get("/exchanges/" + percent_encode(id)));
    if (const json::Value* const last = last_answer(exchange)) {
      answer.set("delivery", last->text_or("delivery"));
      if (last->find("why") != nullptr) answer.set("why", last->text_or("why"));
    }
  }
  return answer;
}

void say_answer(const Invocation& asked, const json::Value& answer, const Partner& partner) {
  const std::string delivery = text_of(answer, "delivery");
  const bool delivered = delivery == "delivered";
  std::string line = toned(delivery == "failed" ? Tone::bad : Tone::good, past_word(answer)) + " " +
                     text_of(answer, "exchange");
  if (const auto code = text_of(answer, "code"); !code.empty()) line += " (" + code + ")";
  if (delivered) line += " · " + partner.text() + " has the answer";
  if (delivery == "sending") line += " · on its way to " + partner.text() + "; the node keeps trying";
  if (delivery == "failed") line += " · not delivered: " + text_of(answer, "why");
  say(line + "\n");
  Columns next;
  if (const auto response = text_of(answer, "response"); !response.empty())
    next.add({"  as a UBL ApplicationResponse:", asked.hint("explain " + response)});
  next.add({"  its life:", asked.hint("explain " + text_of(answer, "exchange"))});
  next.add({"  the proof:", asked.hint("receipt " + text_of(answer, "exchange"))});
  say(next.text());
}

}  // namespace

std::string answer_word(const json::Value& exchange) {
  const json::Value* const last = last_answer(exchange);
  if (last == nullptr) return "-";
  std::string word = past_word(*last);
  if (const auto code = text_of(*last, "code"); !code.empty()) word += ": " + code;
  const std::string_view delivery = last->text_or("delivery");
  if (delivery == "sending") word += " (on its way)";
  if (delivery == "failed") word += " (not delivered)";
  return word;
}

bool is_answered(const json::Value& exchange) {
  const json::Value* const last = last_answer(exchange);
  return last != nullptr && last->text_or("verdict") != "query";
}

void add_answers(Columns& columns, const json::Value& exchange) {
  const json::Value* const answers = exchange.find("answers");
  if (answers == nullptr) return;
  for (const auto& answer : answers->items()) {
    std::string text = past_word(answer) + " " + text_of(answer, "at");
    if (const auto code = text_of(answer, "code"); !code.empty())
      text += " · " + code + ": " + text_of(answer, "reason");
    if (const auto field = text_of(answer, "field"); !field.empty()) text += " (" + field + ")";
    if (const auto said = text_of(answer, "text"); !said.empty()) text += " · \"" + said + "\"";
    if (answer.text_or("delivery") == "sending") text += " · on its way";
    if (answer.text_or("delivery") == "failed") text += " · not delivered: " + text_of(answer, "why");
    columns.add({"  answer", text});
  }
}

Result<int> run_answer(Invocation& asked) {
  TRY_ASSIGN(const json::Value body, read_answer(asked));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const auto node, open_node(asked));
  TRY_ASSIGN(json::Value answer,
             node->post("/exchanges/" + percent_encode(id) + "/answer", json::write(body)));
  asked.attempt("the answer was given; whether it was delivered is not known");
  TRY_ASSIGN(answer, heard_answer(*node, id, std::move(answer)));
  if (asked.has("--json")) {
    say_json(answer);
  } else {
    TRY_ASSIGN(const json::Value exchange, node->get("/exchanges/" + percent_encode(id)));
    TRY_ASSIGN(const Partner partner, partner_of(*node, exchange.text_or("peer")));
    say_answer(asked, answer, partner);
  }
  return answer.text_or("delivery") == "failed" ? 1 : 0;
}

Result<int> run_sent_list(Invocation& asked) {
  TRY_ASSIGN(const auto node, open_node(asked));
  const auto is_ours = [](const json::Value& item) { return item.text_or("role") == "sender"; };
  if (asked.has("--json")) {
    TRY(node->each("/exchanges", [&](const json::Value& item) {
      if (is_ours(item)) say_json(item);
    }));
    return 0;
  }
  TRY_ASSIGN(const auto names, peer_names(*node));
  Columns columns;
  columns.add({"ID", "SENT", "TO", "KIND", "NAME", "STATE", "RECEIPT", "ANSWER"});
  bool any = false;
  TRY(node->each("/exchanges", [&](const json::Value& item) {
    if (!is_ours(item)) return;
    any = true;
    const auto named = names.find(item.text_or("peer"));
    const bool known = named != names.end() && !named->second.empty();
    columns.add({text_of(item, "exchange"), text_of(item, "since"),
                 known ? printable(named->second) : text_of(item, "peer"), text_of(item, "kind"),
                 text_of(item, "name"), text_of(item, "state"), text_of(item, "level"),
                 answer_word(item)});
  }));
  if (any) {
    say(columns.text());
  } else {
    say("Nothing has been sent yet. Send yourself a document: " + asked.hint("send FILE --to echo") +
        "\n");
  }
  return 0;
}

}  // namespace corridor::cli
