// SPDX-License-Identifier: Apache-2.0
//
// Regular expressions of XPath (F&O §7.6.1, XML Schema part 2 appendix F) run by RE2 after
// translation, in linear time. Back-references, character class subtraction and block names are
// refused by name: RE2 cannot do them, and no known rule set asks for them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/base.h"
#include "base/bytes.h"

namespace re2 {
class RE2;
}

namespace corridor::xpath {

class Regex {
 public:
  // Code::invalid with the specification's code first in `why`: "FORX0002 …".
  static Result<std::shared_ptr<const Regex>> compile(View pattern, View flags);
  ~Regex();

  [[nodiscard]] bool matches(View text) const;  // anywhere in the text
  [[nodiscard]] bool matches_empty() const { return matches_empty_; }
  // Calls `piece` for what stands between the matches (never for an empty text).
  void split(View text, const std::function<void(View)>& piece) const;
  // `replacement` with $N and escapes as F&O §7.6.3 has them; Code::invalid: FORX0004.
  [[nodiscard]] Result<std::string> replace(View text, View replacement) const;

 private:
  explicit Regex(std::unique_ptr<re2::RE2> machine);
  std::unique_ptr<re2::RE2> machine_;
  bool matches_empty_ = false;
};

// The RE2 spelling of an XPath pattern; for tests.
Result<std::string> translate_pattern(View pattern, View flags);

}  // namespace corridor::xpath
