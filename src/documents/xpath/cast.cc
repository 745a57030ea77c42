// SPDX-License-Identifier: Apache-2.0
// Casting and the lexical forms of numbers.
#include <array>
#include <charconv>
#include <cmath>

#include "documents/xml/encoding.h"
#include "documents/xpath/atomic.h"

namespace corridor::xpath {

namespace {

enum class Restriction : std::uint8_t {
  none,
  range,
  normalized,
  token,
  language,
  nmtoken,
  name,
  ncname
};

struct Named {
  View local;
  Type type;
  Restriction restriction = Restriction::none;
  View least = {};  // of a range; empty is unbounded
  View most = {};
};

constexpr std::array kTypes{
    Named{"string", Type::string},
    Named{"untypedAtomic", Type::untyped},
    Named{"anyURI", Type::any_uri},
    Named{"boolean", Type::boolean},
    Named{"integer", Type::integer},
    Named{"decimal", Type::decimal},
    Named{"float", Type::float_},
    Named{"double", Type::double_},
    Named{"date", Type::date},
    Named{"time", Type::time},
    Named{"dateTime", Type::date_time},
    Named{"duration", Type::duration},
    Named{"dayTimeDuration", Type::day_time_duration},
    Named{"yearMonthDuration", Type::year_month_duration},
    Named{"nonNegativeInteger", Type::integer, Restriction::range, "0", ""},
    Named{"positiveInteger", Type::integer, Restriction::range, "1", ""},
    Named{"nonPositiveInteger", Type::integer, Restriction::range, "", "0"},
    Named{"negativeInteger", Type::integer, Restriction::range, "", "-1"},
    Named{"long", Type::integer, Restriction::range, "-9223372036854775808", "9223372036854775807"},
    Named{"int", Type::integer, Restriction::range, "-2147483648", "2147483647"},
    Named{"short", Type::integer, Restriction::range, "-32768", "32767"},
    Named{"byte", Type::integer, Restriction::range, "-128", "127"},
    Named{"unsignedLong", Type::integer, Restriction::range, "0", "18446744073709551615"},
    Named{"unsignedInt", Type::integer, Restriction::range, "0", "4294967295"},
    Named{"unsignedShort", Type::integer, Restriction::range, "0", "65535"},
    Named{"unsignedByte", Type::integer, Restriction::range, "0", "255"},
    Named{"normalizedString", Type::string, Restriction::normalized},
    Named{"token", Type::string, Restriction::token},
    Named{"language", Type::string, Restriction::language},
    Named{"NMTOKEN", Type::string, Restriction::nmtoken},
    Named{"Name", Type::string, Restriction::name},
    Named{"NCName", Type::string, Restriction::ncname},
    Named{"ID", Type::string, Restriction::ncname},
    Named{"IDREF", Type::string, Restriction::ncname},
    Named{"ENTITY", Type::string, Restriction::ncname},
};

std::optional<Item> refuse(Fault& why, std::string_view code, std::string text) {
  why = {std::string(code), std::move(text)};
  return std::nullopt;
}

std::string shown(View text) {
  return "\"" + std::string(text.substr(0, 60)) + (text.size() > 60 ? "…\"" : "\"");
}

std::optional<Item> bad_value(Fault& why, View text, Type to) {
  return refuse(why, "FORG0001", shown(text) + " is no " + std::string(type_name(to)));
}

bool is_language(View text) {
  std::size_t part = 0;
  std::size_t parts = 1;
  for (const char c : text) {
    if (c == '-') {
      if (part == 0) return false;
      part = 0;
      ++parts;
    } else {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if ((!letter && !(parts > 1 && c >= '0' && c <= '9')) || ++part > 8) return false;
    }
  }
  return part > 0;
}

bool all_name_characters(View text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const char32_t c = xml::next_character(text, at);
    if (c != ':' && !xml::is_name_character(c)) return false;
  }
  return !text.empty();
}

std::string collapsed(View text) {
  std::string out;
  for (const char c : text) {
    if (!is_xml_space(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::optional<Item> restricted_string(Runtime& runtime, View text, const Named& to, Fault& why) {
  std::string value;
  if (to.restriction == Restriction::normalized) {
    value = text;
    for (char& c : value)
      if (is_xml_space(c)) c = ' ';
  } else {
    value = collapsed(text);
  }
  std::size_t first = 0;
  bool good = true;
  switch (to.restriction) {
    case Restriction::language: good = is_language(value); break;
    case Restriction::nmtoken: good = all_name_characters(value); break;
    case Restriction::name:
      good = all_name_characters(value) &&
             (value[0] == ':' || xml::is_name_start(xml::next_character(value, first)));
      break;
    case Restriction::ncname: good = xml::is_ncname(value); break;
    default: break;
  }
  if (!good) return refuse(why, "FORG0001", shown(text) + " is no xs:" + std::string(to.local));
  return text_item(runtime.arena->copy(value));
}

std::optional<Item> in_range(const Item& value, const Named& to, Fault& why) {
  const Decimal exact = value.exact();
  if ((to.least.empty() || exact >= *Decimal::parse(to.least)) &&
      (to.most.empty() || exact <= *Decimal::parse(to.most)))
    return value;
  return refuse(why, "FORG0001", exact.text() + " is no xs:" + std::string(to.local));
}

std::optional<Item> parse_boolean(View text, Fault& why) {
  if (text == "true" || text == "1") return boolean_item(true);
  if (text == "false" || text == "0") return boolean_item(false);
  return bad_value(why, text, Type::boolean);
}

// Up to 18 digits need no Decimal; false when it is longer, or no number at all.
bool parse_small(View text, Type to, Item& out) {
  const bool negative = text.starts_with('-');
  std::size_t at = negative || text.starts_with('+') ? 1 : 0;
  if (text.size() <= at || text.size() > 18) return false;
  std::int64_t value = 0;
  std::uint32_t scale = 0;
  bool point = false;
  bool digits = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      scale += point ? 1 : 0;
      digits = true;
    } else if (c == '.' && !point) {
      point = true;
    } else {
      return false;
    }
  }
  if (!digits) return false;
  out = integer_item(negative ? -value : value);
  out.type = to;
  out.size = scale;
  return true;
}

std::optional<Item> parse_exact(Runtime& runtime, View text, Type to, Fault& why) {
  if (to == Type::integer && text.find('.') != View::npos) return bad_value(why, text, to);
  Item small;
  if (parse_small(text, to, small)) return small;
  const auto value = Decimal::parse(text);
  if (!value) return bad_value(why, text, to);
  if (value->too_long()) return refuse(why, "FOAR0002", "a number has too many digits");
  return exact_item(*runtime.arena, *value, to);
}

// A span of one kind only (xs:dayTimeDuration has no months, and so on).
bool fits(const Span& span, View text, Type to) {
  const std::size_t t = text.find('T');
  const View date = text.substr(0, t);
  if (to == Type::day_time_duration)
    return span.months == 0 && date.find('Y') == View::npos && date.find('M') == View::npos;
  if (to == Type::year_month_duration)
    return span.seconds == 0 && span.nanos == 0 && t == View::npos && date.find('D') == View::npos;
  return true;
}

std::optional<Item> parse_calendar(Runtime& runtime, View text, Type to, Fault& why) {
  if (is_span(to)) {
    const auto span = parse_duration_text(text);
    if (!span || !fits(*span, text, to)) return bad_value(why, text, to);
    return span_item(*runtime.arena, *span, to);
  }
  const auto moment = to == Type::date   ? parse_date(text)
                      : to == Type::time ? parse_time(text)
                                         : parse_date_time(text);
  if (!moment) return bad_value(why, text, to);
  return moment_item(*runtime.arena, *moment, to);
}

std::optional<Item> from_text(Runtime& runtime, View raw, Type to, Fault& why) {
  const View text = trim(raw);
  switch (to) {
    case Type::boolean: return parse_boolean(text, why);
    case Type::integer:
    case Type::decimal: return parse_exact(runtime, text, to, why);
    case Type::float_:
    case Type::double_: {
      const auto value = parse_double(text);
      if (!value) return bad_value(why, text, to);
      return double_item(to == Type::float_ ? static_cast<float>(*value) : *value, to);
    }
    case Type::any_uri: return text_item(text, to);
    default: return parse_calendar(runtime, text, to, why);
  }
}

std::optional<Item> from_number(Runtime& runtime, const Item& value, Type to, Fault& why) {
  const bool exact = is_exact(value.type);
  if (to == Type::boolean) {
    if (exact) return boolean_item(value.exact().sign() != 0);
    return boolean_item(value.number != 0 && !std::isnan(value.number));
  }
  if (to == Type::double_ || to == Type::float_) {
    const double number = exact ? value.exact().number() : value.number;
    return double_item(to == Type::float_ ? static_cast<float>(number) : number, to);
  }
  const auto decimal = exact ? std::optional(value.exact()) : Decimal::from_double(value.number);
  if (!decimal)
    return refuse(why, "FOCA0002",
                  double_text(value.number) + " is no " + std::string(type_name(to)));
  return exact_item(*runtime.arena, to == Type::integer ? decimal->truncated() : *decimal, to);
}

std::optional<Item> from_moment(Runtime& runtime, const Item& value, Type to) {
  Moment moment = *value.moment;
  if (to == Type::date && value.type == Type::date_time) {
    moment.seconds -= moment.second_of_day();
    moment.nanos = 0;
  } else if (to == Type::time && value.type == Type::date_time) {
    moment.seconds = moment.second_of_day();
  } else if (!(to == Type::date_time && value.type == Type::date)) {
    return std::nullopt;
  }
  return moment_item(*runtime.arena, moment, to);
}

std::optional<Item> from_span(Runtime& runtime, const Item& value, Type to) {
  Span span = *value.span;
  if (to == Type::day_time_duration) span.months = 0;
  if (to == Type::year_month_duration) span.seconds = 0, span.nanos = 0;
  return span_item(*runtime.arena, span, to);
}

// The table of F&O §17.1, without the types that this engine does not have.
std::optional<Item> cast_primitive(Runtime& runtime, const Item& value, Type to, Fault& why) {
  if (value.type == to) return value;
  if (to == Type::string || to == Type::untyped) return text_item(text_of(runtime, value), to);
  if (is_text(value.type)) return from_text(runtime, value.view(), to, why);
  if (value.type == Type::boolean && (is_numeric(to))) {
    if (is_exact(to)) return exact_item(*runtime.arena, Decimal(value.truth ? 1 : 0), to);
    return double_item(value.truth ? 1 : 0, to);
  }
  if (is_numeric(value.type) && (is_numeric(to) || to == Type::boolean))
    return from_number(runtime, value, to, why);
  std::optional<Item> out;
  if (is_moment(value.type) && is_moment(to)) out = from_moment(runtime, value, to);
  if (is_span(value.type) && is_span(to)) out = from_span(runtime, value, to);
  if (out) return out;
  return refuse(why, "XPTY0004",
                "a value of " + std::string(type_name(value.type)) + " cannot become " +
                    std::string(type_name(to)));
}

std::string scientific(std::string digits, int exponent) {
  if (digits.size() == 1) digits += '0';
  digits.insert(1, 1, '.');
  return digits + "E" + std::to_string(exponent);
}

// F&O §17.1.2: decimal notation within [1e-6, 1e6), else one digit before the point and an E.
template <class Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-INF" : "INF";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific);
  const View text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(),
                  exponent);
  const std::string sign = value < 0 ? "-" : "";
  if (std::abs(value) < static_cast<Number>(1e-6) || std::abs(value) >= static_cast<Number>(1e6))
    return sign + scientific(digits, exponent);
  if (exponent < 0)
    return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace

std::optional<AtomicType> find_type(View local) {
  if (local == "anyAtomicType") return type_of_number(0);
  for (std::size_t i = 0; i < kTypes.size(); ++i)
    if (kTypes[i].local == local) return type_of_number(i + 1);
  return std::nullopt;
}

std::optional<AtomicType> type_of_number(std::uint64_t number) {
  if (number == 0) return AtomicType{Type::string, 0, true, false};
  if (number > kTypes.size()) return std::nullopt;
  const std::size_t i = number - 1;
  const bool derived = kTypes[i].restriction != Restriction::none;
  return AtomicType{kTypes[i].type, derived ? static_cast<std::uint8_t>(i) : std::uint8_t{0}, false,
                    false};
}

std::uint64_t number_of_type(AtomicType type) {
  if (type.any) return 0;
  if (type.restriction != 0) return type.restriction + std::uint64_t{1};
  for (std::size_t i = 0; i < kTypes.size(); ++i)
    if (kTypes[i].type == type.type && kTypes[i].restriction == Restriction::none) return i + 1;
  CHECK(false, "a type without a number");
  return 0;
}

bool is_integer_text(View text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  if (text.empty()) return false;
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

std::optional<double> parse_double(View raw) {
  View text = trim(raw);
  if (text == "INF") return std::numeric_limits<double>::infinity();
  if (text == "-INF") return -std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  // from_chars is more generous than XML Schema: only digits, a point and an exponent may stand.
  bool digits = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits = true;
    } else if (c == 'e' || c == 'E') {
      break;
    } else if (c != '.') {
      return std::nullopt;
    }
  }
  if (!digits) return std::nullopt;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ptr != end) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) {
    const std::size_t e = text.find_first_of("eE");
    const bool tiny = e != View::npos && e + 1 < text.size() && text[e + 1] == '-';
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }
  return negative ? -value : value;
}

std::string double_text(double value) { return shortest(value); }
std::string float_text(double value) { return shortest(static_cast<float>(value)); }

View text_of(Runtime& runtime, const Item& value) {
  Arena& arena = *runtime.arena;
  switch (value.type) {
    case Type::node: return runtime.node_text(value);
    case Type::fragment:
    case Type::untyped:
    case Type::string:
    case Type::any_uri: return value.view();
    case Type::boolean: return value.truth ? "true" : "false";
    case Type::integer:
    case Type::decimal: return arena.copy(View(value.exact().text()));
    case Type::float_: return arena.copy(View(float_text(value.number)));
    case Type::double_: return arena.copy(View(double_text(value.number)));
    case Type::date: return arena.copy(View(date_text(*value.moment)));
    case Type::time: return arena.copy(View(time_text(*value.moment)));
    case Type::date_time: return arena.copy(View(date_time_text(*value.moment)));
    case Type::year_month_duration: return arena.copy(View(duration_text(*value.span, true)));
    default: return arena.copy(View(duration_text(*value.span, false)));
  }
}

double number_of(Runtime& runtime, const Item& value) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (is_text(value.type)) return parse_double(value.view()).value_or(kNan);
  if (is_exact(value.type)) return value.exact().number();
  if (is_numeric(value.type)) return value.number;
  if (value.type == Type::boolean) return value.truth ? 1 : 0;
  if (is_node(value.type)) return parse_double(text_of(runtime, value)).value_or(kNan);
  return kNan;
}

std::optional<Item> try_cast(Runtime& runtime, const Item& value, AtomicType to, Fault& why) {
  const Named& named = kTypes[to.restriction];
  if (to.restriction != 0 && to.type == Type::string)
    return restricted_string(runtime, text_of(runtime, value), named, why);
  const auto out = cast_primitive(runtime, value, to.type, why);
  if (!out || to.restriction == 0) return out;
  return in_range(*out, named, why);
}

namespace {

// "12.50" and its like, up to 15 digits, without going through the general way.
bool plain_number(View text, std::int64_t& digits, std::uint32_t& scale, bool& negative) {
  text = trim(text);
  const char* at = text.data();
  const char* end = at + text.size();
  negative = at < end && *at == '-';
  if (negative) ++at;
  if (end - at > 16 || at == end) return false;
  digits = 0;
  scale = 0;
  const char* point = nullptr;
  for (const char* p = at; p < end; ++p) {
    if (*p >= '0' && *p <= '9') {
      digits = digits * 10 + (*p - '0');
    } else if (*p == '.' && point == nullptr) {
      point = p;
    } else {
      return false;
    }
  }
  if (point != nullptr) scale = static_cast<std::uint32_t>(end - point - 1);
  return end - at - (point != nullptr ? 1 : 0) > 0 && digits < 1'000'000'000'000'000;
}

}  // namespace

Item cast(Runtime& runtime, const Item& value, AtomicType to) {
  std::int64_t digits = 0;
  std::uint32_t scale = 0;
  bool negative = false;
  if (is_text(value.type) && to.restriction == 0 &&
      (to.type == Type::decimal || to.type == Type::double_) &&
      plain_number(value.view(), digits, scale, negative)) {
    static constexpr double kTens[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7, 1e8,
                                       1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (to.type == Type::double_) {  // both exact, so one division rounds correctly
      const double number = static_cast<double>(digits) / kTens[scale];
      return double_item(negative ? -number : number);
    }
    Item out = integer_item(negative ? -digits : digits);
    out.type = Type::decimal;
    out.size = scale;
    return out;
  }
  Fault why;
  const auto out = try_cast(runtime, value, to, why);
  if (out) return *out;
  runtime.raise(why.code, why.why);
  return {};
}

}  // namespace corridor::xpath
