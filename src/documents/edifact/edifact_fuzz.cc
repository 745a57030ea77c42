// SPDX-License-Identifier: Apache-2.0
// The tokenizer and the tree of an interchange on anything, whether or not it begins as one.
#include "base/base.h"
#include "documents/edifact/interchange.h"
#include "documents/edifact/segments.h"

using namespace corridor;
using namespace corridor::documents;

namespace {

void check_tree(const xml::Tree& tree) {
  const xml::Locator places(tree);
  std::string scratch;
  for (xml::NodeId id = 0; id < tree.size(); ++id) {
    const xml::Node& n = tree.node(id);
    CHECK(n.end > id && n.end <= tree.size());
    CHECK(n.source_at <= tree.source().size());
    CHECK(places.of(id).line > 0 && places.of(id).column > 0);
    if (n.kind == xml::Kind::text) CHECK(is_utf8(tree.value(n)));
  }
  CHECK(tree.qname(tree.root()) == "interchange");
  CHECK(is_utf8(tree.source()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  Segments in(bytes);
  std::uint32_t last = 0;
  std::size_t count = 0;
  for (; in.next(); ++count) {
    CHECK(in.tag().size() == 3);
    CHECK(in.offset() >= last);
    last = in.offset();
    for (const Segments::Part& part : in.parts()) {
      CHECK(!part.text.empty() && part.offset >= last && part.offset < size);
      CHECK(in.part(part.element, part.component, part.repetition) == part.text);
    }
  }
  const auto tree = read_interchange(bytes);
  CHECK(tree.has_value() == in.failure().empty());
  if (tree) {
    check_tree(*tree);
    CHECK(tree->size() > count);
  } else {
    CHECK(tree.error().position.line > 0);
  }
  return 0;
}
