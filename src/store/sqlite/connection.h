// SPDX-License-Identifier: Apache-2.0
//
// A connection and a prepared statement of SQLite as resources, its result codes as Errors. Knows
// nothing of rows; sqlite_store.cc is built on it. Statements are text of ours, always: data is
// bound, never written into them.
//
// Threads: a connection and its statements belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/base.h"
#include "base/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace corridor::store {

class SqliteStatement {
 public:
  SqliteStatement() = default;
  ~SqliteStatement();
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&& other) noexcept;

  // Parameters count from 1. Bound bytes are borrowed until the next reset.
  SqliteStatement& bind(int at, std::int64_t number);
  SqliteStatement& bind(int at, corridor::View bytes);
  SqliteStatement& bind_text(int at, corridor::View text);
  // True: a row is there. After false or an error the statement has been reset.
  Result<bool> step();
  void reset();
  // Columns count from 0; the bytes are valid until the next step.
  [[nodiscard]] std::int64_t number(int at) const;
  [[nodiscard]] corridor::View bytes(int at) const;

 private:
  friend class SqliteConnection;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  sqlite3_stmt* statement_ = nullptr;
  int bind_result_ = 0;  // the first that was refused; reported by step
};

// How much of the write-ahead log there is, and how much of it is in the database file already.
struct WalPages {
  int written = 0;
  int copied = 0;
};

class SqliteConnection {
 public:
  enum class Mode : std::uint8_t { create, existing };
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, Mode mode);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Result<> run(const char* sql);  // one or more statements, their rows ignored
  Result<SqliteStatement> prepare(const char* sql);
  // The first column of the first row.
  Result<std::int64_t> ask_number(const char* sql);
  Result<std::string> ask_text(const char* sql);

  // After a failed statement SQLite may have ended the transaction by itself.
  [[nodiscard]] bool in_transaction() const;
  // After each commit of this connection `pages` holds the length of the log.
  void report_wal_pages(int& pages);
  // `passive` copies what it can without waiting for anyone, and without anyone waiting for it.
  // `truncate` waits for readers and writers, copies all and empties the log.
  enum class Checkpoint : std::uint8_t { passive, truncate };
  Result<WalPages> checkpoint(Checkpoint how);
  // Whether the last error leaves unknown what is on the disk: nothing may be written any more.
  [[nodiscard]] bool failed_for_good() const;

 private:
  explicit SqliteConnection(sqlite3* database) : database_(database) {}
  sqlite3* database_;
};

}  // namespace corridor::store
