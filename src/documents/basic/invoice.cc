// SPDX-License-Identifier: Apache-2.0
#include "documents/basic/invoice.h"

#include <chrono>
#include <optional>

namespace corridor::documents {

namespace {

constexpr std::size_t kRepeatedMax = 1'000;

// The first to come has the field.
bool claim(Invoice& invoice, Text& field, std::string_view value, Where where) {
  if (field.where != kNowhere) {
    note_repetition(invoice, where);
    return false;
  }
  field = {.value = trimmed(value), .where = where};
  return true;
}

std::optional<unsigned> digits(std::string_view text) {
  unsigned out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  return out;
}

// Four, two and two digits.
std::optional<std::int32_t> day_number(std::string_view year, std::string_view month,
                                       std::string_view day) {
  const auto y = digits(year);
  const auto m = digits(month);
  const auto d = digits(day);
  if (!y || !m || !d || *y == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*y)),
                                         std::chrono::month(*m), std::chrono::day(*d)};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

// "", "Z", "+08:00", "-03:30" (XML Schema 2 §3.2.7.3).
bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const auto hours = digits(text.substr(1, 2));
  const auto minutes = digits(text.substr(4, 2));
  return hours && minutes && *minutes < 60 && (*hours < 14 || (*hours == 14 && *minutes == 0));
}

std::optional<std::int32_t> iso_day(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!is_zone(text.substr(10))) return std::nullopt;
  return day_number(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
}

std::optional<std::int32_t> coded_day(std::string_view text, std::string_view format) {
  const std::size_t size = format == "203" ? 12 : format == "204" ? 14 : format == "101" ? 6 : 8;
  if (size == 8 && format != "102" && !format.empty()) return std::nullopt;
  if (text.size() != size || !digits(text.substr(0, 8)) || !digits(text.substr(size - 4)))
    return std::nullopt;
  if (size == 6) {
    // YYMMDD: this century, the only one in which invoices travel as files.
    const std::string year = "20" + std::string(text.substr(0, 2));
    return day_number(year, text.substr(2, 2), text.substr(4, 2));
  }
  return day_number(text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
}

void place(Day& field, std::optional<std::int32_t> number) {
  field.wrong = !field.text.missing() && !number;
  field.number = number.value_or(0);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void note_repetition(Invoice& invoice, Where where) {
  if (invoice.repeated.size() < kRepeatedMax) invoice.repeated.push_back(where);
}

void set(Invoice& invoice, Text& field, std::string_view value, Where where) {
  claim(invoice, field, value, where);
}

void set(Invoice& invoice, Number& field, std::string_view value, Where where,
         std::string_view marks) {
  if (!claim(invoice, field.text, value, where) || field.text.missing()) return;
  const auto number = ExactNumber::parse(field.text.value, marks);
  field.wrong = !number;
  field.value = number.value_or(ExactNumber());
}

void set_iso_day(Invoice& invoice, Day& field, std::string_view value, Where where) {
  if (claim(invoice, field.text, value, where)) place(field, iso_day(field.text.value));
}

void set_coded_day(Invoice& invoice, Day& field, std::string_view value, std::string_view format,
                   Where where) {
  if (claim(invoice, field.text, value, where)) place(field, coded_day(field.text.value, format));
}

}  // namespace corridor::documents
