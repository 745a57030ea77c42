// SPDX-License-Identifier: Apache-2.0
//
// What is true of the SQLite store beyond the contract: files, what is refused, damage, the log.
#include "store/contract/fixtures.h"

#include <fstream>
#include <random>
#include <thread>

namespace corridor::store {

namespace {

Bytes slurp(const std::string& path, std::size_t most = SIZE_MAX) {
  std::ifstream file(path, std::ios::binary);
  if (most == SIZE_MAX)
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Bytes bytes(most, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(most));
  return bytes;
}

void spill(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Enough rows for a tree of many pages.
std::vector<Write> many_rows() {
  std::vector<Write> writes;
  for (int i = 0; i < 500; ++i)
    writes.push_back({kTable, "key " + std::to_string(i * 7919 % 500), Bytes(100, 'v')});
  return writes;
}

void set_header_number(const std::string& path, std::streamoff at, std::uint32_t number) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(at);
  for (int shift = 24; shift >= 0; shift -= 8) file.put(static_cast<char>(number >> shift));
}

}  // namespace

TEST_CASE("rows are there when the store is opened again") {
  const TempFolder folder;
  for (int i = 1; i <= 3; ++i) {
    const auto store = must(open_sqlite_store(folder / "node.db"));
    CHECK(whole_batches(*store) == i - 1);
    CHECK(store->commit_count() == 0);
    must(store->commit(numbered_batch(i)));
    CHECK(store->commit_count() == 1);
  }
}

TEST_CASE("a closed store needs no log") {
  const TempFolder folder;
  must(must(open_sqlite_store(folder / "node.db"))->commit(numbered_batch(1)));
  CHECK(std::filesystem::exists(folder / "node.db"));
  CHECK(slurp(folder / "node.db-wal").empty());
}

TEST_CASE("a file that is not SQLite is refused and left alone") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  for (const Bytes& content : {Bytes("xy"), Bytes("not a database"), Bytes(10'000, 'z'),
                               "SQLite format 3" + Bytes(4096, '\1')}) {
    spill(path, content);
    CHECK(outcome(open_sqlite_store(path)) == "corrupt");
    CHECK(outcome(check_sqlite_store(path)) == "corrupt");
    CHECK(slurp(path) == content);
  }
}

TEST_CASE("an empty file becomes a store: its creation was interrupted") {
  const TempFolder folder;
  spill(folder / "node.db", "");
  const auto store = must(open_sqlite_store(folder / "node.db"));
  must(store->commit(numbered_batch(1)));
}

TEST_CASE("a database of another program, or of a newer Corridor, is refused") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  must(must(open_sqlite_store(path))->commit(numbered_batch(1)));
  const Bytes ours = slurp(path);

  set_header_number(path, 68, 7);  // application id
  CHECK(outcome(open_sqlite_store(path)) == "corrupt");
  set_header_number(path, 68, 0);
  CHECK(outcome(open_sqlite_store(path)) == "corrupt");
  spill(path, ours);
  set_header_number(path, 60, 2);  // user version
  const auto newer = open_sqlite_store(path);
  REQUIRE_FALSE(newer.has_value());
  CHECK(newer.error().code == Code::conflict);
  CHECK(newer.error().todo.contains("corridor restore"));
  set_header_number(path, 60, 0);
  CHECK(outcome(open_sqlite_store(path)) == "corrupt");
  spill(path, ours);
  CHECK(whole_batches(*must(open_sqlite_store(path))) == 1);
}

TEST_CASE("a store that cannot be reached is unavailable") {
  const TempFolder folder;
  CHECK(outcome(open_sqlite_store(folder / "missing/node.db")) == "unavailable");
  CHECK(outcome(open_sqlite_store(folder.path())) == "unavailable");
  CHECK(outcome(check_sqlite_store(folder / "node.db")) == "unavailable");
  CHECK_FALSE(std::filesystem::exists(folder / "node.db"));
}

TEST_CASE("damage is an error or goes unseen, but never ends the process") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  {
    const auto store = must(open_sqlite_store(path));
    must(store->commit(many_rows()));
  }
  const Bytes whole = slurp(path);
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  int seen = 0;
  for (int round = 0; round < 100; ++round) {
    Bytes damaged = whole;
    for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    if (round % 4 == 0) damaged.resize(random() % damaged.size());
    spill(path, damaged);
    std::filesystem::remove(path + "-wal");
    const auto store = open_sqlite_store(path);
    if (!store) {
      ++seen;
      continue;
    }
    const auto rows = (*store)->latest().scan(kTable, "", "", 100'000);
    const auto committed = (*store)->commit(many_rows());
    for (const std::string& result : {outcome(rows), outcome(committed)})
      CHECK((result == "ok" || result == "corrupt" || result == "unavailable"));
    if (outcome(committed) == "corrupt") CHECK_FALSE((*store)->commit(many_rows()));
    seen += !rows || !committed;
  }
  CHECK(seen > 0);
}

TEST_CASE("a damaged page is corrupt, and check finds it") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  {
    const auto store = must(open_sqlite_store(path));
    must(store->commit(many_rows()));
  }
  must(check_sqlite_store(path));
  Bytes bytes = slurp(path);
  REQUIRE(bytes.size() > 3 * 4096);
  for (std::size_t at = 2 * 4096; at < 2 * 4096 + 64; ++at) bytes[at] = '\x5a';
  spill(path, bytes);
  const auto checked = check_sqlite_store(path);
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().code == Code::corrupt);
  CHECK(checked.error().todo.contains("corridor restore"));
  const auto store = must(open_sqlite_store(path));
  CHECK(outcome(store->latest().scan(kTable, "", "", 100'000)) == "corrupt");
}

// What a power cut leaves: a log that ends anywhere, or in garbage.
TEST_CASE("whatever end of the log is lost, whole batches remain") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  Bytes database;
  Bytes log;
  {
    const auto store = must(open_sqlite_store(path));
    for (int i = 1; i <= 30; ++i) must(store->commit(numbered_batch(i)));
    database = slurp(path);
    log = slurp(path + "-wal");
  }
  std::mt19937 random(11);
  int most = 0;
  int least = 30;
  for (int round = 0; round < 40; ++round) {
    Bytes cut = log.substr(0, round == 0 ? log.size() : random() % log.size());
    if (round % 3 == 1)
      for (std::size_t i = 0; i < 3000; ++i) cut.push_back(static_cast<char>(random()));
    if (round % 3 == 2) cut.resize(log.size());
    spill(path, database);
    spill(path + "-wal", cut);
    std::filesystem::remove(path + "-shm");
    const auto store = must(open_sqlite_store(path));
    const int found = whole_batches(*store);
    REQUIRE(found >= 0);
    most = std::max(most, found);
    least = std::min(least, found);
    must(store->commit(numbered_batch(found + 1)));
    CHECK(whole_batches(*store) == found + 1);
  }
  CHECK(most == 30);
  CHECK(least < 15);
}

// The salt in the log's header changes when SQLite begins it anew (file format §4.1).
TEST_CASE("the log is copied while commits go on, and begins anew") {
  const TempFolder folder;
  const auto store = must(open_sqlite_store(folder / "node.db"));
  const auto salt = [&] { return slurp(folder / "node.db-wal", 24).substr(16); };
  must(store->commit(numbered_batch(1)));
  const Bytes first_salt = salt();
  int batches = 0;
  for (; batches < 1200 && salt() == first_salt; ++batches)  // at most 300 MiB
    must(commit(*store, {{kTable, "k" + std::to_string(batches % 16), Bytes(256 * 1024, 'x')}}));
  CHECK(salt() != first_salt);
  CHECK(batches > 16);
  CHECK(std::filesystem::file_size(folder / "node.db") > 16 * 256 * 1024);
}

TEST_CASE("a view that is held keeps its state however long the log gets") {
  const TempFolder folder;
  const auto store = must(open_sqlite_store(folder / "node.db"));
  must(commit(*store, {{kTable, "k0", "old"}}));
  auto view = must(store->snapshot());
  for (int i = 0; i < 100; ++i)
    must(commit(*store, {{kTable, "k" + std::to_string(i % 4), Bytes(256 * 1024, 'x')}}));
  CHECK(must(view->get(kTable, "k0")) == "old");
  CHECK(keys_of(must(view->scan(kTable, "", "", 10))) == "k0");
  view.reset();
  must(commit(*store, {{kTable, "k0", "new"}}));
  CHECK(must(must(store->snapshot())->get(kTable, "k0")) == "new");
}

TEST_CASE("more views than the pool has are refused, and the rest goes on") {
  const TempFolder folder;
  const auto store = must(open_sqlite_store(folder / "node.db"));
  std::vector<std::unique_ptr<View>> views;
  std::string refusal;
  while (views.size() < 10'000) {
    auto view = store->snapshot();
    if (!view) refusal = outcome(view);
    if (!view) break;
    views.push_back(std::move(*view));
  }
  CHECK(refusal == "busy");
  CHECK(views.size() >= 64);
  must(store->commit(numbered_batch(1)));
  views.pop_back();
  CHECK(must(must(store->snapshot())->get(kTable, "last")) == "1");
}

TEST_CASE("a backup is a store as of now, made while commits go on") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  const auto store = must(open_sqlite_store(path));
  for (int i = 1; i <= 50; ++i) must(store->commit(numbered_batch(i)));
  Result<> made;
  std::thread backing_up([&] { made = backup_sqlite_store(path, folder / "copy.db"); });
  for (int i = 51; i <= 120; ++i) must(store->commit(numbered_batch(i)));
  backing_up.join();
  must(made);
  CHECK(whole_batches(*store) == 120);
  const auto copy = must(open_sqlite_store(folder / "copy.db"));
  CHECK(whole_batches(*copy) >= 50);
  must(copy->commit(numbered_batch(whole_batches(*copy) + 1)));
}

TEST_CASE("a store and its backup can be read by this user only") {
  const TempFolder folder;
  const auto store = must(open_sqlite_store(folder / "node.db"));
  must(store->commit(numbered_batch(1)));
  must(backup_sqlite_store(folder / "node.db", folder / "copy.db"));
  for (const char* name : {"node.db", "node.db-wal", "node.db-shm", "copy.db"}) {
    CAPTURE(name);
    const auto rights = std::filesystem::status(folder / name).permissions();
    CHECK(rights == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  }
}

TEST_CASE("a backup never replaces anything, and comes from a store of ours only") {
  const TempFolder folder;
  const std::string path = folder / "node.db";
  must(must(open_sqlite_store(path))->commit(numbered_batch(1)));
  for (const char* name : {"copy.db", "copy.db-wal", "copy.db-journal"}) {
    CAPTURE(name);
    spill(folder / name, "mine");
    CHECK(outcome(backup_sqlite_store(path, folder / "copy.db")) == "conflict");
    CHECK(slurp(folder / name) == "mine");
    std::filesystem::remove(folder / name);
  }
  spill(folder / "other", "not a database");
  CHECK(outcome(backup_sqlite_store(folder / "other", folder / "copy.db")) == "corrupt");
  CHECK(outcome(backup_sqlite_store(folder / "absent", folder / "copy.db")) == "unavailable");
  CHECK_FALSE(outcome(backup_sqlite_store(path, folder / "no/such/copy.db")) == "ok");
  spill(folder / "copy.db.unfinished", "left by a crash");
  must(backup_sqlite_store(path, folder / "copy.db"));
  CHECK_FALSE(std::filesystem::exists(folder / "copy.db.unfinished"));
}

TEST_CASE("a copy goes back the way it came") {
  const TempFolder folder;
  must(must(open_sqlite_store(folder / "node.db"))->commit(numbered_batch(1)));
  must(backup_sqlite_store(folder / "node.db", folder / "copy.db"));
  must(must(open_sqlite_store(folder / "node.db"))->commit(numbered_batch(2)));
  std::filesystem::remove(folder / "node.db");
  std::filesystem::remove(folder / "node.db-wal");
  std::filesystem::remove(folder / "node.db-shm");
  must(backup_sqlite_store(folder / "copy.db", folder / "node.db"));
  CHECK(whole_batches(*must(open_sqlite_store(folder / "node.db"))) == 1);
}

}  // namespace corridor::store
