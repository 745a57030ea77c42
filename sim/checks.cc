// SPDX-License-Identifier: Apache-2.0
#include "checks.h"

#include "crypto/crypto.h"
#include "engine/outbox_record.h"
#include "evidence/receipt.h"
#include "exchange/machine.h"

namespace corridor::sim {

using exchange::ExchangeRecord;
using exchange::ExchangeState;
using exchange::NegotiationRecord;
using exchange::NegotiationState;

namespace {

template <class State>
bool one_message_apart(State a, State b) {
  if (a == b || a == State::terminated || b == State::terminated) return true;
  for (const auto& row : exchange::bindings()) {
    for (const char* const event : {"", "ACCEPTED", "FINALIZED"}) {
      exchange::Message message;
      message.type = row.type;
      message.event_type = event;
      for (const auto sender : {exchange::Role::provider, exchange::Role::consumer})
        if (exchange::after(a, sender, message) == b || exchange::after(b, sender, message) == a)
          return true;
    }
  }
  return false;
}

template <class Record>
std::optional<Record> find(const engine::Rows& rows, Table table, View key) {
  const auto row = rows.get(table, key);
  if (!row || !*row) return std::nullopt;
  auto record = from_bytes<Record>(**row);
  if (!record) return std::nullopt;
  return std::move(*record);
}

std::string upper(View word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::vector<std::string> lines_of(const ExchangeRecord& record) {
  std::vector<std::string> lines;
  for (const auto& answer : record.answers) lines.push_back(answer_line(answer));
  return lines;
}

}  // namespace

Checks::Checks(World& world, SimNetwork& network, std::vector<SimNode*> nodes, SimSink& sink)
    : world_(world), nodes_(std::move(nodes)), sink_(sink) {
  network.on_request = [this](const auto& from, const auto& request) {
    request_is_committed(from, request);
  };
  network.on_answer = [this](const auto& to, const auto& request, const auto& response) {
    answer_is_committed(to, request, response);
  };
  for (SimNode* const node : nodes_) {
    node->on_commit = [this, node](std::span<const store::Write> writes) {
      looked_at(*node, writes);
    };
  }
}

void Checks::expect(bool holds, const std::string& what) {
  ++looked_;
  if (holds) return;
  world_.trace("BROKEN " + what);
  broken_.push_back(std::to_string(world_.now()) + " " + what);
}

SimNode* Checks::by_authority(const std::string& authority) {
  const auto found = std::ranges::find_if(
      nodes_, [&](const SimNode* node) { return node->authority() == authority; });
  return found == nodes_.end() ? nullptr : *found;
}

SimNode* Checks::by_name(const std::string& name) {
  const auto found =
      std::ranges::find_if(nodes_, [&](const SimNode* node) { return node->name() == name; });
  return found == nodes_.end() ? nullptr : *found;
}

template <class Record>
std::vector<Record> Checks::all(SimNode& node, Table table) {
  std::vector<Record> records;
  const engine::Rows rows(node.store().latest(), 0);
  Bytes after;
  for (;;) {
    const auto page = rows.scan({table, {}, after, limits::kScanRowsMax});
    if (!page || page->empty()) return records;
    after = page->back().key;
    for (const auto& row : *page)
      if (auto record = from_bytes<Record>(row.value)) records.push_back(std::move(*record));
  }
}

void Checks::request_is_committed(const std::string& from, const net::Request& request) {
  SimNode* const node = by_name(from);
  if (node == nullptr || request.method != "POST") return;
  if (request.url == sink_.url()) return event_is_committed(*node, request);
  const auto messages = all<Outgoing>(*node, Table::outbox);
  const Digest sha256 = crypto::sha256(request.body);
  const bool committed = std::ranges::any_of(messages, [&](const Outgoing& message) {
    return message.url == request.url && message.body_sha256 == sha256;
  });
  expect(committed, from + " sent what it had not committed: " + request.url);
}

void Checks::answer_is_committed(const std::string& to, const net::Request& request,
                                 const net::Response& response) {
  SimNode* const node = by_authority(to);
  if (node == nullptr || request.method != "POST" || response.status / 100 != 2) return;
  const engine::Rows rows(node->store().latest(), 0);
  const Digest sha256 = crypto::sha256(request.body);
  constexpr View kInbox = "/0/corridor/v1/inbox/";
  if (request.target.starts_with(kInbox)) {
    const auto inbox = all<exchange::InboxRecord>(*node, Table::inbox);
    expect(std::ranges::any_of(inbox, [&](const auto& item) { return item.sha256 == sha256; }),
           to + " acknowledged a document that is not in its inbox");
    return;
  }
  constexpr View kAnswers = "/0/corridor/v1/answers/";
  if (request.target.starts_with(kAnswers)) {
    const auto record = find<ExchangeRecord>(rows, Table::exchange, View(request.target).substr(kAnswers.size()));
    const std::string* const key = request.headers.find("Idempotency-Key");
    expect(record && key != nullptr &&
               std::ranges::any_of(record->answers, [&](const auto& a) { return a.message == *key; }),
           to + " acknowledged an answer that it had not committed");
    return;
  }
  const bool negotiation = request.target.starts_with("/0/dsp/negotiations");
  if (!negotiation && !request.target.starts_with("/0/dsp/transfers")) return;
  // Its own pid stands in the answer, or in the path.
  const auto body = json::parse(response.body);
  bool took = false;
  for (const char* const member : {"providerPid", "consumerPid"}) {
    const auto pid = body ? body->text_or(member) : std::string_view();
    const auto accepted = [&](const auto& record) {
      return record && std::ranges::any_of(record->accepted, [&](const auto& a) {
               return a.sha256 == sha256 || a.id == json::parse(request.body)->text_or("@id");
             });
    };
    took |= negotiation ? accepted(find<NegotiationRecord>(rows, Table::negotiation, pid))
                        : accepted(find<exchange::TransferRecord>(rows, Table::transfer, pid));
  }
  expect(took, to + " acknowledged a message that it had not committed: " + request.target);
}

void Checks::looked_at(SimNode& node, std::span<const store::Write> writes) {
  for (const auto& write : writes) {
    if (!write.value) continue;
    const auto table = static_cast<Table>(write.table);
    if (table == Table::inbox) one_hand_over(node, *write.value);
    if (table == Table::negotiation)
      if (const auto record = from_bytes<NegotiationRecord>(*write.value))
        negotiation_is_compatible(node, *record);
    if (table == Table::transfer)
      if (const auto record = from_bytes<exchange::TransferRecord>(*write.value))
        transfer_is_compatible(node, *record);
    if (table == Table::log) log_never_forks(node);
  }
}

void Checks::one_hand_over(SimNode& node, View row) {
  const auto item = from_bytes<exchange::InboxRecord>(row);
  if (!item) return;
  auto& seen = handed_over_[node.name()];
  const auto [it, is_new] = seen.emplace(hex(item->sha256.view()), item->id.value);
  expect(is_new || it->second == item->id.value,
         node.name() + " handed one document over twice: " + item->id.value);
}

template <class Record>
std::optional<Record> Checks::other_side(SimNode& node, const Record& record, Table table, View what) {
  const std::string& theirs = record.role == exchange::Role::provider ? record.consumer_pid.value
                                                                       : record.provider_pid.value;
  for (SimNode* const peer : nodes_) {
    if (peer->did() != record.peer) continue;
    const engine::Rows rows(peer->store().latest(), 0);
    if (!theirs.empty()) return find<Record>(rows, table, theirs);
    const auto key = rows.get(Table::process_of_peer,
                              exchange::process_of_peer_key(what, node.did(), record.own_pid()));
    if (key && *key) return find<Record>(rows, table, **key);
  }
  return std::nullopt;
}

void Checks::negotiation_is_compatible(SimNode& node, const NegotiationRecord& record) {
  const auto other = other_side(node, record, Table::negotiation, "N");
  if (other)
    expect(one_message_apart(record.state, other->state),
           "a negotiation is " + std::string(state_name(record.state)) + " at " + node.name() +
               " and " + std::string(state_name(other->state)) + " at the other side");
}

void Checks::transfer_is_compatible(SimNode& node, const exchange::TransferRecord& record) {
  const auto other = other_side(node, record, Table::transfer, "T");
  if (other)
    expect(one_message_apart(record.state, other->state),
           "a transfer is " + std::string(state_name(record.state)) + " at " + node.name() + " and " +
               std::string(state_name(other->state)) + " at the other side");
}

// After the quiet hour both sides say the same, nothing waits for an answer, no plan was forgotten.
template <class Record>
void Checks::processes_settled(SimNode& node, Table table, View what) {
  for (const auto& record : all<Record>(node, table)) {
    expect(record.in_flight.empty(), node.name() + ": a message of " + record.own_pid() + " waits for ever");
    expect(!record.planned || record.planned->at.ms > world_.now() / 1000,
           node.name() + " forgot what an instruction had planned for " + record.own_pid());
    const auto other = other_side(node, record, table, what);
    if (!other) continue;
    expect(other->state == record.state,
           std::string(what) + " " + record.own_pid() + " ended " + std::string(state_name(record.state)) +
               " at " + node.name() + " and " + std::string(state_name(other->state)) +
               " at the other side");
  }
}

void Checks::log_never_forks(SimNode& node) {
  const auto record = find<engine::CheckpointRecord>(engine::Rows(node.store().latest(), 0),
                                                     Table::log, "checkpoint");
  if (!record) return;
  auto& roots = roots_[node.name()];
  if (!roots.empty())
    expect(record->size >= roots.rbegin()->first, node.name() + "'s log became shorter");
  const auto [it, is_new] = roots.emplace(record->size, record->root);
  expect(is_new || it->second == record->root, node.name() + "'s log has two roots for one size");
}

// Every published head is the root over that many leaves, from the statements' own rows.
void Checks::log_verifies(SimNode& node) {
  std::map<std::uint64_t, Digest> hashes;
  for (const auto& statement : all<engine::StatementRecord>(node, Table::statement)) {
    const auto leaf = from_base64(statement.leaf);
    if (leaf) hashes[statement.index] = evidence::leaf_hash(*leaf);
  }
  std::vector<Digest> leaves;
  for (const auto& [index, hash] : hashes) {
    expect(index == leaves.size(), node.name() + "'s leaves have a gap");
    leaves.push_back(hash);
  }
  for (const auto& [size, root] : roots_[node.name()])
    expect(size <= leaves.size() && evidence::root_over(std::span(leaves).first(size)) == root,
           node.name() + "'s log does not verify at size " + std::to_string(size));
}

void Checks::receipts_verify(SimNode& node) {
  if (node.engine() == nullptr) return;
  for (const auto& record : all<ExchangeRecord>(node, Table::exchange)) {
    if (record.level == ReceiptLevel::none) continue;
    const auto receipt = node.engine()->receipts().receipt(record.id.value);
    expect(receipt.has_value(), node.name() + " has no receipt of " + record.id.value + ": " +
                                    (receipt ? "" : receipt.error().why));
    if (!receipt) continue;
    if (!record.answers.empty())
      expect(event_name(receipt->outcome) == upper(verdict_name(record.answers.back().words.verdict)),
             node.name() + "'s receipt of " + record.id.value + " does not end with the answer");
    const auto found = evidence::verify_receipt(*receipt);
    std::string why;
    for (const auto& claim : found.claims)
      if (claim.holds == evidence::Holds::no)
        why += "; " + std::string(claim.name) + ": " + claim.why;
    expect(found.verified && found.level == ReceiptLevel::logged,
           node.name() + "'s receipt of " + record.id.value + " does not verify as logged (" +
               std::string(level_name(found.level)) + why + ")");
  }
}

void Checks::event_is_committed(SimNode& node, const net::Request& request) {
  const auto event = json::parse(request.body);
  const std::uint64_t number = event ? std::stoull(std::string(event->text_or("id", "0"))) : 0;
  const auto row =
      engine::Rows(node.store().latest(), 0).get(Table::notice, engine::notice_key(number));
  expect(row && *row && **row == request.body, node.name() + " told what it had not committed");
}

void Checks::events_are_told(SimNode& node) {
  const engine::Rows rows(node.store().latest(), 0);
  const auto newest = engine::newest_notice(rows);
  const auto& told = sink_.told(node.did().value);
  const std::uint64_t last = told.empty() ? 0 : told.back();  // a node may have nothing to tell
  expect(newest && last == *newest,
         node.name() + " did not tell its newest event");
  for (std::size_t i = 1; i < told.size(); ++i)
    expect(told[i] == told[i - 1] + 1, node.name() + " told event " + std::to_string(told[i]) +
                                           " after " + std::to_string(told[i - 1]));
}

void Checks::answer_is_at_its_sender(SimNode& receiver, const ExchangeRecord& record) {
  for (const auto& answer : record.answers)
    expect(answer.delivery == exchange::AnswerDelivery::delivered,
           receiver.name() + ": an answer to " + record.id.value + " was not delivered: " + answer.why);
  for (SimNode* const sender : nodes_) {
    if (sender->did() != record.peer) continue;
    const auto there = find<ExchangeRecord>(engine::Rows(sender->store().latest(), 0),
                                            Table::exchange, record.peer_exchange);
    expect(there && lines_of(*there) == lines_of(record) && !there->contradicted,
           sender->name() + " does not show what " + receiver.name() + " answered to " +
               record.id.value);
  }
}

void Checks::answers_arrived(const Answering& answering) {
  for (SimNode* const node : nodes_)
    for (const auto& record : all<ExchangeRecord>(*node, Table::exchange)) {
      if (record.role != exchange::Role::consumer) continue;
      expect(lines_of(record) == answering.said(record.id.value),
             node->name() + " kept other answers to " + record.id.value + " than were given");
      answer_is_at_its_sender(*node, record);
    }
}

void Checks::at_the_end() {
  for (SimNode* const node : nodes_) {
    processes_settled<NegotiationRecord>(*node, Table::negotiation, "N");
    processes_settled<exchange::TransferRecord>(*node, Table::transfer, "T");
    for (const auto& record : all<NegotiationRecord>(*node, Table::negotiation))
      if (record.role == exchange::Role::provider && record.state == NegotiationState::finalized)
        ++agreements;
    expect(node->up(), node->name() + " did not come back");
    log_verifies(*node);
    receipts_verify(*node);
    events_are_told(*node);
    for (const auto& record : all<ExchangeRecord>(*node, Table::exchange)) {
      const bool settled =
          record.state != ExchangeState::waiting && record.state != ExchangeState::sending;
      expect(settled, node->name() + ": exchange " + record.id.value + " never settled (" +
                          std::string(state_name(record.state)) + ")");
      if (record.role != exchange::Role::provider || record.state != ExchangeState::answered) continue;
      for (SimNode* const peer : nodes_) {
        if (peer->did() != record.peer) continue;
        const auto inbox = all<exchange::InboxRecord>(*peer, Table::inbox);
        expect(std::ranges::count_if(inbox, [&](const auto& item) {
                 return item.sha256 == record.sha256;
               }) == 1,
               "an answered document is not in the inbox of " + peer->name());
      }
    }
    expect(all<Outgoing>(*node, Table::outbox).empty(), node->name() + "'s outbox is not empty");
  }
}

}  // namespace corridor::sim
