// SPDX-License-Identifier: Apache-2.0
//
// Moves the write-ahead log into the database file, on a thread of its own, so that the committing
// thread does not stall for it. Most is copied while commits go on; the few pages that came in the
// meantime are copied between two commits, after which SQLite begins the log anew. Without that
// last part a busy log would never end.
//
// Also where it is kept that the store is broken for good: after a failed fsync neither a commit
// nor a checkpoint may be tried again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "store/sqlite/connection.h"

namespace corridor::store {

class Checkpointer {
 public:
  explicit Checkpointer(std::unique_ptr<SqliteConnection> connection);
  ~Checkpointer();  // copies all that is left
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Held by the committing thread during a commit. The error is the one the store broke with.
  Result<std::unique_lock<std::mutex>> take_turn();
  // Both with the turn held.
  void committed(int wal_pages);
  void broke(Error error);

 private:
  void run();
  Result<WalPages> copy_most();

  std::unique_ptr<SqliteConnection> connection_;  // of the thread
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable turn_over_;
  std::optional<Error> broken_;
  bool stopping_ = false;
  std::atomic<bool> wants_turn_ = false;
  std::atomic<int> wal_pages_ = 0;
  int wake_at_pages_;
  std::thread thread_;
};

}  // namespace corridor::store
