// SPDX-License-Identifier: Apache-2.0
//
// Durable rows. A store is an ordered map (table, key) -> value with three operations: commit a
// batch of writes atomically and durably, read a row, scan a range. What the tables are, who may
// write and what a value means is not known here (engine/tables.cc): mechanism only.
//
// Invariants: `commit` returns after the batch is on stable storage, or with an error and without
// any effect. One thread commits (the clerk); any thread may take a View, which never changes and
// is used by one thread at a time. Views are short: an old one keeps the store from reusing space,
// and none may outlive its store. An I/O error in commit is final for the process: fsync is not
// retried, every later commit fails too, and whether that one batch is there is known when the
// store is opened again. A full disk is not final: the batch had no effect, and commits work again
// once there is space.
//
//   TRY(store.commit(std::vector<Write>{{kPeer, key, value}, {kOutbox, old_key, std::nullopt}}));
//   TRY_ASSIGN(auto view, store.snapshot());
//   TRY_ASSIGN(auto row, view->get(kPeer, key));
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::store {

using TableId = std::uint16_t;

struct Write {
  TableId table = 0;
  Bytes key;
  std::optional<Bytes> value;  // nullopt deletes; deleting what is not there is fine
};

struct Row {
  Bytes key;
  Bytes value;
};

// A consistent state of the store at one moment. Errors: `corrupt`, `unavailable`.
class View {
 public:
  virtual ~View() = default;
  virtual Result<std::optional<Bytes>> get(TableId table, corridor::View key) const = 0;
  // Rows whose key starts with `prefix` and is greater than `after`, in key order (bytes compared
  // as unsigned), at most `limit`. No key is less than the empty one: a row of it is found by
  // `get`.
  virtual Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                        std::size_t limit) const = 0;
  // The same backwards: rows less than `before`, greatest first. Empty `before`: from the end.
  virtual Result<std::vector<Row>> scan_back(TableId table, corridor::View prefix,
                                             corridor::View before, std::size_t limit) const = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  // Applies the writes in order; the last of several on one key wins. No writes: nothing happens.
  // Errors: `unavailable` (disk full, I/O), `corrupt`, `too_large` (a value near 1 GB).
  virtual Result<> commit(std::span<const Write> writes) = 0;
  // `busy` when more views are held than limits allow.
  virtual Result<std::unique_ptr<View>> snapshot() const = 0;
  // What the committing thread reads with: always the latest commit; valid on that thread only.
  virtual const View& latest() const = 0;
  // Durable commits since this process opened the store. Any thread.
  virtual std::uint64_t commit_count() const = 0;
};

// What brings a store forward: steps[i] takes version i to i + 1 (0 is a store without any rows).
// A step reads the store as it is and returns what to write.
struct Migration {
  std::string_view what;
  Result<std::vector<Write>> (*step)(const View& before) = nullptr;
};

// Runs once, before anything is changed in a store that has rows already, with the version these
// rows have: makes a backup. Its error stops the migration.
using BeforeFirst = std::function<Result<>(std::uint64_t version)>;

// Brings the rows to version `migrations.size()`, one commit a step; the version is a row of
// (`table`, `key`) as decimal text. To be called by the committing thread. A store newer than this
// binary: `conflict`; a version row that is no number: `corrupt`.
Result<> migrate(Store& store, TableId table, corridor::View key,
                 std::span<const Migration> migrations, const BeforeFirst& before_first);

}  // namespace corridor::store
