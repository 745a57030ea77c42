// SPDX-License-Identifier: Apache-2.0
//
// XML as checking needs it: a flat tree with resolved namespaces over one buffer of UTF-8 text.
//
// Nodes are numbered in document order (an element, its attributes, its children), so that sorting
// and removing duplicates are integer work; the subtree of a node is the range [id, end). Expanded
// names are interned per tree, and each name has its list of elements and of attributes, so that
// `//name` costs nothing. Namespace declarations are not nodes.
//
// `parse` is strict XML 1.0 (fifth edition) with Namespaces 1.0, and refuses by name what a checker
// must never do: a document type declaration, and with it every entity beyond the five. UTF-8,
// UTF-16 (with a byte order mark) and ISO-8859-1 (declared) are read; nothing is ever fetched.
//
//   TRY_ASSIGN(const xml::Tree tree, xml::parse(bytes));
//   for (NodeId line : tree.elements(tree.find_name(kCacNamespace, "InvoiceLine"))) ...
//
// `Builder` makes the same tree from something that is not XML (EDIFACT, JSON).
// Threads: a finished tree is immutable and may be read by any number of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace corridor::xml {

using NodeId = std::uint32_t;  // 0 is the document node
using NameId = std::uint32_t;  // of one tree; 0 is "no name"
inline constexpr NodeId kNone = 0xffffffff;

enum class Kind : std::uint8_t { document, element, attribute, text, comment, instruction };

struct Limits {
  std::size_t bytes_max = limits::kDocumentBytesMax;
  std::size_t depth_max = 512;
  std::size_t nodes_max = 8'000'000;
  std::size_t attributes_max = 1'000;  // of one element, namespace declarations included
  std::size_t names_max = 60'000;      // distinct names, and distinct namespaces and prefixes
  std::size_t text_bytes_max = 48 * 1024 * 1024;  // of one text or attribute value
};

struct Node {
  Kind kind = Kind::document;
  bool mixed = false;            // its string value is not one piece: see string_value()
  std::uint16_t attributes = 0;  // they are the ids that follow
  NameId name = 0;               // of an element, an attribute; of an instruction its target
  NodeId parent = kNone;
  NodeId end = 0;              // one past the last id of the subtree
  std::uint32_t value_at = 0;  // the string value in the tree's buffer, unless mixed
  std::uint32_t value_bytes = 0;
  std::uint32_t source_at = 0;  // where the node starts in the text that was parsed
  std::uint16_t prefix = 0;     // as written in the document; 0 is none
  std::uint16_t depth = 0;      // 0 for the document
};

struct Position {
  std::uint32_t line = 0;    // 1-based
  std::uint32_t column = 0;  // 1-based, in characters
};

class Tree {
 public:
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  // Ids come from the tree itself; this is read too often to be checked by the library each time.
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_.data()[id]; }
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] NodeId root() const;  // the document element

  // Navigation; kNone when there is none. Children are all kinds but attributes.
  [[nodiscard]] NodeId first_child(NodeId id) const {
    const Node& n = node(id);
    const NodeId child = id + 1 + n.attributes;
    return child < n.end ? child : kNone;
  }
  [[nodiscard]] NodeId next_sibling(NodeId id) const {
    const Node& n = node(id);
    if (n.parent == kNone || n.kind == Kind::attribute) return kNone;
    return n.end < node(n.parent).end ? n.end : kNone;
  }
  [[nodiscard]] NodeId child(NodeId parent, NameId name) const;  // the first element of that name
  [[nodiscard]] NodeId attribute(NodeId element, NameId name) const;

  // The text of a node as XPath's string(): for a mixed node `scratch` holds the pieces.
  [[nodiscard]] View string_value(NodeId id, std::string& scratch) const;
  [[nodiscard]] std::string string_value(NodeId id) const;
  // The same where the node is not mixed (every attribute, text, and element of plain content).
  [[nodiscard]] View value(const Node& n) const {
    return {text_.data() + n.value_at, n.value_bytes};
  }

  [[nodiscard]] NameId find_name(View space, View local) const;  // 0: not in this document
  [[nodiscard]] std::size_t name_count() const { return names_.size(); }
  [[nodiscard]] View local(NameId name) const { return view(names_[name].local); }
  [[nodiscard]] View space(NameId name) const { return view(spaces_[names_[name].space]); }
  [[nodiscard]] View prefix(const Node& n) const { return view(prefixes_[n.prefix]); }
  [[nodiscard]] std::string qname(NodeId id) const;  // prefix:local as written; empty for no name

  // What a prefix means at an element (the empty prefix: the default namespace); nothing if
  // unbound.
  [[nodiscard]] std::optional<View> space_of_prefix(NodeId element, View prefix) const;

  // All elements, all attributes of a name, in document order.
  [[nodiscard]] std::span<const NodeId> elements(NameId name) const { return list(name * 2); }
  [[nodiscard]] std::span<const NodeId> attributes(NameId name) const { return list(name * 2 + 1); }

  // What was parsed, as UTF-8; Node::source_at is an offset in it.
  [[nodiscard]] View source() const { return View(text_).substr(0, source_bytes_); }
  [[nodiscard]] Position position(NodeId id) const;
  // /ubl:Invoice/cac:InvoiceLine[2]/cbc:ID: prefixes as in the document, [n] where siblings share
  // it.
  [[nodiscard]] std::string path(NodeId id) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  friend class Builder;
  friend class Locator;
  struct Piece {  // of text_
    std::uint32_t at = 0;
    std::uint32_t bytes = 0;
  };
  struct Name {
    std::uint32_t space = 0;  // index into spaces_
    Piece local;
  };
  struct Declaration {
    NodeId element = 0;
    Piece prefix;
    std::uint32_t space = 0;
  };

  [[nodiscard]] View view(Piece piece) const { return View(text_).substr(piece.at, piece.bytes); }
  [[nodiscard]] std::span<const NodeId> list(std::size_t slot) const {
    if (slot + 1 >= starts_.size()) return {};
    const std::uint32_t* start = starts_.data() + slot;
    return {lists_.data() + start[0], start[1] - start[0]};
  }
  void build_lists();

  std::string
      text_;  // what was parsed, and behind it what had to be rewritten (entities, line ends)
  std::size_t source_bytes_ = 0;
  std::vector<Node> nodes_;
  std::vector<Name> names_;
  std::vector<Piece> spaces_;
  std::vector<Piece> prefixes_;
  std::vector<Declaration> declarations_;  // by element
  std::vector<NameId> name_slots_;  // open addressing by the hash of the local name, 0 is free
  std::vector<std::uint32_t> starts_;
  std::vector<NodeId> lists_;
};

// Positions of many nodes of one tree: the lines are found once.
class Locator {
 public:
  explicit Locator(const Tree& tree);
  [[nodiscard]] Position of(NodeId id) const;

 private:
  const Tree& tree_;
  std::vector<std::uint32_t> starts_;  // of the lines, as offsets
};

Result<Tree> parse(View bytes, Limits limits = {});

// Builds a tree by hand, in document order: open, attributes, content, close. The caller keeps the
// order and the balance (CHECKed); names are not examined.
class Builder {
 public:
  explicit Builder(std::string source = {});

  // Interned; `space` is a number that `space()` gave.
  NameId name(std::uint32_t space, View local);
  std::uint32_t space(View uri);
  std::uint16_t prefix(View prefix);
  // A namespace declaration of the element that is opened next.
  void declare(View prefix, std::uint32_t space) {
    tree_.declarations_.push_back({static_cast<NodeId>(tree_.nodes_.size()), keep(prefix), space});
  }

  NodeId open(NameId name, std::uint16_t prefix, std::uint32_t source_at = 0) {
    const NodeId id = add(Kind::element, name, source_at);
    tree_.nodes_[id].prefix = prefix;
    open_ = id;
    return id;
  }
  void close() {
    Node& n = tree_.nodes_[open_];
    n.end = static_cast<NodeId>(tree_.nodes_.size());
    settle(open_);
    open_ = n.parent;
  }
  // `at` and `bytes` name a stretch of the source or of what `rewrite` returned.
  NodeId attribute(NameId name, std::uint16_t prefix, std::uint32_t at, std::uint32_t bytes,
                   std::uint32_t source_at = 0) {
    const NodeId id = add(Kind::attribute, name, source_at);
    tree_.nodes_[id].prefix = prefix;
    set_value(id, at, bytes);
    ++tree_.nodes_[open_].attributes;
    return id;
  }
  NodeId leaf(Kind kind, NameId name, std::uint32_t at, std::uint32_t bytes,
              std::uint32_t source_at = 0) {
    const NodeId id = add(kind, name, source_at);
    set_value(id, at, bytes);
    return id;
  }
  // Text that does not stand in the source as such; the offset to give to the calls above.
  std::uint32_t rewrite(View text) {
    const auto at = static_cast<std::uint32_t>(tree_.source_bytes_ + rewritten_.size());
    rewritten_.append(text);
    return at;
  }
  // Shorthands for trees that are not made from XML.
  NodeId open(View uri, View local) { return open(name(space(uri), local), 0); }
  void text(View value) {
    leaf(Kind::text, 0, rewrite(value), static_cast<std::uint32_t>(value.size()));
  }
  void attribute(View local, View value) {
    attribute(name(0, local), 0, rewrite(value), static_cast<std::uint32_t>(value.size()));
  }

  [[nodiscard]] View source() const { return View(tree_.text_).substr(0, tree_.source_bytes_); }
  [[nodiscard]] std::size_t size() const { return tree_.nodes_.size(); }
  [[nodiscard]] std::size_t name_count() const { return tree_.names_.size(); }
  [[nodiscard]] std::size_t space_count() const { return tree_.spaces_.size(); }
  [[nodiscard]] std::size_t prefix_count() const { return tree_.prefixes_.size(); }
  [[nodiscard]] const Node& node(NodeId id) const { return tree_.nodes_[id]; }
  [[nodiscard]] View spelling(std::uint32_t at, std::uint32_t bytes) const {
    return at < tree_.source_bytes_ ? source().substr(at, bytes)
                                    : View(rewritten_).substr(at - tree_.source_bytes_, bytes);
  }
  [[nodiscard]] NodeId current() const { return open_; }
  [[nodiscard]] std::uint16_t depth() const { return tree_.nodes_[open_].depth; }
  Tree finish();

 private:
  NodeId add(Kind kind, NameId name, std::uint32_t source_at) {
    const auto id = static_cast<NodeId>(tree_.nodes_.size());
    Node& n = tree_.nodes_.emplace_back();
    n.kind = kind;
    n.name = name;
    n.parent = open_;
    n.end = id + 1;
    n.source_at = source_at;
    n.depth = static_cast<std::uint16_t>(tree_.nodes_[open_].depth + 1);
    return id;
  }
  void set_value(NodeId id, std::uint32_t at, std::uint32_t bytes) {
    tree_.nodes_[id].value_at = at;
    tree_.nodes_[id].value_bytes = bytes;
  }
  // An element's string value is its only text, or nothing, or has to be put together when asked.
  void settle(NodeId id) {
    Node& n = tree_.nodes_[id];
    const NodeId first = id + 1 + n.attributes;
    if (first >= n.end) return;
    const Node& child = tree_.nodes_[first];
    if (child.end == n.end && child.kind == Kind::text) {
      n.value_at = child.value_at;
      n.value_bytes = child.value_bytes;
    } else {
      n.mixed = true;
    }
  }
  Tree::Piece keep(View text);
  [[nodiscard]] View view(Tree::Piece piece) const { return spelling(piece.at, piece.bytes); }
  void grow_names();

  Tree tree_;
  NodeId open_ = 0;
  std::string rewritten_;
};

}  // namespace corridor::xml
