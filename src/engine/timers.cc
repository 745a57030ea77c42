// SPDX-License-Identifier: Apache-2.0
#include "engine/timers.h"

namespace corridor::engine {

namespace {

constexpr Duration kHorizon = minutes(10);
constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};

Time time_of(View key) { return {static_cast<std::int64_t>(read_u64_be(key))}; }

}  // namespace

Timers::Timers(Env& env, Executor& executor, const store::Store& store,
               ParticipantNumber participant, std::function<void(exchange::TimerDue)> due)
    : env_(env), executor_(executor), store_(store), participant_(participant),
      due_(std::move(due)) {}

Result<> Timers::load() {
  const Time until = env_.now() + kHorizon;
  TRY_ASSIGN(const auto view, store_.snapshot());
  const Rows rows(*view, participant_);
  Bytes after;
  bool more = true;
  while (more) {
    TRY_ASSIGN(const auto found, rows.scan({Table::timer, {}, after, limits::kScanRowsMax}));
    more = found.size() == limits::kScanRowsMax;
    const std::lock_guard lock(mutex_);
    for (const auto& row : found) {
      after = row.key;
      if (row.key.size() < 8) return fail(Code::corrupt, "a timer without a time");
      if (time_of(row.key) >= until) {
        more = false;
        break;
      }
      TRY_ASSIGN(auto timer, from_bytes<Timer>(row.value));
      soon_.insert_or_assign(row.key, std::move(timer));
    }
  }
  {
    const std::lock_guard lock(mutex_);
    horizon_ = until;
  }
  schedule();
  return {};
}

void Timers::add(const std::vector<Timer>& timers) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& timer : timers)
      if (timer.at < horizon_)
        soon_.insert_or_assign(exchange::timer_key(timer.at, timer.what, timer.subject), timer);
  }
  schedule();
}

void Timers::erased(View key) {
  const std::lock_guard lock(mutex_);
  soon_.erase(Bytes(key));
}

void Timers::schedule() {
  Time next;
  {
    const std::lock_guard lock(mutex_);
    next = soon_.empty() ? horizon_ : std::min(horizon_, time_of(soon_.begin()->first));
    if (next >= scheduled_) return;
    scheduled_ = next;
  }
  executor_.at(next, [this] { fire(); });
}

void Timers::fire() {
  std::vector<std::pair<Bytes, Timer>> ready;
  bool reload = false;
  {
    const std::lock_guard lock(mutex_);
    const Time now = env_.now();
    scheduled_ = kNever;
    while (!soon_.empty() && time_of(soon_.begin()->first) <= now) {
      ready.emplace_back(soon_.begin()->first, std::move(soon_.begin()->second));
      soon_.erase(soon_.begin());
    }
    reload = horizon_ <= now;
  }
  for (auto& [key, timer] : ready) due_({key, timer.what, timer.subject});
  if (reload) {
    if (auto good = load(); !good)
      env_.log(Level::error, "timers-unreadable", {{"why", good.error().why}});
  }
  schedule();
}

}  // namespace corridor::engine
