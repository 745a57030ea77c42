// SPDX-License-Identifier: Apache-2.0
#include "documents/basic/rules.h"

#include <algorithm>
#include <array>

#include "documents/documents.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kValueBytesMax = 100;
constexpr std::string_view kTooManyItems = "CB-11";
// In a profile's id: it extends the core (CEN/TR 16931-5), and may add to its sums and taxes what
// the core does not know (lines within lines, payments by third parties). Then these only warn.
constexpr std::string_view kExtensionMark = "#conformant#";

// table: raised by the readers and by Findings itself, so none has a function.
constexpr std::array kReadingRules{
    Rule{.id = "CB-01", .text = "The document cannot be read: {reason}."},
    Rule{.id = "CB-02", .text = "The document is not well-formed XML: {reason}."},
    Rule{.id = "CB-03", .text = "The document is not a well-formed EDIFACT interchange: {reason}."},
    Rule{.id = "CB-04",
         .severity = Severity::warning,
         .text = "The document begins as {syntax} but is not ({reason}); it is taken as a document "
                 "of unknown kind."},
    Rule{.id = "CB-05", .text = "{closing} states {stated} {what}, but there are {counted}."},
    Rule{.id = "CB-06",
         .text = "{closing} has the reference {stated}, but {opening} has {opened}."},
    // Common, and in official examples too: what it closes is clear all the same.
    Rule{.id = "CB-07",
         .severity = Severity::warning,
         .text = "{closing} has the reference {stated}, but {opening} has {opened}."},
    Rule{.id = "CB-08", .text = "The segment {tag} cannot stand here: {reason}."},
    Rule{.id = "CB-09",
         .severity = Severity::warning,
         .text = "The segment contains {what}, which the character set {set} does not have."},
    Rule{.id = "CB-81", .text = "The test document is not as it should be: {reason}."},
    Rule{.id = "CB-99",
         .severity = Severity::information,
         .text = "{count} more findings are not listed."},
};

// What people and JSON can take: UTF-8, one line, not endless. Bytes of another character set are
// read as ISO 8859-1, which has a character for each of them.
std::string presentable(std::string_view text) {
  const bool cut = text.size() > kValueBytesMax;
  const bool utf8 = is_utf8(text);
  if (cut) text = text.substr(0, kValueBytesMax);
  while (cut && utf8 && !text.empty() && (text.back() & 0xC0) == 0x80) text.remove_suffix(1);
  if (cut && utf8 && !text.empty() && (text.back() & 0x80) != 0) text.remove_suffix(1);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out.push_back(' ');
    } else if (byte < 0x80 || utf8) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  if (cut) out += "...";
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

std::string listed(std::span<const NamedValue> values) {
  std::string out;
  for (const auto& value : values) {
    if (!out.empty()) out += ", ";
    out.append(value.name).append("=").append(presentable(value.text));
  }
  return out;
}

Finding made(const Rule& rule, Location location, std::span<const NamedValue> values) {
  return {.rule = std::string(rule.id),
          .severity = rule.severity,
          .text = filled(rule.text, values),
          .path = std::move(location.path),
          .line = location.line,
          .column = location.column,
          .term = std::string(rule.term),
          .values = listed(values)};
}

std::array<std::span<const Rule>, 5> all_rules() {
  return {reading_rules(), presence_rules(), sum_rules(), tax_rules(), value_rules()};
}

}  // namespace

std::span<const Rule> reading_rules() { return kReadingRules; }

std::string rules_canonical_text() {
  std::string out(kBasicRules);
  out += '\n';
  for (const auto part : all_rules())
    for (const auto& rule : part) {
      out.append(rule.id).append("\t").append(std::to_string(rule.version)).append("\t");
      out.append(severity_name(rule.severity)).append("\t").append(rule.term).append("\t");
      out.append(rule.text).append("\n");
    }
  return out;
}

const Rule& reading_rule(std::string_view id) {
  const auto* const rule = std::ranges::find(kReadingRules, id, &Rule::id);
  CHECK(rule != kReadingRules.end(), id);
  return *rule;
}

bool Findings::wants(const Rule& rule) {
  if (findings_.size() < kMax) return true;
  ++left_out_;
  left_out_fatal_ = left_out_fatal_ || rule.severity == Severity::fatal;
  return false;
}

void Findings::add(const Rule& rule, Location location, std::initializer_list<NamedValue> values) {
  findings_.push_back(made(rule, std::move(location), values));
}

std::vector<Finding> Findings::finish() {
  if (left_out_ > 0) {
    add(reading_rule("CB-99"), {}, {{"count", std::to_string(left_out_)}});
    if (left_out_fatal_) findings_.back().severity = Severity::fatal;
  }
  left_out_ = 0;
  return std::move(findings_);
}

void judge(const Invoice& invoice, const Locator& locator, Findings& findings) {
  const bool extended = invoice.profile.value.contains(kExtensionMark);
  for (const auto part : all_rules()) {
    const bool arithmetic = part.data() == sum_rules().data() || part.data() == tax_rules().data();
    for (const auto& rule : part) {
      // Sums over a part of the items would be wrong for no reason but that.
      if (rule.judge == nullptr || (invoice.too_many_items && rule.id != kTooManyItems)) continue;
      Rule as = rule;
      if (extended && arithmetic) as.severity = Severity::warning;
      Finder found(findings, locator, as);
      rule.judge(invoice, found);
    }
  }
}

}  // namespace corridor::documents
