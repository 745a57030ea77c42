// SPDX-License-Identifier: Apache-2.0
//
// The complete grammar of XPath 2.0 (W3C Recommendation, appendix A.1). What this engine does not
// have (the namespace axis, schema types, unknown functions) is refused here by name, with line and
// column within the expression: never later, never silently.
#pragma once

#include "documents/xpath/expression.h"

namespace corridor::xpath {

struct Parsed {
  ExpressionPtr expression;
  std::uint32_t frame = 0;  // local slots used, those given to the call included
};

// A local variable that is in scope already (parameters and variables of an xsl:function).
struct LocalName {
  std::string name;
  std::uint32_t slot = 0;
};

struct ParseInput {
  View text;
  std::vector<LocalName> locals = {};
  std::uint32_t frame = 0;  // the first free slot
};

// `literals` is where literal values live: as long as the expression.
Result<Parsed> parse(const ParseInput& input, Environment& environment, Vocabulary& vocabulary,
                     Arena& literals);
Result<SequenceType> parse_sequence_type(View text, Environment& environment,
                                         Vocabulary& vocabulary);

}  // namespace corridor::xpath
