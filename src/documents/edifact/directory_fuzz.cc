// SPDX-License-Identifier: Apache-2.0
// The import of a directory. The input is files one after the other, each begun by a line
// "%% name"; what comes out of it is a sound directory or a refusal with a sentence.
#include <string>
#include <vector>

#include "base/base.h"
#include "documents/edifact/directory.h"

using namespace corridor;
using namespace corridor::edifact;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  std::vector<DirectoryFile> files;
  for (std::size_t at = bytes.find("%% "); at < bytes.size();) {
    const std::size_t line = std::min(bytes.find('\n', at), bytes.size());
    const std::size_t next = std::min(bytes.find("\n%% ", line), bytes.size());
    files.push_back({std::string(bytes.substr(at + 3, line - at - 3)),
                     bytes.substr(std::min(line + 1, next), next - std::min(line + 1, next))});
    at = next + 1;
  }
  const auto directory = Directory::import(files);
  if (!directory) {
    CHECK(!directory.error().why.empty() && is_utf8(directory.error().why));
    return 0;
  }
  const auto restored = Directory::restore(directory->save());
  CHECK(restored.has_value() && restored->save() == directory->save());
  return 0;
}
