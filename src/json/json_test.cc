// SPDX-License-Identifier: Apache-2.0
#include "json/json.h"

#include <doctest/doctest.h>

using namespace corridor;

namespace {

std::string refusal(View text, json::ReadLimits limits = {}) {
  const auto value = json::parse(text, limits);
  return value ? "accepted" : value.error().why;
}

}  // namespace

TEST_CASE("documents are read and written back byte for byte") {
  for (const View text : {"null", "true", "false", "0", "-1", "9223372036854775807",
                          "-9223372036854775808", "1.5", "\"\"", "\"a\"", "[]", "{}",
                          R"({"b":1,"a":[true,null,{"x":"y"}]})", R"("\"\\\n\u0001é")"}) {
    CAPTURE(text);
    const auto value = json::parse(text);
    REQUIRE_MESSAGE(value, value.error().why);
    CHECK(json::write(*value) == text);
  }
}

TEST_CASE("white space around any value is fine") {
  for (const View text : {" null ", "\n1\n", "\t\"a\" ", " [ ] ", "{ } ", "null\n", "true\r\n"})
    CHECK_MESSAGE(json::parse(text).has_value(), text);
}

TEST_CASE("what is not JSON is refused") {
  for (const View text : {"",
                          " ",
                          "nul",
                          "nullx",
                          "truefalse",
                          "[1",
                          "[1,",
                          "[1,]",
                          "[1 2]",
                          "[,1]",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{\"a\":1,}",
                          "{a:1}",
                          "{'a':1}",
                          "1 2",
                          "[] []",
                          "[1]]",
                          "1]",
                          "],[",
                          "1,2",
                          "01",
                          "-",
                          "1.",
                          ".5",
                          "+1",
                          "1e",
                          "0x1",
                          "NaN",
                          "Infinity",
                          "1e400",
                          "-1e400",
                          "\"a",
                          "\"\\x\"",
                          "\"\\u12g4\"",
                          "\"a\nb\"",
                          "[1]x",
                          "\"a\"b",
                          "// c\n1",
                          "{\"a\":1 \"b\":2}",
                          "\xef\xbb\xbf{}",
                          "\"\xff\"",
                          "\"\xc0\x80\"",
                          "\"\xed\xa0\x80\"",
                          "[\"a\"",
                          "{\"a\":[}",
                          "{\"a\":1]",
                          "\"\\ud800\"",
                          "\"\\udc00\"",
                          "\"\\ud800\\ud800\"",
                          "\"\\ud800\\ue000\"",
                          "\"\\ud800a\"",
                          "\"\\ud800\\u0041\"",
                          "9223372036854775808",
                          "-9223372036854775809",
                          "18446744073709551616",
                          "100000000000000000000000",
                          "1e20",
                          "{\"a\":1,\"a\":2}"}) {
    CAPTURE(text);
    CHECK(refusal(text) != "accepted");
  }
}
