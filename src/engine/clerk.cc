// SPDX-License-Identifier: Apache-2.0
#include "engine/clerk.h"

#include "crypto/crypto.h"
#include "engine/batch.h"

namespace corridor::engine {

Clerk::Clerk(Env& env, Executor& executor, store::Store& store, exchange::Self self,
             FactSource& facts, Followers& followers)
    : env_(env), executor_(executor), store_(store), self_(std::move(self)), facts_(facts),
      followers_(followers) {}

std::string_view command_name(const Command& command) {
  if (const auto* const c = std::get_if<exchange::Command>(&command))
    return exchange::command_name(*c);
  // table: in the order of Command
  constexpr std::array<std::string_view, std::variant_size_v<Command>> kNames{
      "",       "checkpoint",        "receipts-logged", "subscribe",     "unsubscribe",
      "replay", "notices-delivered", "put-api-key",     "remove-api-key"};
  return kNames[command.index()];
}

void Clerk::submit(Command command, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < limits::kClerkQueueMax) {
      waiting_.push_back({std::move(command), env_.seed(), {}, 0, std::move(done)});
      done = nullptr;
    }
  }
  if (done) {
    done(fail(Code::busy, "the node has more work waiting than it takes", "try again in a moment"));
    return;
  }
  executor_.post_always([this] { run(); });
}

void Clerk::submit_own(Command command, Done done) {
  enqueue({std::move(command), env_.seed(), {}, 0, std::move(done)});
}

void Clerk::enqueue(Ask ask) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(ask));
  }
  executor_.post_always([this] { run(); });
}

Clerk::Counters Clerk::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

std::optional<Time> Clerk::at_work_since() const {
  const std::lock_guard lock(mutex_);
  return scheduled_ ? std::optional(batch_began_) : std::nullopt;
}

void Clerk::run() {
  std::vector<Ask> asks;
  {
    const std::lock_guard lock(mutex_);
    if (scheduled_) return;
    while (!waiting_.empty() && asks.size() < limits::kBatchAsksMax) {
      asks.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    if (asks.empty()) return;
    scheduled_ = true;
    batch_began_ = env_.now();
  }
  run_batch(std::move(asks));
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    more = !waiting_.empty();
  }
  if (more) executor_.post_always([this] { run(); });
}

void Clerk::run_batch(std::vector<Ask> asks) {
  Batch batch(store_, self_, env_.now());
  std::vector<Finished> results;
  std::vector<std::pair<Done, Error>> refused;
  for (auto& ask : asks) {
    auto outcome = batch.run(ask.command, ask.known, ask.seed);
    if (auto* const needs = std::get_if<Needs>(&outcome)) {
      if (++ask.fact_rounds > limits::kNeedRoundsMax) {
        refused.emplace_back(std::move(ask.done), Error{Code::internal, "a step kept asking for facts", {}});
        continue;
      }
      fetch_facts(std::move(ask), std::move(needs->facts));
      continue;
    }
    if (auto* const error = std::get_if<Error>(&outcome)) {
      refused.emplace_back(std::move(ask.done), std::move(*error));
      continue;
    }
    auto& decision = std::get<Decision>(outcome);
    Committed committed{std::move(decision.reply)};
    results.push_back({command_name(ask.command), std::move(ask.done), std::move(committed),
                       std::move(decision)});
  }
  if (!batch.empty()) {
    if (auto good = store_.commit(batch.writes()); !good) {
      followers_.broken(good.error());
      for (auto& result : results)
        if (result.done) result.done(std::unexpected(good.error()));
      return;
    }
    const std::lock_guard lock(mutex_);
    ++counters_.batches;
    for (const auto& result : results) ++counters_.asks[std::string(result.name)];
  }
  release(results, batch);
  for (auto& [done, error] : refused)
    if (done) done(std::unexpected(std::move(error)));
}

void Clerk::release(std::vector<Finished>& results, Batch& batch) {
  for (auto& result : results) {
    Decision& decision = result.decision;
    for (const auto& write : decision.writes) {
      if (write.table == Table::timer && !write.value) followers_.timer_erased(write.key);
      if (write.table == Table::unlogged && write.value) followers_.receipt_open(write.key);
      if (write.table == Table::flow) followers_.flow_changed(write.key, write.value.has_value());
      if (write.table == Table::exchange) followers_.exchange_changed(write.key);
      if (write.table == Table::peer) followers_.peer_changed(write.key);
      if (write.table == Table::subscription) followers_.subscription_changed(write.key, write.value);
    }
    for (const auto& id : decision.settled) followers_.settled(id);
    if (!decision.outgoing.empty()) followers_.outgoing(std::move(decision.outgoing));
    if (!decision.timers.empty()) followers_.timers(std::move(decision.timers));
    if (result.done) result.done(std::move(result.committed));
  }
  followers_.told(batch.take_told());
  if (batch.has_leaves()) followers_.leaves(batch.log_size());
}

void Clerk::fetch_facts(Ask ask, std::vector<FactKey> keys) {
  CHECK(!keys.empty(), "a step that needs nothing more must decide");
  // One fact at a time: the step says again what it still misses.
  const FactKey key = keys.front();
  facts_.get(key, [this, key, ask = std::move(ask)](Result<Fact> fact) mutable {
    if (!fact) {
      executor_.post_always([error = std::move(fact).error(), done = std::move(ask.done)]() mutable {
        if (done) done(std::unexpected(std::move(error)));
      });
      return;
    }
    ask.known.put(key, std::move(*fact));
    enqueue(std::move(ask));
  });
}

}  // namespace corridor::engine
