// SPDX-License-Identifier: Apache-2.0
#include "deals.h"

namespace corridor::sim {

namespace {

constexpr std::uint64_t kDatasets = 3;

struct Habit {
  const char* process;
  const char* on;
  const char* role;
  const char* action;
};

// table
constexpr std::array kHabits{
    Habit{"negotiation", "REQUESTED", "provider", "offer"},
    Habit{"negotiation", "REQUESTED", "provider", "agree"},
    Habit{"negotiation", "REQUESTED", "provider", "hold"},
    Habit{"negotiation", "REQUESTED", "provider", "terminate"},
    Habit{"negotiation", "REQUESTED", "consumer", "terminate"},
    Habit{"negotiation", "OFFERED", "consumer", "accept"},
    Habit{"negotiation", "OFFERED", "consumer", "accept"},
    Habit{"negotiation", "OFFERED", "consumer", "counter"},
    Habit{"negotiation", "OFFERED", "provider", "terminate"},
    Habit{"negotiation", "ACCEPTED", "provider", "hold"},
    Habit{"negotiation", "ACCEPTED", "provider", "terminate"},
    Habit{"negotiation", "AGREED", "consumer", "hold"},
    Habit{"negotiation", "AGREED", "consumer", "verify"},
    Habit{"negotiation", "VERIFIED", "provider", "finalize"},
    Habit{"transfer", "REQUESTED", "provider", "start"},
    Habit{"transfer", "REQUESTED", "", "hold"},
    Habit{"transfer", "STARTED", "", "suspend"},
    Habit{"transfer", "STARTED", "", "complete"},
    Habit{"transfer", "SUSPENDED", "", "resume"},
    Habit{"transfer", "SUSPENDED", "", "terminate"},
};

constexpr std::array<const char*, 13> kMoves{
    "approve", "offer",   "counter",  "accept", "agree",    "verify",   "finalize",
    "start",   "suspend", "complete", "resume", "terminate", "approve"};

}  // namespace

SimNode& Deals::any_but(const SimNode& one) {
  SimNode* found = &any();
  while (found == &one) found = &any();
  return *found;
}

std::string Deals::dataset_of(const SimNode& node, std::uint64_t number) const {
  return "urn:data:" + node.name() + ":" + std::to_string(number);
}

void Deals::post(SimNode& node, const std::string& path, const json::Value& body) {
  node.ask("POST", path, json::write(body), {}, [this](const net::Response& response) {
    moves_ += response.status / 100 == 2 ? 1 : 0;
  });
}

void Deals::instruct(SimNode& node) {
  const Habit& habit = kHabits[world_.draw(kHabits.size())];
  // A consumer's instruction is about another's dataset.
  SimNode& owner = std::string_view(habit.role) == "consumer" ? any_but(node) : node;
  auto body = json::Value::object({{"process", habit.process},
                                   {"on", habit.on},
                                   {"role", habit.role},
                                   {"do", habit.action},
                                   {"dataset", dataset_of(owner, world_.draw(kDatasets))}});
  if (world_.chance(0.5)) body.set("after", static_cast<std::int64_t>(world_.draw(4000)));
  if (world_.chance(0.3)) body.set("nth", static_cast<std::int64_t>(1 + world_.draw(2)));
  if (world_.chance(0.2)) body.set("peer", any_but(node).did().value);
  post(node, "/instructions", body);
}

void Deals::prepare() {
  for (SimNode* const node : nodes_) {
    for (std::uint64_t i = 0; i < kDatasets; ++i) {
      const auto address = json::Value::object({{"endpoint", "http://localhost:9/elsewhere"}});
      const auto body = json::Value::object({{"title", "simulated"}, {"address", address}});
      node->ask("PUT", "/datasets/" + percent_encode(dataset_of(*node, i)), json::write(body), {},
                [](const net::Response&) {});
    }
    for (std::uint64_t i = world_.draw(7); i > 0; --i) instruct(*node);
  }
}

void Deals::ask() {
  SimNode& node = any();
  SimNode& owner = any_but(node);
  auto body = json::Value::object({{"peer", owner.did().value},
                                   {"dataset", dataset_of(owner, world_.draw(kDatasets))}});
  // Half of them look into the catalogue first; the others ask for terms of their own.
  if (world_.chance(0.5)) {
    auto use = json::Value::object({{"action", world_.chance(0.8) ? "use" : "read"}});
    if (world_.chance(0.6)) {
      const auto until = json::Value::object(
          {{"@value", "2099-01-01T00:00:00Z"}, {"@type", "xsd:dateTime"}});
      use.set("constraint", json::Value::array({json::Value::object({{"leftOperand", "dateTime"},
                                                                     {"operator", "lt"},
                                                                     {"rightOperand", until}})}));
    }
    body.set("terms", json::Value::object({{"permission", json::Value::array({use})}}));
  }
  post(node, "/negotiations", body);
}

void Deals::offer() {
  SimNode& node = any();
  post(node, "/negotiations",
       json::Value::object({{"role", "provider"},
                            {"peer", any_but(node).did().value},
                            {"dataset", dataset_of(node, world_.draw(kDatasets))}}));
}

void Deals::look(const char* table) {
  SimNode& node = any();
  node.ask("GET", std::string("/") + table, {}, {},
           [this, &node, table](const net::Response& response) { move(node, table, response); });
}

void Deals::move(SimNode& node, const char* table, const net::Response& listed) {
  const auto body = json::parse(listed.body);
  const json::Value* const items = body ? body->find("items") : nullptr;
  if (items == nullptr || items->items().empty()) return;
  const auto& item = items->items()[world_.draw(items->items().size())];
  // What documents travel on is left alone: those must arrive.
  if (item.text_or("dataset").starts_with("urn:corridor:stream:")) return;
  const char* const verb = kMoves[world_.draw(kMoves.size())];
  post(node, std::string("/") + table + "/" + percent_encode(item.text_or("id")) + "/" + verb,
       json::Value::object({{"reason", "a whim"}}));
}

void Deals::transfer(SimNode& node) {
  node.ask("GET", "/agreements", {}, {}, [this, &node](const net::Response& response) {
    const auto body = json::parse(response.body);
    const json::Value* const items = body ? body->find("items") : nullptr;
    if (items == nullptr) return;
    for (const auto& item : items->items()) {
      if (item.text_or("role") != "consumer" || !world_.chance(0.5)) continue;
      if (item.text_or("dataset").starts_with("urn:corridor:stream:")) continue;
      post(node, "/transfers", json::Value::object({{"agreement", item.text_or("id")}}));
    }
  });
}

void Deals::plan(Micros span) {
  const auto sometime = [&](std::uint64_t most, auto what) {
    for (std::uint64_t i = 1 + world_.draw(most); i > 0; --i)
      world_.after(static_cast<Micros>(world_.draw(static_cast<std::uint64_t>(span))), what);
  };
  sometime(6, [this] { ask(); });
  sometime(2, [this] { offer(); });
  sometime(8, [this] { look("negotiations"); });
  sometime(8, [this] { look("transfers"); });
  sometime(5, [this] { transfer(any()); });
}

}  // namespace corridor::sim
