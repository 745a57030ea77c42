// SPDX-License-Identifier: Apache-2.0
//
// Rules, constraints of a rule, and the parts of and, or and xone have no order in ODRL, so they
// are sorted by their own canonical text. Nothing is simplified: two policies that only logic could
// show to be equal have different digests, which costs a question and never a wrong yes.
#include "rights/canonical.h"

#include "rights/vocabulary.h"

#include <algorithm>

namespace corridor::rights {

namespace {

json::Value typed(std::string lexical, std::string_view type) {
  return json::Value::object({{"@value", std::move(lexical)}, {"@type", type}});
}

std::string xsd(std::string_view local) { return std::string(kXsd).append(local); }

// Of null, an array or an object: no value.
std::optional<json::Value> canonical_scalar(const json::Value& source) {
  switch (source.kind()) {
    case json::Kind::text: return source;
    case json::Kind::boolean: return typed(source.boolean() ? "true" : "false", xsd("boolean"));
    case json::Kind::integer: return typed(json::write(source), xsd("integer"));
    case json::Kind::number: return typed(json::canonical(source), xsd("double"));
    default: return std::nullopt;
  }
}

// {"@id"} or {"@value"[, "@type"]} (JSON-LD 1.1 §9.5); anything else is not understood.
std::optional<json::Value> canonical_node(const json::Value& source) {
  const std::size_t count = source.members().size();
  const json::Value* const id = source.find("@id");
  if (id != nullptr && id->is_text() && count == 1)
    return json::Value::object({{"@id", canonical_term(id->text())}});
  const json::Value* const value = source.find("@value");
  const json::Value* const type = source.find("@type");
  if (value == nullptr || count != (type == nullptr ? 1U : 2U)) return std::nullopt;
  if (type == nullptr) return canonical_scalar(*value);
  if (!type->is_text()) return std::nullopt;
  const std::string name = canonical_term(type->text());
  if (value->is_text()) return name == xsd("string") ? *value : typed(value->text(), name);
  auto lexical = canonical_scalar(*value);
  if (!lexical) return std::nullopt;
  return typed(std::string(lexical->text_or("@value")), name);
}

std::optional<json::Value> canonical_item(const json::Value& source) {
  return source.is_object() ? canonical_node(source) : canonical_scalar(source);
}

void sort_by_text(std::vector<json::Value>& items) {
  if (items.size() < 2) return;
  std::vector<std::pair<std::string, json::Value>> keyed;
  keyed.reserve(items.size());
  for (auto& item : items) {
    std::string text = json::canonical(item);
    keyed.emplace_back(std::move(text), std::move(item));
  }
  std::ranges::sort(keyed, {}, &std::pair<std::string, json::Value>::first);
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = std::move(keyed[i].second);
}

void append_extra(json::Value& out, const json::Value& extra) {
  for (const auto& [name, value] : extra.members()) out.set(canonical_term(name), value);
}

json::Value canonical_constraint(const Constraint& constraint);

json::Value canonical_constraints(const std::vector<Constraint>& constraints, bool ordered) {
  std::vector<json::Value> items;
  items.reserve(constraints.size());
  for (const auto& constraint : constraints) items.push_back(canonical_constraint(constraint));
  if (!ordered) sort_by_text(items);
  return json::Value::array(std::move(items));
}

json::Value canonical_constraint(const Constraint& constraint) {
  auto out = json::Value::object();
  if (!constraint.logic.empty()) {
    out.set(constraint.logic,
            canonical_constraints(constraint.parts, constraint.logic == "andSequence"));
  } else {
    if (!constraint.left.empty()) out.set("leftOperand", constraint.left);
    if (!constraint.op.empty()) out.set("operator", constraint.op);
    // The same instant in two time zones is the same condition.
    if (constraint.instant) {
      out.set("rightOperand", typed(iso8601(*constraint.instant), xsd("dateTime")));
    } else if (constraint.right.kind() != json::Kind::null) {
      out.set("rightOperand", constraint.right);
    }
  }
  append_extra(out, constraint.extra);
  return out;
}

json::Value canonical_rule(const Rule& rule, const Policy& policy);

json::Value canonical_rules(const std::vector<Rule>& rules, RuleKind kind, const Policy& policy) {
  std::vector<json::Value> items;
  for (const auto& rule : rules)
    if (rule.kind == kind) items.push_back(canonical_rule(rule, policy));
  sort_by_text(items);
  return json::Value::array(std::move(items));
}

json::Value canonical_rule(const Rule& rule, const Policy& policy) {
  auto out = json::Value::object();
  if (!rule.action.empty()) out.set("action", rule.action);
  const auto set_own = [&](std::string_view name, const std::string& own,
                           const std::string& outer) {
    if (!own.empty() && own != outer) out.set(std::string(name), own);
  };
  set_own("target", rule.target, policy.target());
  set_own("assigner", rule.assigner, policy.assigner());
  set_own("assignee", rule.assignee, policy.assignee());
  if (!rule.constraints.empty())
    out.set("constraint", canonical_constraints(rule.constraints, false));
  if (!rule.duties.empty()) out.set("duty", canonical_rules(rule.duties, RuleKind::duty, policy));
  append_extra(out, rule.extra);
  return out;
}

}  // namespace

RightOperand canonical_operand(const json::Value& source) {
  if (!source.is_array()) {
    auto item = canonical_item(source);
    return item ? RightOperand{.value = std::move(*item)}
                : RightOperand{.value = source, .understood = false};
  }
  std::vector<json::Value> items;
  items.reserve(source.items().size());
  for (const auto& entry : source.items()) {
    auto item = canonical_item(entry);
    if (!item) return {.value = source, .understood = false};
    items.push_back(std::move(*item));
  }
  if (items.empty()) return {.value = source, .understood = false};
  // An array is a set (JSON-LD 1.1 §4.3).
  sort_by_text(items);
  const auto twice = std::ranges::unique(items);
  items.erase(twice.begin(), twice.end());
  if (items.size() == 1) return {.value = std::move(items.front())};
  return {.value = json::Value::array(std::move(items))};
}

json::Value canonical_policy(const Policy& policy) {
  auto out = json::Value::object();
  for (const auto kind : {RuleKind::permission, RuleKind::prohibition, RuleKind::obligation}) {
    auto rules = canonical_rules(policy.rules(), kind, policy);
    if (!rules.items().empty()) out.set(std::string(rule_kind_name(kind)), std::move(rules));
  }
  if (!policy.profiles().empty()) {
    std::vector<json::Value> profiles(policy.profiles().begin(), policy.profiles().end());
    sort_by_text(profiles);
    const auto twice = std::ranges::unique(profiles);
    profiles.erase(twice.begin(), twice.end());
    out.set("profile", json::Value::array(std::move(profiles)));
  }
  append_extra(out, policy.extra());
  return out;
}

}  // namespace corridor::rights
