// SPDX-License-Identifier: Apache-2.0
//
// Who deals with whom: a card for each party, the name and the address as on a letter.
#include <algorithm>

#include "documents/terms/format.h"
#include "documents/view/renderer.h"

namespace corridor::documents {

namespace {

// Hebrew, Arabic and what is written like them.
bool has_right_to_left(View text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if ((c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc))
      return true;
  }
  return false;
}

}  // namespace

void Renderer::collect(Index group, Indices& leaves, Indices& groups) const {
  groups.push_back(group);
  for (const Group::Item& item : out_.groups[group].items) {
    if (!item.is_group) {
      const Leaf& leaf = out_.leaves[item.index];
      const bool of_segment = edifact() && leaf.term == nullptr;  // a qualifier, or other content
      if (!shown_[item.index] && !leaf.structural && !of_segment) leaves.push_back(item.index);
    } else if (!hoisted_[item.index]) {
      collect(item.index, leaves, groups);
    }
  }
}

Renderer::Indices Renderer::leaves_below(Index group) const {
  Indices leaves;
  Indices groups;
  collect(group, leaves, groups);
  return leaves;
}

void Renderer::parties(const Bucket& bucket, Index message) {
  if (bucket.groups.empty() && bucket.leaves.empty() && !has_findings_at(message, Section::parties))
    return;
  open_section(say(Say::parties), "parties");
  body_.raw("<div class=\"cards\">\n");
  // Who sells, who buys, then the others, whatever the order of the syntax.
  Indices groups = bucket.groups;
  const auto rank = [&](Index group) {
    const View id = out_.groups[group].term->id;
    return id == "BG-4" || id == "DA-5" ? 0 : id == "BG-7" || id == "DA-6" ? 1 : 2;
  };
  std::ranges::stable_sort(groups, {}, rank);
  bool absent = false;
  for (const Index group : groups) {
    if (!absent && rank(group) == 2) {
      absent_parties(message);
      absent = true;
    }
    party(group);
  }
  if (!absent) absent_parties(message);
  body_.raw("</div>\n");
  findings_at_section(message, Section::parties);
  if (!bucket.leaves.empty()) {
    body_.raw("<dl class=\"grid\">");
    for (const Index leaf : bucket.leaves) field(leaf, Label::full);
    body_.raw("</dl>\n");
  }
  close_section();
}

// A party that should be there: its place, empty, with what was found.
void Renderer::absent_parties(Index message) {
  const auto found = at_section_.find({message, Section::parties});
  if (found == at_section_.end()) return;
  for (const std::size_t finding : found->second) {
    const Term* term = find_term(explained_[finding].term);
    if (placed_[finding] || term == nullptr) continue;
    while (const Term* const outer = find_term(term->group)) term = outer;
    body_.raw("<div class=\"card absent\"><h3>")
        .raw(label_of(term->id))
        .raw("</h3><p class=\"muted\">");
    body_.raw(say(Say::missing)).raw("</p>");
    findings_of({finding});
    body_.raw("</div>\n");
  }
}

void Renderer::address(Indices& leaves) {
  const Indices street =
      taken(leaves, {"BT-35", "BT-36", "BT-162", "BT-50", "BT-51", "BT-163", "BT-64", "BT-65",
                     "BT-164", "BT-75", "BT-76", "BT-165", "PT-3", "PT-4", "PT-5"});
  const Indices city = taken(leaves, {"BT-38", "BT-37", "BT-53", "BT-52", "BT-67", "BT-66", "BT-78",
                                      "BT-77", "PT-7", "PT-6"});
  const Indices region = taken(leaves, {"BT-39", "BT-54", "BT-68", "BT-79", "PT-8"});
  const Indices country = taken(leaves, {"BT-40", "BT-55", "BT-69", "BT-80", "PT-9"});
  if (street.empty() && city.empty() && region.empty() && country.empty()) return;
  body_.raw("<p class=\"address\">");
  bool first = true;
  const auto row = [&](const Indices& part, std::string_view between) {
    if (part.empty()) return;
    if (!first) body_.raw("<br/>");
    first = false;
    // "11000 Stockholm" keeps its order on a page from right to left.
    const bool left_to_right =
        std::ranges::none_of(part, [&](Index leaf) { return has_right_to_left(raw_value(leaf)); });
    body_.raw(left_to_right && part == city ? "<span dir=\"ltr\">" : "<span>");
    values(part, between);
    body_.raw("</span>");
  };
  row(street, "<br/>");
  row(city, " ");
  row(region, " ");
  row(country, " ");
  body_.raw("</p>\n");
  for (const Indices* const part : {&street, &city, &region, &country})
    for (const Index leaf : *part) findings_at_leaf(leaf);
}

void Renderer::party(Index group) {
  Indices leaves;
  Indices groups;
  collect(group, leaves, groups);
  const bool found = std::ranges::any_of(groups, [&](Index g) { return at_group_.contains(g); });
  if ((leaves.empty() && !found) || full()) return;
  body_.raw("<div class=\"card\"><h3>").raw(label_of(out_.groups[group].term->id)).raw("</h3>\n");
  Indices names = taken(leaves, {"BT-27", "BT-44", "BT-59", "BT-62", "BT-70", "PT-1"});
  if (names.empty()) names = taken(leaves, {"BT-28", "BT-45", "PT-16"});
  if (!names.empty()) {
    body_.raw("<p class=\"name\">");
    values(names, "<br/>");
    body_.raw("</p>\n");
    for (const Index leaf : names) findings_at_leaf(leaf);
  }
  address(leaves);
  for (const Index inner : groups) findings_at_group(inner);
  if (!leaves.empty()) {
    body_.raw("<dl>\n");
    for (const Index leaf : leaves)
      if (!shown_[leaf]) field(leaf, Label::brief);
    body_.raw("</dl>\n");
  }
  body_.raw("</div>\n");
}

}  // namespace corridor::documents
