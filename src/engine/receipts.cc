// SPDX-License-Identifier: Apache-2.0
#include "engine/receipts.h"

#include "crypto/crypto.h"
#include "evidence/statement.h"

namespace corridor::engine {

namespace {

constexpr std::size_t kReportBytesMax = 256 * 1024;  // a receipt stays small enough to be read
constexpr std::size_t kAskMax = 32;  // leaves a request
constexpr Duration kRetryMax = minutes(15);
constexpr Duration kGather = milliseconds(5);  // one request for what a burst has settled

Result<evidence::Proof> read_hashes(const json::Value& object, std::string_view member) {
  TRY_ASSIGN(const json::Value* items, json::require_array(object, member));
  evidence::Proof hashes;
  for (const auto& item : items->items()) {
    TRY_ASSIGN(const Bytes raw, from_base64(item.is_text() ? View(item.text()) : View()));
    TRY_ASSIGN(const Digest hash, Digest::from(raw));
    hashes.push_back(hash);
  }
  return hashes;
}

Result<evidence::LogProof> log_proof(const json::Value& stated, const json::Value& logged) {
  evidence::LogProof proof;
  TRY_ASSIGN(const std::string salt, json::require_text(stated, "salt"));
  TRY_ASSIGN(const Bytes raw_salt, from_hex(salt));
  TRY_ASSIGN(proof.salt, evidence::Salt::from(raw_salt));
  TRY_ASSIGN(const std::string secret, json::require_text(stated, "tagSecret"));
  TRY_ASSIGN(const Bytes raw_secret, from_hex(secret));
  TRY_ASSIGN(proof.tag_secret, evidence::TagSecret::from(raw_secret));
  TRY_ASSIGN(const std::string leaf, json::require_text(stated, "leaf"));
  TRY_ASSIGN(proof.leaf, from_base64(leaf));
  TRY_ASSIGN(const std::int64_t index, json::require_integer(logged, "index"));
  proof.index = static_cast<std::uint64_t>(index);
  TRY_ASSIGN(proof.checkpoint, json::require_text(logged, "checkpoint"));
  TRY_ASSIGN(proof.inclusion, read_hashes(logged, "inclusion"));
  return proof;
}

json::Value logged_json(std::uint64_t index, const std::string& note, const evidence::Proof& proof) {
  auto inclusion = json::Value::array();
  for (const auto& hash : proof) inclusion.push(base64(hash.view()));
  return json::Value::object(
      {{"index", index}, {"checkpoint", note}, {"inclusion", std::move(inclusion)}});
}

void add_keys(std::vector<evidence::ReceiptKey>& keys, const identity::DidDocument& document) {
  for (const auto& method : document.methods)
    if (method.key && method.is_for(identity::Relation::assertion_method))
      keys.push_back({document.id, method.id, *method.key});
}

Result<> add_keys_of_answers(std::vector<evidence::ReceiptKey>& keys, const Rows& rows,
                             const exchange::ReceiptRecord& known, const Did& peer) {
  for (const auto& answer : known.answers) {
    if (answer.peer_did_document == known.peer_did_document) continue;
    TRY_ASSIGN(const auto row, rows.get(Table::did_document, answer.peer_did_document.view()));
    if (!row) return fail(Code::corrupt, "a DID document of " + peer.value + " is gone");
    TRY_ASSIGN(const auto document, identity::read_did_document(*row, peer));
    add_keys(keys, document);
  }
  return {};
}

// The same of those that the counterparty gave.
Result<> add_their_answers(std::vector<evidence::ReceiptProof>& proofs,
                           const exchange::ReceiptRecord& known, bool logged) {
  for (const auto& answer : known.answers) {
    if (logged && !answer.logged.is_object()) return {};
    evidence::ReceiptProof proof{std::string(answer.proof.text_or("statement")), std::nullopt};
    if (logged) {
      TRY_ASSIGN(proof.logged, log_proof(answer.proof, answer.logged));
    }
    proofs.push_back(std::move(proof));
  }
  return {};
}

}  // namespace

std::string log_url_of(std::string_view corridor_url) { return std::string(corridor_url) + "/log"; }

std::string log_origin_of(std::string_view corridor_url) {
  const std::size_t scheme = corridor_url.find("://");
  const std::string_view rest =
      scheme == std::string_view::npos ? corridor_url : corridor_url.substr(scheme + 3);
  return std::string(rest) + "/log";
}

Receipts::Receipts(Parts parts) : parts_(std::move(parts)) {}

Result<> Receipts::load() {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.self.participant);
  Bytes after;
  for (;;) {
    TRY_ASSIGN(const auto found, rows.scan({Table::unlogged, {}, after, limits::kScanRowsMax}));
    if (found.empty()) return {};
    after = found.back().key;
    for (const auto& row : found) open(row.key);
  }
}

void Receipts::open(View key) {
  const std::size_t split = key.find('\x1f');
  if (split == View::npos) return;
  const std::string peer(key.substr(0, split));
  std::uint64_t turn = 0;
  {
    const std::lock_guard lock(mutex_);
    Peer& entry = peers_[peer];
    entry.exchanges.insert(std::string(key.substr(split + 1)));
    // What is new does not wait for what has failed before.
    if (entry.at_work && !entry.resting) return;
    entry.at_work = true;
    entry.resting = false;
    turn = ++entry.turn;
  }
  work_at(parts_.env.now() + kGather, peer, turn);
}

void Receipts::work_at(Time when, const std::string& peer, std::uint64_t turn) {
  parts_.executor.at(when, [this, peer, turn] {
    {
      const std::lock_guard lock(mutex_);
      Peer& entry = peers_[peer];
      if (entry.turn != turn) return;
      entry.resting = false;
    }
    work(peer);
  });
}

void Receipts::work(const std::string& peer) {
  const Did did(peer);
  parts_.facts.did_document(did, [this, did](Result<DidFact> fact) {
    if (!fact) return done(did.value, std::unexpected(fact.error()), {});
    ask(did, std::move(*fact));
  });
}

Result<> Receipts::add_wanted(Question& q, const Rows& rows, const std::string& id) {
  TRY_ASSIGN(const auto row, rows.get(Table::receipt, id));
  if (!row) return {};
  TRY_ASSIGN(const auto receipt, from_bytes<exchange::ReceiptRecord>(*row));
  TRY_ASSIGN(const auto own, statements_of(rows, id));
  if (own.empty()) return {};
  const auto want = [&](std::uint32_t answer, const json::Value& proof) -> Result<> {
    TRY_ASSIGN(const Bytes leaf, from_base64(proof.text_or("leaf")));
    q.wanted.push_back({id, answer, evidence::leaf_hash(leaf), own.back().index});
    return {};
  };
  if (!receipt.logged.is_object()) TRY(want(0, receipt.proof));
  std::uint32_t number = 0;
  for (const auto& answer : receipt.answers)
    if (++number; !answer.logged.is_object()) TRY(want(number, answer.proof));
  return {};
}

Result<Receipts::Question> Receipts::question(const Did& peer, const DidFact& fact) const {
  Question q;
  q.peer = peer;
  q.document = fact.document;
  const std::string_view corridor = fact.fact.value.text_or("corridor");
  if (corridor.empty()) return fail(Code::unavailable, peer.value + " has no CorridorNode service");
  q.log_url = log_url_of(corridor);
  q.origin = log_origin_of(corridor);
  std::vector<std::string> exchanges;
  {
    const std::lock_guard lock(mutex_);
    const auto found = peers_.find(peer.value);
    if (found == peers_.end()) return q;
    for (const auto& id : found->second.exchanges) {
      if (exchanges.size() == kAskMax) break;
      exchanges.push_back(id);
    }
  }
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.self.participant);
  for (const auto& id : exchanges)
    if (q.wanted.size() < kAskMax) TRY(add_wanted(q, rows, id));
  TRY_ASSIGN(const auto seen, rows.get(Table::peer_log, peer.value));
  if (!seen) return q;
  TRY_ASSIGN(const json::Value head, json::parse(*seen));
  TRY_ASSIGN(const Bytes root, from_hex(head.text_or("root")));
  TRY_ASSIGN(q.from_root, Digest::from(root));
  q.from = static_cast<std::uint64_t>(head.integer_or("size"));
  return q;
}

void Receipts::ask(const Did& peer, DidFact fact) {
  auto q = question(peer, fact);
  if (!q) return done(peer.value, std::unexpected(q.error()), {});
  if (q->wanted.empty()) return done(peer.value, {}, {});
  net::Request request;
  request.method = "GET";
  request.url = q->log_url + "/proof?from=" + std::to_string(q->from) + "&leaf=";
  for (std::size_t i = 0; i < q->wanted.size(); ++i)
    request.url += (i == 0 ? "" : ",") + hex(q->wanted[i].leaf.view());
  parts_.client.send(
      std::move(request), {},
      [this, q = std::make_shared<Question>(std::move(*q))](Result<net::Response> response) {
        parts_.executor.post_always([this, q, response = std::move(response)]() mutable {
          if (!response) return done(q->peer.value, std::unexpected(response.error()), {});
          auto logged = read_answer(*q, *response);
          if (!logged) return done(q->peer.value, std::unexpected(logged.error()), {});
          wait_for_own_log(std::move(*q), std::move(*logged));
        });
      });
}

Result<ReceiptsLogged> Receipts::read_answer(const Question& q, const net::Response& response) const {
  if (response.status != 200)
    return fail(Code::unavailable, "the log of " + q.peer.value + " answered with status " +
                                       std::to_string(response.status));
  TRY_ASSIGN(const json::Value body, json::parse(response.body));
  TRY_ASSIGN(const std::string note, json::require_text(body, "checkpoint"));
  const auto* const method = q.document.method(identity::kLogFragment);
  if (method == nullptr || !method->key)
    return fail(Code::peer, q.peer.value + " names no log key in its DID document");
  TRY_ASSIGN(const auto checkpoint, evidence::verify_checkpoint(note, q.origin, *method->key));
  if (q.from > checkpoint.head.size)
    return fail(Code::peer, "the log of " + q.peer.value + " has become shorter");
  if (q.from > 0) {
    TRY_ASSIGN(const auto consistency, read_hashes(body, "consistency"));
    TRY(evidence::verify_consistency({q.from, q.from_root}, checkpoint.head, consistency));
  }
  ReceiptsLogged logged;
  logged.peer = q.peer;
  TRY_ASSIGN(const json::Value* proofs, json::require_array(body, "proofs"));
  for (const auto& proof : proofs->items()) {
    const std::string_view leaf = proof.text_or("leaf");
    const auto wanted = std::ranges::find_if(
        q.wanted, [&](const Wanted& w) { return hex(w.leaf.view()) == leaf; });
    if (wanted == q.wanted.end()) continue;
    auto entry = proof;
    entry.set("checkpoint", note);
    entry.remove("leaf");
    TRY_ASSIGN(const auto inclusion, read_hashes(proof, "inclusion"));
    TRY_ASSIGN(const std::int64_t index, json::require_integer(proof, "index"));
    TRY(evidence::verify_inclusion(wanted->leaf, static_cast<std::uint64_t>(index), inclusion,
                                   checkpoint.head));
    logged.entries.push_back({wanted->exchange, wanted->answer, std::move(entry)});
  }
  logged.peer_checkpoint = json::Value::object({{"size", checkpoint.head.size},
                                                {"root", hex(checkpoint.head.root.view())},
                                                {"note", note}});
  return logged;
}

// A receipt is `logged` when both logs hold their leaves; ours is usually first.
void Receipts::wait_for_own_log(Question q, ReceiptsLogged logged) {
  std::uint64_t last = 0;
  for (const auto& wanted : q.wanted) last = std::max(last, wanted.own_index);
  parts_.log.when_logged(last, [this, peer = q.peer.value, logged = std::move(logged)]() mutable {
    std::vector<std::string> gone;
    for (const auto& entry : logged.entries) gone.push_back(entry.exchange);
    if (gone.empty())
      return done(peer, fail(Code::unavailable, "the log has none of the leaves yet"), {});
    parts_.commit(std::move(logged), [this, peer, gone](Result<Committed> committed) {
      if (!committed) return done(peer, std::unexpected(committed.error()), {});
      // An answer may have come meanwhile, whose leaf is to be asked for as well.
      std::vector<std::string> closed;
      const json::Value* const open = committed->reply.body.find("open");
      for (const auto& id : gone)
        if (open == nullptr || std::ranges::none_of(open->items(), [&](const auto& item) {
              return item.is_text() && item.text() == id;
            }))
          closed.push_back(id);
      if (closed.empty())
        return done(peer, fail(Code::unavailable, "the log has not all of the leaves yet"), {});
      done(peer, {}, closed);
    });
  });
}

void Receipts::done(const std::string& peer, const Result<>& outcome,
                    const std::vector<std::string>& gone) {
  Duration wait = kGather;
  std::uint64_t turn = 0;
  {
    const std::lock_guard lock(mutex_);
    Peer& entry = peers_[peer];
    for (const auto& id : gone) entry.exchanges.erase(id);
    entry.failures = outcome ? 0 : entry.failures + 1;
    if (entry.exchanges.empty() || (outcome && gone.empty())) {
      entry.at_work = false;
      return;
    }
    if (!outcome) wait = {std::min(seconds(1).ms << std::min(entry.failures - 1, 10), kRetryMax.ms)};
    entry.resting = !outcome;
    turn = ++entry.turn;
  }
  if (!outcome)
    parts_.env.log(Level::info, "receipt-waits", {{"peer", peer}, {"why", outcome.error().why}});
  work_at(parts_.env.now() + wait, peer, turn);
}

// The business answers that we gave. A receipt of level `logged` has those that are logged too: so
// its level never goes down, and what is newest comes a moment later.
Result<> Receipts::add_own_answers(std::vector<evidence::ReceiptProof>& proofs, const Rows& rows,
                                   const std::string& id, const LogHead* head) const {
  TRY_ASSIGN(const auto records, statements_of(rows, id));
  bool received = false;
  for (const auto& record : records) {
    const bool later = received && (record.type == EventType::accept ||
                                    record.type == EventType::reject ||
                                    record.type == EventType::query);
    received = received || record.type == EventType::receive;
    if (!later) continue;
    if (head != nullptr && head->head.size <= record.index) return {};
    const auto stated = make_proof(record, parts_.keys.seal, parts_.self.did);
    evidence::ReceiptProof proof{std::string(stated.text_or("statement")), std::nullopt};
    if (head != nullptr) {
      TRY_ASSIGN(const auto inclusion, parts_.log.inclusion(record.index, head->head.size));
      TRY_ASSIGN(proof.logged,
                 log_proof(stated, logged_json(record.index, head->note, inclusion)));
    }
    proofs.push_back(std::move(proof));
  }
  return {};
}

Result<evidence::Receipt> Receipts::receipt(const std::string& id) const {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.self.participant);
  TRY_ASSIGN(const auto exchange_row, rows.get(Table::exchange, id));
  if (!exchange_row) return fail(Code::not_found, "there is no exchange " + id);
  TRY_ASSIGN(const auto exchange, from_bytes<exchange::ExchangeRecord>(*exchange_row));
  TRY_ASSIGN(const auto receipt_row, rows.get(Table::receipt, id));
  if (!receipt_row)
    return fail(Code::conflict, "the exchange is " + std::string(state_name(exchange.state)) +
                                    ": the counterparty has signed nothing yet",
                "wait for it with: corridor explain " + id);
  TRY_ASSIGN(const auto known, from_bytes<exchange::ReceiptRecord>(*receipt_row));
  TRY_ASSIGN(const auto agreement_row, rows.get(Table::agreement,
                                           exchange::agreement_key(exchange.role, exchange.agreement)));
  if (!agreement_row) return fail(Code::corrupt, "the agreement of exchange " + id + " is gone");
  TRY_ASSIGN(const auto agreement, from_bytes<exchange::AgreementRecord>(*agreement_row));
  TRY_ASSIGN(const auto document_row,
             rows.get(Table::did_document, known.peer_did_document.view()));
  if (!document_row) return fail(Code::corrupt, "the DID document of " + exchange.peer.value + " is gone");

  const bool sent = exchange.role == exchange::Role::provider;
  const bool taken = exchange.state != exchange::ExchangeState::refused;
  const EventType own_type = sent    ? EventType::submit
                             : taken ? EventType::receive
                                     : EventType::reject;
  TRY_ASSIGN(const auto own, find_statement(rows, {id, own_type}));
  const auto own_stated = make_proof(own, parts_.keys.seal, parts_.self.did);
  std::vector<evidence::ReceiptProof> proofs{
      {std::string(own_stated.text_or("statement")), std::nullopt},
      {std::string(known.proof.text_or("statement")), std::nullopt}};
  const LogHead head = parts_.log.published();
  const bool logged = known.logged.is_object() && head.head.size > own.index;
  if (logged) {
    TRY_ASSIGN(const auto inclusion, parts_.log.inclusion(own.index, head.head.size));
    TRY_ASSIGN(proofs[0].logged,
               log_proof(own_stated, logged_json(own.index, head.note, inclusion)));
    TRY_ASSIGN(proofs[1].logged, log_proof(known.proof, known.logged));
  }
  TRY(sent ? add_their_answers(proofs, known, logged)
           : add_own_answers(proofs, rows, id, logged ? &head : nullptr));
  std::vector<evidence::ReceiptKey> keys;
  TRY_ASSIGN(const auto own_document,
             identity::read_did_document(parts_.own_document, parts_.self.did));
  TRY_ASSIGN(const auto peer_document, identity::read_did_document(*document_row, exchange.peer));
  add_keys(keys, own_document);
  if (exchange.peer != parts_.self.did) add_keys(keys, peer_document);
  TRY(add_keys_of_answers(keys, rows, known, exchange.peer));
  const json::Value& report = sent ? exchange.peer_report : exchange.report;
  std::string report_text = report.is_object() ? json::canonical(report) : std::string();
  if (report_text.size() > kReportBytesMax) report_text.clear();
  return evidence::assemble_receipt(json::canonical(agreement.agreement), std::move(proofs), keys,
                                    report_text);
}

}  // namespace corridor::engine
