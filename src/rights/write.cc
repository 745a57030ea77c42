// SPDX-License-Identifier: Apache-2.0
//
// What goes on the wire. The context of DSP 2025-1 defines `use`, the operators and the members,
// and no other term of ODRL; so every other one is written as an IRI, which needs no context.
#include "rights/rights.h"
#include "rights/vocabulary.h"

#include <array>

namespace corridor::rights {

namespace {

std::unexpected<Error> not_in_dsp(std::string_view pointer, std::string_view what) {
  return fail(Code::invalid,
              "these terms cannot be sent: " + std::string(what) + " at " +
                  std::string(pointer.empty() ? "the policy" : pointer) +
                  " is not part of the Dataspace Protocol's policies",
              "leave it out of the terms");
}

std::string wire_term(const std::string& canonical, Word word) {
  return word_class(canonical) == word ? std::string(kOdrl) + canonical : canonical;
}

Result<json::Value> wire_constraint(const Constraint& constraint);

Result<json::Value> wire_constraints(const std::vector<Constraint>& constraints) {
  auto out = json::Value::array();
  for (const auto& constraint : constraints) {
    TRY_ASSIGN(json::Value item, wire_constraint(constraint));
    out.push(std::move(item));
  }
  return out;
}

Result<json::Value> wire_constraint(const Constraint& constraint) {
  if (!constraint.extra.is_null())
    return not_in_dsp(constraint.pointer, constraint.extra.members().front().first);
  if (!constraint.logic.empty()) {
    if (constraint.parts.empty()) return not_in_dsp(constraint.pointer, "an empty operand");
    TRY_ASSIGN(json::Value parts, wire_constraints(constraint.parts));
    return json::Value::object({{constraint.logic, std::move(parts)}});
  }
  if (word_class(constraint.op) != Word::operation)
    return not_in_dsp(constraint.pointer, "the operator " + constraint.op);
  return json::Value::object({{"leftOperand", wire_term(constraint.left, Word::operand)},
                              {"operator", constraint.op},
                              {"rightOperand", constraint.right}});
}

Result<json::Value> wire_rules(const std::vector<Rule>& rules, RuleKind kind, const Policy& policy);

Result<json::Value> wire_rule(const Rule& rule, const Policy& policy) {
  if (!rule.extra.is_null()) return not_in_dsp(rule.pointer, rule.extra.members().front().first);
  const auto differs = [](const std::string& own, const std::string& outer) {
    return !own.empty() && own != outer;
  };
  if (differs(rule.target, policy.target()) || differs(rule.assigner, policy.assigner()) ||
      differs(rule.assignee, policy.assignee()))
    return not_in_dsp(rule.pointer, "a rule's own target or party");
  auto out = json::Value::object(
      {{"action", rule.action == "use" ? rule.action : wire_term(rule.action, Word::action)}});
  if (!rule.constraints.empty()) {
    TRY_ASSIGN(json::Value constraints, wire_constraints(rule.constraints));
    out.set("constraint", std::move(constraints));
  }
  if (!rule.duties.empty()) {
    TRY_ASSIGN(json::Value duties, wire_rules(rule.duties, RuleKind::duty, policy));
    out.set("duty", std::move(duties));
  }
  return out;
}

Result<json::Value> wire_rules(const std::vector<Rule>& rules, RuleKind kind,
                               const Policy& policy) {
  auto out = json::Value::array();
  for (const auto& rule : rules) {
    if (rule.kind != kind) continue;
    TRY_ASSIGN(json::Value item, wire_rule(rule, policy));
    out.push(std::move(item));
  }
  return out;
}

// Terms that were made for one target or party are not sent in the name of another.
Result<> check_same(std::string_view what, std::string_view own, std::string_view sent) {
  if (own.empty() || sent.empty() || own == sent) return {};
  return fail(Code::invalid,
              "these terms cannot be sent: their " + std::string(what) + " is " + std::string(own) +
                  ", not " + std::string(sent),
              "use terms that are made for it");
}

// Sets the rules and the profile on a policy that has its head already.
Result<json::Value> wire_terms(const Policy& policy, json::Value out) {
  if (!policy.extra().is_null()) return not_in_dsp("", policy.extra().members().front().first);
  bool granted_or_forbidden = false;
  for (const auto kind : {RuleKind::permission, RuleKind::prohibition, RuleKind::obligation}) {
    TRY_ASSIGN(json::Value rules, wire_rules(policy.rules(), kind, policy));
    if (rules.items().empty()) continue;
    granted_or_forbidden = granted_or_forbidden || kind != RuleKind::obligation;
    out.set(std::string(rule_kind_name(kind)), std::move(rules));
  }
  if (!granted_or_forbidden)
    return fail(Code::invalid, "these terms cannot be sent: they have no permission or prohibition",
                "say what is permitted or prohibited");
  if (policy.profiles().size() == 1) out.set("profile", policy.profiles().front());
  if (policy.profiles().size() > 1)
    out.set("profile", json::Value::array({policy.profiles().begin(), policy.profiles().end()}));
  return out;
}

// By RuleKind, ReasonKind and Outcome.
constexpr std::array<std::string_view, 4> kRuleKinds{"permission", "prohibition", "obligation",
                                                     "duty"};
constexpr std::array<std::string_view, 21> kReasonKinds{"permission-applies",
                                                        "prohibition-applies",
                                                        "prohibition-may-apply",
                                                        "constraint-holds",
                                                        "constraint-fails",
                                                        "action-differs",
                                                        "target-differs",
                                                        "assignee-differs",
                                                        "assigner-differs",
                                                        "request-incomplete",
                                                        "unknown-action",
                                                        "unknown-operand",
                                                        "unknown-operator",
                                                        "unknown-value",
                                                        "unknown-logic",
                                                        "unknown-member",
                                                        "unknown-type",
                                                        "profile",
                                                        "duty",
                                                        "obligation",
                                                        "more"};
constexpr std::array<std::string_view, 4> kOutcomes{"permit", "deny", "notApplicable",
                                                    "undecidable"};

json::Value reason_to_json(const Reason& reason) {
  auto out =
      json::Value::object({{"kind", reason_name(reason.kind)}, {"sentence", reason.sentence}});
  const auto set = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.set(std::string(name), value);
  };
  set("rule", reason.rule);
  set("operand", reason.operand);
  set("operator", reason.op);
  set("expected", reason.expected);
  set("seen", reason.seen);
  set("pointer", reason.pointer);
  return out;
}

}  // namespace

std::string_view rule_kind_name(RuleKind kind) {
  return kRuleKinds[static_cast<std::size_t>(kind)];
}

std::string_view reason_name(ReasonKind kind) {
  return kReasonKinds[static_cast<std::size_t>(kind)];
}

std::string_view outcome_name(Outcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

json::Value to_json(const Decision& decision) {
  auto reasons = json::Value::array();
  for (const auto& reason : decision.reasons) reasons.push(reason_to_json(reason));
  auto out = json::Value::object(
      {{"outcome", outcome_name(decision.outcome)}, {"reasons", std::move(reasons)}});
  if (decision.flips_at) out.set("flipsAt", iso8601(*decision.flips_at));
  return out;
}

Result<json::Value> to_offer(const Policy& policy, const OfferId& id, const DatasetId& target) {
  TRY(check_same("target", policy.target(), target.value));
  auto head = json::Value::object({{"@type", "Offer"}, {"@id", id.value}});
  if (!target.empty()) head.set("target", target.value);
  return wire_terms(policy, std::move(head));
}

Result<json::Value> to_agreement(const Policy& policy, const AgreementId& id,
                                 const AgreementParties& parties) {
  TRY(check_same("target", policy.target(), parties.target.value));
  TRY(check_same("assigner", policy.assigner(), parties.assigner.value));
  TRY(check_same("assignee", policy.assignee(), parties.assignee.value));
  auto head = json::Value::object({{"@type", "Agreement"},
                                   {"@id", id.value},
                                   {"target", parties.target.value},
                                   {"assigner", parties.assigner.value},
                                   {"assignee", parties.assignee.value},
                                   {"timestamp", iso8601(parties.timestamp)}});
  return wire_terms(policy, std::move(head));
}

}  // namespace corridor::rights
