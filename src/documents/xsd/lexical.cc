// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/lexical.h"

#include <charconv>
#include <cmath>

#include "documents/xml/encoding.h"
#include "documents/xpath/calendar.h"
#include "documents/xpath/decimal.h"
#include "documents/xsd/uri.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kYearDigitsMax = 11;  // its seconds fit 64 bits
constexpr int kZoneMinutesMax = 14 * 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t digits_at(View text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// Takes parts from the front of a text; false once something did not fit.
class Taker {
 public:
  explicit Taker(View text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  View digits() {
    const View out = rest_.substr(0, digits_at(rest_, 0));
    rest_.remove_prefix(out.size());
    return out;
  }
  bool two(int& out, int least, int most) {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return false;
    out = (rest_[0] - '0') * 10 + (rest_[1] - '0');
    rest_.remove_prefix(2);
    return out >= least && out <= most;
  }

 private:
  View rest_;
};

struct Parts {
  std::int64_t year = 2000;  // a leap year, for --02-29
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t nanos = 0;
  int zone = 0;
  bool zoned = false;
};

// Part 2 §3.2.7.1: at least four digits, no zero in front of more, no year zero.
bool take_year(Taker& in, Parts& parts) {
  const bool negative = in.take('-');
  const View digits = in.digits();
  if (digits.size() < 4 || digits.size() > kYearDigitsMax) return false;
  if (digits.size() > 4 && digits[0] == '0') return false;
  std::int64_t year = 0;
  for (const char c : digits) year = year * 10 + (c - '0');
  if (year == 0) return false;
  parts.year = negative ? -year : year;
  return true;
}

bool take_time(Taker& in, Parts& parts) {
  if (!in.two(parts.hour, 0, 24) || !in.take(':') || !in.two(parts.minute, 0, 59) ||
      !in.take(':') || !in.two(parts.second, 0, 59))
    return false;
  bool fraction = false;
  if (in.take('.')) {
    const View digits = in.digits();
    if (digits.empty()) return false;
    for (std::size_t i = 0; i < 9; ++i)
      parts.nanos = parts.nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    fraction = digits.find_first_not_of('0') != View::npos;
  }
  return parts.hour < 24 || (parts.minute == 0 && parts.second == 0 && !fraction);
}

bool take_zone(Taker& in, Parts& parts) {
  if (in.done()) return true;
  parts.zoned = true;
  if (in.take('Z')) return in.done();
  const bool negative = in.peek() == '-';
  if (!in.take('-') && !in.take('+')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.two(hours, 0, 14) || !in.take(':') || !in.two(minutes, 0, 59)) return false;
  const int total = hours * 60 + minutes;
  parts.zone = negative ? -total : total;
  return in.done() && total <= kZoneMinutesMax;
}

bool take_date(Kind kind, Taker& in, Parts& parts) {
  switch (kind) {
    case Kind::g_month_day:
      return in.take('-') && in.take('-') && in.two(parts.month, 1, 12) && in.take('-') &&
             in.two(parts.day, 1, 31);
    case Kind::g_month: return in.take('-') && in.take('-') && in.two(parts.month, 1, 12);
    case Kind::g_day:
      return in.take('-') && in.take('-') && in.take('-') && in.two(parts.day, 1, 31);
    case Kind::time: return true;
    default: break;
  }
  if (!take_year(in, parts)) return false;
  if (kind == Kind::g_year) return true;
  if (!in.take('-') || !in.two(parts.month, 1, 12)) return false;
  if (kind == Kind::g_year_month) return true;
  return in.take('-') && in.two(parts.day, 1, 31);
}

std::optional<Parts> read_parts(Kind kind, View text) {
  Taker in(text);
  Parts parts;
  if (!take_date(kind, in, parts)) return {};
  if (kind != Kind::g_day && parts.day > xpath::days_of_month(parts.year, parts.month)) return {};
  if (kind == Kind::date_time && !in.take('T')) return {};
  if ((kind == Kind::date_time || kind == Kind::time) && !take_time(in, parts)) return {};
  if (!take_zone(in, parts)) return {};
  return parts;
}

// Part 2 §3.2.6.1: -PnYnMnDTnHnMnS, at least one of them, one behind T.
bool is_duration(View text) {
  Taker in(text);
  (void)in.take('-');
  if (!in.take('P')) return false;
  View units = "YMD";
  bool in_time = false;
  bool any = false;
  while (!in.done()) {
    if (!in_time && in.take('T')) {
      in_time = true;
      units = "HMS";
      any = false;
      continue;
    }
    if (in.digits().empty()) return false;
    bool fraction = false;
    if (in.take('.')) {
      if (in.digits().empty()) return false;
      fraction = true;
    }
    const std::size_t unit = units.find(in.peek());
    if (in.done() || unit == View::npos || (fraction && in.peek() != 'S')) return false;
    (void)in.take(in.peek());
    units.remove_prefix(unit + 1);
    any = true;
  }
  return any;
}

bool is_float(View text) {
  if (text == "INF" || text == "-INF" || text == "NaN") return true;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  const std::size_t exponent = text.find_first_of("eE");
  const View mantissa = text.substr(0, exponent);
  if (mantissa.empty() || mantissa[0] == '+' || mantissa[0] == '-' || !is_decimal(mantissa))
    return false;
  return exponent == View::npos || is_integer(text.substr(exponent + 1));
}

bool is_language(View text) {
  std::size_t part = 0;
  bool first = true;
  for (const char c : text) {
    if (c == '-') {
      if (part == 0) return false;
      part = 0;
      first = false;
    } else {
      if (!is_letter(c) && (first || !is_digit(c))) return false;
      if (++part > 8) return false;
    }
  }
  return part != 0;
}

bool is_name(View text, bool anywhere) {
  std::size_t at = 0;
  if (text.empty()) return false;
  for (bool first = !anywhere; at < text.size(); first = false) {
    const char32_t c = xml::next_character(text, at);
    if (c != ':' && !(first ? xml::is_name_start(c) : xml::is_name_character(c))) return false;
  }
  return true;
}

bool is_qname(View text) {
  const std::size_t colon = text.find(':');
  if (colon == View::npos) return xml::is_ncname(text);
  return xml::is_ncname(text.substr(0, colon)) && xml::is_ncname(text.substr(colon + 1));
}

bool is_hex(View text) {
  for (const char c : text)
    if (!is_digit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')) return false;
  return text.size() % 2 == 0;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Part 2 §3.2.16: white space between the characters, padding, and no spare bits. Octets, or -1.
std::int64_t base64_octets(View text) {
  std::int64_t characters = 0;
  int padding = 0;
  int last = 0;
  for (const char c : text) {
    if (is_white(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    last = base64_value(c);
    if (last < 0 || padding > 0) return -1;
    ++characters;
  }
  if (padding > 2 || (characters + padding) % 4 != 0) return -1;
  if ((padding == 1 && (last & 3) != 0) || (padding == 2 && (last & 15) != 0)) return -1;
  return characters * 3 / 4;
}

std::optional<double> read_float(View text) {
  if (text == "INF") return HUGE_VAL;
  if (text == "-INF") return -HUGE_VAL;
  if (text == "NaN") return std::nan("");
  if (text.starts_with('+')) text.remove_prefix(1);
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{}) return {};
  return out;
}

std::string canonical_decimal(View text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  while (text.size() > 1 && text[0] == '0') text.remove_prefix(1);
  if (text.find('.') != View::npos)
    while (text.ends_with('0')) text.remove_suffix(1);
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text == "0") return "0";
  std::string out = negative ? "-" : "";
  if (text[0] == '.') out += '0';
  return out.append(text);
}

}  // namespace

View trimmed(View text) {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}

View whitened(View text, White white, std::string& scratch) {
  if (white == White::preserve) return text;
  if (white == White::replace) {
    if (text.find_first_of("\t\n\r") == View::npos) return text;
    scratch.assign(text);
    for (char& c : scratch)
      if (is_white(c)) c = ' ';
    return scratch;
  }
  text = trimmed(text);
  bool clean = true;
  for (std::size_t i = 0; i < text.size() && clean; ++i)
    clean = !is_white(text[i]) || (text[i] == ' ' && text[i + 1] != ' ');
  if (clean) return text;
  std::string out;
  for (const char c : text) {
    if (!is_white(c)) out += c;
    if (is_white(c) && !out.ends_with(' ')) out += ' ';
  }
  scratch = std::move(out);
  return scratch;
}

bool is_integer(View text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return !text.empty() && digits_at(text, 0) == text.size();
}

bool is_decimal(View text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  const std::size_t whole = digits_at(text, 0);
  if (whole == text.size()) return whole > 0;
  if (text[whole] != '.') return false;
  const std::size_t fraction = digits_at(text, whole + 1);
  return whole + 1 + fraction == text.size() && whole + fraction > 0;
}

Digits count_digits(View decimal) {
  const std::string text = canonical_decimal(decimal);
  Digits out;
  const std::size_t point = text.find('.');
  out.fraction = point == std::string::npos ? 0 : text.size() - point - 1;
  std::size_t whole = std::min(point, text.size());
  if (text.starts_with('-')) --whole;
  if (text[text.starts_with('-') ? 1 : 0] == '0') --whole;
  out.total = std::max<std::size_t>(1, whole + out.fraction);
  return out;
}

bool is_lexical(Kind kind, View text) {
  switch (kind) {
    case Kind::any_simple:
    case Kind::string:
    case Kind::normalized_string:
    case Kind::token: return true;
    case Kind::language: return is_language(text);
    case Kind::name: return is_name(text, false);
    case Kind::nc_name:
    case Kind::id: return xml::is_ncname(text);
    case Kind::nm_token: return is_name(text, true);
    case Kind::boolean: return text == "true" || text == "false" || text == "1" || text == "0";
    case Kind::decimal: return is_decimal(text);
    case Kind::integer: return is_integer(text);
    case Kind::float_number: return is_float(text);
    case Kind::duration: return is_duration(text);
    case Kind::hex_binary: return is_hex(text);
    case Kind::base64_binary: return base64_octets(text) >= 0;
    case Kind::any_uri: return is_uri_reference(text);
    case Kind::qname: return is_qname(text);
    default: return read_parts(kind, text).has_value();
  }
}

std::optional<Instant> read_instant(Kind kind, View text) {
  const auto parts = read_parts(kind, text);
  if (!parts) return {};
  Instant out;
  // Years before 1 have no year zero between them and it.
  const std::int64_t year = parts->year < 0 ? parts->year + 1 : parts->year;
  out.seconds = xpath::days_from_civil({year, parts->month, parts->day}) * xpath::kDaySeconds +
                parts->hour * 3600 + (parts->minute - parts->zone) * 60 + parts->second;
  out.nanos = parts->nanos;
  out.zoned = parts->zoned;
  return out;
}

std::partial_ordering compare_values(Kind kind, View a, View b) {
  if (kind == Kind::decimal || kind == Kind::integer) {
    const auto left = xpath::Decimal::parse(a);
    const auto right = xpath::Decimal::parse(b);
    if (!left || !right) return std::partial_ordering::unordered;
    return *left <=> *right;
  }
  if (kind == Kind::float_number) {
    const auto left = read_float(a);
    const auto right = read_float(b);
    if (!left || !right) return std::partial_ordering::unordered;
    return *left <=> *right;
  }
  const auto left = read_instant(kind, a);
  const auto right = read_instant(kind, b);
  if (!left || !right) return std::partial_ordering::unordered;
  if (left->zoned == right->zoned)
    return std::pair(left->seconds, left->nanos) <=> std::pair(right->seconds, right->nanos);
  // Part 2 §3.2.7.4: with one zone unknown, only more than 14 hours apart is an order.
  const std::int64_t apart = left->seconds - right->seconds;
  constexpr std::int64_t kUnknown = std::int64_t{kZoneMinutesMax} * 60;
  if (apart > kUnknown) return std::partial_ordering::greater;
  return apart < -kUnknown ? std::partial_ordering::less : std::partial_ordering::unordered;
}

std::string canonical(Kind kind, View text) {
  switch (kind) {
    case Kind::decimal:
    case Kind::integer: return canonical_decimal(text);
    case Kind::boolean: return text == "1" ? "true" : text == "0" ? "false" : std::string(text);
    case Kind::float_number: {
      const auto value = read_float(text);
      return value ? std::to_string(*value) : std::string(text);
    }
    case Kind::hex_binary: {
      std::string out(text);
      for (char& c : out)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
      return out;
    }
    case Kind::base64_binary: {
      std::string out(text);
      std::erase_if(out, is_white);
      return out;
    }
    case Kind::date_time:
    case Kind::date:
    case Kind::time:
    case Kind::g_day:
    case Kind::g_month:
    case Kind::g_month_day:
    case Kind::g_year:
    case Kind::g_year_month: {
      const auto at = read_instant(kind, text);
      if (!at) return std::string(text);
      return std::to_string(at->seconds) + "." + std::to_string(at->nanos) + (at->zoned ? "Z" : "");
    }
    default: return std::string(text);
  }
}

std::size_t length_of(Kind kind, View text) {
  if (kind == Kind::hex_binary) return text.size() / 2;
  if (kind == Kind::base64_binary)
    return static_cast<std::size_t>(std::max<std::int64_t>(0, base64_octets(text)));
  std::size_t characters = 0;
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++characters;
  return characters;
}

}  // namespace corridor::xsd
