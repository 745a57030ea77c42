// SPDX-License-Identifier: Apache-2.0
//
// One page being made. The outline (terms/places.h) gives groups and values; values go to the
// section of their term, and what no section took is other content. Read in this order: page.cc
// (the frame), sections.cc, parties.cc, lines.cc (the document), values.cc (one value),
// findings.cc, other.cc (the rest).
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "documents/terms/places.h"
#include "documents/view/html.h"
#include "documents/view/view.h"
#include "documents/view/words.h"

namespace corridor::documents {

std::string_view style_sheet();
// The page around a body; `title` comes from outside.
std::string framed(const std::string& title, const std::string& body, Language language);
// A finding with what we have to say about it.
void write_finding(Html& out, const Finding& finding, std::size_t index, const Explained& explained,
                   Language language);
// "PostalZone": "Postal zone".
std::string words_of_name(View name);

class Renderer {
 public:
  Renderer(const xml::Tree& tree, const DocumentKind& kind, const Report& report,
           const ViewOptions& options);
  std::string page();

 private:
  using Index = std::uint32_t;  // of a leaf or of a group of the outline
  using Indices = std::vector<Index>;
  struct Bucket {
    Indices leaves;
    Indices groups;
  };
  using Buckets = std::array<Bucket, kSections>;
  enum class Label : std::uint8_t { full, brief };

  static constexpr std::size_t kLinesMax = 5'000;
  static constexpr std::size_t kOthersMax = 5'000;
  static constexpr std::size_t kMessagesMax = 200;
  static constexpr std::size_t kPageBytesMax = 24 * 1024 * 1024;

  // page.cc
  void message(Index group);
  void heading(const Buckets& buckets, Index message);
  std::string summary() const;
  [[nodiscard]] bool full() const { return body_.size() > kPageBytesMax; }
  Buckets sort_out(Index message);
  void hoist(Index group, Buckets& buckets);

  // sections.cc
  void open_section(std::string_view title, std::string_view name);
  void close_section() { body_.raw("</section>\n"); }
  void facts(const Buckets& buckets, Index message);
  void plain_section(Section section, Say title, const Buckets& buckets, Index message);
  void group_card(Index group);
  void allowances(const Bucket& bucket, Index message);
  void taxes(const Bucket& bucket, Index message);
  void totals(const Bucket& bucket, Index message);
  void notes(const Bucket& bucket, Index message);
  void group_fields(Index group, Label how);

  // parties.cc
  void parties(const Bucket& bucket, Index message);
  void party(Index group);
  void address(Indices& leaves);
  void absent_parties(Index message);

  // lines.cc
  struct Columns {
    bool price = false;
    bool vat = false;
    bool net = false;
    [[nodiscard]] std::size_t count() const {
      return 3U + (price ? 1 : 0) + (vat ? 1 : 0) + (net ? 1 : 0);
    }
  };
  void lines(const Bucket& bucket, Index message);
  void line(Index group, const Columns& columns);
  void item_cell(Indices& leaves);
  void rest_of_line(Index group, Indices& leaves);
  bool together(Index group);
  void cell(std::string_view classes, Say heading, const Indices& leaves);

  // values.cc
  void value(Index leaf);
  void plain(Index leaf, std::string_view element);
  void field(Index leaf, Label how);
  void field_label(Index leaf, Label how);
  void values(const Indices& leaves, std::string_view between);
  void amount(Index leaf, const std::string& raw);
  void quantity(Index leaf, const std::string& raw);
  void code(Index leaf, const std::string& raw);
  void binary(Index leaf, const std::string& raw);
  void percentage(const std::string& raw);
  void numeral(const std::string& raw, const std::string& title);
  bool dated(Index leaf, const std::string& raw);
  void chips(Index leaf);
  void more_characters(std::size_t bytes);
  [[nodiscard]] std::string raw_value(Index leaf) const;
  [[nodiscard]] std::string attribute_value(Index leaf, View name) const;
  [[nodiscard]] xml::NodeId component_node(Index leaf, View name) const;
  [[nodiscard]] std::string component(Index leaf, View name) const;
  [[nodiscard]] std::string currency_of(Index leaf) const;
  [[nodiscard]] std::string name_of(Index leaf) const;
  void mark_shown(Index leaf);

  // findings.cc
  void place_findings();
  void place(std::size_t finding);
  void place_at_group(std::size_t finding, Index group);
  [[nodiscard]] Index leaf_in(xml::NodeId node) const;
  [[nodiscard]] Index termed_leaf_in(xml::NodeId node) const;
  [[nodiscard]] xml::NodeId segment_of(xml::NodeId node) const;  // kNone: not in a segment
  [[nodiscard]] Index message_of(Index group) const;
  void findings_of(const std::vector<std::size_t>& findings);
  void findings_at_leaf(Index leaf);
  void findings_at_group(Index group);
  void findings_at_section(Index message, Section section);
  void findings_in(const Indices& leaves, const Indices& groups, std::size_t columns);
  [[nodiscard]] bool has_findings_at(Index message, Section section) const;
  [[nodiscard]] std::string_view flag_class(Index leaf) const;
  void flag(Index leaf);

  // other.cc
  void other();
  void other_segments(const Indices& leaves, std::size_t& count);
  void technical();
  void segments();
  void tree_of(xml::NodeId node, std::size_t depth);

  // Everything in a group, its groups too, but for those that have a section of their own.
  [[nodiscard]] Indices leaves_below(Index group) const;
  void collect(Index group, Indices& leaves, Indices& groups) const;
  Indices taken(Indices& leaves, std::initializer_list<View> terms) const;
  [[nodiscard]] bool is_term(Index leaf, View id) const;
  [[nodiscard]] std::string_view say(Say what) const {
    return documents::say(what, options_.language);
  }
  [[nodiscard]] std::string_view label_of(View id) const;
  [[nodiscard]] bool edifact() const { return is_edifact(out_.shape); }

  const xml::Tree& tree_;
  const DocumentKind& kind_;
  const Report& report_;
  const ViewOptions& options_;
  Outline out_;
  Html body_;
  std::string currency_;
  std::string title_;
  std::vector<bool> shown_;    // leaves
  std::vector<bool> hoisted_;  // groups that are shown in a section of their own
  std::vector<Explained> explained_;
  std::vector<bool> placed_;  // findings
  std::map<Index, std::vector<std::size_t>> at_leaf_;
  std::map<Index, std::vector<std::size_t>> at_group_;
  std::map<std::pair<Index, Section>, std::vector<std::size_t>> at_section_;
  std::size_t other_count_ = 0;
};

}  // namespace corridor::documents
