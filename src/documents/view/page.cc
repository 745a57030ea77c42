// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "documents/terms/format.h"
#include "documents/view/locate.h"
#include "documents/view/renderer.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::string_view kSummaryHere = "<!--summary-->\n";  // no value writes a comment

Say word_of(Shape shape) {
  switch (shape) {
    case Shape::ubl_invoice:
    case Shape::cii:
    case Shape::edifact_invoic: return Say::invoice;
    case Shape::ubl_credit_note: return Say::credit_note;
    case Shape::ubl_order:
    case Shape::edifact_orders: return Say::order;
    case Shape::ubl_despatch:
    case Shape::edifact_desadv: return Say::despatch_advice;
    case Shape::unknown:
    case Shape::edifact_other: break;
  }
  return Say::document;
}

// Only our own style sheet, by its digest; nothing from anywhere else.
const std::string& policy() {
  static const std::string kPolicy = "default-src 'none'; style-src 'sha256-" +
                                     base64(crypto::sha256(style_sheet()).view()) +
                                     "'; base-uri 'none'; form-action 'none'";
  return kPolicy;
}

}  // namespace

std::string framed(const std::string& title, const std::string& body, Language language) {
  Html out;
  out.raw("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"");
  out.attribute("lang", language_code(language));
  out.attribute("dir", is_right_to_left(language) ? "rtl" : "ltr").raw(">\n<head>\n");
  out.raw("<meta charset=\"utf-8\"/>\n<meta http-equiv=\"Content-Security-Policy\"");
  out.attribute("content", policy()).raw("/>\n");
  out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
  out.raw("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
  out.raw("<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>");
  const std::string shown = visible(title, kNameBytesMax);
  out.text(shown);
  out.raw("</title>\n<style>").raw(style_sheet()).raw("</style>\n</head>\n<body>\n");
  out.raw("<main class=\"sheet\">\n").raw(body).raw("</main>\n</body>\n</html>\n");
  return out.take();
}

Renderer::Renderer(const xml::Tree& tree, const DocumentKind& kind, const Report& report,
                   const ViewOptions& options)
    : tree_(tree), kind_(kind), report_(report), options_(options) {
  out_ = outline(tree, shape_of(tree, kind));
  shown_.resize(out_.leaves.size());
  hoisted_.resize(out_.groups.size());
  placed_.resize(report.findings.size());
  for (const Finding& finding : report.findings) {
    // What neither the rule nor its text names is named by the place, and a path alone says less.
    Finding with_term = finding;
    if (explain_finding(finding, {}, options.language).term.empty())
      if (const xml::NodeId node = locate(tree, finding.path); node != xml::kNone)
        with_term.term = term_at(tree, node, kind);
    explained_.push_back(explain_finding(with_term, kind, options.language));
  }
  for (Index i = 0; i < out_.leaves.size() && currency_.empty(); ++i)
    if (is_term(i, "BT-5") || is_term(i, "OR-25")) currency_ = raw_value(i);
  place_findings();
}

// Groups whose term belongs to another section than the group around them stand there.
void Renderer::hoist(Index group, Buckets& buckets) {
  const Term* const around = out_.groups[group].term;
  for (const Group::Item& item : out_.groups[group].items) {
    if (!item.is_group) continue;
    const Term* const term = out_.groups[item.index].term;
    if (around != nullptr && term->section != around->section) {
      hoisted_[item.index] = true;
      buckets[static_cast<std::size_t>(term->section)].groups.push_back(item.index);
    }
    hoist(item.index, buckets);
  }
}

Renderer::Buckets Renderer::sort_out(Index message) {
  Buckets out;
  for (const Group::Item& item : out_.groups[message].items) {
    if (item.is_group) {
      const Term* const term = out_.groups[item.index].term;
      if (term == nullptr) continue;  // a message of an interchange
      out[static_cast<std::size_t>(term->section)].groups.push_back(item.index);
      hoist(item.index, out);
    } else if (const Term* const term = out_.leaves[item.index].term; term != nullptr) {
      out[static_cast<std::size_t>(term->section)].leaves.push_back(item.index);
    }
  }
  return out;
}

void Renderer::heading(const Buckets& buckets, Index message) {
  const bool first = out_.messages.empty() || message == out_.messages.front();
  std::string number;
  std::string type(say(word_of(out_.shape)));
  for (const Index leaf : buckets[static_cast<std::size_t>(Section::head)].leaves) {
    if (number.empty() && (is_term(leaf, "BT-1") || is_term(leaf, "OR-1") || is_term(leaf, "DA-1")))
      number = raw_value(leaf);
    const View word = is_term(leaf, "BT-3")
                          ? code_word(CodeList::document_types, raw_value(leaf), options_.language)
                          : View();
    if (!word.empty()) type = word;
  }
  if (out_.shape == Shape::unknown && tree_.root() != xml::kNone)
    type = words_of_name(tree_.local(tree_.node(tree_.root()).name));
  if (out_.shape == Shape::edifact_other && !kind_.type.empty()) type = kind_.type;
  if (first) {
    title_ = type + (number.empty() ? "" : " " + number);
    body_.raw("<p class=\"eyebrow\"><bdi>").text(options_.name, kNameBytesMax);
    body_.raw("</bdi><bdi dir=\"ltr\">");
    if (kind_.syntax != "unknown") body_.text(kind_.name(), kNameBytesMax);
    body_.raw("</bdi></p>\n");
  }
  body_.raw(first ? "<h1>" : "<h2 class=\"again\">").raw("<bdi>").text(type, kNameBytesMax);
  body_.raw("</bdi>");
  if (!number.empty()) {
    body_.raw(" <bdi class=\"number\">").text(number, kNameBytesMax);
    body_.raw("</bdi>");
  }
  body_.raw(first ? "</h1>\n" : "</h2>\n");
}

void Renderer::message(Index group) {
  const Buckets buckets = sort_out(group);
  const auto bucket = [&](Section section) -> const Bucket& {
    return buckets[static_cast<std::size_t>(section)];
  };
  body_.raw("<article>\n<header>\n");
  heading(buckets, group);
  body_.raw("</header>\n");
  if (out_.messages.empty() || group == out_.messages.front()) body_.raw(kSummaryHere);
  facts(buckets, group);
  parties(bucket(Section::parties), group);
  plain_section(Section::references, Say::references, buckets, group);
  plain_section(Section::delivery, Say::delivery, buckets, group);
  lines(bucket(Section::lines), group);
  allowances(bucket(Section::allowances), group);
  taxes(bucket(Section::taxes), group);
  totals(bucket(Section::totals), group);
  plain_section(Section::payment, Say::payment, buckets, group);
  notes(bucket(Section::notes), group);
  plain_section(Section::attachments, Say::attachments, buckets, group);
  plain_section(Section::process, Say::process, buckets, group);
  body_.raw("</article>\n");
}

std::string Renderer::page() {
  std::size_t messages = 0;
  for (const Index group : out_.messages) {
    if (messages >= kMessagesMax || full()) break;
    ++messages;
    message(group);
  }
  if (out_.messages.empty()) {
    body_.raw("<header>\n");
    heading({}, 0);
    body_.raw("</header>\n").raw(kSummaryHere);
  }
  if (out_.shape == Shape::unknown && tree_.root() != xml::kNone) {
    open_section(say(Say::document), "tree");
    tree_of(tree_.root(), 0);
    if (other_count_ > kOthersMax) {
      body_.raw("<p class=\"more\">").raw(say(Say::more_values)).raw(" ");
      body_.number(other_count_ - kOthersMax).raw("</p>\n");
    }
    close_section();
  } else {
    other();
  }
  technical();
  if (full()) body_.raw("<p class=\"more\">").raw(say(Say::cut)).raw("</p>\n");
  // What was placed is only known now, and the summary stands at the top.
  std::string body = body_.take();
  const std::size_t at = body.find(kSummaryHere);
  body.replace(at, kSummaryHere.size(), summary());
  return framed(title_, body, options_.language);
}

std::string render_page(const xml::Tree& tree, const DocumentKind& kind, const Report& report,
                        const ViewOptions& options) {
  return Renderer(tree, kind, report, options).page();
}

std::string render_report_page(const Report& report, const ViewOptions& options) {
  xml::Builder nothing;
  const xml::Tree empty = nothing.finish();
  return Renderer(empty, report.kind, report, options).page();
}

}  // namespace corridor::documents
