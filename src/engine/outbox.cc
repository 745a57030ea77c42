// SPDX-License-Identifier: Apache-2.0
#include "engine/outbox.h"

#include "crypto/crypto.h"
#include "engine/proofs.h"

namespace corridor::engine {

namespace {

constexpr int kBreakerFailures = 8;
constexpr Duration kBreakerClosed = seconds(1);
constexpr Duration kBreakerClosedMax = seconds(30);

json::Value body_of(const net::Response& response) {
  auto parsed = json::parse(response.body, {.bytes_max = limits::kMessageBytesMax});
  return parsed ? std::move(*parsed) : json::Value();
}

// What the other side says of its refusal: DSP error bodies and ours have code and reason.
std::string reason_in(const json::Value& body) {
  const json::Value* const reason = body.find("reason");
  if (reason == nullptr) return {};
  if (reason->is_text()) return reason->text();
  std::string text;
  for (const auto& item : reason->items()) {
    if (!item.is_text()) continue;
    if (!text.empty()) text += "; ";
    text += item.text();
  }
  return text;
}

exchange::Answered answer_to(const Outgoing& message) {
  exchange::Answered answer;
  answer.message = message.id;
  answer.process = message.process;
  answer.what = message.what;
  return answer;
}

}  // namespace

Outbox::Outbox(Parts parts) : parts_(std::move(parts)) {}

Result<> Outbox::load() {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.self.participant);
  Bytes after;
  std::set<std::string> processes;
  for (;;) {
    TRY_ASSIGN(const auto found, rows.scan({Table::outbox, {}, after, limits::kScanRowsMax}));
    if (found.empty()) break;
    after = found.back().key;
    const std::lock_guard lock(mutex_);
    for (const auto& row : found) {
      TRY_ASSIGN(const auto message, from_bytes<Outgoing>(row.value));
      processes.insert(message.process);
      insert({message.id, message.process, message.peer, message.what, message.message_class,
              message.deadline, std::nullopt, {}, {}, false, false, {}});
    }
  }
  for (const auto& process : processes) wake(process);
  return {};
}

void Outbox::insert(Entry entry) {
  entry.since = parts_.env.now();
  process_of_[entry.id] = entry.process;
  auto& slot = processes_[entry.process].entries[entry.id];
  slot = std::make_unique<Entry>(std::move(entry));
}

void Outbox::add(std::vector<Outgoing> messages) {
  std::vector<std::string> processes;
  {
    const std::lock_guard lock(mutex_);
    for (auto& message : messages) {
      processes.push_back(message.process);
      insert({message.id, message.process, message.peer, message.what, message.message_class,
              message.deadline, std::move(message), {}, {}, false, false, {}});
    }
  }
  for (const auto& process : processes) wake(process);
}

void Outbox::settle(const std::string& message) {
  std::string process;
  std::vector<Task> held;
  {
    const std::lock_guard lock(mutex_);
    const auto found = process_of_.find(message);
    if (found == process_of_.end()) return;
    process = found->second;
    process_of_.erase(found);
    auto& entries = processes_[process].entries;
    entries.erase(message);
    held.swap(processes_[process].held);
    if (entries.empty()) processes_.erase(process);
  }
  for (auto& task : held) task();
  wake(process);
}

void Outbox::hold(const std::string& process, Task task) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(process);
    const bool in_flight = found != processes_.end() && !found->second.entries.empty() &&
                           found->second.entries.begin()->second->in_flight &&
                           !found->second.entries.begin()->second->answered;
    if (in_flight) {
      found->second.held.push_back(std::move(task));
      parts_.executor.at(parts_.env.now() + limits::kHoldForAnswer, [this, process] {
        std::vector<Task> held;
        {
          const std::lock_guard inner(mutex_);
          const auto again = processes_.find(process);
          if (again != processes_.end()) held.swap(again->second.held);
        }
        for (auto& late : held) late();
      });
      return;
    }
  }
  task();
}

std::optional<std::string> Outbox::may_start(Process& process) {
  if (process.entries.empty()) return std::nullopt;
  Entry& entry = *process.entries.begin()->second;
  if (entry.in_flight || entry.answered) return std::nullopt;
  Peer& peer = peers_[entry.peer.value];
  if (peer.in_flight >= limits::kPeerInFlightMax) {
    peer.ready.insert(entry.process);
    return std::nullopt;
  }
  entry.in_flight = true;
  ++peer.in_flight;
  return entry.id;
}

void Outbox::wake(const std::string& process) {
  std::optional<std::string> id;
  Time when = parts_.env.now();
  {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(process);
    if (found == processes_.end()) return;
    id = may_start(found->second);
    if (id) when = std::max(when, peers_[found->second.entries.begin()->second->peer.value].closed_until);
  }
  if (!id) return;
  auto start = [this, process, id = *id] { attempt(process, id); };
  if (when > parts_.env.now()) {
    parts_.executor.at(when, std::move(start));
  } else {
    parts_.executor.post_always(std::move(start));
  }
}

void Outbox::attempt(const std::string& process, const std::string& id) {
  std::optional<Outgoing> message;
  {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(process);
    if (found == processes_.end() || !found->second.entries.contains(id)) return;
    Entry& entry = *found->second.entries[id];
    if (entry.progress.attempts++ == 0) entry.progress.first = parts_.env.now();
    message = std::exchange(entry.fresh, std::nullopt);
  }
  if (!message) {
    const auto view = parts_.store.snapshot();
    auto row = view ? Rows(**view, parts_.self.participant).get(Table::outbox, id)
                    : Result<std::optional<Bytes>>(std::unexpected(view.error()));
    if (!row || !*row) return settle(id);  // answered meanwhile
    auto read = from_bytes<Outgoing>(**row);
    if (!read) {
      parts_.env.log(Level::error, "outbox-row-unreadable", {{"id", id}, {"why", read.error().why}});
      return;
    }
    message = std::move(*read);
  }
  deliver(std::move(*message));
}

Result<net::Request> Outbox::make_request(const Outgoing& message) const {
  net::Request request;
  request.method = message.method;
  request.url = message.url;
  request.headers.add("Content-Type", message.content_type);
  request.headers.add("Accept", "application/json");
  if (message.blob.empty()) {
    request.body = message.body;
  } else {
    TRY_ASSIGN(request.body, parts_.blobs.read(store::BlobId(message.blob)));
    request.headers.add("Repr-Digest",
                        "sha-256=:" + base64(message.body_sha256.view()) + ":");
  }
  if (!message.idempotency_key.empty())
    request.headers.add("Idempotency-Key", message.idempotency_key);
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.self.participant);
  if (message.statement) {
    TRY_ASSIGN(const auto record, find_statement(rows, *message.statement));
    const auto proof = make_proof(record, parts_.keys.seal, parts_.self.did);
    request.headers.add(std::string(kStatementHeader), base64url(json::write(proof)));
  }
  TRY_ASSIGN(std::string authorization,
             authorization_for(rows, parts_.env, parts_.keys, parts_.self.did, message.peer,
                               message.presented));
  request.headers.add("Authorization", std::move(authorization));
  return request;
}

void Outbox::deliver(Outgoing message) {
  if (parts_.env.now() >= message.deadline) {
    auto answer = answer_to(message);
    answer.code = "deadline";
    answer.reason = "the counterparty did not answer before " + iso8601(message.deadline);
    free_place(message.peer, false);
    finish(message, std::move(answer));
    return;
  }
  auto request = make_request(message);
  if (!request) {
    // Our own data cannot be read: nothing the peer can help with, so it is ours to say.
    auto answer = answer_to(message);
    answer.code = code_facts(request.error().code).name;
    answer.reason = request.error().why;
    free_place(message.peer, false);
    finish(message, std::move(answer));
    return;
  }
  parts_.client.send(std::move(*request), {},
                     [this, message = std::make_shared<Outgoing>(std::move(message))](
                         Result<net::Response> response) {
                       parts_.executor.post_always(
                           [this, message, response = std::move(response)]() mutable {
                             came_back(std::move(*message), std::move(response));
                           });
                     });
}

void Outbox::came_back(Outgoing message, Result<net::Response> response) {
  Progress progress;
  {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(message.process);
    if (found == processes_.end() || !found->second.entries.contains(message.id)) {
      // Settled meanwhile (its deadline passed): only the place is ours to give back.
      if (const auto peer = peers_.find(message.peer.value); peer != peers_.end())
        if (peer->second.in_flight > 0) --peer->second.in_flight;
      return;
    }
    Entry& entry = *found->second.entries[message.id];
    if (response && response->status == 401) {
      progress = entry.progress;
      entry.progress.token_refused = true;
    } else {
      progress = entry.progress;
    }
  }
  const Time now = parts_.env.now();
  const double jitter = jitter_of(parts_.env);
  const Verdict verdict =
      response ? judge_response(message.message_class, *response, progress, now, jitter)
               : judge_error(message.message_class, response.error(), progress, now, jitter);
  free_place(message.peer, !response || response->status >= 500);
  auto answer = answer_to(message);
  if (response) {
    answer.status = response->status;
    answer.body = body_of(*response);
  }
  answer.code = verdict.code;
  answer.reason = response ? reason_in(answer.body) : response.error().why;
  if (verdict.fate == Fate::again) {
    std::string why = response ? "answered " + std::to_string(response->status) : answer.reason;
    if (response && !answer.reason.empty()) why += ": " + answer.reason;
    retry(message, verdict, std::move(why));
    return;
  }
  const bool stated = verdict.fate == Fate::accepted || verdict.fate == Fate::refused_signed;
  if (stated && message.message_class == MessageClass::document) {
    document_answer(std::move(message), std::move(*response), std::move(answer));
    return;
  }
  answer.accepted = verdict.fate == Fate::accepted;
  finish(message, std::move(answer));
}

// The receiver's statement is the whole point of the answer: it is verified before anything is
// believed, with the keys of its DID document.
void Outbox::document_answer(Outgoing message, net::Response response, exchange::Answered answer) {
  const Did peer = message.peer;
  parts_.facts.did_document(peer, [this, message = std::move(message),
                                   status = response.status,
                                   answer = std::move(answer)](Result<DidFact> fact) mutable {
    const auto unusable = [&](std::string why) {
      answer.code = "peer";
      answer.reason = "the answer carries no statement that holds: " + std::move(why);
      finish(message, std::move(answer));
    };
    if (!fact) return retry(message, {Fate::again, seconds(1), "unavailable"}, fact.error().why);
    const json::Value* const proof = answer.body.find("statement");
    if (proof == nullptr) return unusable("it is missing");
    auto checked = check_proof(*proof, fact->document);
    if (!checked) return unusable(checked.error().why);
    const bool taken = status != 422;
    const auto& stated = checked->statement.written.statement;
    if (stated.type != (taken ? EventType::receive : EventType::reject))
      return unusable("it is a " + std::string(event_name(stated.type)));
    const auto view = parts_.store.snapshot();
    if (!view) return unusable(view.error().why);
    const auto submit =
        find_statement(Rows(**view, parts_.self.participant), *message.statement);
    if (!submit) return unusable(submit.error().why);
    const json::Value& content = checked->content;
    if (content.text_or("submitSha256") != hex(crypto::sha256(submit->statement).view()) ||
        content.text_or("payloadSha256") != hex(message.body_sha256.view()) ||
        content.text_or("from") != parts_.self.did.value)
      return unusable("it is about another document");
    answer.accepted = taken;
    answer.refused = !taken;
    if (!taken) {
      answer.code = content.text_or("code", "refused");
      answer.reason = content.text_or("reason", answer.reason);
    }
    answer.proof = *proof;
    answer.peer_did_document = fact->fact.bytes;
    answer.peer_did_document_sha256 = fact->fact.digest;
    finish(message, std::move(answer));
  });
}

void Outbox::finish(const Outgoing& message, exchange::Answered answer) {
  std::vector<Task> held;
  {
    const std::lock_guard lock(mutex_);
    Counts& counts = counts_[static_cast<std::size_t>(message.message_class)];
    ++(answer.accepted || answer.refused ? counts.sent : counts.failed);
    const auto found = processes_.find(message.process);
    if (found != processes_.end()) {
      const auto entry = found->second.entries.find(message.id);
      if (entry != found->second.entries.end()) entry->second->answered = true;
      held.swap(found->second.held);
    }
  }
  parts_.answered(std::move(answer));
  // The answer is in the clerk's queue: what overtook it comes behind it now.
  for (auto& task : held) task();
}

void Outbox::retry(const Outgoing& message, const Verdict& verdict, std::string why) {
  Duration wait = verdict.wait;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(message.process);
    if (found == processes_.end() || !found->second.entries.contains(message.id)) return;
    Entry& entry = *found->second.entries[message.id];
    entry.in_flight = false;
    ++counts_[static_cast<std::size_t>(message.message_class)].retried;
    first = entry.progress.attempts == 1;
    entry.last_error = why;
    const Duration left = message.deadline - parts_.env.now();
    wait = std::max(milliseconds(0), std::min(wait, left));
  }
  parts_.env.log(first ? Level::info : Level::debug, "message-retry",
                 {{"message", message.id}, {"what", message.what}, {"peer", message.peer.value},
                  {"why", why}, {"wait_ms", std::to_string(wait.ms)}});
  parts_.executor.at(parts_.env.now() + wait, [this, process = message.process] { wake(process); });
}

void Outbox::free_place(const Did& did, bool failed) {
  std::set<std::string> ready;
  {
    const std::lock_guard lock(mutex_);
    Peer& peer = peers_[did.value];
    if (peer.in_flight > 0) --peer.in_flight;
    peer.failures = failed ? peer.failures + 1 : 0;
    if (peer.failures >= kBreakerFailures) {
      const int doublings = std::min(peer.failures - kBreakerFailures, 5);
      const Duration closed{std::min(kBreakerClosed.ms << doublings, kBreakerClosedMax.ms)};
      peer.closed_until = parts_.env.now() + closed;
    } else {
      peer.closed_until = {};
    }
    ready.swap(peer.ready);
  }
  for (const auto& process : ready) wake(process);
}

std::vector<Outbox::Attempt> Outbox::on_its_way(const std::string& process) const {
  std::vector<Attempt> attempts;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entries] : processes_) {
    if (!process.empty() && name != process) continue;
    for (const auto& [id, entry] : entries.entries)
      attempts.push_back({id, entry->what, entry->peer, entry->progress.attempts,
                          entry->last_error});
  }
  return attempts;
}

std::array<Outbox::Counts, 3> Outbox::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::optional<Time> Outbox::oldest() const {
  const std::lock_guard lock(mutex_);
  std::optional<Time> oldest;
  for (const auto& [name, process] : processes_)
    for (const auto& [id, entry] : process.entries)
      if (!oldest || entry->since < *oldest) oldest = entry->since;
  return oldest;
}

std::size_t Outbox::size() const {
  const std::lock_guard lock(mutex_);
  return process_of_.size();
}

}  // namespace corridor::engine
