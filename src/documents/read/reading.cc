// SPDX-License-Identifier: Apache-2.0
#include "documents/read/reading.h"

#include <algorithm>
#include <span>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kValueBytesMax = 100;

struct ReadingRule {
  std::string_view id;
  Severity severity;
  std::string_view text;  // one sentence; {name} takes the value of that name
};

// table
constexpr ReadingRule kRules[] = {
    {"CB-01", Severity::fatal, "The document cannot be read: {reason}."},
    {"CB-02", Severity::fatal, "The document is not well-formed XML: {reason}."},
    {"CB-03", Severity::fatal, "The document is not a well-formed EDIFACT interchange: {reason}."},
    {"CB-04", Severity::warning,
     "The document begins as {syntax} but is not ({reason}); it is taken as a document of unknown "
     "kind."},
    {"CB-82", Severity::fatal,
     "{part}, by which {profile} judges this document, cannot be used: {reason}."},
    {"CB-83", Severity::information,
     "The structures of {part} that are here are of another edition than the document ({edition}); "
     "nothing is claimed about its structure."},
    {"CB-84", Severity::information,
     "There are no rules for {kind} here; nothing is claimed about its content."},
    {"CB-85", Severity::warning,
     "The pack {pack} is here and does not judge: {reason}."},
    {"CB-86", Severity::warning,
     "The PDF cannot be looked into ({reason}); nothing is claimed about a document in it."},
    {"CB-81", Severity::fatal, "The test document is not as it should be: {reason}."},
    {"CB-99", Severity::information, "{count} more findings are not listed."},
};

// What people and JSON can take: UTF-8, one line, not endless.
std::string presentable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kValueBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(byte < 0x20 || byte == 0x7F ? ' ' : c);
  }
  while (!out.empty() && !is_utf8(out)) out.pop_back();
  if (text.size() > kValueBytesMax) out += "...";
  return out;
}

std::string filled(std::string_view sentence, std::span<const NamedValue> values) {
  std::string out;
  while (true) {
    const std::size_t open = sentence.find('{');
    out += sentence.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = sentence.find('}', open);
    const auto name = sentence.substr(open + 1, close - open - 1);
    const auto value = std::ranges::find(values, name, &NamedValue::name);
    CHECK(value != values.end(), name);
    out += presentable(value->text);
    sentence.remove_prefix(close + 1);
  }
}

}  // namespace

Finding reading_finding(std::string_view id, std::initializer_list<NamedValue> values) {
  const auto* const rule = std::ranges::find(kRules, id, &ReadingRule::id);
  CHECK(rule != std::end(kRules), id);
  Finding out;
  out.rule = rule->id;
  out.severity = rule->severity;
  out.text = filled(rule->text, values);
  for (const NamedValue& value : values) {
    out.values.append(out.values.empty() ? "" : ", ");
    out.values.append(value.name).append("=").append(presentable(value.text));
  }
  return out;
}

}  // namespace corridor::documents
