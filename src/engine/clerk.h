// SPDX-License-Identifier: Apache-2.0
//
// The clerk: the only place where state changes. It takes the asks that wait (at most
// limits::kBatchAsksMax), runs the pure step of each over the batch's overlay in order of arrival,
// numbers the leaves, commits once, and only then releases replies and effects, in the same order.
//
// Idle, a batch of one runs at once; others gather while a commit is under way. An ask that fails is
// undone (nothing of it was in the overlay yet) and answered with its error; the others stand. An
// ask that needs a fact leaves the clerk, and comes back with it.
//
// Threads: `submit` from any thread. Batches run on the executor that the clerk was given, one at a
// time. `done` is called on that executor after the commit; it must not block.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <variant>

#include "base/work.h"
#include "engine/log_commands.h"
#include "engine/notices.h"
#include "engine/own_commands.h"
#include "engine/tables.h"
#include "exchange/exchange.h"

namespace corridor::engine {

// Everything that can be asked of the clerk: what the pure rooms decide, the log's bookkeeping, and
// what people ask of the node itself.
using Command = std::variant<exchange::Command, CheckpointMade, ReceiptsLogged, Subscribe, Unsubscribe,
                             Replay, NoticesDelivered, PutApiKey, RemoveApiKey>;

struct Committed {
  Reply reply;
};

std::string_view command_name(const Command& command);

using Done = std::move_only_function<void(Result<Committed>)>;

// Fetches what only the outside knows; engine/facts.h, and the simulator's.
class FactSource {
 public:
  virtual ~FactSource() = default;
  // Calls back once, on any thread.
  virtual void get(const FactKey& key, std::move_only_function<void(Result<Fact>)> done) = 0;
};

// What must happen after a commit, told in commit order on the clerk's executor.
class Followers {
 public:
  virtual ~Followers() = default;
  virtual void outgoing(std::vector<Outgoing> messages) = 0;
  virtual void settled(const std::string& message) = 0;
  virtual void timers(std::vector<Timer> timers) = 0;
  virtual void timer_erased(View key) = 0;
  virtual void leaves(std::uint64_t log_size) = 0;
  virtual void receipt_open(View key) = 0;  // Table::unlogged has a new row
  virtual void exchange_changed(View id) = 0;
  virtual void peer_changed(View did) = 0;
  virtual void flow_changed(View transfer, bool wanted) = 0;  // Table::flow
  virtual void subscription_changed(View id, const std::optional<Bytes>& row) = 0;
  virtual void told(std::vector<Told> notices) = 0;
  // A commit failed: the process cannot go on (fsync is never retried).
  virtual void broken(const Error& error) = 0;
};

class Batch;

class Clerk {
 public:
  Clerk(Env& env, Executor& executor, store::Store& store, exchange::Self self, FactSource& facts,
        Followers& followers);

  // `busy` through `done` when the queue is full; asks of our own making are never refused.
  void submit(Command command, Done done);
  void submit_own(Command command, Done done = {});

  [[nodiscard]] const exchange::Self& self() const { return self_; }
  // Since the start: batches committed, and by name the asks that were in them.
  struct Counters {
    std::uint64_t batches = 0;
    std::map<std::string, std::uint64_t, std::less<>> asks;
  };
  [[nodiscard]] Counters counters() const;
  // When the batch that is under way began; nothing while the clerk rests.
  [[nodiscard]] std::optional<Time> at_work_since() const;

 private:
  struct Ask {
    Command command;
    Seed seed;
    Known known;
    int fact_rounds = 0;
    Done done;
  };
  // What one ask adds to the batch, once its step has decided.
  struct Finished {
    std::string_view name;
    Done done;
    Committed committed;
    Decision decision;
  };
  void enqueue(Ask ask);
  void run();
  void run_batch(std::vector<Ask> asks);
  void fetch_facts(Ask ask, std::vector<FactKey> keys);
  void release(std::vector<Finished>& results, Batch& batch);

  Env& env_;
  Executor& executor_;
  store::Store& store_;
  exchange::Self self_;
  FactSource& facts_;
  Followers& followers_;

  mutable std::mutex mutex_;
  std::deque<Ask> waiting_;
  bool scheduled_ = false;
  Time batch_began_;
  Counters counters_;
};

}  // namespace corridor::engine
