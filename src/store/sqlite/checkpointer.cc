// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/checkpointer.h"

namespace corridor::store {

namespace {

// In pages of 4 KiB. Begin at 16 MiB; let the committing thread wait for at most 1 MiB of copying,
// unless the log has grown beyond 256 MiB because commits come faster than pages can be copied.
constexpr int kWakePages = 4'096;
constexpr int kLastPagesMax = 256;
constexpr int kWalPagesMax = 65'536;
constexpr int kRoundsMax = 4;

bool is_worth_a_turn(int written, int copied) {
  return written - copied <= kLastPagesMax || written > kWalPagesMax;
}

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<SqliteConnection> connection)
    : connection_(std::move(connection)), wake_at_pages_(kWakePages) {
  thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  // What is not copied now is read from the log at the next start.
  if (!broken_) (void)connection_->checkpoint(SqliteConnection::Checkpoint::truncate);
}

Result<std::unique_lock<std::mutex>> Checkpointer::take_turn() {
  std::unique_lock lock(mutex_);
  turn_over_.wait(lock, [&] { return !wants_turn_; });
  if (broken_) return std::unexpected(*broken_);
  return lock;
}

void Checkpointer::committed(int wal_pages) {
  if (wal_pages < wal_pages_) wake_at_pages_ = kWakePages;  // the log began anew
  wal_pages_ = wal_pages;
  if (wal_pages >= wake_at_pages_) wake_.notify_one();
}

void Checkpointer::broke(Error error) {
  if (!broken_) broken_ = std::move(error);
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || (wal_pages_ >= wake_at_pages_ && !broken_); });
    if (stopping_) return;
    lock.unlock();
    Result<WalPages> pages = copy_most();
    wants_turn_ = true;
    lock.lock();
    if (pages && !broken_ && is_worth_a_turn(wal_pages_, pages->copied))
      pages = connection_->checkpoint(SqliteConnection::Checkpoint::passive);
    if (!pages && connection_->failed_for_good()) broke(std::move(pages).error());
    wake_at_pages_ = wal_pages_ + kWakePages;
    wants_turn_ = false;
    turn_over_.notify_one();
  }
}

// Each round copies what was written during the round before it: soon little is left, unless a view
// holds on to an old state.
Result<WalPages> Checkpointer::copy_most() {
  WalPages last;
  for (int round = 0; round < kRoundsMax; ++round) {
    TRY_ASSIGN(const WalPages pages,
               connection_->checkpoint(SqliteConnection::Checkpoint::passive));
    const bool stuck = pages.copied == last.copied;
    last = pages;
    if (stuck || wal_pages_ - pages.copied <= kLastPagesMax) break;
  }
  return last;
}

}  // namespace corridor::store
