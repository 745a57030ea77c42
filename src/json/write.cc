// SPDX-License-Identifier: Apache-2.0
//
// Writers append to one string. Text is copied in runs that need no escape, found eight bytes at a
// time: nearly all of what is written is such text.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "json/json.h"

namespace corridor::json {

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

// The high bit of each byte that is a control character, a quote, a backslash or not ASCII. A
// borrow may mark bytes above the lowest marked one in error; the lowest is exact.
std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  return ((word - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes) | word) & kHighs;
}

bool is_special(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
}

// The first byte at or after `at` that cannot be copied blindly.
std::size_t next_special(View text, std::size_t at) {
  if constexpr (std::endian::native == std::endian::little) {
    while (at + 8 <= text.size()) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      if (const std::uint64_t marks = special_bytes(word); marks != 0)
        return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
      at += 8;
    }
  }
  while (at < text.size() && !is_special(text[at])) ++at;
  return at;
}

// Bytes of the character that starts at `at`, 0 when they are not UTF-8.
std::size_t character_bytes(View text, std::size_t at) {
  const auto lead = static_cast<std::uint8_t>(text[at]);
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return at + bytes <= text.size() && is_utf8(text.substr(at, bytes)) ? bytes : 0;
}

// RFC 8785 §3.2.2.2, which is also the shortest spelling that RFC 8259 allows.
void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out.push_back("01"[static_cast<std::uint8_t>(c) >> 4]);
  out.push_back("0123456789abcdef"[c & 15]);
}

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end);
}

// The shortest digits that read back as the same number, always with a point or an exponent, so
// that a number is read back as a number.
void append_number(std::string& out, double value) {
  CHECK(std::isfinite(value), "a number that JSON does not have");
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  const View text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == View::npos) out += ".0";
}

// ECMA-262 §6.1.6.1.20 Number::toString with radix 10, which RFC 8785 §3.2.2.3 prescribes.
void append_ecmascript_number(std::string& out, double value) {
  CHECK(std::isfinite(value), "a number that JSON does not have");
  if (value == 0) {
    out.push_back('0');
    return;
  }
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                          std::abs(value), std::chars_format::scientific);
  const View text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, 1));
  if (e > 1) digits += text.substr(2, e - 2);
  int exponent = 0;
  const char* const first = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(first, text.data() + text.size(), exponent);

  const int point = exponent + 1;  // of the value 0.digits x 10^point
  const int count = static_cast<int>(digits.size());
  if (value < 0) out.push_back('-');
  if (count <= point && point <= 21) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out.append(digits.insert(static_cast<std::size_t>(point), "."));
  } else if (-6 < point && point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else {
    if (count > 1) digits.insert(1, ".");
    out.append(digits).append(exponent < 0 ? "e" : "e+");
    append_integer(out, exponent);
  }
}

void append_scalar(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::boolean: out += value.boolean() ? "true" : "false"; return;
    case Kind::integer: append_integer(out, value.integer()); return;
    case Kind::number: append_number(out, value.number()); return;
    case Kind::text: append_quoted(out, value.text()); return;
    default: out += "null"; return;
  }
}

void append_compact(std::string& out, const Value& value) {
  if (value.is_array()) {
    char before = '[';
    for (const auto& item : value.items()) {
      out.push_back(before);
      append_compact(out, item);
      before = ',';
    }
    out += before == '[' ? "[]" : "]";
  } else if (value.is_object()) {
    char before = '{';
    for (const auto& [key, member] : value.members()) {
      out.push_back(before);
      append_quoted(out, key);
      out.push_back(':');
      append_compact(out, member);
      before = ',';
    }
    out += before == '{' ? "{}" : "}";
  } else {
    append_scalar(out, value);
  }
}

void append_line(std::string& out, std::size_t level) {
  out.push_back('\n');
  out.append(level * 2, ' ');
}

void append_pretty(std::string& out, const Value& value, std::size_t level) {
  if (value.items().empty() && value.members().empty()) {
    append_compact(out, value);
    return;
  }
  char before = value.is_array() ? '[' : '{';
  for (const auto& item : value.items()) {
    out.push_back(before);
    append_line(out, level + 1);
    append_pretty(out, item, level + 1);
    before = ',';
  }
  for (const auto& [key, member] : value.members()) {
    out.push_back(before);
    append_line(out, level + 1);
    append_quoted(out, key);
    out += ": ";
    append_pretty(out, member, level + 1);
    before = ',';
  }
  append_line(out, level);
  out.push_back(value.is_array() ? ']' : '}');
}

// The order of UTF-16 code units (RFC 8785 §3.2.3) without UTF-16: bytes of UTF-8 have the order of
// code points, which differs only where one character is beyond U+FFFF (lead byte F0 or above, in
// UTF-16 a surrogate D800..DFFF) and the other in U+E000..U+FFFF (lead byte EE or EF).
bool utf16_less(View a, View b) {
  const auto [at, bt] = std::ranges::mismatch(a, b);
  if (at == a.end() || bt == b.end()) return at == a.end() && bt != b.end();
  const auto x = static_cast<std::uint8_t>(*at);
  const auto y = static_cast<std::uint8_t>(*bt);
  if ((x >= 0xf0) != (y >= 0xf0) && std::min(x, y) >= 0xee) return x >= 0xf0;
  return x < y;
}

void append_canonical(std::string& out, const Value& value) {
  if (value.is_array()) {
    char before = '[';
    for (const auto& item : value.items()) {
      out.push_back(before);
      append_canonical(out, item);
      before = ',';
    }
    out += before == '[' ? "[]" : "]";
  } else if (value.is_object()) {
    std::vector<const Value::Member*> sorted;
    sorted.reserve(value.members().size());
    for (const auto& member : value.members()) sorted.push_back(&member);
    const auto less = [](const auto* a, const auto* b) { return utf16_less(a->first, b->first); };
    if (!std::ranges::is_sorted(sorted, less)) std::ranges::sort(sorted, less);
    char before = '{';
    for (const auto* member : sorted) {
      out.push_back(before);
      append_quoted(out, member->first);
      out.push_back(':');
      append_canonical(out, member->second);
      before = ',';
    }
    out += before == '{' ? "{}" : "}";
  } else if (value.kind() == Kind::number) {
    append_ecmascript_number(out, value.number());
  } else {
    append_scalar(out, value);
  }
}

}  // namespace

void append_quoted(std::string& out, View text) {
  out.push_back('"');
  std::size_t done = 0;
  std::size_t at = next_special(text, 0);
  while (at < text.size()) {
    const bool ascii = static_cast<std::uint8_t>(text[at]) < 0x80;
    const std::size_t bytes = ascii ? 0 : character_bytes(text, at);
    if (bytes == 0) {
      out.append(text, done, at - done);
      if (ascii) {
        append_escape(out, text[at]);
      } else {
        out += "\xef\xbf\xbd";
      }
      done = at + 1;
    }
    at = next_special(text, at + std::max<std::size_t>(bytes, 1));
  }
  out.append(text, done);
  out.push_back('"');
}

std::string write(const Value& value) {
  std::string out;
  append_compact(out, value);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out;
}

std::string canonical(const Value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

}  // namespace corridor::json
