// SPDX-License-Identifier: Apache-2.0
//
// flock and not fcntl: it belongs to this open file, so two locks exclude each other within one
// process too, and closing an unrelated descriptor does not let go of it. The kernel releases it
// when the process ends, however it ends; the file stays and means nothing by itself.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/disk/file.h"
#include "store/open.h"

namespace corridor::store {

namespace {

std::string holder_of(const std::string& path) {
  const auto text = read_file(path);
  if (!text || text->empty() || text->find_first_not_of("0123456789") != std::string::npos)
    return "another process";
  return "process " + *text;
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
  TRY(make_folder(folder));
  const std::string path = folder + "/lock";
  TRY_ASSIGN(FileDescriptor file, open_file(path, O_RDWR | O_CREAT));
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return std::unexpected(system_error("locking", path, errno));
    return fail(Code::conflict, "the data folder " + folder + " is used by " + holder_of(path),
                "stop that process, or name another data folder");
  }
  std::string holder = std::to_string(::getpid());
  if (::ftruncate(file.get(), 0) != 0) return std::unexpected(system_error("writing", path, errno));
  TRY(write_at(file, path, 0, {{holder.data(), holder.size()}}));
  return FolderLock(file.release());
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace corridor::store
