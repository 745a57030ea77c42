// SPDX-License-Identifier: Apache-2.0
//
// What a node does by itself, by instruction and by hand, in both roles of a negotiation.
#include "exchange/testing.h"

namespace corridor::exchange {

namespace {

constexpr View kData = "urn:data:1";
constexpr View kOffer = "urn:offer:list";

DatasetRecord dataset() {
  DatasetRecord record;
  record.id = DatasetId(std::string(kData));
  record.endpoint = "http://localhost:9/elsewhere";
  record.offers = {{OfferId(std::string(kOffer)), {}, {"*"}}};
  return record;
}

// `use`, without more; or only until a day that is far away.
json::Value terms(bool limited = false) {
  const std::string until =
      R"(,"constraint":[{"leftOperand":"dateTime","operator":"lt","rightOperand":)"
      R"({"@value":"2099-01-01T00:00:00Z","@type":"xsd:dateTime"}}])";
  return json::parse(R"({"permission":[{"action":"use")" + (limited ? until : "") + "}]}").value();
}

MessageIn request(View consumer_pid, bool limited = false) {
  Message message;
  message.type = MessageType::contract_request;
  message.initial = true;
  message.id = "urn:m:" + std::string(consumer_pid);
  message.consumer_pid = ConsumerPid(std::string(consumer_pid));
  message.callback_address = "http://localhost:7002/0/dsp";
  message.offer = terms(limited);
  message.offer.set("@type", "Offer").set("@id", kOffer).set("target", kData);
  return incoming(message, "");
}

InstructionRecord instruction(std::string id, std::string on, std::string action) {
  InstructionRecord record;
  record.id = std::move(id);
  record.on = std::move(on);
  record.action = std::move(action);
  return record;
}

// The peer acknowledges what we sent last.
void acknowledge(Desk& desk, const Decision& decision, const char* member = nullptr, View pid = "") {
  auto body = json::Value::object();
  if (member != nullptr) body.set(member, pid);
  desk.decide(accepted(decision.outgoing.at(0), std::move(body)));
}

Message to_us(MessageType type, const NegotiationRecord& n, View event = "") {
  Message message;
  message.type = type;
  message.id = "urn:m:" + std::to_string(n.step);
  message.event_type = event;
  message.provider_pid = n.provider_pid;
  message.consumer_pid = n.consumer_pid;
  return message;
}

NegotiationRecord negotiation(Desk& desk, const std::string& pid) {
  return desk.record<NegotiationRecord>(Table::negotiation, pid);
}

}  // namespace

TEST_CASE("what is asked for as it is published is agreed to; other terms wait for a person") {
  Desk desk;
  desk.decide(PutDataset{dataset()});
  const Decision first = desk.decide(request("urn:c:1"));
  CHECK(first.reply.status == 201);
  REQUIRE(first.outgoing.size() == 1);
  CHECK(first.outgoing[0].what == "ContractAgreementMessage");

  const Decision other = desk.decide(request("urn:c:2", true));
  CHECK(other.outgoing.empty());
  const std::string pid(other.reply.body.text_or("providerPid"));
  CHECK(negotiation(desk, pid).held);
  const Decision yes = desk.decide(MakeMove{pid, Verb::none, {}, {}, "a good customer"});
  CHECK(yes.outgoing.at(0).what == "ContractAgreementMessage");

  Message unknown = request("urn:c:3").message;
  unknown.offer.set("@id", "urn:offer:none");
  CHECK(desk.refuse(incoming(unknown, "")).code == Code::not_found);
}

TEST_CASE("terms that nobody understands are refused with their reasons, whoever would agree") {
  Desk desk;
  desk.decide(PutDataset{dataset()});
  desk.decide(PutInstructions{{instruction("yes", "REQUESTED", "agree")}});
  MessageIn in = request("urn:c:1");
  in.message.offer = json::parse(R"({"@type":"Offer","@id":"urn:offer:list","target":"urn:data:1",
    "permission":[{"action":"use","constraint":[
      {"leftOperand":"moonPhase","operator":"eq","rightOperand":"full"}]}]})").value();
  const Decision decision = desk.decide(in);
  REQUIRE(decision.outgoing.size() == 1);
  CHECK(decision.outgoing[0].what == "ContractNegotiationTerminationMessage");
  CHECK(decision.outgoing[0].body.find("moonPhase") != Bytes::npos);
}

TEST_CASE("the most particular instruction decides, at its time, unless something came before") {
  Desk desk;
  desk.decide(PutDataset{dataset()});
  auto general = instruction("a", "REQUESTED", "terminate");
  auto particular = instruction("b", "REQUESTED", "offer");
  particular.dataset = kData;
  particular.after_ms = 500;
  particular.terms = terms(true);
  desk.decide(PutInstructions{{general, particular}});

  const Decision first = desk.decide(request("urn:c:1"));
  CHECK(first.outgoing.empty());
  REQUIRE(first.timers.size() == 2);  // the deadline, and this
  const Timer timer = first.timers[1];
  CHECK(timer.what == "instruction");
  CHECK(timer.at == desk.now + milliseconds(500));
  const std::string pid = timer.subject;
  CHECK(desk.decide(TimerDue{"early", "instruction", pid}).outgoing.empty());
  desk.now = timer.at;
  const Decision due = desk.decide(TimerDue{"due", "instruction", pid});
  REQUIRE(due.outgoing.size() == 1);
  CHECK(due.outgoing[0].what == "ContractOfferMessage");
  CHECK(due.outgoing[0].body.find("2099") != Bytes::npos);

  const Decision second = desk.decide(request("urn:c:2"));
  const std::string other(second.reply.body.text_or("providerPid"));
  desk.decide(MakeMove{other, Verb::terminate, {}, {}, "no"});
  desk.now = desk.now + seconds(1);
  CHECK(desk.decide(TimerDue{"late", "instruction", other}).outgoing.empty());
}

TEST_CASE("an instruction for the nth time, for a role and under a condition fits only then") {
  Desk desk;
  desk.decide(PutDataset{dataset()});
  auto second_time = instruction("a", "REQUESTED", "terminate");
  second_time.nth = 2;
  auto first_time = instruction("b", "REQUESTED", "offer");
  auto never = instruction("0", "REQUESTED", "terminate");
  never.when = json::parse(R"({"leftOperand":"dateTime","operator":"lt","rightOperand":
    {"@value":"2001-01-01T00:00:00Z","@type":"xsd:dateTime"}})").value();
  auto other_role = instruction("00", "REQUESTED", "terminate");
  other_role.role = "consumer";
  desk.decide(PutInstructions{{second_time, first_time, never, other_role}});
  const Decision first = desk.decide(request("urn:c:1"));
  CHECK(first.outgoing.at(0).what == "ContractOfferMessage");
  const std::string pid(first.reply.body.text_or("providerPid"));
  acknowledge(desk, first);

  Message again = to_us(MessageType::contract_request, negotiation(desk, pid));
  again.offer = request("x").message.offer;
  const Decision second = desk.decide(incoming(again, pid));
  CHECK(second.outgoing.at(0).what == "ContractNegotiationTerminationMessage");
}

TEST_CASE("instructions that answer each other end at a person") {
  Desk desk;
  desk.decide(PutDataset{dataset()});
  desk.decide(PutInstructions{{instruction("a", "REQUESTED", "offer")}});
  Decision decision = desk.decide(request("urn:c:1"));
  const std::string pid(decision.reply.body.text_or("providerPid"));
  for (std::uint32_t round = 1; round <= limits::kRoundsMax; ++round) {
    REQUIRE(decision.outgoing.size() == 1);
    acknowledge(desk, decision);
    Message counter = to_us(MessageType::contract_request, negotiation(desk, pid));
    counter.offer = request("x").message.offer;
    decision = desk.decide(incoming(counter, pid));
  }
  CHECK(decision.outgoing.empty());
  CHECK(negotiation(desk, pid).held);
}

TEST_CASE("an instruction that cannot be one is refused by what is wrong with it") {
  Desk desk;
  auto wrong = instruction("a", "REQUESTED", "dance");
  CHECK(desk.refuse(PutInstructions{{wrong}}).code == Code::invalid);
  CHECK(desk.refuse(PutInstructions{{instruction("a", "STARTED", "hold")}}).code == Code::invalid);
  CHECK(desk.refuse(PutInstructions{{instruction("a", "REQUESTED", "suspend")}}).code == Code::invalid);
  auto transfer = instruction("a", "STARTED", "suspend");
  transfer.process = "transfer";
  desk.decide(PutInstructions{{transfer}});
  transfer.after_ms = -1;
  CHECK(desk.refuse(PutInstructions{{transfer}}).code == Code::invalid);
  desk.decide(RemoveInstruction{"a"});
  CHECK(desk.refuse(RemoveInstruction{"a"}).code == Code::not_found);
  for (const auto& [spot, value] : desk.rows) CHECK(spot.first != Table::instruction_for);
}

TEST_CASE("a consumer asks, is offered something else, counters, accepts, verifies") {
  Desk desk;
  desk.partner(true, {});
  StartNegotiation start;
  start.peer = Did(std::string(kPeer));
  start.dataset = DatasetId(std::string(kData));
  start.offer = OfferId(std::string(kOffer));
  start.terms = terms();
  const Decision asked = desk.decide(start);
  const std::string pid(asked.reply.body.text_or("id"));
  CHECK(asked.reply.status == 201);
  CHECK(asked.outgoing.at(0).url == "http://localhost:7002/0/dsp/negotiations/request");
  CHECK(desk.refuse(MakeMove{pid, Verb::accept, {}, {}, {}}).code == Code::conflict);
  acknowledge(desk, asked, "providerPid", "urn:p:1");

  Message offer = to_us(MessageType::contract_offer, negotiation(desk, pid));
  offer.offer = terms(true);
  offer.offer.set("@type", "Offer").set("@id", "urn:offer:2").set("target", kData);
  CHECK(desk.decide(incoming(offer, pid)).outgoing.empty());
  CHECK(negotiation(desk, pid).held);
  CHECK(desk.refuse(MakeMove{pid, Verb::agree, {}, {}, {}}).code == Code::conflict);

  const Decision counter = desk.decide(MakeMove{pid, Verb::counter, {}, {}, {}});
  CHECK(counter.outgoing.at(0).url == "http://localhost:7002/0/dsp/negotiations/urn%3Ap%3A1/request");
  CHECK(counter.outgoing[0].body.find("callbackAddress") == Bytes::npos);
  CHECK(counter.outgoing[0].body.find("2099") == Bytes::npos);
  CHECK(desk.refuse(MakeMove{pid, Verb::counter, {}, {}, {}}).code == Code::conflict);
  acknowledge(desk, counter);

  offer = to_us(MessageType::contract_offer, negotiation(desk, pid));
  offer.offer = terms();
  offer.offer.set("@type", "Offer").set("@id", "urn:offer:3").set("target", kData);
  desk.decide(incoming(offer, pid));
  acknowledge(desk, desk.decide(MakeMove{pid, Verb::accept, {}, {}, {}}));
  CHECK(negotiation(desk, pid).state == NegotiationState::accepted);

  Message agreement = to_us(MessageType::contract_agreement, negotiation(desk, pid));
  agreement.agreement = terms();
  agreement.agreement.set("@type", "Agreement").set("@id", "urn:a:1").set("target", kData);
  agreement.agreement.set("assigner", kPeer).set("assignee", "did:web:localhost%3A7001");
  CHECK(desk.refuse(incoming(agreement, pid)).code == Code::invalid);  // without a timestamp
  agreement.agreement.set("timestamp", "2026-11-23T07:47:00.308459035Z");
  const Decision agreed = desk.decide(incoming(agreement, pid));
  CHECK(agreed.outgoing.at(0).what == "ContractAgreementVerificationMessage");
  acknowledge(desk, agreed);
  Message finalized = to_us(MessageType::negotiation_event, negotiation(desk, pid), "FINALIZED");
  desk.decide(incoming(finalized, pid));
  CHECK(negotiation(desk, pid).state == NegotiationState::finalized);
  CHECK(desk.refuse(MakeMove{pid, Verb::terminate, {}, {}, {}}).code == Code::conflict);
}

TEST_CASE("what may be final at the other side by now cannot be ended") {
  Desk desk;
  desk.decide(PutDataset{dataset()});
  const Decision agreed = desk.decide(request("urn:c:1"));
  const std::string pid(agreed.reply.body.text_or("providerPid"));
  acknowledge(desk, agreed);
  const auto verification = to_us(MessageType::agreement_verification, negotiation(desk, pid));
  const Decision verified = desk.decide(incoming(verification, pid));
  CHECK(verified.outgoing.at(0).what == "ContractNegotiationEventMessage FINALIZED");
  CHECK(desk.refuse(MakeMove{pid, Verb::terminate, {}, {}, {}}).code == Code::conflict);
}

TEST_CASE("a peer with a fixed token is known by it, on a closed network only") {
  Desk desk;
  PeerRecord peer;
  peer.did = Did("TCK_PARTICIPANT");
  peer.token_sha256 = crypto::sha256("what it sends");
  desk.decide(PutPeer{peer, {}});
  const Bytes key(peer.token_sha256.view());
  CHECK(desk.rows.at({Table::known_token, key}) == "TCK_PARTICIPANT");
  desk.decide(RemovePeer{peer.did});
  CHECK_FALSE(desk.rows.contains({Table::known_token, key}));
  desk.self.dsp_url = "https://node.example/0/dsp";
  CHECK(desk.refuse(PutPeer{peer, {}}).code == Code::denied);
}

}  // namespace corridor::exchange
