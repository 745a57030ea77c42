// SPDX-License-Identifier: Apache-2.0
#include "rights/rights.h"

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

Time at(std::string_view text) {
  const auto time = parse_iso8601(text);
  REQUIRE(time.has_value());
  return *time;
}

constexpr std::string_view kNow = "2026-11-27T12:00:00Z";

Decision decide_now(std::string_view policy, Request request = {}) {
  if (request.now == Time{}) request.now = at(kNow);
  Decision decision = decide(must_read(policy), request);
  CHECK_FALSE(decision.reasons.empty());
  for (const auto& reason : decision.reasons) CHECK_FALSE(reason.sentence.empty());
  return decision;
}

std::string outcome(std::string_view policy, Request request = {}) {
  return std::string(outcome_name(decide_now(policy, std::move(request)).outcome));
}

// The outcome and the kind of the first reason.
std::string verdict(std::string_view policy, Request request = {}) {
  const auto decision = decide_now(policy, std::move(request));
  return std::string(outcome_name(decision.outcome)) + " " +
         std::string(reason_name(decision.reasons.front().kind));
}

std::string time_is(std::string_view op, std::string_view right) {
  return R"({"leftOperand":"dateTime","operator":")" + std::string(op) + R"(","rightOperand":")" +
         std::string(right) + R"("})";
}

std::string permission(const std::string& constraints, const std::string& rest = "") {
  return R"({"permission":[{"action":"use","constraint":[)" + constraints + "]}]" + rest + "}";
}

std::string prohibition(const std::string& constraints) {
  return R"({"permission":[{"action":"use"}],"prohibition":[{"action":"use","constraint":[)" +
         constraints + "]}]}";
}

constexpr std::string_view kPast = "2020-01-01T00:00:00Z";
constexpr std::string_view kFuture = "2030-01-01T00:00:00Z";
constexpr std::string_view kUnknown =
    R"({"leftOperand":"purpose","operator":"eq","rightOperand":"customs"})";

}  // namespace

TEST_CASE("use without a constraint permits, and says by which rule") {
  const auto decision = decide(default_terms(), {.now = at(kNow)});
  CHECK(decision.outcome == Outcome::permit);
  REQUIRE(decision.reasons.size() == 1);
  CHECK(decision.reasons[0].kind == ReasonKind::permission_applies);
  CHECK(decision.reasons[0].rule == "/permission/0");
  CHECK(decision.reasons[0].expected == "use");
  CHECK_FALSE(decision.flips_at.has_value());
}

TEST_CASE("an action is permitted by itself and by what includes it, not by its part") {
  const auto asked = [](std::string_view permitted, std::string_view action) {
    return verdict(R"({"permission":[{"action":")" + std::string(permitted) + R"("}]})",
                   {.action = std::string(action)});
  };
  CHECK(asked("use", "use") == "permit permission-applies");
  CHECK(asked("use", "odrl:use") == "permit permission-applies");
  CHECK(asked("use", "http://www.w3.org/ns/odrl/2/read") == "permit permission-applies");
  CHECK(asked("use", "extract") == "permit permission-applies");
  CHECK(asked("read", "read") == "permit permission-applies");
  CHECK(asked("read", "use") == "notApplicable action-differs");
  CHECK(asked("use", "sell") == "notApplicable action-differs");
  CHECK(asked("sell", "use") == "notApplicable action-differs");
  CHECK(asked("use", "ex:fly") == "undecidable unknown-action");
  CHECK(asked("use", "") == "undecidable unknown-action");
  CHECK(asked("ex:fly", "use") == "undecidable unknown-action");
  CHECK(asked("ex:fly", "ex:fly") == "undecidable unknown-action");
}

TEST_CASE("each order operator holds and fails where it should") {
  struct Row {
    std::string_view op;
    bool past, now, future;  // whether `now op past`, ... holds
  };
  for (const Row& row : {Row{"eq", false, true, false}, Row{"neq", true, false, true},
                         Row{"lt", false, false, true}, Row{"lteq", false, true, true},
                         Row{"gt", true, false, false}, Row{"gteq", true, true, false}}) {
    CAPTURE(row.op);
    const auto holds = [&](std::string_view right) {
      const std::string seen = outcome(permission(time_is(row.op, right)));
      CHECK((seen == "permit" || seen == "deny"));
      // A prohibition under the same condition denies exactly when it holds.
      CHECK(outcome(prohibition(time_is(row.op, right))) == (seen == "permit" ? "deny" : "permit"));
      return seen == "permit";
    };
    CHECK(holds(kPast) == row.past);
    CHECK(holds(kNow) == row.now);
    CHECK(holds("2026-11-27T20:00:00+08:00") == row.now);
    CHECK(holds(kFuture) == row.future);
    CHECK(holds("2026-11-27T12:00:00.001Z") == row.future);
    CHECK(holds("2026-11-27T11:59:59.999Z") == row.past);
  }
}

TEST_CASE("a constraint that fails denies and says what was seen") {
  const auto decision = decide_now(permission(time_is("lt", kPast)));
  CHECK(decision.outcome == Outcome::deny);
  REQUIRE(decision.reasons.size() == 1);
  const Reason& reason = decision.reasons[0];
  CHECK(reason.kind == ReasonKind::constraint_fails);
  CHECK(reason.rule == "/permission/0");
  CHECK(reason.operand == "dateTime");
  CHECK(reason.op == "lt");
  CHECK(reason.expected == "2020-01-01T00:00:00.000Z");
  CHECK(reason.seen == "2026-11-27T12:00:00.000Z");
  CHECK(reason.pointer == "/permission/0/constraint/0");
}

TEST_CASE("all constraints of a rule must hold, and one permission is enough") {
  const std::string yes = time_is("gt", kPast);
  const std::string no = time_is("lt", kPast);
  CHECK(outcome(permission(yes + "," + yes)) == "permit");
  CHECK(outcome(permission(yes + "," + no)) == "deny");
  CHECK(outcome(permission(no + "," + yes)) == "deny");
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"permission":[{"action":"use","constraint":[)" + a +
           R"(]},{"action":"use","constraint":[)" + b + "]}]}";
  };
  CHECK(outcome(two(no, yes)) == "permit");
  CHECK(outcome(two(yes, no)) == "permit");
  CHECK(outcome(two(no, no)) == "deny");
  CHECK(outcome(R"({"prohibition":[{"action":"sell"}]})") == "notApplicable");
}

TEST_CASE("logical constraints count their parts") {
  const std::string yes = time_is("gt", kPast);
  const std::string no = time_is("lt", kPast);
  const auto logical = [&](const std::string& logic, const std::string& parts) {
    return outcome(permission("{\"" + logic + "\":[" + parts + "]}"));
  };
  const auto list = [](std::initializer_list<std::string> parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ",") + part;
    return out;
  };
  CHECK(logical("and", list({yes, yes})) == "permit");
  CHECK(logical("and", list({yes, no})) == "deny");
  CHECK(logical("or", list({no, yes})) == "permit");
  CHECK(logical("or", list({no, no})) == "deny");
  CHECK(logical("xone", list({no, yes, no})) == "permit");
  CHECK(logical("xone", list({yes, yes})) == "deny");
  CHECK(logical("xone", list({yes, yes, yes})) == "deny");
  CHECK(logical("xone", list({no, no})) == "deny");
  CHECK(logical("andSequence", list({yes, yes})) == "undecidable");
  CHECK(logical("and", "") == "undecidable");
  CHECK(logical("or", "") == "undecidable");
  CHECK(logical("xone", "") == "undecidable");
  CHECK(logical("or", R"({"and":[)" + list({yes, no}) + R"(]},{"xone":[)" + list({yes, no}) +
                          "]}") == "permit");
}

TEST_CASE("nothing unknown is ever true, not even beside what would suffice") {
  const std::string yes = time_is("gt", kPast);
  const std::string no = time_is("lt", kPast);
  const std::string unknown(kUnknown);
  CHECK(outcome(permission(unknown)) == "undecidable");
  CHECK(outcome(permission(yes + "," + unknown)) == "undecidable");
  CHECK(outcome(permission(no + "," + unknown)) == "undecidable");
  CHECK(outcome(permission(R"({"or":[)" + yes + "," + unknown + "]}")) == "undecidable");
  CHECK(outcome(permission(R"({"xone":[)" + yes + "," + unknown + "]}")) == "undecidable");
  CHECK(outcome(
            R"({"permission":[{"action":"use"},{"action":"use","duty":[{"action":"inform"}]}]})") ==
        "undecidable");
  CHECK(outcome(R"({"permission":[{"action":"use"}],"obligation":[{"action":"inform"}]})") ==
        "undecidable");
  CHECK(outcome(R"({"permission":[{"action":"use"}],"profile":"ex:p"})") == "undecidable");
  CHECK(outcome(R"({"permission":[{"action":"use"}],"ex:new":1})") == "undecidable");
  CHECK(outcome(R"({"permission":[{"action":"use","ex:new":1}]})") == "undecidable");
  CHECK(outcome(R"({"@type":"Ticket","permission":[{"action":"use"}]})") == "undecidable");
}

TEST_CASE("what is not understood is refused by its name, with what was asked and seen") {
  const auto decision = decide_now(permission(std::string(kUnknown)), {.purpose = "statistics"});
  REQUIRE(decision.reasons.size() == 1);
  const Reason& reason = decision.reasons[0];
  CHECK(reason.kind == ReasonKind::unknown_operand);
  CHECK(reason.operand == "purpose");
  CHECK(reason.op == "eq");
  CHECK(reason.expected == "customs");
  CHECK(reason.seen == "statistics");
  CHECK(reason.rule == "/permission/0");
  CHECK(reason.pointer == "/permission/0/constraint/0");
  CHECK(reason.sentence.find("purpose") != std::string::npos);
}

TEST_CASE("a prohibition that applies, or may apply, denies") {
  const auto with = [](const std::string& rule, Request request = {}) {
    return verdict(R"({"permission":[{"action":"use"}],"prohibition":[)" + rule + "]}",
                   std::move(request));
  };
  CHECK(with(R"({"action":"use"})") == "deny prohibition-applies");
  CHECK(with(R"({"action":"print"})") == "deny prohibition-applies");  // a part of use
  CHECK(with(R"({"action":"print"})", {.action = "print"}) == "deny prohibition-applies");
  CHECK(with(R"({"action":"use"})", {.action = "print"}) == "deny prohibition-applies");
  CHECK(with(R"({"action":"print"})", {.action = "read"}) == "permit permission-applies");
  CHECK(with(R"({"action":"sell"})") == "permit permission-applies");
  CHECK(with(R"({"action":"sell"})", {.action = "sell"}) == "deny prohibition-applies");
  CHECK(with(R"({"action":"transfer"})", {.action = "sell"}) == "deny prohibition-applies");
  CHECK(with(R"({"action":"ex:fly"})") == "deny prohibition-may-apply");
  CHECK(with(R"({"action":{"rdf:value":"sell"}})") == "deny prohibition-may-apply");
  CHECK(with(R"({"action":"use","remedy":[]})") == "deny prohibition-may-apply");
  CHECK(with(R"({"action":"use","constraint":[)" + std::string(kUnknown) + "]}") ==
        "deny prohibition-may-apply");
  CHECK(with(R"({"action":"use","constraint":[{"or":[)" + time_is("gt", kPast) + "," +
             std::string(kUnknown) + "]}]}") == "deny prohibition-applies");
  // It certainly does not apply; but what it says is not understood, so nobody may.
  CHECK(with(R"({"action":"use","constraint":[)" + time_is("lt", kPast) + "," +
             std::string(kUnknown) + "]}") == "undecidable unknown-operand");
  CHECK(with(R"({"action":"use","assignee":"did:web:b"})", {.assignee = Did("did:web:b")}) ==
        "deny prohibition-applies");
  CHECK(with(R"({"action":"use","assignee":"did:web:b"})", {.assignee = Did("did:web:c")}) ==
        "permit permission-applies");
  CHECK(with(R"({"action":"use","assignee":"did:web:b"})") == "deny prohibition-may-apply");
  CHECK(with(R"({"action":"sell"})", {.action = "ex:fly"}) == "deny prohibition-may-apply");
}

TEST_CASE("target and parties are those of the policy, unless the rule has its own") {
  const std::string policy = R"({"target":"urn:t","assigner":"did:web:a","assignee":"did:web:b",
    "permission":[{"action":"use"}]})";
  const Request good{.target = "urn:t", .assignee = Did("did:web:b"), .assigner = Did("did:web:a")};
  CHECK(verdict(policy, good) == "permit permission-applies");
  Request other = good;
  other.target = "urn:other";
  CHECK(verdict(policy, other) == "notApplicable target-differs");
  other = good;
  other.assignee = Did("did:web:B");
  CHECK(verdict(policy, other) == "notApplicable assignee-differs");
  other = good;
  other.assigner = Did("did:web:x");
  CHECK(verdict(policy, other) == "notApplicable assigner-differs");
  other = good;
  other.target.clear();
  CHECK(verdict(policy, other) == "undecidable request-incomplete");
  other = good;
  other.assignee = Did();
  CHECK(verdict(policy, other) == "undecidable request-incomplete");
  const std::string own = R"({"target":"urn:t","permission":[{"action":"use","target":"urn:u"}]})";
  CHECK(verdict(own, {.target = "urn:u"}) == "permit permission-applies");
  CHECK(verdict(own, {.target = "urn:t"}) == "notApplicable target-differs");
  CHECK(verdict(R"({"permission":[{"action":"use"}]})", good) == "permit permission-applies");
}

TEST_CASE("a request that does not say when is not decided by time") {
  const auto without_time = [](std::string_view text) {
    const auto decision = decide(must_read(text), {});
    CHECK_FALSE(decision.reasons.empty());
    return std::string(outcome_name(decision.outcome)) + " " +
           std::string(reason_name(decision.reasons.front().kind));
  };
  for (const std::string_view op : {"lt", "gt", "neq"}) {
    CHECK(without_time(permission(time_is(op, kFuture))) == "undecidable request-incomplete");
    CHECK(without_time(prohibition(time_is(op, kFuture))) == "deny prohibition-may-apply");
  }
  CHECK(without_time(R"({"permission":[{"action":"use"}]})") == "permit permission-applies");
}

TEST_CASE("the flip time is the next instant at which time can change the answer") {
  const auto flip = [](const std::string& constraints) -> std::string {
    const auto decision = decide_now(permission(constraints));
    return decision.flips_at ? iso8601(*decision.flips_at) : "never";
  };
  CHECK(flip(time_is("lt", kFuture)) == "2030-01-01T00:00:00.000Z");
  CHECK(flip(time_is("gteq", kFuture)) == "2030-01-01T00:00:00.000Z");
  CHECK(flip(time_is("lteq", kFuture)) == "2030-01-01T00:00:00.001Z");
  CHECK(flip(time_is("gt", kFuture)) == "2030-01-01T00:00:00.001Z");
  CHECK(flip(time_is("eq", kFuture)) == "2030-01-01T00:00:00.000Z");
  CHECK(flip(time_is("neq", kNow)) == "2026-11-27T12:00:00.001Z");
  CHECK(flip(time_is("lteq", kNow)) == "2026-11-27T12:00:00.001Z");
  CHECK(flip(time_is("lt", kNow)) == "never");
  CHECK(flip(time_is("lt", kPast)) == "never");
  CHECK(flip(time_is("lt", kFuture) + "," + time_is("gt", "2028-01-01T00:00:00Z")) ==
        "2028-01-01T00:00:00.001Z");
  CHECK(flip(R"({"or":[)" + time_is("lt", kPast) + "," + time_is("gteq", kFuture) + "]}") ==
        "2030-01-01T00:00:00.000Z");
  // Rules about something else do not count.
  const auto other = decide_now(R"({"permission":[{"action":"use"}],"prohibition":[{"action":"sell",
    "constraint":[)" + time_is("lt", kFuture) +
                                "]}]}");
  CHECK(other.outcome == Outcome::permit);
  CHECK_FALSE(other.flips_at.has_value());
}

TEST_CASE("the answer really changes at the flip time and not before") {
  for (const std::string_view op : {"eq", "neq", "lt", "lteq", "gt", "gteq"}) {
    CAPTURE(op);
    const auto policy = must_read(permission(time_is(op, kFuture)));
    Time now = at(kNow);
    int flips = 0;
    for (auto decision = decide(policy, {.now = now}); decision.flips_at; ++flips) {
      const Time flip = *decision.flips_at;
      CHECK(flip > now);
      const auto before = decide(policy, {.now = flip - milliseconds(1)});
      const auto after = decide(policy, {.now = flip});
      CHECK(before.outcome == decision.outcome);
      CHECK(after.outcome != decision.outcome);
      now = flip;
      decision = after;
      REQUIRE(flips < 3);
    }
    CHECK(flips == (op == "eq" || op == "neq" ? 2 : 1));
  }
}

TEST_CASE("reasons are bounded, and a decision is written with stable names") {
  std::string parts = time_is("lt", kPast);
  for (int i = 0; i < 100; ++i) parts += "," + time_is("lt", kPast);
  const auto decision = decide_now(permission(R"({"or":[)" + parts + "]}"));
  CHECK(decision.outcome == Outcome::deny);
  CHECK(decision.reasons.size() == 33);
  CHECK(decision.reasons.back().kind == ReasonKind::more);

  CHECK(
      json::write(to_json(decide_now(permission(time_is("lteq", kFuture))))) ==
      R"({"outcome":"permit","reasons":[)"
      R"({"kind":"permission-applies","sentence":"the permission to use at /permission/0 applies",)"
      R"("rule":"/permission/0","expected":"use","seen":"use","pointer":"/permission/0"},)"
      R"({"kind":"constraint-holds","sentence":"dateTime lteq 2030-01-01T00:00:00.000Z holds: )"
      R"(it is 2026-11-27T12:00:00.000Z","rule":"/permission/0","operand":"dateTime",)"
      R"("operator":"lteq","expected":"2030-01-01T00:00:00.000Z",)"
      R"("seen":"2026-11-27T12:00:00.000Z","pointer":"/permission/0/constraint/0"}],)"
      R"("flipsAt":"2030-01-01T00:00:00.001Z"})");
  for (int i = 0; i <= static_cast<int>(ReasonKind::more); ++i)
    CHECK_FALSE(reason_name(static_cast<ReasonKind>(i)).empty());
}

TEST_CASE("an alternative that holds is named, the others are not") {
  const auto decision = decide_now(
      permission(R"({"or":[)" + time_is("lt", kPast) + "," + time_is("gt", kPast) + "]}"));
  CHECK(decision.outcome == Outcome::permit);
  REQUIRE(decision.reasons.size() == 3);
  CHECK(decision.reasons[1].operand == "or");
  CHECK(decision.reasons[2].pointer == "/permission/0/constraint/0/or/1");
  const auto both = decide_now(
      permission(R"({"xone":[)" + time_is("gteq", kPast) + "," + time_is("gt", kPast) + "]}"));
  CHECK(both.outcome == Outcome::deny);
  REQUIRE(both.reasons.size() == 3);
  CHECK(both.reasons[0].kind == ReasonKind::constraint_fails);
  CHECK(both.reasons[1].kind == ReasonKind::constraint_holds);
  CHECK(both.reasons[2].kind == ReasonKind::constraint_holds);
}

}  // namespace corridor::rights
