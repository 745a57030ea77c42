// SPDX-License-Identifier: Apache-2.0
#include "documents/read/read.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "documents/edifact/interchange.h"
#include "documents/pdf/pdf.h"
#include "documents/read/reading.h"
#include "documents/read/test_document.h"
#include "documents/recognise/recognise.h"
#include "documents/xpath/atomic.h"
#include "json/json.h"

namespace corridor::documents {

namespace {

constexpr std::string_view kXml = "application/xml";
constexpr std::string_view kEdifact = "application/edifact";
constexpr std::string_view kJson = "application/json";

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

Read read_xml(View bytes, const Recognition& seen) {
  Read out;
  auto tree = xml::parse(bytes);
  if (tree) {
    out.recognised = {kind_of(*tree), kXml};
    out.edition = edition_of(*tree, out.recognised.kind);
    out.issued = issued_of(*tree, out.recognised.kind);
    out.tree = std::move(*tree);
    out.well_formed = true;
    return out;
  }
  const bool claimed = seen.kind != DocumentKind{};
  if (claimed) out.recognised = {seen.kind, kXml};
  out.recognised.kind.profile.clear();
  std::string reason = std::move(tree.error().why);
  const xml::Position position = take_position(reason);
  const View rule = tree.error().code == Code::too_large ? "CB-01" : claimed ? "CB-02" : "CB-04";
  Finding finding = reading_finding(rule, {{"syntax", "XML"}, {"reason", std::move(reason)}});
  finding.line = position.line;
  finding.column = position.column;
  out.findings.push_back(std::move(finding));
  return out;
}

// With a tree, or without.
std::expected<CheckedOnly, NoInterchange> check_edifact(View bytes, const EdifactReading& reading,
                                                        std::optional<xml::Tree>& tree) {
  const DirectoryCheck against{.directory = reading.directory, .invoice_groups_built_in = true};
  if (!reading.tree) return check_interchange(bytes, against);
  auto checked = read_and_check(bytes, against);
  if (!checked) return std::unexpected(std::move(checked).error());
  tree = std::move(checked->tree);
  return CheckedOnly{std::move(checked->findings), std::move(checked->document_date)};
}

Read read_edifact(View bytes, const Recognition& seen, const EdifactReadingOf& edifact) {
  Read out;
  std::string reason;
  if (!edifact_kind(bytes, reason)) {
    out.findings.push_back(
        reading_finding("CB-04", {{"syntax", "EDIFACT"}, {"reason", std::move(reason)}}));
    return out;
  }
  out.recognised = {seen.kind, kEdifact};
  // Without any directory here nothing is said about structure; with some, each message is checked
  // against its own, or said to have none.
  const EdifactReading reading = edifact ? edifact(seen.kind) : EdifactReading();
  auto checked = check_edifact(bytes, reading, out.tree);
  if (!checked) {
    Finding finding = reading_finding("CB-03", {{"reason", std::move(checked.error().why)}});
    finding.line = checked.error().position.line;
    finding.column = checked.error().position.column;
    out.findings.push_back(std::move(finding));
    return out;
  }
  out.well_formed = true;
  out.findings = std::move(checked->findings);
  out.edition = edifact_edition(out.recognised.kind);
  out.issued = edifact_issued(checked->document_date);
  return out;
}

Read read_json(View bytes, const Recognition& seen) {
  Read out;
  if (is_test_document(bytes)) {
    out.recognised = {test_kind(), kJson};
    if (auto finding = check_test_document(bytes)) out.findings.push_back(std::move(*finding));
    return out;
  }
  if (seen.kind == DocumentKind{}) {
    if (looks_like_json(bytes)) out.recognised.media_type = kJson;
    return out;
  }
  // A compact token is signed text: what is inside was looked at, and is for who verifies it.
  if (seen.media_type == kJson) {
    auto value = json::parse(bytes, {.bytes_max = limits::kDocumentBytesMax});
    if (!value) {
      out.findings.push_back(
          reading_finding("CB-04", {{"syntax", "JSON"}, {"reason", std::move(value.error().why)}}));
      return out;
    }
  }
  out.recognised = {seen.kind, seen.media_type};
  out.edition = seen.edition;
  out.issued = seen.issued;
  return out;
}

// The invoice in a PDF is what is judged; the PDF is what is sent and kept.
Read read_pdf(View bytes, const Recognition& seen) {
  Read out;
  out.recognised = {seen.kind, seen.media_type};
  auto files = pdf::embedded_files(bytes);
  if (!files) {
    out.findings.push_back(reading_finding("CB-86", {{"reason", std::move(files.error().why)}}));
    return out;
  }
  const pdf::Embedded* const invoice = pdf::invoice_of(*files);
  if (invoice == nullptr) return out;
  out = read_xml(invoice->bytes, recognise_head(invoice->bytes));
  if (out.recognised.kind == DocumentKind{}) out.recognised.kind = seen.kind;
  out.recognised.media_type = seen.media_type;
  return out;
}

Read unreadable(std::string reason) {
  Read out;
  out.findings.push_back(reading_finding("CB-01", {{"reason", std::move(reason)}}));
  return out;
}

}  // namespace

Read read(View bytes, const EdifactReadingOf& edifact) {
  if (bytes.size() > limits::kDocumentBytesMax)
    return unreadable("it has " + std::to_string(bytes.size()) + " bytes, more than the " +
                      std::to_string(limits::kDocumentBytesMax) + " that are read");
  if (bytes.empty()) return unreadable("it is empty");
  const Recognition seen = recognise_head(bytes);
  if (seen.container) return read_pdf(bytes, seen);
  if (begins_as_edifact(bytes)) return read_edifact(bytes, seen, edifact);
  if (begins_as_xml(bytes)) return read_xml(bytes, seen);
  return read_json(bytes, seen);
}

}  // namespace corridor::documents
