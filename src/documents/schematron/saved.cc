// SPDX-License-Identifier: Apache-2.0
// A compiled schema as bytes, and back: see xpath/saved.h for what is believed.
#include "documents/xpath/saved.h"

#include "documents/schematron/program.h"
#include "documents/schematron/schematron.h"

namespace corridor::schematron {

namespace {

using xpath::Global;

void save_globals(xpath::Saver& out, const std::vector<Global>& globals) {
  for (const Global& global : globals) {
    out.text(global.name);
    out.unit(global.value, global.frame);
  }
}

void save_signatures(xpath::Saver& out, const xpath::Program& program) {
  for (const xpath::Function& function : program.functions) {
    out.text(function.name);
    out.number(function.parameters.size());
    for (const xpath::SequenceType& type : function.parameters) out.type(type);
    out.type(function.result);
  }
}

void save_functions(xpath::Saver& out, const xpath::Program& program) {
  for (const xpath::Function& function : program.functions)
    out.unit(function.body, function.frame);
  for (const xpath::KeyDefinition& key : program.keys) {
    out.text(key.name);
    out.pattern(key.match);
    out.unit(key.use, key.frame);
  }
  for (const auto& set : program.key_sets) {
    out.number(set.size());
    for (const std::uint32_t key : set) out.number(key);
  }
}

void save_assertion(xpath::Saver& out, const Assertion& assertion) {
  const AssertionFacts& facts = assertion.facts;
  for (const std::string* text : {&facts.id, &facts.test, &facts.flag, &facts.role, &facts.term})
    out.text(*text);
  out.number(static_cast<std::uint64_t>(facts.severity));
  out.number((facts.is_report ? 1U : 0U) | (assertion.subject ? 2U : 0U));
  out.unit(assertion.test, assertion.frame);
  if (assertion.subject) out.unit(assertion.subject, assertion.frame);
  out.number(assertion.message.size());
  for (const Part& part : assertion.message) {
    out.text(part.words);
    out.number((part.value ? 1U : 0U) | (part.is_name ? 2U : 0U));
    if (part.value) out.unit(part.value, part.frame);
  }
}

void save_pattern(xpath::Saver& out, const CompiledPattern& pattern) {
  out.text(pattern.id);
  out.number(pattern.rules.size());
  for (const Rule& rule : pattern.rules) {
    out.text(rule.id);
    out.text(rule.context);
    out.pattern(rule.pattern);
    out.number(rule.lets.size());
    save_globals(out, rule.lets);
    out.number(rule.assertions.size());
    for (const Assertion& assertion : rule.assertions) save_assertion(out, assertion);
  }
}

class Reading {
 public:
  Reading(View bytes, const Open& open)
      : open_(open), out_(std::make_shared<Program>()), in_(bytes, out_->expressions) {}

  Result<std::shared_ptr<const Program>> run() {
    TRY(shared());
    for (std::size_t more = in_.count(); more > 0 && in_.good(); --more) pattern();
    if (!in_.good() || !in_.at_end()) return damaged();
    finish(*out_);
    return std::shared_ptr<const Program>(out_);
  }

 private:
  static std::unexpected<Error> damaged() {
    return fail(Code::corrupt, "the compiled rules are damaged");
  }

  // What all expressions refer to: how many of each there are comes before the first expression.
  Result<> shared() {
    xpath::Program& program = out_->expressions;
    out_->facts.title = in_.text();
    in_.names(program.names);
    program.hoisted = static_cast<std::uint32_t>(in_.number(kHoistedMax));
    program.memos = static_cast<std::uint32_t>(in_.number(kHoistedMax));
    program.indexes = static_cast<std::uint32_t>(in_.number(kHoistedMax));
    for (std::size_t more = in_.count(); more > 0 && in_.good(); --more) {
      program.document_paths.emplace_back(in_.text());
      if (!in_.good()) break;
      TRY_ASSIGN(const Bytes bytes, open_(program.document_paths.back()));
      TRY_ASSIGN(xml::Tree tree, xml::parse(bytes));
      program.documents.push_back(std::move(tree));
    }
    const std::size_t keys = in_.count();
    const std::size_t functions = in_.count();
    const std::size_t globals = in_.count();
    const std::size_t key_sets = in_.count();
    if (!in_.good() || std::max({keys, functions, globals, key_sets}) > kThingsMax)
      return damaged();
    program.keys.resize(keys);
    program.functions.resize(functions);
    program.globals.resize(globals);
    program.key_sets.resize(key_sets);
    read_signatures(program);
    for (Global& global : program.globals) read_global(global, 0);
    read_functions(program);
    return in_.good() ? Result<>{} : damaged();
  }

  void read_global(Global& global, std::uint32_t rule_variables) {
    global.name = in_.text();
    global.value = in_.unit(global.frame, rule_variables);
  }

  // Their parameters stand before everything: calls are compared with them.
  void read_signatures(xpath::Program& program) {
    for (xpath::Function& function : program.functions) {
      function.name = in_.text();
      for (std::size_t more = in_.count(); more > 0 && in_.good(); --more)
        function.parameters.push_back(in_.type());
      function.result = in_.type();
    }
  }

  void read_functions(xpath::Program& program) {
    for (xpath::Function& function : program.functions)
      function.body = in_.unit(function.frame, 0,
                               static_cast<std::uint32_t>(function.parameters.size()));
    for (xpath::KeyDefinition& key : program.keys) {
      key.name = in_.text();
      key.match = in_.pattern();
      key.use = in_.unit(key.frame);
    }
    for (auto& set : program.key_sets)
      for (std::size_t more = in_.count(); more > 0 && in_.good(); --more)
        set.push_back(static_cast<std::uint32_t>(
            in_.number(program.keys.empty() ? 0 : program.keys.size() - 1)));
    if (program.keys.empty() && !program.key_sets.empty()) in_.fail();
  }

  void pattern() {
    CompiledPattern& pattern = out_->patterns.emplace_back();
    pattern.id = in_.text();
    for (std::size_t more = in_.count(); more > 0 && in_.good(); --more) {
      Rule& rule = pattern.rules.emplace_back();
      rule.id = in_.text();
      rule.context = in_.text();
      rule.pattern = in_.pattern();
      const std::size_t lets = in_.count();
      const auto variables = static_cast<std::uint32_t>(lets);
      for (std::size_t i = 0; i < lets && in_.good(); ++i)
        read_global(rule.lets.emplace_back(), variables);
      for (std::size_t left = in_.count(); left > 0 && in_.good(); --left)
        assertion(rule.assertions.emplace_back(), variables);
    }
  }

  void assertion(Assertion& out, std::uint32_t variables) {
    AssertionFacts& facts = out.facts;
    for (std::string* text : {&facts.id, &facts.test, &facts.flag, &facts.role, &facts.term})
      *text = in_.text();
    facts.severity = static_cast<Severity>(in_.number(static_cast<std::uint64_t>(kLastSeverity)));
    const std::uint64_t flags = in_.number(3);
    facts.is_report = (flags & 1) != 0;
    out.test = in_.unit(out.frame, variables);
    if ((flags & 2) != 0) {
      const std::uint32_t frame = out.frame;
      out.subject = in_.unit(out.frame, variables);
      out.frame = std::max(out.frame, frame);
    }
    for (std::size_t more = in_.count(); more > 0 && in_.good(); --more) {
      Part& part = out.message.emplace_back();
      part.words = in_.text();
      const std::uint64_t part_flags = in_.number(3);
      part.is_name = (part_flags & 2) != 0;
      if ((part_flags & 1) != 0) part.value = in_.unit(part.frame, variables);
    }
    if (in_.good() && !facts.is_report)
      out.needed = xpath::needed_to_fail(*out.test, out_->expressions.names);
  }

  static constexpr std::uint64_t kHoistedMax = 1'000'000;
  static constexpr std::size_t kThingsMax = 100'000;
  static constexpr Severity kLastSeverity = Severity::fatal;

  const Open& open_;
  std::shared_ptr<Program> out_;
  xpath::Restorer in_;
};

}  // namespace

std::optional<Bytes> RuleSet::save() const {
  const xpath::Program& program = program_->expressions;
  if (!program_->optimise) return std::nullopt;
  xpath::Saver out;
  out.text(program_->facts.title);
  out.names(program.names);
  out.number(program.hoisted);
  out.number(program.memos);
  out.number(program.indexes);
  out.number(program.document_paths.size());
  for (const std::string& path : program.document_paths) out.text(path);
  for (const std::size_t count : {program.keys.size(), program.functions.size(),
                                  program.globals.size(), program.key_sets.size()})
    out.number(count);
  save_signatures(out, program);
  save_globals(out, program.globals);
  save_functions(out, program);
  out.number(program_->patterns.size());
  for (const CompiledPattern& pattern : program_->patterns) save_pattern(out, pattern);
  return out.finish();
}

Result<RuleSet> restore(View bytes, const Open& open) {
  TRY_ASSIGN(auto program, Reading(bytes, open).run());
  return RuleSet(std::move(program));
}

}  // namespace corridor::schematron
