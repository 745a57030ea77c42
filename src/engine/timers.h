// SPDX-License-Identifier: Apache-2.0
//
// Durable timers. The rows are the truth; in memory stand only those due within the next ten
// minutes, so that a million deadlines a week away cost nothing. A timer that fires becomes an ask,
// which erases its row; one that is cleared meanwhile is erased by whoever clears it.
#pragma once

#include <map>
#include <mutex>

#include "base/work.h"
#include "engine/clerk.h"
#include "engine/outbox_record.h"

namespace corridor::engine {

class Timers {
 public:
  Timers(Env& env, Executor& executor, const store::Store& store, ParticipantNumber participant,
         std::function<void(exchange::TimerDue)> due);

  Result<> load();
  void add(const std::vector<Timer>& timers);
  void erased(View key);

 private:
  void schedule();
  void fire();

  Env& env_;
  Executor& executor_;
  const store::Store& store_;
  ParticipantNumber participant_;
  std::function<void(exchange::TimerDue)> due_;
  std::mutex mutex_;
  std::map<Bytes, Timer> soon_;  // by row key, which begins with the time
  Time horizon_;
  Time scheduled_{std::numeric_limits<std::int64_t>::max()};
};

}  // namespace corridor::engine
