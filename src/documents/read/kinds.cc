// SPDX-License-Identifier: Apache-2.0
// What a tree says about itself: its kind, when it was issued, by which edition it was written.
#include <algorithm>

#include "documents/read/read.h"
#include "documents/xpath/atomic.h"

namespace corridor::documents {

namespace {

constexpr View kCbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
constexpr View kUbl = "urn:oasis:names:specification:ubl:schema:xsd:";  // Invoice-2
constexpr View kUnCefact = "urn:un:unece:uncefact:data:standard:";      // CrossIndustryInvoice:100
constexpr View kRam =
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100";
constexpr View kUdt = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100";

// The text at the end of steps of children, from the document element; empty when it leads nowhere.
struct Step {
  View space;
  View local;
};
std::string text_at(const xml::Tree& tree, std::initializer_list<Step> steps) {
  xml::NodeId node = tree.root();
  for (const Step& step : steps) {
    const xml::NameId name = tree.find_name(step.space, step.local);
    if (name == 0) return {};
    node = tree.child(node, name);
    if (node == xml::kNone) return {};
  }
  return std::string(xpath::trim(tree.string_value(node)));
}

bool is_digits(View text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "20241127" (format 102, and what stands behind it) as "2024-11-27"
std::string date_of_digits(View text) {
  if (text.size() < 8 || !is_digits(text.substr(0, 8))) return {};
  return std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
         std::string(text.substr(6, 2));
}

std::string date_of_text(View text) {
  const bool date = text.size() >= 10 && is_digits(text.substr(0, 4)) && text[4] == '-' &&
                    is_digits(text.substr(5, 2)) && text[7] == '-' && is_digits(text.substr(8, 2));
  return date ? std::string(text.substr(0, 10)) : std::string();
}

}  // namespace

DocumentKind kind_of(const xml::Tree& tree) {
  const xml::NameId name = tree.node(tree.root()).name;
  const View space = tree.space(name);
  const std::string local(tree.local(name));
  if (space.starts_with(kUbl) && space.substr(kUbl.size()) == local + "-2")
    return {.syntax = "ubl", .type = local, .profile = text_at(tree, {{kCbc, "CustomizationID"}})};
  if (space.starts_with(kUnCefact) && space.substr(kUnCefact.size()).starts_with(local + ":"))
    return {.syntax = "cii",
            .type = local,
            .profile = text_at(tree, {{space, "ExchangedDocumentContext"},
                                      {kRam, "GuidelineSpecifiedDocumentContextParameter"},
                                      {kRam, "ID"}})};
  return {};
}

std::string issued_of(const xml::Tree& tree, const DocumentKind& kind) {
  if (kind.syntax == "ubl") return date_of_text(text_at(tree, {{kCbc, "IssueDate"}}));
  if (kind.syntax == "cii")
    return date_of_digits(text_at(tree, {{tree.space(tree.node(tree.root()).name), "ExchangedDocument"},
                                         {kRam, "IssueDateTime"},
                                         {kUdt, "DateTimeString"}}));
  return {};
}

std::string edition_of(const xml::Tree& tree, const DocumentKind& kind) {
  return kind.syntax == "ubl" ? text_at(tree, {{kCbc, "UBLVersionID"}}) : std::string();
}

std::string edifact_issued(View document_date) { return date_of_digits(document_date); }

std::string edifact_edition(const DocumentKind& kind) {
  const View profile = kind.profile;  // "D:96A:UN:EAN008"
  const std::size_t colon = profile.find(':');
  if (colon == View::npos) return {};
  const View rest = profile.substr(colon + 1);
  return std::string(profile.substr(0, colon)) + "." + std::string(rest.substr(0, rest.find(':')));
}

}  // namespace corridor::documents
