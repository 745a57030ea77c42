// SPDX-License-Identifier: Apache-2.0
//
// Markup that is written, never parsed: what comes from outside only gets in escaped.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace corridor::documents {

class Html {
 public:
  // Ours: literals and what other members made.
  Html& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  // Text: escaped, what is not seen in a box of its own; line ends stay. Returns how many bytes
  // were left out beyond `bytes_max`.
  std::size_t text(View value, std::size_t bytes_max = kTextBytesMax);
  // Our own sentence, in which isolates (U+2068, U+2069) become elements.
  void sentence(View value);
  // name="value", with a space before it.
  Html& attribute(std::string_view name, View value);
  Html& number(std::size_t value);

  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

  static constexpr std::size_t kTextBytesMax = 20'000;

 private:
  void character(char32_t c, bool in_attribute);

  std::string out_;
};

}  // namespace corridor::documents
