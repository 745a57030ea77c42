// SPDX-License-Identifier: Apache-2.0
// Functions on dates, times and durations (F&O §10). The current time is the one the check was
// given.
#include <array>

#include "documents/xpath/functions.h"

namespace corridor::xpath {

namespace {

using Args = std::span<const Seq>;

std::optional<Item> argument(Runtime& runtime, Seq items, Type type) {
  auto item = single(runtime, items, "a date or duration");
  if (item && item->type == Type::untyped) item = cast(runtime, *item, {type});
  if (!item || runtime.failed()) return std::nullopt;
  if (item->type == type || (type == Type::duration && is_span(item->type))) return item;
  runtime.raise("XPTY0004", "a value of " + std::string(type_name(item->type)) + " stands where " +
                                std::string(type_name(type)) + " is needed");
  return std::nullopt;
}

Seq integer(Runtime& runtime, std::int64_t value) {
  return one(*runtime.arena, integer_item(value));
}

Seq seconds(Runtime& runtime, std::int64_t whole, std::int32_t nanos) {
  const Decimal value(Int128{whole} * 1'000'000'000 + nanos, 9);
  return one(*runtime.arena, exact_item(*runtime.arena, value, Type::decimal));
}

template <Type kType, std::int64_t (*Part)(const Moment&)>
Seq moment_part(Runtime& runtime, Args args) {
  const auto item = argument(runtime, args[0], kType);
  return item ? integer(runtime, Part(*item->moment)) : Seq{};
}

std::int64_t year(const Moment& m) { return m.civil().year; }
std::int64_t month(const Moment& m) { return m.civil().month; }
std::int64_t day(const Moment& m) { return m.civil().day; }
std::int64_t hour(const Moment& m) { return m.second_of_day() / 3600; }
std::int64_t minute(const Moment& m) { return m.second_of_day() / 60 % 60; }

template <Type kType>
Seq moment_seconds(Runtime& runtime, Args args) {
  const auto item = argument(runtime, args[0], kType);
  return item ? seconds(runtime, item->moment->second_of_day() % 60, item->moment->nanos) : Seq{};
}

template <Type kType>
Seq moment_zone(Runtime& runtime, Args args) {
  const auto item = argument(runtime, args[0], kType);
  if (!item || item->moment->zone == kNoZone) return {};
  const Span span{0, std::int64_t{item->moment->zone} * 60, 0};
  return one(*runtime.arena, span_item(*runtime.arena, span, Type::day_time_duration));
}

template <std::int64_t (*Part)(const Span&)>
Seq span_part(Runtime& runtime, Args args) {
  const auto item = argument(runtime, args[0], Type::duration);
  return item ? integer(runtime, Part(*item->span)) : Seq{};
}

std::int64_t span_years(const Span& s) { return s.months / 12; }
std::int64_t span_months(const Span& s) { return s.months % 12; }
std::int64_t span_days(const Span& s) { return s.seconds / kDaySeconds; }
std::int64_t span_hours(const Span& s) { return s.seconds % kDaySeconds / 3600; }
std::int64_t span_minutes(const Span& s) { return s.seconds % 3600 / 60; }

Seq span_seconds(Runtime& runtime, Args args) {
  const auto item = argument(runtime, args[0], Type::duration);
  return item ? seconds(runtime, item->span->seconds % 60, item->span->nanos) : Seq{};
}

// fn:dateTime($arg1 as xs:date?, $arg2 as xs:time?) as xs:dateTime?
Seq fn_date_time(Runtime& runtime, Args args) {
  const auto date = argument(runtime, args[0], Type::date);
  const auto time = argument(runtime, args[1], Type::time);
  if (!date || !time) return {};
  Moment out = *date->moment;
  out.seconds += time->moment->second_of_day();
  out.nanos = time->moment->nanos;
  if (out.zone != kNoZone && time->moment->zone != kNoZone && out.zone != time->moment->zone) {
    runtime.raise("FORG0008", "the date and the time have different zones");
    return {};
  }
  if (out.zone == kNoZone) out.zone = time->moment->zone;
  return one(*runtime.arena, moment_item(*runtime.arena, out, Type::date_time));
}

// fn:adjust-*-to-timezone($arg, $timezone as xs:dayTimeDuration?)
template <Type kType>
Seq adjust(Runtime& runtime, Args args) {
  const auto item = argument(runtime, args[0], kType);
  std::int16_t zone = 0;  // the implicit zone is UTC
  if (args.size() > 1) {
    const auto wanted = argument(runtime, args[1], Type::day_time_duration);
    if (wanted && (wanted->span->seconds % 60 != 0 || wanted->span->seconds > 14 * 3600 ||
                   wanted->span->seconds < -14 * 3600 || wanted->span->nanos != 0)) {
      runtime.raise("FODT0003", "this is no time zone");
    }
    zone = wanted ? static_cast<std::int16_t>(wanted->span->seconds / 60) : kNoZone;
  }
  if (!item || runtime.failed()) return {};
  Moment out = in_zone(*item->moment, zone);
  if (kType == Type::date) out.seconds -= out.second_of_day();
  if (kType == Type::time) out.seconds = out.second_of_day();
  return one(*runtime.arena, moment_item(*runtime.arena, out, kType));
}

template <Type kType>
Seq now(Runtime& runtime, Args) {
  Moment out;
  out.zone = 0;
  out.seconds = runtime.now.ms / 1000;
  out.nanos = static_cast<std::int32_t>(runtime.now.ms % 1000 * 1'000'000);
  if (kType == Type::date) out.seconds -= out.second_of_day(), out.nanos = 0;
  if (kType == Type::time) out.seconds = out.second_of_day();
  return one(*runtime.arena, moment_item(*runtime.arena, out, kType));
}

Seq fn_implicit_timezone(Runtime& runtime, Args) {
  return one(*runtime.arena, span_item(*runtime.arena, Span{}, Type::day_time_duration));
}

constexpr Type kDate = Type::date;
constexpr Type kTime = Type::time;
constexpr Type kDateTime = Type::date_time;
constexpr std::array kTable{
    FunctionFacts{"dateTime", 2, 2, fn_date_time, false},
    FunctionFacts{"year-from-date", 1, 1, moment_part<kDate, year>, false},
    FunctionFacts{"month-from-date", 1, 1, moment_part<kDate, month>, false},
    FunctionFacts{"day-from-date", 1, 1, moment_part<kDate, day>, false},
    FunctionFacts{"timezone-from-date", 1, 1, moment_zone<kDate>, false},
    FunctionFacts{"hours-from-time", 1, 1, moment_part<kTime, hour>, false},
    FunctionFacts{"minutes-from-time", 1, 1, moment_part<kTime, minute>, false},
    FunctionFacts{"seconds-from-time", 1, 1, moment_seconds<kTime>, false},
    FunctionFacts{"timezone-from-time", 1, 1, moment_zone<kTime>, false},
    FunctionFacts{"year-from-dateTime", 1, 1, moment_part<kDateTime, year>, false},
    FunctionFacts{"month-from-dateTime", 1, 1, moment_part<kDateTime, month>, false},
    FunctionFacts{"day-from-dateTime", 1, 1, moment_part<kDateTime, day>, false},
    FunctionFacts{"hours-from-dateTime", 1, 1, moment_part<kDateTime, hour>, false},
    FunctionFacts{"minutes-from-dateTime", 1, 1, moment_part<kDateTime, minute>, false},
    FunctionFacts{"seconds-from-dateTime", 1, 1, moment_seconds<kDateTime>, false},
    FunctionFacts{"timezone-from-dateTime", 1, 1, moment_zone<kDateTime>, false},
    FunctionFacts{"years-from-duration", 1, 1, span_part<span_years>, false},
    FunctionFacts{"months-from-duration", 1, 1, span_part<span_months>, false},
    FunctionFacts{"days-from-duration", 1, 1, span_part<span_days>, false},
    FunctionFacts{"hours-from-duration", 1, 1, span_part<span_hours>, false},
    FunctionFacts{"minutes-from-duration", 1, 1, span_part<span_minutes>, false},
    FunctionFacts{"seconds-from-duration", 1, 1, span_seconds, false},
    FunctionFacts{"adjust-date-to-timezone", 1, 2, adjust<kDate>, false},
    FunctionFacts{"adjust-time-to-timezone", 1, 2, adjust<kTime>, false},
    FunctionFacts{"adjust-dateTime-to-timezone", 1, 2, adjust<kDateTime>, false},
    FunctionFacts{"current-date", 0, 0, now<kDate>, false, Special::now},
    FunctionFacts{"current-time", 0, 0, now<kTime>, false, Special::now},
    FunctionFacts{"current-dateTime", 0, 0, now<kDateTime>, false, Special::now},
    FunctionFacts{"implicit-timezone", 0, 0, fn_implicit_timezone, false},
};

}  // namespace

std::span<const FunctionFacts> time_functions() { return kTable; }

}  // namespace corridor::xpath
