// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::app {

TEST_CASE("a file of instructions is TOML or JSON, and says the same in both") {
  const auto toml = read_instructions(R"(
# what we do while nobody is here
[[instruction]]
id = "cool-off"
on = "REQUESTED"
role = "provider"
after = "2h"
do = "agree"
nth = 1
published = true

[[instruction]]
on = "OFFERED"
do = "counter"
when = { leftOperand = "dateTime", operator = "lt", rightOperand = 2027-01-01T00:00:00Z }
terms = '{"permission":[{"action":"use"}]}'
)");
  REQUIRE_MESSAGE(toml.has_value(), (toml ? "" : toml.error().why));
  const auto json = read_instructions(R"({"items":[
      {"id":"cool-off","on":"REQUESTED","role":"provider","after":7200000,"do":"agree","nth":1,"published":true},
      {"on":"OFFERED","do":"counter","terms":{"permission":[{"action":"use"}]},
       "when":{"leftOperand":"dateTime","operator":"lt","rightOperand":"2027-01-01T00:00:00Z"}}]})");
  REQUIRE(json.has_value());
  CHECK(json::canonical(*toml) == json::canonical(*json));
}

TEST_CASE("one instruction or a list of them is JSON as well") {
  CHECK(read_instructions(R"({"do":"hold"})")->items().size() == 1);
  CHECK(read_instructions(" [ {\"do\":\"hold\"},\n{\"do\":\"ask\"}]")->items().size() == 2);
}

TEST_CASE("what is misspelt is refused by name, never passed over") {
  for (const auto& [text, word] : std::initializer_list<std::pair<View, View>>{
           {"[[instruction]]\ndo = \"hold\"\npear = \"x\"\n", "\"pear\""},
           {"[[instruction]]\non = \"OFFERED\"\n", "what to do"},
           {"do = \"hold\"\n", "\"do\" outside"},
           {"[instruction]\ndo = \"hold\"\n", "outside"},
           {"[[instruction]\n", "line 1"},
           {"[[instruction]]\ndo = \"hold\"\nafter = \"soon\"\n", "soon"},
           {"[[instruction]]\ndo = \"hold\"\nwhen = \"{\"\n", "when"},
           {"{\"do\":", ""},
           {"[7]", ""},
           {"", "no instruction"}}) {
    CAPTURE(text);
    const auto read = read_instructions(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Code::invalid);
    CHECK(read.error().why.contains(word));
  }
}

}  // namespace corridor::app
