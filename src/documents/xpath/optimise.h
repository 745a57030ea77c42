// SPDX-License-Identifier: Apache-2.0
//
// Makes expressions cheaper to run without changing what they mean: constants are folded (a code
// list that is tokenised becomes a set once), "//x" becomes one step, patterns of matches() are
// compiled, and what does not depend on the node being judged is numbered, so that it is computed
// once for a document. Only the fast evaluator heeds what is found here; folding is for both.
#pragma once

#include <map>
#include <string>
#include <unordered_set>

#include "documents/xpath/program.h"

namespace corridor::xpath {

// Strings that a value is compared with, or the words of a padded list (' A B C ').
struct CodeList {
  std::unordered_set<View> codes;  // into the program's literals
  // contains(' A B ', concat(' ', x, ' ')): the list as a text, for an x that is not one word.
  View padded;
};

class Optimiser {
 public:
  explicit Optimiser(Program& program) : program_(program) {}

  void globals();  // until nothing changes: they use each other
  void functions();
  void expression(ExpressionPtr& e) { run(e, true); }
  void pattern(Pattern& pattern);

 private:
  void run(ExpressionPtr& e, bool hoist);
  void rewrite(ExpressionPtr& e);
  void fold(ExpressionPtr& e);
  void join_steps(Expression& path);
  void compile_regex(Expression& e);
  void code_list(Expression& e);
  void pattern_step(PatternStep& step);
  void hoist(Expression& e);
  void hoist_inside(Expression& e);
  void keep(Expression& e);
  void split_prefix(Expression& path);

  Program& program_;
  std::map<std::string, std::uint32_t> hoisted_;
  // By pattern and flags: a pack says what a number is many times.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Regex>> regexes_;
};

// Names that the document must have for the test to be able to fail: when one is absent,
// `not(a/b)` and its like hold without being evaluated. Empty: nothing is known.
std::vector<std::uint32_t> needed_to_fail(const Expression& test, const Vocabulary& names);

}  // namespace corridor::xpath
