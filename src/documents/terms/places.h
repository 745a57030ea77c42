// SPDX-License-Identifier: Apache-2.0
//
// Where the terms stand: tables of paths, one for each shape of document, and the walk that gives
// every node of a tree its term. A path is written in local names (the kind has settled the
// namespaces), from the document element, or in EDIFACT from <message>:
//
//   AllowanceCharge[ChargeIndicator='false']/Amount     'a|b' is one of them, != none of them
//   TaxTotal/TaxAmount[@currencyID='$accounting']       the currency that the VAT is accounted in
//   FTX/e4/*                                            every component
//
// The path with most conditions wins. The term "-" marks what only tells the syntax what another
// value means (an indicator, a scheme that is always VAT). A message whose segments are in no
// groups is walked as if they were. A group that no path names is passed through.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "documents/terms/terms.h"

namespace corridor::documents {

struct Place {
  std::string_view term;
  std::string_view path;
};
std::span<const Place> ubl_invoice_places();
std::span<const Place> ubl_credit_note_places();
std::span<const Place> ubl_order_places();
std::span<const Place> ubl_despatch_places();
std::span<const Place> cii_places();
std::span<const Place> edifact_invoic_places();
std::span<const Place> edifact_orders_places();
std::span<const Place> edifact_desadv_places();

enum class Shape : std::uint8_t {
  unknown,
  ubl_invoice,
  ubl_credit_note,
  ubl_order,
  ubl_despatch,
  cii,
  edifact_invoic,
  edifact_orders,
  edifact_desadv,
  edifact_other,
};
Shape shape_of(const DocumentKind& kind);
// By the tree itself where the kind does not say.
Shape shape_of(const xml::Tree& tree, const DocumentKind& kind);
bool is_edifact(Shape shape);
std::span<const Place> places_of(Shape shape);  // empty for unknown

// What a path of the tables comes to.
class Matcher {
 public:
  struct Spot {  // how far along a path
    std::uint16_t path;
    std::uint16_t step;
  };
  using State = std::vector<Spot>;
  struct Found {
    const Term* leaf = nullptr;
    const Term* group = nullptr;
    bool structural = false;
  };

  static const Matcher& of(Shape shape);

  [[nodiscard]] State start() const;
  // The spots one step further on, at a node of this name. `around` is where its conditions look:
  // for a group that only the walk sees, the segment that opens it.
  [[nodiscard]] State advance(const State& state, const xml::Tree& tree, xml::NodeId around,
                              View name, View accounting) const;
  // Does a path go on with this name, whatever its conditions?
  [[nodiscard]] bool names(const State& state, View name) const;
  [[nodiscard]] Found found(const State& state) const;
  // Without a tree: conditions are taken as met where only one term remains.
  [[nodiscard]] std::string_view term_of_steps(std::span<const View> steps) const;

 private:
  struct Step {
    View name;
    std::vector<View> condition;  // a path; empty for none
    std::vector<View> values;
    bool negated = false;
  };
  struct Path {
    const Term* term;  // nullptr: structural
    std::vector<Step> steps;
    std::size_t conditions = 0;
  };
  explicit Matcher(std::span<const Place> places);

  std::vector<Path> paths_;
};

// The tree as groups and values. Group 0 is the document (in EDIFACT: the interchange, whose
// messages are groups of their own).
struct Leaf {
  xml::NodeId node;
  const Term* term;  // nullptr: no term stands here
  std::uint32_t group;
  bool structural;
};
struct Group {
  xml::NodeId node;  // of a virtual group: the segment that opens it
  const Term* term;  // nullptr for the document and for a message
  std::uint32_t parent;
  struct Item {
    std::uint32_t index;
    bool is_group;
  };
  std::vector<Item> items;  // in document order
};
struct Outline {
  Shape shape = Shape::unknown;
  std::vector<Leaf> leaves;
  std::vector<Group> groups;
  std::vector<std::uint32_t> messages;  // groups; for XML the document alone
};
Outline outline(const xml::Tree& tree, Shape shape);

// The currency that VAT is accounted in, where it is another than the document's; else empty.
std::string accounting_currency(const xml::Tree& tree, Shape shape);

// The groups that a segment of a message without groups would be in, innermost last; kept from
// segment to segment.
class VirtualGroups {
 public:
  struct Open {
    std::string name;
    xml::NodeId segment;
  };
  void see(View tag, xml::NodeId segment);
  [[nodiscard]] const std::vector<Open>& open() const { return open_; }

 private:
  std::vector<Open> open_;
};
bool has_real_groups(const xml::Tree& tree, xml::NodeId message);

}  // namespace corridor::documents
