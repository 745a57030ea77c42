// SPDX-License-Identifier: Apache-2.0
//
// Where each finding stands: at the value it is about; at the group around what is not shown as a
// value; in the section of its term where all it names is the document. The rest is told in full in
// the summary, and so is what was placed where the page did not come to.
#include <algorithm>

#include "documents/terms/format.h"
#include "documents/view/locate.h"
#include "documents/view/renderer.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kOfficialBytesMax = 4'000;

std::string_view class_of(Severity severity) {
  switch (severity) {
    case Severity::fatal: return "fatal";
    case Severity::warning: return "warning";
    case Severity::information: return "information";
  }
  return "information";
}

Say word_of(Severity severity) {
  switch (severity) {
    case Severity::fatal: return Say::error;
    case Severity::warning: return Say::warning;
    case Severity::information: return Say::notice;
  }
  return Say::notice;
}

std::string_view sign_of(Severity severity) {
  switch (severity) {
    case Severity::fatal: return "✕";
    case Severity::warning: return "!";
    case Severity::information: return "i";
  }
  return "i";
}

// The outermost group that a term is in; the section is that of the term.
const Term* outermost(const Term* term) {
  const Term* out = term->type == TermType::group ? term : nullptr;
  for (const Term* at = find_term(term->group); at != nullptr; at = find_term(at->group)) out = at;
  return out;
}

}  // namespace

void write_finding(Html& out, const Finding& finding, std::size_t index, const Explained& explained,
                   Language language) {
  out.raw("<div class=\"finding ").raw(class_of(finding.severity)).raw("\" id=\"f").number(index);
  out.raw("\"><p><span class=\"sign\" aria-hidden=\"true\">").raw(sign_of(finding.severity));
  out.raw("</span> <strong>").raw(say(word_of(finding.severity), language));
  out.raw(say(Say::colon, language)).raw("</strong> ");
  out.sentence(explained.sentence);
  out.raw("</p><details><summary>")
      .raw(say(Say::rule, language))
      .raw(" <bdi>")
      .text(finding.rule, 80);
  out.raw("</bdi>");
  if (finding.line > 0)
    out.raw(" · ").raw(say(Say::at_line, language)).raw(" ").number(finding.line);
  out.raw("</summary><p lang=\"en\" dir=\"auto\" class=\"official\">");
  out.text(finding.text, kOfficialBytesMax);
  out.raw("</p>");
  if (!finding.path.empty()) {
    out.raw("<p class=\"path\"><span>")
        .raw(say(Say::place, language))
        .raw("</span> <code dir=\"ltr\">");
    out.text(finding.path, kOfficialBytesMax);
    out.raw("</code></p>");
  }
  out.raw("</details></div>\n");
}

Renderer::Index Renderer::message_of(Index group) const {
  while (std::ranges::find(out_.messages, group) == out_.messages.end() && group != 0)
    group = out_.groups[group].parent;
  return group;
}

// The first value at or below a node; the number of leaves when there is none.
Renderer::Index Renderer::leaf_in(xml::NodeId node) const {
  const auto at = std::ranges::lower_bound(out_.leaves, node, {}, &Leaf::node);
  const auto index = static_cast<Index>(at - out_.leaves.begin());
  return at != out_.leaves.end() && at->node < tree_.node(node).end
             ? index
             : static_cast<Index>(out_.leaves.size());
}

void Renderer::place_findings() {
  for (std::size_t i = 0; i < report_.findings.size(); ++i) place(i);
}

// In EDIFACT what has components is a segment or an element of one.
xml::NodeId Renderer::segment_of(xml::NodeId node) const {
  const auto groups = [&](xml::NodeId id) {
    const View name = tree_.local(tree_.node(id).name);
    return name == "interchange" || name == "message" || name == "group" ||
           name.ends_with("-group");
  };
  xml::NodeId out = xml::kNone;
  for (xml::NodeId id = node; id != 0 && !groups(id); id = tree_.node(id).parent) out = id;
  return out;
}

Renderer::Index Renderer::termed_leaf_in(xml::NodeId node) const {
  Index leaf = leaf_in(node);
  for (; leaf < out_.leaves.size() && out_.leaves[leaf].node < tree_.node(node).end; ++leaf)
    if (out_.leaves[leaf].term != nullptr) return leaf;
  return static_cast<Index>(out_.leaves.size());
}

void Renderer::place(std::size_t finding) {
  xml::NodeId node = locate(tree_, report_.findings[finding].path);
  if (node == xml::kNone) return;
  const xml::Kind kind = tree_.node(node).kind;
  if (kind == xml::Kind::attribute || kind == xml::Kind::text) node = tree_.node(node).parent;
  const auto none = static_cast<Index>(out_.leaves.size());
  Index leaf = leaf_in(node);
  if (leaf == none) return;
  const xml::NodeId segment = edifact() ? segment_of(node) : xml::kNone;
  if (segment != xml::kNone) {
    Index termed = termed_leaf_in(node);
    if (termed == none) termed = termed_leaf_in(segment);
    return at_leaf_[termed == none ? leaf : termed].push_back(finding);
  }
  if (out_.leaves[leaf].node == node) return at_leaf_[leaf].push_back(finding);
  Index group = out_.leaves[leaf].group;
  while (group != 0 && out_.groups[group].node > node) group = out_.groups[group].parent;
  place_at_group(finding, group);
}

void Renderer::place_at_group(std::size_t finding, Index group) {
  if (out_.groups[group].term != nullptr) return at_group_[group].push_back(finding);
  const Term* const term = find_term(explained_[finding].term);
  if (term == nullptr) return;
  const Index message = message_of(group);
  const Term* const outer = outermost(term);
  std::vector<Index> same;  // the groups that could be meant
  for (Index i = 0; outer != nullptr && i < out_.groups.size(); ++i)
    if (out_.groups[i].term == outer && message_of(i) == message) same.push_back(i);
  if (same.size() == 1 && outer->section == Section::parties)
    return at_group_[same.front()].push_back(finding);
  at_section_[{message, term->section}].push_back(finding);
}

void Renderer::findings_of(const std::vector<std::size_t>& findings) {
  for (const std::size_t finding : findings) {
    if (placed_[finding]) continue;
    placed_[finding] = true;
    write_finding(body_, report_.findings[finding], finding + 1, explained_[finding],
                  options_.language);
  }
}

void Renderer::findings_at_leaf(Index leaf) {
  const auto at = at_leaf_.find(leaf);
  if (at != at_leaf_.end()) findings_of(at->second);
}

void Renderer::findings_at_group(Index group) {
  const auto at = at_group_.find(group);
  if (at != at_group_.end()) findings_of(at->second);
}

bool Renderer::has_findings_at(Index message, Section section) const {
  return at_section_.contains({message, section});
}

void Renderer::findings_at_section(Index message, Section section) {
  const auto at = at_section_.find({message, section});
  if (at != at_section_.end()) findings_of(at->second);
}

// Below a row of a table, a row of its own for what was found in it.
void Renderer::findings_in(const Indices& leaves, const Indices& groups, std::size_t columns) {
  std::vector<std::size_t> found;
  const auto add = [&](const auto& map, Index index) {
    const auto at = map.find(index);
    if (at == map.end()) return;
    for (const std::size_t finding : at->second)
      if (!placed_[finding]) found.push_back(finding);
  };
  for (const Index group : groups) add(at_group_, group);
  for (const Index leaf : leaves) add(at_leaf_, leaf);
  if (found.empty()) return;
  body_.raw("<tr class=\"found\"><td colspan=\"").number(columns).raw("\">");
  findings_of(found);
  body_.raw("</td></tr>\n");
}

std::string_view Renderer::flag_class(Index leaf) const {
  const auto at = at_leaf_.find(leaf);
  if (at == at_leaf_.end()) return {};
  Severity most = Severity::information;
  for (const std::size_t finding : at->second)
    most = std::max(most, report_.findings[finding].severity);
  return class_of(most);
}

void Renderer::flag(Index leaf) {
  const auto at = at_leaf_.find(leaf);
  if (at == at_leaf_.end()) return;
  const std::size_t finding = at->second.front();
  const Severity severity = report_.findings[finding].severity;
  body_.raw(" <a class=\"flag ").raw(class_of(severity)).raw("\" href=\"#f").number(finding + 1);
  body_.raw("\"").attribute("aria-label", say(word_of(severity))).raw(">").raw(sign_of(severity));
  body_.raw("</a>");
}

std::string Renderer::summary() const {
  Html out;
  std::array<std::size_t, 3> counts{};
  for (const Finding& finding : report_.findings)
    ++counts.at(static_cast<std::size_t>(finding.severity));
  const bool judged = kind_.syntax != "unknown" || !report_.findings.empty();
  const Say verdict = counts[2] > 0   ? Say::has_errors
                      : counts[1] > 0 ? Say::has_warnings
                      : judged        ? Say::no_findings
                                      : Say::not_checked;
  const std::string_view tone = counts[2] > 0   ? "fatal"
                                : counts[1] > 0 ? "warning"
                                : judged        ? "good"
                                                : "information";
  out.raw("<section class=\"summary ").raw(tone).raw("\" aria-labelledby=\"findings\">");
  out.raw("<h2 id=\"findings\"><span class=\"sign\" aria-hidden=\"true\">");
  out.raw(counts[2] > 0   ? "✕"
          : counts[1] > 0 ? "!"
          : judged        ? "✓"
                          : "i")
      .raw("</span> ")
      .raw(say(verdict));
  out.raw("</h2>\n<p class=\"counts\">");
  constexpr Say kCounted[] = {Say::notices, Say::warnings, Say::errors};
  for (std::size_t i = 3; i-- > 0;)
    if (counts.at(i) > 0)
      out.raw("<span>")
          .raw(say(kCounted[i]))
          .raw(" <bdi>")
          .number(counts.at(i))
          .raw("</bdi></span> ");
  if (judged && !report_.rules.empty()) {
    out.raw("<span>").raw(say(Say::checked_with)).raw(" <bdi>").text(report_.rules, 400);
    out.raw("</bdi></span>");
  }
  out.raw("</p>\n");
  Html linked;
  Html told;
  for (std::size_t i = 0; i < report_.findings.size(); ++i) {
    const Finding& finding = report_.findings[i];
    if (!placed_[i]) {
      write_finding(told, finding, i + 1, explained_[i], options_.language);
      continue;
    }
    linked.raw("<li class=\"").raw(class_of(finding.severity)).raw("\"><a href=\"#f").number(i + 1);
    linked.raw("\"><span class=\"sign\" aria-hidden=\"true\">").raw(sign_of(finding.severity));
    linked.raw("</span> <span><span class=\"sr\">").raw(say(word_of(finding.severity)));
    linked.raw(say(Say::colon)).raw(" </span>");
    linked.sentence(explained_[i].problem);
    linked.raw("</span></a></li>\n");
  }
  if (linked.size() > 0) out.raw("<ol class=\"links\">\n").raw(linked.str()).raw("</ol>\n");
  out.raw(told.str()).raw("</section>\n");
  return out.take();
}

}  // namespace corridor::documents
