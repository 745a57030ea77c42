// SPDX-License-Identifier: Apache-2.0
//
// What can be wrong with a value, in plain words of each language. {label} is the term's label with
// its id, {1} to {4} are values seen, {rule} is the rule's id.
#pragma once

#include <cstdint>

#include "documents/terms/term_table.h"

namespace corridor::documents {

enum class Problem : std::uint8_t {
  missing,
  sum,
  sum_plain,
  tax,
  line,
  code,
  code_plain,
  day,
  number,
  decimals,
  decimals_plain,
  currency,
  no_currency,
  twice,
  twice_plain,
  before,
  due,
  category,
  category_plain,
  untaxed,
  negative,
  negative_plain,
  scheme,
  same,
  unnamed,
  structure,
  form,
  incomplete,
  unreadable,
  unknown,
  envelope,
  more,
  other,
};
const Words& words_of(Problem problem);

}  // namespace corridor::documents
