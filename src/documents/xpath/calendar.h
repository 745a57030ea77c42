// SPDX-License-Identifier: Apache-2.0
//
// xs:date, xs:time, xs:dateTime and the durations (XML Schema part 2, §3.2.6 to §3.2.9; F&O §10).
// Proleptic Gregorian calendar; a value without a zone is taken as UTC where one is needed.
// Fractions of a second are kept to the nanosecond.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace corridor::xpath {

inline constexpr std::int16_t kNoZone = INT16_MIN;
inline constexpr std::int64_t kDaySeconds = 86'400;

struct Civil {
  std::int64_t year = 1;
  int month = 1;
  int day = 1;
};

// A date is its midnight, a time is on 1970-01-01. Seconds are local, since 1970-01-01T00:00:00.
struct Moment {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  std::int16_t zone = kNoZone;  // minutes east of UTC

  [[nodiscard]] Civil civil() const;
  [[nodiscard]] std::int64_t second_of_day() const;
  [[nodiscard]] std::int64_t utc_seconds() const {
    return zone == kNoZone ? seconds : seconds - std::int64_t{zone} * 60;
  }
};

struct Span {
  std::int64_t months = 0;
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;  // same sign as seconds
};

std::int64_t days_from_civil(Civil date);  // since 1970-01-01
int days_of_month(std::int64_t year, int month);

// The lexical forms, without white space around; nothing when the text is no such value.
std::optional<Moment> parse_date(std::string_view text);
std::optional<Moment> parse_time(std::string_view text);
std::optional<Moment> parse_date_time(std::string_view text);
std::optional<Span> parse_duration_text(std::string_view text);

std::string date_text(const Moment& moment);
std::string time_text(const Moment& moment);
std::string date_time_text(const Moment& moment);
std::string duration_text(const Span& span, bool months_only);
std::string zone_text(std::int16_t zone);

// As instants, a missing zone being UTC.
std::strong_ordering compare(const Moment& a, const Moment& b);

Moment plus(const Moment& moment, const Span& span);
Span minus(const Moment& a, const Moment& b);
Moment in_zone(const Moment& moment, std::int16_t zone);
std::strong_ordering compare(const Span& a, const Span& b);  // months first: only for like spans
Span scaled(const Span& span, double factor);
Span plus(const Span& a, const Span& b);
Span negated(const Span& span);
double total_seconds(const Span& span);

}  // namespace corridor::xpath
