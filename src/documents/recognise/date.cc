// SPDX-License-Identifier: Apache-2.0
#include "documents/recognise/date.h"

#include <algorithm>
#include <chrono>

namespace corridor::documents {

namespace {

bool is_number(View text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string checked_day(View year, View month, View day) {
  if (!is_number(year) || !is_number(month) || !is_number(day)) return {};
  const auto number = [](View digits) {
    unsigned value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(year))),
                                         std::chrono::month(number(month)),
                                         std::chrono::day(number(day))};
  if (!date.ok()) return {};
  return std::string(year) + "-" + std::string(month) + "-" + std::string(day);
}

// Two digits of a year: what is more than this lies in the century before.
constexpr View kLastShortYear = "69";

}  // namespace

std::string day_of(View text) {
  if (text.size() >= 10 && text[4] == '-' && text[7] == '-')
    return checked_day(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
  const bool compact = text.size() == 8 || text.size() == 12 || text.size() == 14;
  if (!compact || !is_number(text)) return {};
  return checked_day(text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
}

std::string day_of(View value, View format) {
  const bool whole = format == "102" || format == "203" || format == "204" || format == "303" ||
                     format == "304" || format.empty();
  if (whole && value.size() >= 8)
    return checked_day(value.substr(0, 4), value.substr(4, 2), value.substr(6, 2));
  const bool without_century = format == "101" || format == "201" || format == "202";
  if (!without_century || value.size() < 6) return {};
  const View year = value.substr(0, 2);
  return checked_day((year > kLastShortYear ? "19" : "20") + std::string(year), value.substr(2, 2),
                     value.substr(4, 2));
}

}  // namespace corridor::documents
