// SPDX-License-Identifier: Apache-2.0
//
// One table for all rows: its primary key (tbl, key) is the order that the face promises, because
// SQLite compares blobs as memcmp does, and WITHOUT ROWID makes a row one entry of one tree. The
// writing connection belongs to the committing thread; each view has a connection of its own, lent
// from a small pool, because a read transaction of SQLite lives in a connection.
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>

#include "store/disk/file.h"
#include "store/open.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"

namespace corridor::store {

namespace {

constexpr std::size_t kIdleReadersMax = 8;
constexpr std::size_t kViewsMax = 128;

constexpr std::int64_t kApplicationId = 0x43524452;  // "CRDR", in the file's header
constexpr std::int64_t kLayout = 1;                  // of the file, not of the rows in it
constexpr std::string_view kCreateRows =
    "CREATE TABLE rows(tbl INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, "
    "PRIMARY KEY(tbl, key)) WITHOUT ROWID";
constexpr const char* kMark = "PRAGMA application_id=1129464914; PRAGMA user_version=1";
static_assert(kApplicationId == 1129464914 && kLayout == 1);

// What it takes to read rows over one connection.
class RowReader {
 public:
  static Result<RowReader> prepare(SqliteConnection& connection) {
    RowReader reader;
    TRY_ASSIGN(reader.get_, connection.prepare("SELECT value FROM rows WHERE tbl=?1 AND key=?2"));
    TRY_ASSIGN(reader.scan_from_,
               connection.prepare("SELECT key, value FROM rows WHERE tbl=?1 AND key>=?2 "
                                  "ORDER BY key LIMIT ?3"));
    TRY_ASSIGN(reader.scan_between_,
               connection.prepare("SELECT key, value FROM rows WHERE tbl=?1 AND key>=?2 "
                                  "AND key<?4 ORDER BY key LIMIT ?3"));
    TRY_ASSIGN(reader.back_from_,
               connection.prepare("SELECT key, value FROM rows WHERE tbl=?1 AND key>=?2 "
                                  "ORDER BY key DESC LIMIT ?3"));
    TRY_ASSIGN(reader.back_between_,
               connection.prepare("SELECT key, value FROM rows WHERE tbl=?1 AND key>=?2 "
                                  "AND key<?4 ORDER BY key DESC LIMIT ?3"));
    return reader;
  }

  Result<std::optional<Bytes>> get(TableId table, corridor::View key) {
    TRY_ASSIGN(const bool found, get_.bind(1, std::int64_t{table}).bind(2, key).step());
    if (!found) return std::nullopt;
    Bytes value(get_.bytes(0));
    get_.reset();
    return value;
  }

  Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                std::size_t limit) {
    const Bytes first = after < prefix ? Bytes(prefix) : Bytes(after) + '\0';
    const Bytes end = prefix_end(prefix);
    return rows_of(end.empty() ? scan_from_ : scan_between_, table, first, end, limit);
  }

  Result<std::vector<Row>> scan_back(TableId table, corridor::View prefix, corridor::View before,
                                     std::size_t limit) {
    const Bytes first = prefix.empty() ? Bytes(1, '\0') : Bytes(prefix);
    Bytes end = prefix_end(prefix);
    if (!before.empty() && (end.empty() || before < end)) end = Bytes(before);
    return rows_of(end.empty() ? back_from_ : back_between_, table, first, end, limit);
  }

 private:
  // Rows from `first` up to `end`, which is left out; empty: no end.
  static Result<std::vector<Row>> rows_of(SqliteStatement& statement, TableId table,
                                          const Bytes& first, const Bytes& end, std::size_t limit) {
    constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
    statement.bind(1, std::int64_t{table}).bind(2, first);
    statement.bind(3, static_cast<std::int64_t>(std::min(limit, kMost)));
    if (!end.empty()) statement.bind(4, end);
    std::vector<Row> rows;
    for (;;) {
      TRY_ASSIGN(const bool found, statement.step());
      if (!found) return rows;
      rows.push_back({Bytes(statement.bytes(0)), Bytes(statement.bytes(1))});
    }
  }

  // The least key that is greater than all with this prefix; empty: there is none.
  static Bytes prefix_end(corridor::View prefix) {
    Bytes end(prefix.substr(0, prefix.find_last_not_of('\xff') + 1));
    if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
    return end;
  }

  SqliteStatement get_;
  SqliteStatement scan_from_;
  SqliteStatement scan_between_;
  SqliteStatement back_from_;
  SqliteStatement back_between_;
};

// A connection with the statements of a view; in a read transaction while a view has it.
struct Reader {
  std::unique_ptr<SqliteConnection> connection;
  RowReader rows;
  SqliteStatement touch;

  static Result<std::unique_ptr<Reader>> open(const std::string& path) {
    auto reader = std::make_unique<Reader>();
    TRY_ASSIGN(reader->connection, SqliteConnection::open(path, SqliteConnection::Mode::existing));
    TRY_ASSIGN(reader->rows, RowReader::prepare(*reader->connection));
    TRY_ASSIGN(reader->touch, reader->connection->prepare("SELECT 1 FROM rows LIMIT 1"));
    return reader;
  }

  // SQLite takes its snapshot at the first read, not at BEGIN.
  Result<> begin() {
    TRY(connection->run("BEGIN"));
    TRY(touch.step());
    touch.reset();
    return {};
  }
};

// The connections that views read with. A view gives its own back when it goes.
class ReaderPool {
 public:
  explicit ReaderPool(std::string path) : path_(std::move(path)) {}
  ~ReaderPool() { CHECK(lent_ == 0, "a view outlives its store"); }
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  Result<std::unique_ptr<Reader>> take() {
    std::unique_ptr<Reader> reader;
    {
      const std::lock_guard lock(mutex_);
      if (lent_ == kViewsMax)
        return fail(Code::busy,
                    "the store is read by " + std::to_string(kViewsMax) + " at once already");
      ++lent_;
      if (!idle_.empty()) {
        reader = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (reader) return reader;
    auto opened = Reader::open(path_);
    if (!opened) give_back(nullptr);
    return opened;
  }

  void give_back(std::unique_ptr<Reader> reader) {
    if (reader && reader->connection->in_transaction() && !reader->connection->run("ROLLBACK"))
      reader.reset();
    const std::lock_guard lock(mutex_);
    --lent_;
    if (reader && idle_.size() < kIdleReadersMax) idle_.push_back(std::move(reader));
  }

 private:
  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
  std::size_t lent_ = 0;
};

class SqliteView final : public View {
 public:
  SqliteView(ReaderPool& pool, std::unique_ptr<Reader> reader)
      : pool_(pool), reader_(std::move(reader)) {}
  ~SqliteView() override { pool_.give_back(std::move(reader_)); }
  SqliteView(const SqliteView&) = delete;
  SqliteView& operator=(const SqliteView&) = delete;

  Result<std::optional<Bytes>> get(TableId table, corridor::View key) const override {
    return reader_->rows.get(table, key);
  }
  Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                std::size_t limit) const override {
    return reader_->rows.scan(table, prefix, after, limit);
  }
  Result<std::vector<Row>> scan_back(TableId table, corridor::View prefix, corridor::View before,
                                     std::size_t limit) const override {
    return reader_->rows.scan_back(table, prefix, before, limit);
  }

 private:
  ReaderPool& pool_;
  std::unique_ptr<Reader> reader_;
};

// The writing connection and its statements; as a view, what it has committed.
struct Writer final : View {
  std::unique_ptr<SqliteConnection> connection;
  mutable RowReader rows;
  SqliteStatement begin;
  SqliteStatement put;
  SqliteStatement erase;
  SqliteStatement commit;
  SqliteStatement rollback;
  int wal_pages = 0;

  static Result<std::unique_ptr<Writer>> prepare(std::unique_ptr<SqliteConnection> connection) {
    auto writer = std::make_unique<Writer>();
    writer->connection = std::move(connection);
    SqliteConnection& to = *writer->connection;
    TRY_ASSIGN(writer->rows, RowReader::prepare(to));
    TRY_ASSIGN(writer->begin, to.prepare("BEGIN IMMEDIATE"));
    TRY_ASSIGN(writer->put,
               to.prepare("INSERT OR REPLACE INTO rows(tbl, key, value) VALUES(?1, ?2, ?3)"));
    TRY_ASSIGN(writer->erase, to.prepare("DELETE FROM rows WHERE tbl=?1 AND key=?2"));
    TRY_ASSIGN(writer->commit, to.prepare("COMMIT"));
    TRY_ASSIGN(writer->rollback, to.prepare("ROLLBACK"));
    to.report_wal_pages(writer->wal_pages);
    return writer;
  }

  Result<std::optional<Bytes>> get(TableId table, corridor::View key) const override {
    return rows.get(table, key);
  }
  Result<std::vector<Row>> scan(TableId table, corridor::View prefix, corridor::View after,
                                std::size_t limit) const override {
    return rows.scan(table, prefix, after, limit);
  }
  Result<std::vector<Row>> scan_back(TableId table, corridor::View prefix, corridor::View before,
                                     std::size_t limit) const override {
    return rows.scan_back(table, prefix, before, limit);
  }

  Result<> apply(std::span<const Write> writes) {
    TRY(begin.step());
    for (const Write& write : writes) {
      SqliteStatement& statement = write.value ? put : erase;
      statement.bind(1, std::int64_t{write.table}).bind(2, write.key);
      if (write.value) statement.bind(3, *write.value);
      TRY(statement.step());
    }
    TRY(commit.step());
    return {};
  }
};

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, std::unique_ptr<Writer> writer,
              std::unique_ptr<SqliteConnection> of_checkpointer)
      : readers_(path), writer_(std::move(writer)), checkpointer_(std::move(of_checkpointer)) {}

  Result<> commit(std::span<const Write> writes) override {
    if (writes.empty()) return {};
    TRY_ASSIGN(const auto turn, checkpointer_.take_turn());
    auto applied = writer_->apply(writes);
    if (!applied) {
      undo(applied.error());
      return applied;
    }
    ++commits_;
    checkpointer_.committed(writer_->wal_pages);
    return {};
  }

  Result<std::unique_ptr<View>> snapshot() const override {
    TRY_ASSIGN(auto reader, readers_.take());
    Reader& in_view = *reader;
    auto view = std::make_unique<SqliteView>(readers_, std::move(reader));
    TRY(in_view.begin());
    return view;
  }

  const View& latest() const override { return *writer_; }
  std::uint64_t commit_count() const override { return commits_; }

 private:
  void undo(const Error& error) {
    if (writer_->connection->failed_for_good()) checkpointer_.broke(error);
    if (!writer_->connection->in_transaction()) return;
    if (auto undone = writer_->rollback.step(); !undone) checkpointer_.broke(undone.error());
  }

  mutable ReaderPool readers_;
  std::unique_ptr<Writer> writer_;
  Checkpointer checkpointer_;
  std::atomic<std::uint64_t> commits_ = 0;
};

// A new file, or one whose creation a crash interrupted.
Result<bool> is_blank(SqliteConnection& connection) {
  TRY_ASSIGN(const std::int64_t application, connection.ask_number("PRAGMA application_id"));
  TRY_ASSIGN(const std::int64_t things,
             connection.ask_number("SELECT count(*) FROM sqlite_schema"));
  return application == 0 && things == 0;
}

Result<> create_rows(SqliteConnection& connection) {
  TRY(connection.run("BEGIN IMMEDIATE"));
  TRY(connection.run(kCreateRows.data()));
  TRY(connection.run(kMark));
  return connection.run("COMMIT");
}

Result<> check_is_ours(SqliteConnection& connection, const std::string& path) {
  TRY_ASSIGN(const std::int64_t application, connection.ask_number("PRAGMA application_id"));
  TRY_ASSIGN(const std::int64_t layout, connection.ask_number("PRAGMA user_version"));
  if (application == kApplicationId && layout > kLayout)
    return fail(Code::conflict, path + " was written by a newer Corridor",
                "run the newer program again, or go back to the backup that was made before the "
                "upgrade with `corridor restore`");
  TRY_ASSIGN(const std::string table,
             connection.ask_text("SELECT sql FROM sqlite_schema WHERE name='rows'"));
  if (application != kApplicationId || layout != kLayout || table != kCreateRows)
    return fail(Code::corrupt, path + " is an SQLite database, but not a store of Corridor",
                "name the right data folder, or restore the last backup with `corridor restore`");
  return {};
}

// SQLite would let others read what it makes, and gives the files beside it the same rights. Only a
// file that is new is opened here: closing one that SQLite has open would drop SQLite's locks.
Result<> make_private_file(const std::string& path) {
  TRY_ASSIGN(const bool exists, file_exists(path));
  if (exists) return {};
  TRY(open_file(path, O_WRONLY | O_CREAT | O_EXCL));
  return {};
}

Result<std::unique_ptr<SqliteConnection>> open_ours(const std::string& path) {
  TRY_ASSIGN(auto connection, SqliteConnection::open(path, SqliteConnection::Mode::existing));
  TRY(check_is_ours(*connection, path));
  return connection;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path) {
  TRY(make_private_file(path));
  TRY_ASSIGN(auto connection, SqliteConnection::open(path, SqliteConnection::Mode::create));
  TRY_ASSIGN(const bool blank, is_blank(*connection));
  if (blank) TRY(create_rows(*connection));
  TRY(check_is_ours(*connection, path));
  TRY_ASSIGN(const std::string journal, connection->ask_text("PRAGMA journal_mode=WAL"));
  if (journal != "wal")
    return fail(Code::unavailable, path + ": SQLite cannot keep a write-ahead log here",
                "move the data folder to a local file system");
  TRY(
      connection->run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
                      "PRAGMA cache_size=-32768; PRAGMA journal_size_limit=67108864"));
  TRY_ASSIGN(auto writer, Writer::prepare(std::move(connection)));
  TRY_ASSIGN(auto of_checkpointer, SqliteConnection::open(path, SqliteConnection::Mode::existing));
  TRY(of_checkpointer->run("PRAGMA synchronous=FULL"));
  return std::make_unique<SqliteStore>(path, std::move(writer), std::move(of_checkpointer));
}

Result<> check_sqlite_store(const std::string& path) {
  TRY_ASSIGN(const auto connection, open_ours(path));
  TRY_ASSIGN(const std::string verdict, connection->ask_text("PRAGMA integrity_check(1)"));
  if (verdict == "ok") return {};
  return fail(Code::corrupt, path + ": " + verdict,
              "stop the node and restore the last backup with `corridor restore`");
}

// VACUUM INTO reads one state of the store while the node goes on committing, and writes it
// compact. It neither syncs the copy nor replaces a file: hence the name beside it until all is
// done.
Result<> backup_sqlite_store(const std::string& path, const std::string& copy_path) {
  // SQLite would take what lies beside it for a part of the copy.
  for (const char* suffix : {"", "-wal", "-journal"}) {
    TRY_ASSIGN(const bool exists, file_exists(copy_path + suffix));
    if (exists)
      return fail(Code::conflict, copy_path + suffix + " exists already",
                  "move it away, or name another file");
  }
  const std::string unfinished = copy_path + ".unfinished";
  TRY(remove_file(unfinished));
  TRY(make_private_file(unfinished));
  {
    TRY_ASSIGN(const auto connection, open_ours(path));
    TRY_ASSIGN(SqliteStatement copy, connection->prepare("VACUUM INTO ?1"));
    TRY(copy.bind_text(1, unfinished).step());
  }
  TRY(check_sqlite_store(unfinished));
  return finish_file(unfinished, copy_path);
}

}  // namespace corridor::store
