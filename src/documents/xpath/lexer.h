// SPDX-License-Identifier: Apache-2.0
//
// The lowest layer of the parser: white space and comments, names, literals, and the rule that
// XPath has no reserved words, so that a keyword is one only where the grammar expects it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"
#include "base/bytes.h"
#include "documents/xpath/value.h"

namespace corridor::xpath {

class Lexer {
 public:
  explicit Lexer(View text) : text_(text) {}

  struct Name {
    View prefix;  // empty for none; "*" for any
    View local;   // "*" for any
    bool has_prefix = false;
  };

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t here();  // after white space and comments
  void back_to(std::size_t at) { at_ = at; }
  [[nodiscard]] bool at_end() { return here() == text_.size(); }
  [[nodiscard]] View text() const { return text_; }

  // A symbol such as "<=", "(" or "::"; eaten only when it is there.
  bool eat(View symbol);
  bool sees(View symbol);
  // A keyword: followed by something that cannot continue a name.
  bool eat_word(View word);
  bool sees_word(View word);
  // Two words with white space between, "instance of".
  bool eat_words(View first, View second);

  std::optional<View> ncname();
  std::optional<Name> name(bool wildcards);
  [[nodiscard]] bool sees_literal();
  Result<Item> literal(Arena& arena);

  [[nodiscard]] std::unexpected<Error> wrong(std::string what, std::size_t at) const;
  [[nodiscard]] std::unexpected<Error> wrong(std::string what) {
    return wrong(std::move(what), here());
  }
  [[nodiscard]] bool comment_open() const { return comment_open_; }

 private:
  [[nodiscard]] char byte(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  Result<Item> number(Arena& arena);

  View text_;
  std::size_t at_ = 0;
  bool comment_open_ = false;
};

}  // namespace corridor::xpath
