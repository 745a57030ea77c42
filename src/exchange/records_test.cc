// SPDX-License-Identifier: Apache-2.0
//
// How every record is spelled on disk. A change here is a change of what data folders hold: it needs
// a migration (engine/migrations.cc), and the old spelling must still be read.
#include "exchange/records.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace corridor::exchange {

namespace {

Digest digest(int n) {
  Digest out;
  out.bytes[31] = static_cast<std::uint8_t>(n);
  return out;
}

template <class Process>
Process process() {
  Process p;
  p.role = Role::consumer;
  p.peer = Did("did:web:peer");
  p.provider_pid = ProviderPid("urn:p");
  p.consumer_pid = ConsumerPid("urn:c");
  p.callback = "http://localhost:1/0/dsp";
  p.stream = "S";
  p.kind = "ubl:Invoice";
  p.in_flight = "urn:c#000001";
  p.accepted = {{"urn:m", digest(1), "OFFERED"}};
  p.history = {{Time{5}, "something", "OFFERED", "because"}};
  p.sent = 1;
  p.since = {6};
  p.deadline = {7};
  p.agreement = AgreementId("urn:a");
  p.step = 3;
  p.visits = {0, 1, 2};
  p.held = true;
  p.held_why = "a person";
  p.planned = PlannedMove{Verb::agree, Time{19}, 3, "0", {}, "c", "why", "w"};
  p.fetch = "06j";
  p.dataset = DatasetId("urn:d");
  return p;
}

std::string all_records() {
  std::string text;
  const auto add = [&](const char* name, const Bytes& bytes) {
    text += std::string(name) + " " + bytes + "\n";
  };
  const auto policy = json::Value::object({{"permission", json::Value::array({})}});
  add("peer", to_bytes(PeerRecord{Did("did:web:peer"), "Peer", "http://c", "http://d", true,
                                  {"ubl:Invoice", "*"}, {"ab"}, policy, Time{8}, digest(9), "fixed"}));
  auto n = process<NegotiationRecord>();
  n.state = NegotiationState::offered;
  n.pending = NegotiationState::accepted;
  n.offer_id = OfferId("urn:o");
  n.terms = policy;
  n.terms_sha256 = digest(2);
  n.ours = true;
  n.published = true;
  n.wanted = policy;
  n.begun = digest(10);
  add("negotiation", to_bytes(n));
  auto t = process<TransferRecord>();
  t.state = TransferState::started;
  t.format = "HttpData-PUSH";
  t.endpoint = "http://inbox";
  t.token = "secret";
  t.endpoint_type = "T";
  t.resuming = true;
  add("transfer", to_bytes(t));
  add("agreement", to_bytes(AgreementRecord{AgreementId("urn:a"), Did("did:web:peer"), Role::consumer,
                                            "urn:c", "S", "ubl:Invoice", policy, digest(3), Time{9}, true,
                                            DatasetId("urn:d"), true, "paper"}));
  StreamRecord stream;
  stream.peer = Did("did:web:peer");
  stream.kind = "ubl:Invoice";
  stream.dataset = DatasetId("urn:d");
  stream.state = StreamState::open;
  stream.negotiation = "urn:p";
  stream.transfer = "urn:t";
  stream.agreement = AgreementId("urn:a");
  stream.agreement_sha256 = digest(3);
  stream.agreement_terms = policy;
  stream.endpoint = "http://inbox";
  stream.token = "secret";
  stream.terms = policy;
  add("stream", to_bytes(stream));
  ExchangeRecord e;
  e.id = ExchangeId("06h");
  e.role = Role::consumer;
  e.peer = Did("did:web:peer");
  e.state = ExchangeState::received;
  e.level = ReceiptLevel::logged;
  e.kind = "ubl:Invoice";
  e.profile = "urn:profile";
  e.name = "x.xml";
  e.blob = "s1:0:5";
  e.sha256 = digest(4);
  e.bytes = 5;
  e.media_type = "application/xml";
  e.report = policy;
  e.peer_report = policy;
  e.stream = "S";
  e.agreement = AgreementId("urn:a");
  e.agreement_sha256 = digest(3);
  e.transfer = "urn:t";
  e.purpose = "customs";
  e.message = "06h#000001";
  e.idempotency_key = "k";
  e.peer_exchange = "06g";
  e.code = "check";
  e.reason = "because";
  e.since = {10};
  e.settled = {11};
  e.deadline = {12};
  add("exchange", to_bytes(e));
  add("inbox", to_bytes(InboxRecord{ExchangeId("06h"), Did("did:web:peer"), "ubl:Invoice", "s1:0:5",
                                    digest(4), 5, "application/xml", Time{13}, true, 2}));
  add("receipt", to_bytes(ReceiptRecord{policy, digest(5), policy, 7, {}}));
  InstructionRecord i;
  i.id = "0";
  i.role = "consumer";
  i.peer = "partner";
  i.kind = "agreed";
  i.dataset = "urn:d";
  i.agreement = AgreementId("urn:a");
  i.nth = 2;
  i.published = true;
  i.when = policy;
  i.after_ms = 500;
  i.action = "counter";
  i.terms = policy;
  i.webhook = "w";
  i.code = "c";
  i.reason = "why";
  add("instruction", to_bytes(i));
  OfferRecord offer{OfferId("urn:o"), policy, {"partner"}};
  add("dataset", to_bytes(DatasetRecord{DatasetId("urn:d"), "Title", "ubl:Invoice", "application/xml",
                                        "s1:0:5", digest(7), 5, "http://e", "T", "secret", {offer},
                                        "06h", Time{15}}));
  add("flow", to_bytes(FlowRecord{"urn:t", true, "http://e", "secret", "s1:0:5", "text/plain", Time{16}}));
  add("fetch", to_bytes(FetchRecord{"06j", Did("did:web:peer"), DatasetId("urn:d"), FetchState::done,
                                    "urn:n", AgreementId("urn:a"), "urn:t", "s1:0:5", digest(8), 5,
                                    "text/plain", "why", Time{17}, Time{18}}));
  add("invite", to_bytes(InviteRecord{"urn:i", digest(6), {"*"}, policy, "Name", Time{14}, Did("did:web:peer")}));
  PeerRecord ubl;
  ubl.did = Did("did:web:peer");
  ubl.wants_ubl = true;
  add("peer with answers as UBL", to_bytes(ubl));
  ExchangeRecord answered;
  answered.id = ExchangeId("06h");
  answered.role = Role::consumer;
  answered.state = ExchangeState::received;
  answered.answers = {
      {{AnswerVerdict::query, "references", "which order?", "BT-13"}, Time{20}, "06h#000001",
       digest(11), AnswerDelivery::delivered, {}, {}},
      {{AnswerVerdict::reject, "prices", {}, {}}, Time{21}, "06h#000002", digest(12),
       AnswerDelivery::failed, "it was not taken", "06k"}};
  answered.contradicted = true;
  add("exchange with answers", to_bytes(answered));
  add("receipt with answers",
      to_bytes(ReceiptRecord{policy, digest(5), policy, 7, {{policy, digest(13), policy}}}));
  return text;
}

}  // namespace

TEST_CASE("what the version before wrote is read, and written again as it was") {
  const std::string text = all_records();
  const auto line = [&](const std::string& name) {
    const std::size_t at = text.find("\n" + name + " {") + name.size() + 2;
    return text.substr(at, text.find('\n', at) - at);
  };
  CHECK(from_bytes<ExchangeRecord>(line("exchange")).value().answers.empty());
  CHECK(to_bytes(from_bytes<ExchangeRecord>(line("exchange")).value()) == line("exchange"));
  CHECK(to_bytes(from_bytes<ReceiptRecord>(line("receipt")).value()) == line("receipt"));
  CHECK_FALSE(line("exchange").contains("answers"));
  CHECK(to_bytes(from_bytes<ExchangeRecord>(line("exchange with answers")).value()) ==
        line("exchange with answers"));
  CHECK(to_bytes(from_bytes<ReceiptRecord>(line("receipt with answers")).value()) ==
        line("receipt with answers"));
  CHECK(from_bytes<PeerRecord>(line("peer with answers as UBL")).value().wants_ubl);
}

TEST_CASE("records are spelled as they always were") {
  const std::string path = std::string(CORRIDOR_SOURCE_DIR) + "/src/exchange/testdata/records.golden";
  const std::string now = all_records();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
  std::ifstream file(path);
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(golden.str() == now);
}

}  // namespace corridor::exchange
