// SPDX-License-Identifier: Apache-2.0
//
// For tests and benchmarks only: a library of those packs whose files are beside the repository,
// found by their content, as `corridor pack import` finds them.
#pragma once

#include <algorithm>

#include "crypto/crypto.h"
#include "documents/packs.h"
#include "documents/schematron/suite_test_files.h"

namespace corridor::suites {

inline std::vector<documents::Pack> shared_packs() {
  std::vector<documents::OfferedFile> offered;
  for (const char* part : {"suites/en16931/rules", "suites/xrechnung/rules", "data/schemas",
                           "data/edifact-directories"}) {
    const auto folder = shared() / part;
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file())
        offered.push_back({entry.path().string(), crypto::sha256(read_file(entry.path())), {}});
  }
  std::vector<documents::Pack> packs;
  for (const auto& match : documents::match_packs(offered, documents::known_manifests())) {
    if (!match.whole()) continue;
    std::map<std::string, std::string, std::less<>> paths;
    for (std::size_t i = 0; i < match.offered.size(); ++i)
      paths.emplace(match.manifest->files[i].path, offered[match.offered[i]].path);
    packs.push_back({*match.manifest, [paths](std::string_view path) -> Result<Bytes> {
                       const auto found = paths.find(path);
                       if (found == paths.end()) return fail(Code::not_found, "no such file");
                       return read_file(found->second);
                     }});
  }
  return packs;
}

}  // namespace corridor::suites
