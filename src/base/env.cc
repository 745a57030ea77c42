// SPDX-License-Identifier: Apache-2.0
#include "base/env.h"

#include <sys/random.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <ctime>

namespace corridor {

namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};

// A value is quoted only when it would not read as one word.
void append_field(std::string& line, std::string_view key, std::string_view value) {
  line.append(" ").append(key).append("=");
  const bool plain = !value.empty() && value.find_first_of(" \"\\\n\r\t=") == std::string_view::npos;
  if (plain) {
    line.append(value);
    return;
  }
  line.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') line.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20) {
      line.append(c == '\n' ? "\\n" : "?");
    } else {
      line.push_back(c);
    }
  }
  line.push_back('"');
}

bool digits(View text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  const auto* first = text.data() + at;
  for (std::size_t i = 0; i < count; ++i)
    if (first[i] < '0' || first[i] > '9') return false;
  return std::from_chars(first, first + count, out).ec == std::errc{};
}

struct Civil {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool is_real(const Civil& c) {
  if (c.hour > 23 || c.minute > 59 || c.second > 59) return false;
  return std::chrono::year_month_day(std::chrono::year(c.year),
                                     std::chrono::month(static_cast<unsigned>(c.month)),
                                     std::chrono::day(static_cast<unsigned>(c.day)))
      .ok();
}

// Reads a zone (Z, +hh:mm, -hh:mm, nothing) that fills `text` from `at` on.
bool read_zone(View text, std::size_t at, int& offset_minutes) {
  offset_minutes = 0;
  if (at == text.size()) return true;
  if (text.substr(at) == "Z") return true;
  int hour = 0;
  int minute = 0;
  if (text.size() != at + 6 || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':' ||
      !digits(text, at + 1, 2, hour) || !digits(text, at + 4, 2, minute) || hour > 14 || minute > 59)
    return false;
  offset_minutes = (hour * 60 + minute) * (text[at] == '-' ? -1 : 1);
  return true;
}

}  // namespace

std::string iso8601(Time time) {
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(time.ms)};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

Result<Time> parse_iso8601(View text) {
  const auto bad = [&] {
    return fail(Code::invalid, "\"" + std::string(text.substr(0, 40)) + "\" is not an ISO 8601 time",
                "write it like 2026-11-27T03:50:50Z");
  };
  Civil c;
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || !digits(text, 0, 4, c.year) || !digits(text, 5, 2, c.month) ||
      !digits(text, 8, 2, c.day) || !digits(text, 11, 2, c.hour) || !digits(text, 14, 2, c.minute) ||
      !digits(text, 17, 2, c.second) || !is_real(c))
    return bad();
  std::size_t at = 19;
  int fraction_ms = 0;
  if (at < text.size() && text[at] == '.') {
    int scale = 100;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      fraction_ms += (text[at] - '0') * scale;
    if (at == first) return bad();
  }
  int offset_minutes = 0;
  if (!read_zone(text, at, offset_minutes)) return bad();
  const std::chrono::sys_days day = std::chrono::year_month_day(
      std::chrono::year(c.year), std::chrono::month(static_cast<unsigned>(c.month)),
      std::chrono::day(static_cast<unsigned>(c.day)));
  const std::int64_t whole = day.time_since_epoch().count() * std::int64_t{86'400} + c.hour * 3600 +
                             c.minute * 60 + c.second - offset_minutes * 60;
  return Time{whole * 1000 + fraction_ms};
}

Result<Duration> parse_duration(View text) {
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const View unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  std::int64_t scale = 0;
  if (unit == "ms") scale = 1;
  if (unit == "s") scale = 1000;
  if (unit == "m") scale = 60'000;
  if (unit == "h") scale = 3'600'000;
  if (unit == "d") scale = 86'400'000;
  constexpr std::int64_t kMax = std::int64_t{100} * 366 * 86'400'000;
  if (error != std::errc{} || scale == 0 || number < 0 || number > kMax / scale)
    return fail(Code::invalid, "\"" + std::string(text.substr(0, 40)) + "\" is not a duration",
                "write a number and a unit, such as 250ms, 30s, 15m, 12h or 7d");
  return Duration{number * scale};
}

Time SystemEnv::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::int64_t SystemEnv::ticks_ns() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

Seed SystemEnv::seed() {
  Seed seed;
  const ssize_t got = ::getrandom(seed.bytes.data(), seed.bytes.size(), 0);
  CHECK(got == static_cast<ssize_t>(seed.bytes.size()), "the kernel gave no random bytes");
  return seed;
}

void SystemEnv::log(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < least_) return;
  std::string line = iso8601(now());
  line.append(" ").append(kLevels[static_cast<std::size_t>(level)]).append(" ").append(event);
  for (const auto& [key, value] : fields) append_field(line, key, value);
  line.push_back('\n');
  // One write: lines of several threads never mix. A closed standard error loses the line only.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace corridor
