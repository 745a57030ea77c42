// SPDX-License-Identifier: Apache-2.0
#include "documents/xml/tree.h"

#include <algorithm>

#include "documents/xml/pages.h"

namespace corridor::xml {

namespace {

std::size_t hash_of(View local) {
  std::uint64_t h = local.size();
  for (const char c : local) h = (h ^ static_cast<unsigned char>(c)) * 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(h ^ (h >> 29));
}

}  // namespace

NodeId Tree::root() const {
  for (NodeId id = first_child(0); id != kNone; id = next_sibling(id))
    if (nodes_[id].kind == Kind::element) return id;
  return kNone;
}

NodeId Tree::child(NodeId parent, NameId name) const {
  for (NodeId id = first_child(parent); id != kNone; id = next_sibling(id))
    if (nodes_[id].name == name && nodes_[id].kind == Kind::element) return id;
  return kNone;
}

NodeId Tree::attribute(NodeId element, NameId name) const {
  const NodeId last = element + nodes_[element].attributes;
  for (NodeId id = element + 1; id <= last; ++id)
    if (nodes_[id].name == name) return id;
  return kNone;
}

View Tree::string_value(NodeId id, std::string& scratch) const {
  const Node& n = nodes_[id];
  if (!n.mixed) return value(n);
  scratch.clear();
  for (NodeId i = id + 1; i < n.end; ++i)
    if (nodes_[i].kind == Kind::text) scratch.append(value(nodes_[i]));
  return scratch;
}

std::string Tree::string_value(NodeId id) const {
  std::string scratch;
  return std::string(string_value(id, scratch));
}

NameId Tree::find_name(View space, View local) const {
  const std::size_t mask = name_slots_.size() - 1;
  for (std::size_t slot = hash_of(local) & mask; name_slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Name& name = names_[name_slots_[slot]];
    if (view(name.local) == local && view(spaces_[name.space]) == space) return name_slots_[slot];
  }
  return 0;
}

std::string Tree::qname(NodeId id) const {
  const Node& n = nodes_[id];
  if (n.name == 0) return {};
  const View p = prefix(n);
  return p.empty() ? std::string(local(n.name)) : std::string(p) + ":" + std::string(local(n.name));
}

std::optional<View> Tree::space_of_prefix(NodeId element, View prefix) const {
  for (NodeId id = element; id != kNone; id = nodes_[id].parent) {
    const auto first = std::ranges::lower_bound(declarations_, id, {}, &Declaration::element);
    for (auto it = first; it != declarations_.end() && it->element == id; ++it)
      if (view(it->prefix) == prefix) return view(spaces_[it->space]);
  }
  if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
  if (prefix.empty()) return View{};
  return std::nullopt;
}

Position Tree::position(NodeId id) const {
  Position at{1, 1};
  const View before =
      View(text_).substr(0, std::min<std::size_t>(nodes_[id].source_at, source_bytes_));
  std::size_t line_start = 0;
  for (std::size_t i = before.find('\n'); i != View::npos; i = before.find('\n', line_start)) {
    ++at.line;
    line_start = i + 1;
  }
  for (const char c : before.substr(line_start))
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++at.column;
  return at;
}

Locator::Locator(const Tree& tree) : tree_(tree), starts_{0} {
  const View source = View(tree.text_).substr(0, tree.source_bytes_);
  for (std::size_t i = source.find('\n'); i != View::npos; i = source.find('\n', i + 1))
    starts_.push_back(static_cast<std::uint32_t>(i + 1));
}

Position Locator::of(NodeId id) const {
  const std::uint32_t at = tree_.node(id).source_at;
  const auto line = std::ranges::upper_bound(starts_, at) - starts_.begin();
  Position out{static_cast<std::uint32_t>(line), 1};
  const std::uint32_t start = starts_[static_cast<std::size_t>(line - 1)];
  for (const char c : View(tree_.text_).substr(start, at - start))
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++out.column;
  return out;
}

namespace {

bool same_step(const Node& a, const Node& b) { return a.kind == b.kind && a.name == b.name; }

}  // namespace

std::string Tree::path(NodeId id) const {
  if (id == 0) return "/";
  std::string steps;
  for (; id != 0; id = nodes_[id].parent) {
    const Node& n = nodes_[id];
    std::string step = "/";
    switch (n.kind) {
      case Kind::attribute: step += "@" + qname(id); break;
      case Kind::text: step += "text()"; break;
      case Kind::comment: step += "comment()"; break;
      case Kind::instruction: step += "processing-instruction()"; break;
      default: step += qname(id);
    }
    if (n.kind != Kind::attribute) {
      std::size_t nth = 0;
      std::size_t all = 0;
      for (NodeId i = first_child(n.parent); i != kNone; i = next_sibling(i)) {
        if (!same_step(nodes_[i], n)) continue;
        ++all;
        if (i <= id) ++nth;
      }
      if (all > 1) step += "[" + std::to_string(nth) + "]";
    }
    steps.insert(0, step);
  }
  return steps;
}

std::size_t Tree::memory_bytes() const {
  return text_.capacity() + nodes_.capacity() * sizeof(Node) + lists_.capacity() * sizeof(NodeId) +
         names_.capacity() * sizeof(Name) + name_slots_.capacity() * sizeof(NameId);
}

void Tree::build_lists() {
  starts_.assign(names_.size() * 2 + 1, 0);
  const auto slot = [](const Node& n) { return n.name * 2 + (n.kind == Kind::attribute ? 1 : 0); };
  std::size_t total = 0;
  for (const Node& n : nodes_) {
    if (n.kind != Kind::element && n.kind != Kind::attribute) continue;
    ++starts_[slot(n) + 1];
    ++total;
  }
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  lists_.resize(total);
  std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    const Node& n = nodes_[id];
    if (n.kind == Kind::element || n.kind == Kind::attribute) lists_[next[slot(n)]++] = id;
  }
}

Builder::Builder(std::string source) {
  tree_.text_ = std::move(source);
  tree_.source_bytes_ = tree_.text_.size();
  // About as many as invoices have; what is not needed is never touched.
  const std::size_t nodes = tree_.text_.size() / 12 + 16;
  tree_.nodes_.reserve(nodes);
  prefer_large_pages(tree_.nodes_.data(), nodes * sizeof(Node));
  tree_.nodes_.emplace_back();
  tree_.names_.emplace_back();
  tree_.spaces_.emplace_back();
  tree_.prefixes_.emplace_back();
  tree_.name_slots_.assign(256, 0);
}

// Offsets, not views: the buffers may still move. What stands in the source is not copied.
Tree::Piece Builder::keep(View text) {
  const auto bytes = static_cast<std::uint32_t>(text.size());
  const View all = source();
  if (text.data() >= all.data() && text.data() + text.size() <= all.data() + all.size())
    return {static_cast<std::uint32_t>(text.data() - all.data()), bytes};
  return {rewrite(text), bytes};
}

NameId Builder::name(std::uint32_t space, View local) {
  const std::size_t mask = tree_.name_slots_.size() - 1;
  std::size_t slot = hash_of(local) & mask;
  for (; tree_.name_slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Tree::Name& name = tree_.names_[tree_.name_slots_[slot]];
    if (name.space == space && view(name.local) == local) return tree_.name_slots_[slot];
  }
  const auto id = static_cast<NameId>(tree_.names_.size());
  tree_.names_.push_back({space, keep(local)});
  tree_.name_slots_[slot] = id;
  if (tree_.names_.size() * 2 > tree_.name_slots_.size()) grow_names();
  return id;
}

void Builder::grow_names() {
  tree_.name_slots_.assign(tree_.name_slots_.size() * 2, 0);
  const std::size_t mask = tree_.name_slots_.size() - 1;
  for (NameId id = 1; id < tree_.names_.size(); ++id) {
    std::size_t slot = hash_of(view(tree_.names_[id].local)) & mask;
    while (tree_.name_slots_[slot] != 0) slot = (slot + 1) & mask;
    tree_.name_slots_[slot] = id;
  }
}

std::uint32_t Builder::space(View uri) {
  for (std::uint32_t i = 0; i < tree_.spaces_.size(); ++i)
    if (view(tree_.spaces_[i]) == uri) return i;
  tree_.spaces_.push_back(keep(uri));
  return static_cast<std::uint32_t>(tree_.spaces_.size() - 1);
}

std::uint16_t Builder::prefix(View prefix) {
  for (std::size_t i = 0; i < tree_.prefixes_.size(); ++i)
    if (view(tree_.prefixes_[i]) == prefix) return static_cast<std::uint16_t>(i);
  CHECK(tree_.prefixes_.size() < 0xffff, "more prefixes than a node can name");
  tree_.prefixes_.push_back(keep(prefix));
  return static_cast<std::uint16_t>(tree_.prefixes_.size() - 1);
}

Tree Builder::finish() {
  CHECK(open_ == 0, "the tree is not balanced");
  Node& document = tree_.nodes_[0];
  document.end = static_cast<NodeId>(tree_.nodes_.size());
  document.mixed = true;
  tree_.text_ += rewritten_;
  tree_.build_lists();
  return std::move(tree_);
}

}  // namespace corridor::xml
