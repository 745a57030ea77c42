// SPDX-License-Identifier: Apache-2.0
//
// Where work runs. An `Executor` runs a task soon, on some thread of its own, or at a time. The real
// one is `WorkerPool`; the simulator's runs everything in one thread in a seeded order. Nothing in
// the house starts a thread of its own beside the ones named in ARCHITECTURE.md.
//
// BoundedQueue is the only queue between threads: it refuses when full, and wakes its one reader.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/env.h"

namespace corridor {

using Task = std::move_only_function<void()>;

class Executor {
 public:
  virtual ~Executor() = default;
  // False when the queue is full: the caller answers `busy`. A task that must run (the reply to
  // work already committed) is posted with `post_always`.
  [[nodiscard]] virtual bool post(Task task) = 0;
  virtual void post_always(Task task) = 0;
  // Runs at or soon after `when`; not durable. There is no cancel: a task looks whether it is
  // still wanted.
  virtual void at(Time when, Task task) = 0;
};

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t most) : most_(most) {}

  [[nodiscard]] bool push(T item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= most_) return false;
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    return true;
  }

  // Above the limit too; only for what must not be lost.
  void push_always(T item) {
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
  }

  // Waits for at least one item, takes at most `most`. Empty means: closed and drained.
  std::vector<T> take(std::size_t most) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return closed_ || !items_.empty(); });
    std::vector<T> taken;
    while (!items_.empty() && taken.size() < most) {
      taken.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    return taken;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> items_;
  std::size_t most_;
  bool closed_ = false;
};

class WorkerPool final : public Executor {
 public:
  WorkerPool(Env& env, std::size_t threads, std::size_t queue_max);
  ~WorkerPool() override;  // runs what was posted, drops what was only timed
  [[nodiscard]] bool post(Task task) override;
  void post_always(Task task) override;
  void at(Time when, Task task) override;
  void stop();

 private:
  void run();
  void run_timers();

  Env& env_;
  BoundedQueue<Task> queue_;
  std::mutex timer_mutex_;
  std::condition_variable timer_changed_;
  std::multimap<Time, Task> timers_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
  std::thread timer_thread_;
};

}  // namespace corridor
