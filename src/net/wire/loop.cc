// SPDX-License-Identifier: Apache-2.0
#include "net/wire/loop.h"

#include <pthread.h>

#include <latch>

namespace corridor::net {

void Deadlines::arm() {
  if (order_.empty()) {
    timer_.cancel();
    waiting_ = false;
    return;
  }
  const auto first = order_.begin()->first;
  if (waiting_ && armed_for_ <= first) return;
  waiting_ = true;
  armed_for_ = first;
  timer_.expires_at(first);
  timer_.async_wait([this](ErrorCode error) {
    if (!error) fire();
  });
}

void Deadlines::fire() {
  waiting_ = false;
  const auto now = Clock::now();
  while (!order_.empty() && order_.begin()->first <= now) {
    Deadline& due = *order_.begin()->second;
    if (due.wanted_ > now) {
      const auto later = due.wanted_;
      due.drop();
      if (later != Clock::time_point::max()) {
        due.wanted_ = later;
        due.place_ = later;
        order_.emplace(later, &due);
      }
      continue;
    }
    due.drop();
    const auto expired = due.expired_;  // a copy: what it calls may end the deadline
    expired();
  }
  arm();
}

void Deadline::set(Clock::time_point when) {
  wanted_ = when;
  if (place_ && *place_ <= when) return;
  if (place_) all_.order_.erase({*place_, this});
  place_ = when;
  all_.order_.emplace(when, this);
  all_.arm();
}

void Deadline::drop() {
  clear();
  if (!place_) return;
  all_.order_.erase({*place_, this});
  place_.reset();
  if (all_.order_.empty()) all_.arm();
}

Loop::Loop(std::size_t number) {
  thread_ = std::thread([this] { io.run(); });
  ::pthread_setname_np(thread_.native_handle(), ("net-" + std::to_string(number)).c_str());
}

Loop::~Loop() {
  request_stop();
  join();
}

void Loop::run_and_wait(const std::function<void()>& task) {
  if (is_here()) return task();
  std::latch done(1);
  const bool posted = post([&] {
    task();
    done.count_down();
  });
  if (posted) done.wait();
}

void Loop::request_stop() {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  open_ = false;
  asio::post(io, [this] {
    for (const auto& each : parts_)
      if (const auto part = each.lock()) part->on_loop_stop();
    work_.reset();
  });
}

void Loop::join() {
  if (!thread_.joinable()) return;
  CHECK(!is_here(), "the network is stopped from one of its own threads");
  thread_.join();
}

Loops::Loops(std::size_t threads) : state_(std::make_unique<State>()) {
  CHECK(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) state_->loops.push_back(std::make_shared<Loop>(i));
}

Loops::~Loops() { stop(); }

void Loops::stop() {
  for (const auto& loop : state_->loops) loop->request_stop();
  for (const auto& loop : state_->loops) loop->join();
}

}  // namespace corridor::net
