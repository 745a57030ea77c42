// SPDX-License-Identifier: Apache-2.0
//
// What must hold in every simulated run, looked at after every commit, every request and every
// answer. A broken promise ends the run with its seed and the event it broke at.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "answering.h"
#include "sim_node.h"
#include "sim_sink.h"

namespace corridor::sim {

class Checks {
 public:
  Checks(World& world, SimNetwork& network, std::vector<SimNode*> nodes, SimSink& sink);

  // Nothing is under way any more: every exchange is in a final state, both sides agree, what was
  // acknowledged is in the other side's inbox exactly once, every log verifies from its leaves, every
  // event has been told, in order.
  void at_the_end();
  // What people said about a document, in that order and once each, is what its sender shows, with
  // a receipt that ends with it.
  void answers_arrived(const Answering& answering);
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }
  [[nodiscard]] std::size_t looked() const { return looked_; }
  std::size_t agreements = 0;  // negotiations that were finalized, by their providers

 private:
  void expect(bool holds, const std::string& what);
  // A request leaves only when the outbox row that carries it is committed.
  void request_is_committed(const std::string& from, const net::Request& request);
  // An answer that acknowledges something leaves only when that something is committed.
  void answer_is_committed(const std::string& to, const net::Request& request,
                           const net::Response& response);
  void looked_at(SimNode& node, std::span<const store::Write> writes);
  void one_hand_over(SimNode& node, View row);
  // The two sides of a process are never further apart than one message.
  void negotiation_is_compatible(SimNode& node, const exchange::NegotiationRecord& record);
  void transfer_is_compatible(SimNode& node, const exchange::TransferRecord& record);
  // The other side's record of a process, when it has one.
  template <class Record>
  std::optional<Record> other_side(SimNode& node, const Record& record, Table table, View what);
  template <class Record>
  void processes_settled(SimNode& node, Table table, View what);
  void log_never_forks(SimNode& node);
  void log_verifies(SimNode& node);
  void receipts_verify(SimNode& node);
  // What a webhook is told is an event that is committed, as it is committed.
  void event_is_committed(SimNode& node, const net::Request& request);
  void events_are_told(SimNode& node);
  void answer_is_at_its_sender(SimNode& receiver, const exchange::ExchangeRecord& record);
  SimNode* by_authority(const std::string& authority);
  SimNode* by_name(const std::string& name);
  template <class Record>
  std::vector<Record> all(SimNode& node, Table table);

  World& world_;
  std::vector<SimNode*> nodes_;
  SimSink& sink_;
  std::map<std::string, std::map<std::uint64_t, Digest>> roots_;  // every head a log has published
  std::map<std::string, std::map<std::string, std::string>> handed_over_;  // by node: sha256 -> inbox id
  std::vector<std::string> broken_;
  std::size_t looked_ = 0;
};

}  // namespace corridor::sim
