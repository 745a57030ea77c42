// SPDX-License-Identifier: Apache-2.0
//
// Delivery. What a commit has put on its way goes out, at least once, until it is answered or its
// deadline has passed; the answer becomes a new ask. Woken by the commit, never by a poll.
//
// One message in flight per process, limits::kPeerInFlightMax per peer, a breaker per peer. The body
// is the committed one on every attempt; the token is minted for each. A statement is signed when it
// leaves: Ed25519 is deterministic, so after a crash the same bytes go out again. One retry table by
// class (delivery.cc). While a message of ours for a process waits for its answer, `hold` keeps what
// arrives for that process, at most limits::kHoldForAnswer: peers overtake their own answers.
//
// Threads: any. Attempts run on the executor.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "engine/authorization.h"
#include "engine/delivery.h"
#include "engine/facts.h"
#include "engine/outbox_record.h"
#include "store/blobs.h"

namespace corridor::engine {

class Outbox {
 public:
  struct Parts {
    Env& env;
    Executor& executor;
    net::Client& client;
    const store::Store& store;
    const store::Blobs& blobs;
    Facts& facts;
    const NodeKeys& keys;
    const exchange::Self& self;
    std::function<void(exchange::Answered)> answered;  // submits the ask; never refused
  };
  explicit Outbox(Parts parts);

  // At start: what was on its way when the process ended.
  Result<> load();
  void add(std::vector<Outgoing> messages);
  void settle(const std::string& message);

  // Runs `task` now, or when the message in flight for that process has been answered.
  void hold(const std::string& process, Task task);

  struct Attempt {
    std::string message;
    std::string what;
    Did peer;
    int attempts = 0;
    std::string last_error;  // empty: none yet
  };
  // For `explain` and metrics: what is on its way for a process; all of it when empty.
  [[nodiscard]] std::vector<Attempt> on_its_way(const std::string& process) const;
  [[nodiscard]] std::size_t size() const;
  // When the oldest of what is on its way was put there, as far as this process knows.
  [[nodiscard]] std::optional<Time> oldest() const;
  struct Counts {
    std::uint64_t sent = 0;     // answered with a yes, or a signed no
    std::uint64_t retried = 0;
    std::uint64_t failed = 0;   // refused for good, or the deadline passed
  };
  // Since the start, by MessageClass.
  [[nodiscard]] std::array<Counts, 3> counts() const;

 private:
  struct Entry {
    std::string id;
    std::string process;
    Did peer;
    std::string what;
    MessageClass message_class{};
    Time deadline;
    std::optional<Outgoing> fresh;  // spares the first attempt a read
    Progress progress;
    std::string last_error;
    bool in_flight = false;
    bool answered = false;  // the ask is on its way to the clerk
    Time since;             // when this process came to know of it
  };
  using EntryPtr = std::unique_ptr<Entry>;
  struct Process {
    std::map<std::string, EntryPtr> entries;  // in order of their ids
    std::vector<Task> held;
  };
  struct Peer {
    std::size_t in_flight = 0;
    int failures = 0;     // in a row
    Time closed_until;    // the breaker
    std::set<std::string> ready;  // processes that wait for a place
  };

  void insert(Entry entry);                       // under the mutex
  void wake(const std::string& process);          // starts the first entry if it may go
  std::optional<std::string> may_start(Process& process);  // under the mutex
  void attempt(const std::string& process, const std::string& id);
  Result<net::Request> make_request(const Outgoing& message) const;
  void deliver(Outgoing message);
  void came_back(Outgoing message, Result<net::Response> response);
  void finish(const Outgoing& message, exchange::Answered answer);
  void retry(const Outgoing& message, const Verdict& verdict, std::string why);
  void document_answer(Outgoing message, net::Response response, exchange::Answered answer);
  void free_place(const Did& peer, bool failed);

  Parts parts_;
  mutable std::mutex mutex_;
  std::map<std::string, Process> processes_;
  std::map<std::string, Peer> peers_;
  std::map<std::string, std::string> process_of_;  // message id -> process
  std::array<Counts, 3> counts_;
};

}  // namespace corridor::engine
