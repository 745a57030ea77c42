// SPDX-License-Identifier: Apache-2.0
//
// Terms: ODRL policies as they travel in the Dataspace Protocol, read into an immutable tree,
// decided with reasons, compared by meaning, and written back in the subset that every DSP peer
// accepts.
//
// What is understood: permission and prohibition, the actions of the ODRL vocabulary with their
// hierarchy, `dateTime` with the six order operators, `and`, `or`, `xone`. Everything else -
// another operand, operator or action, a refinement, a duty, an obligation, a profile, a member we
// do not know - is kept, named, and makes the decision `undecidable`: nothing unknown is ever true,
// nothing is ever dropped. A prohibition that may apply denies. An Offer grants nothing by itself:
// what is decided of it is what it would say once agreed.
//
//   TRY_ASSIGN(const Policy policy, read_policy(message));
//   const Decision decision = decide(policy, {.action = "use", .assignee = peer, .now = now});
//   if (decision.outcome != Outcome::permit) return refusal(to_json(decision));
//   TRY_ASSIGN(json::Value offer, to_offer(policy, id, target));
//
// Pure and stateless; a Policy is a value and may be read from any thread. No JSON-LD: spellings
// (`use`, `odrl:use`, the full IRI) are normalised by a closed table, contexts are never loaded.
// Sources: ODRL Information Model 2.2, ODRL Vocabulary 2.2, DSP 2025-1 contract-schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/env.h"
#include "json/json.h"
#include "model/model.h"

namespace corridor::rights {

enum class PolicyKind : std::uint8_t { set, offer, agreement };
enum class RuleKind : std::uint8_t { permission, prohibition, obligation, duty };
std::string_view rule_kind_name(RuleKind kind);

// What one reason is about; the name is stable and goes to peers, logs and consoles.
enum class ReasonKind : std::uint8_t {
  permission_applies,
  prohibition_applies,
  prohibition_may_apply,  // something in it, or in the request, is not known
  constraint_holds,
  constraint_fails,
  action_differs,  // no rule covers what is asked
  target_differs,
  assignee_differs,
  assigner_differs,
  request_incomplete,  // the policy names a party or target that the request does not
  unknown_action,
  unknown_operand,
  unknown_operator,
  unknown_value,  // a right operand that cannot be compared exactly
  unknown_logic,  // andSequence, or a logical constraint without parts
  unknown_member,
  unknown_type,
  profile,
  duty,
  obligation,
  more,  // further reasons were left out
};
std::string_view reason_name(ReasonKind kind);

struct Reason {
  ReasonKind kind{};
  std::string sentence{};
  std::string rule{};      // JSON pointer of the rule; empty when it concerns the policy
  std::string operand{};   // canonical left operand, or the name of what is not understood
  std::string op{};        // canonical operator
  std::string expected{};  // what the policy says
  std::string seen{};      // what the request says
  std::string pointer{};   // JSON pointer into the policy as it was read

  bool operator==(const Reason&) const = default;
};

// Names are canonical: bare for terms of ODRL, else the IRI as it was written. `extra` holds the
// members that are not understood, as they were written; null when there are none.
struct Constraint {
  std::string pointer{};
  std::string logic{};              // and, or, xone, andSequence; empty: atomic
  std::vector<Constraint> parts{};  // of a logical constraint
  std::string left{};
  std::string op{};
  json::Value right{};            // text, {"@id"}, {"@value","@type"}, or an array of them
  std::optional<Time> instant{};  // set when this is a dateTime comparison that can be decided
  json::Value extra{};
};

struct Rule {
  RuleKind kind{};
  std::string pointer{};
  std::string action{};
  std::string target{};  // of the rule itself; empty: that of the policy
  std::string assigner{};
  std::string assignee{};
  std::vector<Constraint> constraints{};  // all must hold
  std::vector<Rule> duties{};             // of a permission
  json::Value extra{};
};

class Policy {
 public:
  [[nodiscard]] PolicyKind kind() const { return kind_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& target() const { return target_; }
  [[nodiscard]] const std::string& assigner() const { return assigner_; }
  [[nodiscard]] const std::string& assignee() const { return assignee_; }
  [[nodiscard]] const std::string& timestamp() const { return timestamp_; }  // as written
  [[nodiscard]] const std::vector<std::string>& profiles() const { return profiles_; }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }  // in order of kind
  [[nodiscard]] const json::Value& extra() const { return extra_; }
  // Everything that is not understood, each with its sentence; empty: it can be decided.
  [[nodiscard]] const std::vector<Reason>& not_understood() const { return not_understood_; }

  // The terms in one spelling and one order, again a readable policy: without id, target, parties
  // and timestamp, and without what makes an offer an agreement. `digest` is its SHA-256 and names
  // these terms in agreements, logs and caches.
  [[nodiscard]] const std::string& canonical() const { return canonical_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  friend class PolicyReader;
  Policy() = default;

  PolicyKind kind_ = PolicyKind::set;
  std::string id_, target_, assigner_, assignee_, timestamp_;
  std::vector<std::string> profiles_;
  std::vector<Rule> rules_;
  json::Value extra_;
  std::vector<Reason> not_understood_;
  std::string canonical_;
  Digest digest_;
};

// `invalid` when it is no policy (no rule, a rule without an action, an incomplete constraint, one
// term twice in two spellings); `too_large` above 1,024 rules, 8,192 constraints or 32 levels.
Result<Policy> read_policy(const json::Value& source);

// {"permission": [{"action": "use"}]}: what holds where nobody said anything else.
const Policy& default_terms();

// Equal in meaning as far as spelling and order go: same digest.
bool same_terms(const Policy& a, const Policy& b);

// Canonical left operands, sorted, each once: what a request would have to tell.
std::vector<std::string> referenced_operands(const Policy& policy);

enum class Outcome : std::uint8_t { permit, deny, not_applicable, undecidable };
std::string_view outcome_name(Outcome outcome);

// A field that is empty (or `now` zero) is not known. `purpose` is reported beside what the policy
// asks for.
struct Request {
  std::string action = "use";  // any spelling
  std::string target{};
  Did assignee{};
  Did assigner{};
  Time now{};
  std::string purpose{};
};

struct Decision {
  Outcome outcome = Outcome::undecidable;
  std::vector<Reason> reasons{};  // at least one, at most 33
  // The earliest instant after `now` at which the answer can be another one because of the time;
  // empty: time alone changes nothing.
  std::optional<Time> flips_at{};
};

// Permit: some permission covers the action and all its constraints hold, and no prohibition may
// apply. Deny: a prohibition may apply, or the permissions that are meant have a constraint that
// fails. NotApplicable: no rule is about this request. All but permit refuse.
Decision decide(const Policy& policy, const Request& request);

// {"outcome","reasons":[{"kind","sentence","rule","operand","operator","expected","seen",
// "pointer"}],"flipsAt"}; empty members are left out.
json::Value to_json(const Decision& decision);

// Writers for DSP 2025-1: `use` bare, every other term of ODRL as its full IRI, sets always arrays
// and never empty, no rule with a target, no bare number. `invalid` names what the protocol's
// subset cannot carry (a refinement, an unknown member or operator, a rule for another target or
// party), or the target or party that the policy has and the caller does not mean. An offer carries
// no parties; whom it is for is what `decide` says. An empty `target` is left out, as the offers of
// a catalogue require.
Result<json::Value> to_offer(const Policy& policy, const OfferId& id, const DatasetId& target);

struct AgreementParties {
  DatasetId target{};
  Did assigner{};
  Did assignee{};
  Time timestamp{};
};
Result<json::Value> to_agreement(const Policy& policy, const AgreementId& id,
                                 const AgreementParties& parties);

}  // namespace corridor::rights
