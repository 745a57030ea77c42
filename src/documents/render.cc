// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "documents/documents.h"
#include "documents/read/reading.h"

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

void append_finding(std::string& out, const Finding& finding) {
  out.append("\n").append(severity_name(finding.severity)).append(" ").append(finding.rule);
  if (!finding.term.empty()) out.append(" ").append(finding.term);
  if (finding.line != 0) {
    out.append(" at line ").append(std::to_string(finding.line));
    if (finding.column != 0) out.append(", column ").append(std::to_string(finding.column));
  }
  out.append("\n  ").append(finding.text).append("\n");
  if (!finding.path.empty()) out.append("  ").append(finding.path).append("\n");
}

}  // namespace

std::string render_text(const Report& report) {
  std::string out = report.kind.name();
  if (!report.kind.profile.empty()) out.append(" (").append(report.kind.profile).append(")");
  out.append(": ").append(verdict(report)).append("\n");
  out.append("judged ");
  if (!report.profile.empty()) out.append("as ").append(report.profile).append(" ");
  out.append("by ").append(report.rules).append(", sha256 ");
  out.append(hex(report.rules_digest.view())).append("\n");
  for (const auto& finding : report.findings) append_finding(out, finding);
  return out;
}

}  // namespace corridor::documents
