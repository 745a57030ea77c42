// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/pattern.h"

#include "documents/xpath/program.h"

namespace corridor::xpath {

namespace {

bool is_gap(const Expression& e) {  // the step that "//" stands for
  return e.op == Op::step && static_cast<Axis>(e.code) == Axis::descendant_or_self &&
         e.test.kind == Test::node && e.args.empty();
}

bool is_pattern_step(const Expression& e) {
  if (e.op != Op::step) return false;
  const auto axis = static_cast<Axis>(e.code);
  return axis == Axis::child || axis == Axis::attribute;
}

PatternStep take_step(Expression& e, bool anywhere) {
  PatternStep step;
  step.test = e.test;
  step.attribute = static_cast<Axis>(e.code) == Axis::attribute;
  step.anywhere = anywhere;
  for (ExpressionPtr& predicate : e.args) {
    step.positional = step.positional || predicate->may_be_number || predicate->uses_position;
    step.predicates.push_back(std::move(predicate));
  }
  return step;
}

bool has_pattern_form(const Expression& e) {
  if (is_pattern_step(e)) return true;
  if (e.op != Op::path) return false;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const Expression& part = *e.args[i];
    const bool good = is_pattern_step(part) || (i == 0 && part.op == Op::root) ||
                      (i > 0 && i + 1 < e.args.size() && is_gap(part));
    if (!good) return false;
  }
  return true;
}

void add(Pattern& pattern, ExpressionPtr e, std::uint32_t& general_patterns) {
  if (e->op == Op::union_) {
    for (ExpressionPtr& part : e->args) add(pattern, std::move(part), general_patterns);
    return;
  }
  Alternative& out = pattern.alternatives.emplace_back();
  if (e->op == Op::root) {
    out.document = true;
  } else if (!has_pattern_form(*e)) {
    out.general_number = general_patterns++;
    out.general = std::move(e);
  } else if (e->op == Op::step) {
    out.steps.push_back(take_step(*e, false));
  } else {
    bool anywhere = false;
    for (ExpressionPtr& part : e->args) {
      if (part->op == Op::root) {
        out.rooted = true;
      } else if (is_gap(*part)) {
        anywhere = true;
      } else {
        out.anywhere = out.anywhere || anywhere;
        out.steps.push_back(take_step(*part, anywhere));
        anywhere = false;
      }
    }
  }
}

}  // namespace

Pattern make_pattern(ExpressionPtr expression, std::uint32_t frame,
                     std::uint32_t& general_patterns) {
  analyse(*expression);
  Pattern out;
  out.frame = frame;
  add(out, std::move(expression), general_patterns);
  return out;
}

}  // namespace corridor::xpath
