// SPDX-License-Identifier: Apache-2.0
//
// A rule's id says what kind of problem it finds; the values that were seen fill the sentence. A
// rule that is not known is named, and its own text says the rest.
#include <algorithm>
#include <array>
#include <vector>

#include "documents/terms/format.h"
#include "documents/terms/places.h"
#include "documents/terms/problems.h"
#include "documents/terms/terms.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kValueBytesMax = 120;

struct Known {
  std::string_view rule;  // or how it begins, with a star
  Problem problem;
  std::array<std::string_view, 4> values = {};  // names in Finding::values, for {1} to {4}
};

using enum Problem;

// table: rules of the built-in pack, and families of EN 16931, XRechnung and Peppol ids; the first
// that fits counts
constexpr Known kKnown[] = {
    {"CB-01", unreadable},
    {"CB-02", unreadable},
    {"CB-03", unreadable},
    {"CB-04", unknown},
    {"CB-05", envelope},
    {"CB-06", envelope},
    {"CB-07", envelope},
    {"CB-08", structure},
    {"CB-10", twice_plain},
    {"CB-12", missing},
    {"CB-13", missing},
    {"CB-14", missing},
    {"CB-15", missing},
    {"CB-16", missing},
    {"CB-17", missing},
    {"CB-18", unnamed},
    {"CB-19", unnamed},
    {"CB-20", missing},
    {"CB-21", missing},
    {"CB-22", twice, {"line-id"}},
    {"CB-23", missing},
    {"CB-24", missing},
    {"CB-25", missing},
    {"CB-26", missing},
    {"CB-27", missing},
    {"CB-28", missing},
    {"CB-29", missing},
    {"CB-30", due, {"payable"}},
    {"CB-31", sum, {"lines-stated", "lines-sum"}},
    {"CB-32", sum, {"allowances-stated", "allowances-sum"}},
    {"CB-33", sum, {"charges-stated", "charges-sum"}},
    {"CB-34", sum, {"exclusive-stated", "exclusive-sum"}},
    {"CB-35", sum, {"inclusive-stated", "inclusive-sum"}},
    {"CB-36", sum, {"payable-stated", "payable-sum"}},
    {"CB-37", line, {"net", "quantity", "price"}},
    {"CB-38", negative, {"base"}},
    {"CB-39", negative, {"price"}},
    {"CB-41", sum, {"stated", "computed"}},
    {"CB-42", tax, {"tax", "rate", "base", "computed"}},
    {"CB-43", missing},
    {"CB-44", missing},
    {"CB-45", category, {"category"}},
    {"CB-46", sum, {"bases", "shares"}},
    {"CB-47", untaxed, {"category", "tax"}},
    {"CB-48", missing},
    {"CB-49", missing},
    {"CB-50", category, {"category"}},
    {"CB-51", day, {"value"}},
    {"CB-52", before, {"due", "issued"}},
    {"CB-53", before, {"end", "start"}},
    {"CB-61", code, {"value"}},
    {"CB-62", currency, {"value", "currency", "money"}},
    {"CB-63", no_currency, {"value"}},
    {"CB-64", number, {"value"}},
    {"CB-65", number, {"value"}},
    {"CB-66", decimals, {"value", "most"}},
    {"CB-67", twice_plain},
    {"CB-71", same, {"same-id"}},
    {"CB-72", code, {"value"}},
    {"CB-73", code, {"value"}},
    {"CB-99", more, {"count"}},
    {"BR-27", negative_plain},
    {"BR-28", negative_plain},
    {"BR-62", scheme},
    {"BR-63", scheme},
    {"BR-64", scheme},
    {"BR-65", scheme},
    {"BR-CL-*", code_plain},
    {"BR-DEC-*", decimals_plain},
    {"BR-CO-10", sum_plain},
    {"BR-CO-11", sum_plain},
    {"BR-CO-12", sum_plain},
    {"BR-CO-13", sum_plain},
    {"BR-CO-14", sum_plain},
    {"BR-CO-15", sum_plain},
    {"BR-CO-16", sum_plain},
    {"BR-CO-17", sum_plain},
    {"BR-S-*", category_plain},
    {"BR-Z-*", category_plain},
    {"BR-E-*", category_plain},
    {"BR-AE-*", category_plain},
    {"BR-IC-*", category_plain},
    {"BR-G-*", category_plain},
    {"BR-O-*", category_plain},
    {"BR-AF-*", category_plain},
    {"BR-AG-*", category_plain},
    {"UBL-CR-*", structure},
    {"UBL-SR-*", structure},
    {"UBL-DT-*", structure},
    {"CII-SR-*", structure},
    {"CII-DT-*", structure},
    {"XSD-missing", incomplete},
    {"XSD-attribute-missing", incomplete},
    {"XSD-repeated", twice_plain},
    {"XSD-type", form, {"*"}},
    {"XSD-value", form, {"*"}},
    {"XSD*", structure},
    {"EDI-segment-missing", incomplete},
    {"EDI-group-missing", incomplete},
    {"EDI-element-missing", incomplete},
    {"EDI-component-missing", incomplete},
    {"EDI-segment-repeated", twice_plain},
    {"EDI-group-repeated", twice_plain},
    {"EDI-repetition", twice_plain},
    {"EDI-format", form, {"*"}},
    {"EDI-length", form, {"*"}},
    {"EDI-code", code, {"*"}},
    {"EDI-charset", envelope},
    {"EDI-service", envelope},
    {"EDI-limit", unreadable},
    {"EDI-message-unknown", unknown},
    {"EDI-*", structure},
    {"PEPPOL-EN16931-CL*", code_plain},
};

struct About {
  std::string_view rule;
  std::string_view term;
};

// table: what rules are about whose texts name no term
constexpr About kAbout[] = {
    {"BR-08", "BG-5"},
    {"BR-10", "BG-8"},
    {"PEPPOL-EN16931-R001", "BT-23"},
    {"PEPPOL-EN16931-R003", "BT-10"},
    {"PEPPOL-EN16931-R004", "BT-24"},
    {"PEPPOL-EN16931-R010", "BT-49"},
    {"PEPPOL-EN16931-R020", "BT-34"},
};

std::string term_of_rule(std::string_view rule) {
  const auto* const about = std::ranges::find(kAbout, rule, &About::rule);
  return about == std::end(kAbout) ? std::string() : std::string(about->term);
}

const Known* known_rule(std::string_view rule) {
  for (const Known& known : kKnown) {
    std::string_view name = known.rule;
    const bool family = name.ends_with('*');
    if (family) name.remove_suffix(1);
    if (family ? rule.starts_with(name) : rule == name) return &known;
  }
  return nullptr;
}

// How an official text demands something, and on which side of it what it demands is named.
struct Demand {
  std::string_view words;
  bool before;
};

// table
constexpr Demand kDemands[] = {
    {"shall have", false},
    {"shall contain", false},
    {"must have", false},
    {"MUST have", false},
    {"MUST contain", false},
    {"must contain", false},
    {"shall be present", true},
    {"shall be provided", true},
    {"must be present", true},
    {"MUST be present", true},
    {"must be provided", true},
    {"MUST be provided", true},
    {"muss übermittelt werden", true},
    {"müssen übermittelt werden", true},
};

const Demand* demand_of(std::string_view text) {
  for (const Demand& demand : kDemands)
    if (text.contains(demand.words)) return &demand;
  return nullptr;
}

// "a=1, b=2": the value of a name, up to the next name.
std::string value_of(std::string_view values, std::string_view name) {
  if (name == "*") return std::string(values);  // the value itself
  const std::string wanted = std::string(name) + "=";
  std::size_t at = 0;
  while (at != std::string_view::npos && !values.substr(at).starts_with(wanted)) {
    at = values.find(", ", at);
    if (at != std::string_view::npos) at += 2;
  }
  if (name.empty() || at == std::string_view::npos) return {};
  std::string_view rest = values.substr(at + wanted.size());
  for (std::size_t end = rest.find(", "); end != std::string_view::npos;
       end = rest.find(", ", end + 2)) {
    const std::string_view next = rest.substr(end + 2);
    const std::size_t length = next.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
    if (length == std::string_view::npos || length == 0 || next[length] != '=') continue;
    rest = rest.substr(0, end);
    break;
  }
  return std::string(rest);
}

std::string shown(const std::string& value, Language language) {
  if (value.empty()) return "—";
  std::string out = visible(value, kValueBytesMax);
  if (const auto number = format_number(value, language)) {
    out = *number;
  } else if (const auto date =
                 value.size() == 10 ? format_date(value, {}, language) : std::nullopt) {
    out = *date;
  }
  return is_right_to_left(language) ? "\u2068" + out + "\u2069" : out;
}

// The terms that a text names, in its order: "... (BT-112) = ...".
std::vector<std::string> terms_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = text.find("(B"); at != std::string_view::npos;
       at = text.find("(B", at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (!rest.starts_with("BT-") && !rest.starts_with("BG-")) continue;
    const std::size_t end = rest.find_first_not_of("0123456789", 3);
    std::string id(rest.substr(0, end));
    if (find_term(id) != nullptr) out.push_back(std::move(id));
  }
  return out;
}

// What a text demands; empty where it demands nothing, or nothing that has a term ("shall have a
// prefix").
std::string demanded_term(std::string_view text) {
  const Demand* const demand = demand_of(text);
  if (demand == nullptr) return {};
  const std::size_t at = text.find(demand->words);
  const auto named = terms_in(demand->before ? text.substr(0, at) : text.substr(at));
  if (named.empty()) return {};
  return demand->before ? named.back() : named.front();
}

// What a text is about: what it demands, else a value rather than a group.
std::string term_in_text(std::string_view text) {
  if (std::string demanded = demanded_term(text); !demanded.empty()) return demanded;
  const auto named = terms_in(text);
  for (const std::string& id : named)
    if (id.starts_with("BT-")) return id;
  return named.empty() ? std::string() : named.front();
}

// table: for a place that has no term
constexpr Words kThisValue = {"This value",   "Cette valeur", "Este valor",
                              "Это значение", "该值",         "هذه القيمة"};

// {label}, {rule} and {1} to {4}.
std::string filled(std::string_view words, const std::string& label, const std::string& rule,
                   const std::array<std::string, 4>& values) {
  std::string out;
  while (true) {
    const std::size_t open = words.find('{');
    out += words.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = words.find('}', open);
    const std::string_view name = words.substr(open + 1, close - open - 1);
    out += name == "label"  ? label
           : name == "rule" ? rule
                            : values.at(static_cast<std::size_t>(name.front() - '1'));
    words.remove_prefix(close + 1);
  }
}

}  // namespace

Explained explain_finding(const Finding& finding, const DocumentKind& kind, Language language) {
  Explained out;
  const Known* const known = known_rule(finding.rule);
  // What an official rule demands is what its sentence is about; the condition may come first.
  if (known == nullptr) out.term = demanded_term(finding.text);
  const bool demanded = !out.term.empty();
  if (!demanded) out.term = finding.term;
  if (out.term.empty()) out.term = term_of_rule(finding.rule);
  if (out.term.empty()) out.term = term_in_text(finding.text);
  if (out.term.empty()) out.term = term_of_path(finding.path, kind);
  const Term* const term = find_term(out.term);
  const auto in = static_cast<std::size_t>(language);
  const bool isolate = is_right_to_left(language);
  std::string named(kThisValue.at(in));
  if (term != nullptr) {
    out.label = label(*term, language);
    named = out.label + (isolate ? " (\u2068" : " (") + out.term + (isolate ? "\u2069)" : ")");
  }
  const Problem problem = known != nullptr ? known->problem : demanded ? missing : other;
  std::array<std::string, 4> values;
  for (std::size_t i = 0; i < values.size() && known != nullptr; ++i)
    values.at(i) = shown(value_of(finding.values, known->values.at(i)), language);
  out.problem = filled(words_of(problem).at(in), named, visible(finding.rule, 40), values);
  out.sentence = out.problem;
  const Words* const purpose = purpose_of(out.term);
  if (purpose != nullptr && problem != unreadable)
    out.sentence.append(language == Language::zh ? "" : " ").append(purpose->at(in));
  return out;
}

}  // namespace corridor::documents
