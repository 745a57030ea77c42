// SPDX-License-Identifier: Apache-2.0
//
// What the tests of this room share: a folder that goes with the test, rows as one line, and the
// kinds of store, blobs and files that every contract test runs over.
#pragma once

#include "store/open.h"

// After ours: in tests CHECK is doctest's.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

namespace corridor::store {

class TempFolder {
 public:
  // Where a sync costs nothing, if there is such a place: most tests are about logic.
  TempFolder() : TempFolder(std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : on_disk()) {}
  explicit TempFolder(const std::string& parent) {
    std::string pattern = parent + "/corridor-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  static std::string on_disk() { return std::filesystem::temp_directory_path().string(); }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

template <class T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().why.c_str());
  REQUIRE(result.has_value());
  return std::move(*result);
}
inline void must(const Result<>& result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().why.c_str());
  REQUIRE(result.has_value());
}

// "ok" or the name of the error's code.
template <class T>
std::string outcome(const Result<T>& result) {
  return std::string(result ? "ok" : code_facts(result.error().code).name);
}

// Not SHA-256, but like it where it matters here: a flipped bit changes it.
class TestHash {
 public:
  void update(corridor::View bytes) {
    for (const char c : bytes) state_ = (state_ ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  }
  Digest finish() {
    Digest digest;
    for (auto& byte : digest.bytes) {
      state_ = (state_ ^ (state_ >> 29)) * 0xbf58476d1ce4e5b9;
      byte = static_cast<std::uint8_t>(state_ >> 56);
    }
    return digest;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;
};
inline Digest test_digest(corridor::View bytes) {
  TestHash hash;
  hash.update(bytes);
  return hash.finish();
}
inline Hash test_hash() { return hash_by<TestHash>(test_digest); }

inline Result<> commit(Store& store, const std::vector<Write>& writes) {
  return store.commit(writes);
}

inline std::string keys_of(const std::vector<Row>& rows) {
  std::string keys;
  for (const Row& row : rows) keys.append(keys.empty() ? "" : " ").append(row.key);
  return keys;
}

inline constexpr TableId kTable = 3;

// Batch i: row "last" and three rows that name it.
inline std::vector<Write> numbered_batch(int i) {
  const std::string n = std::to_string(i);
  return {{kTable, "last", n},
          {kTable, "r" + n + "a", n},
          {kTable, "r" + n + "b", n},
          {kTable, "r" + n + "c", n}};
}

// The number of the last batch, or -1 when what is there is not whole batches from 1 up to it.
inline int whole_batches(const Store& store) {
  const auto last = must(store.latest().get(kTable, "last"));
  const int n = last ? std::stoi(*last) : 0;
  const auto rows = must(store.latest().scan(kTable, "r", "", 100'000));
  if (rows.size() != static_cast<std::size_t>(n) * 3) return -1;
  for (const Row& row : rows)
    if (row.key.substr(1, row.key.size() - 2) != row.value || std::stoi(row.value) > n) return -1;
  return n;
}

// What a contract test is run over; SUBCASEs would share their stores, templates do not.
struct MemoryKind {
  std::unique_ptr<Store> store = open_memory_store();
};
struct SqliteKind {
  TempFolder folder;
  std::unique_ptr<Store> store = must(open_sqlite_store(folder / "node.db"));
};

struct MemoryBlobsKind {
  std::unique_ptr<Blobs> blobs = open_memory_blobs(test_hash());
};
struct DiskBlobsKind {
  TempFolder folder;
  std::unique_ptr<Blobs> blobs = must(open_disk_blobs(folder.path(), test_hash()));
};

struct MemoryFilesKind {
  std::unique_ptr<Files> files = open_memory_files();
};
struct DiskFilesKind {
  TempFolder folder;
  std::unique_ptr<Files> files = must(open_disk_files(folder.path()));
};

inline Result<Stored> put_with_digest(Blobs& blobs, Bytes bytes, Digest digest) {
  std::promise<Result<Stored>> promise;
  blobs.put(std::move(bytes), digest,
            [&](Result<Stored> stored) { promise.set_value(std::move(stored)); });
  return promise.get_future().get();
}
inline Result<Stored> put(Blobs& blobs, const Bytes& bytes) {
  return put_with_digest(blobs, bytes, test_digest(bytes));
}

}  // namespace corridor::store
