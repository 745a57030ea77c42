// SPDX-License-Identifier: Apache-2.0
//
// Makes expressions cheaper to run without changing what they mean: constants are folded (a code
// list that is tokenised becomes a set once), "//x" becomes one step, patterns of matches() are
// compiled, and what does not depend on the node being judged is numbered, so that it is computed
// once for a document. Only the fast evaluator heeds what is found here; folding is for both.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
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

  // Once everything else is done: what is asked of a node in several places is numbered, so that it
  // is found out once for each node. First all expressions are counted, then each is marked.
  void count_shared(const Expression& e);
  void mark_shared(Expression& e);
  template <class Each>
  static void each_predicate(Pattern& pattern, Each each) {
    for (Alternative& alternative : pattern.alternatives)
      for (PatternStep& step : alternative.steps)
        for (std::size_t i = step.named_predicates; i < step.predicates.size(); ++i)
          each(*step.predicates[i]);
  }

  // What saved expressions get back: compiled regular expressions, code lists, and the memos of
  // patterns. The expression has been analysed.
  void prepare(Expression& e);
  void prepare(PatternStep& step);

 private:
  void run(ExpressionPtr& e, bool hoist);
  void rewrite(ExpressionPtr& e);
  void fold(ExpressionPtr& e);
  void join_steps(Expression& path);
  void compile_regex(Expression& e);
  void code_list(Expression& e);
  void pattern_step(PatternStep& step);
  void ask_names(PatternStep& step);
  void hoist(Expression& e);
  void hoist_inside(Expression& e);
  void keep(Expression& e);
  void split_prefix(Expression& path);
  std::uint64_t fingerprint(const Expression& e);
  void mark_index(Expression& step);

  Program& program_;
  std::map<std::string, std::uint32_t> hoisted_;
  std::map<std::string, std::uint32_t> memos_;
  std::unordered_map<const Expression*, std::uint64_t> fingerprints_;
  std::unordered_map<std::uint64_t, std::uint32_t> places_;  // how often a fingerprint was met
  std::map<std::string, std::set<std::string>> literals_;    // what an index is asked for
  std::map<std::string, std::uint32_t> indexes_;
  std::map<std::string, std::shared_ptr<const Regex>, std::less<>> regexes_;  // flags/pattern
};

// Depends on the document, and on nothing of the rule or the place where it stands.
inline bool depends_on_document_only(const Expression& e) {
  return !e.uses_focus && !e.uses_current && !e.uses_local && !e.uses_rule && !e.uses_position;
}

// Depends on the node it is asked of and the document around it, and on nothing else: its value may
// be kept for that node.
inline bool depends_on_node_only(const Expression& e) {
  return e.uses_focus && !e.uses_position && !e.uses_current && !e.uses_local && !e.uses_rule;
}

// May nodes that the predicate holds for be found by looking up a text? value = 'literal'.
bool is_lookup(const Expression& step, const Expression& predicate);

// Names that the document must have for the test to be able to fail: when one is absent,
// `not(a/b)` and its like hold without being evaluated. Empty: nothing is known.
std::vector<std::uint32_t> needed_to_fail(const Expression& test, const Vocabulary& names);

}  // namespace corridor::xpath
