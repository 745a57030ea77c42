// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/terminal.h"

namespace corridor::cli {

namespace {

constexpr std::size_t kSecretBytesMax = 8 * 1024;

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
  auto bytes = path == "-" ? read_whole_file(STDIN_FILENO, "standard input", bytes_max)
                           : read_whole_file(path, bytes_max);
  if (bytes || bytes.error().code == Code::too_large) return bytes;
  bytes.error().code = Code::invalid;
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
  if (path != "-") return write_whole_file(path, bytes, existing);
  say(bytes);
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
