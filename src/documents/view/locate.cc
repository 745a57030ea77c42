// SPDX-License-Identifier: Apache-2.0
#include "documents/view/locate.h"

#include <charconv>

namespace corridor::documents {

namespace {

constexpr std::size_t kStepsMax = 600;

bool fits(const xml::Tree& tree, xml::NodeId id, View name) {
  switch (tree.node(id).kind) {
    case xml::Kind::element: return tree.qname(id) == name;
    case xml::Kind::text: return name == "text()";
    case xml::Kind::comment: return name == "comment()";
    case xml::Kind::instruction: return name == "processing-instruction()";
    default: return false;
  }
}

xml::NodeId attribute_of(const xml::Tree& tree, xml::NodeId element, View name) {
  const xml::NodeId last = element + tree.node(element).attributes;
  for (xml::NodeId id = element + 1; id <= last; ++id)
    if (tree.qname(id) == name) return id;
  return xml::kNone;
}

xml::NodeId step_into(const xml::Tree& tree, xml::NodeId node, View step) {
  if (step.starts_with('@')) return attribute_of(tree, node, step.substr(1));
  std::size_t nth = 1;
  const std::size_t open = step.find('[');
  if (open != View::npos) {
    const char* const end = step.data() + step.size();
    const auto read = std::from_chars(step.data() + open + 1, end, nth);
    if (read.ec != std::errc() || View(read.ptr, end) != "]") return xml::kNone;
  }
  const View name = step.substr(0, open);
  for (xml::NodeId id = tree.first_child(node); id != xml::kNone; id = tree.next_sibling(id))
    if (fits(tree, id, name) && --nth == 0) return id;
  return xml::kNone;
}

}  // namespace

xml::NodeId locate(const xml::Tree& tree, std::string_view path) {
  if (path == "/") return tree.root();
  if (!path.starts_with('/')) return xml::kNone;
  xml::NodeId node = 0;
  for (std::size_t steps = 0; !path.empty() && node != xml::kNone; ++steps) {
    if (steps > kStepsMax) return xml::kNone;
    path.remove_prefix(1);
    const View step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    node = step_into(tree, node, step);
  }
  return node;
}

}  // namespace corridor::documents
