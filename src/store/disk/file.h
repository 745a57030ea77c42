// SPDX-License-Identifier: Apache-2.0
//
// The few calls of the operating system that durability is made of, with their failures as Errors.
// Whatever may already be lost when it fails (fsync, fdatasync) ends the process instead: the
// kernel forgets what it could not write, and a second call would report success.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::store {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// `unavailable`, with what an operator can do. `error` is an errno.
Error system_error(std::string_view tried, const std::string& path, int error);

// A file that is made is for this user only.
Result<FileDescriptor> open_file(const std::string& path, int flags);
// `not_found` when there is nothing at `path`.
Result<FileDescriptor> open_to_read(const std::string& path);
Result<std::uint64_t> file_bytes(const FileDescriptor& file, const std::string& path);
Result<bool> file_exists(const std::string& path);
Result<> remove_file(const std::string& path);  // nothing there is fine
// The names in a folder, without "." and "..".
Result<std::vector<std::string>> folder_names(const std::string& folder);
// Makes the folder and those above it that are missing, for this user only; durable on return.
Result<> make_folder(const std::string& folder);

// All of the pieces, from `offset` on. After an error any part may have been written.
Result<> write_at(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                  std::vector<iovec> pieces);
// Fills `room` with what is at `offset`. `corrupt` when the file ends before.
Result<> read_into(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                   std::span<char> room);
Result<Bytes> read_at(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                      std::uint64_t bytes);
Result<Bytes> read_file(const std::string& path);  // `not_found`

void sync_data_or_stop(const FileDescriptor& file, const std::string& path);  // fdatasync
void sync_file_or_stop(const FileDescriptor& file, const std::string& path);  // fsync
// An error when the folder cannot be opened; what was done in it may then be gone after a crash.
Result<> sync_folder(const std::string& folder);

// Makes `bytes` the file `path` in one step that survives a crash: written to `unfinished` (on the
// same file system), synced, renamed, folder synced.
Result<> replace_file(const std::string& unfinished, const std::string& path, corridor::View bytes);
// The last part of it, for an `unfinished` that is written already.
Result<> finish_file(const std::string& unfinished, const std::string& path);

}  // namespace corridor::store
