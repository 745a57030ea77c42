// SPDX-License-Identifier: Apache-2.0
#include "documents/pdf/values.h"

#include <algorithm>
#include <charconv>

namespace corridor::pdf {

namespace {

constexpr unsigned kDepthMax = 64;
constexpr std::size_t kValuesMax = 200'000;  // of one object

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_regular(char c) { return !is_space(c) && !is_delimiter(c); }

}  // namespace

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}
bool is_delimiter(char c) { return View("()<>[]{}/%").contains(c); }

const Value& Value::at(View key) const {
  static const Value none;
  if (const Dictionary* const entries = dictionary())
    for (const auto& [name, value] : *entries)
      if (name == key) return value;
  return none;
}

std::unexpected<Error> Reader::broken() const {
  return fail(Code::invalid, "one of its objects is broken at byte " + std::to_string(at_));
}

void Reader::skip_space() {
  for (; at_ < bytes_.size(); ++at_) {
    if (bytes_[at_] == '%')
      at_ = std::min(bytes_.find_first_of("\r\n", at_), bytes_.size() - 1);
    else if (!is_space(bytes_[at_]))
      return;
  }
}

bool Reader::word(View word) {
  const std::size_t start = at_;
  skip_space();
  const bool here = rest().starts_with(word);
  const std::size_t end = at_ + word.size();
  if (here && (end == bytes_.size() || !is_regular(bytes_[end]))) {
    at_ = end;
    return true;
  }
  at_ = start;
  return false;
}

std::optional<std::uint64_t> Reader::number() {
  const std::size_t start = at_;
  skip_space();
  std::uint64_t value = 0;
  const View digits = rest();
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const auto size = static_cast<std::size_t>(read.ptr - digits.data());
  if (read.ec != std::errc() || (size < digits.size() && is_regular(digits[size]))) {
    at_ = start;
    return std::nullopt;
  }
  at_ += size;
  return value;
}

Result<Value> Reader::value() {
  values_ = 0;
  return nested(0);
}

Result<Value> Reader::nested(unsigned depth) {
  skip_space();
  if (at_ >= bytes_.size() || depth > kDepthMax || ++values_ > kValuesMax) return broken();
  const char c = bytes_[at_];
  if (c == '/') {
    TRY_ASSIGN(std::string text, name());
    return Value(Name{std::move(text)});
  }
  if (c == '(') return literal();
  if (c == '[') return array(depth);
  if (c == '<') return rest().starts_with("<<") ? dictionary(depth) : hexadecimal();
  if (is_digit(c) || c == '+' || c == '-' || c == '.') return number_or_reference();
  if (word("true")) return Value(true);
  if (word("false")) return Value(false);
  if (word("null")) return Value();
  return broken();
}

Result<Value> Reader::array(unsigned depth) {
  Value::Array out;
  ++at_;
  for (skip_space(); at_ < bytes_.size(); skip_space()) {
    if (bytes_[at_] == ']') {
      ++at_;
      return Value(std::move(out));
    }
    TRY_ASSIGN(Value item, nested(depth + 1));
    out.push_back(std::move(item));
  }
  return broken();
}

Result<Value> Reader::dictionary(unsigned depth) {
  Value::Dictionary out;
  at_ += 2;
  for (skip_space(); at_ < bytes_.size(); skip_space()) {
    if (rest().starts_with(">>")) {
      at_ += 2;
      return Value(std::move(out));
    }
    if (bytes_[at_] != '/') return broken();
    TRY_ASSIGN(std::string key, name());
    TRY_ASSIGN(Value item, nested(depth + 1));
    out.emplace_back(std::move(key), std::move(item));
  }
  return broken();
}

// "12", "-1.5", "12 0 R"
Result<Value> Reader::number_or_reference() {
  const std::size_t start = at_;
  while (at_ < bytes_.size() && is_regular(bytes_[at_])) ++at_;
  View token = bytes_.substr(start, at_ - start);
  if (token.find_first_not_of("+-.0123456789") != View::npos) return broken();
  if (token.contains('.')) return Value();
  if (token.starts_with('+')) token.remove_prefix(1);
  std::int64_t value = 0;
  const auto read = std::from_chars(token.data(), token.data() + token.size(), value);
  if (read.ec != std::errc() || read.ptr != token.data() + token.size()) return broken();
  const std::size_t behind = at_;
  const auto generation = number();
  if (generation && *generation <= UINT32_MAX && value >= 0 && value <= UINT32_MAX && word("R"))
    return Value(Reference{static_cast<std::uint32_t>(value),
                           static_cast<std::uint32_t>(*generation)});
  at_ = behind;
  return Value(value);
}

Result<std::string> Reader::name() {
  std::string out;
  for (++at_; at_ < bytes_.size() && is_regular(bytes_[at_]); ++at_) {
    const char c = bytes_[at_];
    if (c == '#' && at_ + 2 < bytes_.size()) {
      const int high = digit_of(bytes_[at_ + 1]);
      const int low = digit_of(bytes_[at_ + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        at_ += 2;
        continue;
      }
    }
    out.push_back(c);
  }
  return out;
}

// Behind the backslash; leaves the last character of the escape to the caller's step.
void Reader::escape(std::string& out) {
  const char c = bytes_[at_];
  constexpr View kNames = "nrtbf";
  constexpr View kMeans = "\n\r\t\b\f";
  if (const std::size_t simple = kNames.find(c); simple != View::npos) {
    out.push_back(kMeans[simple]);
  } else if (c == '\r') {  // a line that goes on
    if (at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '\n') ++at_;
  } else if (is_octal(c)) {
    unsigned code = 0;
    std::size_t end = at_;
    for (; end < std::min(at_ + 3, bytes_.size()) && is_octal(bytes_[end]); ++end)
      code = code * 8 + static_cast<unsigned>(bytes_[end] - '0');
    out.push_back(static_cast<char>(code & 0xFF));
    at_ = end - 1;
  } else if (c != '\n') {
    out.push_back(c);
  }
}

Result<Value> Reader::literal() {
  std::string out;
  std::size_t open = 1;
  for (++at_; at_ < bytes_.size(); ++at_) {
    const char c = bytes_[at_];
    if (c == '\\') {
      if (++at_ == bytes_.size()) break;
      escape(out);
      continue;
    }
    if (c == '(') ++open;
    if (c == ')' && --open == 0) {
      ++at_;
      return Value(std::move(out));
    }
    out.push_back(c);
  }
  return broken();
}

Result<Value> Reader::hexadecimal() {
  std::string out;
  int high = -1;
  for (++at_; at_ < bytes_.size(); ++at_) {
    const char c = bytes_[at_];
    if (c == '>') {
      if (high >= 0) out.push_back(static_cast<char>(high * 16));
      ++at_;
      return Value(std::move(out));
    }
    if (is_space(c)) continue;
    const int digit = digit_of(c);
    if (digit < 0) return broken();
    if (high < 0) {
      high = digit;
    } else {
      out.push_back(static_cast<char>(high * 16 + digit));
      high = -1;
    }
  }
  return broken();
}

}  // namespace corridor::pdf
