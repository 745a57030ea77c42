// SPDX-License-Identifier: Apache-2.0
//
// The canonical form of what was read; a readable policy again.
#pragma once

#include "rights/rights.h"

namespace corridor::rights {

// A right operand in the one form that equal values share: typed literals written out, IRIs in one
// spelling, an array of one opened, other arrays as sorted sets. `understood` is false when the
// shape is none that ODRL has; the value is then left as it is.
struct RightOperand {
  json::Value value;
  bool understood = true;
};
RightOperand canonical_operand(const json::Value& source);

// The members of `source` beyond the keywords of JSON-LD, in the policy's canonical form.
json::Value canonical_policy(const Policy& policy);

}  // namespace corridor::rights
