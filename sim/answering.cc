// SPDX-License-Identifier: Apache-2.0
#include "answering.h"

namespace corridor::sim {

namespace {

constexpr Micros kLooks = 900'000;
constexpr Micros kLooksQuiet = 150'000'000;
constexpr Micros kSaysAgain = 4'000'000;

}  // namespace

std::string answer_line(const exchange::AnswerRecord& answer) {
  return std::string(verdict_name(answer.words.verdict)) + " " + answer.words.text;
}

const std::vector<std::string>& Answering::said(const std::string& exchange) const {
  static const std::vector<std::string> kNothing;
  const auto found = said_.find(exchange);
  return found == said_.end() ? kNothing : found->second;
}

void Answering::begin(Micros leave) {
  leave_ = leave;
  for (SimNode* const node : nodes_) look(*node);
}

void Answering::look(SimNode& node) {
  node.ask("GET", "/inbox", {}, {}, [this, &node](const net::Response& response) {
    const auto body = json::parse(response.body);
    const json::Value* const items = body ? body->find("items") : nullptr;
    if (items == nullptr) return;
    for (const auto& item : items->items())
      if (world_.chance(0.5)) answer(node, item);
  });
  const Micros next = world_.now() + (world_.faults.on ? kLooks : kLooksQuiet);
  if (next < leave_) world_.after(next - world_.now(), [this, &node] { look(node); });
}

void Answering::answer(SimNode& node, const json::Value& item) {
  const std::string id(item.text_or("id"));
  if (pending_.contains(id)) return;
  const auto& before = said_[id];
  const bool over = !before.empty() && !before.back().starts_with("query");
  if (over) {
    if (world_.chance(0.1)) too_late(node, id);
    return;
  }
  const std::uint64_t sort = world_.draw(10);
  const bool asks = sort < 4 && before.size() < 5;
  auto body = json::Value::object({{"text", "answer " + std::to_string(++number_)}});
  body.set("verdict", asks ? "query" : sort < 8 ? "accept" : "reject");
  if (asks || sort >= 8) body.set("code", "prices");
  pending_.emplace(id, std::move(body));
  say(node, id);
}

// Until it is heard: the same words are the same answer, however often they come.
void Answering::say(SimNode& node, const std::string& id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  const json::Value body = found->second;
  node.ask("POST", "/exchanges/" + percent_encode(id) + "/answer", json::write(body), {},
           [this, id, body](const net::Response& response) {
             if (response.status >= 500 || !pending_.contains(id)) return;
             if (response.status / 100 != 2)
               broken_.push_back("an answer to " + id + " was refused: " + response.body);
             said_[id].push_back(std::string(body.text_or("verdict")) + " " +
                                 std::string(body.text_or("text")));
             ++answers_;
             pending_.erase(id);
           });
  world_.after(kSaysAgain, [this, &node, id] { say(node, id); });
}

void Answering::too_late(SimNode& node, const std::string& id) {
  const bool accepted = said_[id].back().starts_with("accept");
  const auto body = json::Value::object({{"verdict", accepted ? "reject" : "accept"},
                                         {"code", accepted ? "quality" : "conditionally"},
                                         {"text", "on second thoughts"}});
  node.ask("POST", "/exchanges/" + percent_encode(id) + "/answer", json::write(body), {},
           [this, id](const net::Response& response) {
             if (response.status != 409 && response.status < 500)
               broken_.push_back("a second final answer to " + id + " was taken: " +
                                 std::to_string(response.status));
           });
}

}  // namespace corridor::sim
