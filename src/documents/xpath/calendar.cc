// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/calendar.h"

#include <cmath>

namespace corridor::xpath {

namespace {

constexpr std::int64_t kNanos = 1'000'000'000;
constexpr std::int64_t kYearMax = 200'000'000;  // keeps seconds well within 64 bits

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Reads forward over a lexical form; every step says whether it matched.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  bool literal(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<std::int64_t> digits(std::size_t least, std::size_t most) {
    const std::size_t start = at_;
    std::int64_t value = 0;
    while (!done() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - start < most)
      value = value * 10 + (text_[at_++] - '0');
    if (at_ - start < least) return std::nullopt;
    return value;
  }
  std::optional<int> two() {
    const auto value = digits(2, 2);
    if (!value) return std::nullopt;
    return static_cast<int>(*value);
  }
  // .123 as nanoseconds; digits beyond are dropped. Zero when there is no point.
  std::optional<std::int32_t> fraction() {
    if (!literal('.')) return 0;
    std::int64_t nanos = 0;
    std::size_t count = 0;
    for (; !done() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, ++count)
      if (count < 9) nanos = nanos * 10 + (text_[at_] - '0');
    if (count == 0) return std::nullopt;
    for (; count < 9; ++count) nanos *= 10;
    return static_cast<std::int32_t>(nanos);
  }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool read_zone(Scanner& in, Moment& out) {
  if (in.done()) return true;
  if (in.literal('Z')) {
    out.zone = 0;
    return in.done();
  }
  const bool west = in.peek() == '-';
  if (!in.literal('+') && !in.literal('-')) return false;
  const auto hours = in.two();
  if (!hours || !in.literal(':')) return false;
  const auto minutes = in.two();
  if (!minutes || *minutes > 59 || *hours > 14 || (*hours == 14 && *minutes != 0)) return false;
  const int zone = *hours * 60 + *minutes;
  out.zone = static_cast<std::int16_t>(west ? -zone : zone);
  return in.done();
}

bool read_date(Scanner& in, Civil& out) {
  const bool before = in.literal('-');
  const std::size_t start = in.at();
  const bool zero = in.peek() == '0';
  const auto year = in.digits(4, 9);
  if (!year || (zero && in.at() - start > 4) || *year > kYearMax) return false;
  if (!in.literal('-')) return false;
  const auto month = in.two();
  if (!month || *month < 1 || *month > 12 || !in.literal('-')) return false;
  const auto day = in.two();
  out.year = before ? -*year : *year;
  if (!day || *day < 1 || *day > days_of_month(out.year, *month)) return false;
  out.month = *month;
  out.day = *day;
  return true;
}

bool read_time(Scanner& in, Moment& out) {
  const auto hours = in.two();
  if (!hours || !in.literal(':')) return false;
  const auto minutes = in.two();
  if (!minutes || !in.literal(':')) return false;
  const auto seconds = in.two();
  const auto nanos = in.fraction();
  if (!seconds || !nanos || *hours > 24 || *minutes > 59 || *seconds > 59) return false;
  if (*hours == 24 && (*minutes != 0 || *seconds != 0 || *nanos != 0)) return false;
  out.seconds += *hours * 3600 + *minutes * 60 + *seconds;
  out.nanos = *nanos;
  return true;
}

std::string padded(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value < 0 ? -value : value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return value < 0 ? "-" + text : text;
}

std::string fraction_text(std::int32_t nanos) {
  if (nanos == 0) return {};
  std::string text = "." + padded(nanos, 9);
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string clock_text(const Moment& moment) {
  const std::int64_t s = moment.second_of_day();
  return padded(s / 3600, 2) + ":" + padded(s / 60 % 60, 2) + ":" + padded(s % 60, 2) +
         fraction_text(moment.nanos);
}

std::string day_text(const Moment& moment) {
  const Civil c = moment.civil();
  return padded(c.year, 4) + "-" + padded(c.month, 2) + "-" + padded(c.day, 2);
}

Span settled(std::int64_t months, std::int64_t seconds, std::int64_t nanos) {
  seconds += nanos / kNanos;
  nanos %= kNanos;
  if (seconds > 0 && nanos < 0) --seconds, nanos += kNanos;
  if (seconds < 0 && nanos > 0) ++seconds, nanos -= kNanos;
  return {months, seconds, static_cast<std::int32_t>(nanos)};
}

}  // namespace

// Howard Hinnant's day arithmetic, on years that start in March.
std::int64_t days_from_civil(Civil date) {
  const std::int64_t y = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

int days_of_month(std::int64_t year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

Civil Moment::civil() const {
  const std::int64_t z = floor_div(seconds, kDaySeconds) + 719'468;
  const std::int64_t era = floor_div(z, 146'097);
  const std::int64_t day_of_era = z - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  Civil out;
  out.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  out.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  out.year = year_of_era + era * 400 + (out.month <= 2 ? 1 : 0);
  return out;
}

std::int64_t Moment::second_of_day() const {
  return seconds - floor_div(seconds, kDaySeconds) * kDaySeconds;
}

std::optional<Moment> parse_date(std::string_view text) {
  Scanner in(text);
  Civil date;
  if (!read_date(in, date)) return std::nullopt;
  Moment out;
  out.seconds = days_from_civil(date) * kDaySeconds;
  if (!read_zone(in, out)) return std::nullopt;
  return out;
}

std::optional<Moment> parse_time(std::string_view text) {
  Scanner in(text);
  Moment out;
  if (!read_time(in, out) || !read_zone(in, out)) return std::nullopt;
  out.seconds %= kDaySeconds;
  return out;
}

std::optional<Moment> parse_date_time(std::string_view text) {
  Scanner in(text);
  Civil date;
  if (!read_date(in, date) || !in.literal('T')) return std::nullopt;
  Moment out;
  out.seconds = days_from_civil(date) * kDaySeconds;
  if (!read_time(in, out) || !read_zone(in, out)) return std::nullopt;
  return out;
}

std::optional<Span> parse_duration_text(std::string_view text) {
  Scanner in(text);
  const bool minus_sign = in.literal('-');
  if (!in.literal('P')) return std::nullopt;
  Span out;
  static constexpr std::string_view kBeforeT = "YMD";
  static constexpr std::string_view kAfterT = "HMS";
  std::size_t next = 0;
  bool time = false;
  bool any = false;
  while (!in.done()) {
    if (!time && in.literal('T')) {
      time = true;
      next = 0;
      any = false;
      continue;
    }
    const auto value = in.digits(1, 12);
    if (!value) return std::nullopt;
    std::optional<std::int32_t> nanos = 0;
    if (in.peek() == '.') nanos = in.fraction();
    const std::string_view units = time ? kAfterT : kBeforeT;
    const std::size_t unit = units.find(in.peek(), next);
    if (!nanos || unit == std::string_view::npos || (*nanos != 0 && !(time && unit == 2)))
      return std::nullopt;
    in.literal(in.peek());
    next = unit + 1;
    any = true;
    if (!time && unit < 2) {
      out.months += unit == 0 ? *value * 12 : *value;
    } else {
      static constexpr std::int64_t kTimeUnits[] = {3600, 60, 1};
      out.seconds += *value * (time ? kTimeUnits[unit] : kDaySeconds);
      out.nanos = *nanos;
    }
  }
  if (!any) return std::nullopt;
  return minus_sign ? negated(out) : out;
}

std::string zone_text(std::int16_t zone) {
  if (zone == kNoZone) return {};
  if (zone == 0) return "Z";
  const int minutes = zone < 0 ? -zone : zone;
  return (zone < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2);
}

std::string date_text(const Moment& moment) { return day_text(moment) + zone_text(moment.zone); }
std::string time_text(const Moment& moment) { return clock_text(moment) + zone_text(moment.zone); }
std::string date_time_text(const Moment& moment) {
  return day_text(moment) + "T" + clock_text(moment) + zone_text(moment.zone);
}

std::string duration_text(const Span& span, bool months_only) {
  const bool minus_sign = span.months < 0 || span.seconds < 0 || span.nanos < 0;
  const std::int64_t months = span.months < 0 ? -span.months : span.months;
  const std::int64_t seconds = span.seconds < 0 ? -span.seconds : span.seconds;
  const std::int32_t nanos = span.nanos < 0 ? -span.nanos : span.nanos;
  std::string text = minus_sign ? "-P" : "P";
  const auto add = [&](std::int64_t value, char unit) {
    if (value != 0) text += std::to_string(value) + unit;
  };
  add(months / 12, 'Y');
  add(months % 12, 'M');
  if (months_only) return months == 0 ? "P0M" : text;
  add(seconds / kDaySeconds, 'D');
  const std::int64_t rest = seconds % kDaySeconds;
  if (rest != 0 || nanos != 0) {
    text += 'T';
    add(rest / 3600, 'H');
    add(rest / 60 % 60, 'M');
    if (rest % 60 != 0 || nanos != 0)
      text += std::to_string(rest % 60) + fraction_text(nanos) + 'S';
  }
  return text.size() == (minus_sign ? 2 : 1) ? "PT0S" : text;
}

std::strong_ordering compare(const Moment& a, const Moment& b) {
  if (const auto order = a.utc_seconds() <=> b.utc_seconds(); order != 0) return order;
  return a.nanos <=> b.nanos;
}

Moment plus(const Moment& moment, const Span& span) {
  Moment out = moment;
  if (span.months != 0) {
    Civil c = moment.civil();
    const std::int64_t month = c.year * 12 + (c.month - 1) + span.months;
    c.year = floor_div(month, 12);
    c.month = static_cast<int>(month - c.year * 12) + 1;
    c.day = std::min(c.day, days_of_month(c.year, c.month));
    out.seconds = days_from_civil(c) * kDaySeconds + moment.second_of_day();
  }
  const std::int64_t nanos = std::int64_t{out.nanos} + span.nanos;
  out.seconds += span.seconds + floor_div(nanos, kNanos);
  out.nanos = static_cast<std::int32_t>(nanos - floor_div(nanos, kNanos) * kNanos);
  return out;
}

Span minus(const Moment& a, const Moment& b) {
  return settled(0, a.utc_seconds() - b.utc_seconds(), std::int64_t{a.nanos} - b.nanos);
}

Moment in_zone(const Moment& moment, std::int16_t zone) {
  Moment out = moment;
  if (moment.zone != kNoZone) {
    out.seconds = moment.utc_seconds() + (zone == kNoZone ? 0 : std::int64_t{zone} * 60);
    if (zone == kNoZone) out.seconds = moment.seconds;
  }
  out.zone = zone;
  return out;
}

std::strong_ordering compare(const Span& a, const Span& b) {
  if (const auto order = a.months <=> b.months; order != 0) return order;
  if (const auto order = a.seconds <=> b.seconds; order != 0) return order;
  return a.nanos <=> b.nanos;
}

Span scaled(const Span& span, double factor) {
  const double months = std::floor(static_cast<double>(span.months) * factor + 0.5);
  const double nanos = (static_cast<double>(span.seconds) * 1e9 + span.nanos) * factor;
  if (!(std::abs(months) < 1e15) || !(std::abs(nanos) < 1e27)) return {};
  const auto whole = static_cast<std::int64_t>(nanos / 1e9);
  return settled(static_cast<std::int64_t>(months), whole,
                 static_cast<std::int64_t>(std::round(nanos - static_cast<double>(whole) * 1e9)));
}

Span plus(const Span& a, const Span& b) {
  return settled(a.months + b.months, a.seconds + b.seconds, std::int64_t{a.nanos} + b.nanos);
}

Span negated(const Span& span) { return {-span.months, -span.seconds, -span.nanos}; }

double total_seconds(const Span& span) {
  return static_cast<double>(span.seconds) + static_cast<double>(span.nanos) / 1e9;
}

}  // namespace corridor::xpath
