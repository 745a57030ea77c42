// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "store/store.h"

namespace corridor::store {

namespace {

Result<std::uint64_t> read_version(const Store& store, TableId table, corridor::View key) {
  TRY_ASSIGN(const std::optional<Bytes> row, store.latest().get(table, key));
  if (!row) return 0;
  std::uint64_t version = 0;
  const char* end = row->data() + row->size();
  const auto [rest, error] = std::from_chars(row->data(), end, version);
  if (error != std::errc{} || rest != end || version == 0 || row->front() == '0')
    return fail(Code::corrupt, "the version of the store is not a number",
                "restore the last backup with `corridor restore`");
  return version;
}

Result<> run_step(Store& store, const Migration& migration, Write version_row) {
  TRY_ASSIGN(std::vector<Write> writes, migration.step(store.latest()));
  writes.push_back(std::move(version_row));
  return store.commit(writes);
}

}  // namespace

Result<> migrate(Store& store, TableId table, corridor::View key,
                 std::span<const Migration> migrations, const BeforeFirst& before_first) {
  TRY_ASSIGN(const std::uint64_t version, read_version(store, table, key));
  if (version > migrations.size())
    return fail(Code::conflict,
                "the store has version " + std::to_string(version) +
                    ", this program knows versions up to " + std::to_string(migrations.size()),
                "run the newer program again, or go back to the backup that was made before the "
                "upgrade with `corridor restore`");
  if (version == migrations.size()) return {};
  if (version > 0 && before_first) TRY(before_first(version));
  for (std::size_t i = version; i < migrations.size(); ++i) {
    auto done = run_step(store, migrations[i], Write{table, Bytes(key), std::to_string(i + 1)});
    if (!done)
      return in_context("migration to version " + std::to_string(i + 1) + " (" +
                            std::string(migrations[i].what) + ")",
                        std::move(done).error());
  }
  return {};
}

}  // namespace corridor::store
