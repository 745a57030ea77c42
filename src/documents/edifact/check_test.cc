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

TEST_CASE("our messages are valid by the published directories") {
  for (const char* name : {"d96a", "d16b"}) {
    const edifact::Directory* directory = shared_directory(name);
    if (directory == nullptr) return;
    for (const NamedText& message : own_messages(directory->name())) {
      const auto checked = read_and_check(message.text, {.directory = published});
      REQUIRE_MESSAGE(checked.has_value(), message.path);
      for (const Finding& f : checked->findings)
        FAIL_CHECK(directory->name(), " ", message.path, " line ", f.line, " ", f.rule, " ", f.text);
    }
  }
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
