// SPDX-License-Identifier: Apache-2.0
//
// What texts the built-in types of XML Schema part 2 allow, and how their values compare. All texts
// come without white space around. Pure functions; nothing here knows a schema.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "documents/xsd/tables.h"

namespace corridor::xsd {

inline constexpr bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
View trimmed(View text);
// As white space "collapse" and "replace" leave it; `scratch` holds it when it is not `text` itself.
View whitened(View text, White white, std::string& scratch);

// A QName needs to know what is declared, see values.h; here it only has to look like one.
bool is_lexical(Kind kind, View text);

bool is_decimal(View text);
bool is_integer(View text);
// Of a decimal or integer: digits that count, and those behind the point.
struct Digits {
  std::size_t total = 0;
  std::size_t fraction = 0;
};
Digits count_digits(View decimal);

// A point of the calendar. Without zone it is compared as if it were UTC.
struct Instant {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  bool zoned = false;
};
std::optional<Instant> read_instant(Kind kind, View text);

// The order of two valid texts; unordered when they cannot be compared.
std::partial_ordering compare_values(Kind kind, View a, View b);
// One text for each value, as far as enumerations and fixed values need it.
std::string canonical(Kind kind, View text);
// Characters, or octets of binary values.
std::size_t length_of(Kind kind, View text);

}  // namespace corridor::xsd
