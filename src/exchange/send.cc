// SPDX-License-Identifier: Apache-2.0
//
// The sender's side of a document: decide, state, put on its way; or wait until a stream is open.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

ExchangeRecord new_exchange(const Work& work, const SendDocument& command) {
  ExchangeRecord exchange;
  exchange.id = command.id.empty() ? ExchangeId(ordered_id(work.now, work.seed, "exchange"))
                                   : command.id;
  exchange.role = Role::provider;
  exchange.peer = command.to;
  exchange.kind = command.document.report.kind.name();
  exchange.profile = command.document.report.kind.profile;
  exchange.name = command.name;
  exchange.blob = command.document.blob;
  exchange.sha256 = command.document.sha256;
  exchange.bytes = command.document.bytes;
  exchange.media_type = command.document.media_type;
  exchange.report = to_json(command.document.report);
  exchange.purpose = command.purpose;
  exchange.idempotency_key = command.idempotency_key;
  exchange.since = work.now;
  exchange.deadline = work.now + command.deadline;
  return exchange;
}

json::Value exchange_reply(const ExchangeRecord& exchange) {
  auto body = json::Value::object({{"exchange", exchange.id.value},
                                   {"state", state_name(exchange.state)},
                                   {"level", level_name(exchange.level)},
                                   {"kind", exchange.kind}});
  if (!exchange.code.empty()) body.set("code", exchange.code).set("reason", exchange.reason);
  if (exchange.state == ExchangeState::refused) body.set("report", exchange.report);
  return body;
}


std::string report_digest(const json::Value& report) {
  return hex(crypto::sha256(json::canonical(report)).view());
}

Outcome finish(Work& work, const ExchangeRecord& exchange) {
  write(work, exchange);
  write_alias(work, hex(exchange.sha256.view()), "exchange", exchange.id.value);
  if (!exchange.idempotency_key.empty())
    work.decision.write(Table::idempotency, key_of({"local", exchange.idempotency_key}),
                        exchange.id.value);
  work.decision.reply.status = exchange.state == ExchangeState::refused ? 422 : 202;
  work.decision.reply.body = exchange_reply(exchange);
  return work.done();
}

// The same caller with the same key gets the exchange it started, never a second one.
Outcome again(Work& work, View exchange_id, const SendDocument& command) {
  OUTCOME_TRY(const auto known, read<ExchangeRecord>(work.known, Table::exchange, exchange_id));
  if (!work.known.complete()) return work.needs();
  if (!known || known->sha256 != command.document.sha256 || known->peer != command.to)
    return failed(Code::conflict, "the idempotency key was used before for another document",
                  "use a new key for a new document");
  work.decision.reply.status = 200;
  work.decision.reply.body = exchange_reply(*known);
  return work.done();
}

}  // namespace

Result<std::optional<PeerRecord>> find_peer(Work& work, const Did& did) {
  TRY_ASSIGN(auto peer, read<PeerRecord>(work.known, Table::peer, did.value));
  if (peer || !work.known.complete()) return peer;
  const Fact* const document = work.known.fact({FactKind::did_document, did.value}, work.now);
  if (document == nullptr) return std::optional<PeerRecord>{};
  PeerRecord seen;
  seen.did = did;
  seen.corridor_url = document->value.text_or("corridor");
  seen.dsp_url = document->value.text_or("dsp");
  seen.since = work.now;
  if (seen.corridor_url.empty())
    return fail(Code::unavailable,
                did.value + " has no CorridorNode service in its DID document",
                "ask the partner for its node's DID; another connector is made known by: corridor peer add");
  work.decision.write(Table::peer, did.value, to_bytes(seen));
  return std::optional(std::move(seen));
}

void refuse_exchange(Work& work, ExchangeRecord& exchange, ExchangeState state, std::string code,
                     std::string reason) {
  exchange.state = state;
  exchange.code = std::move(code);
  exchange.reason = std::move(reason);
  exchange.settled = work.now;
  add_history(exchange.history, work.now, std::string(state_name(state)), state_name(state),
              exchange.reason);
  notice(work, "exchange." + std::string(state_name(state)), exchange.id.value,
         json::Value::object({{"peer", exchange.peer.value},
                              {"kind", exchange.kind},
                              {"code", exchange.code},
                              {"reason", exchange.reason}}));
}

void submit(Work& work, ExchangeRecord& exchange, StreamRecord& stream) {
  const auto decision =
      decide_use(work, stream.agreement_terms, work.self.did, exchange.peer, exchange.purpose);
  if (!decision) {
    refuse_exchange(work, exchange, ExchangeState::refused, "terms", decision.error().why);
    return;
  }
  if (decision->outcome != rights::Outcome::permit) {
    state_decision(work, exchange.id.value, "send", *decision, stream.agreement_sha256);
    refuse_exchange(work, exchange, ExchangeState::refused, "terms", reasons_text(*decision));
    return;
  }
  exchange.agreement = stream.agreement;
  exchange.agreement_sha256 = stream.agreement_sha256;
  exchange.transfer = stream.transfer;
  exchange.message = exchange.id.value + "#000001";
  exchange.state = ExchangeState::sending;
  state_event(work, EventType::submit, exchange.id.value,
              json::Value::object(
                  {{"to", exchange.peer.value},
                   {"payloadSha256", hex(exchange.sha256.view())},
                   {"payloadBytes", exchange.bytes},
                   {"mediaType", exchange.media_type},
                   {"kind", exchange.kind},
                   {"profile", exchange.profile},
                   {"rules", exchange.report.text_or("rules")},
                   {"rulesSha256", exchange.report.text_or("rulesDigest")},
                   {"reportSha256", report_digest(exchange.report)},
                   {"valid", exchange.report.boolean_or("valid")},
                   {"agreement", exchange.agreement.value},
                   {"agreementSha256", hex(exchange.agreement_sha256.view())},
                   {"idempotencyKey", exchange.id.value},
                   {"decision", decision_json(*decision, stream.agreement_sha256)},
                   {"purpose", exchange.purpose},
                   {"deadline", iso8601(exchange.deadline)}}));
  Outgoing out;
  out.id = exchange.message;
  out.process = exchange.id.value;
  out.peer = exchange.peer;
  out.message_class = MessageClass::document;
  out.url = stream.endpoint;
  out.content_type = exchange.media_type;
  out.blob = exchange.blob;
  out.body_sha256 = exchange.sha256;
  out.idempotency_key = exchange.id.value;
  out.presented = stream.token;
  out.statement = StatementRef{exchange.id.value, EventType::submit};
  out.what = "document";
  out.deadline = exchange.deadline;
  work.decision.outgoing.push_back(std::move(out));
  add_history(exchange.history, work.now, "document on its way", state_name(exchange.state));
}

// To a connector that is no Corridor: the document becomes a dataset that only this partner sees, and
// waits until it is fetched.
Outcome offer_document(Work work, ExchangeRecord exchange, json::Value terms) {
  DatasetRecord dataset;
  dataset.id = DatasetId("urn:corridor:document:" + exchange.id.value);
  dataset.title = exchange.name;
  dataset.kind = exchange.kind;
  dataset.media_type = exchange.media_type;
  dataset.blob = exchange.blob;
  dataset.sha256 = exchange.sha256;
  dataset.bytes = exchange.bytes;
  dataset.exchange = exchange.id.value;
  dataset.offers = {{OfferId(work.uuid("offer")), std::move(terms), {exchange.peer.value}}};
  dataset.since = work.now;
  work.decision.write(Table::dataset, dataset.id.value, to_bytes(dataset));
  exchange.state = ExchangeState::offered;
  state_event(work, EventType::offer, exchange.id.value,
              json::Value::object({{"to", exchange.peer.value},
                                   {"payloadSha256", hex(exchange.sha256.view())},
                                   {"payloadBytes", exchange.bytes},
                                   {"kind", exchange.kind},
                                   {"dataset", dataset.id.value}}));
  add_history(exchange.history, work.now, "offered, waiting for partner", state_name(exchange.state),
              "as dataset " + dataset.id.value);
  set_timer(work, exchange.deadline, "deadline", exchange.id.value);
  return finish(work, exchange);
}

Outcome send_document(Work work, const SendDocument& command) {
  if (!command.idempotency_key.empty()) {
    const auto seen =
        work.known.row(Table::idempotency, key_of({"local", command.idempotency_key}));
    if (seen) return again(work, *seen, command);
  }
  OUTCOME_TRY(const auto peer, find_peer(work, command.to));
  if (!work.known.complete()) return work.needs();

  ExchangeRecord exchange = new_exchange(work, command);
  if (command.document.report.refused()) {
    refuse_exchange(work, exchange, ExchangeState::refused, "check",
                    refusal_of(command.document.report));
    state_event(work, EventType::decision, exchange.id.value,
                json::Value::object({{"deciding", "check"},
                                     {"outcome", "refuse"},
                                     {"payloadSha256", hex(exchange.sha256.view())},
                                     {"reportSha256", report_digest(exchange.report)}}));
    return finish(work, exchange);
  }
  json::Value terms = command.terms;
  if (!terms.is_object()) terms = peer->terms;
  if (!terms.is_object()) {
    OUTCOME_TRY(terms, json::parse(rights::default_terms().canonical()));
  }
  OUTCOME_TRY(const auto decision,
              decide_use(work, terms, work.self.did, command.to, command.purpose));
  OUTCOME_TRY(const Digest terms_sha256, terms_digest(terms));
  if (decision.outcome != rights::Outcome::permit) {
    state_decision(work, exchange.id.value, "offer", decision, terms_sha256);
    refuse_exchange(work, exchange, ExchangeState::refused, "terms", reasons_text(decision));
    return finish(work, exchange);
  }

  if (peer->corridor_url.empty()) return offer_document(std::move(work), std::move(exchange), terms);
  exchange.stream = stream_key(Role::provider, command.to, exchange.kind, terms_sha256);
  OUTCOME_TRY(auto found, read<StreamRecord>(work.known, Table::stream, exchange.stream));
  if (!work.known.complete()) return work.needs();
  StreamRecord stream = found.value_or(StreamRecord{});
  if (stream.state == StreamState::open) {
    submit(work, exchange, stream);
  } else {
    if (stream.state == StreamState::none) {
      stream.peer = command.to;
      stream.kind = exchange.kind;
      stream.terms = terms;
      if (auto good = offer_stream(work, *peer, stream, exchange.stream); !good)
        return good.error();
      write(work, stream, exchange.stream);
    }
    work.decision.write(Table::waiting, waiting_key(exchange.stream, exchange.id.value), {});
    add_history(exchange.history, work.now, "waits for an agreement", state_name(exchange.state));
  }
  if (exchange.state != ExchangeState::refused)
    set_timer(work, exchange.deadline, "deadline", exchange.id.value);
  return finish(work, exchange);
}

void document_fetched(Work& work, const DatasetRecord& dataset, ExchangeRecord exchange) {
  if (exchange.state != ExchangeState::offered) return;
  work.decision.erase(Table::dataset, dataset.id.value);
  exchange.state = ExchangeState::fetched;
  exchange.settled = work.now;
  add_history(exchange.history, work.now, "fetched by the partner", state_name(exchange.state));
  notice(work, "exchange.fetched", exchange.id.value,
         json::Value::object({{"to", exchange.peer.value}, {"kind", exchange.kind}}));
  clear_timer(work, exchange.deadline, "deadline", exchange.id.value);
  write(work, exchange);
}

Outcome flush_stream(Work work, const std::string& key) {
  OUTCOME_TRY(auto stream, read<StreamRecord>(work.known, Table::stream, key));
  const auto& rows = work.known.scan({Table::waiting, key + "\x1f", {}, kFlushMax + 1});
  if (!work.known.complete()) return work.needs();
  if (!stream || stream->state != StreamState::open) return work.done();
  const std::size_t count = std::min(rows.size(), kFlushMax);
  std::vector<ExchangeRecord> exchanges;
  for (std::size_t i = 0; i < count; ++i) {
    const View id = View(rows[i].key).substr(key.size() + 1);
    OUTCOME_TRY(auto exchange, read<ExchangeRecord>(work.known, Table::exchange, id));
    if (exchange) exchanges.push_back(std::move(*exchange));
  }
  if (!work.known.complete()) return work.needs();
  for (auto& exchange : exchanges) {
    if (exchange.state == ExchangeState::waiting) {
      submit(work, exchange, *stream);
      if (exchange.state == ExchangeState::refused)
        clear_timer(work, exchange.deadline, "deadline", exchange.id.value);
      write(work, exchange);
    }
    work.decision.erase(Table::waiting, waiting_key(key, exchange.id.value));
  }
  if (rows.size() > kFlushMax) set_timer(work, work.now, "flush", key);
  return work.done();
}

Outcome end_waiting(Work work, const std::string& key) {
  OUTCOME_TRY(auto stream, read<StreamRecord>(work.known, Table::stream, key));
  const auto& rows = work.known.scan({Table::waiting, key + "\x1f", {}, kFlushMax + 1});
  if (!work.known.complete()) return work.needs();
  if (!stream || stream->state == StreamState::open) return work.done();
  OUTCOME_TRY(const auto negotiation,
              read<NegotiationRecord>(work.known, Table::negotiation, stream->negotiation));
  if (!work.known.complete()) return work.needs();
  if (stream->state == StreamState::negotiating) {
    // A document sent meanwhile may have opened a new negotiation: what waits, waits for that one.
    if (negotiation && negotiation->state != NegotiationState::terminated) return work.done();
    stream->state = StreamState::none;
    write(work, *stream, key);
  }
  const std::size_t count = std::min(rows.size(), kFlushMax);
  std::vector<ExchangeRecord> exchanges;
  for (std::size_t i = 0; i < count; ++i) {
    const View id = View(rows[i].key).substr(key.size() + 1);
    OUTCOME_TRY(auto exchange, read<ExchangeRecord>(work.known, Table::exchange, id));
    if (exchange) exchanges.push_back(std::move(*exchange));
  }
  if (!work.known.complete()) return work.needs();
  std::string why = "the negotiation ended without an agreement";
  if (negotiation && !negotiation->history.empty() && !negotiation->history.back().why.empty())
    why += ": " + negotiation->history.back().why;
  for (auto& exchange : exchanges) {
    refuse_exchange(work, exchange, ExchangeState::refused, "negotiation", why);
    clear_timer(work, exchange.deadline, "deadline", exchange.id.value);
    write(work, exchange);
    work.decision.erase(Table::waiting, waiting_key(key, exchange.id.value));
  }
  if (rows.size() > kFlushMax) set_timer(work, work.now, "release", key);
  return work.done();
}

}  // namespace corridor::exchange
