// SPDX-License-Identifier: Apache-2.0
//
// What a page says in its own words, and plain words for the codes that trade uses most.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "documents/terms/terms.h"

namespace corridor::documents {

enum class Say : std::uint8_t {
  invoice,
  credit_note,
  order,
  despatch_advice,
  document,
  message,
  findings,
  errors,
  warnings,
  notices,
  error,
  warning,
  notice,
  has_errors,
  has_warnings,
  colon,
  not_checked,
  no_findings,
  checked_with,
  rule,
  at_line,
  place,
  summary,
  key_facts,
  parties,
  references,
  delivery,
  lines,
  allowances,
  taxes,
  totals,
  payment,
  notes,
  attachments,
  process,
  other,
  technical,
  segments,
  number_column,
  item,
  quantity,
  price,
  vat,
  net_amount,
  per,
  category,
  rate,
  taxable,
  tax,
  kind,
  reason,
  basis,
  amount,
  amounts_in,
  missing,
  empty,
  yes,
  no,
  not_opened,
  bytes,
  more_lines,
  more_values,
  more_characters,
  cut,
  not_readable,
};
std::string_view say(Say what, Language language);

enum class CodeList : std::uint8_t {
  document_types,
  vat_categories,
  payment_means,
  units,
  countries,
  currencies,
  vat_points,
  segments,  // of EDIFACT
};
// Empty where we have no word: the code stands alone then.
std::string_view code_word(CodeList list, View code, Language language);

}  // namespace corridor::documents
