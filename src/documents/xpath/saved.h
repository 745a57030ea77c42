// SPDX-License-Identifier: Apache-2.0
//
// Compiled expressions as bytes, and back. What is read is not trusted: every number is compared
// with what it counts or names before it is used, every variable must stand where it is bound, and
// all that analysis can find out is found out again rather than believed. Whatever bytes come in,
// what comes out is a program that is safe to run, or nothing.
//
// Strings stand once, in a pool in front; everything else is numbers of one to ten bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "documents/xpath/optimise.h"
#include "documents/xpath/program.h"

namespace corridor::xpath {

// Deeper expressions are not saved: who reads them back, or runs them, has a stack.
inline constexpr int kSavedDepthMax = 1'200;

class Saver {
 public:
  void number(std::uint64_t value);
  void signed_number(std::int64_t value);
  void text(View value);
  void type(const SequenceType& type);
  void unit(const ExpressionPtr& expression, std::uint32_t frame);
  void pattern(const Pattern& pattern);
  void names(const Vocabulary& names);

  // Nothing when something could not be saved.
  std::optional<Bytes> finish();

 private:
  void expression(const Expression& e);
  void test(const NodeTest& test);
  void items(Seq items);
  void fail() { good_ = false; }

  Bytes body_;
  Bytes pool_;
  std::vector<std::size_t> sizes_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
  int depth_ = 0;
  bool good_ = true;
};

// After the first thing that is wrong `good()` is false and everything read is empty.
class Restorer {
 public:
  Restorer(View bytes, Program& program);

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  void fail() { good_ = false, rest_ = {}; }

  std::uint64_t number(std::uint64_t most);
  std::size_t count();  // of things of which each takes a byte at least
  std::int64_t signed_number();
  View text();  // lives as long as the program
  SequenceType type();
  // An expression and its frame, in which the first `bound` slots hold values already. It may use
  // the first `rule_variables` variables of a rule.
  ExpressionPtr unit(std::uint32_t& frame, std::uint32_t rule_variables = 0,
                     std::uint32_t bound = 0);
  Pattern pattern();
  void names(Vocabulary& names);

 private:
  void read_pool();
  ExpressionPtr expression();  // never null
  void own(Expression& e);
  void arguments(Expression& e);
  void inspect(Expression& e);
  [[nodiscard]] bool fits(const Expression& e) const;
  [[nodiscard]] bool call_fits(const Expression& e) const;
  NodeTest test();
  Seq items();
  Item item();
  template <class Enum>
  Enum one_of(Enum last) {
    return static_cast<Enum>(number(static_cast<std::uint64_t>(last)));
  }

  Program& program_;
  Optimiser optimiser_;
  View rest_;
  std::vector<View> pool_;
  std::vector<bool> bound_;  // by slot of the current frame
  std::uint32_t rule_variables_ = 0;
  std::size_t expressions_ = 0;
  int depth_ = 0;
  bool good_ = true;
};

}  // namespace corridor::xpath
