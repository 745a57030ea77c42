// SPDX-License-Identifier: Apache-2.0
// Running a program over a tree.
#include <algorithm>
#include <bit>

#include "documents/schematron/program.h"
#include "documents/xpath/atomic.h"
#include "documents/xpath/fast.h"
#include "documents/xpath/regex_cache.h"

namespace corridor::schematron {

namespace {

using xpath::Item;

// A candidate as the loop over the nodes needs it.
struct Choice {
  const Rule* rule = nullptr;
  const xpath::Alternative* alternative = nullptr;
  std::uint32_t number = 0;  // of the rule
  std::uint32_t chain = 0;
  bool certain = false;
  bool asks_names = false;
};
using List = std::span<const std::uint32_t>;  // indexes of choices

// The candidates of one pattern by the names of one document, in the order of the rules; without
// those that name something the document does not have.
class Dispatch {
 public:
  Dispatch(const CompiledPattern& pattern, const xpath::Binding& binding, std::size_t names)
      : pattern_(pattern), binding_(binding), elements_(names), attributes_(names) {
    possible_.reserve(pattern.candidates.size());
    choices_.reserve(pattern.candidates.size());
    for (const Candidate& c : pattern.candidates) {
      possible_.push_back(can_match(c));
      const Rule& rule = pattern.rules.data()[c.rule];
      choices_.push_back({&rule, rule.pattern.alternatives.data() + c.alternative, c.rule, c.chain,
                          c.certain, c.asks_names});
    }
    flat_.reserve(pattern.candidates.size() * 2);
    others_ = add(pattern.others);
    if (pattern.has_wildcards) {
      for (xml::NameId id = 0; id < names; ++id) {
        elements_[id] = wild(&Candidate::elements, id);
        attributes_[id] = wild(&Candidate::attributes, id);
      }
      return;
    }
    look_up(pattern.elements, elements_);
    if (pattern.visits_attributes) look_up(pattern.attributes, attributes_);
  }
  // Candidates that a name rules out are gone before its nodes are visited: one node of the name is
  // asked for all of them.
  void ask_names(const xml::Tree& tree, xpath::Evaluator& evaluator) {
    for (xml::NameId name = 1; name < elements_.size(); ++name) {
      Range& range = elements_.data()[name];
      const auto nodes = tree.elements(name);
      const auto asks = [&](std::uint32_t index) { return choice(index).asks_names; };
      if (nodes.empty() || std::ranges::none_of(list(range), asks)) continue;
      const auto prefix = tree.node(nodes[0]).prefix;
      const auto same = [&](xml::NodeId id) { return tree.node(id).prefix == prefix; };
      if (!std::ranges::all_of(nodes, same)) continue;
      const auto at = static_cast<std::uint32_t>(flat_.size());
      for (std::uint32_t i = 0; i < range.count; ++i) {
        const std::uint32_t index = flat_[range.at + i];
        if (!asks(index) || may_match(choice(index), tree, nodes[0], evaluator))
          flat_.push_back(index);
      }
      range = {at, static_cast<std::uint32_t>(flat_.size()) - at};
    }
  }
  // No node of this document can match.
  [[nodiscard]] bool empty() const { return std::ranges::find(possible_, 1) == possible_.end(); }
  // The nodes that have candidates: in 64ths, a bit for each, in document order.
  [[nodiscard]] std::vector<std::uint64_t> visited(const xml::Tree& tree) const {
    std::vector<std::uint64_t> bits(tree.size() / 64 + 1);
    const auto mark = [&](xml::NodeId id) { bits.data()[id / 64] |= std::uint64_t{1} << id % 64; };
    for (xml::NameId name = 0; name < elements_.size(); ++name) {
      if (elements_.data()[name].count > 0) std::ranges::for_each(tree.elements(name), mark);
      if (attributes_.data()[name].count > 0) std::ranges::for_each(tree.attributes(name), mark);
    }
    if (!pattern_.visits_others) return bits;
    for (xml::NodeId id = 0; id < tree.size(); ++id) {
      const xml::Kind kind = tree.node(id).kind;
      if (kind != xml::Kind::element && kind != xml::Kind::attribute) mark(id);
    }
    return bits;
  }
  [[nodiscard]] const Choice& choice(std::uint32_t index) const { return choices_.data()[index]; }
  [[nodiscard]] List of(const xml::Node& n) const {
    if (n.kind != xml::Kind::element && n.kind != xml::Kind::attribute) return list(others_);
    const auto& ranges = n.kind == xml::Kind::element ? elements_ : attributes_;
    return list(ranges.data()[n.name]);
  }

 private:
  struct Range {
    std::uint32_t at = 0;
    std::uint32_t count = 0;
  };

  [[nodiscard]] List list(Range range) const { return {flat_.data() + range.at, range.count}; }
  // The evaluator remembers what it found out about the name.
  static bool may_match(const Choice& c, const xml::Tree& tree, xml::NodeId node,
                        xpath::Evaluator& evaluator) {
    const Item item = xpath::node_item(node);
    evaluator.scratch().reset();
    if (!evaluator.names_match(*c.alternative, item)) return true;
    (void)evaluator.predicates_match(*c.alternative, c.rule->pattern.frame, item);
    return evaluator.name_may_match(c.alternative->steps.back(), tree.node(node));
  }
  [[nodiscard]] bool can_match(const Candidate& c) const {
    for (const std::uint32_t name : c.needed)
      if (binding_.id(name) == xpath::Binding::kAbsent) return false;
    return true;
  }
  Range add(const std::vector<std::uint32_t>& list) {
    Range range{static_cast<std::uint32_t>(flat_.size()), 0};
    for (const std::uint32_t index : list)
      if (possible_[index] != 0) flat_.push_back(index);
    range.count = static_cast<std::uint32_t>(flat_.size()) - range.at;
    return range;
  }
  void look_up(const DispatchTable& table, std::vector<Range>& ranges) {
    const Range any = add(table.any);
    std::ranges::fill(ranges, any);
    for (const auto& [name, list] : table.named)
      if (const xml::NameId id = binding_.id(name); id != xpath::Binding::kAbsent)
        ranges[id] = add(list);
  }
  Range wild(bool Candidate::* kind, xml::NameId id) {
    std::vector<std::uint32_t> list;
    for (std::uint32_t i = 0; i < pattern_.candidates.size(); ++i) {
      const Candidate& c = pattern_.candidates[i];
      if (c.*kind && (c.name == 0 || binding_.matches(c.name, id))) list.push_back(i);
    }
    return add(list);
  }

  const CompiledPattern& pattern_;
  const xpath::Binding& binding_;
  std::vector<std::uint8_t> possible_;  // by candidate
  std::vector<Choice> choices_;  // by candidate
  std::vector<std::uint32_t> flat_;
  Range others_;
  std::vector<Range> elements_;
  std::vector<Range> attributes_;
};

bool same_word(View text, View word) {
  return std::ranges::equal(text, word, [](char a, char b) { return (a | 32) == b; });
}

std::unique_ptr<xpath::Evaluator> make_evaluator(const Program& program, const xml::Tree& tree,
                                                 Time now) {
  if (program.optimise) return std::make_unique<xpath::Fast>(program.expressions, tree, now);
  return std::make_unique<xpath::Evaluator>(program.expressions, tree, now);
}

class Run {
 public:
  Run(const Program& program, const xml::Tree& tree, const CheckOptions& options)
      : program_(program),
        tree_(tree),
        options_(options),
        made_(make_evaluator(program, tree, options.now)),
        evaluator_(*made_) {}

  Outcome run() {
    for (std::uint32_t i = 0; i < program_.patterns.size(); ++i) pattern(i);
    return std::move(out_);
  }

 private:
  void pattern(std::uint32_t number) {
    const CompiledPattern& pattern = program_.patterns[number];
    if (pattern.candidates.empty()) return;
    Dispatch dispatch(pattern, evaluator_.binding(0), tree_.name_count());
    if (dispatch.empty()) return;
    dispatch.ask_names(tree_, evaluator_);
    const std::vector<std::uint64_t> visited = dispatch.visited(tree_);
    for (std::size_t i = 0; i < visited.size(); ++i)
      for (std::uint64_t bits = visited.data()[i]; bits != 0; bits &= bits - 1)
        judge(number, dispatch, static_cast<xml::NodeId>(i * 64) +
                                    static_cast<xml::NodeId>(std::countr_zero(bits)));
  }

  // The first rule whose context the node matches.
  void judge(std::uint32_t number, const Dispatch& dispatch, xml::NodeId id) {
    const xml::Node& n = tree_.node(id);
    std::uint32_t chain = 0;  // the last one that was looked at
    bool named = false;       // and what came out
    for (const std::uint32_t index : dispatch.of(n)) {
      const Choice& c = dispatch.choice(index);
      if (!c.certain) {
        if (c.chain == chain && chain != 0 && !named) continue;
        const xpath::Alternative& alternative = *c.alternative;
        if (c.asks_names && !evaluator_.name_may_match(alternative.steps.back(), n)) continue;
        const Item item = xpath::node_item(id);
        if (c.chain == 0 || c.chain != chain) {
          chain = c.chain;
          named = evaluator_.names_match(alternative, item);
        }
        if (!named) continue;
        evaluator_.scratch().reset();
        if (!evaluator_.predicates_match(alternative, c.rule->pattern.frame, item)) continue;
      }
      fire(number, c.number, *c.rule, id);
      break;
    }
  }

  // An assertion of the kind not(a/b) holds where the document has no a, or no b, at all.
  [[nodiscard]] bool cannot_fail(const Assertion& assertion) const {
    const xpath::Binding& binding = evaluator_.binding(0);
    for (const std::uint32_t name : assertion.needed)
      if (binding.id(name) == xpath::Binding::kAbsent) return true;
    return false;
  }

  void fire(std::uint32_t pattern, std::uint32_t number, const Rule& rule, xml::NodeId node) {
    ++out_.fired_rules;
    const Item item = xpath::node_item(node);
    evaluator_.begin_rule(item, rule.lets);
    const xpath::Focus focus(item);
    out_.checked_assertions += rule.assertions.size();
    for (std::uint32_t i = 0; i < rule.assertions.size(); ++i) {
      const Assertion& assertion = rule.assertions.data()[i];
      if (cannot_fail(assertion)) continue;
      evaluator_.scratch().reset();
      const bool holds = evaluator_.run_boolean(*assertion.test, assertion.frame, focus);
      const bool failed = evaluator_.runtime().failed();
      if (!failed && holds != assertion.facts.is_report) continue;
      Hit made;
      made.pattern = pattern;
      made.rule = number;
      made.assertion = i;
      made.node = node;
      made.rule_error = failed;
      hit(std::move(made), assertion, focus);
    }
  }

  void hit(Hit hit, const Assertion& assertion, const xpath::Focus& focus) {
    xpath::Runtime& runtime = evaluator_.runtime();
    if (hit.rule_error) {
      hit.text = "rule-error: " + runtime.fault().code + ": " + runtime.fault().why;
      runtime.clear();
    } else {
      hit.severity = assertion.flag ? flagged(assertion, focus) : assertion.facts.severity;
    }
    if (out_.hits.size() >= options_.hits_max) {
      ++out_.left_out;
      out_.left_out_fatal = out_.left_out_fatal || hit.severity == Severity::fatal;
      return;
    }
    if (!hit.rule_error) {
      message(assertion, focus, hit);
      if (assertion.subject) hit.node = subject(assertion, focus, hit.node);
    }
    out_.hits.push_back(std::move(hit));
  }

  Severity flagged(const Assertion& assertion, const xpath::Focus& focus) {
    const std::string word = words(evaluator_.run(*assertion.flag, assertion.frame, focus));
    evaluator_.runtime().clear();
    return severity_of(word, {});
  }

  xml::NodeId subject(const Assertion& assertion, const xpath::Focus& focus, xml::NodeId fallback) {
    const xpath::Seq nodes = evaluator_.run(*assertion.subject, assertion.frame, focus);
    const bool good = !evaluator_.runtime().failed() && !nodes.empty() &&
                      nodes[0].type == xpath::Type::node && nodes[0].tree == 0;
    evaluator_.runtime().clear();
    return good ? nodes[0].node : fallback;
  }

  // Atomic values with spaces between them; nothing when there is an error.
  std::string words(xpath::Seq items) {
    xpath::Runtime& runtime = evaluator_.runtime();
    std::string out;
    for (std::size_t i = 0; i < items.size() && !runtime.failed(); ++i) {
      if (i > 0) out += ' ';
      out += xpath::text_of(runtime, xpath::atomize(runtime, items[i]));
    }
    return runtime.failed() ? std::string() : out;
  }

  // What a sentence can take. EDIFACT may contain control characters, which XML cannot.
  [[nodiscard]] std::string shown(std::string value) const {
    for (char& c : value)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    std::size_t size = options_.value_bytes_max;
    if (value.size() <= size) return value;
    while (size > 0 && (value[size] & 0xC0) == 0x80) --size;
    return value.substr(0, size) + "...";
  }

  // The official text with its values, white space normalised. A value that fails stays empty.
  void message(const Assertion& assertion, const xpath::Focus& focus, Hit& hit) {
    std::string out;
    xpath::Runtime& runtime = evaluator_.runtime();
    for (const Part& part : assertion.message) {
      out += part.words;
      if (!part.value) continue;
      const xpath::Seq items = evaluator_.run(*part.value, part.frame, focus);
      if (part.is_name) {
        if (!runtime.failed() && !items.empty() && items[0].type == xpath::Type::node)
          out += runtime.tree_of(items[0]).qname(items[0].node);
      } else {
        const std::string value = shown(words(items));
        out += value;
        if (!part.variable.empty())
          hit.values.append(hit.values.empty() ? "" : ", ")
              .append(part.variable)
              .append("=")
              .append(xpath::normalize_space(evaluator_.scratch(), value));
      }
      runtime.clear();
    }
    hit.text = xpath::normalize_space(evaluator_.scratch(), out);
  }

  const Program& program_;
  const xml::Tree& tree_;
  const CheckOptions options_;
  std::unique_ptr<xpath::Evaluator> made_;
  xpath::Evaluator& evaluator_;
  Outcome out_;
};

}  // namespace

Severity severity_of(View flag, View role) {
  for (const View word : {flag, role}) {
    if (word.empty()) continue;
    if (same_word(word, "warning") || same_word(word, "warn")) return Severity::warning;
    if (same_word(word, "information") || same_word(word, "info")) return Severity::information;
    if (same_word(word, "fatal") || same_word(word, "error")) return Severity::fatal;
  }
  return Severity::fatal;
}

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
  if (outcome.hits.empty()) return out;
  out.reserve(outcome.hits.size());
  const xml::Locator locator(tree);
  for (const Hit& hit : outcome.hits) {
    const AssertionFacts& facts = assertion(hit);
    Finding finding;
    finding.rule = facts.id;
    finding.severity = hit.severity;
    finding.text = hit.text;
    finding.values = hit.values;
    finding.path = tree.path(hit.node);
    const xml::Position position = locator.of(hit.node);
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
