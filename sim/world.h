// SPDX-License-Identifier: Apache-2.0
//
// The simulated world: one thread, one seed, its own time. Everything a node takes from outside
// stands here: clock and randomness (SimEnv), executors (SimExecutor), the network (SimNetwork).
// Events run in the order of their times; everything random comes from the world's generator, so one
// seed is one run, to the byte.
//
// Faults, while they are on: a request or its answer is lost (the caller sees a timeout), comes late
// (and so out of order), or is replayed by someone on the way; a node dies, in particular inside a commit, and comes back.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>

#include "base/work.h"
#include "net/http.h"

namespace corridor::sim {

using Micros = std::int64_t;

struct Faults {
  bool on = false;
  double lose = 0.0;       // of requests, and of answers
  double twice = 0.0;      // of requests
  double crash = 0.0;      // of commits
  Micros delay_max = 300;  // one way
  double late = 0.0;       // of messages, up to late_max
  Micros late_max = 1'500'000;
};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] Micros now() const { return now_; }
  void after(Micros wait, Task task);
  // Runs the next event; false when there is none before `until`.
  bool run_one(Micros until);

  std::uint64_t draw(std::uint64_t below);
  bool chance(double probability);
  Seed draw_seed();

  Faults faults;

  // One line of what happened; kept when tracing, and always hashed, so that two runs of one seed
  // can be compared.
  void trace(const std::string& line);
  bool tracing = false;
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  std::mt19937_64 random_;
  Micros now_ = 1'790'000'000'000'000;  // a day in September 2026
  std::multimap<Micros, Task> events_;
  std::uint64_t fingerprint_ = 14'695'981'039'346'656'037ULL;
};

// Whatever of a node is still queued when it dies must not run: tasks carry the life they belong to.
struct Life {
  bool alive = true;
};

class SimEnv final : public Env {
 public:
  SimEnv(World& world, std::string name) : world_(world), name_(std::move(name)) {}
  Time now() override { return {world_.now() / 1000}; }
  std::int64_t ticks_ns() override { return world_.now() * 1000; }
  Seed seed() override { return world_.draw_seed(); }
  void log(Level level, std::string_view event, std::initializer_list<LogField> fields) override;

 private:
  World& world_;
  std::string name_;
};

class SimExecutor final : public Executor {
 public:
  SimExecutor(World& world, std::shared_ptr<Life> life) : world_(world), life_(std::move(life)) {}
  [[nodiscard]] bool post(Task task) override;
  void post_always(Task task) override;
  void at(Time when, Task task) override;

 private:
  World& world_;
  std::shared_ptr<Life> life_;
};

// Who answers at an address, while it lives.
using Serve = std::function<void(net::Request, net::Respond)>;

class SimNetwork {
 public:
  explicit SimNetwork(World& world) : world_(world) {}

  void listen(const std::string& authority, Serve serve) { servers_[authority] = std::move(serve); }
  void silence(const std::string& authority) { servers_.erase(authority); }
  // Seen before anything else happens to them; the checkers look here.
  std::function<void(const std::string& from, const net::Request&)> on_request;
  std::function<void(const std::string& to, const net::Request&, const net::Response&)> on_answer;
  // Whether nothing gets from this node to that address now: a partition.
  std::function<bool(const std::string& from, const std::string& to)> is_cut;

  void send(const std::string& from, net::Request request,
            std::function<void(Result<net::Response>)> done);

 private:
  struct Flight;
  Micros delay();
  void deliver(const std::shared_ptr<Flight>& flight, bool replayed);

  World& world_;
  std::map<std::string, Serve> servers_;
};

class SimClient final : public net::Client {
 public:
  SimClient(SimNetwork& network, std::string name, std::shared_ptr<Life> life)
      : network_(network), name_(std::move(name)), life_(std::move(life)) {}
  void send(net::Request request, net::SendOptions options,
            std::function<void(Result<net::Response>)> done) override;

 private:
  SimNetwork& network_;
  std::string name_;
  std::shared_ptr<Life> life_;
};

}  // namespace corridor::sim
