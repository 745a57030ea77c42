// SPDX-License-Identifier: Apache-2.0
//
// A compiled schema. Which rules can match a node is decided by the name that their contexts end
// in, so that a node is only ever looked at by the few rules that are about its name.
#pragma once

#include <string>
#include <vector>

#include "documents/schematron/schematron.h"
#include "documents/xpath/program.h"

namespace corridor::schematron {

struct Part {  // of a message
  std::string words;
  xpath::ExpressionPtr value;  // when there is one, its string value stands here
  std::uint32_t frame = 0;
  bool is_name = false;  // the name of the node that `value` gives
  std::string variable;  // whose value it is: $x or f($x)
};

struct Assertion {
  AssertionFacts facts;
  xpath::ExpressionPtr test;
  std::uint32_t frame = 0;
  xpath::ExpressionPtr subject;
  xpath::ExpressionPtr flag;  // where it is a variable ($severity)
  std::vector<Part> message;
  // Names of which each must be in the document for the assertion to be able to fail.
  std::vector<std::uint32_t> needed;
};

struct Rule {
  std::string id;
  std::string context;
  xpath::Pattern pattern;
  std::vector<xpath::Global> lets;
  std::vector<Assertion> assertions;
};

// One alternative of one rule's context, filed under what it ends in.
struct Candidate {
  std::uint32_t rule = 0;
  std::uint32_t alternative = 0;
  std::uint32_t name = 0;  // of the vocabulary; 0: any
  bool elements = false;   // which kinds of node it can match
  bool attributes = false;
  bool others = false;                // document, text, comments, instructions
  bool asks_names = false;            // its last step has predicates that ask for the name only
  std::vector<std::uint32_t> needed;  // exact names without which it cannot match
  bool certain = false;               // the name alone decides
  // The same for candidates whose steps ask for the same names on the way up; 0: like no other.
  std::uint32_t chain = 0;
};

// Candidates by the name of the node. `named` holds, for each exact name, also those for any name.
struct DispatchTable {
  std::vector<std::uint32_t> any;
  std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> named;
};

struct CompiledPattern {
  std::string id;
  std::vector<Rule> rules;
  std::vector<Candidate> candidates;  // in the order of the rules
  DispatchTable elements;
  DispatchTable attributes;
  std::vector<std::uint32_t> others;
  bool has_wildcards = false;  // prefix:* or *:local: the tables do not hold
  bool visits_attributes = false;
  bool visits_others = false;
};

// What a flag or role says; fatal where it says nothing that we know.
Severity severity_of(View flag, View role);

class Program {
 public:
  xpath::Program expressions;
  std::vector<CompiledPattern> patterns;
  RuleSetFacts facts;
  bool optimise = true;
};

// Once all expressions are there: counts, and the tables by which nodes find their rules.
void finish(Program& program);

}  // namespace corridor::schematron
