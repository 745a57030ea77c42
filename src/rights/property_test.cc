// SPDX-License-Identifier: Apache-2.0
//
// Random policies that permit, and what must stay true of them whatever is added or rearranged.
#include "rights/rights.h"
#include "rights/vocabulary.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>

namespace corridor::rights {

namespace {

constexpr Time kNow{1'795'000'000'000};
constexpr std::array<unsigned, 4> kSeeds{1, 20, 300, 4000};
constexpr int kRounds = 40;

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance() { return below(2) == 0; }

  // A policy that permits `use` at kNow, with everything that is understood in it.
  json::Value permitting() {
    auto rules = json::Value::array();
    rules.push(rule("use", 1 + below(3), true));
    if (chance()) rules.push(rule("use", 1 + below(2), chance()));
    if (chance()) rules.push(rule("print", below(2), true));
    auto policy = json::Value::object({{"permission", std::move(rules)}});
    if (chance()) {
      auto forbidden = json::Value::array();
      forbidden.push(rule("sell", below(2), true));
      if (chance()) forbidden.push(rule("use", 1, false));
      policy.set("prohibition", std::move(forbidden));
    }
    if (chance()) policy.set("@type", "Offer");
    if (chance()) policy.set("@id", "urn:uuid:1");
    return policy;
  }

  // The same meaning in another order and other spellings.
  json::Value rearranged(const json::Value& source) {
    if (source.is_array()) {
      std::vector<json::Value> items;
      for (const auto& item : source.items()) items.push_back(rearranged(item));
      std::shuffle(items.begin(), items.end(), random_);
      return json::Value::array(std::move(items));
    }
    if (!source.is_object()) return source;
    auto members = source.members();
    std::shuffle(members.begin(), members.end(), random_);
    auto out = json::Value::object();
    for (const auto& [name, value] : members) {
      const bool is_term = name == "action" || name == "leftOperand" || name == "operator";
      out.set(respelled(name), is_term ? json::Value(respelled(value.text())) : rearranged(value));
    }
    return out;
  }

  // Anything at all, made of the words that a policy is made of.
  json::Value wild(int levels) {
    constexpr std::array<const char*, 24> kWords{
        "use",        "odrl:use",    "and",
        "or",         "xone",        "andSequence",
        "action",     "@id",         "uid",
        "@type",      "@value",      "leftOperand",
        "operator",   "eq",          "constraint",
        "permission", "prohibition", "odrl:duty",
        "dateTime",   "ex:a",        "rightOperand",
        "",           "xsd:string",  "2027-01-01T00:00:00Z"};
    const std::string word = kWords[below(kWords.size())];
    switch (levels == 0 ? below(5) : below(8)) {
      case 0: return nullptr;
      case 1: return static_cast<std::int64_t>(random_()) * 5'000'000'000;
      case 2: return static_cast<double>(below(1000)) / 8;
      case 3: return chance();
      case 4: return word;
      case 5: return json::Value::array({wild(levels - 1), wild(levels - 1)});
      case 6: return json::Value::array();
      default: break;
    }
    auto out = json::Value::object({{word, wild(levels - 1)}});
    if (chance()) out.set(kWords[below(kWords.size())], wild(levels - 1));
    if (chance()) out.set(kWords[below(kWords.size())], wild(levels - 1));
    return out;
  }

 private:
  json::Value rule(const char* action, std::size_t constraints, bool hold) {
    auto out = json::Value::object({{"action", action}});
    auto list = json::Value::array();
    for (std::size_t i = 0; i < constraints; ++i) list.push(constraint(hold || i > 0, 3));
    if (constraints > 0) out.set("constraint", std::move(list));
    return out;
  }

  json::Value constraint(bool hold, int levels) {
    if (levels == 0 || chance()) return comparison(hold);
    auto parts = json::Value::array();
    const std::size_t kind = below(3);
    const std::size_t count = 1 + below(3);
    const std::size_t odd = below(count);  // the one that differs from the others
    for (std::size_t i = 0; i < count; ++i)
      parts.push(constraint(kind == 0 ? hold || i != odd : hold && i == odd, levels - 1));
    constexpr std::array<const char*, 3> kLogics{"and", "or", "xone"};
    return json::Value::object({{kLogics[kind], std::move(parts)}});
  }

  json::Value comparison(bool hold) {
    const bool later = chance();
    const Time other = later ? kNow + milliseconds(1 + static_cast<std::int64_t>(below(1'000'000)))
                             : kNow - milliseconds(1 + static_cast<std::int64_t>(below(1'000'000)));
    const char* const op = later == hold ? (chance() ? "lt" : "lteq") : (chance() ? "gt" : "gteq");
    json::Value right(iso8601(other));
    if (chance())
      right = json::Value::object({{"@value", iso8601(other)}, {"@type", "xsd:dateTime"}});
    return json::Value::object(
        {{"leftOperand", "dateTime"}, {"operator", op}, {"rightOperand", std::move(right)}});
  }

  std::string respelled(const std::string& term) {
    if (term.starts_with("@") || word_class(term) == Word::none) return term;
    switch (below(3)) {
      case 0: return term;
      case 1: return "odrl:" + term;
      default: return std::string(kOdrl) + term;
    }
  }

  std::mt19937 random_;
};

// Every copy of `source` with `change` applied to one of its values.
void each_changed(const json::Value& source, const std::function<bool(json::Value&)>& change,
                  const std::function<void(const json::Value&)>& use) {
  json::Value changed = source;
  if (change(changed)) use(changed);
  for (const auto& [name, value] : source.members())
    each_changed(value, change, [&](const json::Value& inner) {
      json::Value outer = source;
      outer.set(name, inner);
      use(outer);
    });
  for (std::size_t i = 0; i < source.items().size(); ++i)
    each_changed(source.items()[i], change, [&](const json::Value& inner) {
      auto items = source.items();
      items[i] = inner;
      use(json::Value::array(std::move(items)));
    });
}

Outcome outcome_of(const json::Value& source) {
  const auto policy = read_policy(source);
  return policy ? decide(*policy, {.now = kNow}).outcome : Outcome::undecidable;
}

template <class Check>
void for_random_policies(Check check) {
  for (const unsigned seed : kSeeds) {
    CAPTURE(seed);
    Generator generator(seed);
    for (int round = 0; round < kRounds; ++round) {
      const json::Value policy = generator.permitting();
      CAPTURE(json::write(policy));
      check(generator, policy);
    }
  }
}

}  // namespace

TEST_CASE("the policies of this test permit") {
  for_random_policies(
      [](Generator&, const json::Value& policy) { CHECK(outcome_of(policy) == Outcome::permit); });
}

TEST_CASE("an unknown member anywhere never leaves a permit") {
  int changed = 0;
  for_random_policies([&](Generator& generator, const json::Value& policy) {
    constexpr std::array<const char*, 6> kNames{"ex:new", "refinement",    "odrl:unit",
                                                "remedy", "odrl:conflict", "@language"};
    const std::string name = kNames[generator.below(kNames.size())];
    each_changed(
        policy,
        [&](json::Value& value) {
          if (value.is_object()) value.set(name, "x");
          return value.is_object();
        },
        [&](const json::Value& with) {
          ++changed;
          CHECK(outcome_of(with) != Outcome::permit);
        });
  });
  CHECK(changed > 1000);  // so the loop really changed policies
}

TEST_CASE("an unknown constraint, duty, obligation or profile anywhere never leaves a permit") {
  const auto unknown =
      json::Value::object({{"leftOperand", "purpose"}, {"operator", "eq"}, {"rightOperand", "x"}});
  const auto duty = json::Value::object({{"action", "compensate"}});
  const auto add = [](json::Value& holder, const char* name, const json::Value& item) {
    auto items = json::Value::array();
    if (const json::Value* old = holder.find(name)) items = *old;
    items.push(item);
    holder.set(name, std::move(items));
    return true;
  };
  for_random_policies([&](Generator&, const json::Value& policy) {
    const auto never_permits = [](const json::Value& with) {
      CHECK(outcome_of(with) != Outcome::permit);
    };
    each_changed(
        policy,
        [&](json::Value& v) {
          return v.find("action") != nullptr && add(v, "constraint", unknown);
        },
        never_permits);
    each_changed(
        policy, [&](json::Value& v) { return v.find("action") != nullptr && add(v, "duty", duty); },
        never_permits);
    each_changed(
        policy,
        [&](json::Value& v) {
          return v.find("permission") != nullptr && add(v, "obligation", duty);
        },
        never_permits);
    each_changed(
        policy,
        [&](json::Value& v) {
          return v.find("permission") != nullptr && add(v, "profile", "ex:p");
        },
        never_permits);
    for (const char* logic : {"and", "or", "xone"})
      each_changed(
          policy,
          [&](json::Value& v) { return v.find(logic) != nullptr && add(v, logic, unknown); },
          never_permits);
  });
}

TEST_CASE("an unknown operand, operator, action, value or type never leaves a permit") {
  for_random_policies([&](Generator&, const json::Value& policy) {
    for (const char* name : {"leftOperand", "operator", "action", "rightOperand", "@type"})
      each_changed(
          policy,
          [&](json::Value& value) {
            if (value.find(name) != nullptr) value.set(name, "ex:unknown");
            return value.find(name) != nullptr;
          },
          [](const json::Value& with) { CHECK(outcome_of(with) != Outcome::permit); });
  });
}

TEST_CASE("order and spelling change neither the digest nor the answer") {
  for_random_policies([](Generator& generator, const json::Value& source) {
    const auto policy = read_policy(source);
    REQUIRE(policy.has_value());
    const json::Value other_source = generator.rearranged(source);
    CAPTURE(json::write(other_source));
    const auto other = read_policy(other_source);
    REQUIRE(other.has_value());
    CHECK(policy->canonical() == other->canonical());
    CHECK(same_terms(*policy, *other));
    CHECK(decide(*other, {.now = kNow}).outcome == Outcome::permit);
  });
}

TEST_CASE("what is sent means what was read, and the answer holds until it flips") {
  for_random_policies([](Generator&, const json::Value& source) {
    const auto policy = read_policy(source);
    REQUIRE(policy.has_value());
    const auto offer = to_offer(*policy, OfferId("urn:o"), DatasetId("urn:t"));
    REQUIRE(offer.has_value());
    const auto again = read_policy(*offer);
    REQUIRE(again.has_value());
    CHECK(same_terms(*policy, *again));
    const auto canonical = json::parse(policy->canonical());
    REQUIRE(canonical.has_value());
    CHECK(same_terms(*policy, *read_policy(*canonical)));
    const auto decision = decide(*policy, {.now = kNow});
    const Time last = decision.flips_at ? *decision.flips_at - milliseconds(1) : kNow + hours(9999);
    CHECK(decide(*policy, {.now = last}).outcome == decision.outcome);
  });
}

TEST_CASE("whatever is read has one canonical form, which reads as the same") {
  int read = 0;
  const auto check = [&](const json::Value& source) {
    const auto policy = read_policy(source);
    if (!policy) return;
    ++read;
    CAPTURE(json::write(source));
    const auto canonical_source = json::parse(policy->canonical());
    REQUIRE(canonical_source.has_value());
    const auto canonical = read_policy(*canonical_source);
    REQUIRE(canonical.has_value());
    CHECK(canonical->canonical() == policy->canonical());
    CHECK(canonical->not_understood().empty() == policy->not_understood().empty());
    CHECK((policy->not_understood().empty() ||
           decide(*policy, {.now = kNow}).outcome != Outcome::permit));
    const auto offer = to_offer(*policy, OfferId("urn:o"), DatasetId(policy->target()));
    if (!offer) return;
    const auto again = read_policy(*offer);
    REQUIRE(again.has_value());
    CHECK(same_terms(*policy, *again));
  };
  for_random_policies([&](Generator& generator, const json::Value& policy) {
    each_changed(
        policy,
        [&](json::Value& value) {
          value = generator.wild(3);
          return true;
        },
        check);
    each_changed(
        policy,
        [&](json::Value& value) {
          if (value.is_array()) value.push(generator.wild(3));
          if (value.is_object())
            value.set(generator.wild(0).is_text() ? "odrl:unit" : "@type", generator.wild(3));
          return !value.is_text();
        },
        check);
  });
  CHECK(read > 1000);
}

}  // namespace corridor::rights
