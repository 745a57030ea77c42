// SPDX-License-Identifier: Apache-2.0
// Running a program over a tree.
#include "documents/schematron/program.h"
#include "documents/xpath/atomic.h"
#include "documents/xpath/evaluate.h"
#include "documents/xpath/regex_cache.h"

namespace corridor::schematron {

namespace {

using xpath::Item;

// The candidates of one pattern by the names of one tree, in the order of the rules.
class Dispatch {
 public:
  Dispatch(const CompiledPattern& pattern, const xpath::Binding& binding, std::size_t names)
      : elements_(names), attributes_(pattern.visits_attributes ? names : 0) {
    for (const Candidate& c : pattern.candidates) {
      if (c.others) others_.push_back(&c);
      file(c, c.elements, binding, elements_);
      file(c, c.attributes && pattern.visits_attributes, binding, attributes_);
    }
  }
  [[nodiscard]] const std::vector<const Candidate*>& of(const xml::Node& n) const {
    if (n.kind == xml::Kind::element) return elements_[n.name];
    return n.kind == xml::Kind::attribute ? attributes_[n.name] : others_;
  }

 private:
  using Lists = std::vector<std::vector<const Candidate*>>;
  static void file(const Candidate& c, bool wanted, const xpath::Binding& binding, Lists& lists) {
    if (!wanted) return;
    if (c.name != 0 && !binding.is_wild(c.name)) {
      if (binding.id(c.name) != xpath::Binding::kAbsent) lists[binding.id(c.name)].push_back(&c);
      return;
    }
    for (xml::NameId id = 0; id < lists.size(); ++id)
      if (c.name == 0 || binding.matches(c.name, id)) lists[id].push_back(&c);
  }

  Lists elements_;
  Lists attributes_;
  std::vector<const Candidate*> others_;
};

class Run {
 public:
  Run(const Program& program, const xml::Tree& tree, const CheckOptions& options)
      : program_(program), tree_(tree), evaluator_(program.expressions, tree, options.now) {}

  Outcome run() {
    for (std::uint32_t i = 0; i < program_.patterns.size(); ++i) pattern(i);
    return std::move(out_);
  }

 private:
  void pattern(std::uint32_t number) {
    const CompiledPattern& pattern = program_.patterns[number];
    if (pattern.candidates.empty()) return;
    const Dispatch dispatch(pattern, evaluator_.binding(0), tree_.name_count());
    for (xml::NodeId id = 0; id < tree_.size(); ++id) {
      const xml::Node& n = tree_.node(id);
      if (n.kind == xml::Kind::attribute ? !pattern.visits_attributes
                                         : n.kind != xml::Kind::element && !pattern.visits_others)
        continue;
      for (const Candidate* c : dispatch.of(n)) {
        const Rule& rule = pattern.rules[c->rule];
        evaluator_.scratch().reset();
        const bool matched = evaluator_.matches(rule.pattern.alternatives[c->alternative],
                                                rule.pattern.frame, xpath::node_item(id));
        if (!matched) continue;
        fire(number, c->rule, rule, id);
        break;
      }
    }
  }

  void fire(std::uint32_t pattern, std::uint32_t number, const Rule& rule, xml::NodeId node) {
    ++out_.fired_rules;
    const Item item = xpath::node_item(node);
    evaluator_.begin_rule(item, rule.lets);
    const xpath::Focus focus(item);
    for (std::uint32_t i = 0; i < rule.assertions.size(); ++i) {
      const Assertion& assertion = rule.assertions[i];
      ++out_.checked_assertions;
      evaluator_.scratch().reset();
      const bool holds = evaluator_.run_boolean(*assertion.test, assertion.frame, focus);
      const bool failed = evaluator_.runtime().failed();
      if (!failed && holds != assertion.facts.is_report) continue;
      Hit hit{pattern, number, i, node, {}, failed};
      if (failed) {
        const xpath::Fault fault = evaluator_.runtime().fault();
        evaluator_.runtime().clear();
        hit.text = "rule-error: " + fault.code + ": " + fault.why;
      } else {
        hit.text = message(assertion, focus);
        if (assertion.subject) hit.node = subject(assertion, focus, node);
      }
      out_.hits.push_back(std::move(hit));
    }
  }

  xml::NodeId subject(const Assertion& assertion, const xpath::Focus& focus, xml::NodeId fallback) {
    const xpath::Seq nodes = evaluator_.run(*assertion.subject, assertion.frame, focus);
    const bool good = !evaluator_.runtime().failed() && !nodes.empty() &&
                      nodes[0].type == xpath::Type::node && nodes[0].tree == 0;
    evaluator_.runtime().clear();
    return good ? nodes[0].node : fallback;
  }

  // The official text with its values, white space normalised. A value that fails stays empty.
  std::string message(const Assertion& assertion, const xpath::Focus& focus) {
    std::string out;
    xpath::Runtime& runtime = evaluator_.runtime();
    for (const Part& part : assertion.message) {
      out += part.words;
      if (!part.value) continue;
      const xpath::Seq items = evaluator_.run(*part.value, part.frame, focus);
      if (!runtime.failed() && part.is_name) {
        if (!items.empty() && items[0].type == xpath::Type::node)
          out += runtime.tree_of(items[0]).qname(items[0].node);
      } else if (!runtime.failed()) {
        for (std::size_t i = 0; i < items.size(); ++i) {
          if (i > 0) out += ' ';
          out += xpath::text_of(runtime, xpath::atomize(runtime, items[i]));
        }
      }
      runtime.clear();
    }
    return std::string(xpath::normalize_space(evaluator_.scratch(), out));
  }

  const Program& program_;
  const xml::Tree& tree_;
  xpath::Evaluator evaluator_;
  Outcome out_;
};

}  // namespace

Outcome RuleSet::check(const xml::Tree& tree, const CheckOptions& options) const {
  return Run(*program_, tree, options).run();
}

const RuleSetFacts& RuleSet::facts() const { return program_->facts; }

std::string_view RuleSet::pattern_id(std::uint32_t pattern) const {
  return program_->patterns[pattern].id;
}

std::string_view RuleSet::rule_context(std::uint32_t pattern, std::uint32_t rule) const {
  return program_->patterns[pattern].rules[rule].context;
}

const AssertionFacts& RuleSet::assertion(const Hit& hit) const {
  return program_->patterns[hit.pattern].rules[hit.rule].assertions[hit.assertion].facts;
}

std::vector<Finding> RuleSet::findings(const Outcome& outcome, const xml::Tree& tree) const {
  std::vector<Finding> out;
  out.reserve(outcome.hits.size());
  for (const Hit& hit : outcome.hits) {
    const AssertionFacts& facts = assertion(hit);
    Finding finding;
    finding.rule = facts.id;
    finding.severity = hit.rule_error ? Severity::fatal : facts.severity;
    finding.text = hit.text;
    finding.path = tree.path(hit.node);
    const xml::Position position = tree.position(hit.node);
    finding.line = position.line;
    finding.column = position.column;
    finding.term = facts.term;
    out.push_back(std::move(finding));
  }
  return out;
}

std::vector<Finding> RuleSet::judge(const xml::Tree& tree, const CheckOptions& options) const {
  return findings(check(tree, options), tree);
}

}  // namespace corridor::schematron
