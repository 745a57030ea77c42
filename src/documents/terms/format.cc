// SPDX-License-Identifier: Apache-2.0
#include "documents/terms/format.h"

#include <array>
#include <iterator>

#include "documents/terms/term_table.h"

namespace corridor::documents {

namespace {

struct NumberStyle {
  View group;
  View mark;
};
// table: en fr es ru zh ar
constexpr NumberStyle kStyles[] = {{",", "."},      {"\u202f", ","}, {".", ","},
                                   {"\u00a0", ","}, {",", "."},      {",", "."}};

// table: months as they stand in a date
constexpr std::array<Words, 12> kMonths = {{
    {"January", "janvier", "enero", "января", "1", "يناير"},
    {"February", "février", "febrero", "февраля", "2", "فبراير"},
    {"March", "mars", "marzo", "марта", "3", "مارس"},
    {"April", "avril", "abril", "апреля", "4", "أبريل"},
    {"May", "mai", "mayo", "мая", "5", "مايو"},
    {"June", "juin", "junio", "июня", "6", "يونيو"},
    {"July", "juillet", "julio", "июля", "7", "يوليو"},
    {"August", "août", "agosto", "августа", "8", "أغسطس"},
    {"September", "septembre", "septiembre", "сентября", "9", "سبتمبر"},
    {"October", "octobre", "octubre", "октября", "10", "أكتوبر"},
    {"November", "novembre", "noviembre", "ноября", "11", "نوفمبر"},
    {"December", "décembre", "diciembre", "декабря", "12", "ديسمبر"},
}};

bool digits(View text) {
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

unsigned number(View text) {
  unsigned out = 0;
  for (const char c : text) out = out * 10 + static_cast<unsigned>(c - '0');
  return out;
}

unsigned days_of(unsigned year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays.at(month - 1) + (month == 2 && leap ? 1 : 0);
}

std::optional<std::string> written(View year, View month, View day, Language language) {
  if (!digits(year) || !digits(month) || !digits(day) || year.size() != 4) return std::nullopt;
  const unsigned m = number(month);
  const unsigned d = number(day);
  if (m < 1 || m > 12 || d < 1 || d > days_of(number(year), m)) return std::nullopt;
  const std::string name(kMonths.at(m - 1).at(static_cast<std::size_t>(language)));
  const std::string in_month = std::to_string(d);
  const std::string y(year);
  switch (language) {
    case Language::es: return in_month + " de " + name + " de " + y;
    case Language::ru: return in_month + "\u00a0" + name + " " + y + "\u00a0г.";
    case Language::zh: return y + "年" + name + "月" + in_month + "日";
    case Language::fr: return (d == 1 ? "1er" : in_month) + "\u00a0" + name + " " + y;
    default: return in_month + "\u00a0" + name + " " + y;
  }
}

std::optional<std::string> from_code(View text, View code, Language language) {
  if (code == "101" && text.size() == 6)
    return written("20" + std::string(text.substr(0, 2)), text.substr(2, 2), text.substr(4),
                   language);
  const bool timed = (code == "203" && text.size() == 12) || (code == "204" && text.size() == 14);
  if (!(code.empty() || code == "102" || timed) || !digits(text)) return std::nullopt;
  if (!timed && text.size() != 8) return std::nullopt;
  auto day = written(text.substr(0, 4), text.substr(4, 2), text.substr(6, 2), language);
  if (!day || !timed) return day;
  day->append(", ").append(text.substr(8, 2)).append(":").append(text.substr(10, 2));
  if (text.size() == 14) day->append(":").append(text.substr(12, 2));
  return day;
}

}  // namespace

std::optional<std::string> format_number(View text, Language language, bool comma) {
  std::string out;
  if (text.starts_with('-')) out = "\u2212";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t mark = text.find_first_of(comma ? ".," : ".");
  const View whole = text.substr(0, mark);
  const View rest = mark == View::npos ? View() : text.substr(mark + 1);
  if (!digits(whole) || (mark != View::npos && !digits(rest)) || text.size() > 60)
    return std::nullopt;
  const NumberStyle& style = kStyles[static_cast<std::size_t>(language)];
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i != 0 && (whole.size() - i) % 3 == 0) out += style.group;
    out += whole[i];
  }
  if (mark != View::npos) out.append(style.mark).append(rest);
  return out;
}

std::optional<std::string> format_date(View text, View code, Language language) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return from_code(text, code, language);
  const View zone = text.substr(10);
  if (!zone.empty() && zone.find_first_not_of("0123456789:+-Z") != View::npos) return std::nullopt;
  auto out = written(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2), language);
  if (out && !zone.empty()) out->append(" (").append(zone).append(")");
  return out;
}

bool is_invisible(char32_t c) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  // table: controls, format characters and blanks that look like nothing (Unicode 15, Cc and Cf)
  constexpr Range kRanges[] = {
      {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
      {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},
      {0x890, 0x891},     {0x8e2, 0x8e2},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
      {0x180e, 0x180e},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
      {0x3164, 0x3164},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
      {0xfff9, 0xfffb},   {0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
      {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
  };
  for (const Range& range : kRanges)
    if (c >= range.first && c <= range.last) return true;
  return (c & 0xfffe) == 0xfffe;
}

char32_t next_code_point(View text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  const std::size_t more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  char32_t c = more == 0 ? first : first & (0x3fU >> more);
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || at + more >= text.size()) {
    ++at;
    return 0xfffd;
  }
  for (std::size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) {
      ++at;
      return 0xfffd;
    }
    c = (c << 6) | (byte(at + i) & 0x3f);
  }
  constexpr std::array<char32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast.at(more) || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
    ++at;
    return 0xfffd;
  }
  at += more + 1;
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      put(0xe0 | (c >> 12));
    } else {
      put(0xf0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3f));
    }
    put(0x80 | ((c >> 6) & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

std::string spelled(char32_t c) {
  constexpr View kHex = "0123456789ABCDEF";
  std::string out = "[U+";
  for (int shift = c > 0xffff ? 20 : 12; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 0xf];
  return out + "]";
}

std::string visible(View text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (out.size() >= bytes_max) return out + "…";
    const char32_t c = next_code_point(text, at);
    if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
    } else if (is_invisible(c)) {
      out += spelled(c);
    } else {
      append_utf8(out, c);
    }
  }
  return out;
}

}  // namespace corridor::documents
