// SPDX-License-Identifier: Apache-2.0
//
// For the tests of this room only: files of the repository and of ../shared, and small edits.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "documents/documents.h"

// Last: doctest's CHECK takes the place of ours.
#include <doctest/doctest.h>

namespace corridor::documents {

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::string example(const std::string& name) {
  return file_text(std::filesystem::path(CORRIDOR_SOURCE_DIR) / "examples" / name);
}

// Empty, and said so on one line, when the suite is not here.
inline std::filesystem::path shared_folder(const std::string& suite) {
  const char* const named = std::getenv("CORRIDOR_SHARED");
  const std::filesystem::path root =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(CORRIDOR_SOURCE_DIR) / ".." / "shared";
  if (std::filesystem::is_directory(root / suite)) return root / suite;
  static std::set<std::string> said;
  if (said.insert(suite).second) std::cout << "SKIPPED " << suite << ": ../shared is not here\n";
  return {};
}

inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

// The text with the first `from` behind `after` replaced.
inline std::string changed(std::string text, const std::string& from, const std::string& to,
                           const std::string& after = {}) {
  const std::size_t start = text.find(after);
  REQUIRE_MESSAGE(start != std::string::npos, after);
  const std::size_t at = text.find(from, start);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

// The rules of the findings, once each, by their ids: "CB-12 CB-31".
inline std::string rules_found(const Report& report) {
  std::set<std::string> rules;
  for (const auto& finding : report.findings) rules.insert(finding.rule);
  std::string out;
  for (const auto& rule : rules) out += (out.empty() ? "" : " ") + rule;
  return out;
}

inline std::string rules_found(View bytes) { return rules_found(check(bytes)); }

}  // namespace corridor::documents
