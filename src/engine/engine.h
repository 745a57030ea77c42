// SPDX-License-Identifier: Apache-2.0
//
// The machine room in one piece: clerk, facts, delivery, timers, log and receipts over one store.
// Built from parts that do I/O (a store, blobs, a client, executors), so that the same engine runs
// on sockets and disks and, in the simulator, on neither.
//
//   TRY_ASSIGN(auto engine, Engine::open(std::move(parts)));   // migrates, rebuilds, checks the log
//   engine->start();                                           // delivery and timers go
//   engine->submit(SendDocument{...}, [](Result<Committed> done) { ... });
//
// Everything that changes state goes through `submit`; reading goes to snapshots (`reading`).
// The executors must have stopped before an Engine is destroyed.
#pragma once

#include <atomic>
#include <memory>

#include "engine/flows.h"
#include "engine/packs.h"
#include "engine/receipts.h"
#include "engine/subscriptions.h"
#include "engine/timers.h"

namespace corridor::engine {

class Engine final : private Followers {
 public:
  struct Parts {
    Env& env;
    Executor& clerk_executor;  // runs one task at a time
    Executor& workers;
    store::Store& store;
    store::Blobs& blobs;
    store::Files& files;
    net::Client& client;
    NodeKeys keys;
    exchange::Self self;
    Bytes own_document;        // the DID document that this node serves
    Packs& packs;
    std::function<void(const Error&)> broken;  // ends the process
  };
  static Result<std::unique_ptr<Engine>> open(Parts parts);
  ~Engine() override;

  // An edge of the node beside the network (folders/): what it is told after a commit, on the clerk's
  // executor, so it must not wait; what `ready` and `status` say of it. Before `start`.
  struct Edge {
    std::function<void(View id)> exchange_changed;
    std::function<void()> peers_changed;
    std::function<json::Value()> standing;  // {"path", ..., "problem"?}
    LocalSubscriber subscriber;
  };
  void attach(Edge edge);
  [[nodiscard]] json::Value edge_standing() const;  // null: there is none

  Result<> start();

  // `unavailable` with the reason while the store does not commit or delivery does not run.
  [[nodiscard]] Result<> ready() const;

  void submit(exchange::Command command, Done done);
  // What people ask of the node itself: subscriptions, API keys.
  void manage(Command command, Done done);
  // A protocol message: waits at most limits::kHoldForAnswer while ours for that process is out.
  void submit_message(exchange::MessageIn message, Done done);
  // Runs `task` once no message of ours for that process waits for its answer (at most
  // limits::kHoldForAnswer): what a peer may only know of it then, it may ask for only then.
  void when_answered(const std::string& process, Task task) { outbox_->hold(process, std::move(task)); }
  // The Authorization value for one request to a peer.
  [[nodiscard]] Result<std::string> authorization(const Did& peer) const;
  // The proof of a committed statement of ours, signed now (the same bytes every time).
  [[nodiscard]] Result<json::Value> proof(const StatementRef& ref) const;
  // Calls back when the exchange has left the states that wait and has at least this level, was
  // refused or failed, or at `until`.
  void when_settled(const std::string& exchange, ReceiptLevel level, Time until,
                    std::move_only_function<void(Result<exchange::ExchangeRecord>)> done);

  // Calls `read` with the rows of one snapshot.
  template <class Read>
  auto reading(Read&& read) const -> decltype(read(std::declval<const Rows&>())) {
    auto view = parts_.store.snapshot();
    if (!view) return std::unexpected(view.error());
    return read(Rows(**view, parts_.self.participant));
  }

  // Recognises and judges a document by this node's packs, as exchanged with that partner.
  [[nodiscard]] documents::Examined examine(View bytes, const std::string& partner) const {
    return parts_.packs.library()->examine(bytes, {.now = parts_.env.now(), .partner = partner});
  }
  [[nodiscard]] Packs& packs() { return parts_.packs; }

  [[nodiscard]] const exchange::Self& self() const { return parts_.self; }
  [[nodiscard]] const NodeKeys& keys() const { return parts_.keys; }
  [[nodiscard]] const Bytes& own_document() const { return parts_.own_document; }
  [[nodiscard]] Facts& facts() { return *facts_; }
  [[nodiscard]] Log& log() { return *log_; }
  [[nodiscard]] const Receipts& receipts() const { return *receipts_; }
  [[nodiscard]] const Outbox& outbox() const { return *outbox_; }
  [[nodiscard]] Notices& notices() { return *notices_; }
  [[nodiscard]] const Subscriptions& subscriptions() const { return *subscriptions_; }
  [[nodiscard]] store::Blobs& blobs() { return parts_.blobs; }
  [[nodiscard]] dataplane::DataPlane& plane() { return *plane_; }
  [[nodiscard]] const Flows& flows() const { return *flows_; }
  [[nodiscard]] Clerk::Counters counters() const { return clerk_->counters(); }

 private:
  explicit Engine(Parts parts);

  struct Waiter {
    ReceiptLevel level;
    std::move_only_function<void(Result<exchange::ExchangeRecord>)> done;
  };

  void outgoing(std::vector<Outgoing> messages) override;
  void settled(const std::string& message) override;
  void timers(std::vector<Timer> timers) override;
  void timer_erased(View key) override;
  void leaves(std::uint64_t log_size) override;
  void receipt_open(View key) override;
  void exchange_changed(View id) override;
  void peer_changed(View did) override;
  void flow_changed(View transfer, bool wanted) override;
  void subscription_changed(View id, const std::optional<Bytes>& row) override;
  void told(std::vector<Told> notices) override;
  void broken(const Error& error) override;

  Result<exchange::ExchangeRecord> exchange_record(const std::string& id) const;
  void look_at_waiters(const std::string& id, bool time_is_up);

  Parts parts_;
  std::unique_ptr<Facts> facts_;
  std::unique_ptr<Clerk> clerk_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Timers> timers_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<Receipts> receipts_;
  std::unique_ptr<dataplane::DataPlane> plane_;
  std::unique_ptr<Flows> flows_;
  std::unique_ptr<Notices> notices_;
  std::unique_ptr<Subscriptions> subscriptions_;
  Edge edge_;
  std::atomic<bool> running_ = false;  // delivery, timers and subscriptions go
  mutable std::mutex mutex_;
  std::string broken_why_;
  std::multimap<std::string, Waiter> waiters_;
};

}  // namespace corridor::engine
