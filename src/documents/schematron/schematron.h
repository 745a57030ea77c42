// SPDX-License-Identifier: Apache-2.0
//
// ISO Schematron (ISO/IEC 19757-3) with XPath 2.0, straight from the files that rule authors
// publish.
//
// `compile` reads a schema with everything it includes, expands abstract patterns and rules, and
// turns it into a program. A construct that this engine does not have is refused there, by name,
// file and line. A RuleSet is immutable: share one among all threads.
//
// `check` gives all findings, pattern by pattern in document order. Within a pattern a node is
// judged by the first rule whose context matches. A dynamic error in a test is a finding of that
// assertion (`rule-error`, fatal): the document is not shown to be valid, and the run goes on.
// Deviates: XSLT processors end the whole run there.
//
//   TRY_ASSIGN(auto rules, schematron::compile("EN16931-UBL.sch", open));
//   TRY_ASSIGN(auto tree, xml::parse(bytes));
//   Outcome outcome = rules.check(tree, {.now = env.now()});
//   std::vector<Finding> findings = rules.findings(outcome, tree);
//
// Nothing is fetched: `open` gives the bytes of the files that the schema names, or refuses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/env.h"
#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::schematron {

// The bytes of a file by its path, which is relative to the first file's folder ("ubl/a.sch").
using Open = std::function<Result<Bytes>(std::string_view path)>;

struct CompileOptions {
  std::string phase;     // empty: the schema's default phase, or all patterns
  bool optimise = true;  // false: the plain evaluator, which the fast one is tested against
};

struct CheckOptions {
  Time now;  // what current-date() and its like answer
  std::size_t hits_max = SIZE_MAX;         // more are counted, not kept
  std::size_t value_bytes_max = SIZE_MAX;  // a longer value is cut in a message
};

// One failed assertion (or successful report) at one node.
struct Hit {
  std::uint32_t pattern = 0;    // index among the active patterns
  std::uint32_t rule = 0;       // index within the pattern
  std::uint32_t assertion = 0;  // index within the rule
  xml::NodeId node = 0;
  Severity severity = Severity::fatal;
  std::string text;         // the message, values filled in
  std::string values;       // those of them that the rule has a variable for: "stated=4.00, rate=7"
  bool rule_error = false;  // the assertion could not be evaluated; text says why
};

struct Outcome {
  std::vector<Hit> hits;
  std::uint64_t left_out = 0;  // hits beyond CheckOptions::hits_max
  bool left_out_fatal = false;
  std::uint64_t fired_rules = 0;         // rules that matched a node
  std::uint64_t checked_assertions = 0;  // assertions evaluated at these nodes
};

struct AssertionFacts {
  std::string id;
  Severity severity = Severity::fatal;  // unless the flag is a variable: then Hit says
  std::string test;                     // as written
  std::string flag;                     // as written
  std::string role;
  std::string term;  // BT-1, BG-25: the role where it is one, else the first that the message names
  bool is_report = false;
};

struct RuleSetFacts {
  std::string title;
  std::size_t patterns = 0;
  std::size_t rules = 0;
  std::size_t assertions = 0;
};

class Program;

class RuleSet {
 public:
  explicit RuleSet(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  [[nodiscard]] Outcome check(const xml::Tree& tree, const CheckOptions& options = {}) const;
  [[nodiscard]] std::vector<Finding> findings(const Outcome& outcome, const xml::Tree& tree) const;
  // Shorthand for both.
  [[nodiscard]] std::vector<Finding> judge(const xml::Tree& tree,
                                           const CheckOptions& options = {}) const;

  [[nodiscard]] const RuleSetFacts& facts() const;
  [[nodiscard]] std::string_view pattern_id(std::uint32_t pattern) const;
  [[nodiscard]] std::string_view rule_context(std::uint32_t pattern, std::uint32_t rule) const;
  [[nodiscard]] const AssertionFacts& assertion(const Hit& hit) const;

  // The compiled rules as bytes, for `restore`; nothing for what is not worth keeping.
  [[nodiscard]] std::optional<Bytes> save() const;

 private:
  std::shared_ptr<const Program> program_;
};

Result<RuleSet> compile(std::string_view path, const Open& open,
                        const CompileOptions& options = {});

// Rules that `save` wrote, by this version of the program. The bytes are not trusted: they are
// `corrupt`, or rules that are safe to run. `open` gives the files that document() names.
Result<RuleSet> restore(View bytes, const Open& open);

}  // namespace corridor::schematron
