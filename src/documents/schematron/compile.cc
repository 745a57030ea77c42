// SPDX-License-Identifier: Apache-2.0
// From a Schema to a Program.
#include <algorithm>
#include <map>

#include "documents/schematron/names.h"
#include "documents/schematron/program.h"
#include "documents/xpath/optimise.h"

namespace corridor::schematron {

namespace {


bool is_term(View word) {
  return (word.starts_with("BT-") || word.starts_with("BG-")) && word.size() > 3 &&
         word.size() <= 12 &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == View::npos;
}

// The first semantic term (BT-1, BG-25, BT-DEX-001) that a message names.
std::string term_of(View text) {
  for (std::size_t at = text.find("(B"); at != View::npos; at = text.find("(B", at + 1)) {
    const std::size_t end = text.find(')', at);
    if (end == View::npos) break;
    const View term = text.substr(at + 1, end - at - 1);
    if (is_term(term)) return std::string(term);
  }
  return {};
}

// The variable of $x, f($x) and the like: one, and nothing of the document beside it.
std::string only_variable(View text) {
  constexpr View kName = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:.";
  const std::size_t at = text.find('$');
  if (at == View::npos || text.find('$', at + 1) != View::npos) return {};
  if (at > 0 && (text[at - 1] != '(' || text.find_first_not_of(kName) != at - 1)) return {};
  const View name = text.substr(at + 1, text.find_first_not_of(kName, at + 1) - at - 1);
  const View after = text.substr(at + 1 + name.size());
  return after == (at > 0 ? View(")") : View()) ? std::string(name) : std::string();
}

class Compiler {
 public:
  Compiler(const Schema& schema, const Open& open, const CompileOptions& options)
      : schema_(schema),
        options_(options),
        out_(std::make_shared<Program>()),
        names_(schema, out_->expressions, open) {}

  Result<std::shared_ptr<const Program>> run() {
    out_->optimise = options_.optimise;
    TRY(choose_phase());
    TRY(globals());
    for (std::size_t i = 0; i < patterns_.size(); ++i)
      TRY(pattern(*patterns_[i], static_cast<int>(i)));
    if (options_.optimise) optimise();
    out_->expressions.names.finish();
    for (CompiledPattern& compiled : out_->patterns) {
      for (Candidate& c : compiled.candidates) look_ahead(compiled, c);
      make_tables(compiled);
    }
    out_->facts.title = schema_.title;
    out_->facts.patterns = out_->patterns.size();
    return std::shared_ptr<const Program>(out_);
  }

 private:
  Result<> choose_phase() {
    std::string phase = options_.phase.empty() ? schema_.default_phase : options_.phase;
    if (phase == "#DEFAULT") phase = schema_.default_phase;
    if (phase.empty() || phase == "#ALL") {
      for (const PatternText& pattern : schema_.patterns) patterns_.push_back(&pattern);
      return {};
    }
    const auto found = schema_.phases.find(phase);
    if (found == schema_.phases.end())
      return fail(Code::invalid, "the schema has no phase \"" + phase + "\"");
    phase_ = &found->second;
    for (const PatternText& pattern : schema_.patterns)
      if (std::ranges::find(phase_->active, pattern.id) != phase_->active.end())
        patterns_.push_back(&pattern);
    return {};
  }

  // Declares all global variables first: they may refer to each other in any order. Patterns that
  // the phase leaves out still give theirs, as in the usual implementation.
  Result<> globals() {
    struct Declared {
      const LetText* let;
      std::uint32_t number;
      int pattern;
    };
    std::vector<Declared> declared;
    const auto declare = [&](const std::vector<LetText>& lets, int pattern) -> Result<> {
      for (const LetText& let : lets) {
        names_.at(let.place);
        TRY_ASSIGN(const std::string name, names_.expand(let.name));
        declared.push_back({&let, names_.declare_global(name, pattern), pattern});
      }
      return {};
    };
    TRY(declare(schema_.lets, -1));
    if (phase_ != nullptr) TRY(declare(phase_->lets, -1));
    for (std::size_t i = 0; i < patterns_.size(); ++i)
      TRY(declare(patterns_[i]->lets, static_cast<int>(i)));
    int passive = -2;
    for (const PatternText& pattern : schema_.patterns)
      if (std::ranges::find(patterns_, &pattern) == patterns_.end())
        TRY(declare(pattern.lets, passive--));
    TRY(declare_functions(schema_, names_, out_->expressions));
    TRY(declare_keys(schema_, names_, out_->expressions));
    for (const Declared& global : declared) {
      names_.begin_pattern(global.pattern);
      TRY_ASSIGN(auto value,
                 parse_at(global.let->place, global.let->value, names_, out_->expressions));
      auto& slot = out_->expressions.globals[global.number];
      slot.value = std::move(value.expression);
      slot.frame = value.frame;
    }
    names_.begin_pattern(-1);
    TRY(read_functions(schema_, names_, out_->expressions));
    return read_keys(schema_, names_, out_->expressions);
  }

  Result<> pattern(const PatternText& text, int number) {
    names_.begin_pattern(number);
    CompiledPattern& out = out_->patterns.emplace_back();
    out.id = text.id;
    for (const RuleText& rule_text : text.rules) {
      TRY_ASSIGN(Rule compiled, rule(rule_text));
      out.rules.push_back(std::move(compiled));
      file_candidates(out, static_cast<std::uint32_t>(out.rules.size() - 1));
    }
    out_->facts.rules += out.rules.size();
    return {};
  }

  Result<Rule> rule(const RuleText& text) {
    Rule out;
    out.id = text.id;
    out.context = text.context;
    names_.begin_rule();
    TRY_ASSIGN(auto context, parse_at(text.place, text.context, names_, out_->expressions));
    out.pattern = xpath::make_pattern(std::move(context.expression), context.frame,
                                      out_->expressions.general_patterns);
    std::size_t next_let = 0;
    const auto declare_until = [&](std::size_t count) -> Result<> {
      for (; next_let < count; ++next_let) {
        const LetText& let = text.lets[next_let];
        TRY_ASSIGN(auto value, parse_at(let.place, let.value, names_, out_->expressions));
        TRY_ASSIGN(std::string name, names_.expand(let.name));
        names_.declare_rule_variable(name);
        out.lets.push_back({std::move(name), std::move(value.expression), value.frame});
      }
      return {};
    };
    for (const AssertionText& assertion_text : text.assertions) {
      TRY(declare_until(assertion_text.lets_before));
      TRY_ASSIGN(Assertion compiled, assertion(assertion_text, text));
      out.assertions.push_back(std::move(compiled));
    }
    TRY(declare_until(text.lets.size()));
    names_.begin_rule();
    out_->facts.assertions += out.assertions.size();
    return out;
  }

  Result<Assertion> assertion(const AssertionText& text, const RuleText& rule) {
    Assertion out;
    TRY_ASSIGN(auto test, parse_at(text.place, text.test, names_, out_->expressions));
    out.test = std::move(test.expression);
    out.frame = test.frame;
    if (!text.subject.empty()) {
      TRY_ASSIGN(auto subject, parse_at(text.place, text.subject, names_, out_->expressions));
      out.subject = std::move(subject.expression);
      out.frame = std::max(out.frame, subject.frame);
    }
    AssertionFacts& facts = out.facts;
    facts.id = text.id;
    facts.test = text.test;
    facts.is_report = text.is_report;
    facts.flag = text.flag.empty() && text.role.empty() ? rule.flag : text.flag;
    facts.role = text.flag.empty() && text.role.empty() ? rule.role : text.role;
    facts.severity = severity_of(facts.flag, facts.role);
    if (facts.flag.starts_with('$')) {
      TRY_ASSIGN(auto flag, parse_at(text.place, facts.flag, names_, out_->expressions));
      out.flag = std::move(flag.expression);
      out.frame = std::max(out.frame, flag.frame);
    }
    TRY(message(text.message, out.message));
    for (const std::string& id : text.diagnostics) {
      const auto found = schema_.diagnostics.find(id);
      if (found == schema_.diagnostics.end())
        return text.place.wrong("there is no diagnostic \"" + id + "\"");
      out.message.emplace_back().words = " ";
      TRY(message(found->second, out.message));
    }
    std::string words;
    for (const Part& part : out.message) words += part.words;
    facts.term = is_term(facts.role) ? facts.role : term_of(words);
    if (facts.id.empty()) facts.id = rule.id;
    return out;
  }

  Result<> message(const std::vector<MessagePart>& parts, std::vector<Part>& out) {
    for (const MessagePart& part : parts) {
      Part made;
      if (part.kind == MessagePart::Kind::words) {
        made.words = part.text;
      } else {
        made.is_name = part.kind == MessagePart::Kind::name;
        const View text = part.text.empty() ? View(".") : View(part.text);
        made.variable = only_variable(text);
        TRY_ASSIGN(auto value, parse_at(part.place, text, names_, out_->expressions));
        made.value = std::move(value.expression);
        made.frame = value.frame;
      }
      out.push_back(std::move(made));
    }
    return {};
  }

  void optimise() {
    xpath::Optimiser optimiser(out_->expressions);
    optimiser.globals();
    optimiser.functions();
    for (CompiledPattern& pattern : out_->patterns) {
      for (Rule& rule : pattern.rules) {
        optimiser.pattern(rule.pattern);
        for (xpath::Global& let : rule.lets) optimiser.expression(let.value);
        for (Assertion& assertion : rule.assertions) {
          optimiser.expression(assertion.test);
          if (!assertion.facts.is_report)
            assertion.needed = xpath::needed_to_fail(*assertion.test, out_->expressions.names);
        }
      }
    }
  }

  static void look_ahead(const CompiledPattern& pattern, Candidate& c) {
    const auto& steps = pattern.rules[c.rule].pattern.alternatives[c.alternative].steps;
    for (const xpath::PatternStep& step : steps)
      if (step.test.kind == xpath::Test::name && !step.test.wildcard)
        c.needed.push_back(step.test.name);
    c.asks_names = !steps.empty() && steps.back().named_predicates > 0;
  }

  void make_tables(CompiledPattern& pattern) {
    const auto& names = out_->expressions.names.names();
    for (const Candidate& c : pattern.candidates)
      pattern.has_wildcards =
          pattern.has_wildcards || names[c.name].any_local || names[c.name].any_space;
    const auto fill = [&](DispatchTable& table, bool Candidate::* kind) {
      std::map<std::uint32_t, std::vector<std::uint32_t>> named;
      for (const Candidate& c : pattern.candidates)
        if (c.*kind && c.name != 0) named[c.name];
      for (std::uint32_t i = 0; i < pattern.candidates.size(); ++i) {
        const Candidate& c = pattern.candidates[i];
        if (!(c.*kind)) continue;
        if (c.name == 0) table.any.push_back(i);
        for (auto& [name, list] : named)
          if (c.name == 0 || c.name == name) list.push_back(i);
      }
      for (auto& [name, list] : named) table.named.emplace_back(name, std::move(list));
    };
    fill(pattern.elements, &Candidate::elements);
    fill(pattern.attributes, &Candidate::attributes);
    for (std::uint32_t i = 0; i < pattern.candidates.size(); ++i)
      if (pattern.candidates[i].others) pattern.others.push_back(i);
  }

  void file_candidates(CompiledPattern& pattern, std::uint32_t number) {
    const auto& alternatives = pattern.rules[number].pattern.alternatives;
    for (std::uint32_t i = 0; i < alternatives.size(); ++i) {
      Candidate c;
      c.rule = number;
      c.alternative = i;
      if (alternatives[i].document) {
        c.others = true;
      } else if (alternatives[i].general) {
        c.elements = c.attributes = c.others = true;
      } else {
        file_step(alternatives[i].steps.back(), c);
        c.certain = c.name != 0 && alternatives[i].steps.size() == 1 &&
                    alternatives[i].steps[0].predicates.empty() &&
                    (!alternatives[i].rooted || alternatives[i].steps[0].anywhere);
      }
      pattern.visits_attributes = pattern.visits_attributes || c.attributes;
      pattern.visits_others = pattern.visits_others || c.others;
      pattern.candidates.push_back(c);
    }
  }

  static void file_step(const xpath::PatternStep& step, Candidate& c) {
    using xpath::Test;
    switch (step.test.kind) {
      case Test::node:
        (step.attribute ? c.attributes : c.elements) = true, c.others = !step.attribute;
        break;
      case Test::any:
      case Test::name: (step.attribute ? c.attributes : c.elements) = true; break;
      case Test::element: c.elements = true; break;
      case Test::attribute: c.attributes = true; break;
      default: c.others = true;
    }
    if (step.test.kind == Test::name || step.test.kind == Test::element ||
        step.test.kind == Test::attribute)
      c.name = step.test.name;
  }

  const Schema& schema_;
  const CompileOptions& options_;
  std::shared_ptr<Program> out_;
  Names names_;
  const PhaseText* phase_ = nullptr;
  std::vector<const PatternText*> patterns_;
};

}  // namespace

Result<RuleSet> compile(std::string_view path, const Open& open, const CompileOptions& options) {
  TRY_ASSIGN(const auto schema, read_schema(path, open));
  TRY_ASSIGN(auto program, Compiler(*schema, open, options).run());
  return RuleSet(std::move(program));
}

}  // namespace corridor::schematron
