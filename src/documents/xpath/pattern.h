// SPDX-License-Identifier: Apache-2.0
//
// XSLT match patterns (XSLT 2.0 §5.5): which nodes a rule or a key is about. A pattern is read as
// an expression and turned around: its last step is tested on the node, the steps before on what is
// above. What does not have that form (a filtered parenthesis, a variable, key()) is evaluated and
// the node is looked for in the result, as XSLT 3.0 defines it.
#pragma once

#include <vector>

#include "documents/xpath/expression.h"

namespace corridor::xpath {

struct PatternStep {
  NodeTest test;
  bool attribute = false;  // the attribute axis
  bool anywhere = false;   // "//" before it: any ancestor may match what comes before
  std::vector<ExpressionPtr> predicates;
  bool positional = false;  // some predicate needs the position among the siblings
  // Predicates, from the first on, that depend on the name of the node only; where that is kept.
  std::size_t named_predicates = 0;
  std::uint32_t memo = 0;
};

struct Alternative {
  bool document = false;           // the pattern "/"
  bool rooted = false;             // begins at the document node
  bool anywhere = false;           // some step does not say how far above it stands
  std::vector<PatternStep> steps;  // outermost first; empty for a general expression
  ExpressionPtr general;
  std::uint32_t general_number = 0;  // where its value is kept, if it depends on no focus
};

struct Pattern {
  std::vector<Alternative> alternatives;
  std::uint32_t frame = 0;
};

// Takes the expression apart. `general_patterns` counts the ones that have to be evaluated.
Pattern make_pattern(ExpressionPtr expression, std::uint32_t frame,
                     std::uint32_t& general_patterns);

}  // namespace corridor::xpath
