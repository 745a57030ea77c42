// SPDX-License-Identifier: Apache-2.0
#include "base/work.h"

#include <chrono>

namespace corridor {

WorkerPool::WorkerPool(Env& env, std::size_t threads, std::size_t queue_max)
    : env_(env), queue_(queue_max) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  timer_thread_ = std::thread([this] { run_timers(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::post(Task task) { return queue_.push(std::move(task)); }

void WorkerPool::post_always(Task task) { queue_.push_always(std::move(task)); }

void WorkerPool::at(Time when, Task task) {
  {
    const std::lock_guard lock(timer_mutex_);
    timers_.emplace(when, std::move(task));
  }
  timer_changed_.notify_one();
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(timer_mutex_);
    if (stopped_) return;
    stopped_ = true;
  }
  timer_changed_.notify_one();
  timer_thread_.join();
  queue_.close();
  for (auto& thread : threads_) thread.join();
}

void WorkerPool::run() {
  for (;;) {
    auto tasks = queue_.take(1);
    if (tasks.empty()) return;
    tasks.front()();
  }
}

void WorkerPool::run_timers() {
  std::unique_lock lock(timer_mutex_);
  while (!stopped_) {
    if (timers_.empty()) {
      timer_changed_.wait(lock);
      continue;
    }
    const Duration left = timers_.begin()->first - env_.now();
    if (left.ms > 0) {
      timer_changed_.wait_for(lock, std::chrono::milliseconds(left.ms));
      continue;
    }
    Task task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    lock.unlock();
    queue_.push_always(std::move(task));
    lock.lock();
  }
}

}  // namespace corridor
