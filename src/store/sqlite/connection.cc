// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <utility>

namespace corridor::store {

namespace {

constexpr int kBusyTimeoutMs = 5'000;  // another process holds the file only for moments
constexpr const char* kRestore =
    "stop the node and restore the last backup with `corridor restore`";
constexpr const char* kFreeSpace = "free space on that disk";

Error sqlite_error(int result, sqlite3* database) {
  std::string why = sqlite3_errstr(result);
  if (database != nullptr) {
    why = sqlite3_errmsg(database);
    if (const char* path = sqlite3_db_filename(database, "main"); path != nullptr && *path != '\0')
      why.insert(0, ": ").insert(0, path);
  }
  why += " (SQLite " + std::to_string(result) + ")";
  if (result == SQLITE_IOERR_SHMSIZE) return {Code::unavailable, why, kFreeSpace};
  switch (result & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {Code::corrupt, why, kRestore};
    case SQLITE_FULL: return {Code::unavailable, why, kFreeSpace};
    case SQLITE_IOERR:
      return {Code::unavailable, why,
              "check the disk and the kernel's log, then start the node again"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return {Code::unavailable, why, "check that the file and its folder may be read and written"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::busy, why, "end the other process that writes to this store"};
    case SQLITE_TOOBIG: return {Code::too_large, why, {}};
    case SQLITE_NOMEM: return {Code::unavailable, why, "give the node more memory"};
    default: return {Code::internal, why, {}};
  }
}

int keep_wal_pages(void* pages, sqlite3*, const char*, int length) {
  *static_cast<int*>(pages) = length;
  return SQLITE_OK;
}

}  // namespace

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), bind_result_(other.bind_result_) {}

SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(bind_result_, other.bind_result_);
  return *this;
}

SqliteStatement& SqliteStatement::bind(int at, std::int64_t number) {
  const int result = sqlite3_bind_int64(statement_, at, number);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

SqliteStatement& SqliteStatement::bind(int at, corridor::View bytes) {
  // A null pointer would bind NULL, not the empty value.
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  const int result = sqlite3_bind_blob64(statement_, at, data, bytes.size(), SQLITE_STATIC);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

SqliteStatement& SqliteStatement::bind_text(int at, corridor::View text) {
  const int result =
      sqlite3_bind_text64(statement_, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

Result<bool> SqliteStatement::step() {
  const int result = bind_result_ == SQLITE_OK ? sqlite3_step(statement_) : bind_result_;
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = sqlite_error(result, sqlite3_db_handle(statement_));
  reset();
  return std::unexpected(std::move(error));
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
  bind_result_ = SQLITE_OK;
}

std::int64_t SqliteStatement::number(int at) const { return sqlite3_column_int64(statement_, at); }

corridor::View SqliteStatement::bytes(int at) const {
  const void* data = sqlite3_column_blob(statement_, at);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, at))};
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path,
                                                                 Mode mode) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (mode == Mode::create ? SQLITE_OPEN_CREATE : 0);
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(database));
  if (result != SQLITE_OK) {
    Error error = sqlite_error(result, database);
    if (!error.why.starts_with(path)) error.why.insert(0, ": ").insert(0, path);
    return std::unexpected(std::move(error));
  }
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Closing must not checkpoint: after a failed fsync that would be the forbidden second try.
  sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  TRY(connection->run(
      "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY"));
  return connection;
}

SqliteConnection::~SqliteConnection() {
  const int result = sqlite3_close(database_);
  CHECK(result == SQLITE_OK, "a statement is still open");
}

Result<> SqliteConnection::run(const char* sql) {
  const int result = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return std::unexpected(sqlite_error(result, database_));
  return {};
}

Result<SqliteStatement> SqliteConnection::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return std::unexpected(sqlite_error(result, database_));
  return SqliteStatement(statement);
}

Result<std::int64_t> SqliteConnection::ask_number(const char* sql) {
  TRY_ASSIGN(SqliteStatement statement, prepare(sql));
  TRY_ASSIGN(const bool found, statement.step());
  return found ? statement.number(0) : 0;
}

Result<std::string> SqliteConnection::ask_text(const char* sql) {
  TRY_ASSIGN(SqliteStatement statement, prepare(sql));
  TRY_ASSIGN(const bool found, statement.step());
  return found ? std::string(statement.bytes(0)) : std::string();
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

void SqliteConnection::report_wal_pages(int& pages) {
  sqlite3_wal_hook(database_, keep_wal_pages, &pages);
}

Result<WalPages> SqliteConnection::checkpoint(Checkpoint how) {
  WalPages pages;
  const int mode =
      how == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
  const int result =
      sqlite3_wal_checkpoint_v2(database_, "main", mode, &pages.written, &pages.copied);
  // Busy: someone else checkpoints; the next one will find what is left.
  if (result != SQLITE_OK && result != SQLITE_BUSY)
    return std::unexpected(sqlite_error(result, database_));
  return pages;
}

bool SqliteConnection::failed_for_good() const {
  const int result = sqlite3_extended_errcode(database_);
  if (result == SQLITE_IOERR_SHMSIZE) return false;  // no space for the log's index
  const int kind = result & 0xff;
  return kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

}  // namespace corridor::store
