// SPDX-License-Identifier: Apache-2.0
//
// Durable rows. A store is an ordered map (table, key) -> value with three operations: commit a
// batch of writes atomically and durably, read a row, scan a range. What the tables are, who may
// write and what a value means is not known here (engine/tables.cc): mechanism only.
//
// Invariants: `commit` returns after the batch is on stable storage, or with an error and without
// any effect. One thread commits (the clerk); any thread may hold a View, which never changes.
// An I/O error in commit is final for the process: fsync is not retried.
//
//   TRY(store.commit({{kPeer, key, value}, {kOutbox, old_key, std::nullopt}}));
//   TRY_ASSIGN(auto view, store.snapshot());
//   TRY_ASSIGN(auto row, view->get(kPeer, key));
#pragma once

#include <cstdint>
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

// A consistent state of the store at one moment.
class View {
 public:
  virtual ~View() = default;
  virtual Result<std::optional<Bytes>> get(TableId table, corridor::View key) const = 0;
  // Rows whose key starts with `prefix` and is greater than `after`, in key order, at most `limit`.
  virtual Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                        std::size_t limit) const = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  // Applies the writes in order; the last of several on one key wins.
  virtual Result<> commit(std::span<const Write> writes) = 0;
  virtual Result<std::unique_ptr<View>> snapshot() const = 0;
  // What the committing thread reads with: always the latest commit; valid on that thread only.
  virtual const View& latest() const = 0;
  // Durable commits since this process opened the store.
  virtual std::uint64_t commit_count() const = 0;
};

// What brings a store forward: steps[i] takes version i to i + 1 (0 is a store without any rows).
// A step reads the store as it is and returns what to write.
struct Migration {
  std::string_view what;
  Result<std::vector<Write>> (*step)(const View& before) = nullptr;
};

// Brings the rows to version `migrations.size()`, one commit a step; the version is a row of
// (`table`, `key`) as decimal text. `before_first` runs once before anything is changed in a store
// that has rows already (a backup). A newer store than this binary knows: `conflict`.
Result<> migrate(Store& store, TableId table, corridor::View key,
                 std::span<const Migration> migrations, Result<> (*before_first)(void* user),
                 void* user);

}  // namespace corridor::store
