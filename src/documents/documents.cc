// SPDX-License-Identifier: Apache-2.0
//
// One door: `recognise`, `check` and `examine` all come through `read`, which makes of the bytes a
// tree, or a finding that says why it could not.
#include "documents/documents.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/limits.h"
#include "documents/basic_pack.h"
#include "documents/edifact/interchange.h"
#include "documents/reading.h"
#include "documents/test_document.h"
#include "documents/xpath/atomic.h"

namespace corridor::documents {

namespace {

constexpr std::string_view kXml = "application/xml";
constexpr std::string_view kEdifact = "application/edifact";
constexpr std::string_view kJson = "application/json";

constexpr std::size_t kFindingsMax = 100;
constexpr std::size_t kValueBytesMax = 100;  // of one value in a sentence

// table: document elements that make a kind, and where they say which profile they follow
struct XmlKind {
  View space;
  View local;
  View syntax;
  std::array<std::array<View, 2>, 3> profile;  // {space, local} of each step; empty at the end
};
constexpr View kCbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
constexpr View kCii = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
constexpr View kRam =
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100";
constexpr XmlKind kXmlKinds[] = {
    {"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice", "ubl",
     {{{kCbc, "CustomizationID"}}}},
    {"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote", "ubl",
     {{{kCbc, "CustomizationID"}}}},
    {kCii, "CrossIndustryInvoice", "cii",
     {{{kCii, "ExchangedDocumentContext"},
       {kRam, "GuidelineSpecifiedDocumentContextParameter"},
       {kRam, "ID"}}}},
};

// What a document turned out to be: a tree for the rules of its syntax, or what is wrong already.
struct Read {
  Recognised recognised;
  std::optional<xml::Tree> tree;
  std::optional<Finding> finding;
};

// The XML parser ends its reasons with " at line N column M"; a finding has members for that.
xml::Position take_position(std::string& reason) {
  constexpr std::string_view kLine = " at line ";
  constexpr std::string_view kColumn = " column ";
  xml::Position out;
  const std::size_t line = reason.rfind(kLine);
  if (line == std::string::npos) return out;
  const char* const end = reason.data() + reason.size();
  const auto first = std::from_chars(reason.data() + line + kLine.size(), end, out.line);
  if (!std::string_view(first.ptr, end).starts_with(kColumn)) return out;
  const auto second = std::from_chars(first.ptr + kColumn.size(), end, out.column);
  if (second.ptr == end) reason.resize(line);
  return out;
}

bool begins_as_xml(View bytes) {
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) return true;  // UTF-16
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return xpath::trim(bytes.substr(0, 256)).starts_with('<');
}

// The start tag of the document element, without resolving anything: behind the XML declaration,
// comments, instructions and a document type declaration.
View first_start_tag(View bytes) {
  while (true) {
    const std::size_t open = bytes.find('<');
    if (open == View::npos || open + 1 >= bytes.size()) return {};
    bytes.remove_prefix(open);
    const bool comment = bytes.starts_with("<!--");
    const bool other = bytes[1] == '?' || bytes[1] == '!';
    if (!comment && !other) return bytes.substr(0, bytes.find('>'));
    std::string_view end = comment ? "-->" : bytes[1] == '?' ? "?>" : ">";
    const std::size_t subset = bytes.substr(0, bytes.find('>')).find('[');
    if (!comment && bytes[1] == '!' && subset != View::npos) end = "]>";
    const std::size_t close = bytes.find(end, 2);
    if (close == View::npos) return {};
    bytes.remove_prefix(close + end.size());
  }
}

// What a document that is not well-formed says it is: the name and the namespace of its first tag.
DocumentKind claimed_kind(View bytes) {
  const View tag = first_start_tag(bytes);
  const View name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
  const View local = name.substr(std::min(name.size(), name.find_last_of("<:") + 1));
  for (const XmlKind& known : kXmlKinds)
    if (known.local == local && tag.contains(known.space))
      return {.syntax = std::string(known.syntax), .type = std::string(known.local), .profile = {}};
  return {};
}

Read read_xml(View bytes) {
  Read out;
  auto tree = xml::parse(bytes);
  if (tree) {
    out.recognised = {kind_of(*tree), kXml};
    out.tree = std::move(*tree);
    return out;
  }
  out.recognised.kind = claimed_kind(bytes);
  const bool claimed = out.recognised.kind != DocumentKind{};
  if (claimed) out.recognised.media_type = kXml;
  std::string reason = std::move(tree.error().why);
  const xml::Position position = take_position(reason);
  const View rule = tree.error().code == Code::too_large ? "CB-01" : claimed ? "CB-02" : "CB-04";
  out.finding = reading_finding(rule, {{"syntax", "XML"}, {"reason", std::move(reason)}});
  out.finding->line = position.line;
  out.finding->column = position.column;
  return out;
}

Read read_edifact(View bytes) {
  Read out;
  std::string reason;
  auto kind = edifact_kind(bytes, reason);
  if (!kind) {
    out.finding = reading_finding("CB-04", {{"syntax", "EDIFACT"}, {"reason", std::move(reason)}});
    return out;
  }
  out.recognised = {std::move(*kind), kEdifact};
  if (basic_rules(out.recognised.kind.syntax) == nullptr) return out;
  auto tree = read_interchange(bytes);
  if (tree) {
    out.tree = std::move(*tree);
    return out;
  }
  out.finding = reading_finding("CB-03", {{"reason", std::move(tree.error().why)}});
  out.finding->line = tree.error().position.line;
  out.finding->column = tree.error().position.column;
  return out;
}

Read unreadable(std::string reason) {
  Read out;
  out.finding = reading_finding("CB-01", {{"reason", std::move(reason)}});
  return out;
}

Read read(View bytes) {
  if (bytes.size() > limits::kDocumentBytesMax)
    return unreadable("it has " + std::to_string(bytes.size()) + " bytes, more than the " +
                      std::to_string(limits::kDocumentBytesMax) + " that are read");
  if (bytes.empty()) return unreadable("it is empty");
  if (begins_as_edifact(bytes)) return read_edifact(bytes);
  if (begins_as_xml(bytes)) return read_xml(bytes);
  Read out;
  if (!looks_like_json(bytes)) return out;
  out.recognised.media_type = kJson;
  if (is_test_document(bytes)) {
    out.recognised.kind = test_kind();
    out.finding = check_test_document(bytes);
  }
  return out;
}

// The tree is all the rules see, so the time is no part of what they say.
std::vector<Finding> judge(const schematron::RuleSet& rules, const xml::Tree& tree) {
  const schematron::Outcome outcome =
      rules.check(tree, {.now = {}, .hits_max = kFindingsMax, .value_bytes_max = kValueBytesMax});
  std::vector<Finding> findings = rules.findings(outcome, tree);
  if (outcome.left_out == 0) return findings;
  Finding rest = reading_finding("CB-99", {{"count", std::to_string(outcome.left_out)}});
  if (outcome.left_out_fatal) rest.severity = Severity::fatal;
  findings.push_back(std::move(rest));
  return findings;
}

}  // namespace

DocumentKind kind_of(const xml::Tree& tree) {
  const xml::NameId name = tree.node(tree.root()).name;
  for (const XmlKind& known : kXmlKinds) {
    if (tree.local(name) != known.local || tree.space(name) != known.space) continue;
    DocumentKind kind{
        .syntax = std::string(known.syntax), .type = std::string(known.local), .profile = {}};
    xml::NodeId node = tree.root();
    for (const auto& [space, local] : known.profile)
      if (node != xml::kNone && !local.empty())
        node = tree.child(node, tree.find_name(space, local));
    if (node != xml::kNone) kind.profile = xpath::trim(tree.string_value(node));
    return kind;
  }
  return {};
}

Recognised recognise(View bytes) { return read(bytes).recognised; }

Examined examine(View bytes) {
  Read document = read(bytes);
  Examined out{.recognised = std::move(document.recognised), .report = {}};
  out.report.kind = out.recognised.kind;
  out.report.rules = kBasicRules;
  out.report.rules_digest = basic_rules_digest();
  const schematron::RuleSet* const rules = basic_rules(out.recognised.kind.syntax);
  if (document.finding) {
    out.report.findings.push_back(std::move(*document.finding));
  } else if (document.tree && rules != nullptr) {
    out.report.findings = judge(*rules, *document.tree);
  }
  return out;
}

Report check(View bytes) { return examine(bytes).report; }

}  // namespace corridor::documents
