// SPDX-License-Identifier: Apache-2.0
//
// What the readers of UBL and CII share: the names a reader knows become small numbers once per
// document, so that reading is a switch over children and an element of a foreign namespace is
// never taken for one that is known.
//
//   constexpr Word kWords[] = {{kCbc, "ID", kId}, ...};
//   const XmlReading in(tree, kWords);
//   in.each_child(node, [&](std::uint8_t word, NodeId child) { switch (word) { case kId: ... } });
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "documents/basic/invoice.h"
#include "documents/basic/line_index.h"
#include "documents/xml/tree.h"

namespace corridor::documents {

struct Word {
  std::string_view space;
  std::string_view local;
  std::uint8_t number = 0;  // 0 is every name that is not known
};

class XmlReading final : public Locator {
 public:
  XmlReading(const xml::Tree& tree, std::span<const Word> words)
      : tree_(tree),
        numbers_(tree.name_count() + 1, 0),
        lines_(tree.source(), Columns::characters) {
    for (const auto& word : words)
      if (const xml::NameId name = tree.find_name(word.space, word.local); name != 0)
        numbers_[name] = word.number;
  }

  [[nodiscard]] const xml::Tree& tree() const { return tree_; }

  template <class See>
  void each_child(xml::NodeId parent, See see) const {
    for (xml::NodeId id = tree_.first_child(parent); id != xml::kNone; id = tree_.next_sibling(id))
      if (const auto& node = tree_.node(id); node.kind == xml::Kind::element)
        see(numbers_[node.name], id);
  }

  // The text of an element; where comments or elements divide it, what is left without them.
  [[nodiscard]] std::string_view value(xml::NodeId id) const {
    const auto& node = tree_.node(id);
    return node.mixed ? joined_.emplace_back(tree_.string_value(id)) : tree_.value(node);
  }
  [[nodiscard]] std::string_view attribute(xml::NodeId element, xml::NameId name) const {
    const xml::NodeId id = name == 0 ? xml::kNone : tree_.attribute(element, name);
    return id == xml::kNone ? std::string_view() : trimmed(tree_.value(tree_.node(id)));
  }
  // The first child of that word, or kNone.
  [[nodiscard]] xml::NodeId child(xml::NodeId parent, std::uint8_t word) const {
    for (xml::NodeId id = tree_.first_child(parent); id != xml::kNone; id = tree_.next_sibling(id))
      if (const auto& node = tree_.node(id);
          node.kind == xml::Kind::element && numbers_[node.name] == word)
        return id;
    return xml::kNone;
  }

  [[nodiscard]] Location locate(Where where) const override {
    if (where >= tree_.size()) return {};
    const LineIndex::Place at = lines_.place(tree_.node(where).source_at);
    return {tree_.path(where), at.line, at.column};
  }

 private:
  const xml::Tree& tree_;
  std::vector<std::uint8_t> numbers_;
  mutable LineIndex lines_;
  mutable std::deque<std::string> joined_;  // divided texts, put together
};

}  // namespace corridor::documents
