// SPDX-License-Identifier: Apache-2.0
//
// The lines of a document: the columns that traders compare, and under the item all the rest.
#include <algorithm>

#include "documents/view/renderer.h"

namespace corridor::documents {

void Renderer::lines(const Bucket& bucket, Index message) {
  if (bucket.groups.empty() && bucket.leaves.empty() && !has_findings_at(message, Section::lines))
    return;
  Columns columns;
  for (const Leaf& leaf : out_.leaves) {
    if (leaf.term == nullptr) continue;
    columns.price = columns.price || leaf.term->id == "BT-146";
    columns.vat = columns.vat || leaf.term->id == "BT-151" || leaf.term->id == "BT-152";
    columns.net = columns.net || leaf.term->id == "BT-131";
  }
  open_section(say(Say::lines), "lines");
  findings_at_section(message, Section::lines);
  if (!bucket.leaves.empty()) {
    body_.raw("<dl class=\"grid\">");
    for (const Index leaf : bucket.leaves) field(leaf, Label::full);
    body_.raw("</dl>\n");
  }
  if (!currency_.empty() && columns.net) {
    body_.raw("<p class=\"muted unitline\">")
        .raw(say(Say::amounts_in))
        .raw(" <bdi>")
        .text(currency_, 40);
    body_.raw("</bdi></p>\n");
  }
  if (!bucket.groups.empty()) {
    body_.raw("<table class=\"items\">\n<thead><tr><th scope=\"col\">")
        .raw(say(Say::number_column));
    body_.raw("</th><th scope=\"col\">").raw(say(Say::item));
    body_.raw("</th><th scope=\"col\" class=\"num\">").raw(say(Say::quantity)).raw("</th>");
    const auto head = [&](bool stands, Say what) {
      if (stands) body_.raw("<th scope=\"col\" class=\"num\">").raw(say(what)).raw("</th>");
    };
    head(columns.price, Say::price);
    head(columns.vat, Say::vat);
    head(columns.net, Say::net_amount);
    body_.raw("</tr></thead>\n<tbody>\n");
    std::size_t count = 0;
    for (; count < bucket.groups.size() && count < kLinesMax && !full(); ++count)
      line(bucket.groups[count], columns);
    body_.raw("</tbody></table>\n");
    if (count < bucket.groups.size()) {
      body_.raw("<p class=\"more\">").raw(say(Say::more_lines)).raw(" ");
      body_.number(bucket.groups.size() - count).raw("</p>\n");
      for (; count < bucket.groups.size(); ++count)
        for (const Index leaf : leaves_below(bucket.groups[count])) shown_[leaf] = true;
    }
  }
  close_section();
}

void Renderer::item_cell(Indices& leaves) {
  const Indices name = taken(leaves, {"BT-153"});
  const Indices description = taken(leaves, {"BT-154"});
  if (!name.empty()) {
    body_.raw("<div class=\"name\">");
    values(name, "<br/>");
    body_.raw("</div>");
  }
  if (!description.empty()) {
    body_.raw("<div class=\"description\">");
    values(description, "<br/>");
    body_.raw("</div>");
  }
}

void Renderer::line(Index group, const Columns& columns) {
  Indices leaves;
  Indices groups;
  collect(group, leaves, groups);
  const Indices all = leaves;
  const Indices number = taken(leaves, {"BT-126", "OR-20", "DA-21"});
  const Indices quantity = taken(leaves, {"BT-129", "OR-21", "DA-22"});
  const Indices price = columns.price ? taken(leaves, {"BT-146"}) : Indices();
  const Indices base = columns.price ? taken(leaves, {"BT-149"}) : Indices();
  const Indices vat = columns.vat ? taken(leaves, {"BT-152", "BT-151"}) : Indices();
  const Indices net = columns.net ? taken(leaves, {"BT-131"}) : Indices();
  body_.raw("<tr>");
  cell("no", Say::number_column, number);
  // What stands beside the item is written first, so that the item's cell knows what is left.
  Html before = std::exchange(body_, Html());
  cell("num", Say::quantity, quantity);
  if (columns.price) {
    body_.raw("<td class=\"num\" data-label=\"").raw(say(Say::price)).raw("\"><div>");
    if (price.empty()) body_.raw("<span class=\"muted\">—</span>");
    values(price, "<br/>");
    if (!base.empty()) {
      body_.raw("<div class=\"muted\">").raw(say(Say::per)).raw(" ");
      values(base, "<br/>");
      body_.raw("</div>");
    }
    body_.raw("</div></td>");
  }
  if (columns.vat) cell("num", Say::vat, vat);
  if (columns.net) cell("num net", Say::net_amount, net);
  Html cells = std::exchange(body_, std::move(before));
  body_.raw("<td class=\"item\" data-label=\"").raw(say(Say::item)).raw("\">");
  item_cell(leaves);
  rest_of_line(group, leaves);
  body_.raw("</td>").raw(cells.str()).raw("</tr>\n");
  findings_in(all, groups, columns.count());
}

// What no column shows, as pairs in small print.
void Renderer::rest_of_line(Index group, Indices& leaves) {
  std::erase_if(leaves, [&](Index leaf) { return shown_[leaf]; });
  if (leaves.empty()) return;
  body_.raw("<dl class=\"rest\">");
  for (const Index leaf : leaves) {
    if (shown_[leaf]) continue;
    const Index own = out_.leaves[leaf].group;
    if (full()) {
      mark_shown(leaf);
      continue;
    }
    if (own != group && together(own)) continue;
    body_.raw("<div class=\"field\">");
    field_label(leaf, Label::brief);
    body_.raw("<dd>");
    value(leaf);
    body_.raw("</dd></div>");
  }
  body_.raw("</dl>");
}

// An allowance, a charge, a period, an attribute: one pair of the whole group.
bool Renderer::together(Index group) {
  const Term* const term = out_.groups[group].term;
  if (term == nullptr) return false;
  const bool attribute = term->id == "BG-32";
  if (!attribute && term->id != "BG-26" && term->id != "BG-27" && term->id != "BG-28") return false;
  Indices own = leaves_below(group);
  const Indices name = attribute ? taken(own, {"BT-160"}) : Indices();
  const Indices first = taken(own, {"BT-136", "BT-141", "BT-138", "BT-143", "BT-137", "BT-142"});
  body_.raw("<div class=\"field\"><dt class=\"own\">");
  if (name.empty()) body_.raw(label_of(term->id));
  values(name, " ");
  body_.raw("</dt><dd>");
  values(first, " · ");
  std::erase_if(own, [&](Index leaf) { return shown_[leaf]; });
  if (!first.empty() && !own.empty()) body_.raw(" · ");
  values(own, term->id == "BG-26" ? " – " : " · ");
  body_.raw("</dd></div>");
  return true;
}

}  // namespace corridor::documents
