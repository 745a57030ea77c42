// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/terminal.h"

namespace corridor::cli {

namespace {

constexpr std::size_t kSecretBytesMax = 8 * 1024;

Result<Bytes> read_all(int fd, const std::string& path, std::size_t bytes_max) {
  Bytes bytes;
  std::array<char, 64 * 1024> part;
  for (;;) {
    const ssize_t got = ::read(fd, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Code::invalid, path + " cannot be read: " + std::strerror(errno),
                  "name a file that this user may read");
    if (got == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    if (bytes.size() > bytes_max)
      return fail(Code::too_large, path + " is larger than " + std::to_string(bytes_max) + " bytes",
                  "name a smaller file");
  }
}

Result<> write_all(int fd, View bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(Code::unavailable, std::strerror(errno), "make room there");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

std::unexpected<Error> is_there(const std::string& path) {
  return fail(Code::conflict, path + " is there already", "name another file");
}

}  // namespace

Result<> check_free(const std::string& path) {
  std::error_code ignored;
  if (path != "-" && std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
    return is_there(path);
  return {};
}

Result<Bytes> read_file(const std::string& path, std::size_t bytes_max) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", bytes_max);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(Code::invalid, path + " cannot be read: " + std::strerror(errno),
                "name a file that is there and that this user may read");
  auto bytes = read_all(fd, path, bytes_max);
  ::close(fd);
  return bytes;
}

Result<> check_readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return {};
  return fail(Code::invalid, path + " cannot be read: " + std::strerror(errno),
              "name a file that is there and that this user may read");
}

Result<std::string> secret_of_file(const std::string& path) {
  TRY_ASSIGN(Bytes text, read_file(path, kSecretBytesMax));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty() || text != printable(text))
    return fail(Code::invalid, path + " does not hold one line", "write the value alone into it");
  return text;
}

Result<> write_file(const std::string& path, View bytes, Existing existing) {
  if (path == "-") {
    say(bytes);
    return {};
  }
  const auto failed = [&](const std::string& why) {
    return fail(Code::unavailable, path + " cannot be written: " + why,
                "name a place where this user may write");
  };
  // A name of its own in the same folder, linked to its final name when it is whole.
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
  if (taken && why == EEXIST) return is_there(path);
  if (taken) return failed(std::strerror(why));
  return {};
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string plain_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    if (!plain && !out.empty() && out.back() != '-') out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::string own_folder(const std::string& installed, const std::string& in_sources) {
  std::error_code error;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto shared = binary.parent_path().parent_path() / "share/corridor" / installed;
    if (std::filesystem::exists(shared, error)) return shared.string();
  }
  const std::string source = CORRIDOR_SOURCE_DIR "/" + in_sources;
  return std::filesystem::exists(source, error) ? source : std::string();
}

}  // namespace corridor::cli
