// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange.h"
#include "documents/edifact/test_directories.h"

namespace corridor::documents {
namespace {

const edifact::Directory* published(View version, View release) {
  if (version != "D") return nullptr;
  for (const char* name : {"d96a", "d01b", "d14b", "d16b"})
    if (upper_release(name) == release) return shared_directory(name);
  return nullptr;
}

TEST_CASE("real interchanges against their directories") {
  const auto folder = shared_folder("data/documents/edifact");
  if (folder.empty()) return;
  for (const auto& path : files_below(folder)) {
    const std::string text = file_text(path);
    const auto checked = read_and_check(text, {.directory = published});
    REQUIRE_MESSAGE(checked.has_value(), path.string());
    std::cout << path.filename().string() << "\n";
    for (const Finding& f : checked->findings)
      std::cout << "  " << severity_name(f.severity) << " " << f.rule << " " << f.line << ":" << f.column << " " << f.path << " | " << f.text << " | " << f.values << "\n";
  }
}

}  // namespace
}  // namespace corridor::documents
