// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace corridor {

namespace {

Result<> write_all(int fd, View bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(Code::unavailable, std::strerror(errno), "make room there");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

void sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<Bytes> read_whole_file(int fd, const std::string& name, std::size_t bytes_max) {
  Bytes bytes;
  std::array<char, 64 * 1024> part;
  for (;;) {
    const ssize_t got = ::read(fd, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Code::denied, name + " cannot be read: " + std::strerror(errno),
                  "name a file that this user may read");
    if (got == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    if (bytes.size() > bytes_max)
      return fail(Code::too_large, name + " is larger than " + std::to_string(bytes_max) + " bytes",
                  "name a smaller file");
  }
}

Result<Bytes> read_whole_file(const std::string& path, std::size_t bytes_max) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(errno == ENOENT || errno == ENOTDIR ? Code::not_found : Code::denied,
                path + " cannot be read: " + std::strerror(errno),
                "name a file that is there and that this user may read");
  auto bytes = read_whole_file(fd, path, bytes_max);
  ::close(fd);
  return bytes;
}

Result<> write_whole_file(const std::string& path, View bytes, Existing existing) {
  const auto failed = [&](const std::string& why) {
    return fail(Code::unavailable, path + " cannot be written: " + why,
                "name a place where this user may write");
  };
  // A name of its own in the same folder, which takes its final name when it is whole.
  std::string part = path + ".XXXXXX";
  const int fd = ::mkostemp(part.data(), O_CLOEXEC);
  if (fd < 0) return failed(std::strerror(errno));
  auto written = write_all(fd, bytes);
  if (written && ::fsync(fd) != 0) written = fail(Code::unavailable, std::strerror(errno));
  ::close(fd);
  const bool replace = existing == Existing::replace;
  if (written && replace && ::rename(part.c_str(), path.c_str()) != 0)
    written = fail(Code::unavailable, std::strerror(errno));
  const bool taken = written && !replace && ::link(part.c_str(), path.c_str()) != 0;
  const int why = errno;
  if (!written || !replace) ::unlink(part.c_str());
  if (!written) return failed(written.error().why);
  if (taken && why == EEXIST)
    return fail(Code::conflict, path + " is there already", "name another file");
  if (taken) return failed(std::strerror(why));
  sync_folder_of(path);
  return {};
}

}  // namespace corridor
