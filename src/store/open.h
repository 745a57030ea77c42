// SPDX-License-Identifier: Apache-2.0
//
// The implementations of the store's faces, and how one is opened.
//
// On disk, below the node's data folder: `node.db` (SQLite, WAL, synchronous=FULL; one writer; WAL
// checkpoints by a helper thread), `blobs/` (append-only segments and single files), `log/` (files
// derived from rows), `lock` (held while the process lives: a second process is refused).
#pragma once

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

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path);
// A copy of the store as of now, readable by open_sqlite_store. Safe while the node runs.
Result<> backup_sqlite_store(const std::string& path, const std::string& copy_path);
std::unique_ptr<Store> open_memory_store();

Result<std::unique_ptr<Blobs>> open_disk_blobs(const std::string& folder);
std::unique_ptr<Blobs> open_memory_blobs();

Result<std::unique_ptr<Files>> open_disk_files(const std::string& folder);
std::unique_ptr<Files> open_memory_files();

}  // namespace corridor::store
