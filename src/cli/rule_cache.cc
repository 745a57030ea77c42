// SPDX-License-Identifier: Apache-2.0
// The entry that is found by the first file alone says which other files belong to it. If there are
// none it is the entry itself; otherwise the files are hashed and their own entry is looked for.
// So two sets of rules whose first files are the same do not take each other's place.
#include "cli/rule_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/files.h"
#include "crypto/crypto.h"

namespace corridor::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEntriesMax = 32;
constexpr std::size_t kEntryBytesMax = 16 * 1024 * 1024;

// A program that was built anew must not read what its predecessor compiled.
std::string this_program() {
  struct stat facts{};
  if (::stat("/proc/self/exe", &facts) != 0) return CORRIDOR_VERSION;
  return std::string(CORRIDOR_VERSION) + " " + std::to_string(facts.st_size) + " " +
         std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec);
}

std::string cache_folder() {
  const auto absolute = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value != nullptr && *value == '/' ? fs::path(value) : fs::path();
  };
  if (const fs::path set = absolute("XDG_CACHE_HOME"); !set.empty())
    return set / "corridor" / "rules";
  if (const fs::path home = absolute("HOME"); !home.empty())
    return home / ".cache" / "corridor" / "rules";
  return {};
}

// Leaves the newest entries; of what others put there, and of files left half written, as well.
void drop_old_entries(const fs::path& folder) {
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

class RuleCache {
 public:
  RuleCache(const std::string& path, fs::path folder)
      : name_(file_name(path)),
        parent_(fs::path(path).parent_path()),
        folder_(std::move(folder)),
        program_(folder_.empty() ? std::string() : this_program()) {}

  Result<documents::RulePack> load() {
    const documents::OpenRules open = [this](std::string_view name) { return file(name); };
    if (folder_.empty()) return documents::compile_rules(name_, open);
    const std::vector<std::string> first{name_};
    // A file that cannot be read is compiling's to complain about.
    const auto digest = documents::digest_of_rules(first, open);
    if (!digest) return documents::compile_rules(name_, open);
    if (auto kept = find(*digest, open)) return std::move(*kept);
    TRY_ASSIGN(documents::RulePack rules, documents::compile_rules(name_, open));
    keep(rules, *digest);
    return rules;
  }

 private:
  // Each file once, however often it is asked for.
  Result<Bytes> file(std::string_view name) {
    const auto known = files_.find(name);
    if (known != files_.end()) return known->second;
    TRY_ASSIGN(Bytes bytes, read_file((parent_ / std::string(name)).string()));
    return files_.emplace(name, std::move(bytes)).first->second;
  }

  [[nodiscard]] fs::path entry(const Digest& digest) const {
    return folder_ / (hex(crypto::sha256({program_, View("\0", 1), digest.view()}).view()) +
                      ".rules");
  }

  std::optional<documents::RulePack> find(const Digest& first, const documents::OpenRules& open) {
    auto saved = read_file(entry(first).string(), kEntryBytesMax);
    if (!saved) return std::nullopt;
    const auto files = documents::saved_files(*saved);
    if (!files || files->paths.empty() || files->paths.front() != name_) return std::nullopt;
    Digest wanted = first;
    if (files->paths.size() > 1) {
      const auto all = documents::digest_of_rules(files->paths, open);
      if (!all) return std::nullopt;
      wanted = *all;
      if (files->digest != wanted) saved = read_file(entry(wanted).string(), kEntryBytesMax);
      if (!saved) return std::nullopt;
    }
    auto rules = documents::restore_rules(*saved, wanted, open);
    if (!rules) return std::nullopt;
    return std::move(*rules);
  }

  // Whoever cannot write there is not told: the rules are compiled, and that is what was asked for.
  void keep(const documents::RulePack& rules, const Digest& first) const {
    const Bytes bytes = rules.save();
    if (bytes.empty() || bytes.size() > kEntryBytesMax) return;
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return;
    (void)write_file(entry(first).string(), bytes, Existing::replace);
    if (rules.digest() != first)
      (void)write_file(entry(rules.digest()).string(), bytes, Existing::replace);
    drop_old_entries(folder_);
  }

  std::string name_;
  fs::path parent_;
  fs::path folder_;
  std::string program_;
  std::map<std::string, Bytes, std::less<>> files_;
};

}  // namespace

Result<documents::RulePack> load_rules(const std::string& path, const std::string& folder) {
  return RuleCache(path, folder).load();
}

Result<documents::RulePack> load_rules(const std::string& path) {
  return load_rules(path, cache_folder());
}

}  // namespace corridor::cli
