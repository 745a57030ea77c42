// SPDX-License-Identifier: Apache-2.0
//
// The implementations of the store's faces, and how one is opened.
//
// On disk, below the node's data folder: `node.db` (SQLite, WAL, synchronous=FULL; one writer; WAL
// checkpoints by a helper thread), `blobs/` (append-only segments and single files), `log/` (files
// derived from rows), `lock` (held while the process lives: a second process is refused). Folders
// that are missing are made, for this user only.
//
//   TRY_ASSIGN(auto lock, store::FolderLock::take(folder));
//   TRY_ASSIGN(auto rows, store::open_sqlite_store(folder + "/node.db"));
//   const auto hash = store::hash_by<crypto::Sha256>(crypto::sha256);
//   TRY_ASSIGN(auto blobs, store::open_disk_blobs(folder + "/blobs", hash));
//   TRY_ASSIGN(auto files, store::open_disk_files(folder + "/log"));
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/env.h"
#include "store/blobs.h"
#include "store/store.h"

namespace corridor::store {

// Holds the data folder for this process. `conflict`, with the holder's process id, when taken.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

// `corrupt` for a file that is not SQLite, or not a store of ours; `conflict` for one whose layout
// a newer Corridor made. Damage deeper in the file shows when it is read: see check_sqlite_store.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path);
// Reads every page of the store; `corrupt` says what does not hold together. Safe while the node
// runs; takes as long as reading the file does.
Result<> check_sqlite_store(const std::string& path);
// A checked copy of the store as of now, readable by open_sqlite_store. Safe while the node runs.
// `conflict` when `copy_path`, or a journal of it, exists. Copy the blobs after the rows: rows name
// only durable blobs. The way back is the same with the paths swapped.
Result<> backup_sqlite_store(const std::string& path, const std::string& copy_path);
std::unique_ptr<Store> open_memory_store();

// SHA-256, given by whoever opens: this room knows no cryptography.
class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual void update(corridor::View piece) = 0;
  virtual Digest finish() = 0;  // once
};
struct Hash {
  Digest (*of)(corridor::View bytes) = nullptr;     // at once
  std::unique_ptr<Hasher> (*begin)() = nullptr;     // piece by piece
};
// From a class with `update(View)` and `finish()`, like crypto::Sha256.
template <class H>
Hash hash_by(Digest (*of)(corridor::View)) {
  struct Pieces final : Hasher {
    void update(corridor::View piece) override { hash.update(piece); }
    Digest finish() override { return hash.finish(); }
    H hash;
  };
  return {of, []() -> std::unique_ptr<Hasher> { return std::make_unique<Pieces>(); }};
}

// Above either, `put` answers `busy`. A single blob may be larger than `bytes_max`.
struct BlobQueueLimits {
  std::size_t count_max = 4096;
  std::size_t bytes_max = 256 * 1024 * 1024;
};

Result<std::unique_ptr<Blobs>> open_disk_blobs(const std::string& folder, Hash hash,
                                               BlobQueueLimits queue = {});
std::unique_ptr<Blobs> open_memory_blobs(Hash hash);

Result<std::unique_ptr<Files>> open_disk_files(const std::string& folder);
std::unique_ptr<Files> open_memory_files();

}  // namespace corridor::store
