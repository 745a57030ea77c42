// SPDX-License-Identifier: Apache-2.0
// Which rules can match a node, by the name that their contexts end in.
#include <map>

#include "documents/schematron/program.h"

namespace corridor::schematron {

namespace {

using Names = std::vector<xpath::Vocabulary::Name>;

void file_step(const xpath::PatternStep& step, Candidate& c) {
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

void look_ahead(const xpath::Alternative& alternative, Candidate& c) {
  for (const xpath::PatternStep& step : alternative.steps)
    if (step.test.kind == xpath::Test::name && !step.test.wildcard)
      c.needed.push_back(step.test.name);
  c.asks_names = !alternative.steps.empty() && alternative.steps.back().named_predicates > 0;
}

void file_rule(CompiledPattern& pattern, std::uint32_t number) {
  const auto& alternatives = pattern.rules[number].pattern.alternatives;
  for (std::uint32_t i = 0; i < alternatives.size(); ++i) {
    const xpath::Alternative& alternative = alternatives[i];
    Candidate c;
    c.rule = number;
    c.alternative = i;
    if (alternative.document) {
      c.others = true;
    } else if (alternative.general) {
      c.elements = c.attributes = c.others = true;
    } else {
      file_step(alternative.steps.back(), c);
      c.certain = c.name != 0 && alternative.steps.size() == 1 &&
                  alternative.steps[0].predicates.empty() &&
                  (!alternative.rooted || alternative.steps[0].anywhere);
    }
    look_ahead(alternative, c);
    pattern.visits_attributes = pattern.visits_attributes || c.attributes;
    pattern.visits_others = pattern.visits_others || c.others;
    pattern.candidates.push_back(std::move(c));
  }
}

void fill(const CompiledPattern& pattern, DispatchTable& table, bool Candidate::* kind) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> named;
  for (const Candidate& c : pattern.candidates)
    if (c.*kind && c.name != 0) named[c.name];
  for (std::uint32_t i = 0; i < pattern.candidates.size(); ++i) {
    const Candidate& c = pattern.candidates[i];
    if (!(c.*kind)) continue;
    if (c.name != 0) {
      named[c.name].push_back(i);
      continue;
    }
    table.any.push_back(i);
    for (auto& [name, list] : named) list.push_back(i);
  }
  for (auto& [name, list] : named) table.named.emplace_back(name, std::move(list));
}

// Nine rules for nine letters of a tax category ask for the same ancestors: that is looked at once.
void number_chains(CompiledPattern& pattern) {
  std::map<std::string, std::uint32_t> chains;
  for (Candidate& c : pattern.candidates) {
    const auto& alternative = pattern.rules[c.rule].pattern.alternatives[c.alternative];
    if (alternative.steps.empty()) continue;
    std::string key(alternative.rooted ? "/" : "");
    for (const xpath::PatternStep& step : alternative.steps)
      key += std::to_string(static_cast<int>(step.test.kind)) + "," +
             std::to_string(step.test.name) + "," + std::to_string(step.attribute ? 1 : 0) + "," +
             std::to_string(step.anywhere ? 1 : 0) + ";";
    c.chain = chains.try_emplace(std::move(key), chains.size() + 1).first->second;
  }
}

void make_tables(CompiledPattern& pattern, const Names& names) {
  for (std::uint32_t i = 0; i < pattern.rules.size(); ++i) file_rule(pattern, i);
  number_chains(pattern);
  for (const Candidate& c : pattern.candidates)
    pattern.has_wildcards =
        pattern.has_wildcards || names[c.name].any_local || names[c.name].any_space;
  fill(pattern, pattern.elements, &Candidate::elements);
  fill(pattern, pattern.attributes, &Candidate::attributes);
  for (std::uint32_t i = 0; i < pattern.candidates.size(); ++i)
    if (pattern.candidates[i].others) pattern.others.push_back(i);
}

}  // namespace

void finish(Program& program) {
  program.expressions.names.finish();
  program.facts.patterns = program.patterns.size();
  program.facts.rules = 0;
  program.facts.assertions = 0;
  for (CompiledPattern& pattern : program.patterns) {
    make_tables(pattern, program.expressions.names.names());
    program.facts.rules += pattern.rules.size();
    for (const Rule& rule : pattern.rules) program.facts.assertions += rule.assertions.size();
  }
}

}  // namespace corridor::schematron
