// SPDX-License-Identifier: Apache-2.0
//
// Findings as sentences for people who trade, not for people who write schemas. Slow on purpose:
// nothing here runs for a document that is right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "documents/xsd/tables.h"
#include "documents/xsd/values.h"
#include "model/model.h"

namespace corridor::xsd {

class Findings {
 public:
  Findings(const Tables& tables, const xml::Tree& tree, std::size_t most)
      : t_(tables), tree_(tree), most_(most) {}

  [[nodiscard]] bool full() const { return list_.size() >= most_; }
  std::vector<Finding> take() { return std::move(list_); }

  void unknown_root(xml::NodeId node);
  void unexpected(xml::NodeId node, std::span<const Index> instead);
  void undeclared(xml::NodeId node);  // where a wildcard wants a declaration
  // `before`: the name of what stands there instead, or kNo at the end.
  void missing(xml::NodeId parent, std::span<const Index> names, Index before);
  void repeated(xml::NodeId node, std::uint32_t most);
  void misplaced(xml::NodeId node, Index before);
  void attribute(xml::NodeId attribute, xml::NodeId element, std::span<const Index> instead);
  void attribute_missing(xml::NodeId element, Index name);
  void value(xml::NodeId node, View seen, Index simple, Unfit unfit);
  void fixed_value(xml::NodeId node, View seen, View wanted);
  void id_again(xml::NodeId node, View seen);
  void text(xml::NodeId node, xml::NodeId element, View seen);
  void type(xml::NodeId node, std::string sentence, View seen);

  // "cac:Party" in the prefixes of this document.
  [[nodiscard]] std::string called(Index name);
  [[nodiscard]] std::string called_node(xml::NodeId node) const;

 private:
  void add(View rule, xml::NodeId node, std::string text, View seen = {});
  std::string listed(std::span<const Index> names);
  std::string prefix_of(Index space);
  [[nodiscard]] std::string why(Index simple, Unfit unfit, View seen) const;

  const Tables& t_;
  const xml::Tree& tree_;
  std::size_t most_;
  std::vector<Finding> list_;
  std::optional<xml::Locator> locator_;
  std::vector<std::optional<std::string>> prefixes_;
};

// UTF-8 on one line, cut where it gets long.
std::string presentable(View text);

}  // namespace corridor::xsd
