// SPDX-License-Identifier: Apache-2.0
#include "cli/joining.h"

#include <chrono>
#include <thread>

namespace corridor::cli {

namespace {

constexpr Duration kAnswerMost = seconds(15);
constexpr int kArrivalLooks = 100;
constexpr std::chrono::milliseconds kBetweenLooks{100};

// A test document of that partner which was not there before. There is no event to wait for: an
// inbox is looked at until it has it, for ten seconds.
Result<std::string> arrival(NodeClient& node, const std::string& did, const std::string& after) {
  std::string id;
  for (int look = 0; look < kArrivalLooks && id.empty(); ++look) {
    if (look > 0) std::this_thread::sleep_for(kBetweenLooks);
    TRY(node.each("/inbox", [&](const json::Value& item) {
      const bool test = item.text_or("from") == did && item.text_or("kind") == "corridor:Test";
      if (test && item.text_or("received") >= after) id = item.text_or("id");
    }));
  }
  return id;
}

}  // namespace

Result<Joined> join_with(NodeClient& node, const Bytes& invite) {
  TRY_ASSIGN(const json::Value status, node.get("/status"));
  const std::string begin(status.text_or("now"));
  TRY_ASSIGN(const json::Value answer, node.post("/join", invite, seconds(60)));
  Joined joined;
  joined.partner = {text_of(answer, "did"), text_of(answer, "name")};
  joined.exchange = answer.text_or("exchange");
  joined.state = "not sent";
  if (!joined.exchange.empty()) {
    TRY_ASSIGN(const json::Value exchange,
               wait_for(node, joined.exchange, ReceiptLevel::answered, kAnswerMost));
    joined.state = text_of(exchange, "state");
    joined.answered = exchange.text_or("state") == "answered";
    const auto since = parse_iso8601(exchange.text_or("since"));
    const auto settled = parse_iso8601(exchange.text_or("settled"));
    if (since && settled) joined.answered_ms = (*settled - *since).ms;
  }
  TRY_ASSIGN(joined.arrived_id, arrival(node, std::string(answer.text_or("did")), begin));
  joined.arrived = !joined.arrived_id.empty();
  return joined;
}

}  // namespace corridor::cli
