// SPDX-License-Identifier: Apache-2.0
//
// Every node is read the same way: its members under canonical names, each that is understood
// taken, the rest kept in `extra` and named. So a member that ODRL gains tomorrow, or a peer's own,
// can never pass unseen. What is structurally no policy is an error instead.
#include "crypto/crypto.h"
#include "rights/canonical.h"
#include "rights/members.h"
#include "rights/vocabulary.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace corridor::rights {

namespace {

constexpr std::size_t kRulesMax = 1024;
constexpr std::size_t kConstraintsMax = 8192;
constexpr std::size_t kLevelsMax = 32;
constexpr std::size_t kMembersMax = 64;        // of one node: looking one up is a walk
constexpr std::size_t kNotUnderstoodMax = 32;  // one is enough to refuse; the rest is for people

constexpr std::array<std::string_view, 4> kLogics{"and", "andSequence", "or", "xone"};
constexpr std::array<std::string_view, 6> kOrderOperators{"eq", "gt", "gteq", "lt", "lteq", "neq"};

std::unexpected<Error> bad(std::string_view pointer, std::string_view why, std::string todo = {}) {
  return fail(Code::invalid,
              std::string(pointer.empty() ? "the policy" : pointer) + " " + std::string(why),
              std::move(todo));
}

// A peer's text as it may stand in a sentence.
std::string shown(std::string_view text) {
  constexpr std::size_t kBytesMax = 120;
  if (text.size() <= kBytesMax) return std::string(text);
  std::size_t cut = kBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "...";
}

// The instant that a dateTime operand spells, when it can be compared exactly: with a time zone
// (without one XSD makes the order partial), no finer than a millisecond, years 1 to 9999.
std::optional<Time> exact_instant(const json::Value& right) {
  constexpr Time kFirst{-62'135'596'800'000};
  constexpr Time kLast{253'402'300'799'999};
  if (right.is_object() && right.text_or("@type") != std::string(kXsd) + "dateTime")
    return std::nullopt;
  const std::string_view text = right.is_text() ? right.text() : right.text_or("@value");
  if (text.size() < 20) return std::nullopt;
  const bool zoned =
      text.back() == 'Z' || text[text.size() - 6] == '+' || text[text.size() - 6] == '-';
  if (!zoned) return std::nullopt;
  if (text[19] == '.') {
    const std::size_t end = text.find_first_not_of("0123456789", 20);
    const std::string_view fraction = text.substr(20, end - 20);
    if (fraction.size() > 3 && fraction.find_first_not_of('0', 3) != std::string_view::npos)
      return std::nullopt;
  }
  const auto time = parse_iso8601(text);
  if (!time || *time < kFirst || *time > kLast) return std::nullopt;
  return *time;
}

}  // namespace

class PolicyReader {
 public:
  Result<Policy> read(const json::Value& source);

 private:
  Result<Members> members_of(const json::Value& node, std::string_view pointer);
  void read_kind(Members& members);
  void read_context(Members& members);
  Result<> read_profiles(Members& members);
  Result<> read_rules(Members& members, RuleKind kind, std::vector<Rule>& out);
  Result<Rule> read_rule(const json::Value& source, RuleKind kind, std::string pointer);
  void read_action(Members& members, Rule& rule);
  Result<> read_constraints(const Members::Entry& entry, std::size_t level,
                            std::vector<Constraint>& out);
  Result<Constraint> read_constraint(const json::Value& source, std::size_t level,
                                     std::string pointer);
  Result<> read_logical(Members& members, std::size_t level, Constraint& constraint);
  Result<> read_atomic(Members& members, Constraint& constraint);
  void judge_atomic(Constraint& constraint);
  void take_type(Members& members, std::initializer_list<std::string_view> allowed);
  std::string take_name(Members& members, std::string_view name);
  json::Value leftover(const Members& members);
  void note(ReasonKind kind, std::string_view pointer, std::string_view name, std::string sentence);

  Policy policy_;
  std::string rule_pointer_;  // of the rule that is being read
  std::size_t rules_ = 0;
  std::size_t constraints_ = 0;
};

void PolicyReader::note(ReasonKind kind, std::string_view pointer, std::string_view name,
                        std::string sentence) {
  auto& out = policy_.not_understood_;
  if (out.size() > kNotUnderstoodMax) return;
  if (out.size() == kNotUnderstoodMax) {
    out.push_back({.kind = ReasonKind::more, .sentence = "more of it is not understood"});
    return;
  }
  out.push_back({.kind = kind,
                 .sentence = std::move(sentence),
                 .rule = rule_pointer_,
                 .operand = std::string(name),
                 .pointer = std::string(pointer)});
}

Result<Members> PolicyReader::members_of(const json::Value& node, std::string_view pointer) {
  if (node.members().size() > kMembersMax)
    return fail(Code::too_large, std::string(pointer.empty() ? "the policy" : pointer) +
                                     " has more than " + std::to_string(kMembersMax) + " members");
  return Members::of(node, pointer);
}

json::Value PolicyReader::leftover(const Members& members) {
  json::Value extra;
  for (const auto& entry : members.all()) {
    if (entry.taken) continue;
    extra.set(entry.name, *entry.value);
    note(ReasonKind::unknown_member, entry.pointer, entry.name,
         "\"" + shown(entry.name) + "\" at " + shown(entry.pointer) +
             " is not something this node understands");
  }
  return extra;
}

std::string PolicyReader::take_name(Members& members, std::string_view name) {
  const Members::Entry* const entry = members.take_iri(name);
  return entry == nullptr ? std::string{} : *iri_text(*entry->value);
}

// Takes a type that says nothing new; any other one stays.
void PolicyReader::take_type(Members& members, std::initializer_list<std::string_view> allowed) {
  const Members::Entry* const entry = members.find("@type");
  if (entry == nullptr || !entry->value->is_text()) return;
  const std::string type = canonical_term(entry->value->text());
  if (std::ranges::find(allowed, type) != allowed.end()) members.take("@type");
}

void PolicyReader::read_kind(Members& members) {
  const Members::Entry* const entry = members.find("@type");
  if (entry == nullptr) return;  // ODRL IM 2.2 §2.1: a Set
  const std::string type =
      entry->value->is_text() ? canonical_term(entry->value->text()) : std::string{};
  constexpr std::array<std::string_view, 4> kKinds{"Set", "Offer", "Agreement", "Policy"};
  const auto* const found = std::ranges::find(kKinds, type);
  if (found == kKinds.end()) {
    note(ReasonKind::unknown_type, entry->pointer, type,
         "the policy is of the type " + shown(type.empty() ? json::write(*entry->value) : type) +
             ", which this node does not understand");
    return;
  }
  members.take("@type");
  if (*found == "Offer") policy_.kind_ = PolicyKind::offer;
  if (*found == "Agreement") policy_.kind_ = PolicyKind::agreement;
}

// URIs of contexts are passed over, since a term that is not known is never dropped; a context
// inside the policy could give another meaning to words that we believe to know.
void PolicyReader::read_context(Members& members) {
  const Members::Entry* const entry = members.find("@context");
  if (entry == nullptr) return;
  const auto is_uri = [](const json::Value& value) { return value.is_text(); };
  const bool plain = is_uri(*entry->value) || (entry->value->is_array() &&
                                               std::ranges::all_of(entry->value->items(), is_uri));
  if (plain) members.take("@context");
}

Result<> PolicyReader::read_profiles(Members& members) {
  const Members::Entry* const entry = members.find("profile");
  if (entry == nullptr) return {};
  std::vector<std::string> profiles;
  bool plain = true;
  TRY(each(*entry, [&](const json::Value& value, const std::string&) -> Result<> {
    const std::string* const profile = iri_text(value);
    plain = plain && profile != nullptr;
    if (plain) profiles.push_back(canonical_term(*profile));
    return {};
  }));
  if (!plain) return {};  // left over
  members.take("profile");
  for (const auto& profile : profiles)
    note(ReasonKind::profile, entry->pointer, profile,
         "the policy follows the profile " + shown(profile) +
             ", whose rules this node does not know");
  policy_.profiles_ = std::move(profiles);
  return {};
}

Result<> PolicyReader::read_rules(Members& members, RuleKind kind, std::vector<Rule>& out) {
  const Members::Entry* const entry = members.take(rule_kind_name(kind));
  if (entry == nullptr) return {};
  return each(*entry, [&](const json::Value& source, std::string pointer) -> Result<> {
    if (++rules_ > kRulesMax)
      return fail(Code::too_large,
                  "the policy has more than " + std::to_string(kRulesMax) + " rules");
    TRY_ASSIGN(Rule rule, read_rule(source, kind, std::move(pointer)));
    out.push_back(std::move(rule));
    return {};
  });
}

void PolicyReader::read_action(Members& members, Rule& rule) {
  const Members::Entry* const entry = members.take_iri("action");
  if (entry == nullptr) return;  // a refined action: left over
  rule.action = canonical_term(*iri_text(*entry->value));
  if (word_class(rule.action) != Word::action)
    note(ReasonKind::unknown_action, entry->pointer, rule.action,
         "the action " + shown(rule.action) + " is none that this node understands");
}

Result<Rule> PolicyReader::read_rule(const json::Value& source, RuleKind kind,
                                     std::string pointer) {
  TRY_ASSIGN(Members members, members_of(source, pointer));
  Rule rule{.kind = kind, .pointer = std::move(pointer)};
  const std::string outer_pointer = std::exchange(rule_pointer_, rule.pointer);
  if (members.find("action") == nullptr)
    return bad(rule.pointer, "has no action", "every rule names its action, such as \"use\"");
  read_action(members, rule);
  members.take_iri("@id");
  constexpr std::array<std::string_view, 4> kTypes{"Permission", "Prohibition", "Duty", "Duty"};
  take_type(members, {kTypes[static_cast<std::size_t>(kind)], "Rule"});
  rule.target = take_name(members, "target");
  rule.assigner = take_name(members, "assigner");
  rule.assignee = take_name(members, "assignee");
  if (const Members::Entry* const constraint = members.take("constraint"))
    TRY(read_constraints(*constraint, 1, rule.constraints));
  if (kind == RuleKind::permission) TRY(read_rules(members, RuleKind::duty, rule.duties));
  if (kind == RuleKind::obligation || kind == RuleKind::duty)
    note(kind == RuleKind::duty ? ReasonKind::duty : ReasonKind::obligation, rule.pointer,
         rule.action,
         "the " + std::string(rule_kind_name(kind)) + " to " + shown(rule.action) +
             " cannot be followed up by this node");
  rule.extra = leftover(members);
  rule_pointer_ = outer_pointer;
  return rule;
}

Result<> PolicyReader::read_constraints(const Members::Entry& entry, std::size_t level,
                                        std::vector<Constraint>& out) {
  return each(entry, [&](const json::Value& source, std::string pointer) -> Result<> {
    TRY_ASSIGN(Constraint constraint, read_constraint(source, level, std::move(pointer)));
    out.push_back(std::move(constraint));
    return {};
  });
}

Result<Constraint> PolicyReader::read_constraint(const json::Value& source, std::size_t level,
                                                 std::string pointer) {
  if (level > kLevelsMax)
    return fail(Code::too_large,
                "constraints are nested deeper than " + std::to_string(kLevelsMax));
  if (++constraints_ > kConstraintsMax)
    return fail(Code::too_large,
                "the policy has more than " + std::to_string(kConstraintsMax) + " constraints");
  TRY_ASSIGN(Members members, members_of(source, pointer));
  Constraint constraint{.pointer = std::move(pointer)};
  members.take_iri("@id");
  take_type(members, {"Constraint", "LogicalConstraint"});
  const auto present = [&](std::string_view name) { return members.find(name) != nullptr; };
  const auto logics = std::ranges::count_if(kLogics, present);
  const bool atomic = present("leftOperand") || present("operator") || present("rightOperand");
  if (logics + (atomic ? 1 : 0) != 1)
    return bad(constraint.pointer,
               "is neither one comparison nor one of and, or, xone, andSequence",
               "write leftOperand, operator and rightOperand, or one logical operand");
  if (atomic) {
    TRY(read_atomic(members, constraint));
  } else {
    TRY(read_logical(members, level, constraint));
  }
  constraint.extra = leftover(members);
  return constraint;
}

Result<> PolicyReader::read_logical(Members& members, std::size_t level, Constraint& constraint) {
  const auto* const logic = std::ranges::find_if(
      kLogics, [&](std::string_view name) { return members.find(name) != nullptr; });
  constraint.logic = *logic;
  TRY(read_constraints(*members.take(*logic), level + 1, constraint.parts));
  // An order of events in time, of which this node keeps no record.
  if (constraint.logic == "andSequence")
    note(ReasonKind::unknown_logic, constraint.pointer, constraint.logic,
         "andSequence at " + shown(constraint.pointer) + " is not understood by this node");
  if (constraint.parts.empty())
    note(ReasonKind::unknown_logic, constraint.pointer, constraint.logic,
         constraint.logic + " at " + shown(constraint.pointer) + " has no parts");
  return {};
}

Result<> PolicyReader::read_atomic(Members& members, Constraint& constraint) {
  const bool referenced = members.find("rightOperandReference") != nullptr;
  if (members.find("leftOperand") == nullptr || members.find("operator") == nullptr ||
      (members.find("rightOperand") == nullptr && !referenced))
    return bad(constraint.pointer, "is not a whole comparison",
               "write leftOperand, operator and rightOperand");
  constraint.left = canonical_term(take_name(members, "leftOperand"));
  constraint.op = canonical_term(take_name(members, "operator"));
  if (const Members::Entry* const right = members.find("rightOperand")) {
    RightOperand operand = canonical_operand(*right->value);
    constraint.right = std::move(operand.value);
    if (operand.understood) {
      members.take("rightOperand");
    } else {
      constraint.right = {};  // left over, as it was written
    }
  }
  judge_atomic(constraint);
  return {};
}

// What of this comparison cannot be decided; nothing, when `instant` is set.
void PolicyReader::judge_atomic(Constraint& constraint) {
  const auto& [pointer, left, op] = std::tie(constraint.pointer, constraint.left, constraint.op);
  const std::size_t before = policy_.not_understood_.size();
  if (word_class(op) != Word::operation)
    note(ReasonKind::unknown_operator, pointer, left,
         "the operator " + shown(op) + " at " + shown(pointer) + " is not one of ODRL");
  if (left != "dateTime") {
    note(ReasonKind::unknown_operand, pointer, left,
         "this node has no value for the operand " + shown(left) + " at " + shown(pointer));
  } else if (std::ranges::find(kOrderOperators, op) == kOrderOperators.end()) {
    note(ReasonKind::unknown_operator, pointer, left,
         "dateTime cannot be compared by " + shown(op) + " at " + shown(pointer));
  } else {
    constraint.instant = exact_instant(constraint.right);
    if (!constraint.instant)
      note(ReasonKind::unknown_value, pointer, left,
           "the time at " + shown(pointer) + " is not an exact one with a time zone");
  }
  for (std::size_t i = before; i < policy_.not_understood_.size(); ++i) {
    auto& reason = policy_.not_understood_[i];
    if (reason.kind == ReasonKind::more) continue;
    reason.op = op;
    reason.expected = constraint.right.is_text() ? shown(constraint.right.text())
                                                 : shown(json::write(constraint.right));
  }
}

Result<Policy> PolicyReader::read(const json::Value& source) {
  TRY_ASSIGN(Members members, members_of(source, ""));
  read_context(members);
  read_kind(members);
  policy_.id_ = take_name(members, "@id");
  policy_.target_ = take_name(members, "target");
  policy_.assigner_ = take_name(members, "assigner");
  policy_.assignee_ = take_name(members, "assignee");
  if (const Members::Entry* const time = members.find("timestamp"); time && time->value->is_text())
    policy_.timestamp_ = members.take("timestamp")->value->text();
  TRY(read_profiles(members));
  for (const auto kind : {RuleKind::permission, RuleKind::prohibition, RuleKind::obligation})
    TRY(read_rules(members, kind, policy_.rules_));
  if (policy_.rules_.empty())
    return bad("", "has no rule", "terms have at least one permission or prohibition");
  policy_.extra_ = leftover(members);
  policy_.canonical_ = json::canonical(canonical_policy(policy_));
  policy_.digest_ = crypto::sha256(policy_.canonical_);
  return std::move(policy_);
}

Result<Policy> read_policy(const json::Value& source) { return PolicyReader().read(source); }

const Policy& default_terms() {
  static const Policy terms = [] {
    auto rule = json::Value::object({{"action", "use"}});
    auto source = json::Value::object({{"permission", json::Value::array({std::move(rule)})}});
    auto policy = read_policy(source);
    CHECK(policy.has_value());
    return std::move(*policy);
  }();
  return terms;
}

bool same_terms(const Policy& a, const Policy& b) { return a.digest() == b.digest(); }

}  // namespace corridor::rights
