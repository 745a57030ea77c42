// SPDX-License-Identifier: Apache-2.0
#include "rights/rights.h"

#include <doctest/doctest.h>

namespace corridor::rights {

namespace {

json::Value parsed(std::string_view text) {
  auto value = json::parse(text);
  if (!value) FAIL(value.error().why << " in " << text);
  return std::move(*value);
}

Policy must_read(std::string_view text) {
  auto policy = read_policy(parsed(text));
  if (!policy) FAIL(policy.error().why << " in " << text);
  return std::move(*policy);
}

Error refusal(std::string_view text) {
  const auto policy = read_policy(parsed(text));
  CAPTURE(text);
  REQUIRE_FALSE(policy.has_value());
  CHECK_FALSE(policy.error().why.empty());
  return policy.error();
}

// "kind operand pointer" of everything that is not understood.
std::vector<std::string> not_understood(std::string_view text) {
  std::vector<std::string> out;
  const auto policy = must_read(text);
  for (const auto& reason : policy.not_understood()) {
    CHECK_FALSE(reason.sentence.empty());
    out.push_back(std::string(reason_name(reason.kind)) + " " + reason.operand + " " +
                  reason.pointer);
  }
  return out;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a policy is read with its parts and where they stand") {
  const auto policy = must_read(R"({
    "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
    "@type": "Agreement", "@id": "urn:uuid:1", "target": "urn:t", "assigner": "did:web:a",
    "assignee": "did:web:b", "timestamp": "2026-11-27T00:00:00Z",
    "permission": [{"action": "use", "constraint": [
      {"or": [{"leftOperand": "dateTime", "operator": "lt", "rightOperand": "2027-01-01T00:00:00Z"},
              {"leftOperand": "dateTime", "operator": "gt", "rightOperand": "2028-01-01T00:00:00Z"}]}]}],
    "prohibition": [{"action": "sell"}]})");
  CHECK(policy.kind() == PolicyKind::agreement);
  CHECK(policy.id() == "urn:uuid:1");
  CHECK(policy.target() == "urn:t");
  CHECK(policy.assigner() == "did:web:a");
  CHECK(policy.assignee() == "did:web:b");
  CHECK(policy.timestamp() == "2026-11-27T00:00:00Z");
  CHECK(policy.not_understood().empty());
  REQUIRE(policy.rules().size() == 2);
  const Rule& permission = policy.rules()[0];
  CHECK(permission.kind == RuleKind::permission);
  CHECK(permission.pointer == "/permission/0");
  CHECK(permission.action == "use");
  REQUIRE(permission.constraints.size() == 1);
  const Constraint& either = permission.constraints[0];
  CHECK(either.logic == "or");
  CHECK(either.pointer == "/permission/0/constraint/0");
  REQUIRE(either.parts.size() == 2);
  CHECK(either.parts[1].pointer == "/permission/0/constraint/0/or/1");
  CHECK(either.parts[1].left == "dateTime");
  CHECK(either.parts[1].op == "gt");
  CHECK(either.parts[1].instant.has_value());
  CHECK(policy.rules()[1].kind == RuleKind::prohibition);
  CHECK(policy.rules()[1].action == "sell");
}

TEST_CASE("bare, prefixed and full spellings are one") {
  const auto bare = must_read(R"({"@type":"Offer","permission":[{"action":"use","constraint":[
    {"leftOperand":"dateTime","operator":"lteq","rightOperand":"2027-01-01T00:00:00Z"}]}]})");
  for (const std::string_view text : {
           R"({"@type":"odrl:Offer","odrl:permission":[{"odrl:action":"odrl:use","odrl:constraint":[
             {"odrl:leftOperand":"odrl:dateTime","odrl:operator":"odrl:lteq",
              "odrl:rightOperand":"2027-01-01T00:00:00Z"}]}]})",
           R"({"type":"http://www.w3.org/ns/odrl/2/Offer","http://www.w3.org/ns/odrl/2/permission":
             {"http://www.w3.org/ns/odrl/2/action":"http://www.w3.org/ns/odrl/2/use",
              "constraint":{"leftOperand":"http://www.w3.org/ns/odrl/2/dateTime",
              "operator":"http://www.w3.org/ns/odrl/2/lteq",
              "rightOperand":{"@value":"2027-01-01T00:00:00Z","@type":"xsd:dateTime"}}}})",
           R"({"uid":"urn:x","@type":"Offer","odrl:prohibition":[],"odrl:obligation":[],
             "odrl:target":{"@id":"urn:t"},"permission":[{"@type":"Permission",
             "odrl:action":{"@id":"odrl:use"},"odrl:constraint":{"@type":"Constraint",
             "odrl:leftOperand":{"@id":"odrl:dateTime"},"odrl:operator":{"@id":"odrl:lteq"},
             "odrl:rightOperand":["2027-01-01T00:00:00Z"]}}]})"}) {
    const auto other = must_read(text);
    CHECK(other.kind() == PolicyKind::offer);
    CHECK(other.not_understood().empty());
    CHECK(same_terms(bare, other));
  }
}

TEST_CASE("everything beyond the understood is named, and where it stands") {
  const auto with = [](const std::string& members) {
    return not_understood(R"({"permission":[{"action":"use")" + members + "}]}");
  };
  CHECK(with("").empty());
  CHECK(with(R"(,"refinement":[])") ==
        Strings{"unknown-member refinement /permission/0/refinement"});
  CHECK(with(R"(,"odrl:remedy":{})") == Strings{"unknown-member remedy /permission/0/odrl:remedy"});
  CHECK(with(R"(,"ex:a/b~c":1)") == Strings{"unknown-member ex:a/b~c /permission/0/ex:a~1b~0c"});
  CHECK(with(R"(,"@type":"Duty")") == Strings{"unknown-member @type /permission/0/@type"});
  CHECK(with(R"(,"target":{"@type":"AssetCollection","source":"x"})") ==
        Strings{"unknown-member target /permission/0/target"});
  CHECK(with(R"(,"assignee":["a","b"])") ==
        Strings{"unknown-member assignee /permission/0/assignee"});
  CHECK(with(R"(,"duty":[{"action":"compensate"}])") ==
        Strings{"duty compensate /permission/0/duty/0"});
  const auto atomic = [&](const std::string& left, const std::string& op,
                          const std::string& right) {
    return with(R"(,"constraint":[{"leftOperand":)" + left + R"(,"operator":)" + op +
                R"(,"rightOperand":)" + right + "}]");
  };
  const std::string at = " /permission/0/constraint/0";
  CHECK(atomic(R"("purpose")", R"("eq")", R"("x")") == Strings{"unknown-operand purpose" + at});
  CHECK(atomic(R"("ex:a")", R"("eq")", "1") == Strings{"unknown-operand ex:a" + at});
  CHECK(atomic(R"("dateTime")", R"("isA")", R"("x")") == Strings{"unknown-operator dateTime" + at});
  CHECK(atomic(R"("dateTime")", R"("term-lteq")", R"("x")").size() == 2);
  CHECK(atomic(R"("dateTime")", R"("lt")", R"("tomorrow")") ==
        Strings{"unknown-value dateTime" + at});
  CHECK(atomic(R"("dateTime")", R"("lt")", "1795000000") == Strings{"unknown-value dateTime" + at});
  CHECK(
      atomic(R"("dateTime")", R"("lt")", R"({"@value":"x","@language":"en"})") ==
      Strings{"unknown-value dateTime" + at, "unknown-member rightOperand" + at + "/rightOperand"});
  CHECK(atomic(R"({"@id":"dateTime","ex:x":1})", R"("lt")", R"("2027-01-01T00:00:00Z")").size() ==
        2);
  CHECK(with(R"(,"constraint":[{"andSequence":[]}])").size() == 2);
  CHECK(with(R"(,"constraint":[{"or":[]}])") == Strings{"unknown-logic or" + at});
  CHECK(with(R"(,"constraint":[{"leftOperand":"dateTime","operator":"lt",
      "rightOperand":"2027-01-01T00:00:00Z","unit":"x"}])") ==
        Strings{"unknown-member unit" + at + "/unit"});
  CHECK(with(R"(,"constraint":[{"leftOperand":"purpose","operator":"eq",
      "rightOperandReference":"x"}])")
            .size() == 2);

  CHECK(not_understood(R"({"permission":[{"action":"ex:fly"}]})") ==
        Strings{"unknown-action ex:fly /permission/0/action"});
  CHECK(not_understood(R"({"permission":[{"action":"USE"}]})").size() == 1);
  CHECK(not_understood(R"({"permission":[{"action":[{"rdf:value":"use","refinement":[]}]}]})") ==
        Strings{"unknown-member action /permission/0/action"});
  const std::string use = R"("permission":[{"action":"use"}]})";
  CHECK(not_understood(R"({"profile":"ex:p",)" + use) == Strings{"profile ex:p /profile"});
  CHECK(not_understood(R"({"profile":["a","b"],)" + use).size() == 2);
  CHECK(not_understood(R"({"profile":7,)" + use) == Strings{"unknown-member profile /profile"});
  CHECK(not_understood(R"({"profile":[],)" + use).empty());
  CHECK(not_understood(R"({"obligation":[{"action":"inform"}],)" + use) ==
        Strings{"obligation inform /obligation/0"});
  CHECK(not_understood(R"({"@type":"Privacy",)" + use).size() == 2);
  CHECK(not_understood(R"({"@type":7,)" + use).size() == 2);
  CHECK(not_understood(R"({"@context":{"use":"http://evil.example/"},)" + use) ==
        Strings{"unknown-member @context /@context"});
  CHECK(not_understood(R"({"@context":["x",{}],)" + use).size() == 1);
  CHECK(not_understood(R"({"@context":"x",)" + use).empty());
  CHECK(not_understood(R"({"conflict":"perm",)" + use) ==
        Strings{"unknown-member conflict /conflict"});
  CHECK(not_understood(R"({"inheritFrom":"x","constraint":[],)" + use).size() == 2);
  CHECK(not_understood(R"({"@id":7,"timestamp":7,)" + use).size() == 2);
}

TEST_CASE("a time counts only when it is exact") {
  const auto exact = [](const std::string& right) {
    return must_read(R"({"permission":[{"action":"use","constraint":[{"leftOperand":"dateTime",
      "operator":"lt","rightOperand":)" +
                     right + "}]}]}")
        .not_understood()
        .empty();
  };
  CHECK(exact(R"("2027-01-01T00:00:00Z")"));
  CHECK(exact(R"("2027-01-01T00:00:00.123Z")"));
  CHECK(exact(R"("2027-01-01T00:00:00.123000Z")"));
  CHECK(exact(R"("2027-01-01T00:00:00+08:00")"));
  CHECK(exact(R"("2027-01-01T00:00:00.5-11:30")"));
  CHECK(exact(
      R"({"@value":"2027-01-01T00:00:00Z","@type":"http://www.w3.org/2001/XMLSchema#dateTime"})"));
  CHECK_FALSE(exact(R"("2027-01-01T00:00:00")"));        // no zone: only partially ordered
  CHECK_FALSE(exact(R"("2027-01-01T00:00:00.0001Z")"));  // finer than the clock
  CHECK_FALSE(exact(R"("2027-01-01T00:00Z")"));
  CHECK_FALSE(exact(R"("2027-01-01")"));
  CHECK_FALSE(exact(R"("2027-13-01T00:00:00Z")"));
  CHECK_FALSE(exact(R"("0000-01-01T00:00:00Z")"));
  CHECK_FALSE(exact(R"("0001-01-01T00:00:00+01:00")"));
  CHECK_FALSE(exact(R"({"@value":"2027-01-01T00:00:00Z","@type":"xsd:date"})"));
  CHECK_FALSE(exact(R"({"@id":"2027-01-01T00:00:00Z"})"));
  CHECK_FALSE(exact(R"(["2027-01-01T00:00:00Z","2028-01-01T00:00:00Z"])"));
  CHECK_FALSE(exact("null"));
  CHECK_FALSE(exact("[]"));
}

TEST_CASE("what is no policy is refused") {
  for (const std::string_view text :
       {"7",
        "[]",
        "{}",
        R"("use")",
        R"({"permission":[]})",
        R"({"permission":7})",
        R"({"permission":["use"]})",
        R"({"permission":[{}]})",
        R"({"permission":[[]]})",
        R"({"permission":[{"action":"use","constraint":7}]})",
        R"({"permission":[{"action":"use","constraint":["x"]}]})",
        R"({"permission":[{"action":"use","constraint":[{}]}]})",
        R"({"permission":[{"action":"use","constraint":[{"leftOperand":"dateTime"}]}]})",
        R"({"permission":[{"action":"use","constraint":[{"leftOperand":"a","operator":"eq"}]}]})",
        R"({"permission":[{"action":"use","constraint":[{"operator":"eq","rightOperand":"x"}]}]})",
        R"({"permission":[{"action":"use","constraint":[{"and":[],"or":[]}]}]})",
        R"({"permission":[{"action":"use","constraint":[{"and":[],"leftOperand":"a"}]}]})",
        R"({"permission":[{"action":"use","constraint":[{"and":[7]}]}]})",
        R"({"permission":[{"action":"use","duty":[{}]}]})",
        R"({"permission":[{"action":"use"}],"odrl:permission":[{"action":"sell"}]})",
        R"({"permission":[{"action":"use","odrl:action":"use"}]})",
        R"({"permission":[{"action":"use"}],"uid":"a","@id":"b"})"})
    CHECK(refusal(text).code == Code::invalid);
}

TEST_CASE("a policy is bounded in depth, rules, constraints and members") {
  const auto nested = [](int levels) {
    std::string text = R"({"leftOperand":"dateTime","operator":"lt","rightOperand":"x"})";
    for (int i = 1; i < levels; ++i) text = R"({"and":[)" + text + "]}";
    return R"({"permission":[{"action":"use","constraint":[)" + text + "]}]}";
  };
  // Deeper than the JSON reader lets through by default, so that the limit is ours.
  const auto read = [](const std::string& text) {
    auto value = json::parse(text, {.depth_max = 128});
    REQUIRE(value.has_value());
    return read_policy(*value);
  };
  CHECK(read(nested(32)).has_value());
  const auto deep = read(nested(33));
  REQUIRE_FALSE(deep.has_value());
  CHECK(deep.error().code == Code::too_large);

  const auto repeated = [](const std::string& item, int times) {
    std::string out = item;
    for (int i = 1; i < times; ++i) out += "," + item;
    return out;
  };
  const std::string rule = R"({"action":"use"})";
  const auto rules = [&](int times) { return R"({"permission":[)" + repeated(rule, times) + "]}"; };
  CHECK(must_read(rules(1024)).rules().size() == 1024);
  CHECK(refusal(rules(1025)).code == Code::too_large);
  const std::string constraint = R"({"leftOperand":"a","operator":"eq","rightOperand":"b"})";
  const auto constraints = [&](int times) {
    return R"({"permission":[{"action":"use","constraint":[{"or":[)" + repeated(constraint, times) +
           "]}]}]}";
  };
  CHECK(must_read(constraints(8191)).not_understood().size() == 33);
  CHECK(refusal(constraints(8192)).code == Code::too_large);
  std::string members = R"({"permission":[{"action":"use")";
  for (int i = 0; i < 64; ++i) members += ",\"m" + std::to_string(i) + "\":1";
  CHECK(refusal(members + "}]}").code == Code::too_large);
}

TEST_CASE("the operands that a policy refers to are listed once, in order") {
  const auto policy = must_read(R"({"permission":[{"action":"use","duty":[{"action":"compensate",
    "constraint":[{"leftOperand":"payAmount","operator":"eq","rightOperand":5}]}],"constraint":[
    {"leftOperand":"odrl:purpose","operator":"eq","rightOperand":"x"},
    {"or":[{"leftOperand":"dateTime","operator":"lt","rightOperand":"x"},
           {"leftOperand":"purpose","operator":"eq","rightOperand":"y"}]}]}]})");
  CHECK(referenced_operands(policy) == Strings{"dateTime", "payAmount", "purpose"});
  CHECK(referenced_operands(default_terms()).empty());
}

}  // namespace corridor::rights
