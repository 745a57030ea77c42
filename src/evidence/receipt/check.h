// SPDX-License-Identifier: Apache-2.0
//
// What each statement of a receipt shows by itself: its signature, and its place in a log.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/receipt/arrange.h"

namespace corridor::evidence {

struct Checked {
  std::string signature_fault;  // empty: signed by a key that the receipt lists for `by`
  std::string log_fault;        // empty: in the log, or not said to be in one
  std::optional<Leaf> leaf;
  std::optional<Checkpoint> checkpoint;
};

struct CheckedParts {
  std::vector<Checked> parts;  // as in the cast
  std::vector<bool> key_used;  // as in the receipt's keys
};

CheckedParts check_parts(const Receipt& receipt, const Cast& cast);

}  // namespace corridor::evidence
