// SPDX-License-Identifier: Apache-2.0
//
// Business answers on both sides, step by step: what is said once is final, what arrives must be
// about the document that was sent, by the party that received it.
#include "exchange/testing.h"

namespace corridor::exchange {

namespace {

constexpr View kReceived = "06received";  // at the receiver
constexpr View kSent = "06sent";          // the same document at its sender
constexpr View kReceive = R"({"type":"RECEIVE"})";

ExchangeRecord document_here(Role role, ExchangeState state) {
  ExchangeRecord record;
  const bool sent = role == Role::provider;
  record.id = ExchangeId(std::string(sent ? kSent : kReceived));
  record.role = role;
  record.peer = Did(std::string(kPeer));
  record.state = state;
  record.kind = "ubl:Invoice";
  record.sha256 = crypto::sha256("bytes");
  record.peer_exchange = sent ? kReceived : kSent;
  return record;
}

void put(Desk& desk, const ExchangeRecord& record) {
  desk.rows[{Table::exchange, record.id.value}] = to_bytes(record);
}

Desk receiver(ExchangeState state = ExchangeState::received) {
  Desk desk;
  desk.partner(true, {"*"});
  put(desk, document_here(Role::consumer, state));
  return desk;
}

Desk sender(ExchangeState state = ExchangeState::answered) {
  Desk desk;
  desk.partner(true, {"*"});
  put(desk, document_here(Role::provider, state));
  ReceiptRecord receipt;
  receipt.proof = json::Value::object({{"statement", "e30." + base64url(kReceive) + ".c2ln"}});
  receipt.peer_did_document = crypto::sha256("did");
  desk.rows[{Table::receipt, Bytes(kSent)}] = to_bytes(receipt);
  return desk;
}

GiveAnswer giving(AnswerWords words) {
  return {std::string(kReceived), std::move(words), crypto::sha256(kReceive), std::nullopt};
}

AnswerWords accept() { return {AnswerVerdict::accept, {}, {}, {}}; }
AnswerWords reject(std::string text = {}) {
  return {AnswerVerdict::reject, "prices", std::move(text), {}};
}
AnswerWords query(std::string text) {
  return {AnswerVerdict::query, "references", std::move(text), "BT-13"};
}

ExchangeRecord at(Desk& desk, View id) {
  return desk.record<ExchangeRecord>(Table::exchange, std::string(id));
}

// The answer as the network brings it, stated as give_answer states it.
AnswerIn arriving(const AnswerWords& words, const std::string& key = "06received#000001") {
  AnswerIn in;
  in.from = caller();
  in.exchange = kSent;
  in.idempotency_key = key;
  in.words = words;
  std::string type(verdict_name(words.verdict));
  std::ranges::transform(type, type.begin(), [](char c) { return static_cast<char>(c - 32); });
  in.stated = json::Value::object({{"type", type},
                                   {"by", kPeer},
                                   {"from", "did:web:localhost%3A7001"},
                                   {"exchange", kReceived},
                                   {"peerExchange", kSent},
                                   {"time", "2026-11-27T10:00:00.000Z"},
                                   {"receiveSha256", hex(crypto::sha256(kReceive).view())},
                                   {"payloadSha256", hex(crypto::sha256("bytes").view())},
                                   {"reason", "why"}});
  if (!words.code.empty()) in.stated.set("code", words.code);
  if (!words.field.empty()) in.stated.set("field", words.field);
  if (!words.text.empty()) in.stated.set("textSha256", hex(crypto::sha256(words.text).view()));
  in.statement_sha256 = crypto::sha256(json::write(in.stated));
  in.proof = json::Value::object({{"statement", "jws of " + type}});
  in.peer_did_document = "did";
  in.peer_did_document_sha256 = crypto::sha256("did");
  return in;
}

}  // namespace

TEST_CASE("an answer is one commit: statement, message to the sender, history, notice") {
  Desk desk = receiver();
  const Decision decision = desk.decide(giving(reject("40 a board was agreed")));
  REQUIRE(decision.events.size() == 1);
  CHECK(decision.events[0].type == EventType::reject);
  const json::Value& said = decision.events[0].content;
  CHECK(said.text_or("receiveSha256") == hex(crypto::sha256(kReceive).view()));
  CHECK(said.text_or("code") == "prices");
  CHECK(said.text_or("textSha256") == hex(crypto::sha256("40 a board was agreed").view()));
  CHECK_FALSE(json::write(said).contains("board was"));
  REQUIRE(decision.outgoing.size() == 1);
  const Outgoing& out = decision.outgoing[0];
  CHECK(out.url == "http://localhost:7002/0/corridor/v1/answers/06sent");
  CHECK(out.body == R"({"code":"prices","text":"40 a board was agreed","verdict":"reject"})");
  CHECK(out.idempotency_key == out.id);
  CHECK(out.statement->type == EventType::reject);
  REQUIRE(decision.notices.size() == 1);
  CHECK(decision.notices[0].type == "document.answered");
  CHECK(decision.reply.status == 201);
  const ExchangeRecord record = at(desk, kReceived);
  CHECK(record.state == ExchangeState::received);
  CHECK(record.answers.at(0).delivery == AnswerDelivery::sending);
  CHECK(record.history.back().what == "answered: reject");
}

TEST_CASE("the same answer again is the same answer; another one after a final one is refused") {
  Desk desk = receiver();
  const Decision first = desk.decide(giving(accept()));
  desk.now = desk.now + seconds(5);
  const auto before = desk.rows;
  const Decision again = desk.decide(giving(accept()));
  CHECK(json::write(again.reply.body) == json::write(first.reply.body));
  CHECK(again.events.empty());
  CHECK(again.outgoing.empty());
  const Error other = desk.refuse(giving(reject()));
  CHECK(other.code == Code::conflict);
  CHECK(other.why.contains("was accepted here at 20"));
  CHECK(desk.refuse(giving(query("?"))).code == Code::conflict);
  CHECK(desk.rows == before);
}

TEST_CASE("queries come before the final answer, each with its own statement, at most sixteen") {
  Desk desk = receiver();
  for (std::uint32_t i = 1; i <= kQueriesMax; ++i) {
    const Decision decision = desk.decide(giving(query("question " + std::to_string(i))));
    CHECK(decision.outgoing.at(0).statement->nth == i);
    // In the order of their ids: what is asked first arrives first.
    CHECK(decision.outgoing[0].id == at(desk, kReceived).answers.back().message);
  }
  CHECK(desk.refuse(giving(query("one more"))).code == Code::conflict);
  const Decision last = desk.decide(giving(accept()));
  CHECK(last.outgoing.at(0).statement->nth == 1);
  CHECK(last.outgoing[0].id > at(desk, kReceived).answers[15].message);
  CHECK(at(desk, kReceived).answers.size() == kQueriesMax + 1);
}

TEST_CASE("only what has been received can be answered") {
  CHECK(receiver().refuse({GiveAnswer{"06none", accept(), {}, {}}}).code == Code::not_found);
  Desk refused = receiver(ExchangeState::refused);
  CHECK(refused.refuse(giving(accept())).why.contains("signed REJECT"));
  Desk own = sender();
  GiveAnswer command = giving(accept());
  command.exchange = kSent;
  CHECK(own.refuse(command).why.contains("sent the document itself"));
}

TEST_CASE("words that are no answer are refused with the codes there are") {
  Desk desk = receiver();
  const Error no_code = desk.refuse(giving({AnswerVerdict::reject, {}, {}, {}}));
  CHECK(no_code.code == Code::invalid);
  CHECK(no_code.todo.contains("prices, quantities"));
  CHECK(desk.refuse(giving({AnswerVerdict::reject, "weather", {}, {}})).code == Code::invalid);
  CHECK(desk.refuse(giving({AnswerVerdict::accept, "prices", {}, {}})).code == Code::invalid);
  CHECK(desk.refuse(giving({AnswerVerdict::reject, "other", {}, {}})).code == Code::invalid);
  CHECK(desk.refuse(giving({AnswerVerdict::none, {}, {}, {}})).code == Code::invalid);
  CHECK(desk.refuse(giving(reject(std::string(2001, 'x')))).code == Code::too_large);
  CHECK(desk.refuse(giving(reject("a\x1b[2Jb"))).code == Code::invalid);
  CHECK(desk.refuse(giving({AnswerVerdict::reject, "prices", {}, "BT-13"})).code == Code::invalid);
  CHECK(desk.refuse(giving({AnswerVerdict::query, "prices", {}, "BT 13"})).code == Code::invalid);
  CHECK(desk.decide(giving(reject("two\nlines"))).reply.status == 201);
}

TEST_CASE("a partner without a Corridor gets no message, and both sides of the record say so") {
  Desk desk = receiver();
  PeerRecord peer;
  peer.did = Did(std::string(kPeer));
  peer.dsp_url = "http://localhost:7002/dsp";
  desk.decide(PutPeer{peer, {}});
  const Decision decision = desk.decide(giving(accept()));
  CHECK(decision.outgoing.empty());
  CHECK(decision.events.size() == 1);
  CHECK(decision.reply.body.text_or("delivery") == "failed");
  CHECK(at(desk, kReceived).answers.at(0).why.contains("takes no answers"));
}

TEST_CASE("delivery is remembered: taken, or refused for good with the reason") {
  Desk desk = receiver();
  const Outgoing out = desk.decide(giving(accept())).outgoing.at(0);
  SUBCASE("taken") {
    desk.decide(accepted(out));
    CHECK(at(desk, kReceived).answers.at(0).delivery == AnswerDelivery::delivered);
    // A late repetition changes nothing.
    const auto before = desk.rows;
    Answered late = accepted(out);
    late.accepted = false;
    desk.decide(late);
    CHECK(desk.rows == before);
  }
  SUBCASE("a node that knows no answers") {
    Answered none = accepted(out);
    none.accepted = false;
    none.status = 404;
    none.reason = "there is nothing at this address";
    const Decision decision = desk.decide(none);
    CHECK(decision.settled == std::vector<std::string>{out.id});
    CHECK(decision.outgoing.empty());
    const AnswerRecord answer = at(desk, kReceived).answers.at(0);
    CHECK(answer.delivery == AnswerDelivery::failed);
    CHECK(answer.why ==
          "the partner's node takes no answers, or does not know the document (404): there is "
          "nothing at this address");
    CHECK(decision.notices.at(0).type == "answer.failed");
    // Given again, it is the same answer under the same key, tried anew.
    const Decision again = desk.decide(giving(accept()));
    CHECK(again.events.empty());
    CHECK(again.outgoing.at(0).id == out.id);
    CHECK(again.outgoing[0].body == out.body);
    CHECK(again.reply.body.text_or("delivery") == "sending");
    desk.decide(accepted(out));
    CHECK(at(desk, kReceived).answers.at(0).delivery == AnswerDelivery::delivered);
    CHECK(at(desk, kReceived).answers.size() == 1);
  }
}

TEST_CASE("the sender keeps the partner's answer with its proof, once") {
  Desk desk = sender();
  const Decision asked = desk.decide(arriving(query("which order?")));
  CHECK(asked.reply.status == 201);
  CHECK(asked.events.empty());
  CHECK(asked.notices.at(0).type == "document.answered");
  const Decision decision = desk.decide(arriving(reject("too dear"), "06received#000002"));
  CHECK(decision.reply.status == 201);
  const ExchangeRecord record = at(desk, kSent);
  CHECK(record.state == ExchangeState::answered);
  REQUIRE(record.answers.size() == 2);
  CHECK(record.answers[1].words == reject("too dear"));
  CHECK(iso8601(record.answers[1].at) == "2026-11-27T10:00:00.000Z");
  CHECK(record.history.back().what == "the partner answered: reject");
  const auto receipt = desk.record<ReceiptRecord>(Table::receipt, std::string(kSent));
  CHECK(receipt.answers.size() == 2);
  // Its leaf is to be looked for in the partner's log.
  CHECK(desk.rows.contains({Table::unlogged, key_of({kPeer, kSent})}));
  const auto before = desk.rows;
  const Decision again = desk.decide(arriving(reject("too dear"), "06received#000002"));
  CHECK(again.reply.status == 200);
  CHECK(json::write(again.reply.body) == json::write(decision.reply.body));
  CHECK(again.notices.empty());
  CHECK(desk.rows == before);
}

TEST_CASE("a second final answer is refused, and that it was said is kept once") {
  Desk desk = sender();
  desk.decide(arriving(accept()));
  const Decision decision = desk.decide(arriving(reject(), "06received#000002"));
  CHECK(decision.reply.status == 409);
  CHECK(json::write(decision.reply.body).contains("was accepted by you"));
  ExchangeRecord record = at(desk, kSent);
  CHECK(record.answers.size() == 1);
  CHECK(record.contradicted);
  CHECK(record.history.back().what == "another answer of the partner was refused");
  const auto before = desk.rows;
  CHECK(desk.decide(arriving(reject("x"), "06received#000003")).reply.status == 409);
  CHECK(desk.rows == before);
}

TEST_CASE("whoever is not the receiver gets the answer of an unknown id") {
  Desk desk = sender();
  const auto before = desk.rows;
  AnswerIn unknown = arriving(accept());
  unknown.exchange = "06none";
  const Error as_unknown = desk.refuse(unknown);
  CHECK(as_unknown.code == Code::not_found);
  AnswerIn stranger = arriving(accept());
  stranger.from.caller.did = Did("did:web:localhost%3A9");
  CHECK(desk.refuse(stranger).why == as_unknown.why);
  // A document that this node received is nobody's to answer here.
  Desk other = receiver();
  AnswerIn crossed = arriving(accept());
  crossed.exchange = kReceived;
  CHECK(other.refuse(crossed).why == as_unknown.why);
  CHECK(desk.rows == before);
}

TEST_CASE("an answer about anything but this document is refused by the member that is wrong") {
  Desk desk = sender();
  const auto before = desk.rows;
  for (const char* const member :
       {"by", "from", "exchange", "receiveSha256", "payloadSha256", "code", "textSha256", "type"}) {
    AnswerIn in = arriving(reject("too dear"));
    in.stated.set(member, "something else");
    const Error error = desk.refuse(in);
    CHECK(error.code == Code::invalid);
    CHECK_MESSAGE(error.why.contains(member), error.why);
  }
  AnswerIn said_less = arriving(reject());
  said_less.words.text = "what the statement does not stand for";
  CHECK(desk.refuse(said_less).why.contains("textSha256"));
  AnswerIn other_field = arriving(query("?"));
  other_field.words.field = "BT-44";
  CHECK(desk.refuse(other_field).why.contains("field"));
  CHECK(desk.refuse(arriving({AnswerVerdict::reject, "weather", {}, {}})).code == Code::invalid);
  CHECK(desk.refuse(arriving(reject(std::string(3000, 'x')))).code == Code::too_large);
  CHECK(desk.rows == before);
  desk.decide(arriving(query("one")));
  // The key of another answer.
  CHECK(desk.refuse(arriving(query("two"))).why.contains("Idempotency-Key"));
}

TEST_CASE("an answer that overtakes the RECEIVE comes again later; one to a failure does not") {
  Desk early = sender(ExchangeState::sending);
  early.rows.erase({Table::receipt, Bytes(kSent)});
  CHECK(early.refuse(arriving(accept())).code == Code::unavailable);
  Desk failed = sender(ExchangeState::failed);
  CHECK(failed.refuse(arriving(accept())).code == Code::conflict);
}

TEST_CASE("answers as UBL are asked for once, kept when a peer is added again, and go out together") {
  Desk desk = receiver();
  const std::string peer(kPeer);
  CHECK(desk.decide(SetPeer{Did(peer), true}).reply.body.text_or("answers") == "ubl");
  desk.partner(true, {"*"});
  CHECK(desk.record<PeerRecord>(Table::peer, peer).wants_ubl);
  CHECK(desk.refuse(SetPeer{Did("did:web:nobody"), true}).code == Code::not_found);
  GiveAnswer command = giving(accept());
  command.response = sending();
  const Decision decision = desk.decide(command);
  const std::string response(decision.reply.body.text_or("response"));
  CHECK(at(desk, kReceived).answers.at(0).response == response);
  CHECK(at(desk, response).role == Role::provider);
  CHECK(at(desk, response).state == ExchangeState::waiting);  // for an agreement on this kind
  CHECK(decision.outgoing.size() == 2);
  CHECK(decision.reply.body.text_or("verdict") == "accept");
}

}  // namespace corridor::exchange
