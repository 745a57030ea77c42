// SPDX-License-Identifier: Apache-2.0
//
// One I/O thread and what belongs to it. Connections are pinned to a loop and touched by its thread
// only: they need no lock. What comes from other threads is posted.
//
// End: `request_stop` closes the door for posts, tells every part to let go of its sockets and
// timers, and the thread ends when the last of them is gone. Everything posted before runs.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "net/server.h"
#include "net/wire/asio.h"

namespace corridor::net {

class Deadline;

// All deadlines of a loop on one timer. Setting one is usually two assignments: a deadline that
// moves later keeps its place in the order until that place comes up.
class Deadlines {
 public:
  explicit Deadlines(asio::io_context& io) : timer_(io.get_executor()) {}

 private:
  friend class Deadline;
  void arm();
  void fire();

  Timer timer_;
  bool waiting_ = false;
  Clock::time_point armed_for_;
  std::set<std::pair<Clock::time_point, Deadline*>> order_;
};

// Calls `expired` once when its time has come. Belongs to the loop's thread.
class Deadline {
 public:
  Deadline(Deadlines& all, std::function<void()> expired)
      : all_(all), expired_(std::move(expired)) {}
  ~Deadline() { drop(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(Clock::time_point when);
  void clear() { wanted_ = Clock::time_point::max(); }
  void drop();  // clears, and gives up the place: nothing keeps the loop alive

 private:
  friend class Deadlines;
  Deadlines& all_;
  std::function<void()> expired_;
  Clock::time_point wanted_ = Clock::time_point::max();
  std::optional<Clock::time_point> place_;
};

class LoopPart {
 public:
  virtual ~LoopPart() = default;
  virtual void on_loop_stop() = 0;  // close everything; nothing can be posted any more
};

class Loop {
 public:
  explicit Loop(std::size_t number);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs `task` on the loop's thread, later. False when the loop has stopped.
  template <class F>
  bool post(F&& task) {
    const std::lock_guard lock(mutex_);
    if (!open_) return false;
    asio::post(io, std::forward<F>(task));
    return true;
  }
  [[nodiscard]] bool is_here() { return io.get_executor().running_in_this_thread(); }
  // Runs `task` on the loop's thread and waits for it; not at all when the loop has stopped, since
  // by then every part has let go of everything.
  void run_and_wait(const std::function<void()>& task);
  void attach(std::weak_ptr<LoopPart> part) {  // on the loop's thread
    std::erase_if(parts_, [](const auto& each) { return each.expired(); });
    parts_.push_back(std::move(part));
  }
  void request_stop();
  void join();

  asio::io_context io{1};
  Deadlines deadlines{io};
  std::array<char, 64 * 1024> scratch;  // what was read last, until it is taken

 private:
  std::mutex mutex_;
  bool open_ = true;
  asio::executor_work_guard<IoExecutor> work_{io.get_executor()};
  std::vector<std::weak_ptr<LoopPart>> parts_;
  std::thread thread_;
};

struct Loops::State {
  std::vector<std::shared_ptr<Loop>> loops;
};

}  // namespace corridor::net
