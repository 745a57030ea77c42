// SPDX-License-Identifier: Apache-2.0
#include "cli/terms.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::cli {

namespace {

json::Value terms(std::string_view text) {
  auto value = json::parse(text);
  REQUIRE(value.has_value());
  return *value;
}

constexpr std::string_view kOpen = R"({"permission":[{"action":"use"}]})";
constexpr std::string_view kUntil = R"({"permission":[{"action":"use","constraint":[
  {"leftOperand":"dateTime","operator":"lteq","rightOperand":"2027-01-01T00:00:00Z"}]}]})";

}  // namespace

TEST_CASE("terms are one short line a rule") {
  CHECK(terms_text(terms(kOpen)) == "may use");
  CHECK(terms_text(terms(kUntil)) == "may use until 2027-01-01T00:00:00Z");
  CHECK(terms_text(terms(R"({"permission":[{"action":"http://www.w3.org/ns/odrl/2/use",
      "constraint":[{"leftOperand":"purpose","operator":"isAnyOf","rightOperand":["a","b"]}]}],
      "prohibition":[{"action":"distribute"}]})")) ==
        "may use if purpose is any of a, b; must not distribute");
  CHECK(terms_text(terms(R"({"permission":[{"action":"use","constraint":[{"or":[
      {"leftOperand":"spatial","operator":"eq","rightOperand":"DE"},
      {"leftOperand":"dateTime","operator":"lt","rightOperand":"2027-01-01T00:00:00Z"}]}]}]})")) ==
        "may use (if spatial is DE or before 2027-01-01T00:00:00Z)");
}

TEST_CASE("what is no policy says so, and no peer's words command a terminal") {
  CHECK(terms_text(terms("{}")).starts_with("terms that cannot be read: "));
  const auto words = terms_text(terms(R"({"permission":[{"action":"use","constraint":[
      {"leftOperand":"purpose","operator":"eq","rightOperand":"\u001b[2Jx"}]}]})"));
  CHECK(words == "may use if purpose is  [2Jx");
}

TEST_CASE("a counter-offer shows what was taken out and what was put in") {
  CHECK(terms_differ(terms(kOpen), terms(kUntil)));
  CHECK_FALSE(terms_differ(terms(kOpen), terms(R"({"@id":"o","permission":{"action":"odrl:use"}})")));
  CHECK(terms_changes(terms(kOpen), terms(kUntil), "  ") ==
        "  - may use\n  + may use until 2027-01-01T00:00:00Z\n");
  CHECK(terms_changes(terms(kOpen), terms(kOpen), "") == "  may use\n");
}

}  // namespace corridor::cli
