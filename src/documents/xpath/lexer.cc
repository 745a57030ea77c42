// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/lexer.h"

#include "documents/xml/encoding.h"
#include "documents/xpath/atomic.h"

namespace corridor::xpath {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool continues_name(View text, std::size_t at) {
  if (at >= text.size()) return false;
  return xml::is_name_character(xml::next_character(text, at));
}

}  // namespace

std::size_t Lexer::here() {
  while (at_ < text_.size()) {
    if (is_xml_space(text_[at_])) {
      ++at_;
    } else if (text_.substr(at_).starts_with("(:")) {
      int depth = 0;
      do {
        if (text_.substr(at_).starts_with("(:")) {
          ++depth;
          at_ += 2;
        } else if (text_.substr(at_).starts_with(":)")) {
          --depth;
          at_ += 2;
        } else {
          ++at_;
        }
      } while (depth > 0 && at_ < text_.size());
      if (depth > 0) comment_open_ = true;
    } else {
      break;
    }
  }
  return std::min(at_, text_.size());
}

bool Lexer::sees(View symbol) { return text_.substr(here()).starts_with(symbol); }

bool Lexer::eat(View symbol) {
  if (!sees(symbol)) return false;
  at_ += symbol.size();
  return true;
}

bool Lexer::sees_word(View word) { return sees(word) && !continues_name(text_, at_ + word.size()); }

bool Lexer::eat_word(View word) {
  if (!sees_word(word)) return false;
  at_ += word.size();
  return true;
}

bool Lexer::eat_words(View first, View second) {
  const std::size_t start = here();
  if (eat_word(first) && eat_word(second)) return true;
  at_ = start;
  return false;
}

std::optional<View> Lexer::ncname() {
  const std::size_t start = here();
  std::size_t at = start;
  if (at >= text_.size() || !xml::is_name_start(xml::next_character(text_, at)))
    return std::nullopt;
  while (at < text_.size()) {
    std::size_t next = at;
    if (!xml::is_name_character(xml::next_character(text_, next))) break;
    at = next;
  }
  at_ = at;
  return text_.substr(start, at - start);
}

// QName, and with `wildcards` also *, *:local and prefix:*. No white space within.
std::optional<Lexer::Name> Lexer::name(bool wildcards) {
  const std::size_t start = here();
  if (wildcards && byte(start) == '*') {
    at_ = start + 1;
    if (byte(at_) == ':' && byte(at_ + 1) != ':') {
      const std::size_t colon = at_;
      ++at_;
      if (const auto local = continues_name(text_, at_) ? ncname() : std::nullopt)
        return Name{"*", *local, true};
      at_ = colon;
    }
    return Name{{}, "*", false};
  }
  const auto first = ncname();
  if (!first) return std::nullopt;
  if (byte(at_) != ':' || byte(at_ + 1) == ':') return Name{{}, *first, false};
  const std::size_t colon = at_;
  ++at_;
  if (wildcards && byte(at_) == '*') {
    ++at_;
    return Name{*first, "*", true};
  }
  if (at_ < text_.size() && !is_xml_space(text_[at_])) {
    if (const auto local = ncname()) return Name{*first, *local, true};
  }
  at_ = colon;
  return Name{{}, *first, false};
}

bool Lexer::sees_literal() {
  const char c = byte(here());
  return c == '"' || c == '\'' || is_digit(c) || (c == '.' && is_digit(byte(at_ + 1)));
}

Result<Item> Lexer::number(Arena& arena) {
  const std::size_t start = at_;
  while (is_digit(byte(at_))) ++at_;
  bool whole = true;
  if (byte(at_) == '.') {
    whole = false;
    ++at_;
    while (is_digit(byte(at_))) ++at_;
  }
  const bool exponent =
      (byte(at_) == 'e' || byte(at_) == 'E') &&
      (is_digit(byte(at_ + 1)) ||
       ((byte(at_ + 1) == '+' || byte(at_ + 1) == '-') && is_digit(byte(at_ + 2))));
  if (exponent) {
    at_ += 2;
    while (is_digit(byte(at_))) ++at_;
    return double_item(parse_double(text_.substr(start, at_ - start)).value_or(0));
  }
  const auto value = Decimal::parse(text_.substr(start, at_ - start));
  if (!value || value->too_long()) return wrong("this number is not supported", start);
  return exact_item(arena, *value, whole ? Type::integer : Type::decimal);
}

Result<Item> Lexer::literal(Arena& arena) {
  const char quote = byte(here());
  if (quote != '"' && quote != '\'') return number(arena);
  const std::size_t start = at_;
  std::string value;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] != quote) {
      value += text_[at_];
    } else if (byte(at_ + 1) == quote) {
      value += quote;
      ++at_;
    } else {
      ++at_;
      return text_item(arena.copy(View(value)));
    }
  }
  return wrong("a string literal does not end", start);
}

std::unexpected<Error> Lexer::wrong(std::string what, std::size_t at) const {
  std::string shown(text_.substr(0, 120));
  for (char& c : shown)
    if (is_xml_space(c)) c = ' ';
  if (comment_open_) what = "a comment does not end";
  return fail(Code::invalid, std::move(what) + xml::at_position(text_, at) +
                                 " of the expression \"" + shown +
                                 (text_.size() > 120 ? "…\"" : "\""));
}

}  // namespace corridor::xpath
