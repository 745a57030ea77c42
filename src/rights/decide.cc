// SPDX-License-Identifier: Apache-2.0
//
// A plain interpreter: it is the specification of what terms mean here. Truth has three values, and
// `unknown` may only ever move an answer away from permit. Reasons are collected on the way, since
// they are what people and peers read; nothing is evaluated twice to explain it.
#include "rights/rights.h"
#include "rights/vocabulary.h"

#include <algorithm>
#include <array>

namespace corridor::rights {

namespace {

constexpr std::size_t kReasonsMax = 32;
constexpr Time kNoTime{};  // a request that does not say when

// In this order `and` is the least and `or` the greatest (Kleene).
enum class Truth : std::uint8_t { no, unknown, yes };

Truth truth_of(bool value) { return value ? Truth::yes : Truth::no; }

bool compares(Time now, std::string_view op, Time instant) {
  if (op == "eq") return now == instant;
  if (op == "neq") return now != instant;
  if (op == "lt") return now < instant;
  if (op == "lteq") return now <= instant;
  if (op == "gt") return now > instant;
  CHECK(op == "gteq", op);  // read.cc sets `instant` for these six alone
  return now >= instant;
}

Truth holds(const Constraint& constraint, Time now);

// ODRL IM 2.2 §2.5.2: exactly one of the parts holds.
Truth exactly_one(const std::vector<Constraint>& parts, Time now) {
  std::size_t yes = 0;
  std::size_t unknown = 0;
  for (const auto& part : parts) {
    const Truth truth = holds(part, now);
    yes += truth == Truth::yes ? 1 : 0;
    unknown += truth == Truth::unknown ? 1 : 0;
  }
  if (yes > 1) return Truth::no;
  return unknown > 0 ? Truth::unknown : truth_of(yes == 1);
}

Truth all_of(const std::vector<Constraint>& parts, Time now) {
  Truth truth = Truth::yes;
  for (const auto& part : parts) truth = std::min(truth, holds(part, now));
  return truth;
}

Truth any_of(const std::vector<Constraint>& parts, Time now) {
  Truth truth = Truth::no;
  for (const auto& part : parts) truth = std::max(truth, holds(part, now));
  return truth;
}

Truth holds(const Constraint& constraint, Time now) {
  if (!constraint.extra.is_null()) return Truth::unknown;
  if (constraint.logic.empty()) {
    const bool known = constraint.instant && now != kNoTime;
    return known ? truth_of(compares(now, constraint.op, *constraint.instant)) : Truth::unknown;
  }
  if (constraint.parts.empty()) return Truth::unknown;
  if (constraint.logic == "and") return all_of(constraint.parts, now);
  if (constraint.logic == "or") return any_of(constraint.parts, now);
  if (constraint.logic == "xone") return exactly_one(constraint.parts, now);
  return Truth::unknown;  // andSequence
}

// Whether the name that the policy gives (if any) is that of the request.
Truth is_named(std::string_view own, std::string_view outer, std::string_view requested) {
  const std::string_view wanted = own.empty() ? outer : own;
  if (wanted.empty()) return Truth::yes;
  return requested.empty() ? Truth::unknown : truth_of(wanted == requested);
}

struct Aspect {
  ReasonKind differs;
  std::string_view word;
  std::string_view own;
  std::string_view outer;
  std::string_view requested;

  [[nodiscard]] Truth truth() const { return is_named(own, outer, requested); }
};

class Judge {
 public:
  Judge(const Policy& policy, const Request& request)
      : policy_(policy), request_(request), action_(canonical_term(request.action)) {}

  Decision judge() {
    decision_.flips_at = next_flip();
    if (any_prohibition()) {
      decision_.outcome = Outcome::deny;
    } else if (!policy_.not_understood().empty()) {
      decision_.outcome = Outcome::undecidable;
      for (const auto& reason : policy_.not_understood()) add(with_seen(reason));
    } else {
      decision_.outcome = judge_permissions();
    }
    return std::move(decision_);
  }

 private:
  void add(Reason reason) {
    if (decision_.reasons.size() < kReasonsMax) {
      decision_.reasons.push_back(std::move(reason));
    } else if (decision_.reasons.size() == kReasonsMax) {
      decision_.reasons.push_back({.kind = ReasonKind::more, .sentence = "there are more reasons"});
    }
  }

  [[nodiscard]] bool full() const { return decision_.reasons.size() > kReasonsMax; }

  Reason with_seen(Reason reason) const {
    if (reason.operand == "purpose") reason.seen = request_.purpose;
    if (reason.operand == "dateTime" && request_.now != kNoTime)
      reason.seen = iso8601(request_.now);
    return reason;
  }

  [[nodiscard]] std::array<Aspect, 3> aspects(const Rule& rule) const {
    return {{{ReasonKind::target_differs, "target", rule.target, policy_.target(), request_.target},
             {ReasonKind::assignee_differs, "assignee", rule.assignee, policy_.assignee(),
              request_.assignee.value},
             {ReasonKind::assigner_differs, "assigner", rule.assigner, policy_.assigner(),
              request_.assigner.value}}};
  }

  [[nodiscard]] Truth concerns(const Rule& rule) const {
    Truth truth = Truth::yes;
    for (const auto& aspect : aspects(rule)) truth = std::min(truth, aspect.truth());
    return truth;
  }

  [[nodiscard]] Truth covers(const Rule& rule) const {
    if (word_class(rule.action) != Word::action || word_class(action_) != Word::action)
      return Truth::unknown;
    if (includes(rule.action, action_)) return Truth::yes;
    // Who may use may print: a prohibition of a part cannot be kept once the whole is handed over.
    return truth_of(rule.kind == RuleKind::prohibition && includes(action_, rule.action));
  }

  bool any_prohibition() {
    bool any = false;
    for (const auto& rule : policy_.rules()) {
      if (rule.kind != RuleKind::prohibition) continue;
      const Truth meant = std::min(covers(rule), concerns(rule));
      const Truth inner = rule.extra.is_null()
                              ? all_of(rule.constraints, request_.now)
                              : std::min(Truth::unknown, all_of(rule.constraints, request_.now));
      const Truth applies = std::min(meant, inner);
      if (applies == Truth::no) continue;
      any = true;
      const bool sure = applies == Truth::yes;
      add(rule_reason(rule,
                      sure ? ReasonKind::prohibition_applies : ReasonKind::prohibition_may_apply,
                      sure ? "applies" : "may apply, and what it depends on is not known here"));
      explain(rule.constraints, rule, Truth::yes);
    }
    return any;
  }

  Outcome judge_permissions() {
    bool undecided = false;
    bool unmet = false;
    std::vector<const Rule*> passed_over;
    for (const auto& rule : policy_.rules()) {
      if (rule.kind != RuleKind::permission) continue;
      const Truth meant = std::min(covers(rule), concerns(rule));
      if (meant == Truth::no) {
        passed_over.push_back(&rule);
        continue;
      }
      if (meant == Truth::unknown) {
        undecided = true;
        explain_unknown(rule);
        continue;
      }
      const Truth met = all_of(rule.constraints, request_.now);
      if (met == Truth::yes) return permit(rule);
      if (met == Truth::unknown) {
        undecided = true;
        add_incomplete(rule, "dateTime", {});
        continue;
      }
      unmet = true;
      explain(rule.constraints, rule, Truth::no);
    }
    if (undecided) return Outcome::undecidable;
    if (unmet) return Outcome::deny;
    for (const Rule* rule : passed_over) explain_difference(*rule);
    if (passed_over.empty())
      add({.kind = ReasonKind::action_differs,
           .sentence = "the policy has no permission",
           .seen = action_});
    return Outcome::not_applicable;
  }

  Outcome permit(const Rule& rule) {
    decision_.reasons.clear();
    add(rule_reason(rule, ReasonKind::permission_applies, "applies"));
    explain(rule.constraints, rule, Truth::yes);
    return Outcome::permit;
  }

  Reason rule_reason(const Rule& rule, ReasonKind kind, std::string_view what) const {
    const std::string action =
        rule.action.empty() ? "an action that is not understood" : rule.action;
    std::string sentence =
        rule.kind == RuleKind::permission ? "the permission to " : "the prohibition to ";
    sentence.append(action).append(" at ").append(rule.pointer).append(" ").append(what);
    return {.kind = kind,
            .sentence = std::move(sentence),
            .rule = rule.pointer,
            .expected = rule.action,
            .seen = action_,
            .pointer = rule.pointer};
  }

  void add_incomplete(const Rule& rule, std::string_view what, std::string_view wanted) {
    add({.kind = ReasonKind::request_incomplete,
         .sentence = "the permission at " + rule.pointer + " depends on the " + std::string(what) +
                     ", which the request does not say",
         .rule = rule.pointer,
         .operand = std::string(what),
         .expected = std::string(wanted),
         .pointer = rule.pointer});
  }

  void explain_unknown(const Rule& rule) {
    if (covers(rule) == Truth::unknown)
      add({.kind = ReasonKind::unknown_action,
           .sentence =
               "what is asked for, " + action_ + ", is no action that this node understands",
           .rule = rule.pointer,
           .operand = action_,
           .expected = rule.action,
           .seen = action_,
           .pointer = rule.pointer});
    for (const auto& aspect : aspects(rule)) {
      if (aspect.truth() != Truth::unknown) continue;
      add_incomplete(rule, aspect.word, aspect.own.empty() ? aspect.outer : aspect.own);
    }
  }

  void explain_difference(const Rule& rule) {
    if (covers(rule) == Truth::no)
      add({.kind = ReasonKind::action_differs,
           .sentence = "the permission at " + rule.pointer + " is to " + rule.action + ", not to " +
                       action_,
           .rule = rule.pointer,
           .operand = "action",
           .expected = rule.action,
           .seen = action_,
           .pointer = rule.pointer});
    for (const auto& aspect : aspects(rule)) {
      if (aspect.truth() != Truth::no) continue;
      const std::string_view wanted = aspect.own.empty() ? aspect.outer : aspect.own;
      add({.kind = aspect.differs,
           .sentence =
               "the permission at " + rule.pointer + " is for another " + std::string(aspect.word),
           .rule = rule.pointer,
           .operand = std::string(aspect.word),
           .expected = std::string(wanted),
           .seen = std::string(aspect.requested),
           .pointer = rule.pointer});
    }
  }

  // One reason for each constraint that is `wanted`, and for the comparisons inside a logical one
  // that made it so (all of them for xone, where each of them counts).
  void explain(const std::vector<Constraint>& constraints, const Rule& rule, Truth wanted) {
    for (const auto& constraint : constraints) {
      if (full()) return;
      const Truth truth = holds(constraint, request_.now);
      if (truth != wanted) continue;
      add(constraint_reason(constraint, rule, truth));
      explain_parts(constraint, rule, truth);
    }
  }

  void explain_parts(const Constraint& constraint, const Rule& rule, Truth wanted) {
    explain(constraint.parts, rule, wanted);
    if (constraint.logic == "xone")
      explain(constraint.parts, rule, wanted == Truth::yes ? Truth::no : Truth::yes);
  }

  Reason constraint_reason(const Constraint& constraint, const Rule& rule, Truth truth) const {
    const bool yes = truth == Truth::yes;
    Reason reason{.kind = yes ? ReasonKind::constraint_holds : ReasonKind::constraint_fails,
                  .rule = rule.pointer,
                  .pointer = constraint.pointer};
    if (!constraint.logic.empty()) {
      reason.operand = constraint.logic;
      reason.sentence = "the " + constraint.logic + " at " + constraint.pointer +
                        (yes ? " holds" : " does not hold");
      return reason;
    }
    reason.operand = constraint.left;
    reason.op = constraint.op;
    reason.expected = constraint.instant ? iso8601(*constraint.instant) : std::string{};
    reason.seen = iso8601(request_.now);
    reason.sentence = constraint.left + " " + constraint.op + " " + reason.expected +
                      (yes ? " holds" : " does not hold") + ": it is " + reason.seen;
    return reason;
  }

  [[nodiscard]] std::optional<Time> next_flip() const {
    std::optional<Time> next;
    if (request_.now == kNoTime) return next;
    for (const auto& rule : policy_.rules())
      if (std::min(covers(rule), concerns(rule)) != Truth::no)
        for (const auto& constraint : rule.constraints) consider(constraint, next);
    return next;
  }

  // Time moves in whole milliseconds: `lteq t` and `gt t` change at t + 1, the equalities twice.
  void consider(const Constraint& constraint, std::optional<Time>& next) const {
    for (const auto& part : constraint.parts) consider(part, next);
    if (!constraint.instant) return;
    const std::string_view op = constraint.op;
    const auto at = [&](Time time) {
      if (time > request_.now && (!next || time < *next)) next = time;
    };
    if (op != "lteq" && op != "gt") at(*constraint.instant);
    if (op != "lt" && op != "gteq") at(*constraint.instant + milliseconds(1));
  }

  const Policy& policy_;
  const Request& request_;
  std::string action_;
  Decision decision_;
};

void collect_operands(const std::vector<Constraint>& constraints, std::vector<std::string>& out) {
  for (const auto& constraint : constraints) {
    if (!constraint.left.empty()) out.push_back(constraint.left);
    collect_operands(constraint.parts, out);
  }
}

void collect_operands(const std::vector<Rule>& rules, std::vector<std::string>& out) {
  for (const auto& rule : rules) {
    collect_operands(rule.constraints, out);
    collect_operands(rule.duties, out);
  }
}

}  // namespace

Decision decide(const Policy& policy, const Request& request) {
  return Judge(policy, request).judge();
}

std::vector<std::string> referenced_operands(const Policy& policy) {
  std::vector<std::string> out;
  collect_operands(policy.rules(), out);
  std::ranges::sort(out);
  const auto twice = std::ranges::unique(out);
  out.erase(twice.begin(), twice.end());
  return out;
}

}  // namespace corridor::rights
