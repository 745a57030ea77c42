// SPDX-License-Identifier: Apache-2.0
#include "engine/compiled_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "crypto/crypto.h"

namespace corridor::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEntriesMax = 32;
constexpr std::size_t kEntryBytesMax = 32 * 1024 * 1024;

// A program that was built anew must not read what its predecessor compiled.
std::string this_program() {
  struct stat facts{};
  if (::stat("/proc/self/exe", &facts) != 0) return CORRIDOR_VERSION;
  return std::string(CORRIDOR_VERSION) + " " + std::to_string(facts.st_size) + " " +
         std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec);
}

// Leaves the newest entries; of what others put there, and of files left half written, as well.
void drop_old_entries(const std::string& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored)) entries.emplace_back(it->last_write_time(ignored), it->path());
  }
  if (entries.size() <= kEntriesMax) return;
  std::ranges::sort(entries, std::ranges::greater());
  for (std::size_t i = kEntriesMax; i < entries.size(); ++i) fs::remove(entries[i].second, error);
}

}  // namespace

std::string CompiledCache::users_folder() {
  const auto absolute = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value != nullptr && *value == '/' ? std::string(value) : std::string();
  };
  if (const std::string set = absolute("XDG_CACHE_HOME"); !set.empty())
    return set + "/corridor/rules";
  if (const std::string home = absolute("HOME"); !home.empty())
    return home + "/.cache/corridor/rules";
  return {};
}

CompiledCache::CompiledCache(std::string folder)
    : folder_(std::move(folder)), program_(folder_.empty() ? std::string() : this_program()) {}

std::string CompiledCache::entry(const Digest& key) const {
  return folder_ + "/" + hex(crypto::sha256({program_, View("\0", 1), key.view()}).view()) + ".rules";
}

std::optional<Bytes> CompiledCache::get(const Digest& key) const {
  if (folder_.empty()) return std::nullopt;
  auto bytes = read_whole_file(entry(key), kEntryBytesMax);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

void CompiledCache::put(const Digest& key, View compiled) const {
  if (folder_.empty() || compiled.empty() || compiled.size() > kEntryBytesMax) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return;
  (void)write_whole_file(entry(key), compiled, Existing::replace);
  drop_old_entries(folder_);
}

}  // namespace corridor::engine
