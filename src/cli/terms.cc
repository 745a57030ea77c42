// SPDX-License-Identifier: Apache-2.0
#include "cli/terms.h"

#include <algorithm>

#include "cli/terminal.h"
#include "rights/rights.h"

namespace corridor::cli {

namespace {

struct Word {
  std::string_view op;
  std::string_view of_time;
  std::string_view else_;
};
// table
constexpr std::array kOperators{
    Word{"eq", "at", "is"},           Word{"neq", "not at", "is not"},
    Word{"lt", "before", "below"},    Word{"lteq", "until", "at most"},
    Word{"gt", "after", "above"},     Word{"gteq", "from", "at least"},
    Word{"isA", "is a", "is a"},      Word{"hasPart", "has part", "has part"},
    Word{"isPartOf", "is part of", "is part of"},
    Word{"isAllOf", "is all of", "is all of"},
    Word{"isAnyOf", "is any of", "is any of"},
    Word{"isNoneOf", "is none of", "is none of"},
};

// The last part of an IRI is what people say.
std::string short_name(std::string_view name) {
  const std::size_t cut = name.find_last_of("/#");
  return printable(cut == std::string_view::npos ? name : name.substr(cut + 1));
}

std::string value_words(const json::Value& value) {
  if (value.is_text()) return printable(value.text());
  for (const char* const member : {"@value", "@id"})
    if (const auto text = value.text_or(member); !text.empty()) return printable(text);
  if (!value.is_array()) return printable(json::write(value));
  std::string words;
  for (const auto& item : value.items()) words += (words.empty() ? "" : ", ") + value_words(item);
  return words;
}

std::string constraint_words(const rights::Constraint& constraint) {
  if (!constraint.logic.empty()) {
    const std::string joint = constraint.logic == "and"  ? " and "
                              : constraint.logic == "or" ? " or "
                                                         : ", ";
    std::string words;
    for (const auto& part : constraint.parts)
      words += (words.empty() ? "" : joint) + constraint_words(part);
    const bool plain = constraint.logic == "and" || constraint.logic == "or";
    return (plain ? std::string() : short_name(constraint.logic) + " ") + "(" + words + ")";
  }
  const std::string left = short_name(constraint.left);
  const bool of_time = left == "dateTime";
  const std::string op = short_name(constraint.op);
  const auto* const known = std::ranges::find(kOperators, op, &Word::op);
  const std::string said = known == kOperators.end() ? op
                           : of_time                 ? std::string(known->of_time)
                                                     : std::string(known->else_);
  return (of_time ? std::string() : "if " + left + " ") + said + " " + value_words(constraint.right);
}

std::string rule_words(const rights::Rule& rule) {
  std::string words = rule.kind == rights::RuleKind::permission    ? "may "
                      : rule.kind == rights::RuleKind::prohibition ? "must not "
                                                                   : "must ";
  words += short_name(rule.action);
  for (std::size_t i = 0; i < rule.constraints.size(); ++i)
    words += (i == 0 ? " " : " and ") + constraint_words(rule.constraints[i]);
  for (const auto& duty : rule.duties) words += ", and " + rule_words(duty);
  return words;
}

}  // namespace

std::vector<std::string> terms_lines(const json::Value& terms) {
  const auto policy = rights::read_policy(terms);
  if (!policy) return {"terms that cannot be read: " + printable(policy.error().why)};
  std::vector<std::string> lines;
  for (const auto& rule : policy->rules()) lines.push_back(rule_words(rule));
  for (const auto& profile : policy->profiles()) lines.push_back("profile " + printable(profile));
  return lines;
}

std::string terms_text(const json::Value& terms) {
  std::string text;
  for (const auto& line : terms_lines(terms)) text += (text.empty() ? "" : "; ") + line;
  return text;
}

std::string terms_changes(const json::Value& before, const json::Value& after,
                          std::string_view indent) {
  const auto old_lines = terms_lines(before);
  const auto new_lines = terms_lines(after);
  const auto line = [&](std::string_view mark, const std::string& text) {
    return std::string(indent).append(mark).append(text).append("\n");
  };
  std::string out;
  for (const auto& text : old_lines)
    if (std::ranges::find(new_lines, text) == new_lines.end())
      out += toned(Tone::bad, line("- ", text));
  for (const auto& text : new_lines) {
    const bool kept = std::ranges::find(old_lines, text) != old_lines.end();
    out += kept ? line("  ", text) : toned(Tone::good, line("+ ", text));
  }
  return out;
}

bool terms_differ(const json::Value& before, const json::Value& after) {
  const auto first = rights::read_policy(before);
  const auto second = rights::read_policy(after);
  return !first || !second || first->digest() != second->digest();
}

}  // namespace corridor::cli
