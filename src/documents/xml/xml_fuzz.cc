// SPDX-License-Identifier: Apache-2.0
// Whatever parses is a sound tree: ranges nest, lists are complete, positions and paths exist.
#include "documents/xml/tree.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tree = xml::parse(View(reinterpret_cast<const char*>(data), size));
  if (!tree) return 0;
  std::size_t listed = 0;
  std::size_t named = 0;
  for (xml::NodeId id = 0; id < tree->size(); ++id) {
    const xml::Node& n = tree->node(id);
    CHECK(n.end > id && n.end <= tree->size());
    if (id != 0) CHECK(n.parent < id && n.end <= tree->node(n.parent).end);
    if (n.kind == xml::Kind::element || n.kind == xml::Kind::attribute) ++named;
    (void)tree->position(id);
    if (id < 64) (void)tree->path(id);
    (void)tree->string_value(id);
  }
  for (xml::NameId name = 1; name < tree->name_count(); ++name) {
    CHECK(tree->find_name(tree->space(name), tree->local(name)) == name);
    listed += tree->elements(name).size() + tree->attributes(name).size();
  }
  CHECK(listed == named);
  return 0;
}
