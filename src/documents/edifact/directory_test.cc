// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/directory.h"

#include <cstdlib>

#include "documents/edifact/test_directories.h"

namespace corridor::edifact {
namespace {

using documents::test_directory;
using documents::shared_directory;

struct Sizes {
  std::size_t slots = 0;
  std::size_t segments = 0;
  std::size_t groups = 0;
  std::size_t depth = 0;
  bool operator==(const Sizes&) const = default;
};

Sizes sizes_of(const Directory& directory, View type) {
  const Message* message = directory.message(type);
  REQUIRE(message != nullptr);
  Sizes out;
  std::set<std::uint16_t> segments;
  const auto slots = directory.slots(*message);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].group == 0) {
      ++out.slots;
      segments.insert(slots[i].segment);
      continue;
    }
    ++out.groups;
    std::size_t depth = 1;
    for (std::uint16_t at = slots[i].parent; at != kNoSlot; at = slots[at].parent) ++depth;
    out.depth = std::max(out.depth, depth);
  }
  out.segments = segments.size();
  return out;
}

TEST_CASE("the published directories are imported whole") {
  const char* const names[] = {"d96a", "d01b", "d14b", "d16b"};
  for (const char* name : names) {
    const auto files = documents::shared_directory_files(name);
    if (files.empty()) return;
    const auto directory = Directory::import(documents::as_files(files));
    REQUIRE_MESSAGE(directory.has_value(), directory.error().why);
    std::cout << name << " " << directory->name() << " messages "
              << directory->tables().messages.size() << " segments "
              << directory->tables().segments.size() << " composites "
              << directory->tables().composites.size() << " elements "
              << directory->tables().elements.size() << " codes "
              << directory->tables().codes.size() << " text " << directory->tables().text.size() << "\n";
    if (View(name) == "d96a") CHECK(sizes_of(*directory, "INVOIC") == Sizes{142, 42, 51, 3});
  }
}

}  // namespace
}  // namespace corridor::edifact
