// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

namespace corridor::engine {

Engine::Engine(Parts parts) : parts_(std::move(parts)) {
  facts_ = std::make_unique<Facts>(parts_.env, parts_.workers, parts_.client, parts_.store,
                                   parts_.self.participant, parts_.self.did, parts_.own_document);
  clerk_ = std::make_unique<Clerk>(parts_.env, parts_.clerk_executor, parts_.store, parts_.self,
                                   *facts_, static_cast<Followers&>(*this));
  outbox_ = std::make_unique<Outbox>(Outbox::Parts{
      parts_.env, parts_.workers, parts_.client, parts_.store, parts_.blobs, *facts_, parts_.keys,
      parts_.self, [this](exchange::Answered answer) {
        clerk_->submit_own(exchange::Command(std::move(answer)));
      }});
  timers_ = std::make_unique<Timers>(
      parts_.env, parts_.workers, parts_.store, parts_.self.participant,
      [this](exchange::TimerDue due) { clerk_->submit_own(exchange::Command(std::move(due))); });
  log_ = std::make_unique<Log>(Log::Parts{
      parts_.env, parts_.workers, parts_.store, parts_.files, parts_.keys.log,
      log_origin_of(parts_.self.corridor_url), parts_.self.participant,
      [this](CheckpointMade made, Done done) { clerk_->submit_own(std::move(made), std::move(done)); },
      [this](const Error& error) { broken(error); }});
  receipts_ = std::make_unique<Receipts>(Receipts::Parts{
      parts_.env, parts_.workers, parts_.client, parts_.store, *facts_, *log_, parts_.keys,
      parts_.self, parts_.own_document, [this](ReceiptsLogged logged, Done done) {
        clerk_->submit_own(std::move(logged), std::move(done));
      }});
  plane_ = std::make_unique<dataplane::DataPlane>(
      dataplane::DataPlane::Parts{parts_.env, parts_.workers, parts_.client, parts_.blobs});
  flows_ = std::make_unique<Flows>(Flows::Parts{
      parts_.env, parts_.workers, *plane_, parts_.blobs, parts_.store, parts_.self.participant,
      [this](exchange::FlowEnded ended) {
        clerk_->submit_own(exchange::Command(std::move(ended)));
      }});
  notices_ = std::make_unique<Notices>(parts_.env, parts_.workers);
  subscriptions_ = std::make_unique<Subscriptions>(Subscriptions::Parts{
      parts_.env, parts_.workers, parts_.client, parts_.store, parts_.self.participant,
      [this](NoticesDelivered delivered, std::function<void()> done) {
        clerk_->submit_own(std::move(delivered),
                           [done = std::move(done)](const Result<Committed>&) { done(); });
      }});
}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(Parts parts) {
  std::unique_ptr<Engine> engine(new Engine(std::move(parts)));
  TRY(engine->log_->open());
  return engine;
}

void Engine::attach(Edge edge) {
  CHECK(!running_, "an edge is attached before the engine starts");
  edge_ = std::move(edge);
  subscriptions_->deliver_locally(edge_.subscriber);
}

json::Value Engine::edge_standing() const {
  return edge_.standing ? edge_.standing() : json::Value();
}

Result<> Engine::start() {
  TRY(timers_->load());
  TRY(outbox_->load());
  TRY(receipts_->load());
  TRY(flows_->load());
  TRY(reading([&](const Rows& rows) { return notices_->load(rows); }));
  TRY(subscriptions_->load(notices_->newest()));
  running_ = true;
  return {};
}

Result<> Engine::ready() const {
  {
    const std::lock_guard lock(mutex_);
    if (!broken_why_.empty()) return fail(Code::unavailable, "the node stops: " + broken_why_);
  }
  if (!running_) return fail(Code::unavailable, "delivery does not run yet");
  const auto since = clerk_->at_work_since();
  if (since && parts_.env.now() - *since > limits::kCommitStalled)
    return fail(Code::unavailable, "the store has not finished a commit since " + iso8601(*since),
                "look at the disk of the data folder");
  const json::Value edge = edge_standing();
  if (const View problem = edge.text_or("problem"); !problem.empty())
    return fail(Code::unavailable, std::string(problem), "see the folder and its disk");
  return {};
}

void Engine::submit(exchange::Command command, Done done) {
  clerk_->submit(std::move(command), std::move(done));
}

void Engine::manage(Command command, Done done) {
  clerk_->submit(std::move(command), std::move(done));
}

void Engine::submit_message(exchange::MessageIn message, Done done) {
  const std::string process = message.pid;
  if (process.empty()) return submit(std::move(message), std::move(done));
  outbox_->hold(process, [this, message = std::move(message), done = std::move(done)]() mutable {
    submit(std::move(message), std::move(done));
  });
}

Result<std::string> Engine::authorization(const Did& peer) const {
  return reading([&](const Rows& rows) {
    return authorization_for(rows, parts_.env, parts_.keys, parts_.self.did, peer);
  });
}

Result<json::Value> Engine::proof(const StatementRef& ref) const {
  return reading([&](const Rows& rows) -> Result<json::Value> {
    TRY_ASSIGN(const auto record, find_statement(rows, ref));
    return make_proof(record, parts_.keys.seal, parts_.self.did);
  });
}

Result<exchange::ExchangeRecord> Engine::exchange_record(const std::string& id) const {
  return reading([&](const Rows& rows) -> Result<exchange::ExchangeRecord> {
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, id));
    if (!row) return fail(Code::not_found, "there is no exchange " + id);
    return from_bytes<exchange::ExchangeRecord>(*row);
  });
}

void Engine::when_settled(const std::string& exchange, ReceiptLevel level, Time until,
                          std::move_only_function<void(Result<exchange::ExchangeRecord>)> done) {
  {
    const std::lock_guard lock(mutex_);
    waiters_.emplace(exchange, Waiter{level, std::move(done)});
  }
  look_at_waiters(exchange, false);
  parts_.workers.at(until, [this, exchange] { look_at_waiters(exchange, true); });
}

void Engine::look_at_waiters(const std::string& id, bool time_is_up) {
  {
    const std::lock_guard lock(mutex_);
    if (!waiters_.contains(id)) return;
  }
  auto record = exchange_record(id);
  const auto is_done = [&](const Waiter& waiter) {
    if (time_is_up || !record) return true;
    switch (record->state) {
      case exchange::ExchangeState::waiting:
      case exchange::ExchangeState::sending: return false;
      case exchange::ExchangeState::refused:
      case exchange::ExchangeState::failed:
      case exchange::ExchangeState::offered:  // the next move is the partner's, whenever it comes
      case exchange::ExchangeState::fetched: return true;
      default: return record->level >= waiter.level;
    }
  };
  std::vector<Waiter> ready;
  {
    const std::lock_guard lock(mutex_);
    auto [it, end] = waiters_.equal_range(id);
    while (it != end) {
      if (!is_done(it->second)) {
        ++it;
        continue;
      }
      ready.push_back(std::move(it->second));
      it = waiters_.erase(it);
    }
  }
  for (auto& waiter : ready) waiter.done(record);
}

void Engine::outgoing(std::vector<Outgoing> messages) { outbox_->add(std::move(messages)); }
void Engine::settled(const std::string& message) { outbox_->settle(message); }
void Engine::timers(std::vector<Timer> timers) { timers_->add(timers); }
void Engine::timer_erased(View key) { timers_->erased(key); }
void Engine::leaves(std::uint64_t log_size) { log_->appended(log_size); }
void Engine::receipt_open(View key) { receipts_->open(key); }

void Engine::subscription_changed(View id, const std::optional<Bytes>& row) {
  subscriptions_->changed(id, row);
}

void Engine::told(std::vector<Told> notices) {
  if (notices.empty()) return;
  const std::uint64_t newest = notices.back().number;
  notices_->committed(std::move(notices));
  subscriptions_->wake(newest);
}

void Engine::peer_changed(View) {
  if (edge_.peers_changed) edge_.peers_changed();
}

void Engine::exchange_changed(View id) {
  if (edge_.exchange_changed) edge_.exchange_changed(id);
  {
    const std::lock_guard lock(mutex_);
    if (!waiters_.contains(std::string(id))) return;
  }
  parts_.workers.post_always([this, id = std::string(id)] { look_at_waiters(id, false); });
}

void Engine::flow_changed(View transfer, bool wanted) {
  flows_->changed(std::string(transfer), wanted);
}

void Engine::broken(const Error& error) {
  parts_.env.log(Level::error, "stopped", {{"why", error.why}, {"todo", error.todo}});
  {
    const std::lock_guard lock(mutex_);
    broken_why_ = error.why;
  }
  parts_.broken(error);
}

}  // namespace corridor::engine
