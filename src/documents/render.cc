// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "documents/documents.h"
#include "documents/read/reading.h"
#include "documents/terms/terms.h"

namespace corridor::documents {

namespace {

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  std::string out = std::to_string(count);
  out.append(" ").append(noun);
  if (count != 1) out += 's';
  return out;
}

std::string verdict(const Report& report) {
  const bool unjudged = std::ranges::any_of(
      report.findings, [](const Finding& finding) { return finding.rule == kNoRules; });
  if (unjudged || (report.kind.syntax == "unknown" && report.findings.empty()))
    return "there are no rules for it";
  const auto fatal = std::ranges::count(report.findings, Severity::fatal, &Finding::severity);
  const auto warnings = std::ranges::count(report.findings, Severity::warning, &Finding::severity);
  std::string out = fatal == 0 ? "valid" : "not valid: " + counted(fatal, "fatal finding");
  if (warnings > 0) out += ", " + counted(warnings, "warning");
  return out;
}

// Our own rules say in English what is wrong; there only what it means for the reader is new.
std::string_view beside(const Finding& finding, const Explained& explained, Language language) {
  std::string_view words = explained.sentence;
  const bool ours = finding.rule.starts_with("CB-") || finding.rule.starts_with("XSD-") ||
                    finding.rule.starts_with("EDI-");
  if (!ours || language != Language::en || !words.starts_with(explained.problem)) return words;
  words.remove_prefix(explained.problem.size());
  while (words.starts_with(' ')) words.remove_prefix(1);
  return words;
}

void append_finding(std::string& out, const Finding& finding, const DocumentKind& kind,
                    Language language) {
  const Explained explained = explain_finding(finding, kind, language);
  out.append("\n").append(severity_name(finding.severity)).append(" ").append(finding.rule);
  if (!explained.term.empty()) out.append(" ").append(explained.term);
  if (!explained.label.empty()) out.append(" (").append(explained.label).append(")");
  if (finding.line != 0) {
    out.append(" at line ").append(std::to_string(finding.line));
    if (finding.column != 0) out.append(", column ").append(std::to_string(finding.column));
  }
  out.append("\n  ").append(finding.text).append("\n");
  const std::string_view words = beside(finding, explained, language);
  if (!words.empty()) out.append("  ").append(words).append("\n");
  if (!finding.path.empty()) out.append("  ").append(finding.path).append("\n");
}

}  // namespace

bool is_language(std::string_view code) { return language_from_code(code).has_value(); }

std::string render_text(const Report& report, std::string_view language_code) {
  const Language language = language_from_code(language_code).value_or(Language::en);
  std::string out = report.kind.name();
  if (!report.kind.profile.empty()) out.append(" (").append(report.kind.profile).append(")");
  out.append(": ").append(verdict(report)).append("\n");
  out.append("judged ");
  if (!report.profile.empty()) out.append("as ").append(report.profile).append(" ");
  out.append("by ").append(report.rules).append(", sha256 ");
  out.append(hex(report.rules_digest.view())).append("\n");
  for (const auto& finding : report.findings) append_finding(out, finding, report.kind, language);
  return out;
}

}  // namespace corridor::documents
