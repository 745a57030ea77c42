// SPDX-License-Identifier: Apache-2.0
//
// Machines, messages and steps one by one. Whole exchanges between two nodes are the simulation's.
#include "exchange/testing.h"

namespace corridor::exchange {

TEST_CASE("the negotiation machine allows exactly the specification's edges") {
  using N = NegotiationState;
  int allowed = 0;
  for (int from = 0; from <= static_cast<int>(N::terminated); ++from) {
    for (const Role sender : {Role::provider, Role::consumer}) {
      for (const auto& row : bindings()) {
        for (const char* const event : {"", "ACCEPTED", "FINALIZED"}) {
          Message message;
          message.type = row.type;
          message.event_type = event;
          const auto to = after(static_cast<N>(from), sender, message);
          if (!to) continue;
          ++allowed;
          CHECK_FALSE(is_final(static_cast<N>(from)));
          const bool counter_offer = row.type == MessageType::contract_request && from != 0;
          CHECK((*to > static_cast<N>(from)) != counter_offer);
        }
      }
    }
  }
  CHECK(allowed == 9 + 10);
}

TEST_CASE("every message we write reads back, and satisfies what the schema requires") {
  for (const auto& row : bindings()) {
    Message message;
    message.type = row.type;
    message.id = "urn:m";
    message.initial = !row.initial.empty();
    if (!message.initial || row.to_consumer) message.provider_pid = ProviderPid("urn:p");
    if (!message.initial || !row.to_consumer) message.consumer_pid = ConsumerPid("urn:c");
    if (message.initial) message.callback_address = "http://localhost:1/0/dsp";
    if (row.type == MessageType::contract_offer || row.type == MessageType::contract_request)
      message.offer = first_offer().offer;
    if (row.type == MessageType::contract_agreement)
      message.agreement = json::parse(R"({"@type":"Agreement","@id":"a","target":"t"})").value();
    if (row.type == MessageType::negotiation_event) message.event_type = "ACCEPTED";
    if (row.type == MessageType::transfer_request) {
      message.agreement_id = AgreementId("a");
      message.format = "HttpData-PUSH";
      message.data_address = DataAddress{"t", "http://localhost:1/x", "token"};
    }
    const Bytes body = write_message(message);
    const auto value = json::parse(body).value();
    CHECK(value.find("@context")->items()[0].text() == kDspContext);
    const auto read = read_message(body, row.type);
    REQUIRE_MESSAGE(read, row.name);
    CHECK(write_message(*read) == body);
  }
}

TEST_CASE("a message with anything wrong is refused and the member is named") {
  const std::string good = write_message(first_offer());
  CHECK(read_message(good, MessageType::contract_offer));
  const std::vector<std::array<std::string, 3>> table{
      {R"("@context":["https://w3id.org/dspace/2025/1/context.jsonld"])", R"("@context":[{}])", "@context"},
      {R"("@context":["https://w3id.org/dspace/2025/1/context.jsonld"])", R"("@context":["x"])", "@context"},
      {R"("@type":"ContractOfferMessage")", R"("@type":"Other")", "@type"},
      {R"("providerPid":"urn:their:1")", R"("providerPid":7)", "providerPid"},
      {R"("providerPid":"urn:their:1")", R"("providerPid":"a b")", "providerPid"},
      {R"("providerPid":"urn:their:1")", R"("providerPid":"urn:their:1","consumerPid":"c")", "consumerPid"},
      {R"("@type":"Offer")", R"("@type":"Set")", "Offer"},
      {R"("target":)", R"("aim":)", "target"}};
  for (const auto& [from, to, member] : table) {
    std::string bad = good;
    const std::size_t at = bad.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    bad.replace(at, from.size(), to);
    const auto read = read_message(bad, MessageType::contract_offer);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::invalid);
    CHECK_MESSAGE(read.error().why.contains(member), read.error().why);
  }
  for (const View bad : {"", "[]", "null", "{", "\xff"}) CHECK_FALSE(read_message(bad, MessageType::contract_offer));
}

TEST_CASE("the first document of a kind opens a negotiation, the second waits for the same one") {
  Desk desk;
  desk.partner(true, {});
  const Decision first = desk.decide(sending());
  REQUIRE(first.outgoing.size() == 1);
  CHECK(first.outgoing[0].what == "ContractOfferMessage");
  CHECK(first.outgoing[0].url == "http://localhost:7002/0/dsp/negotiations/offers");
  CHECK(first.reply.body.text_or("state") == "waiting");
  const Decision second = desk.decide(sending());
  CHECK(second.outgoing.empty());
  CHECK(second.reply.body.text_or("state") == "waiting");
}

TEST_CASE("a document with fatal findings, or terms that are not understood, never leaves") {
  Desk desk;
  desk.partner(true, {});
  const Decision wrong = desk.decide(sending(false));
  CHECK(wrong.outgoing.empty());
  CHECK(wrong.reply.status == 422);
  CHECK(wrong.reply.body.text_or("code") == "check");
  SendDocument strange = sending();
  strange.terms = json::parse(
      R"({"permission":[{"action":"use","constraint":[{"leftOperand":"moonPhase","operator":"eq","rightOperand":"full"}]}]})").value();
  const Decision undecidable = desk.decide(strange);
  CHECK(undecidable.outgoing.empty());
  CHECK(undecidable.reply.body.text_or("code") == "terms");
  CHECK(undecidable.reply.body.text_or("reason").find("moonPhase") != View::npos);
  CHECK(undecidable.events.at(0).type == EventType::decision);
}

TEST_CASE("the same caller with the same key gets the same exchange, another document a conflict") {
  Desk desk;
  desk.partner(true, {});
  SendDocument command = sending();
  command.idempotency_key = "k1";
  const std::string id(desk.decide(command).reply.body.text_or("exchange"));
  const Decision again = desk.decide(command);
  CHECK(again.reply.body.text_or("exchange") == id);
  CHECK(again.writes.empty());
  command.document.sha256 = crypto::sha256("other bytes");
  CHECK(desk.refuse(command).code == Code::conflict);
}

TEST_CASE("an offer is accepted from a partner for an agreed kind, and else held for a person") {
  Desk desk;
  SUBCASE("a partner, an agreed kind") {
    desk.partner(true, {"ubl:Invoice"});
    const Decision decision = desk.decide(incoming(first_offer(), ""));
    CHECK(decision.reply.status == 201);
    REQUIRE(decision.outgoing.size() == 1);
    CHECK(decision.outgoing[0].what == "ContractNegotiationEventMessage ACCEPTED");
  }
  SUBCASE("a partner, another kind") {
    desk.partner(true, {"cii:CrossIndustryInvoice"});
    CHECK(desk.decide(incoming(first_offer(), "")).outgoing.empty());
  }
  SUBCASE("a stranger, whatever the kind; then a person says yes, once") {
    desk.partner(false, {"*"});
    const Decision decision = desk.decide(incoming(first_offer(), ""));
    CHECK(decision.outgoing.empty());
    const std::string pid(decision.reply.body.text_or("consumerPid"));
    CHECK(desk.record<NegotiationRecord>(Table::negotiation, pid).held);
    const Decision yes = desk.decide(MakeMove{pid, Verb::none, {}, {}, "seen"});
    CHECK(yes.outgoing.at(0).what == "ContractNegotiationEventMessage ACCEPTED");
    CHECK(desk.refuse(MakeMove{pid, Verb::none, {}, {}, {}}).code == Code::conflict);
  }
  SUBCASE("terms that are not understood are refused by name, whoever sends them") {
    desk.partner(true, {"*"});
    const Decision decision = desk.decide(incoming(
        first_offer(R"(,"constraint":[{"leftOperand":"spatial","operator":"eq","rightOperand":"NO"}])"), ""));
    CHECK(decision.outgoing.at(0).what == "ContractNegotiationTerminationMessage");
    CHECK(decision.outgoing.at(0).body.contains("spatial"));
  }
}

TEST_CASE("an initial offer again gets the answer again; another one under its pid is refused") {
  Desk desk;
  desk.partner(true, {"ubl:Invoice"});
  const Decision first = desk.decide(incoming(first_offer(), ""));
  const Decision again = desk.decide(incoming(first_offer(), ""));
  CHECK(json::write(again.reply.body) == json::write(first.reply.body));
  CHECK(again.outgoing.empty());
  // Another spelling of the message is still the same offer; another offer is not.
  CHECK(desk.decide(incoming(first_offer(), "", "other @id")).reply.status == 201);
  const std::string other =
      R"(,"constraint":[{"leftOperand":"spatial","operator":"eq","rightOperand":"NO"}])";
  CHECK(desk.refuse(incoming(first_offer(other), "")).code == Code::invalid);
}

TEST_CASE("who is not a party, a wrong pid and a wrong state are refused, and change nothing") {
  Desk desk;
  desk.partner(true, {"ubl:Invoice"});
  const Decision first = desk.decide(incoming(first_offer(), ""));
  const std::string pid(first.reply.body.text_or("consumerPid"));
  Message finalized;
  finalized.type = MessageType::negotiation_event;
  finalized.event_type = "FINALIZED";
  finalized.provider_pid = ProviderPid("urn:their:1");
  finalized.consumer_pid = ConsumerPid(pid);
  const auto before = desk.rows;
  CHECK(desk.refuse(incoming(finalized, pid)).code == Code::invalid);
  CHECK(desk.refuse(incoming(finalized, "urn:unknown")).code == Code::not_found);
  MessageIn stranger = incoming(finalized, pid);
  stranger.from.caller.did = Did("did:web:localhost%3A9");
  const Error as_unknown = desk.refuse(incoming(finalized, "urn:unknown"));
  CHECK(desk.refuse(stranger).why == as_unknown.why);
  finalized.provider_pid = ProviderPid("urn:other");
  CHECK(desk.refuse(incoming(finalized, pid)).code == Code::invalid);
  CHECK(desk.rows == before);
}

TEST_CASE("a callback on another host than the caller's is refused") {
  Desk desk;
  desk.partner(true, {"ubl:Invoice"});
  for (const char* const url : {"http://localhost:9999/0/dsp", "https://localhost:7002/0/dsp",
                                "http://localhost:7002@evil/", "http://localhost:7002.evil/x"}) {
    Message message = first_offer();
    message.callback_address = url;
    CHECK(desk.refuse(incoming(message, "")).code == Code::invalid);
  }
}

TEST_CASE("a negotiation that was refused ends, and what waited for it is refused with the reason") {
  Desk desk;
  desk.partner(true, {});
  const Decision first = desk.decide(sending());
  const std::string id(first.reply.body.text_or("exchange"));
  Answered answer = accepted(first.outgoing[0]);
  answer.accepted = false;
  answer.status = 400;
  answer.reason = "we do not do business with you";
  const Decision ended = desk.decide(answer);
  REQUIRE(ended.timers.size() == 1);
  desk.decide(TimerDue{timer_key(ended.timers[0].at, ended.timers[0].what, ended.timers[0].subject),
                       ended.timers[0].what, ended.timers[0].subject});
  const auto exchange = desk.record<ExchangeRecord>(Table::exchange, id);
  CHECK(exchange.state == ExchangeState::refused);
  CHECK(exchange.reason.contains("we do not do business with you"));
  SUBCASE("the next document starts anew") {
    CHECK(desk.decide(sending()).outgoing.size() == 1);
  }
}

TEST_CASE("an exchange whose time runs out fails with its reason, and is taken off the outbox") {
  Desk desk;
  desk.partner(true, {});
  SendDocument command = sending();
  command.deadline = seconds(5);
  const Decision first = desk.decide(command);
  const std::string id(first.reply.body.text_or("exchange"));
  desk.now = desk.now + seconds(6);
  const Decision due = desk.decide(TimerDue{"k", "deadline", id});
  CHECK(due.events.at(0).type == EventType::expire);
  CHECK(desk.record<ExchangeRecord>(Table::exchange, id).code == "deadline");
}

TEST_CASE("an invitation serves one party, until it expires, again for that party") {
  Desk desk;
  InviteRecord invite;
  invite.id = "urn:invite";
  invite.secret_sha256 = crypto::sha256("secret");
  invite.kinds = {"ubl:Invoice"};
  invite.expires = desk.now + hours(1);
  desk.decide(PutInvite{invite});
  JoinIn join;
  join.from = caller();
  join.invite = invite.id;
  join.secret_sha256 = crypto::sha256("guess");
  CHECK(desk.refuse(join).code == Code::not_found);
  join.secret_sha256 = invite.secret_sha256;
  desk.decide(join);
  CHECK(desk.record<PeerRecord>(Table::peer, std::string(kPeer)).partner);
  desk.decide(join);  // its answer was lost
  JoinIn other = join;
  other.from.caller.did = Did("did:web:localhost%3A9");
  CHECK(desk.refuse(other).code == Code::denied);
  desk.now = desk.now + hours(2);
  CHECK(desk.refuse(join).code == Code::denied);
}

TEST_CASE("kinds of streams are plain words, whatever a peer puts into a dataset id") {
  CHECK(kind_of_dataset(stream_dataset("ubl:Invoice", "urn:uuid:1")) == "ubl:Invoice");
  for (const char* const bad : {"", "urn:x", "urn:corridor:stream:", "urn:corridor:stream::1",
                                "urn:corridor:stream:a%1fb:1", "urn:corridor:stream:a%2Fb:1",
                                "urn:corridor:stream:%zz:1"})
    CHECK(kind_of_dataset(DatasetId(bad)).empty());
}

}  // namespace corridor::exchange
