// SPDX-License-Identifier: Apache-2.0
//
// Business answers: ours about a document that arrived, and the partner's about one that we sent
// (docs/answers.md). What is said is checked by exchange; here statements are read and verified, and
// the UBL document is made that goes along where the partner wants one.
#include "api/call.h"
#include "crypto/crypto.h"
#include "documents/application_response.h"
#include "documents/documents.h"
#include "evidence/statement.h"

namespace corridor::api {

namespace {

Result<exchange::AnswerWords> read_words(const json::Value& body) {
  exchange::AnswerWords words;
  TRY_ASSIGN(const std::string verdict, json::require_text(body, "verdict"));
  const auto known = exchange::verdict_from_name(verdict);
  if (!known)
    return fail(Code::invalid, "the verdict is none", "say accept, reject or query");
  words.verdict = *known;
  for (const auto& [member, text] : {std::pair{"code", &words.code}, std::pair{"text", &words.text},
                                     std::pair{"field", &words.field}}) {
    const json::Value* const found = body.find(member);
    if (found == nullptr) continue;
    if (!found->is_text())
      return fail(Code::invalid, "the member \"" + std::string(member) + "\" is no text");
    *text = found->text();
  }
  TRY(exchange::check_words(words));
  return words;
}

// --- the partner's ---

// Whoever is not the receiver learns nothing. The engine looks again, in the order of its commits.
Result<> check_receiver(const Call& call) {
  return call.engine().reading([&](const engine::Rows& rows) -> Result<> {
    const Error unknown{Code::not_found, "there is no such exchange", {}};
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, call.params.find("id")->second));
    if (!row) return std::unexpected(unknown);
    TRY_ASSIGN(const auto record, from_bytes<exchange::ExchangeRecord>(*row));
    if (record.role != exchange::Role::provider || record.peer != call.from.caller.did)
      return std::unexpected(unknown);
    return {};
  });
}

Result<exchange::AnswerIn> read_answer(const Call& call) {
  TRY(check_receiver(call));
  exchange::AnswerIn command;
  command.from = call.from;
  command.exchange = call.params.find("id")->second;
  const std::string* const key = call.request.headers.find("Idempotency-Key");
  if (key == nullptr) return fail(Code::invalid, "the answer came without an Idempotency-Key");
  TRY(exchange::check_id(*key, "Idempotency-Key"));
  command.idempotency_key = *key;
  TRY_ASSIGN(const json::Value body, body_object(call));
  TRY_ASSIGN(command.words, read_words(body));
  const std::string* const header = call.request.headers.find(engine::kStatementHeader);
  if (header == nullptr)
    return fail(Code::invalid, "the answer came without the receiver's statement");
  TRY_ASSIGN(const Bytes raw, from_base64url(*header));
  TRY_ASSIGN(const json::Value proof, json::parse(raw));
  TRY_ASSIGN(auto checked, engine::check_proof(proof, call.from_document.document));
  command.stated = std::move(checked.content);
  command.statement_sha256 = checked.statement.written.sha256;
  command.proof = std::move(checked.proof);
  command.peer_did_document = call.from_document.fact.bytes;
  command.peer_did_document_sha256 = call.from_document.fact.digest;
  return command;
}

// --- ours ---

struct Answering {
  exchange::ExchangeRecord exchange;
  exchange::GiveAnswer command;
  bool wants_ubl = false;
};

Result<Answering> read_answering(const Call& call) {
  Answering answering;
  TRY_ASSIGN(const json::Value body, body_object(call));
  TRY_ASSIGN(answering.command.words, read_words(body));
  const std::string& id = call.params.find("id")->second;
  answering.command.exchange = id;
  TRY(call.engine().reading([&](const engine::Rows& rows) -> Result<> {
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, id));
    if (!row) return {};  // the engine says so
    TRY_ASSIGN(answering.exchange, from_bytes<exchange::ExchangeRecord>(*row));
    if (const auto received = engine::find_statement(rows, {id, EventType::receive}))
      answering.command.receive_sha256 = crypto::sha256(received->statement);
    TRY_ASSIGN(const auto peer_row, rows.get(Table::peer, answering.exchange.peer.value));
    if (!peer_row) return {};
    TRY_ASSIGN(const auto peer, from_bytes<exchange::PeerRecord>(*peer_row));
    answering.wants_ubl = peer.wants_ubl;
    return {};
  }));
  return answering;
}

// The answer as a UBL document about the one that is stored here.
Result<Bytes> make_response(const Call& call, const Answering& answering) {
  const exchange::AnswerWords& words = answering.command.words;
  TRY_ASSIGN(const Bytes stored,
             call.engine().blobs().read(store::BlobId(answering.exchange.blob)));
  documents::ApplicationResponse response;
  response.about = documents::read_answered(stored);
  response.id = answering.exchange.id.value + "-" +
                std::to_string(answering.exchange.answers.size() + 1);
  response.at = call.env().now();
  response.sender = call.engine().self().did;
  response.receiver = answering.exchange.peer;
  response.fallback_id = answering.exchange.peer_exchange;
  response.response_code = exchange::response_code(words.verdict, words.code);
  const auto* const row = exchange::answer_code(words.verdict, words.code);
  response.reason_code = row->reason_code;
  response.reason = row->sentence;
  response.text = words.text;
  response.field = words.field;
  return documents::write_application_response(response);
}

// Stores the UBL document first, so that answer and document are one commit.
void answer_with_response(Call call, Answering answering) {
  auto bytes = make_response(call, answering);
  if (!bytes) return call.fail(bytes.error());
  exchange::SendDocument response;
  response.to = answering.exchange.peer;
  response.name = "answer to " + answering.exchange.id.value + ".xml";
  response.document.sha256 = crypto::sha256(*bytes);
  response.document.bytes = bytes->size();
  documents::Examined examined =
      call.engine().examine(*bytes, response.to.value);
  response.document.media_type = examined.recognised.media_type;
  response.document.report = std::move(examined.report);
  const Digest sha256 = response.document.sha256;
  answering.command.response = std::move(response);
  engine::Engine& engine = call.engine();
  auto shared = std::make_shared<std::pair<Call, exchange::GiveAnswer>>(
      std::move(call), std::move(answering.command));
  engine.blobs().put(std::move(*bytes), sha256, [shared](Result<store::Stored> stored) {
    shared->first.workers().post_always([shared, stored = std::move(stored)]() mutable {
      if (!stored) return shared->first.fail(stored.error());
      shared->second.response->document.blob = stored->blob.value;
      submit(std::move(shared->first), std::move(shared->second));
    });
  });
}

}  // namespace

// POST <corridor>/answers/:id. The answer may overtake our reading of the RECEIVE that it is about.
void receive_answer(Call call) {
  auto command = read_answer(call);
  if (!command) return call.fail(command.error());
  engine::Engine& engine = call.engine();
  const std::string id = command->exchange;
  engine.when_answered(id, [call = std::move(call), command = std::move(*command)]() mutable {
    submit(std::move(call), std::move(command));
  });
}

// POST /exchanges/:id/answer
void manage_answer(Call call) {
  auto answering = read_answering(call);
  if (!answering) return call.fail(answering.error());
  const auto& before = answering->exchange.answers;
  // Nothing is made for an answer that stands already, or that will be refused.
  const bool open = before.empty() || (!is_final(before.back().words.verdict) &&
                                       before.back().words != answering->command.words);
  const bool taken = answering->exchange.state == exchange::ExchangeState::received;
  if (answering->wants_ubl && taken && open)
    return answer_with_response(std::move(call), std::move(*answering));
  submit(std::move(call), std::move(answering->command));
}

// PUT /peers/:did: what we do for a peer, changed one by one.
void manage_peer_set(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::SetPeer command;
  command.did = Did(call.params["did"]);
  if (body->find("answers") != nullptr) {
    const View answers = body->text_or("answers");
    if (answers != "ubl" && answers != "statement")
      return call.fail({Code::invalid, "answers go out in no such form",
                        "say statement, or ubl for UBL ApplicationResponses as well"});
    command.wants_ubl = answers == "ubl";
  }
  submit(std::move(call), std::move(command));
}

json::Value answers_json(const exchange::ExchangeRecord& record) {
  auto list = json::Value::array();
  for (const auto& answer : record.answers) {
    auto item = json::Value::object({{"verdict", verdict_name(answer.words.verdict)},
                                     {"at", iso8601(answer.at)}});
    if (const auto* const row = exchange::answer_code(answer.words.verdict, answer.words.code))
      item.set("reason", row->sentence);
    if (!answer.words.code.empty()) item.set("code", answer.words.code);
    if (!answer.words.text.empty()) item.set("text", answer.words.text);
    if (!answer.words.field.empty()) item.set("field", answer.words.field);
    if (answer.delivery != exchange::AnswerDelivery::none)
      item.set("delivery", delivery_name(answer.delivery));
    if (!answer.why.empty()) item.set("why", answer.why);
    if (!answer.response.empty()) item.set("response", answer.response);
    list.push(std::move(item));
  }
  return list;
}

}  // namespace corridor::api
