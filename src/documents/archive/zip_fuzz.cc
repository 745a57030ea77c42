// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: within the limits, paths that stay below where they are put, and no path twice.
#include <set>

#include "base/base.h"
#include "documents/archive/zip.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  const archive::Limits limits{
      .entries_max = 100, .total_bytes_max = 4'000'000, .entry_bytes_max = 2'000'000};
  const auto files = archive::unzip(bytes, limits);
  if (!files) {
    CHECK(is_utf8(files.error().why), files.error().why);
    return 0;
  }
  CHECK(archive::begins_as_zip(bytes) && files->size() <= limits.entries_max);
  std::set<View> paths;
  std::size_t total = 0;
  for (const archive::Entry& entry : *files) {
    CHECK(paths.insert(entry.path).second, entry.path);
    CHECK(!entry.path.empty() && entry.path[0] != '/' && is_utf8(entry.path), entry.path);
    CHECK(!("/" + entry.path + "/").contains("/../"), entry.path);
    CHECK(entry.path.find_first_of(View("\\\0", 2)) == std::string::npos, entry.path);
    CHECK(entry.bytes.size() <= limits.entry_bytes_max);
    total += entry.bytes.size();
  }
  CHECK(total <= limits.total_bytes_max);
  return 0;
}
