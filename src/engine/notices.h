// SPDX-License-Identifier: Apache-2.0
//
// What happened, as those who asked to be told read it. A step puts notices into its decision; the
// batch numbers them from 1 and writes each as one row in the same commit: a CloudEvents 1.0 object
// in JSON, byte for byte what the event list shows and a subscription sends. The newest
// limits::kNoticesKept stay. These rows are also the queue of all subscriptions (subscriptions.h).
//
// This room is told after the commit: it writes one line an event into the node's own log, counts by
// type, and wakes whoever waits for the next one. Nothing polls.
//
//   notices.when_after(41, until, [] { ... });   // number 42 is committed, or it is `until`
//
// Threads: any. Lines are written and waiters called on the executor, never on the clerk's.
#pragma once

#include <map>
#include <mutex>

#include "base/work.h"
#include "engine/tables.h"

namespace corridor::engine {

inline constexpr View kEventPrefix = "corridor.";  // of the CloudEvents type
inline constexpr View kNoticeCount = "notices";    // in Table::meta: the number of the newest

Bytes notice_key(std::uint64_t number);
Bytes write_event(const Did& source, std::uint64_t number, Time at, const Notice& notice);
Result<std::uint64_t> newest_notice(const Rows& rows);

// A row of Table::notice as it was committed.
struct Told {
  std::uint64_t number = 0;
  std::string type;  // without the prefix
  std::string subject;
};

class Notices {
 public:
  Notices(Env& env, Executor& executor) : env_(env), executor_(executor) {}

  Result<> load(const Rows& rows);
  void committed(std::vector<Told> told);

  [[nodiscard]] std::uint64_t newest() const;
  // Runs `task` on the executor once a notice above this number is committed, or at `until`.
  void when_after(std::uint64_t number, Time until, Task task);
  // Since the start, by type.
  [[nodiscard]] std::map<std::string, std::uint64_t> counts() const;

 private:
  struct Waiter {
    std::uint64_t number = 0;
    Task task;
  };

  Env& env_;
  Executor& executor_;
  mutable std::mutex mutex_;
  std::uint64_t newest_ = 0;
  std::uint64_t waiters_so_far_ = 0;
  std::map<std::uint64_t, Waiter> waiters_;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace corridor::engine
