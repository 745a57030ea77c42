// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "documents/terms/places.h"

namespace corridor::documents {

namespace {

struct Known {
  View syntax;
  View type;
  Shape shape;
};

// table
constexpr Known kKnown[] = {
    {"ubl", "Invoice", Shape::ubl_invoice},       {"ubl", "CreditNote", Shape::ubl_credit_note},
    {"ubl", "Order", Shape::ubl_order},           {"ubl", "DespatchAdvice", Shape::ubl_despatch},
    {"cii", "CrossIndustryInvoice", Shape::cii},  {"edifact", "INVOIC", Shape::edifact_invoic},
    {"edifact", "ORDERS", Shape::edifact_orders}, {"edifact", "DESADV", Shape::edifact_desadv},
};

Shape known_shape(View syntax, View type) {
  for (const Known& known : kKnown)
    if (known.syntax == syntax && known.type == type) return known.shape;
  return syntax == "edifact" ? Shape::edifact_other : Shape::unknown;
}

// table: what opens a group in a message whose segments are in none, and in which it may be; the
// order of ORDERS and DESADV as they are used.
struct Opening {
  View tag;
  View within;  // "." is the message itself
};
constexpr Opening kOpenings[] = {
    {"ALC", ". LIN"},     {"CTA", "NAD"},   {"CUX", "."},     {"LIN", "."},
    {"NAD", ". LIN"},     {"PAC", ". LIN"}, {"PAT", ". LIN"}, {"RFF", ". LIN NAD"},
    {"TAX", ". ALC LIN"}, {"TDT", ". LIN"}, {"TOD", ". LIN"}, {"UNS", "."},
};
// Segments that end the small groups around them, because they belong to the line or the message.
constexpr View kOfLine = " QTY PRI PIA IMD MEA ALI GIN GIR ";

bool has_word(View list, View word) {
  return (" " + std::string(list) + " ").contains(" " + std::string(word) + " ");
}

}  // namespace

Shape shape_of(const DocumentKind& kind) { return known_shape(kind.syntax, kind.type); }

Shape shape_of(const xml::Tree& tree, const DocumentKind& kind) {
  const Shape said = shape_of(kind);
  if (said != Shape::unknown || tree.root() == xml::kNone) return said;
  const xml::Node& root = tree.node(tree.root());
  const View space = tree.space(root.name);
  const View local = tree.local(root.name);
  if (space.empty() && local == "interchange") return Shape::edifact_other;
  if (space.starts_with("urn:oasis:names:specification:ubl:")) return known_shape("ubl", local);
  if (space.contains(":CrossIndustryInvoice:")) return known_shape("cii", local);
  return Shape::unknown;
}

bool is_edifact(Shape shape) { return shape >= Shape::edifact_invoic; }

std::span<const Place> places_of(Shape shape) {
  switch (shape) {
    case Shape::ubl_invoice: return ubl_invoice_places();
    case Shape::ubl_credit_note: return ubl_credit_note_places();
    case Shape::ubl_order: return ubl_order_places();
    case Shape::ubl_despatch: return ubl_despatch_places();
    case Shape::cii: return cii_places();
    case Shape::edifact_invoic: return edifact_invoic_places();
    case Shape::edifact_orders: return edifact_orders_places();
    case Shape::edifact_desadv: return edifact_desadv_places();
    case Shape::unknown:
    case Shape::edifact_other: break;
  }
  return {};
}

void VirtualGroups::see(View tag, xml::NodeId segment) {
  if (tag == "CPS" || tag == "UNT") {
    open_.clear();
    return;
  }
  const auto* const opening = std::ranges::find(kOpenings, tag, &Opening::tag);
  if (opening == std::end(kOpenings)) {
    if (kOfLine.contains(" " + std::string(tag) + " "))
      while (!open_.empty() && open_.back().name != "LIN-group" && open_.back().name != "PAC-group")
        open_.pop_back();
    return;
  }
  if (tag == "LIN" || tag == "UNS") open_.clear();
  const auto around = [&] {
    return open_.empty() ? View(".") : View(open_.back().name).substr(0, 3);
  };
  while (!open_.empty() && !has_word(opening->within, around())) open_.pop_back();
  if (has_word(opening->within, around())) open_.push_back({std::string(tag) + "-group", segment});
}

bool has_real_groups(const xml::Tree& tree, xml::NodeId message) {
  for (xml::NodeId id = tree.first_child(message); id != xml::kNone; id = tree.next_sibling(id))
    if (tree.local(tree.node(id).name).ends_with("-group")) return true;
  return false;
}

std::string accounting_currency(const xml::Tree& tree, Shape shape) {
  if (is_edifact(shape)) return {};
  const View own_name = shape == Shape::cii ? "InvoiceCurrencyCode" : "DocumentCurrencyCode";
  std::string own;
  std::string other;
  for (xml::NameId name = 1; name < tree.name_count(); ++name) {
    const View local = tree.local(name);
    if ((local != own_name && local != "TaxCurrencyCode") || tree.elements(name).empty()) continue;
    (local == own_name ? own : other) = tree.string_value(tree.elements(name).front());
  }
  return other == own ? std::string() : other;
}

namespace {

class Walker {
 public:
  Walker(const xml::Tree& tree, Shape shape)
      : tree_(tree), matcher_(Matcher::of(shape)), accounting_(accounting_currency(tree, shape)) {
    out_.shape = shape;
  }

  Outline walk() {
    const xml::NodeId root = tree_.root();
    if (root == xml::kNone) return std::move(out_);
    out_.groups.push_back({root, nullptr, 0, {}});
    if (is_edifact(out_.shape)) {
      interchange(root);
    } else {
      out_.messages.push_back(0);
      attributes(root, {}, 0);
      content(root, matcher_.start(), 0);
    }
    return std::move(out_);
  }

 private:
  std::uint32_t open_group(xml::NodeId node, const Term* term, std::uint32_t parent) {
    const auto index = static_cast<std::uint32_t>(out_.groups.size());
    out_.groups.push_back({node, term, parent, {}});
    out_.groups[parent].items.push_back({index, true});
    return index;
  }

  void leaf(xml::NodeId node, const Matcher::Found& found, std::uint32_t group) {
    out_.groups[group].items.push_back({static_cast<std::uint32_t>(out_.leaves.size()), false});
    out_.leaves.push_back({node, found.leaf, group, found.structural});
  }

  void interchange(xml::NodeId parent) {
    for (xml::NodeId id = tree_.first_child(parent); id != xml::kNone;
         id = tree_.next_sibling(id)) {
      const View name = tree_.local(tree_.node(id).name);
      if (name == "message") {
        message(id);
      } else if (name == "group") {
        interchange(id);
      } else {
        element(id, id, name, {}, 0);
      }
    }
  }

  void message(xml::NodeId id) {
    const std::uint32_t group = open_group(id, nullptr, 0);
    out_.messages.push_back(group);
    if (has_real_groups(tree_, id)) {
      content(id, matcher_.start(), group);
    } else {
      flat(id, group);
    }
  }

  // Segments in no groups: the groups they would be in are opened and closed as they come.
  struct Level {
    std::uint32_t group;
    Matcher::State state;
  };
  void flat(xml::NodeId message, std::uint32_t group) {
    VirtualGroups virtual_groups;
    std::vector<xml::NodeId> seen;  // the segments that opened `levels`, but for the first
    std::vector<Level> levels{{group, matcher_.start()}};
    for (xml::NodeId id = tree_.first_child(message); id != xml::kNone;
         id = tree_.next_sibling(id)) {
      const View tag = tree_.local(tree_.node(id).name);
      virtual_groups.see(tag, id);
      const auto& open = virtual_groups.open();
      std::size_t same = 0;
      while (same < open.size() && same < seen.size() && open[same].segment == seen[same]) ++same;
      levels.resize(same + 1);
      seen.resize(same);
      for (; same < open.size(); ++same) {
        levels.push_back(entered(levels.back(), open[same].segment, open[same].name));
        seen.push_back(open[same].segment);
      }
      element(id, id, tag, levels.back().state, levels.back().group);
    }
  }

  Level entered(const Level& around, xml::NodeId node, View name) {
    Matcher::State state = matcher_.advance(around.state, tree_, node, name, accounting_);
    if (state.empty() && name.ends_with("-group") && !matcher_.names(around.state, name))
      return around;
    const Matcher::Found found = matcher_.found(state);
    const std::uint32_t group =
        found.group != nullptr ? open_group(node, found.group, around.group) : around.group;
    return {group, std::move(state)};
  }

  // At most as deep as the tree, whose depth is bounded.
  void content(xml::NodeId parent, const Matcher::State& state, std::uint32_t group) {
    for (xml::NodeId id = tree_.first_child(parent); id != xml::kNone;
         id = tree_.next_sibling(id)) {
      const xml::Node& n = tree_.node(id);
      if (n.kind == xml::Kind::element) {
        element(id, id, tree_.local(n.name), state, group);
      } else if (n.kind == xml::Kind::text &&
                 tree_.value(n).find_first_not_of(" \t\r\n") != View::npos) {
        leaf(id, {}, group);
      }
    }
  }

  void attributes(xml::NodeId id, const Matcher::State& state, std::uint32_t group) {
    const xml::NodeId last = id + tree_.node(id).attributes;
    for (xml::NodeId at = id + 1; at <= last; ++at) {
      const std::string name = "@" + std::string(tree_.local(tree_.node(at).name));
      if (is_edifact(out_.shape)) continue;  // numbers that the tree gave the segments
      leaf(at, matcher_.found(matcher_.advance(state, tree_, at, name, accounting_)), group);
    }
  }

  void element(xml::NodeId id, xml::NodeId around, View name, const Matcher::State& before,
               std::uint32_t group) {
    const Level at = entered({group, before}, around, name);
    bool plain = true;  // a value, not a container
    for (xml::NodeId c = tree_.first_child(id); c != xml::kNone; c = tree_.next_sibling(c))
      plain = plain && tree_.node(c).kind != xml::Kind::element;
    if (plain) leaf(id, matcher_.found(at.state), at.group);
    attributes(id, at.state, at.group);
    if (!plain) content(id, at.state, at.group);
  }

  const xml::Tree& tree_;
  const Matcher& matcher_;
  std::string accounting_;
  Outline out_;
};

}  // namespace

Outline outline(const xml::Tree& tree, Shape shape) { return Walker(tree, shape).walk(); }

}  // namespace corridor::documents
