// SPDX-License-Identifier: Apache-2.0
#include "documents/read/read.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "documents/edifact/interchange.h"
#include "documents/read/reading.h"
#include "documents/read/test_document.h"
#include "documents/xpath/atomic.h"

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
  return kind_of_name(local, tag);
}

Read read_xml(View bytes) {
  Read out;
  auto tree = xml::parse(bytes);
  if (tree) {
    out.recognised = {kind_of(*tree), kXml};
    out.edition = edition_of(*tree, out.recognised.kind);
    out.issued = issued_of(*tree, out.recognised.kind);
    out.tree = std::move(*tree);
    return out;
  }
  out.recognised.kind = claimed_kind(bytes);
  const bool claimed = out.recognised.kind != DocumentKind{};
  if (claimed) out.recognised.media_type = kXml;
  std::string reason = std::move(tree.error().why);
  const xml::Position position = take_position(reason);
  const View rule = tree.error().code == Code::too_large ? "CB-01" : claimed ? "CB-02" : "CB-04";
  Finding finding = reading_finding(rule, {{"syntax", "XML"}, {"reason", std::move(reason)}});
  finding.line = position.line;
  finding.column = position.column;
  out.findings.push_back(std::move(finding));
  return out;
}

Read read_edifact(View bytes) {
  Read out;
  std::string reason;
  auto kind = edifact_kind(bytes, reason);
  if (!kind) {
    out.findings.push_back(
        reading_finding("CB-04", {{"syntax", "EDIFACT"}, {"reason", std::move(reason)}}));
    return out;
  }
  out.recognised = {std::move(*kind), kEdifact};
  auto tree = read_interchange(bytes);
  if (tree) {
    out.edition = edition_of(*tree, out.recognised.kind);
    out.issued = issued_of(*tree, out.recognised.kind);
    out.tree = std::move(*tree);
    return out;
  }
  Finding finding = reading_finding("CB-03", {{"reason", std::move(tree.error().why)}});
  finding.line = tree.error().position.line;
  finding.column = tree.error().position.column;
  out.findings.push_back(std::move(finding));
  return out;
}

Read unreadable(std::string reason) {
  Read out;
  out.findings.push_back(reading_finding("CB-01", {{"reason", std::move(reason)}}));
  return out;
}

}  // namespace

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
    if (auto finding = check_test_document(bytes)) out.findings.push_back(std::move(*finding));
  }
  return out;
}

}  // namespace corridor::documents
