// SPDX-License-Identifier: Apache-2.0
//
// Subscriptions: webhooks that are told what happened (CloudEvents 1.0, structured mode). The rows of
// Table::notice are the queue and a subscription is a durable cursor over them: there is no second
// queue. One event is in flight per subscription, in order, at least once; until the sink answers 2xx
// the same bytes are sent again (delivery.cc, class background: no answer is final). A sink that is
// down costs one request per wait, so each subscription is its own breaker. Woken by the commit.
//
// The cursor row follows the deliveries, one ask of it at a time: after a crash the events since the
// last commit of it are sent again, none is left out. Events that fell out of the newest
// limits::kNoticesKept before they could be delivered are counted as lost and said in the log.
//
// An event that holds a process by `ask` with a webhook goes to that subscription alone, whatever
// types it asked for.
//
// Threads: any. Attempts run on the executor.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "base/work.h"
#include "engine/delivery.h"
#include "engine/own_commands.h"
#include "engine/tables.h"
#include "net/http.h"

namespace corridor::engine {

inline constexpr std::string_view kSignatureHeader = "Corridor-Signature";

// Who takes the events of the one local subscription (kLocalUrl) in place of a webhook.
struct LocalSubscriber {
  // One event at a time. It is called under a lock and only notes the event: `done` is called later,
  // once, from any thread; with an error the event is offered again.
  std::function<void(std::uint64_t number, Bytes event, std::move_only_function<void(Result<>)> done)>
      take;
  // Everything up to here will not be offered again, whatever happens.
  std::function<void(std::uint64_t cursor)> committed;
};

class Subscriptions {
 public:
  struct Parts {
    Env& env;
    Executor& executor;
    net::Client& client;
    const store::Store& store;
    ParticipantNumber participant = 0;
    // Submits the ask; never refused. The other calls back when it is committed.
    std::function<void(NoticesDelivered, std::function<void()>)> commit;
  };
  explicit Subscriptions(Parts parts) : parts_(std::move(parts)) {}

  // Before `load`; without one the local subscription rests where its cursor stands.
  void deliver_locally(LocalSubscriber subscriber) { local_ = std::move(subscriber); }
  // At start: goes on where the cursors stand.
  Result<> load(std::uint64_t newest);
  // After a commit: this row is there now, or it is gone; notices up to `newest` are there.
  void changed(View id, const std::optional<Bytes>& row);
  void wake(std::uint64_t newest);

  // How a subscription stands, for people and metrics.
  struct Standing {
    std::uint64_t delivered = 0;  // number of the newest event that was answered with 2xx
    int attempts = 0;             // at the next one, so far
    std::string last_error;
  };
  [[nodiscard]] std::optional<Standing> standing(const std::string& id) const;
  struct Counts {
    std::uint64_t delivered = 0;
    std::uint64_t retried = 0;
    std::uint64_t lost = 0;
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Waiting {
    std::uint64_t number = 0;
    Bytes event;
  };
  struct Line {
    SubscriptionRecord record;
    std::uint64_t life = 0;      // another one after each replay: what belongs to an old one is void
    std::uint64_t position = 0;  // delivered, or passed over, up to here
    std::uint64_t committed = 0;
    std::deque<Waiting> queue;   // read ahead; all above `position`
    Progress progress;
    std::string last_error;
    std::uint64_t lost = 0;      // not yet in the row
    bool at_work = false;        // an attempt, a wait or a reading is under way
    bool saving = false;
    std::uint64_t in_flight = 0; // the life that the request that is out belongs to
  };

  void begin(SubscriptionRecord record);            // under the mutex
  void go(const std::string& id, Line& line);       // under the mutex
  void work(const std::string& id, std::uint64_t life);
  Result<std::deque<Waiting>> read(const SubscriptionRecord& record, std::uint64_t& position,
                                   std::uint64_t& lost) const;
  void send(const std::string& id, Line& line);     // under the mutex
  void send_locally(const std::string& id, const Line& line);  // under the mutex
  void came_back(const std::string& id, std::uint64_t life, const Result<net::Response>& response);
  void retry(const std::string& id, Line& line, Duration wait);  // under the mutex
  void save(const std::string& id, Line& line);     // under the mutex
  Line* find(const std::string& id, std::uint64_t life);

  Parts parts_;
  LocalSubscriber local_;
  mutable std::mutex mutex_;
  std::map<std::string, Line> lines_;
  std::uint64_t newest_ = 0;
  std::uint64_t lives_ = 0;
  Counts counts_;
};

}  // namespace corridor::engine
