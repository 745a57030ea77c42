// SPDX-License-Identifier: Apache-2.0
#include "rights/rights.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace corridor::rights {

namespace {

Policy must_read(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) FAIL(value.error().why << " in " << text);
  auto policy = read_policy(*value);
  if (!policy) FAIL(policy.error().why << " in " << text);
  return std::move(*policy);
}

const OfferId kOffer("urn:uuid:offer");
const AgreementId kAgreement("urn:uuid:agreement");
const AgreementParties kParties{.target = DatasetId("urn:t"),
                                .assigner = Did("did:web:a"),
                                .assignee = Did("did:web:b"),
                                .timestamp = Time{1'795'000'000'000}};

// What contract-schema.json of DSP 2025-1 demands, by hand; empty when all is well.
std::string constraint_fault(const json::Value& constraint);

std::string constraints_fault(const json::Value& rule, std::string_view name) {
  const json::Value* const list = rule.find(name);
  if (list == nullptr) return {};
  if (!list->is_array() || list->items().empty()) return std::string(name) + " is no filled array";
  for (const auto& item : list->items())
    if (auto fault = constraint_fault(item); !fault.empty()) return fault;
  return {};
}

std::string constraint_fault(const json::Value& constraint) {
  int logics = 0;
  for (const std::string_view name : {"and", "or", "xone", "andSequence"}) {
    if (constraint.find(name) == nullptr) continue;
    ++logics;
    if (auto fault = constraints_fault(constraint, name); !fault.empty()) return fault;
  }
  if (logics == 1 && constraint.members().size() == 1) return {};
  if (logics != 0 || constraint.members().size() != 3) return "neither atomic nor logical";
  const std::string_view left = constraint.text_or("leftOperand");
  if (left.empty()) return "leftOperand is no text";
  constexpr std::array<std::string_view, 12> kOperators{
      "eq", "gt",      "gteq",    "lteq",     "hasPart",  "isA",
      "lt", "isAllOf", "isAnyOf", "isNoneOf", "isPartOf", "neq"};
  if (std::ranges::find(kOperators, constraint.text_or("operator")) == kOperators.end())
    return "an operator beyond the enumeration";
  const json::Value* const right = constraint.find("rightOperand");
  if (right == nullptr || !(right->is_text() || right->is_object() || right->is_array()))
    return "rightOperand is neither text nor object nor array";
  return {};
}

std::string rules_fault(const json::Value& holder, std::string_view name) {
  const json::Value* const rules = holder.find(name);
  if (rules == nullptr) return {};
  if (!rules->is_array() || rules->items().empty())
    return std::string(name) + " is no filled array";
  for (const auto& rule : rules->items()) {
    const std::string_view action = rule.text_or("action");
    if (action != "use" && action.find(':') == std::string_view::npos) return "a bare action";
    if (rule.find("target") != nullptr) return "a rule with a target";
    if (auto fault = constraints_fault(rule, "constraint"); !fault.empty()) return fault;
    if (auto fault = rules_fault(rule, "duty"); !fault.empty()) return fault;
  }
  return {};
}

std::string schema_fault(const json::Value& policy) {
  const bool agreement = policy.text_or("@type") == "Agreement";
  if (!agreement && policy.text_or("@type") != "Offer") return "a type beyond Offer and Agreement";
  if (policy.text_or("@id").empty()) return "no @id";
  if (agreement)
    for (const std::string_view name : {"target", "assigner", "assignee", "timestamp"})
      if (policy.text_or(name).empty()) return "no " + std::string(name);
  if (policy.find("permission") == nullptr && policy.find("prohibition") == nullptr)
    return "neither permission nor prohibition";
  for (const std::string_view name : {"permission", "prohibition", "obligation"})
    if (auto fault = rules_fault(policy, name); !fault.empty()) return fault;
  if (const json::Value* const profile = policy.find("profile")) {
    const auto is_text = [](const json::Value& value) { return value.is_text(); };
    if (!profile->is_text() &&
        !(profile->is_array() && std::ranges::all_of(profile->items(), is_text)))
      return "a profile that is neither text nor texts";
  }
  return {};
}

std::string offer_text(const Policy& policy, std::string_view target = {}) {
  const auto offer = to_offer(policy, kOffer, DatasetId(std::string(target)));
  if (!offer) FAIL(offer.error().why);
  CHECK(schema_fault(*offer).empty());
  return json::write(*offer);
}

// Both writers satisfy the schema, and what they write means what was read.
void check_both(const Policy& policy) {
  const auto own = [](const std::string& name, const std::string& other) {
    return name.empty() ? other : name;
  };
  const AgreementParties parties{.target = DatasetId(own(policy.target(), kParties.target.value)),
                                 .assigner = Did(own(policy.assigner(), kParties.assigner.value)),
                                 .assignee = Did(own(policy.assignee(), kParties.assignee.value)),
                                 .timestamp = kParties.timestamp};
  const auto offer = to_offer(policy, kOffer, parties.target);
  if (!offer) FAIL(offer.error().why);
  const auto agreement = to_agreement(policy, kAgreement, parties);
  if (!agreement) FAIL(agreement.error().why);
  for (const auto* written : {&*offer, &*agreement}) {
    CHECK(schema_fault(*written) == "");
    const auto again = read_policy(*written);
    REQUIRE(again.has_value());
    CHECK(same_terms(*again, policy));
  }
}

// Where the suites lie; an empty path, and one line that says so, where they do not.
const std::filesystem::path& shared_folder() {
  static const std::filesystem::path kFolder = [] {
    const char* const named = std::getenv("CORRIDOR_SHARED");
    std::filesystem::path folder = named != nullptr ? named : CORRIDOR_SOURCE_DIR "/../shared";
    if (std::filesystem::is_directory(folder / "suites" / "dsp")) return folder;
    std::puts("SKIPPED dsp: ../shared is not here");
    return std::filesystem::path{};
  }();
  return kFolder;
}

json::Value read_json(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto value = json::parse(text);
  if (!value) FAIL(path.string() << ": " << value.error().why);
  return std::move(*value);
}

}  // namespace

TEST_CASE("an offer has no target in a catalogue and one in a message") {
  CHECK(offer_text(default_terms()) ==
        R"({"@type":"Offer","@id":"urn:uuid:offer","permission":[{"action":"use"}]})");
  CHECK(
      offer_text(default_terms(), "urn:t") ==
      R"({"@type":"Offer","@id":"urn:uuid:offer","target":"urn:t","permission":[{"action":"use"}]})");
}

TEST_CASE("an agreement names its target, its parties and its time") {
  const auto agreement = to_agreement(default_terms(), kAgreement, kParties);
  REQUIRE(agreement.has_value());
  CHECK(schema_fault(*agreement).empty());
  CHECK(
      json::write(*agreement) ==
      R"({"@type":"Agreement","@id":"urn:uuid:agreement","target":"urn:t","assigner":"did:web:a",)"
      R"("assignee":"did:web:b","timestamp":"2026-11-18T11:06:40.000Z",)"
      R"("permission":[{"action":"use"}]})");
}

TEST_CASE("use stays bare, every other known term becomes its IRI, no number stays bare") {
  const auto policy =
      must_read(R"({"profile":"ex:p","permission":[{"action":"odrl:print","constraint":[
      {"leftOperand":"count","operator":"odrl:lteq","rightOperand":5},
      {"leftOperand":"ex:lane","operator":"isAnyOf","rightOperand":["b","a",true]},
      {"or":[{"leftOperand":"odrl:dateTime","operator":"lt","rightOperand":"2027-01-01T00:00:00Z"},
             {"leftOperand":"partner","operator":"eq","rightOperand":{"@id":"ex:gold"}}]}],
      "duty":[{"action":"compensate"}]}],
    "prohibition":[{"action":"ex:fly"}],"obligation":[{"action":"inform"}]})");
  check_both(policy);
  CHECK(offer_text(policy) ==
        R"({"@type":"Offer","@id":"urn:uuid:offer","permission":[)"
        R"({"action":"http://www.w3.org/ns/odrl/2/print","constraint":[)"
        R"({"leftOperand":"http://www.w3.org/ns/odrl/2/count","operator":"lteq",)"
        R"("rightOperand":{"@value":"5","@type":"http://www.w3.org/2001/XMLSchema#integer"}},)"
        R"({"leftOperand":"ex:lane","operator":"isAnyOf","rightOperand":["a","b",)"
        R"({"@value":"true","@type":"http://www.w3.org/2001/XMLSchema#boolean"}]},)"
        R"({"or":[{"leftOperand":"http://www.w3.org/ns/odrl/2/dateTime","operator":"lt",)"
        R"("rightOperand":"2027-01-01T00:00:00Z"},)"
        R"({"leftOperand":"partner","operator":"eq","rightOperand":{"@id":"ex:gold"}}]}],)"
        R"("duty":[{"action":"http://www.w3.org/ns/odrl/2/compensate"}]}],)"
        R"("prohibition":[{"action":"ex:fly"}],)"
        R"("obligation":[{"action":"http://www.w3.org/ns/odrl/2/inform"}],"profile":"ex:p"})");
}

TEST_CASE("a rule's own target is dropped when it is the policy's, else it cannot be sent") {
  const auto policy =
      must_read(R"({"target":"urn:t","permission":[{"action":"use","target":"urn:t"}]})");
  check_both(policy);
  CHECK_FALSE(
      to_offer(must_read(R"({"target":"urn:t","permission":[{"action":"use","target":"u"}]})"),
               kOffer, {})
          .has_value());
}

TEST_CASE("terms made for one target or party are not sent in the name of another") {
  const auto written = [](std::string_view text) {
    return to_agreement(must_read(text), kAgreement, kParties).has_value();
  };
  CHECK(written(R"({"target":"urn:t","assigner":"did:web:a","assignee":"did:web:b",
    "permission":[{"action":"use"}]})"));
  CHECK_FALSE(written(R"({"target":"urn:u","permission":[{"action":"use"}]})"));
  CHECK_FALSE(written(R"({"assigner":"did:web:b","permission":[{"action":"use"}]})"));
  CHECK_FALSE(written(R"({"assignee":"did:web:c","permission":[{"action":"use"}]})"));
  const auto policy = must_read(R"({"target":"urn:t","permission":[{"action":"use"}]})");
  CHECK(to_offer(policy, kOffer, {}).has_value());
  CHECK(to_offer(policy, kOffer, DatasetId("urn:t")).has_value());
  CHECK_FALSE(to_offer(policy, kOffer, DatasetId("urn:u")).has_value());
}

TEST_CASE("what the protocol's subset cannot carry is refused by name") {
  const auto refused = [](std::string_view text) {
    const auto offer = to_offer(must_read(text), kOffer, {});
    const auto agreement = to_agreement(must_read(text), kAgreement, kParties);
    REQUIRE_FALSE(offer.has_value());
    REQUIRE_FALSE(agreement.has_value());
    CHECK(offer.error().code == Code::invalid);
    CHECK(offer.error().why == agreement.error().why);
    return offer.error().why;
  };
  CHECK(refused(R"({"permission":[{"action":"use","remedy":1}]})").find("remedy") !=
        std::string::npos);
  CHECK(refused(R"({"conflict":"perm","permission":[{"action":"use"}]})").find("conflict") !=
        std::string::npos);
  CHECK(refused(R"({"permission":[{"action":{"rdf:value":"use"}}]})").find("/permission/0") !=
        std::string::npos);
  CHECK(refused(R"({"permission":[{"action":"use","assignee":"did:web:b"}]})").find("party") !=
        std::string::npos);
  CHECK(refused(R"({"permission":[{"action":"use","constraint":[{"leftOperand":"count",
    "operator":"term-lteq","rightOperand":"5"}]}]})")
            .find("term-lteq") != std::string::npos);
  CHECK(refused(R"({"permission":[{"action":"use","constraint":[{"leftOperand":"count",
    "operator":"eq","rightOperand":null}]}]})")
            .find("rightOperand") != std::string::npos);
  CHECK_FALSE(refused(R"({"permission":[{"action":"use","constraint":[{"or":[]}]}]})").empty());
  CHECK_FALSE(refused(R"({"obligation":[{"action":"inform"}]})").empty());
}

TEST_CASE("terms from the protocol's own examples are carried as they are") {
  const auto& folder = shared_folder();
  if (folder.empty()) return;
  const auto examples = folder / "suites" / "dsp" / "negotiation" / "example";
  int policies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(examples)) {
    const auto message = read_json(entry.path());
    for (const std::string_view name : {"offer", "agreement"}) {
      const json::Value* const source = message.find(name);
      if (source == nullptr || source->find("permission") == nullptr) continue;
      CAPTURE(entry.path().string());
      const auto policy = read_policy(*source);
      REQUIRE(policy.has_value());
      CHECK(policy->kind() == (name == "offer" ? PolicyKind::offer : PolicyKind::agreement));
      check_both(*policy);
      CHECK(schema_fault(*to_offer(*policy, kOffer, {})).empty());
      ++policies;
    }
  }
  CHECK(policies >= 4);
}

TEST_CASE("the hand-written check knows what the protocol's schema requires") {
  const auto& folder = shared_folder();
  if (folder.empty()) return;
  const auto schema = read_json(folder / "suites" / "dsp" / "negotiation" / "contract-schema.json");
  const json::Value& definitions = *schema.find("definitions");
  // Each required member of an Agreement, taken away, is missed.
  const auto agreement = to_agreement(default_terms(), kAgreement, kParties);
  REQUIRE(agreement.has_value());
  for (const auto& name : definitions.find("Agreement")->find("required")->items()) {
    auto without = *agreement;
    without.remove(name.text());
    CHECK_FALSE(schema_fault(without).empty());
  }
  const auto policy = must_read(R"({"permission":[{"action":"use","constraint":[
      {"leftOperand":"count","operator":"eq","rightOperand":"1"}]}]})");
  const auto offer = to_offer(policy, kOffer, {});
  REQUIRE(offer.has_value());
  const auto constraint = offer->find("permission")->items()[0].find("constraint")->items()[0];
  for (const auto& name : definitions.find("AtomicConstraint")->find("required")->items()) {
    auto without = constraint;
    without.remove(name.text());
    CHECK_FALSE(constraint_fault(without).empty());
  }
  // All operators that the schema lists, but for its stray one, can be sent.
  for (const auto& op : definitions.find("Operator")->find("enum")->items()) {
    auto with = constraint;
    with.set("operator", op);
    CHECK(constraint_fault(with).empty() == (op.text() != "term-lteq"));
  }
}

}  // namespace corridor::rights
