// SPDX-License-Identifier: Apache-2.0
//
// Values as readers of a language write them, and text that cannot play tricks. What is no number
// or day comes back as it stands: nothing is repaired, nothing rounded. Western digits everywhere.
//
//   format_number("-1234.50", Language::fr)   "−1 234,50" (narrow no-break space)
//   format_date("2026-03-05", Language::ru)   "5 марта 2026 г."
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "documents/terms/terms.h"

namespace corridor::documents {

// A decimal number, with a point, or where `comma` says so with a comma (EDIFACT).
std::optional<std::string> format_number(View text, Language language, bool comma = false);

// "2026-03-05" (with or without a zone), and the digits of EDIFACT and CII by their format code:
// 102 CCYYMMDD, 101 YYMMDD, 203 and 204 with a time, 610 CCYYMM, 602 CCYY. An empty code: 102 or
// the form with hyphens.
std::optional<std::string> format_date(View text, View code, Language language);

// Code points that are not seen or that change the order of others: controls, format characters.
bool is_invisible(char32_t c);
// The next code point; what is no UTF-8 is U+FFFD, one byte each.
char32_t next_code_point(View text, std::size_t& at);
void append_utf8(std::string& out, char32_t c);
// "[U+202E]"
std::string spelled(char32_t c);
// With spelled() in place of what is invisible; line ends and tabs become spaces; at most
// `bytes_max` bytes, then an ellipsis.
std::string visible(View text, std::size_t bytes_max);

}  // namespace corridor::documents
