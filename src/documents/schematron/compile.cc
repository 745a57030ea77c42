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
    out_->facts.title = schema_.title;
    finish(*out_);
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
    }
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
    each_test([&](xpath::Expression& e) { optimiser.count_shared(e); });
    each_test([&](xpath::Expression& e) { optimiser.mark_shared(e); });
  }

  // Everything that is evaluated at a node of the document, and often.
  template <class Each>
  void each_test(Each each) {
    for (xpath::KeyDefinition& key : out_->expressions.keys) {
      xpath::Optimiser::each_predicate(key.match, each);
      each(*key.use);
    }
    for (xpath::Global& global : out_->expressions.globals) each(*global.value);
    for (CompiledPattern& pattern : out_->patterns) {
      for (Rule& rule : pattern.rules) {
        xpath::Optimiser::each_predicate(rule.pattern, each);
        for (xpath::Global& let : rule.lets) each(*let.value);
        for (Assertion& assertion : rule.assertions) each(*assertion.test);
      }
    }
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
