// SPDX-License-Identifier: Apache-2.0
//
// What every Store promises, run over each of them.
#include "store/contract/fixtures.h"

#include <atomic>
#include <random>
#include <thread>

namespace corridor::store {

namespace {

constexpr TableId kFirst = 1;
constexpr TableId kSecond = 2;
constexpr std::size_t kAll = 1000;

const Bytes kNul("\0", 1);

}  // namespace

#define STORE_TEST(name) TEST_CASE_TEMPLATE(name, Kind, MemoryKind, SqliteKind)

STORE_TEST("a new store has no rows and no commits") {
  const Kind kind;
  CHECK(kind.store->commit_count() == 0);
  CHECK_FALSE(must(kind.store->latest().get(kFirst, "a")).has_value());
  CHECK(must(kind.store->latest().scan(kFirst, "", "", kAll)).empty());
  const auto view = must(kind.store->snapshot());
  CHECK(must(view->scan(kFirst, "", "", kAll)).empty());
}

STORE_TEST("a commit is seen by the committing thread and by new views") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", "one"}, {kSecond, "a", "two"}}));
  CHECK(must(kind.store->latest().get(kFirst, "a")) == "one");
  CHECK(must(kind.store->latest().get(kSecond, "a")) == "two");
  const auto view = must(kind.store->snapshot());
  CHECK(must(view->get(kFirst, "a")) == "one");
  CHECK(kind.store->commit_count() == 1);
}

STORE_TEST("an empty batch is no commit") {
  const Kind kind;
  must(kind.store->commit({}));
  CHECK(kind.store->commit_count() == 0);
}

STORE_TEST("writes apply in order and the last on one key wins") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", "1"},
                            {kFirst, "b", "1"},
                            {kFirst, "a", "2"},
                            {kFirst, "b", std::nullopt},
                            {kFirst, "c", std::nullopt},
                            {kFirst, "c", "3"}}));
  CHECK(must(kind.store->latest().get(kFirst, "a")) == "2");
  CHECK_FALSE(must(kind.store->latest().get(kFirst, "b")).has_value());
  CHECK(must(kind.store->latest().get(kFirst, "c")) == "3");
}

STORE_TEST("deleting removes a row, and what is not there may be deleted") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", "1"}, {kSecond, "a", "1"}}));
  must(commit(*kind.store, {{kFirst, "a", std::nullopt}, {kFirst, "never", std::nullopt}}));
  CHECK_FALSE(must(kind.store->latest().get(kFirst, "a")).has_value());
  CHECK(must(kind.store->latest().get(kSecond, "a")) == "1");
}

STORE_TEST("an empty value is a value") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", ""}, {kFirst, "b", Bytes()}}));
  const auto value = must(kind.store->latest().get(kFirst, "a"));
  REQUIRE(value.has_value());
  CHECK(value->empty());
  CHECK(must(kind.store->latest().scan(kFirst, "", "", kAll)).size() == 2);
}

STORE_TEST("the empty key is a key, which get finds and scan passes by") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "", "empty"}, {kFirst, kNul, "nul"}, {kFirst, "a", "a"}}));
  CHECK(must(kind.store->latest().get(kFirst, "")) == "empty");
  CHECK(must(kind.store->latest().get(kFirst, corridor::View())) == "empty");
  CHECK(keys_of(must(kind.store->latest().scan(kFirst, "", "", kAll))) == kNul + " a");
  must(commit(*kind.store, {{kFirst, "", std::nullopt}}));
  CHECK_FALSE(must(kind.store->latest().get(kFirst, "")).has_value());
}

STORE_TEST("keys are bytes in unsigned order") {
  const Kind kind;
  const std::vector<Bytes> keys{kNul,   kNul + kNul, "A",    "A" + kNul,    "AB",      "a", "\x7f",
                                "\x80", "\xc3\xa9",  "\xff", "\xff" + kNul, "\xff\xff"};
  std::vector<Write> writes;
  for (auto at = keys.rbegin(); at != keys.rend(); ++at) writes.push_back({kFirst, *at, *at});
  must(kind.store->commit(writes));
  const auto rows = must(kind.store->latest().scan(kFirst, "", "", kAll));
  REQUIRE(rows.size() == keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CHECK(rows[i].key == keys[i]);
    CHECK(rows[i].value == keys[i]);
    CHECK(must(kind.store->latest().get(kFirst, keys[i])) == keys[i]);
  }
}

STORE_TEST("a scan stays within its table and its prefix") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", ""},
                            {kFirst, "ab", ""},
                            {kFirst, "ab1", ""},
                            {kFirst, "ab2", ""},
                            {kFirst, "ac", ""},
                            {kFirst, "b", ""},
                            {kSecond, "ab9", ""},
                            {0, "ab0", ""},
                            {65535, "ab8", ""}}));
  const View& view = kind.store->latest();
  CHECK(keys_of(must(view.scan(kFirst, "", "", kAll))) == "a ab ab1 ab2 ac b");
  CHECK(keys_of(must(view.scan(kFirst, "ab", "", kAll))) == "ab ab1 ab2");
  CHECK(keys_of(must(view.scan(kFirst, "abc", "", kAll))).empty());
  CHECK(keys_of(must(view.scan(kFirst, "z", "", kAll))).empty());
  CHECK(keys_of(must(view.scan(0, "ab", "", kAll))) == "ab0");
  CHECK(keys_of(must(view.scan(65535, "", "", kAll))) == "ab8");
  CHECK(keys_of(must(view.scan(3, "", "", kAll))).empty());
}

STORE_TEST("a prefix that ends in 0xff has its rows too") {
  const Kind kind;
  const Bytes last = "\xff\xff";
  must(commit(*kind.store, {{kFirst, "a\xfe", ""},
                            {kFirst, "a\xff", ""},
                            {kFirst, "a\xff\xff", ""},
                            {kFirst, "b", ""},
                            {kFirst, last, ""},
                            {kFirst, last + "1", ""},
                            {kSecond, last, ""}}));
  const View& view = kind.store->latest();
  CHECK(keys_of(must(view.scan(kFirst, "a\xff", "", kAll))) == "a\xff a\xff\xff");
  CHECK(keys_of(must(view.scan(kFirst, "a\xff\xff", "", kAll))) == "a\xff\xff");
  CHECK(keys_of(must(view.scan(kFirst, last, "", kAll))) == last + " " + last + "1");
}

STORE_TEST("a scan goes on after a key") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "p1", ""},
                            {kFirst, "p2", ""},
                            {kFirst, "p2" + kNul, ""},
                            {kFirst, "p3", ""},
                            {kFirst, "q1", ""}}));
  const View& view = kind.store->latest();
  CHECK(keys_of(must(view.scan(kFirst, "p", "p1", kAll))) == "p2 p2" + kNul + " p3");
  CHECK(keys_of(must(view.scan(kFirst, "p", "p2", kAll))) == "p2" + kNul + " p3");
  CHECK(keys_of(must(view.scan(kFirst, "p", "p22", kAll))) == "p3");
  CHECK(keys_of(must(view.scan(kFirst, "p", "a", kAll))) == "p1 p2 p2" + kNul + " p3");
  CHECK(keys_of(must(view.scan(kFirst, "p2", "p2", kAll))) == "p2" + kNul);
  CHECK(keys_of(must(view.scan(kFirst, "p", "p3", kAll))).empty());
  CHECK(keys_of(must(view.scan(kFirst, "p", "q", kAll))).empty());
}

STORE_TEST("a scan gives at most the limit") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", ""}, {kFirst, "b", ""}, {kFirst, "c", ""}}));
  const View& view = kind.store->latest();
  CHECK(must(view.scan(kFirst, "", "", 0)).empty());
  CHECK(keys_of(must(view.scan(kFirst, "", "", 1))) == "a");
  CHECK(keys_of(must(view.scan(kFirst, "", "a", 1))) == "b");
  CHECK(keys_of(must(view.scan(kFirst, "", "", 3))) == "a b c");
  CHECK(keys_of(must(view.scan(kFirst, "", "", SIZE_MAX))) == "a b c");
}

STORE_TEST("values of many megabytes come back as they were") {
  const Kind kind;
  Bytes big(10 * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 2654435761U >> 13);
  must(commit(*kind.store, {{kFirst, "big", big}, {kFirst, "small", "s"}}));
  CHECK(must(kind.store->latest().get(kFirst, "big")) == big);
  const auto view = must(kind.store->snapshot());
  CHECK(must(view->get(kFirst, "big")) == big);
  must(commit(*kind.store, {{kFirst, "big", "now small"}}));
  CHECK(must(kind.store->latest().get(kFirst, "big")) == "now small");
}

STORE_TEST("a view never changes") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", "old"}, {kFirst, "b", "old"}}));
  const auto before = must(kind.store->snapshot());
  must(commit(*kind.store,
              {{kFirst, "a", "new"}, {kFirst, "b", std::nullopt}, {kFirst, "c", "new"}}));
  const auto after = must(kind.store->snapshot());
  must(commit(*kind.store, {{kSecond, "a", "newer"}}));
  CHECK(must(before->get(kFirst, "a")) == "old");
  CHECK(keys_of(must(before->scan(kFirst, "", "", kAll))) == "a b");
  CHECK(must(after->get(kFirst, "a")) == "new");
  CHECK(keys_of(must(after->scan(kFirst, "", "", kAll))) == "a c");
  CHECK(must(after->scan(kSecond, "", "", kAll)).empty());
  CHECK(must(kind.store->latest().get(kSecond, "a")) == "newer");
}

STORE_TEST("a view taken before anything was read is of the moment it was taken") {
  const Kind kind;
  const auto before = must(kind.store->snapshot());
  must(commit(*kind.store, {{kFirst, "a", "1"}}));
  CHECK_FALSE(must(before->get(kFirst, "a")).has_value());
}

STORE_TEST("views that are let go make room for others") {
  const Kind kind;
  must(commit(*kind.store, {{kFirst, "a", "1"}}));
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<View>> views;
    for (int i = 0; i < 20; ++i) views.push_back(must(kind.store->snapshot()));
    for (const auto& view : views) CHECK(must(view->get(kFirst, "a")) == "1");
  }
}

// Each commit moves one unit between accounts: a view that saw half of one would not add up.
STORE_TEST("views on many threads see whole commits while they happen") {
  const Kind kind;
  constexpr int kAccounts = 16;
  constexpr std::int64_t kTotal = 1600;
  std::vector<std::int64_t> balances(kAccounts, kTotal / kAccounts);
  std::vector<Write> opening;
  for (int i = 0; i < kAccounts; ++i)
    opening.push_back({kFirst, Bytes(1, static_cast<char>('a' + i)),
                       std::to_string(balances[static_cast<std::size_t>(i)])});
  must(kind.store->commit(opening));

  std::atomic<bool> done = false;
  std::atomic<int> views_read = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] {
      while (!done || views_read < 8) {
        const auto view = kind.store->snapshot();
        if (!view) return void(++wrong);
        const auto rows = (*view)->scan(kFirst, "", "", kAll);
        if (!rows) return void(++wrong);
        std::int64_t sum = 0;
        for (const Row& row : *rows) sum += std::stoll(row.value);
        wrong += sum != kTotal;
        ++views_read;
      }
    });
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    const std::size_t from = random() % kAccounts;
    const std::size_t to = random() % kAccounts;
    --balances[from];
    ++balances[to];
    must(commit(*kind.store,
                {{kFirst, Bytes(1, static_cast<char>('a' + from)), std::to_string(balances[from])},
                 {kFirst, Bytes(1, static_cast<char>('a' + to)), std::to_string(balances[to])}}));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(views_read >= 8);
  CHECK(kind.store->commit_count() == 301);
}

// Random batches against a plain map, read back by get and by paged scans.
STORE_TEST("a store is an ordered map") {
  const Kind kind;
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::map<Bytes, Bytes> model;
  const auto random_key = [&] {
    Bytes key(1 + random() % 3, '\0');
    for (char& c : key) c = "\x00\x01z\x7f\x80\xfe\xff"[random() % 7];
    return key;
  };
  for (int batch = 0; batch < 60; ++batch) {
    std::vector<Write> writes;
    for (auto i = random() % 12; i > 0; --i) {
      Write write{kFirst, random_key(), std::nullopt};
      if (random() % 3 != 0) write.value = std::to_string(random());
      if (write.value) model[write.key] = *write.value;
      if (!write.value) model.erase(write.key);
      writes.push_back(std::move(write));
    }
    must(kind.store->commit(writes));
    const Bytes prefix = random() % 2 == 0 ? Bytes() : random_key();
    std::vector<Row> expected;
    for (const auto& [key, value] : model)
      if (key.starts_with(prefix)) expected.push_back({key, value});
    std::vector<Row> found;
    for (Bytes after;;) {
      const auto page = must(kind.store->latest().scan(kFirst, prefix, after, 3));
      found.insert(found.end(), page.begin(), page.end());
      if (page.size() < 3) break;
      after = page.back().key;
    }
    std::vector<Row> back;
    for (Bytes before;;) {
      const auto page = must(kind.store->latest().scan_back(kFirst, prefix, before, 3));
      back.insert(back.end(), page.begin(), page.end());
      if (page.size() < 3) break;
      before = page.back().key;
    }
    REQUIRE(back.size() == found.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK(back[back.size() - 1 - i].key == found[i].key);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].key == expected[i].key);
      CHECK(found[i].value == expected[i].value);
    }
  }
}

}  // namespace corridor::store
