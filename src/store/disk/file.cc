// SPDX-License-Identifier: Apache-2.0
#include "store/disk/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace corridor::store {

namespace {

[[noreturn]] void stop_process(std::string_view call, const std::string& path, int error) {
  std::fprintf(
      stderr,
      "corridor: stopped: %.*s of %s failed: %s. What was not acknowledged yet may be lost; "
      "check the disk and the kernel's log, then start the node again.\n",
      static_cast<int>(call.size()), call.data(), path.c_str(), std::strerror(error));
  std::_Exit(code_facts(Code::unavailable).exit_status);
}

int open_descriptor(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// What has been written leaves the front of `pieces`.
void drop_written(std::vector<iovec>& pieces, std::size_t& first, std::size_t written) {
  while (first < pieces.size() && written >= pieces[first].iov_len)
    written -= pieces[first++].iov_len;
  if (written == 0) return;
  pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + written;
  pieces[first].iov_len -= written;
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Error system_error(std::string_view tried, const std::string& path, int error) {
  Error result{
      Code::unavailable, std::string(tried) + " " + path + ": " + std::strerror(error), {}};
  switch (error) {
    case ENOENT:
    case ENOTDIR: result.todo = "bring the folder back, or name another"; break;
    case ENOSPC:
    case EDQUOT: result.todo = "free space on that disk"; break;
    case EFBIG: result.todo = "raise the limit of the file size"; break;
    case EMFILE:
    case ENFILE: result.todo = "raise the limit of open files"; break;
    case EACCES:
    case EPERM:
    case EROFS: result.todo = "give the node's user the right to read and write there"; break;
    default: result.todo = "check the disk and the kernel's log"; break;
  }
  return result;
}

Result<FileDescriptor> open_file(const std::string& path, int flags) {
  FileDescriptor file(open_descriptor(path, flags));
  if (!file.is_open()) return std::unexpected(system_error("opening", path, errno));
  return file;
}

Result<FileDescriptor> open_to_read(const std::string& path) {
  FileDescriptor file(open_descriptor(path, O_RDONLY));
  if (file.is_open()) return file;
  const int number = errno;
  Error error = system_error("opening", path, number);
  if (number == ENOENT || number == ENOTDIR) error.code = Code::not_found;
  return std::unexpected(std::move(error));
}

Result<std::uint64_t> file_bytes(const FileDescriptor& file, const std::string& path) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0)
    return std::unexpected(system_error("looking at", path, errno));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<bool> file_exists(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return std::unexpected(system_error("looking at", path, errno));
}

Result<> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return std::unexpected(system_error("removing", path, errno));
}

Result<std::vector<std::string>> folder_names(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  if (!stream) return std::unexpected(system_error("listing", folder, errno));
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0)
      return std::unexpected(system_error("listing", folder, errno));
    if (entry == nullptr) return names;
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
}

Result<> make_folder(const std::string& folder) {
  if (folder.empty()) return fail(Code::invalid, "a folder without a name");
  if (::mkdir(folder.c_str(), 0700) == 0) {
    return sync_folder(folder_of(folder));
  }
  if (errno == ENOENT && folder_of(folder) != folder) {
    TRY(make_folder(folder_of(folder)));
    return make_folder(folder);
  }
  const int error = errno;
  struct stat status{};
  if (error == EEXIST && ::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return std::unexpected(system_error("making the folder", folder, error));
}

Result<> write_at(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                  std::vector<iovec> pieces) {
  std::size_t first = 0;
  drop_written(pieces, first, 0);
  while (first < pieces.size()) {
    const int count = static_cast<int>(std::min<std::size_t>(pieces.size() - first, IOV_MAX));
    const ssize_t written =
        ::pwritev(file.get(), pieces.data() + first, count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error("writing", path, errno));
    if (written == 0) return std::unexpected(system_error("writing", path, ENOSPC));
    offset += static_cast<std::uint64_t>(written);
    drop_written(pieces, first, static_cast<std::size_t>(written));
  }
  return {};
}

Result<> read_into(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                   std::span<char> room) {
  std::size_t got = 0;
  while (got < room.size()) {
    const ssize_t n = ::pread(file.get(), room.data() + got, room.size() - got,
                              static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(system_error("reading", path, errno));
    if (n == 0) return fail(Code::corrupt, path + " ends too early", "restore it from a backup");
    got += static_cast<std::size_t>(n);
  }
  return {};
}

Result<Bytes> read_at(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                      std::uint64_t bytes) {
  Bytes out;
  out.resize(bytes);
  TRY(read_into(file, path, offset, out));
  return out;
}

Result<Bytes> read_file(const std::string& path) {
  TRY_ASSIGN(const FileDescriptor file, open_to_read(path));
  TRY_ASSIGN(const std::uint64_t bytes, file_bytes(file, path));
  return read_at(file, path, 0, bytes);
}

void sync_data_or_stop(const FileDescriptor& file, const std::string& path) {
  if (::fdatasync(file.get()) != 0) stop_process("fdatasync", path, errno);
}

void sync_file_or_stop(const FileDescriptor& file, const std::string& path) {
  if (::fsync(file.get()) != 0) stop_process("fsync", path, errno);
}

Result<> sync_folder(const std::string& folder) {
  TRY_ASSIGN(const FileDescriptor opened, open_file(folder, O_RDONLY | O_DIRECTORY));
  sync_file_or_stop(opened, folder);
  return {};
}

Result<> replace_file(const std::string& unfinished, const std::string& path,
                      corridor::View bytes) {
  {
    TRY_ASSIGN(const FileDescriptor file, open_file(unfinished, O_WRONLY | O_CREAT | O_TRUNC));
    auto written = write_at(file, unfinished, 0, {{const_cast<char*>(bytes.data()), bytes.size()}});
    if (!written) {
      (void)remove_file(unfinished);  // the error to report is the first one
      return written;
    }
  }
  return finish_file(unfinished, path);
}

Result<> finish_file(const std::string& unfinished, const std::string& path) {
  TRY_ASSIGN(const FileDescriptor file, open_file(unfinished, O_RDONLY));
  sync_file_or_stop(file, unfinished);
  if (::rename(unfinished.c_str(), path.c_str()) != 0)
    return std::unexpected(system_error("renaming a file to", path, errno));
  return sync_folder(folder_of(path));
}

}  // namespace corridor::store
