// SPDX-License-Identifier: Apache-2.0
#include "rights/canonical.h"

#include "crypto/crypto.h"
#include "rights/vocabulary.h"

#include <doctest/doctest.h>

namespace corridor::rights {

namespace {

Policy must_read(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) FAIL(value.error().why << " in " << text);
  auto policy = read_policy(*value);
  if (!policy) FAIL(policy.error().why << " in " << text);
  return std::move(*policy);
}

Policy with_right(const std::string& left, const std::string& op, const std::string& right) {
  return must_read(R"({"permission":[{"action":"use","constraint":[{"leftOperand":")" + left +
                   R"(","operator":")" + op + R"(","rightOperand":)" + right + "}]}]}");
}

bool same(std::string_view a, std::string_view b) { return same_terms(must_read(a), must_read(b)); }

}  // namespace

TEST_CASE("the default terms have the digest of their one spelling") {
  CHECK(default_terms().canonical() == R"({"permission":[{"action":"use"}]})");
  CHECK(default_terms().digest() == crypto::sha256(R"({"permission":[{"action":"use"}]})"));
}

TEST_CASE("who, what for and when do not change the terms; what is permitted does") {
  const char* const plain = R"({"permission":[{"action":"use"}]})";
  CHECK(same(plain, R"({"@type":"Agreement","@id":"x","target":"t","assigner":"a","assignee":"b",
    "timestamp":"2026-01-01T00:00:00Z","permission":[{"action":"use"}],"prohibition":[]})"));
  CHECK(same(plain, R"({"target":"t","permission":{"@id":"r","action":"use","target":"t"}})"));
  CHECK_FALSE(same(plain, R"({"permission":[{"action":"read"}]})"));
  CHECK_FALSE(same(plain, R"({"prohibition":[{"action":"use"}]})"));
  CHECK_FALSE(same(plain, R"({"permission":[{"action":"use","target":"t"}]})"));
  CHECK_FALSE(same(plain, R"({"permission":[{"action":"use","assignee":"did:web:a"}]})"));
  CHECK_FALSE(same(plain, R"({"permission":[{"action":"use"}],"profile":"ex:p"})"));
  CHECK_FALSE(same(plain, R"({"permission":[{"action":"use"}],"conflict":"perm"})"));
  CHECK_FALSE(same(plain, R"({"@type":"Privacy","permission":[{"action":"use"}]})"));
  CHECK_FALSE(same(plain, R"({"permission":[{"action":"use"},{"action":"use"}]})"));
  CHECK_FALSE(same(plain, R"({"target":{"source":"x"},"permission":[{"action":"use"}]})"));
}

TEST_CASE("rules, constraints and parts have no order, a sequence has one") {
  const std::string a = R"({"leftOperand":"a","operator":"eq","rightOperand":"1"})";
  const std::string b = R"({"leftOperand":"b","operator":"eq","rightOperand":"2"})";
  const auto rule = [](const std::string& constraints) {
    return R"({"permission":[{"action":"use","constraint":[)" + constraints + "]}]}";
  };
  CHECK(same(rule(a + "," + b), rule(b + "," + a)));
  for (const char* logic : {"and", "or", "xone"}) {
    const auto of = [&](const std::string& parts) {
      return rule(std::string("{\"") + logic + "\":[" + parts + "]}");
    };
    CHECK(same(of(a + "," + b), of(b + "," + a)));
    CHECK_FALSE(same(of(a), of(b)));
  }
  CHECK_FALSE(same(rule(R"({"andSequence":[)" + a + "," + b + "]}"),
                   rule(R"({"andSequence":[)" + b + "," + a + "]}")));
  CHECK_FALSE(
      same(rule(R"({"and":[)" + a + "," + b + "]}"), rule(R"({"or":[)" + a + "," + b + "]}")));
  CHECK(same(R"({"permission":[{"action":"use"},{"action":"sell"}]})",
             R"({"permission":[{"action":"sell"},{"action":"use"}]})"));
  CHECK(same(R"({"permission":[{"action":"use"}],"profile":["a","b"]})",
             R"({"profile":["b","a","b"],"permission":[{"action":"use"}]})"));
}

TEST_CASE("equal values of a right operand are one") {
  const auto same_right = [](const std::string& a, const std::string& b) {
    return same_terms(with_right("x", "eq", a), with_right("x", "eq", b));
  };
  CHECK(same_right(R"("a")", R"({"@value":"a"})"));
  CHECK(same_right(R"("a")", R"({"@value":"a","@type":"xsd:string"})"));
  CHECK(same_right(R"("a")", R"(["a"])"));
  CHECK(same_right(R"(["a","b"])", R"(["b","a","b"])"));
  CHECK(same_right("5", R"({"@value":5})"));
  CHECK(same_right("5", R"({"@value":"5","@type":"http://www.w3.org/2001/XMLSchema#integer"})"));
  CHECK(same_right("true", R"({"@value":"true","@type":"xsd:boolean"})"));
  CHECK(same_right("[1,2]", "[2,1]"));
  CHECK(same_right(R"({"@id":"odrl:use"})", R"({"@id":"http://www.w3.org/ns/odrl/2/use"})"));
  CHECK_FALSE(same_right(R"("a")", R"({"@id":"a"})"));
  CHECK_FALSE(same_right("5", R"("5")"));
  CHECK_FALSE(same_right("5", "6"));
  CHECK_FALSE(same_right("9007199254740993", "9007199254740992"));
  CHECK_FALSE(same_right(R"("a")", R"({"@value":"a","@language":"en"})"));
  CHECK_FALSE(same_right(R"({"@value":"a","@type":"ex:a"})", R"({"@value":"a","@type":"ex:b"})"));
}

TEST_CASE("one instant in two zones is one condition") {
  const auto at = [](const std::string& text) { return with_right("dateTime", "lt", text); };
  CHECK(same_terms(at(R"("2027-01-01T00:00:00Z")"), at(R"("2027-01-01T08:00:00+08:00")")));
  CHECK(same_terms(at(R"("2027-01-01T00:00:00Z")"),
                   at(R"({"@value":"2027-01-01T00:00:00.000Z","@type":"xsd:dateTime"})")));
  CHECK_FALSE(same_terms(at(R"("2027-01-01T00:00:00Z")"), at(R"("2027-01-01T00:00:00")")));
  CHECK_FALSE(same_terms(at(R"("2027-01-01T00:00:00Z")"), at(R"("2027-01-01T00:00:00.001Z")")));
}

TEST_CASE("the canonical form is a policy with the same canonical form") {
  for (const std::string_view text :
       {R"({"permission":[{"action":"use"}]})",
        R"({"@type":"odrl:Foo","odrl:foo":{"x":[2,1]},"profile":["b","a"],
            "permission":[{"action":{"rdf:value":"use","refinement":[]},"duty":[{"action":"ex:a"}]}],
            "prohibition":{"action":"odrl:sell","assignee":"x","constraint":[
              {"xone":[{"leftOperand":"a","operator":"eq","rightOperand":[3,1.5,true,"x",{"@id":"y"}]},
                       {"and":[]},{"leftOperand":{"a":1},"operator":"b","rightOperand":null}]}]},
            "obligation":[{"action":"inform","odrl:consequence":[]}]})",
        R"({"permission":[{"action":"use","constraint":[{"leftOperand":"dateTime","operator":"neq",
            "rightOperand":"2027-01-01T00:00:00+14:00"}]}]})"}) {
    const auto policy = must_read(text);
    CHECK(must_read(policy.canonical()).canonical() == policy.canonical());
    CHECK(must_read(policy.canonical()).not_understood().empty() ==
          policy.not_understood().empty());
  }
}

TEST_CASE("spellings of terms are a closed table") {
  CHECK(canonical_term("use") == "use");
  CHECK(canonical_term("odrl:use") == "use");
  CHECK(canonical_term("http://www.w3.org/ns/odrl/2/use") == "use");
  CHECK(canonical_term("odrl:uid") == "@id");
  CHECK(canonical_term("odrl:unheardOf") == "http://www.w3.org/ns/odrl/2/unheardOf");
  CHECK(canonical_term("unheardOf") == "unheardOf");
  CHECK(canonical_term("https://www.w3.org/ns/odrl/2/use") == "https://www.w3.org/ns/odrl/2/use");
  CHECK(canonical_term("Use") == "Use");
  CHECK(canonical_term("xsd:integer") == "http://www.w3.org/2001/XMLSchema#integer");
  CHECK(canonical_term("dspace:timestamp") == "timestamp");
  CHECK(canonical_term("").empty());
}

TEST_CASE("actions are included in one another as ODRL has them") {
  CHECK(includes("use", "use"));
  CHECK(includes("use", "print"));
  CHECK(includes("use", "extract"));  // through reproduce
  CHECK(includes("reproduce", "extract"));
  CHECK(includes("transfer", "sell"));
  CHECK_FALSE(includes("use", "sell"));
  CHECK_FALSE(includes("use", "transfer"));
  CHECK_FALSE(includes("print", "use"));
  CHECK_FALSE(includes("use", "ex:fly"));
  CHECK_FALSE(includes("use", ""));
  CHECK_FALSE(includes("", ""));
}

}  // namespace corridor::rights
