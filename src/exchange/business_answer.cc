// SPDX-License-Identifier: Apache-2.0
//
// The business answer: who received a document accepts it, rejects it or asks about it. It is a
// statement chained to the RECEIVE, sent to whoever sent the document, and both sides keep it:
// queries first, then at most one final answer, the same for ever.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

constexpr View kAnswersPath = "/answers/";

EventType event_of(AnswerVerdict verdict) {
  switch (verdict) {
    case AnswerVerdict::accept: return EventType::accept;
    case AnswerVerdict::reject: return EventType::reject;
    default: return EventType::query;
  }
}

bool answered_finally(const ExchangeRecord& exchange) {
  return !exchange.answers.empty() && is_final(exchange.answers.back().words.verdict);
}

// "reject, prices: prices or charges are not those agreed upon"
std::string words_text(const AnswerWords& words) {
  const AnswerCode* const row = answer_code(words.verdict, words.code);
  std::string text = words.code;
  if (row != nullptr && !words.code.empty()) text += ": " + std::string(row->sentence);
  if (!words.field.empty()) text += " (" + words.field + ")";
  if (!words.text.empty()) text += (text.empty() ? "" : " · ") + words.text;
  return text;
}

Error answered_before(const ExchangeRecord& exchange, View by_whom) {
  const AnswerRecord& last = exchange.answers.back();
  return {Code::conflict,
          "the document was " + std::string(verdict_past(last.words.verdict)) + " " +
              std::string(by_whom) + " at " + iso8601(last.at) +
              (last.words.code.empty() ? "" : " (" + last.words.code + ")"),
          "a final answer stays as it is; send a document of your own about what has changed"};
}

Error too_many_queries() {
  return {Code::conflict, "there are 16 queries about this document already",
          "accept or reject it"};
}

json::Value words_json(const AnswerWords& words) {
  auto body = json::Value::object({{"verdict", verdict_name(words.verdict)}});
  if (!words.code.empty()) body.set("code", words.code);
  if (!words.text.empty()) body.set("text", words.text);
  if (!words.field.empty()) body.set("field", words.field);
  return body;
}

json::Value reply_of(const ExchangeRecord& exchange, const AnswerRecord& answer) {
  auto body = words_json(answer.words);
  body.set("exchange", exchange.id.value).set("at", iso8601(answer.at));
  body.set("delivery", delivery_name(answer.delivery));
  if (!answer.why.empty()) body.set("why", answer.why);
  if (!answer.response.empty()) body.set("response", answer.response);
  return body;
}

// What the statement says: the text by its hash, as all content.
json::Value answer_content(const ExchangeRecord& exchange, const GiveAnswer& command) {
  const AnswerWords& words = command.words;
  const AnswerCode* const row = answer_code(words.verdict, words.code);
  auto content = json::Value::object({{"from", exchange.peer.value},
                                      {"peerExchange", exchange.peer_exchange},
                                      {"receiveSha256", hex(command.receive_sha256.view())},
                                      {"payloadSha256", hex(exchange.sha256.view())},
                                      {"reason", row->sentence}});
  if (!words.code.empty()) content.set("code", words.code);
  if (!words.field.empty()) content.set("field", words.field);
  if (!words.text.empty()) content.set("textSha256", hex(crypto::sha256(words.text).view()));
  return content;
}

Result<> may_answer(const ExchangeRecord& exchange) {
  if (exchange.role != Role::consumer)
    return fail(Code::conflict, "this node sent the document itself: its partner answers it",
                "see what it said with: corridor explain " + exchange.id.value);
  if (exchange.state == ExchangeState::refused)
    return fail(Code::conflict,
                "the document was refused when it came, with a signed REJECT: there is nothing "
                "to answer",
                "ask the partner for a document that passes the check");
  if (exchange.state != ExchangeState::received)
    return fail(Code::conflict, "the document is " + std::string(state_name(exchange.state)) +
                                    ", not received");
  return {};
}

void put_on_its_way(Work& work, const ExchangeRecord& exchange, AnswerRecord& answer,
                    const std::optional<PeerRecord>& peer, std::uint32_t nth) {
  if (!peer || peer->corridor_url.empty() || exchange.peer_exchange.empty()) {
    answer.delivery = AnswerDelivery::failed;
    answer.why = "the partner's node takes no answers: it is no Corridor";
    return;
  }
  answer.delivery = AnswerDelivery::sending;
  Outgoing out;
  out.id = answer.message;
  out.process = exchange.id.value;
  out.peer = exchange.peer;
  out.url = peer->corridor_url + std::string(kAnswersPath) + percent_encode(exchange.peer_exchange);
  out.body = json::canonical(words_json(answer.words));
  out.body_sha256 = crypto::sha256(out.body);
  out.idempotency_key = answer.message;
  out.statement = StatementRef{exchange.id.value, event_of(answer.words.verdict), nth};
  out.what = kAnswerMessage;
  out.deadline = work.now + limits::kProcessDeadline;
  work.decision.outgoing.push_back(std::move(out));
}

void tell(Work& work, const ExchangeRecord& exchange, const AnswerRecord& answer) {
  auto data = words_json(answer.words);
  data.set("peer", exchange.peer.value).set("kind", exchange.kind);
  data.set("role", exchange.role == Role::provider ? "sender" : "receiver");
  data.set("sha256", hex(exchange.sha256.view()));
  notice(work, "document.answered", exchange.id.value, std::move(data));
}

// The hash that names the RECEIVE in a stored proof: of the payload of its JWS.
Result<Digest> stated_sha256(const json::Value& proof) {
  const View jws = proof.text_or("statement");
  const std::size_t first = jws.find('.');
  const std::size_t last = jws.rfind('.');
  if (first == View::npos || last <= first)
    return fail(Code::corrupt, "the stored RECEIVE of the partner is no JWS");
  TRY_ASSIGN(const Bytes payload, from_base64url(jws.substr(first + 1, last - first - 1)));
  return crypto::sha256(payload);
}

// The statement must be about this document, received by this party, and say what the body says.
Result<> check_stated(const Work& work, const AnswerIn& command, const ExchangeRecord& exchange,
                      const Digest& receive_sha256) {
  const json::Value& said = command.stated;
  const AnswerWords& words = command.words;
  const auto wrong = [](std::string_view member) {
    return fail(Code::invalid, "the answer's statement has another " + std::string(member) +
                                   " than the document it is for");
  };
  if (said.text_or("type") != event_name(event_of(words.verdict))) return wrong("type");
  if (said.text_or("by") != exchange.peer.value) return wrong("by");
  if (said.text_or("from") != work.self.did.value) return wrong("from");
  if (said.text_or("exchange") != exchange.peer_exchange) return wrong("exchange");
  if (said.text_or("receiveSha256") != hex(receive_sha256.view())) return wrong("receiveSha256");
  if (said.text_or("payloadSha256") != hex(exchange.sha256.view())) return wrong("payloadSha256");
  if (said.text_or("code") != words.code) return wrong("code");
  if (said.text_or("field") != words.field) return wrong("field");
  const std::string text =
      words.text.empty() ? std::string() : hex(crypto::sha256(words.text).view());
  if (said.text_or("textSha256") != text) return wrong("textSha256");
  return {};
}

// A second final answer changes nothing; that it was said is kept once.
Outcome contradicted(Work& work, ExchangeRecord exchange, const AnswerIn& command) {
  const Error error = answered_before(exchange, "by you");
  work.decision.reply = {code_facts(error.code).http_status,
                         json::Value::object({{"code", code_facts(error.code).name},
                                              {"reason", json::Value::array({error.why})}}),
                         {}};
  if (exchange.contradicted) return work.done();
  exchange.contradicted = true;
  add_history(exchange.history, work.now, "another answer of the partner was refused",
              state_name(exchange.state),
              std::string(verdict_name(command.words.verdict)) + " " + words_text(command.words) +
                  ", statement " + hex(command.statement_sha256.view()));
  write(work, exchange);
  return work.done();
}

json::Value taken_reply(const ExchangeRecord& exchange, const AnswerRecord& answer) {
  return json::Value::object({{"exchange", exchange.id.value},
                              {"verdict", verdict_name(answer.words.verdict)},
                              {"statementSha256", hex(answer.statement_sha256.view())}});
}

void keep_answer(Work& work, const AnswerIn& command, ExchangeRecord& exchange,
                 ReceiptRecord receipt, bool document_known) {
  AnswerRecord answer;
  answer.words = command.words;
  answer.at = parse_iso8601(command.stated.text_or("time")).value_or(work.now);
  answer.message = command.idempotency_key;
  answer.statement_sha256 = command.statement_sha256;
  receipt.answers.push_back({command.proof, command.peer_did_document_sha256, {}});
  work.decision.write(Table::receipt, exchange.id.value, to_bytes(receipt));
  work.decision.write(Table::unlogged, key_of({exchange.peer.value, exchange.id.value}), {});
  if (!document_known)
    work.decision.write(Table::did_document, Bytes(command.peer_did_document_sha256.view()),
                        command.peer_did_document);
  add_history(exchange.history, work.now,
              "the partner answered: " + std::string(verdict_name(answer.words.verdict)),
              state_name(exchange.state), words_text(answer.words));
  tell(work, exchange, answer);
  work.decision.reply = {201, taken_reply(exchange, answer), {}};
  exchange.answers.push_back(std::move(answer));
}

// The same words are the same answer. One that could not be delivered is tried anew: the partner's
// node may be a newer one by now.
Outcome said_again(Work work, ExchangeRecord exchange) {
  AnswerRecord& answer = exchange.answers.back();
  if (answer.delivery == AnswerDelivery::failed) {
    OUTCOME_TRY(const auto peer, find_peer(work, exchange.peer));
    if (!work.known.complete()) return work.needs();
    answer.why.clear();
    const bool query = !is_final(answer.words.verdict);
    put_on_its_way(work, exchange, answer, peer,
                   query ? static_cast<std::uint32_t>(exchange.answers.size()) : 1U);
    if (answer.delivery == AnswerDelivery::sending)
      add_history(exchange.history, work.now, "the answer is sent again",
                  state_name(exchange.state));
    write(work, exchange);
  }
  work.decision.reply.body = reply_of(exchange, answer);
  return work.done();
}

}  // namespace

Outcome give_answer(Work work, const GiveAnswer& command) {
  if (auto good = check_words(command.words); !good) return good.error();
  OUTCOME_TRY(auto exchange, read<ExchangeRecord>(work.known, Table::exchange, command.exchange));
  if (!work.known.complete()) return work.needs();
  if (!exchange)
    return failed(Code::not_found, "there is no document " + command.exchange,
                  "see what has arrived with: corridor inbox");
  if (auto good = may_answer(*exchange); !good) return good.error();
  if (!exchange->answers.empty() && exchange->answers.back().words == command.words)
    return said_again(std::move(work), std::move(*exchange));
  if (answered_finally(*exchange)) return answered_before(*exchange, "here");
  const bool query = !is_final(command.words.verdict);
  if (query && exchange->answers.size() >= kQueriesMax) return too_many_queries();
  OUTCOME_TRY(const auto peer, find_peer(work, exchange->peer));
  if (!work.known.complete()) return work.needs();

  AnswerRecord answer;
  answer.words = command.words;
  answer.at = work.now;
  std::string number = std::to_string(exchange->answers.size() + 1);
  number.insert(0, 6 - std::min<std::size_t>(6, number.size()), '0');
  answer.message = exchange->id.value + "#" + number;
  // Every answer so far was a query.
  const auto nth = query ? static_cast<std::uint32_t>(exchange->answers.size() + 1) : 1U;
  put_on_its_way(work, *exchange, answer, peer, nth);
  state_event(work, event_of(command.words.verdict), exchange->id.value,
              answer_content(*exchange, command));
  add_history(exchange->history, work.now,
              "answered: " + std::string(verdict_name(command.words.verdict)),
              state_name(exchange->state), words_text(command.words));
  tell(work, *exchange, answer);
  if (command.response)
    answer.response = ordered_id(work.now, work.seed, "response");
  const Reply reply{201, reply_of(*exchange, answer), {}};
  exchange->answers.push_back(answer);
  write(work, *exchange);
  if (!command.response) {
    work.decision.reply = reply;
    return work.done();
  }
  SendDocument response = *command.response;
  response.id = ExchangeId(answer.response);
  Outcome outcome = send_document(std::move(work), response);
  if (auto* const decision = std::get_if<Decision>(&outcome)) decision->reply = reply;
  return outcome;
}

Outcome answer_delivered(Work work, const Answered& command, ExchangeRecord exchange) {
  const auto answer = std::ranges::find(exchange.answers, command.message, &AnswerRecord::message);
  if (answer == exchange.answers.end() || answer->delivery != AnswerDelivery::sending)
    return work.done();
  const std::string verdict(verdict_name(answer->words.verdict));
  answer->delivery = command.accepted ? AnswerDelivery::delivered : AnswerDelivery::failed;
  if (!command.accepted) {
    // 413: a node that has no such address takes no body there.
    const bool unknown = command.status == 404 || command.status == 405 || command.status == 413 ||
                         command.status == 501;
    answer->why = unknown ? "the partner's node takes no answers, or does not know the document"
                          : "it was not taken";
    if (command.status != 0) answer->why += " (" + std::to_string(command.status) + ")";
    if (!command.reason.empty()) answer->why += ": " + command.reason;
  }
  add_history(exchange.history, work.now,
              command.accepted ? "the partner has the answer: " + verdict
                               : "the answer was not delivered: " + verdict,
              state_name(exchange.state), answer->why);
  if (!command.accepted)
    notice(work, "answer.failed", exchange.id.value,
           json::Value::object({{"peer", exchange.peer.value},
                                {"verdict", verdict},
                                {"reason", answer->why}}));
  write(work, exchange);
  return work.done();
}

Outcome take_answer(Work work, const AnswerIn& command) {
  OUTCOME_TRY(auto exchange, read<ExchangeRecord>(work.known, Table::exchange, command.exchange));
  OUTCOME_TRY(auto receipt, read<ReceiptRecord>(work.known, Table::receipt, command.exchange));
  const bool document_known =
      work.known.row(Table::did_document, command.peer_did_document_sha256.view()).has_value();
  if (!work.known.complete()) return work.needs();
  const bool party = exchange && exchange->role == Role::provider &&
                     exchange->peer == command.from.caller.did;
  if (!party) return failed(Code::not_found, "there is no such exchange");
  if (exchange->state == ExchangeState::waiting || exchange->state == ExchangeState::sending)
    return failed(Code::unavailable, "the RECEIVE of this document has not come back here yet");
  if (exchange->state != ExchangeState::answered || !receipt)
    return failed(Code::conflict, "the document is " + std::string(state_name(exchange->state)) +
                                      " here: there is no RECEIVE that could be answered");
  if (auto good = check_words(command.words); !good) return good.error();
  OUTCOME_TRY(const Digest receive_sha256, stated_sha256(receipt->proof));
  if (auto good = check_stated(work, command, *exchange, receive_sha256); !good)
    return good.error();
  for (const auto& known : exchange->answers) {
    const bool same = known.statement_sha256 == command.statement_sha256;
    if (!same && known.message != command.idempotency_key) continue;
    if (!same)
      return failed(Code::invalid, "the Idempotency-Key was used before for another answer",
                    "send a new answer under a new key");
    work.decision.reply = {200, taken_reply(*exchange, known), {}};
    return work.done();
  }
  if (answered_finally(*exchange)) return contradicted(work, std::move(*exchange), command);
  if (!is_final(command.words.verdict) && exchange->answers.size() >= kQueriesMax)
    return too_many_queries();
  keep_answer(work, command, *exchange, std::move(*receipt), document_known);
  write(work, *exchange);
  return work.done();
}

}  // namespace corridor::exchange
