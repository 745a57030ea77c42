// SPDX-License-Identifier: Apache-2.0
//
// For the tests of this room: the rows of one node, and its peer's messages as they would arrive.
#pragma once

#include "crypto/crypto.h"
#include "exchange/exchange.h"
#include "exchange/machine.h"
#include "rights/rights.h"

#include <doctest/doctest.h>

#include <map>

namespace corridor::exchange {

inline constexpr View kPeer = "did:web:localhost%3A7002";

// Rows of one node; runs a step to its end the way the clerk does.
class Desk {
 public:
  Desk() {
    self.did = Did("did:web:localhost%3A7001");
    self.name = "desk";
    self.dsp_url = "http://localhost:7001/0/dsp";
    self.corridor_url = "http://localhost:7001/0/corridor/v1";
  }

  Outcome run(const Command& command) {
    Known known;
    for (int round = 0; round <= limits::kNeedRoundsMax; ++round) {
      Seed seed;
      seed.bytes[0] = static_cast<std::uint8_t>(++asked_ / 8);
      Outcome outcome = step(self, command, known, now, seed);
      auto* const needs = std::get_if<Needs>(&outcome);
      if (needs == nullptr) {
        if (auto* const decision = std::get_if<Decision>(&outcome)) apply(*decision);
        return outcome;
      }
      for (const auto& key : needs->rows) {
        const auto found = rows.find({key.table, key.key});
        known.put(key, found == rows.end() ? std::nullopt : std::optional<Bytes>(found->second));
      }
      for (const auto& scan : needs->scans) known.put(scan, scanned(scan));
      for (const auto& key : needs->facts) known.put(key, facts.at(key.subject));
    }
    FAIL("the step never decided");
    return Error{};
  }

  Decision decide(const Command& command) {
    Outcome outcome = run(command);
    if (const auto* const error = std::get_if<Error>(&outcome)) FAIL(error->why);
    return std::get<Decision>(std::move(outcome));
  }

  Error refuse(const Command& command) {
    Outcome outcome = run(command);
    REQUIRE(std::holds_alternative<Error>(outcome));
    return std::get<Error>(outcome);
  }

  void partner(bool is_partner, std::vector<std::string> kinds) {
    PeerRecord peer;
    peer.did = Did(std::string(kPeer));
    peer.dsp_url = "http://localhost:7002/0/dsp";
    peer.corridor_url = "http://localhost:7002/0/corridor/v1";
    peer.partner = is_partner;
    peer.kinds = std::move(kinds);
    decide(PutPeer{peer, {}});
    InstructionRecord accept;
    accept.id = "0";
    accept.role = "consumer";
    accept.peer = "partner";
    accept.kind = "agreed";
    accept.action = "accept";
    decide(PutInstructions{{accept}});
  }

  template <class Record>
  Record record(Table table, const std::string& key) {
    return from_bytes<Record>(rows.at({table, key})).value();
  }

  Self self;
  Time now{1'795'751'450'000};
  std::map<std::pair<Table, Bytes>, Bytes> rows;
  std::map<std::string, Fact> facts;

 private:
  void apply(const Decision& decision) {
    for (const auto& write : decision.writes) {
      if (write.value) {
        rows[{write.table, write.key}] = *write.value;
      } else {
        rows.erase({write.table, write.key});
      }
    }
  }

  std::vector<KnownRow> scanned(const Scan& scan) const {
    std::vector<KnownRow> found;
    for (const auto& [spot, value] : rows)
      if (spot.first == scan.table && spot.second.starts_with(scan.prefix) && found.size() < scan.most)
        found.push_back({spot.second, value});
    return found;
  }

  int asked_ = 0;
};

inline StoredDocument document(View kind_type, bool valid) {
  StoredDocument stored;
  stored.blob = "b1";
  stored.sha256 = crypto::sha256("bytes");
  stored.bytes = 5;
  stored.media_type = "application/xml";
  stored.report.kind = {"ubl", std::string(kind_type), ""};
  if (!valid) stored.report.findings.push_back({"X-1", Severity::fatal, "wrong", "", 0, 0, "", ""});
  return stored;
}

inline SendDocument sending(bool valid = true) {
  SendDocument command;
  command.to = Did(std::string(kPeer));
  command.document = document("Invoice", valid);
  return command;
}

inline PeerCaller caller() {
  return {{Did(std::string(kPeer)), {}}, "http://localhost:7002/0/dsp",
          "http://localhost:7002/0/corridor/v1"};
}

inline MessageIn incoming(Message message, std::string pid, View salt = "") {
  MessageIn in;
  in.from = caller();
  in.pid = std::move(pid);
  in.sha256 = crypto::sha256({write_message(message), salt});
  in.message = std::move(message);
  return in;
}

inline Message first_offer(View constraint = "") {
  const std::string text =
      R"({"@type":"Offer","@id":"urn:offer:1","target":"urn:corridor:stream:ubl%3AInvoice:1","permission":[{"action":"use")" +
      std::string(constraint) + "}]}";
  Message message;
  message.type = MessageType::contract_offer;
  message.id = "urn:message:1";
  message.provider_pid = ProviderPid("urn:their:1");
  message.callback_address = "http://localhost:7002/0/dsp";
  message.offer = json::parse(text).value();
  message.initial = true;
  return message;
}

inline Answered accepted(const Outgoing& message, json::Value body = {}) {
  Answered answer;
  answer.message = message.id;
  answer.process = message.process;
  answer.what = message.what;
  answer.accepted = true;
  answer.status = 200;
  answer.body = std::move(body);
  return answer;
}


}  // namespace corridor::exchange
