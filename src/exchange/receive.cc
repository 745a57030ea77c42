// SPDX-License-Identifier: Apache-2.0
//
// A document arrives on a stream: it is taken, with a signed RECEIVE, or refused, with a signed
// REJECT. Both are final and answered the same way for ever; the inbox row is the hand-over.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

struct Verdict {
  std::string code;  // empty: taken
  std::string reason;
  json::Value decision;  // of rights
};

ExchangeRecord new_exchange(const Work& work, const DocumentIn& command, const TransferRecord& t,
                            const AgreementRecord& agreement) {
  ExchangeRecord exchange;
  exchange.id = ExchangeId(ordered_id(work.now, work.seed, "exchange"));
  exchange.role = Role::consumer;
  exchange.peer = t.peer;
  exchange.kind = command.document.report.kind.name();
  exchange.profile = command.document.report.kind.profile;
  exchange.blob = command.document.blob;
  exchange.sha256 = command.document.sha256;
  exchange.bytes = command.document.bytes;
  exchange.media_type = command.document.media_type;
  exchange.report = to_json(command.document.report);
  exchange.agreement = agreement.id;
  exchange.agreement_sha256 = agreement.sha256;
  exchange.transfer = t.own_pid();
  exchange.purpose = command.submit.text_or("purpose");
  exchange.idempotency_key = command.idempotency_key;
  exchange.peer_exchange = command.submit.text_or("exchange");
  exchange.since = work.now;
  exchange.settled = work.now;
  return exchange;
}

// What the sender stated must be about these bytes, to us, under this agreement: else its statement
// proves something else, and there is nothing to answer with a statement of ours.
Result<> check_submit(const Work& work, const DocumentIn& command, const AgreementRecord& agreement) {
  const json::Value& submit = command.submit;
  const auto wrong = [](std::string_view member) {
    return fail(Code::invalid, "the sender's statement has another " + std::string(member) +
                                   " than the request it came with");
  };
  if (submit.text_or("by") != command.from.caller.did.value) return wrong("by");
  if (submit.text_or("to") != work.self.did.value) return wrong("to");
  if (submit.text_or("payloadSha256") != hex(command.document.sha256.view()))
    return wrong("payloadSha256");
  if (submit.integer_or("payloadBytes", -1) != static_cast<std::int64_t>(command.document.bytes))
    return wrong("payloadBytes");
  if (submit.text_or("agreement") != agreement.id.value) return wrong("agreement");
  if (submit.text_or("agreementSha256") != hex(agreement.sha256.view()))
    return wrong("agreementSha256");
  if (submit.text_or("idempotencyKey") != command.idempotency_key) return wrong("idempotencyKey");
  return {};
}

// Rights, kind, rules: in this order, so that the reason given is the strongest one.
Result<Verdict> judge(const Work& work, const ExchangeRecord& exchange, const TransferRecord& t,
                      const AgreementRecord& agreement, const Report& report) {
  TRY_ASSIGN(const auto decision, decide_use(work, agreement.agreement, t.peer, work.self.did,
                                             exchange.purpose));
  Verdict verdict;
  verdict.decision = decision_json(decision, agreement.sha256);
  if (decision.outcome != rights::Outcome::permit) {
    verdict.code = "terms";
    verdict.reason = reasons_text(decision);
  } else if (exchange.kind != t.kind) {
    verdict.code = "kind";
    verdict.reason = "the agreement is about " + t.kind + ", the document is " + exchange.kind;
  } else if (report.refused()) {
    verdict.code = "check";
    verdict.reason = refusal_of(report);
  }
  return verdict;
}

json::Value receive_content(const DocumentIn& command, const ExchangeRecord& exchange,
                            const Verdict& verdict) {
  return json::Value::object({{"from", exchange.peer.value},
                              {"peerExchange", exchange.peer_exchange},
                              {"submitSha256", hex(command.submit_sha256.view())},
                              {"payloadSha256", hex(exchange.sha256.view())},
                              {"payloadBytes", exchange.bytes},
                              {"mediaType", exchange.media_type},
                              {"kind", exchange.kind},
                              {"profile", exchange.profile},
                              {"rules", exchange.report.text_or("rules")},
                              {"rulesSha256", exchange.report.text_or("rulesDigest")},
                              {"reportSha256",
                               hex(crypto::sha256(json::canonical(exchange.report)).view())},
                              {"valid", exchange.report.boolean_or("valid")},
                              {"agreement", exchange.agreement.value},
                              {"agreementSha256", hex(exchange.agreement_sha256.view())},
                              {"idempotencyKey", exchange.idempotency_key},
                              {"decision", verdict.decision}});
}

void take(Work& work, const DocumentIn& command, ExchangeRecord& exchange, const Verdict& verdict) {
  exchange.state = ExchangeState::received;
  exchange.level = ReceiptLevel::answered;
  InboxRecord inbox;
  inbox.id = exchange.id;
  inbox.from = exchange.peer;
  inbox.kind = exchange.kind;
  inbox.blob = exchange.blob;
  inbox.sha256 = exchange.sha256;
  inbox.bytes = exchange.bytes;
  inbox.media_type = exchange.media_type;
  inbox.received = work.now;
  inbox.valid = command.document.report.valid();
  inbox.findings = static_cast<std::uint32_t>(command.document.report.findings.size());
  work.decision.write(Table::inbox, inbox.id.value, to_bytes(inbox));
  state_event(work, EventType::receive, exchange.id.value,
              receive_content(command, exchange, verdict));
  add_history(exchange.history, work.now, "document received", state_name(exchange.state));
  notice(work, "document.received", exchange.id.value,
         json::Value::object({{"from", exchange.peer.value},
                              {"kind", exchange.kind},
                              {"sha256", hex(exchange.sha256.view())},
                              {"bytes", exchange.bytes}}));
}

void refuse(Work& work, const DocumentIn& command, ExchangeRecord& exchange,
            const Verdict& verdict) {
  refuse_exchange(work, exchange, ExchangeState::refused, verdict.code, verdict.reason);
  auto content = receive_content(command, exchange, verdict);
  content.set("code", exchange.code).set("reason", exchange.reason);
  state_event(work, EventType::reject, exchange.id.value, std::move(content));
}

// A key that was used before: the same document gets the same answer, another one a refusal.
Outcome seen_before(Work& work, const DocumentIn& command, View exchange_id) {
  OUTCOME_TRY(const auto known, read<ExchangeRecord>(work.known, Table::exchange, exchange_id));
  if (!work.known.complete()) return work.needs();
  if (!known) return failed(Code::corrupt, "an idempotency key points at no exchange");
  if (known->sha256 != command.document.sha256)
    return failed(Code::invalid, "the Idempotency-Key was used before for another document",
                  "send a new document under a new key");
  work.decision.reply = document_reply(*known);
  return work.done();
}

}  // namespace

Reply document_reply(const ExchangeRecord& exchange) {
  Reply reply;
  reply.body = json::Value::object({{"state", state_name(exchange.state)},
                                    {"exchange", exchange.id.value},
                                    {"received", iso8601(exchange.since)},
                                    {"report", exchange.report}});
  if (exchange.state == ExchangeState::received) {
    reply.status = 201;
    reply.attach = StatementRef{exchange.id.value, EventType::receive};
    return reply;
  }
  reply.status = 422;
  reply.body.set("code", exchange.code).set("reason", exchange.reason);
  reply.attach = StatementRef{exchange.id.value, EventType::reject};
  return reply;
}

Outcome receive_document(Work work, const DocumentIn& command) {
  OUTCOME_TRY(const auto t, read<TransferRecord>(work.known, Table::transfer, command.pid));
  const Bytes key = key_of({"in", command.from.caller.did.value, command.idempotency_key});
  const auto before = work.known.row(Table::idempotency, key);
  if (!work.known.complete()) return work.needs();
  const bool party = t && t->role == Role::consumer && t->peer == command.from.caller.did;
  if (!party || !crypto::equal_in_constant_time(t->token, command.from.caller.presented))
    return failed(Code::not_found, "there is no such inbox");
  if (before) return seen_before(work, command, *before);
  if (t->state != TransferState::started)
    return failed(Code::conflict,
                  "the transfer is " + std::string(state_name(t->state)) + ", not STARTED",
                  "negotiate a new agreement");
  OUTCOME_TRY(const auto agreement,
              read<AgreementRecord>(work.known, Table::agreement,
                                    agreement_key(Role::consumer, t->agreement)));
  const auto document_row = work.known.row(Table::did_document,
                                           command.peer_did_document_sha256.view());
  if (!work.known.complete()) return work.needs();
  if (!agreement) return failed(Code::corrupt, "a transfer points at no agreement");
  if (auto good = check_submit(work, command, *agreement); !good) return good.error();

  ExchangeRecord exchange = new_exchange(work, command, *t, *agreement);
  OUTCOME_TRY(const Verdict verdict, judge(work, exchange, *t, *agreement, command.document.report));
  if (verdict.code.empty()) {
    take(work, command, exchange, verdict);
  } else {
    refuse(work, command, exchange, verdict);
  }
  ReceiptRecord receipt;
  receipt.proof = command.submit_proof;
  receipt.peer_did_document = command.peer_did_document_sha256;
  work.decision.write(Table::receipt, exchange.id.value, to_bytes(receipt));
  work.decision.write(Table::unlogged, key_of({exchange.peer.value, exchange.id.value}), {});
  if (!document_row)
    work.decision.write(Table::did_document, Bytes(command.peer_did_document_sha256.view()),
                        command.peer_did_document);
  work.decision.write(Table::idempotency, key, exchange.id.value);
  write_alias(work, hex(exchange.sha256.view()), "exchange", exchange.id.value);
  if (!exchange.peer_exchange.empty())
    write_alias(work, exchange.peer_exchange, "exchange", exchange.id.value);
  write(work, exchange);
  work.decision.reply = document_reply(exchange);
  return work.done();
}

}  // namespace corridor::exchange
