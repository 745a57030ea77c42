// SPDX-License-Identifier: Apache-2.0
//
// The store of tests and of the simulator. A table is an immutable map while a view holds it and is
// changed in place otherwise: the next commit that touches a held table copies it first. Views come
// and go under the mutex, so that "nobody holds it" is a fact and not a guess.
#include <atomic>
#include <map>
#include <mutex>

#include "store/open.h"

namespace corridor::store {

namespace {

using Value = std::shared_ptr<const Bytes>;  // copying a held table copies no values
using Table = std::map<Bytes, Value, std::less<>>;
using Tables = std::map<TableId, std::shared_ptr<Table>>;

struct State {
  std::mutex mutex;
  Tables tables;  // changed by the committing thread only, under the mutex
};

const Table* find_table(const Tables& tables, TableId table) {
  const auto found = tables.find(table);
  return found == tables.end() ? nullptr : found->second.get();
}

std::optional<Bytes> get_row(const Tables& tables, TableId table, corridor::View key) {
  const Table* rows = find_table(tables, table);
  if (rows == nullptr) return std::nullopt;
  const auto found = rows->find(key);
  if (found == rows->end()) return std::nullopt;
  return *found->second;
}

std::vector<Row> scan_rows(const Table& rows, corridor::View prefix, corridor::View after,
                           std::size_t limit) {
  std::vector<Row> found;
  auto at = after < prefix ? rows.lower_bound(prefix) : rows.upper_bound(after);
  for (; at != rows.end() && found.size() < limit && at->first.starts_with(prefix); ++at)
    found.push_back({at->first, *at->second});
  return found;
}

// The empty key is found by `get` alone, in either direction.
std::vector<Row> scan_rows_back(const Table& rows, corridor::View prefix, corridor::View before,
                                std::size_t limit) {
  std::vector<Row> found;
  auto at = before.empty() ? rows.end() : rows.lower_bound(before);
  while (at != rows.begin() && found.size() < limit) {
    --at;
    if (at->first.empty() || at->first < prefix) break;
    if (at->first.starts_with(prefix)) found.push_back({at->first, *at->second});
  }
  return found;
}

class MemoryView final : public View {
 public:
  explicit MemoryView(std::shared_ptr<State> state) : state_(std::move(state)) {
    const std::lock_guard lock(state_->mutex);
    tables_ = state_->tables;
  }
  ~MemoryView() override {
    const std::lock_guard lock(state_->mutex);
    tables_.clear();
  }
  MemoryView(const MemoryView&) = delete;
  MemoryView& operator=(const MemoryView&) = delete;

  Result<std::optional<Bytes>> get(TableId table, corridor::View key) const override {
    return get_row(tables_, table, key);
  }
  Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                std::size_t limit) const override {
    const Table* rows = find_table(tables_, table);
    return rows == nullptr ? std::vector<Row>{} : scan_rows(*rows, prefix, after, limit);
  }
  Result<std::vector<Row>> scan_back(TableId table, corridor::View prefix, corridor::View before,
                                     std::size_t limit) const override {
    const Table* rows = find_table(tables_, table);
    return rows == nullptr ? std::vector<Row>{} : scan_rows_back(*rows, prefix, before, limit);
  }

 private:
  std::shared_ptr<State> state_;
  Tables tables_;
};

class MemoryLatest final : public View {
 public:
  explicit MemoryLatest(const State& state) : state_(state) {}

  Result<std::optional<Bytes>> get(TableId table, corridor::View key) const override {
    return get_row(state_.tables, table, key);
  }
  Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                std::size_t limit) const override {
    const Table* rows = find_table(state_.tables, table);
    return rows == nullptr ? std::vector<Row>{} : scan_rows(*rows, prefix, after, limit);
  }
  Result<std::vector<Row>> scan_back(TableId table, corridor::View prefix, corridor::View before,
                                     std::size_t limit) const override {
    const Table* rows = find_table(state_.tables, table);
    return rows == nullptr ? std::vector<Row>{} : scan_rows_back(*rows, prefix, before, limit);
  }

 private:
  const State& state_;
};

class MemoryStore final : public Store {
 public:
  Result<> commit(std::span<const Write> writes) override {
    if (writes.empty()) return {};
    const std::lock_guard lock(state_->mutex);
    for (const Write& write : writes) apply(write);
    ++commits_;
    return {};
  }
  Result<std::unique_ptr<View>> snapshot() const override {
    return std::make_unique<MemoryView>(state_);
  }
  const View& latest() const override { return latest_; }
  std::uint64_t commit_count() const override { return commits_; }

 private:
  void apply(const Write& write) {
    std::shared_ptr<Table>& table = state_->tables[write.table];
    if (!table) table = std::make_shared<Table>();
    if (table.use_count() > 1) table = std::make_shared<Table>(*table);
    if (write.value) {
      (*table)[write.key] = std::make_shared<const Bytes>(*write.value);
    } else {
      table->erase(write.key);
    }
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
  MemoryLatest latest_{*state_};
  std::atomic<std::uint64_t> commits_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace corridor::store
