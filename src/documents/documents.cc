// SPDX-License-Identifier: Apache-2.0
//
// `recognise` and `check` go through the same door (`examine`), so they cannot disagree about what
// a document is.
#include "documents/documents.h"

#include <charconv>
#include <optional>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "documents/basic/rules.h"
#include "documents/cii/cii.h"
#include "documents/edifact/interchange.h"
#include "documents/test_document.h"
#include "documents/ubl/ubl.h"

namespace corridor::documents {

namespace {

constexpr std::string_view kXml = "application/xml";
constexpr std::string_view kEdifact = "application/edifact";
constexpr std::string_view kJson = "application/json";

// What a document turned out to be, and what was found on the way.
struct Examined {
  Recognised recognised;
  std::optional<xml::Tree> tree;  // of well-formed XML
  std::string_view rule;          // that was broken on the way, if any
  std::string syntax;             // for the rule's sentence
  std::string reason;
  Location location;
};

// The XML parser ends its reasons with " at line N column M"; a finding has members for that.
void take_position(Examined& out) {
  constexpr std::string_view kLine = " at line ";
  constexpr std::string_view kColumn = " column ";
  const std::size_t line = out.reason.rfind(kLine);
  if (line == std::string::npos) return;
  const char* const end = out.reason.data() + out.reason.size();
  const auto first =
      std::from_chars(out.reason.data() + line + kLine.size(), end, out.location.line);
  if (!std::string_view(first.ptr, end).starts_with(kColumn)) return;
  const auto second = std::from_chars(first.ptr + kColumn.size(), end, out.location.column);
  if (second.ptr == end) out.reason.resize(line);
}

bool begins_as_xml(View bytes) {
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) return true;  // UTF-16
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return trimmed(bytes.substr(0, 256)).starts_with('<');
}

std::optional<DocumentKind> xml_kind(const xml::Tree& tree) {
  if (auto kind = ubl_kind(tree)) return kind;
  return cii_kind(tree);
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
  // table
  const struct {
    View local;
    View space;
    View syntax;
  } kKnown[] = {{"Invoice", kUblInvoiceSpace, "ubl"},
                {"CreditNote", kUblCreditNoteSpace, "ubl"},
                {"CrossIndustryInvoice", kCiiSpace, "cii"}};
  for (const auto& known : kKnown)
    if (known.local == local && tag.contains(known.space))
      return {.syntax = std::string(known.syntax), .type = std::string(known.local), .profile = {}};
  return {};
}

Examined examine_xml(View bytes) {
  Examined out;
  auto tree = xml::parse(bytes);
  if (tree) {
    out.recognised.media_type = kXml;
    out.tree = std::move(*tree);
    out.recognised.kind = xml_kind(*out.tree).value_or(DocumentKind{});
    return out;
  }
  out.reason = std::move(tree.error().why);
  out.syntax = "XML";
  take_position(out);
  out.recognised.kind = claimed_kind(bytes);
  const bool claimed = out.recognised.kind != DocumentKind{};
  if (claimed) out.recognised.media_type = kXml;
  out.rule = tree.error().code == Code::too_large ? "CB-01" : claimed ? "CB-02" : "CB-04";
  return out;
}

Examined examine_edifact(View bytes) {
  Examined out;
  if (auto kind = edifact_kind(bytes, out.reason)) {
    out.recognised = {std::move(*kind), kEdifact};
  } else {
    out.syntax = "EDIFACT";
    out.rule = "CB-04";
  }
  return out;
}

Examined examine(View bytes) {
  Examined out;
  if (bytes.size() > limits::kDocumentBytesMax) {
    out.rule = "CB-01";
    out.reason = "it has " + std::to_string(bytes.size()) + " bytes, more than the " +
                 std::to_string(limits::kDocumentBytesMax) + " that are read";
    return out;
  }
  if (bytes.empty()) {
    out.rule = "CB-01";
    out.reason = "it is empty";
    return out;
  }
  if (begins_as_edifact(bytes)) return examine_edifact(bytes);
  if (begins_as_xml(bytes)) return examine_xml(bytes);
  if (!looks_like_json(bytes)) return out;
  out.recognised.media_type = kJson;
  if (is_test_document(bytes)) out.recognised.kind = test_kind();
  return out;
}

}  // namespace

Digest basic_rules_digest() {
  static const Digest digest = crypto::sha256(rules_canonical_text());
  return digest;
}

Recognised recognise(View bytes) { return examine(bytes).recognised; }

Report check(View bytes) {
  Examined document = examine(bytes);
  const DocumentKind& kind = document.recognised.kind;
  Findings findings;
  if (!document.rule.empty()) {
    findings.add(reading_rule(document.rule), std::move(document.location),
                 {{"syntax", document.syntax}, {"reason", document.reason}});
  } else if (kind.syntax == "ubl") {
    const UblInvoice reader(*document.tree);
    judge(reader.invoice(), reader.locator(), findings);
  } else if (kind.syntax == "cii") {
    const CiiInvoice reader(*document.tree);
    judge(reader.invoice(), reader.locator(), findings);
  } else if (kind.syntax == "edifact") {
    check_interchange(bytes, findings);
  } else if (kind.syntax == "corridor") {
    check_test_document(bytes, findings);
  }
  return {.kind = kind,
          .findings = findings.finish(),
          .rules = std::string(kBasicRules),
          .rules_digest = basic_rules_digest()};
}

}  // namespace corridor::documents
