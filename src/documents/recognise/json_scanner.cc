// SPDX-License-Identifier: Apache-2.0
//
// Most of a document is inside the values of its few top members. To find where a value ends, only
// brackets outside of strings count; in a block of 64 bytes these are masks, less the prefix parity
// of the quotes, and only the brackets cost a branch each.
#include "documents/recognise/json_scanner.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

#include "documents/xml/encoding.h"
#include "documents/xpath/atomic.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kTextsMax = 32;

#ifdef __SSE2__
class Bytes64 {
 public:
  explicit Bytes64(const char* from) {
    const auto* const blocks = reinterpret_cast<const __m128i*>(from);
    for (int i = 0; i < 4; ++i) parts_[i] = _mm_loadu_si128(blocks + i);
  }
  // A bit for each byte.
  [[nodiscard]] std::uint64_t equal_to(char c) const {
    return bits(0, c) | bits(1, c) << 16 | bits(2, c) << 32 | bits(3, c) << 48;
  }
  [[nodiscard]] Bytes64 with(char bit) const {
    Bytes64 out(*this);
    for (__m128i& part : out.parts_) part = _mm_or_si128(part, _mm_set1_epi8(bit));
    return out;
  }

 private:
  [[nodiscard]] std::uint64_t bits(int part, char c) const {
    const __m128i equal = _mm_cmpeq_epi8(parts_[part], _mm_set1_epi8(c));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
  }

  __m128i parts_[4];
};
#endif

// Where a value with brackets ends, byte by byte or in blocks.
class Nesting {
 public:
  // True when the byte closes the outermost bracket.
  bool step(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_) {
      escaped_ = c == '\\';
      in_string_ = c != '"';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      return --depth_ == 0;
    }
    return false;
  }

#ifdef __SSE2__
  static constexpr std::size_t kBlockBytes = 64;

  // A block of text: how many of its bytes still belong to the value, and whether it ends there.
  // Nothing when there are escapes in it, which are looked at byte by byte.
  struct Block {
    std::size_t bytes;
    bool ends;
  };
  std::optional<Block> step_block(const char* block) {
    const Bytes64 bytes(block);
    const Bytes64 folded = bytes.with(0x20);  // [ as {, ] as }
    const std::uint64_t escapes = bytes.equal_to('\\');
    if (escaped_ || escapes != 0) return std::nullopt;
    std::uint64_t inside = bytes.equal_to('"');
    inside ^= inside << 1;
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= inside << 16;
    inside ^= inside << 32;
    if (in_string_) inside = ~inside;
    in_string_ = inside >> 63 != 0;
    const std::uint64_t opens = folded.equal_to('{') & ~inside;
    const std::uint64_t closes = folded.equal_to('}') & ~inside;
    for (std::uint64_t left = opens | closes; left != 0; left &= left - 1) {
      const std::uint64_t bit = left & ~(left - 1);
      // Without a branch on which of the two it is: nothing could guess it.
      depth_ += 2 * static_cast<std::size_t>((opens & bit) != 0);
      if (--depth_ == 0) return Block{static_cast<std::size_t>(std::countr_zero(bit)) + 1, true};
    }
    return Block{kBlockBytes, false};
  }
#endif

 private:
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

// One past the bracket that closes the one at `at`; nothing when the bytes end before.
std::optional<std::size_t> end_of_nested(View text, std::size_t at) {
  Nesting nesting;
  while (at < text.size()) {
#ifdef __SSE2__
    if (text.size() - at >= Nesting::kBlockBytes) {
      if (const auto block = nesting.step_block(text.data() + at)) {
        at += block->bytes;
        if (block->ends) return at;
        continue;
      }
    }
    const std::size_t stop = std::min(text.size(), at + Nesting::kBlockBytes);
#else
    const std::size_t stop = text.size();
#endif
    for (; at < stop; ++at)
      if (nesting.step(text[at])) return at + 1;
  }
  return std::nullopt;
}

// One past the quote that ends the string whose first character is at `at`.
std::optional<std::size_t> end_of_string(View text, std::size_t at) {
  for (;;) {
    const std::size_t quote = text.find('"', at);
    if (quote == View::npos) return std::nullopt;
    std::size_t escapes = 0;
    while (quote > at + escapes && text[quote - 1 - escapes] == '\\') ++escapes;
    if (escapes % 2 == 0) return quote + 1;
    at = quote + 1;
  }
}

bool begins_literal(char c) {
  return c == '-' || (c >= '0' && c <= '9') || c == 't' || c == 'f' || c == 'n';
}

// Behind the backslash at `at`; moves past the escape.
bool append_escape(std::string& out, View raw, std::size_t& at) {
  constexpr View kNames = "\"\\/bfnrt";
  constexpr View kMeans = "\"\\/\b\f\n\r\t";
  if (at + 1 >= raw.size()) return false;
  const std::size_t simple = kNames.find(raw[at + 1]);
  if (simple != View::npos) {
    out.push_back(kMeans[simple]);
    at += 2;
    return true;
  }
  const View digits = raw.substr(at + 1, 5);
  std::uint32_t code = 0;
  if (digits.size() != 5 || digits[0] != 'u') return false;
  const auto read = std::from_chars(digits.data() + 1, digits.data() + 5, code, 16);
  if (read.ptr != digits.data() + 5) return false;
  constexpr std::uint32_t kReplacement = 0xFFFD;  // for halves of pairs: nothing sought has them
  xml::append_utf8(out, code >= 0xD800 && code <= 0xDFFF ? kReplacement : code);
  at += 6;
  return true;
}

}  // namespace

JsonScanner::JsonScanner(View text) : text_(text) {
  if (text_.starts_with('{')) {
    at_ = 1;
  } else {
    state_ = text_.empty() ? State::cut : State::broken;
  }
}

bool JsonScanner::stop(State state) {
  state_ = state;
  return false;
}

bool JsonScanner::skip_space() {
  while (at_ < text_.size() && xpath::is_xml_space(text_[at_])) ++at_;  // the same four as JSON's
  return at_ < text_.size() || stop(State::cut);
}

bool JsonScanner::read_string(View& out) {
  const auto end = end_of_string(text_, at_ + 1);
  if (!end) return stop(State::cut);
  out = text_.substr(at_, *end - at_);
  at_ = *end;
  return true;
}

bool JsonScanner::read_value() {
  const char c = text_[at_];
  if (c == '"') return read_string(value_);
  std::size_t end = at_;
  if (c == '{' || c == '[') {
    const auto found = end_of_nested(text_, at_);
    if (!found) return stop(State::cut);
    end = *found;
  } else {
    if (!begins_literal(c)) return stop(State::broken);
    end = text_.find_first_of(",} \t\r\n]", at_);
    if (end == View::npos) return stop(State::cut);
  }
  value_ = text_.substr(at_, end - at_);
  at_ = end;
  return true;
}

bool JsonScanner::next() {
  if (state_ != State::first && state_ != State::more) return false;
  if (!skip_space()) return false;
  if (text_[at_] == '}') return ++at_, stop(State::complete);
  if (state_ == State::more) {
    if (text_[at_] != ',') return stop(State::broken);
    ++at_;
    if (!skip_space()) return false;
  }
  if (text_[at_] != '"') return stop(State::broken);
  if (!read_string(key_) || !skip_space()) return false;
  key_ = key_.substr(1, key_.size() - 2);
  if (text_[at_] != ':') return stop(State::broken);
  ++at_;
  if (!skip_space() || !read_value()) return false;
  state_ = State::more;
  return true;
}

std::optional<std::string> text_of(View value) {
  if (value.size() < 2 || value[0] != '"') return std::nullopt;
  const View raw = value.substr(1, value.size() - 2);
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      out.push_back(raw[at++]);
    } else if (!append_escape(out, raw, at)) {
      return std::nullopt;
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::vector<std::string> texts_in(View value) {
  std::vector<std::string> out;
  if (auto text = text_of(value)) out.push_back(std::move(*text));
  if (!value.starts_with('[')) return out;
  for (std::size_t at = 1; at < value.size() && out.size() < kTextsMax;) {
    std::optional<std::size_t> end = at + 1;
    if (value[at] == '"') {
      end = end_of_string(value, at + 1);
      if (!end) break;
      if (auto text = text_of(value.substr(at, *end - at))) out.push_back(std::move(*text));
    } else if (value[at] == '{' || value[at] == '[') {
      end = end_of_nested(value, at);
      if (!end) break;
    }
    at = *end;
  }
  return out;
}

}  // namespace corridor::documents
