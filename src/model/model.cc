// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

#include <algorithm>

namespace corridor {

namespace {

constexpr std::array<std::string_view, 3> kSeverities{"information", "warning", "fatal"};
constexpr std::array<std::string_view, 3> kRefuse{"fatal", "warning", "never"};
constexpr std::array<std::string_view, 4> kLevels{"none", "answered", "logged", "witnessed"};
// By type byte; the first stands for no event.
constexpr std::array<std::string_view, 21> kEvents{
    "",        "OFFER",  "REQUEST", "AGREEMENT", "DECISION", "SUBMIT",   "TRANSLATE",
    "RECEIVE", "ACCEPT", "REJECT",  "QUERY",     "HANDOVER", "EXPIRE",   "CANCEL",
    "VERIFIED", "FINALIZED", "TERMINATED", "STARTED", "JOIN",
    "SUSPENDED", "COMPLETED"};

json::Value finding_to_json(const Finding& finding) {
  auto out = json::Value::object(
      {{"rule", finding.rule}, {"severity", severity_name(finding.severity)}, {"text", finding.text}});
  if (!finding.path.empty()) out.set("path", finding.path);
  if (finding.line != 0) out.set("line", finding.line);
  if (finding.column != 0) out.set("column", finding.column);
  if (!finding.term.empty()) out.set("term", finding.term);
  if (!finding.values.empty()) out.set("values", finding.values);
  return out;
}

Result<Finding> finding_from_json(const json::Value& value) {
  Finding finding;
  TRY_ASSIGN(finding.rule, json::require_text(value, "rule"));
  TRY_ASSIGN(const std::string severity, json::require_text(value, "severity"));
  const auto* const known = std::ranges::find(kSeverities, severity);
  if (known == kSeverities.end())
    return fail(Code::invalid, "a finding has the unknown severity \"" + severity + "\"");
  finding.severity = static_cast<Severity>(known - kSeverities.begin());
  TRY_ASSIGN(finding.text, json::require_text(value, "text"));
  finding.path = value.text_or("path");
  finding.line = static_cast<std::uint32_t>(value.integer_or("line"));
  finding.column = static_cast<std::uint32_t>(value.integer_or("column"));
  finding.term = value.text_or("term");
  finding.values = value.text_or("values");
  return finding;
}

template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

}  // namespace

std::string_view severity_name(Severity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}

bool Report::valid() const {
  return std::ranges::none_of(findings,
                              [](const Finding& f) { return f.severity == Severity::fatal; });
}

bool Report::refused() const {
  if (refuse == Refuse::never) return false;
  const Severity least = refuse == Refuse::warning ? Severity::warning : Severity::fatal;
  return std::ranges::any_of(findings, [&](const Finding& f) { return f.severity >= least; });
}

std::string_view refuse_name(Refuse refuse) { return kRefuse[static_cast<std::size_t>(refuse)]; }

std::optional<Refuse> refuse_from_name(std::string_view name) {
  const std::size_t at = index_of(kRefuse, name);
  if (at == kRefuse.size()) return std::nullopt;
  return static_cast<Refuse>(at);
}

json::Value to_json(const Report& report) {
  auto findings = json::Value::array();
  for (const auto& finding : report.findings) findings.push(finding_to_json(finding));
  auto out = json::Value::object({{"kind", report.kind.name()},
                              {"syntax", report.kind.syntax},
                              {"type", report.kind.type},
                              {"profile", report.kind.profile},
                              {"valid", report.valid()},
                              {"rules", report.rules},
                              {"rulesDigest", hex(report.rules_digest.view())},
                              {"findings", std::move(findings)}});
  if (!report.profile.empty()) out.set("judgedAs", report.profile);
  if (report.refuse != Refuse::fatal) out.set("refuse", refuse_name(report.refuse));
  return out;
}

Result<Report> report_from_json(const json::Value& value) {
  Report report;
  TRY_ASSIGN(report.kind.syntax, json::require_text(value, "syntax"));
  report.kind.type = value.text_or("type");
  report.kind.profile = value.text_or("profile");
  report.rules = value.text_or("rules");
  TRY_ASSIGN(const std::string digest_text, json::require_text(value, "rulesDigest"));
  TRY_ASSIGN(const Bytes digest, from_hex(digest_text));
  TRY_ASSIGN(report.rules_digest, Digest::from(digest));
  report.profile = value.text_or("judgedAs");
  const auto refuse = refuse_from_name(value.text_or("refuse", "fatal"));
  if (!refuse) return fail(Code::invalid, "a report refuses from an unknown severity on");
  report.refuse = *refuse;
  TRY_ASSIGN(const json::Value* findings, json::require_array(value, "findings"));
  for (const auto& item : findings->items()) {
    TRY_ASSIGN(auto finding, finding_from_json(item));
    report.findings.push_back(std::move(finding));
  }
  return report;
}

std::string_view event_name(EventType type) { return kEvents[static_cast<std::size_t>(type)]; }

std::optional<EventType> event_from_name(std::string_view name) {
  const std::size_t at = name.empty() ? kEvents.size() : index_of(kEvents, name);
  if (at == kEvents.size()) return std::nullopt;
  return static_cast<EventType>(at);
}

std::string_view level_name(ReceiptLevel level) { return kLevels[static_cast<std::size_t>(level)]; }

std::optional<ReceiptLevel> level_from_name(std::string_view name) {
  const std::size_t at = index_of(kLevels, name);
  if (at == kLevels.size()) return std::nullopt;
  return static_cast<ReceiptLevel>(at);
}

}  // namespace corridor
