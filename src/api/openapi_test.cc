// SPDX-License-Identifier: Apache-2.0
//
// Every route is described, nothing else is, and every word of a description is known.
#include "api/call.h"
#include "api/openapi.h"

#include <doctest/doctest.h>

namespace corridor::api {

namespace {

bool is_schema(BodyWord body) {
  if (body.empty() || body.find('/') != BodyWord::npos) return true;
  if (body.starts_with("list:")) body.remove_prefix(5);
  return std::ranges::find(schemas(), body, &Schema::name) != schemas().end();
}

void collect_references(const json::Value& value, std::vector<std::string>& references) {
  for (const auto& [name, member] : value.members()) {
    if (name == "$ref" && member.is_text()) references.push_back(member.text());
    collect_references(member, references);
  }
  for (const auto& item : value.items()) collect_references(item, references);
}

}  // namespace

TEST_CASE("every route has a row of descriptions, once; openapi.h says how to add one") {
  for (const auto& route : routes()) {
    const auto count = std::ranges::count_if(descriptions(), [&](const Description& one) {
      return one.method == route.method && one.path == route.path;
    });
    CHECK_MESSAGE(count == 1, route.method, " ", route.path);
  }
}

TEST_CASE("no description is of a route that is not there") {
  for (const auto& one : descriptions()) {
    const bool there = std::ranges::any_of(routes(), [&](const Route& route) {
      return one.method == route.method && one.path == route.path;
    });
    CHECK_MESSAGE(there, one.method, " ", one.path);
    CHECK_MESSAGE(is_schema(one.request), one.request);
    CHECK_MESSAGE(is_schema(one.answer), one.answer);
    CHECK_MESSAGE(one.statuses.size() >= 3, one.path);
  }
}

TEST_CASE("the document can be made, and refers to nothing that is not in it") {
  const auto document = make_openapi();
  REQUIRE_MESSAGE(document.has_value(), document.error().why);
  const auto parsed = json::parse(*document);
  REQUIRE(parsed.has_value());
  CHECK(parsed->text_or("openapi") == "3.1.0");
  std::vector<std::string> references;
  collect_references(*parsed, references);
  CHECK(references.size() > routes().size());
  constexpr std::string_view kPlace = "#/components/schemas/";
  for (const auto& reference : references) {
    CHECK(reference.starts_with(kPlace));
    CHECK_MESSAGE(is_schema(reference.substr(kPlace.size())), reference);
  }
}

}  // namespace corridor::api
