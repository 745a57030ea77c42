// SPDX-License-Identifier: Apache-2.0
//
// Sources and sinks of tests and benches: bytes that follow from their place, given and taken on
// workers, held, or failing at a byte.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <set>

#include "base/work.h"
#include "net/http.h"

namespace corridor::net {

inline char pattern_byte(std::uint64_t at) { return static_cast<char>(at * 7 + (at >> 9) * 131); }

inline void fill_pattern(std::uint64_t at, std::span<char> room) {
  for (char& byte : room) byte = pattern_byte(at++);
}

inline Bytes pattern(std::uint64_t at, std::size_t bytes) {
  Bytes made(bytes, '\0');
  fill_pattern(at, made);
  return made;
}

class PatternSource final : public BodySource {
 public:
  explicit PatternSource(std::uint64_t bytes, Executor* workers = nullptr,
                         std::uint64_t fails_after = ~0ULL)
      : bytes_(bytes), workers_(workers), fails_after_(fails_after) {}

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }
  void next(std::span<char> room, Done done) override {
    if (!workers_) return give(room, std::move(done));
    workers_->post_always(
        [this, room, done = std::move(done)]() mutable { give(room, std::move(done)); });
  }
  [[nodiscard]] std::uint64_t given() const { return given_; }
  // How many places it was asked to fill.
  [[nodiscard]] std::size_t rooms() {
    const std::lock_guard lock(mutex_);
    return rooms_.size();
  }

 private:
  void give(std::span<char> room, Done done) {
    {
      const std::lock_guard lock(mutex_);
      rooms_.insert(room.data());
    }
    if (given_ >= fails_after_) return done(fail(Code::denied, "the source fails here"));
    const std::size_t size = std::min<std::uint64_t>(room.size(), bytes_ - given_);
    fill_pattern(given_, room.first(size));
    given_ += size;
    done(size);
  }

  std::uint64_t bytes_;
  Executor* workers_;
  std::uint64_t fails_after_;
  std::atomic<std::uint64_t> given_ = 0;
  std::mutex mutex_;
  std::set<const char*> rooms_;
};

// Compares with the pattern while it takes.
class TestSink final : public BodySink {
 public:
  void take(View piece, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      if (holding_) {
        held_ = [this, piece, done = std::move(done)]() mutable { take(piece, std::move(done)); };
        return;
      }
      for (const char byte : piece) good_ = good_ && byte == pattern_byte(bytes_++);
      largest_ = std::max(largest_, piece.size());
      if (bytes_ > fails_after_) return done(fail(Code::denied, "the sink fails here"));
    }
    done({});
  }
  void hold() { holding_ = true; }
  void let_go() {
    Task held;
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
      held = std::move(held_);
    }
    if (held) held();
  }
  void fail_after(std::uint64_t bytes) { fails_after_ = bytes; }
  [[nodiscard]] bool held() {
    const std::lock_guard lock(mutex_);
    return static_cast<bool>(held_);
  }
  [[nodiscard]] std::uint64_t bytes() {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }
  [[nodiscard]] std::size_t largest() {
    const std::lock_guard lock(mutex_);
    return largest_;
  }
  // Exactly the first `bytes` of the pattern have come.
  [[nodiscard]] bool matches(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    return good_ && bytes_ == bytes;
  }

 private:
  std::mutex mutex_;
  std::uint64_t bytes_ = 0;
  std::size_t largest_ = 0;
  bool good_ = true;
  bool holding_ = false;
  Task held_;
  std::uint64_t fails_after_ = ~0ULL;
};

// Gives back what it takes, a piece at a time: what has not been given back yet is not taken more of.
class Echo final : public BodySink {
 public:
  // Lets go of what is held when it is dropped.
  class Source final : public BodySource {
   public:
    explicit Source(std::shared_ptr<Echo> echo) : echo_(std::move(echo)) {}
    ~Source() override { echo_->abandon(); }
    [[nodiscard]] std::uint64_t bytes() const override { return kUntilItEnds; }
    void next(std::span<char> room, Done done) override { echo_->next(room, std::move(done)); }

   private:
    std::shared_ptr<Echo> echo_;
  };

  void take(View piece, BodySink::Done done) override {
    const std::lock_guard lock(mutex_);
    piece_ = piece;
    taken_ = std::move(done);
    give();
  }
  void next(std::span<char> room, BodySource::Done done) {
    const std::lock_guard lock(mutex_);
    room_ = room;
    wanted_ = std::move(done);
    give();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    give();
  }
  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    wanted_ = nullptr;
    give();
  }

 private:
  void give() {
    if (abandoned_ && taken_) return std::exchange(taken_, nullptr)({});
    if (!wanted_ || (piece_.empty() && !ended_)) return;
    const std::size_t size = std::min(piece_.size(), room_.size());
    if (size > 0) std::memcpy(room_.data(), piece_.data(), size);
    piece_.remove_prefix(size);
    std::exchange(wanted_, nullptr)(size);
    if (piece_.empty() && taken_) std::exchange(taken_, nullptr)({});
  }

  std::mutex mutex_;
  View piece_;
  std::span<char> room_;
  BodySink::Done taken_;
  BodySource::Done wanted_;
  bool ended_ = false;
  bool abandoned_ = false;
};

}  // namespace corridor::net
