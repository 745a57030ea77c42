// SPDX-License-Identifier: Apache-2.0
//
// The sections around the lines: facts, references, delivery, payment, allowances, VAT, totals.
#include <algorithm>

#include "documents/view/renderer.h"

namespace corridor::documents {

void Renderer::open_section(std::string_view title, std::string_view name) {
  body_.raw("<section class=\"part ").raw(name).raw("\">\n<h2>").raw(title).raw("</h2>\n");
}

void Renderer::facts(const Buckets& buckets, Index message) {
  const Bucket& head = buckets[static_cast<std::size_t>(Section::head)];
  Indices leaves = head.leaves;
  // The day by which to pay is looked for at the top.
  for (const Index leaf : buckets[static_cast<std::size_t>(Section::payment)].leaves)
    if (is_term(leaf, "BT-9")) leaves.push_back(leaf);
  if (leaves.empty() && !has_findings_at(message, Section::head)) return;
  body_.raw("<section class=\"part facts\"><h2 class=\"sr\">").raw(say(Say::key_facts));
  body_.raw("</h2>\n");
  findings_at_section(message, Section::head);
  if (!leaves.empty()) body_.raw("<dl class=\"grid\">\n");
  for (const Index leaf : leaves) field(leaf, Label::full);
  if (!leaves.empty()) body_.raw("</dl>\n");
  close_section();
}

// Fields of a group, and below them those of its groups under their names.
void Renderer::group_fields(Index group, Label how) {
  Indices fields;
  for (const Group::Item& item : out_.groups[group].items) {
    const bool skip = item.is_group || shown_[item.index] || out_.leaves[item.index].structural;
    if (!skip && !(edifact() && out_.leaves[item.index].term == nullptr))
      fields.push_back(item.index);
  }
  findings_at_group(group);
  if (!fields.empty()) body_.raw("<dl>\n");
  for (const Index leaf : fields)
    if (!shown_[leaf]) field(leaf, how);
  if (!fields.empty()) body_.raw("</dl>\n");
  for (const Group::Item& item : out_.groups[group].items) {
    if (!item.is_group || hoisted_[item.index] || full()) continue;
    if (leaves_below(item.index).empty() && !at_group_.contains(item.index)) continue;
    body_.raw("<h4>").raw(label_of(out_.groups[item.index].term->id)).raw("</h4>\n");
    group_fields(item.index, how);
  }
}

void Renderer::group_card(Index group) {
  Indices leaves = leaves_below(group);
  if ((leaves.empty() && !at_group_.contains(group)) || full()) return;
  body_.raw("<div class=\"card\"><h3>").raw(label_of(out_.groups[group].term->id)).raw("</h3>\n");
  if (out_.groups[group].term->section == Section::delivery) {
    const Indices names = taken(leaves, {"BT-70"});
    if (!names.empty()) {
      body_.raw("<p class=\"name\">");
      values(names, "<br/>");
      body_.raw("</p>\n");
      for (const Index leaf : names) findings_at_leaf(leaf);
    }
    address(leaves);
  }
  group_fields(group, Label::brief);
  body_.raw("</div>\n");
}

void Renderer::plain_section(Section section, Say title, const Buckets& buckets, Index message) {
  const Bucket& bucket = buckets[static_cast<std::size_t>(section)];
  const bool found = has_findings_at(message, section);
  Indices leaves = bucket.leaves;
  std::erase_if(leaves, [&](Index leaf) { return shown_[leaf]; });
  const bool any = std::ranges::any_of(bucket.groups, [&](Index group) {
    return !leaves_below(group).empty() || at_group_.contains(group);
  });
  if (leaves.empty() && !any && !found) return;
  open_section(say(title), "fields");
  findings_at_section(message, section);
  if (!leaves.empty()) body_.raw("<dl class=\"grid\">\n");
  for (const Index leaf : leaves)
    if (!shown_[leaf]) field(leaf, Label::full);
  if (!leaves.empty()) body_.raw("</dl>\n");
  if (any) body_.raw("<div class=\"cards\">\n");
  for (const Index group : bucket.groups) group_card(group);
  if (any) body_.raw("</div>\n");
  close_section();
}

void Renderer::notes(const Bucket& bucket, Index message) {
  if (bucket.groups.empty() && bucket.leaves.empty() && !has_findings_at(message, Section::notes))
    return;
  open_section(say(Say::notes), "notes");
  findings_at_section(message, Section::notes);
  const auto note = [&](Indices leaves) {
    const Indices subject = taken(leaves, {"BT-21"});
    const Indices text = taken(leaves, {"BT-22"});
    body_.raw("<p>");
    if (!subject.empty()) {
      body_.raw("<span class=\"chip\">");
      values(subject, " ");
      body_.raw("</span> ");
    }
    values(text, "<br/>");
    body_.raw("</p>\n");
    for (const Index leaf : subject) findings_at_leaf(leaf);
    for (const Index leaf : text) findings_at_leaf(leaf);
    if (leaves.empty()) return;
    body_.raw("<dl>");
    for (const Index leaf : leaves)
      if (!shown_[leaf]) field(leaf, Label::full);
    body_.raw("</dl>\n");
  };
  for (const Index group : bucket.groups) {
    findings_at_group(group);
    if (const Indices leaves = leaves_below(group); !leaves.empty() && !full()) note(leaves);
  }
  if (!bucket.leaves.empty()) note(bucket.leaves);
  close_section();
}

void Renderer::cell(std::string_view classes, Say heading, const Indices& leaves) {
  body_.raw("<td class=\"").raw(classes).raw("\" data-label=\"").raw(say(heading)).raw("\">");
  body_.raw("<div>");
  if (leaves.empty()) body_.raw("<span class=\"muted\">—</span>");
  values(leaves, "<br/>");
  body_.raw("</div></td>");
}

void Renderer::allowances(const Bucket& bucket, Index message) {
  if (bucket.groups.empty() && !has_findings_at(message, Section::allowances)) return;
  open_section(say(Say::allowances), "allowances");
  findings_at_section(message, Section::allowances);
  body_.raw("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">").raw(say(Say::kind));
  body_.raw("</th><th scope=\"col\">")
      .raw(say(Say::reason))
      .raw("</th><th scope=\"col\" class=\"num\">");
  body_.raw(say(Say::basis)).raw("</th><th scope=\"col\" class=\"num\">").raw(say(Say::vat));
  body_.raw("</th><th scope=\"col\" class=\"num\">").raw(say(Say::amount));
  body_.raw("</th></tr></thead>\n<tbody>\n");
  for (const Index group : bucket.groups) {
    if (full()) break;
    Indices leaves;
    Indices groups;
    collect(group, leaves, groups);
    const Indices all = leaves;
    const Indices basis = taken(leaves, {"BT-94", "BT-101", "BT-93", "BT-100"});
    const Indices vat = taken(leaves, {"BT-96", "BT-103", "BT-95", "BT-102"});
    const Indices amount = taken(leaves, {"BT-92", "BT-99"});
    const Indices reason = taken(leaves, {"BT-97", "BT-104", "BT-98", "BT-105"});
    body_.raw("<tr><th scope=\"row\">").raw(label_of(out_.groups[group].term->id)).raw("</th>");
    Html before = std::exchange(body_, Html());
    cell("num", Say::basis, basis);
    cell("num", Say::vat, vat);
    cell("num", Say::amount, amount);
    Html cells = std::exchange(body_, std::move(before));
    body_.raw("<td data-label=\"").raw(say(Say::reason)).raw("\">");
    values(reason, " ");
    rest_of_line(group, leaves);
    body_.raw("</td>").raw(cells.str()).raw("</tr>\n");
    findings_in(all, groups, 5);
  }
  body_.raw("</tbody></table></div>\n");
  close_section();
}

void Renderer::taxes(const Bucket& bucket, Index message) {
  if (bucket.groups.empty() && !has_findings_at(message, Section::taxes)) return;
  open_section(say(Say::taxes), "taxes");
  findings_at_section(message, Section::taxes);
  if (!bucket.groups.empty()) {
    body_.raw("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">")
        .raw(say(Say::category));
    body_.raw("</th><th scope=\"col\" class=\"num\">").raw(say(Say::rate));
    body_.raw("</th><th scope=\"col\" class=\"num\">").raw(say(Say::taxable));
    body_.raw("</th><th scope=\"col\" class=\"num\">").raw(say(Say::tax));
    body_.raw("</th></tr></thead>\n<tbody>\n");
  }
  for (const Index group : bucket.groups) {
    if (full()) break;
    Indices leaves;
    Indices groups;
    collect(group, leaves, groups);
    const Indices all = leaves;
    const Indices category = taken(leaves, {"BT-118"});
    const Indices rate = taken(leaves, {"BT-119"});
    const Indices base = taken(leaves, {"BT-116"});
    const Indices tax = taken(leaves, {"BT-117"});
    Html before = std::exchange(body_, Html());
    cell("num", Say::rate, rate);
    cell("num", Say::taxable, base);
    cell("num", Say::tax, tax);
    Html cells = std::exchange(body_, std::move(before));
    body_.raw("<tr><td data-label=\"").raw(say(Say::category)).raw("\">");
    values(category, " ");
    const Indices reason = taken(leaves, {"BT-120", "BT-121"});
    if (!reason.empty()) body_.raw("<div class=\"muted\">");
    values(reason, " · ");
    if (!reason.empty()) body_.raw("</div>");
    rest_of_line(group, leaves);
    body_.raw("</td>").raw(cells.str()).raw("</tr>\n");
    findings_in(all, groups, 4);
  }
  if (!bucket.groups.empty()) body_.raw("</tbody></table></div>\n");
  close_section();
}

void Renderer::totals(const Bucket& bucket, Index message) {
  Indices leaves = bucket.leaves;
  Indices groups;
  for (const Index group : bucket.groups) collect(group, leaves, groups);
  const bool found = std::ranges::any_of(groups, [&](Index g) { return at_group_.contains(g); });
  if (leaves.empty() && !found && !has_findings_at(message, Section::totals)) return;
  open_section(say(Say::totals), "totals");
  findings_at_section(message, Section::totals);
  for (const Index group : groups) findings_at_group(group);
  // As they follow from each other, not as the syntax lists them.
  std::ranges::stable_sort(leaves, {}, [&](Index leaf) {
    const Term* const term = out_.leaves[leaf].term;
    return term == nullptr ? terms().size() : static_cast<std::size_t>(term - terms().data());
  });
  body_.raw("<table class=\"sum\"><tbody>\n");
  for (const Index leaf : leaves) {
    if (shown_[leaf] || full()) continue;
    const Term* const term = out_.leaves[leaf].term;
    const bool due = is_term(leaf, "BT-115");
    const bool gross = is_term(leaf, "BT-112");
    body_.raw(due ? "<tr class=\"due\">" : gross ? "<tr class=\"gross\">" : "<tr>");
    body_.raw("<th scope=\"row\">");
    if (term != nullptr) {
      body_.raw(label_of(term->id));
    } else {
      body_.raw("<bdi lang=\"en\">").text(name_of(leaf), 400);
      body_.raw("</bdi>");
    }
    body_.raw("</th><td class=\"num\">");
    value(leaf);
    const std::string own = currency_of(leaf);
    const bool same = own == currency_ || (own.empty() && edifact());
    if ((due || gross) && !currency_.empty() && same) {
      body_.raw(" <bdi class=\"code\">").text(currency_, 40);
      body_.raw("</bdi>");
    }
    body_.raw("</td></tr>\n");
    findings_in({leaf}, {}, 2);
  }
  body_.raw("</tbody></table>\n");
  close_section();
}

}  // namespace corridor::documents
