// SPDX-License-Identifier: Apache-2.0
#include "documents/xml/encoding.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>

#include "documents/xml/pages.h"

namespace corridor::xml {

char32_t next_character(View text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  };
  const char32_t first = byte(at);
  if (first < 0x80) return ++at, first;
  if (first < 0xe0) return at += 2, ((first & 0x1f) << 6) | (byte(at - 1) & 0x3f);
  if (first < 0xf0)
    return at += 3, ((first & 0x0f) << 12) | ((byte(at - 2) & 0x3f) << 6) | (byte(at - 1) & 0x3f);
  return at += 4, ((first & 0x07) << 18) | ((byte(at - 3) & 0x3f) << 12) |
                      ((byte(at - 2) & 0x3f) << 6) | (byte(at - 1) & 0x3f);
}

void append_utf8(std::string& out, char32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6)), tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12)), tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | (c >> 18)), tail(12), tail(6), tail(0);
  }
}

bool is_character(char32_t c) {
  return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

bool is_name_start(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return (c >= 0xc0 && c <= 0x2ff && c != 0xd7 && c != 0xf7) ||
         (c >= 0x370 && c <= 0x1fff && c != 0x37e) || c == 0x200c || c == 0x200d ||
         (c >= 0x2070 && c <= 0x218f) || (c >= 0x2c00 && c <= 0x2fef) ||
         (c >= 0x3001 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
         (c >= 0xfdf0 && c <= 0xfffd) || (c >= 0x10000 && c <= 0xeffff);
}

bool is_name_character(char32_t c) {
  return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == 0xb7 ||
         (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040;
}

bool is_ncname(View text) {
  if (text.empty()) return false;
  std::size_t at = 0;
  if (!is_name_start(next_character(text, at))) return false;
  while (at < text.size())
    if (!is_name_character(next_character(text, at))) return false;
  return true;
}

std::string at_position(View text, std::size_t at) {
  const View before = text.substr(0, std::min(at, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t newline = before.rfind('\n');
  const View row = newline == View::npos ? before : before.substr(newline + 1);
  const auto column = 1 + std::ranges::count_if(row, [](char c) {
                        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
                      });
  return " at line " + std::to_string(line) + " column " + std::to_string(column);
}

namespace {

// The first byte that is not plain printable ASCII or white space: either a control character or
// the start of something longer.
std::size_t skip_plain(View text, std::size_t at) {
#ifdef __SSE2__
  const __m128i space = _mm_set1_epi8(0x1f);
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed comparison: bytes from 0x80 on are negative and fail as well.
    if (_mm_movemask_epi8(_mm_cmpgt_epi8(block, space)) == 0xffff) continue;
    const __m128i tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
    const __m128i feed = _mm_cmpeq_epi8(block, _mm_set1_epi8('\n'));
    const __m128i carriage = _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'));
    const __m128i good =
        _mm_or_si128(_mm_or_si128(_mm_cmpgt_epi8(block, space), tab), _mm_or_si128(feed, carriage));
    if (_mm_movemask_epi8(good) != 0xffff) break;
  }
#endif
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) break;
    ++at;
  }
  return at;
}

// The bytes of the well-formed UTF-8 sequence at `at` (RFC 3629), or 0.
std::size_t sequence_bytes(View text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned a = byte(0);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a < 0xe0) return tail(1) ? 2 : 0;
  if (a >= 0xe0 && a < 0xf0) {
    if (!tail(1) || !tail(2)) return 0;
    if (a == 0xe0 && byte(1) < 0xa0) return 0;
    return a == 0xed && byte(1) >= 0xa0 ? 0 : 3;
  }
  if (a >= 0xf0 && a < 0xf5) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (a == 0xf0 && byte(1) < 0x90) return 0;
    return a == 0xf4 && byte(1) >= 0x90 ? 0 : 4;
  }
  return 0;
}

std::string code_point(char32_t c) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (int shift = c > 0xffff ? 20 : 12; shift >= 0; shift -= 4) out += kDigits[(c >> shift) & 15];
  return "U+" + out;
}

Result<> examine(View text) {
  std::size_t at = 0;
  while ((at = skip_plain(text, at)) < text.size()) {
    const std::size_t bytes = sequence_bytes(text, at);
    if (bytes == 0) {
      return fail(Code::invalid, "the text is not valid UTF-8" + at_position(text, at),
                  "declare the encoding that the file really has");
    }
    std::size_t next = at;
    const char32_t c = next_character(text, next);
    if (!is_character(c))
      return fail(Code::invalid,
                  "XML forbids the character " + code_point(c) + at_position(text, at));
    at = next;
  }
  return {};
}

Result<std::string> from_utf16(View bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) return fail(Code::invalid, "the UTF-16 text ends within a character");
  std::string out;
  out.reserve(bytes.size());
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xd800 && c <= 0xdfff) {
      const char32_t low = i + 2 < bytes.size() ? unit(i + 2) : 0;
      if (c >= 0xdc00 || low < 0xdc00 || low > 0xdfff)
        return fail(Code::invalid,
                    "the UTF-16 text has half a surrogate pair" + at_position(out, out.size()));
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      i += 2;
    }
    append_utf8(out, c);
  }
  return out;
}

// The encoding named by `<?xml … encoding="…"`, in upper case; empty when there is none.
std::string declared_encoding(View text) {
  if (!text.starts_with("<?xml")) return {};
  const View declaration = text.substr(0, std::min(text.find("?>"), std::size_t{300}));
  std::size_t at = declaration.find("encoding");
  if (at == View::npos) return {};
  at = declaration.find_first_of("\"'", at);
  if (at == View::npos) return {};
  const std::size_t end = declaration.find(declaration[at], at + 1);
  if (end == View::npos) return {};
  std::string name(declaration.substr(at + 1, end - at - 1));
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

std::string from_latin1(View bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

// With a little room behind: what a tree rewrites is appended, and that should not move the text.
std::string copied(View text) {
  std::string out;
  out.reserve(text.size() + text.size() / 64);
  prefer_large_pages(out.data(), out.capacity());
  out.append(text);
  return out;
}

Result<std::string> decode(View bytes) {
  const auto starts = [&](std::initializer_list<unsigned> with) {
    return bytes.size() >= with.size() &&
           std::equal(with.begin(), with.end(), bytes.begin(),
                      [](unsigned a, char b) { return a == static_cast<unsigned char>(b); });
  };
  if (starts({0, 0, 0xfe, 0xff}) || starts({0xff, 0xfe, 0, 0}))
    return fail(Code::invalid, "the encoding UTF-32 is not read", "send the document as UTF-8");
  if (starts({0xfe, 0xff}) || starts({0xff, 0xfe})) {
    TRY_ASSIGN(std::string text, from_utf16(bytes.substr(2), starts({0xfe, 0xff})));
    const std::string name = declared_encoding(text);
    if (!name.empty() && !name.starts_with("UTF-16"))
      return fail(Code::invalid, "the document is UTF-16 but declares \"" + name + "\"");
    return text;
  }
  if (starts({'<', 0}) || starts({0, '<'})) {
    return fail(Code::invalid, "the document looks like UTF-16 without a byte order mark",
                "send the document as UTF-8");
  }
  const bool marked = starts({0xef, 0xbb, 0xbf});
  const View body = marked ? bytes.substr(3) : bytes;
  const std::string name = declared_encoding(body);
  if (name.empty() || name == "UTF-8" || name == "UTF8") return copied(body);
  if (marked) return fail(Code::invalid, "the document is UTF-8 but declares \"" + name + "\"");
  if (name == "ISO-8859-1" || name == "LATIN1" || name == "ISO_8859-1") return from_latin1(body);
  if (name == "US-ASCII" || name == "ASCII") {
    const auto odd = std::ranges::find_if(body, [](char c) { return (c & 0x80) != 0; });
    if (odd == body.end()) return copied(body);
    return fail(Code::invalid, "a byte is not US-ASCII" +
                                   at_position(body, static_cast<std::size_t>(odd - body.begin())));
  }
  return fail(Code::invalid, "the encoding \"" + name.substr(0, 40) + "\" is not read",
              "send the document as UTF-8");
}

}  // namespace

Result<std::string> to_utf8(View bytes) {
  TRY_ASSIGN(std::string text, decode(bytes));
  TRY(examine(text));
  return text;
}

}  // namespace corridor::xml
