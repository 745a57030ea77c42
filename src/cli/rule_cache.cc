// SPDX-License-Identifier: Apache-2.0
// The entry that is found by the first file alone says which other files belong to it. If there are
// none it is the entry itself; otherwise the files are hashed and their own entry is looked for.
// So two sets of rules whose first files are the same do not take each other's place.
#include "cli/rule_cache.h"

#include <filesystem>
#include <map>

#include "cli/files.h"
#include "engine/compiled_cache.h"

namespace corridor::cli {

namespace {

namespace fs = std::filesystem;

class RuleCache {
 public:
  RuleCache(const std::string& path, std::string folder)
      : name_(file_name(path)),
        parent_(fs::path(path).parent_path()),
        keeps_(!folder.empty()),
        cache_(std::move(folder)) {}

  Result<documents::RulePack> load() {
    const documents::OpenRules open = [this](std::string_view name) { return file(name); };
    if (!keeps_) return documents::compile_rules(name_, open);
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

  std::optional<documents::RulePack> find(const Digest& first, const documents::OpenRules& open) {
    auto saved = cache_.get(first);
    if (!saved) return std::nullopt;
    const auto files = documents::saved_files(*saved);
    if (!files || files->paths.empty() || files->paths.front() != name_) return std::nullopt;
    Digest wanted = first;
    if (files->paths.size() > 1) {
      const auto all = documents::digest_of_rules(files->paths, open);
      if (!all) return std::nullopt;
      wanted = *all;
      if (files->digest != wanted) saved = cache_.get(wanted);
      if (!saved) return std::nullopt;
    }
    auto rules = documents::restore_rules(*saved, wanted, open);
    if (!rules) return std::nullopt;
    return std::move(*rules);
  }

  void keep(const documents::RulePack& rules, const Digest& first) const {
    const Bytes bytes = rules.save();
    cache_.put(first, bytes);
    if (rules.digest() != first) cache_.put(rules.digest(), bytes);
  }

  std::string name_;
  fs::path parent_;
  bool keeps_;
  engine::CompiledCache cache_;
  std::map<std::string, Bytes, std::less<>> files_;
};

}  // namespace

Result<documents::RulePack> load_rules(const std::string& path, const std::string& folder) {
  return RuleCache(path, folder).load();
}

Result<documents::RulePack> load_rules(const std::string& path) {
  return load_rules(path, engine::CompiledCache::users_folder());
}

}  // namespace corridor::cli
