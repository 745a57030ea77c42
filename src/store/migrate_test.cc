// SPDX-License-Identifier: Apache-2.0
#include "store/contract/fixtures.h"

namespace corridor::store {

namespace {

constexpr TableId kMeta = 0;
constexpr TableId kRows = 5;
constexpr std::string_view kKey = "version";

Result<std::vector<Write>> first(const View&) {
  return std::vector<Write>{{kRows, "a", "1"}, {kRows, "b", "2"}};
}
Result<std::vector<Write>> double_all(const View& before) {
  TRY_ASSIGN(const auto rows, before.scan(kRows, "", "", 100));
  std::vector<Write> writes;
  for (const Row& row : rows) writes.push_back({kRows, row.key, row.value + row.value});
  return writes;
}
Result<std::vector<Write>> nothing(const View&) { return std::vector<Write>{}; }
Result<std::vector<Write>> broken(const View&) {
  return fail(Code::corrupt, "row a is unreadable", "do something");
}

constexpr Migration kFirst{"the first rows", first};
constexpr Migration kDouble{"twice as much", double_all};
constexpr Migration kNothing{"nothing at all", nothing};
constexpr Migration kBroken{"what cannot work", broken};

// Remembers whether and from which version a backup was asked for.
struct Backups {
  std::vector<std::uint64_t> versions;
  Result<> result;
  BeforeFirst before_first() {
    return [this](std::uint64_t version) {
      versions.push_back(version);
      return result;
    };
  }
};

std::string version_of(const Store& store) {
  return must(store.latest().get(kMeta, kKey)).value_or("none");
}

}  // namespace

#define MIGRATE_TEST(name) TEST_CASE_TEMPLATE(name, Kind, MemoryKind, SqliteKind)

MIGRATE_TEST("a new store gets all steps, one commit each, and no backup") {
  const Kind kind;
  Backups backups;
  const std::vector<Migration> steps{kFirst, kDouble, kNothing};
  must(migrate(*kind.store, kMeta, kKey, steps, backups.before_first()));
  CHECK(version_of(*kind.store) == "3");
  CHECK(must(kind.store->latest().get(kRows, "b")) == "22");
  CHECK(kind.store->commit_count() == 3);
  CHECK(backups.versions.empty());
}

MIGRATE_TEST("a store of now is left alone") {
  const Kind kind;
  Backups backups;
  const std::vector<Migration> steps{kFirst, kDouble};
  must(migrate(*kind.store, kMeta, kKey, steps, backups.before_first()));
  must(migrate(*kind.store, kMeta, kKey, steps, backups.before_first()));
  CHECK(kind.store->commit_count() == 2);
  CHECK(must(kind.store->latest().get(kRows, "a")) == "11");
  CHECK(backups.versions.empty());
}

MIGRATE_TEST("an older store is backed up once and gets the steps it lacks") {
  const Kind kind;
  Backups backups;
  must(migrate(*kind.store, kMeta, kKey, std::vector<Migration>{kFirst}, backups.before_first()));
  const std::vector<Migration> steps{kFirst, kDouble, kDouble};
  must(migrate(*kind.store, kMeta, kKey, steps, backups.before_first()));
  CHECK(backups.versions == std::vector<std::uint64_t>{1});
  CHECK(version_of(*kind.store) == "3");
  CHECK(must(kind.store->latest().get(kRows, "a")) == "1111");
}

MIGRATE_TEST("without a backup nothing is changed") {
  const Kind kind;
  Backups backups;
  must(migrate(*kind.store, kMeta, kKey, std::vector<Migration>{kFirst}, backups.before_first()));
  backups.result = fail(Code::unavailable, "the disk is full");
  const std::vector<Migration> steps{kFirst, kDouble};
  CHECK(outcome(migrate(*kind.store, kMeta, kKey, steps, backups.before_first())) == "unavailable");
  CHECK(version_of(*kind.store) == "1");
  CHECK(must(kind.store->latest().get(kRows, "a")) == "1");
}

MIGRATE_TEST("a step that fails leaves the version before it, and can be tried again") {
  const Kind kind;
  const std::vector<Migration> with_broken{kFirst, kDouble, kBroken, kDouble};
  const auto failed = migrate(*kind.store, kMeta, kKey, with_broken, {});
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().code == Code::corrupt);
  CHECK(failed.error().why == "migration to version 3 (what cannot work): row a is unreadable");
  CHECK(version_of(*kind.store) == "2");
  const std::vector<Migration> repaired{kFirst, kDouble, kNothing, kDouble};
  must(migrate(*kind.store, kMeta, kKey, repaired, {}));
  CHECK(version_of(*kind.store) == "4");
  CHECK(must(kind.store->latest().get(kRows, "a")) == "1111");
}

MIGRATE_TEST("a newer store is refused, with the way back") {
  const Kind kind;
  Backups backups;
  must(commit(*kind.store, {{kMeta, Bytes(kKey), "3"}}));
  const std::vector<Migration> steps{kFirst, kDouble};
  const auto refused = migrate(*kind.store, kMeta, kKey, steps, backups.before_first());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Code::conflict);
  CHECK(refused.error().todo.contains("corridor restore"));
  CHECK(backups.versions.empty());
  CHECK(version_of(*kind.store) == "3");
}

MIGRATE_TEST("a version that is not a number is corrupt") {
  for (const char* text : {"", "0", "-1", "01", "1x", " 1", "99999999999999999999999"}) {
    CAPTURE(text);
    const Kind kind;
    must(commit(*kind.store, {{kMeta, Bytes(kKey), text}}));
    CHECK(outcome(migrate(*kind.store, kMeta, kKey, std::vector<Migration>{kFirst}, {})) ==
          "corrupt");
  }
}

MIGRATE_TEST("no steps and a new store are fine") {
  const Kind kind;
  must(migrate(*kind.store, kMeta, kKey, {}, {}));
  CHECK(version_of(*kind.store) == "none");
}

}  // namespace corridor::store
