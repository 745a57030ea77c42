// SPDX-License-Identifier: Apache-2.0
//
// A whole node in the simulated world: the product's engine and routes over stores that survive what
// kills it. What is lost in a crash is everything but committed rows, stored blobs and files.
#pragma once

#include "api/api.h"
#include "store/open.h"
#include "world.h"

namespace corridor::sim {

// The node's store, which can kill its node in the middle of a commit: before it (nothing of it is
// there) or right after it (all of it is there, and nothing has been released).
class CrashingStore final : public store::Store {
 public:
  CrashingStore(World& world, std::function<void()> crash)
      : world_(world), crash_(std::move(crash)), inner_(store::open_memory_store()) {}

  Result<> commit(std::span<const store::Write> writes) override;
  Result<std::unique_ptr<store::View>> snapshot() const override { return inner_->snapshot(); }
  const store::View& latest() const override { return inner_->latest(); }
  std::uint64_t commit_count() const override { return inner_->commit_count(); }

  std::function<void(std::span<const store::Write>)> on_commit;  // checkers

 private:
  World& world_;
  std::function<void()> crash_;
  std::unique_ptr<store::Store> inner_;
};

class SimNode {
 public:
  SimNode(World& world, SimNetwork& network, std::string name, std::uint16_t port);
  ~SimNode();

  Result<> start();
  void crash();  // now; comes back after a while by itself
  [[nodiscard]] bool up() const { return engine_ != nullptr && life_->alive; }

  // A request of this node's own people; no answer when it dies meanwhile.
  void ask(const std::string& method, const std::string& path, Bytes body,
           const std::string& idempotency_key, std::function<void(net::Response)> done);
  void make_partner(const SimNode& peer, std::vector<std::string> kinds);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Did did() const;
  [[nodiscard]] std::string authority() const { return "localhost:" + std::to_string(port_); }
  [[nodiscard]] std::string root() const { return "http://" + authority() + "/0"; }
  [[nodiscard]] store::Store& store() { return store_; }
  [[nodiscard]] engine::Engine* engine() { return up() ? engine_.get() : nullptr; }

  std::function<void(std::span<const store::Write>)> on_commit;
  int crashes = 0;

 private:
  void come_back();
  engine::NodeKeys keys() const;

  World& world_;
  SimNetwork& network_;
  std::string name_;
  std::uint16_t port_;
  Seed identity_;  // of its keys
  SimEnv env_;
  CrashingStore store_;
  std::unique_ptr<store::Blobs> blobs_;
  std::unique_ptr<store::Files> files_;
  std::shared_ptr<Life> life_;
  std::unique_ptr<SimExecutor> executor_;
  std::unique_ptr<SimClient> client_;
  engine::Packs packs_{{}, env_, engine::CompiledCache({})};  // the built-in one alone
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<api::Api> api_;
  bool started_before_ = false;
};

}  // namespace corridor::sim
