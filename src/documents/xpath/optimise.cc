// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/optimise.h"

#include <algorithm>
#include <set>

#include "documents/xpath/evaluate.h"
#include "documents/xpath/functions.h"
#include "documents/xpath/regex.h"

namespace corridor::xpath {

namespace {

constexpr std::size_t kFoldedItemsMax = 20'000;

const xml::Tree& empty_tree() {
  static const xml::Tree tree = xml::Builder().finish();
  return tree;
}

bool is_name_step(const Expression& e, Axis axis) {
  return e.op == Op::step && static_cast<Axis>(e.code) == axis;
}

bool is_gap(const Expression& e) {
  return is_name_step(e, Axis::descendant_or_self) && e.test.kind == Test::node && e.args.empty();
}

bool is_call(const Expression& e, std::string_view name) {
  return e.op == Op::call && function_table()[e.code].name == name;
}

bool all_strings(Seq items) {
  return std::ranges::all_of(items, [](const Item& i) { return i.type == Type::string; });
}

// Made of literals and the name of the context node.
bool asks_only_name(const Expression& e) {
  if (e.op == Op::literal) return true;
  if (is_call(e, "name") || is_call(e, "local-name") || is_call(e, "namespace-uri"))
    return e.args[0]->op == Op::context;
  if (e.op == Op::call && function_table()[e.code].special != Special::none &&
      function_table()[e.code].special != Special::regex)
    return false;
  const bool combines = e.op == Op::call || e.op == Op::or_ || e.op == Op::and_ ||
                        e.op == Op::general || e.op == Op::value || e.op == Op::sequence;
  return combines && std::ranges::all_of(e.args, [](const auto& a) { return asks_only_name(*a); });
}

bool no_predicates(const Expression& e) {
  if (e.op == Op::step) return e.args.empty();
  return (e.op == Op::root || e.op == Op::context || e.op == Op::path || e.op == Op::union_) &&
         std::ranges::all_of(e.args, [](const auto& a) { return no_predicates(*a); });
}

bool is_free(const Expression& step) {  // no predicate selects by position
  return std::ranges::none_of(step.args, [](const ExpressionPtr& predicate) {
    return predicate->may_be_number || predicate->uses_position;
  });
}

bool child_steps(const Expression& choice) {
  return choice.op == Op::union_ && std::ranges::all_of(choice.args, [](const auto& a) {
           return is_name_step(*a, Axis::child) && is_free(*a);
         });
}

// //(a | b) as (//a | //b)
void spread_descent(Expression& choice) {
  for (ExpressionPtr& part : choice.args) {
    part->code = static_cast<std::uint16_t>(Axis::descendant);
    auto whole = std::make_unique<Expression>();
    whole->op = Op::path;
    whole->args.push_back(std::make_unique<Expression>());
    whole->args[0]->op = Op::root;
    whole->args.push_back(std::move(part));
    part = std::move(whole);
  }
}

// One text for one meaning, so that equal expressions share their value.
void spell(const Expression& e, std::string& out) {
  out += '(' + std::to_string(static_cast<int>(e.op)) + ',' + std::to_string(e.code) + ',' +
         std::to_string(static_cast<int>(e.test.kind)) + ',' + std::to_string(e.test.name) + ',' +
         std::to_string(e.slot) + ',' + std::to_string(static_cast<int>(e.type.kind)) + ',' +
         std::to_string(static_cast<int>(e.type.atomic.type)) + ',' +
         std::to_string(e.type.atomic.restriction) + ',' +
         std::to_string(static_cast<int>(e.type.atomic.any)) + ',' +
         std::to_string(static_cast<int>(e.type.occurrence)) + ',' +
         std::to_string(static_cast<int>(e.type.test.kind)) + ',' +
         std::to_string(e.type.test.name) + ',' + std::to_string(e.separated ? 1 : 0) + e.text;
  // What is not text and does not fit the item is told by its address: it only costs a slot.
  for (const Item& item : e.literal) {
    out +=
        '|' + std::to_string(static_cast<int>(item.type)) + ':' + std::to_string(item.size) + ':';
    if (is_text(item.type)) {
      out += item.view();
    } else {
      out += std::to_string(item.integer);
    }
  }
  for (const ExpressionPtr& argument : e.args) spell(*argument, out);
  out += ')';
}

bool walks(const Expression& e) {
  if (e.op == Op::path || e.op == Op::step) return true;
  return std::ranges::any_of(e.args, [](const auto& a) { return walks(*a); });
}

}  // namespace

void Optimiser::globals() {
  constexpr int kPasses = 4;
  for (int pass = 0; pass < kPasses; ++pass)
    for (Global& global : program_.globals) run(global.value, false);
}

void Optimiser::functions() {
  for (Function& function : program_.functions) run(function.body, false);
  for (KeyDefinition& key : program_.keys) {
    pattern(key.match);
    run(key.use, false);
  }
}

void Optimiser::pattern(Pattern& pattern) {
  for (Alternative& alternative : pattern.alternatives) {
    if (alternative.general) run(alternative.general, false);
    for (PatternStep& step : alternative.steps) pattern_step(step);
  }
}

// [a and b] is [a][b] where no position counts, and what only asks for the name comes first.
void Optimiser::pattern_step(PatternStep& step) {
  if (!step.positional) {
    std::vector<ExpressionPtr> split;
    for (ExpressionPtr& predicate : step.predicates) {
      if (predicate->op != Op::and_) {
        split.push_back(std::move(predicate));
        continue;
      }
      for (ExpressionPtr& part : predicate->args) split.push_back(std::move(part));
    }
    step.predicates = std::move(split);
  }
  for (ExpressionPtr& predicate : step.predicates) run(predicate, true);
  ask_names(step);
}

void Optimiser::ask_names(PatternStep& step) {
  if (step.positional) return;
  while (step.named_predicates < step.predicates.size() &&
         asks_only_name(*step.predicates[step.named_predicates]))
    ++step.named_predicates;
  if (step.named_predicates > 0) step.memo = program_.name_memos++;
}

void Optimiser::prepare(Expression& e) {
  for (const ExpressionPtr& argument : e.args) prepare(*argument);
  if (e.op == Op::call) compile_regex(e);
  code_list(e);
}

void Optimiser::prepare(PatternStep& step) {
  step.positional = std::ranges::any_of(
      step.predicates, [](const auto& p) { return p->may_be_number || p->uses_position; });
  ask_names(step);
}

void Optimiser::run(ExpressionPtr& e, bool hoisting) {
  rewrite(e);
  analyse(*e);
  if (hoisting && program_.documents.empty()) hoist(*e);
}

void Optimiser::rewrite(ExpressionPtr& e) {
  for (ExpressionPtr& argument : e->args) rewrite(argument);
  if (e->op == Op::variable && static_cast<Scope>(e->code) == Scope::global) {
    const Expression& value = *program_.globals[e->slot].value;
    if (value.op == Op::literal) {
      auto literal = std::make_unique<Expression>();
      literal->op = Op::literal;
      literal->at = e->at;
      literal->literal = value.literal;
      e = std::move(literal);
    }
  }
  if (e->op == Op::path) join_steps(*e);
  analyse(*e);
  if (e->op == Op::call) compile_regex(*e);
  if (e->constant && e->op != Op::literal) fold(e);
  code_list(*e);
}

void Optimiser::fold(ExpressionPtr& e) {
  // A pattern that cannot be compiled is left to fail where it is used.
  Program empty;
  Evaluator evaluator(empty, empty_tree(), {});
  const Seq value = evaluator.run(*e, 0, Focus{});
  if (evaluator.runtime().failed() || value.size() > kFoldedItemsMax) return;
  if (std::ranges::any_of(value, [](const Item& i) { return is_node(i.type); })) return;
  Items kept(program_.literals);
  for (const Item& item : value) kept.push(copied_item(program_.literals, item));
  auto literal = std::make_unique<Expression>();
  literal->op = Op::literal;
  literal->at = e->at;
  literal->literal = kept.seq();
  analyse(*literal);
  e = std::move(literal);
}

// /descendant-or-self::node()/child::x[…] is /descendant::x[…] unless a predicate counts positions
// among siblings; a path that begins with a path is one path.
void Optimiser::join_steps(Expression& path) {
  std::vector<ExpressionPtr> steps;
  if (path.args[0]->op == Op::path) {
    std::vector<ExpressionPtr> inner = std::move(path.args[0]->args);
    for (ExpressionPtr& step : inner) steps.push_back(std::move(step));
  } else {
    steps.push_back(std::move(path.args[0]));
  }
  for (std::size_t i = 1; i < path.args.size(); ++i) {
    Expression& step = *path.args[i];
    if (step.op == Op::context && steps.back()->op == Op::step) continue;  // a/. is a
    const bool after_gap = steps.size() > 1 && is_gap(*steps.back());
    if (after_gap && is_name_step(step, Axis::child) && is_free(step)) {
      steps.pop_back();
      step.code = static_cast<std::uint16_t>(Axis::descendant);
    } else if (after_gap && is_name_step(step, Axis::attribute) && is_free(step)) {
      steps.pop_back();
      step.code = static_cast<std::uint16_t>(Axis::deep_attribute);
    } else if (after_gap && steps.size() == 2 && steps[0]->op == Op::root && child_steps(step)) {
      steps.clear();
      spread_descent(step);
    }
    steps.push_back(std::move(path.args[i]));
  }
  path.args = std::move(steps);
}

void Optimiser::compile_regex(Expression& e) {
  const FunctionFacts& facts = function_table()[e.code];
  if (facts.special != Special::regex || e.regex || e.args.size() < 2) return;
  const std::size_t flags_at = facts.name == "replace" ? 3 : 2;
  const auto literal = [&](std::size_t i) -> std::optional<View> {
    if (i >= e.args.size()) return View{};
    const Expression& argument = *e.args[i];
    if (argument.op != Op::literal || argument.literal.size() != 1 ||
        !all_strings(argument.literal))
      return std::nullopt;
    return argument.literal[0].view();
  };
  const auto pattern = literal(1);
  const auto flags = literal(flags_at);
  if (!pattern || !flags) return;
  const auto [known, fresh] = regexes_.try_emplace(sentence({*flags, "/", *pattern}));
  if (fresh)
    if (auto regex = Regex::compile(*pattern, *flags)) known->second = std::move(*regex);
  e.regex = known->second;
}

// x = ('A', 'B', …) and contains(' A B ', concat(' ', x, ' ')).
void Optimiser::code_list(Expression& e) {
  if (e.codes) return;
  const bool equality = e.op == Op::general && static_cast<Compare>(e.code) == Compare::eq;
  if (equality) {
    for (const ExpressionPtr& side : e.args) {
      if (side->op != Op::literal || side->literal.size() < 2 || !all_strings(side->literal))
        continue;
      auto list = std::make_shared<CodeList>();
      for (const Item& item : side->literal) list->codes.insert(item.view());
      if (side == e.args[0]) std::swap(e.args[0], e.args[1]);  // the list stands right
      e.codes = std::move(list);
      return;
    }
  }
  if (!is_call(e, "contains") || e.args.size() != 2 || e.args[0]->op != Op::literal) return;
  const Expression& wrapped = *e.args[1];
  const Seq text = e.args[0]->literal;
  if (text.size() != 1 || !all_strings(text) || !is_call(wrapped, "concat") ||
      wrapped.args.size() != 3)
    return;
  const auto space = [](const Expression& part) {
    return part.op == Op::literal && part.literal.size() == 1 && all_strings(part.literal) &&
           part.literal[0].view() == " ";
  };
  const View padded = text[0].view();
  if (!space(*wrapped.args[0]) || !space(*wrapped.args[2]) || padded.find(' ') == View::npos)
    return;
  auto list = std::make_shared<CodeList>();
  list->padded = padded;
  // A word is in the list when a space stands on both sides of it.
  for (std::size_t at = padded.find(' '); at != View::npos;) {
    const std::size_t end = padded.find(' ', at + 1);
    if (end == View::npos) break;
    list->codes.insert(padded.substr(at + 1, end - at - 1));
    at = end;
  }
  e.codes = std::move(list);
}

namespace {

// The same of what runs under a focus of its own.
bool is_closed(const Expression& predicate) {
  return !predicate.uses_current && !predicate.uses_local && !predicate.uses_rule;
}

}  // namespace

void Optimiser::keep(Expression& e) {
  std::string key;
  spell(e, key);
  const auto [at, fresh] = hoisted_.emplace(std::move(key), program_.hoisted);
  if (fresh) ++program_.hoisted;
  e.hoisted = at->second + 1;
}

// //x[a][b = $c]/y: the x that satisfy a are kept for the document, and so they are for every other
// expression that begins like this.
void Optimiser::split_prefix(Expression& path) {
  if (path.op != Op::path || path.args[0]->op != Op::root) return;
  std::size_t k = 1;
  while (k < path.args.size() && path.args[k]->op == Op::step && path.args[k]->args.empty()) ++k;
  if (k == path.args.size() || path.args[k]->op != Op::step || path.args[k]->positional) return;
  Expression& step = *path.args[k];
  std::size_t closed = 0;
  while (closed < step.args.size() && is_closed(*step.args[closed])) ++closed;
  if (closed == 0 || (closed == step.args.size() && k + 1 == path.args.size())) return;
  auto prefix = std::make_unique<Expression>();
  prefix->op = Op::path;
  prefix->at = path.at;
  ExpressionPtr rest;
  if (closed < step.args.size()) {
    rest = std::make_unique<Expression>();
    rest->op = Op::step;
    rest->code = static_cast<std::uint16_t>(Axis::self);
    for (std::size_t i = closed; i < step.args.size(); ++i)
      rest->args.push_back(std::move(step.args[i]));
    step.args.resize(closed);
  }
  std::vector<ExpressionPtr> steps;
  for (std::size_t i = 0; i <= k; ++i) prefix->args.push_back(std::move(path.args[i]));
  steps.push_back(std::move(prefix));
  if (rest) steps.push_back(std::move(rest));
  for (std::size_t i = k + 1; i < path.args.size(); ++i) steps.push_back(std::move(path.args[i]));
  path.args = std::move(steps);
  analyse(path);
  for (const ExpressionPtr& predicate : path.args[0]->args[k]->args) hoist(*predicate);
  keep(*path.args[0]);
}

// The largest parts that depend on the document only and walk through it.
void Optimiser::hoist(Expression& e) {
  if (e.hoisted != 0) return;
  split_prefix(e);
  if (depends_on_document_only(e) && e.uses_root && e.op != Op::root && walks(e)) {
    for (ExpressionPtr& argument : e.args) hoist_inside(*argument);
    keep(e);
    return;
  }
  for (ExpressionPtr& argument : e.args) hoist(*argument);
}

// Within a value that is kept whole only the beginnings of paths are worth keeping too.
void Optimiser::hoist_inside(Expression& e) {
  if (e.hoisted != 0) return;
  split_prefix(e);
  for (ExpressionPtr& argument : e.args) hoist_inside(*argument);
}

namespace {

constexpr int kMemoCostMin = 4;  // of an expression: below, asking again is as fast as looking up

// How much work an expression is, in steps and calls; roughly.
int cost(const Expression& e) {
  int sum = 0;
  for (const ExpressionPtr& argument : e.args) sum += cost(*argument);
  switch (e.op) {
    case Op::literal:
    case Op::context:
    case Op::root:
    case Op::path:
    case Op::sequence: return sum;
    case Op::step: return sum + 1 + (e.args.empty() ? 0 : 2);
    case Op::call: {
      const auto known = static_cast<Known>(e.known);
      const bool cheap = known == Known::not_ || known == Known::exists || known == Known::empty ||
                         known == Known::boolean;
      return sum + (cheap ? 0 : 3);
    }
    case Op::cast: return sum + 3;
    default: return sum + 2;
  }
}

// Is it of a kind whose value is worth keeping for the node?
bool may_be_shared(const Expression& e) {
  switch (e.op) {
    case Op::general:
    case Op::value:
    case Op::and_:
    case Op::or_:
    case Op::cast:
    case Op::castable:
    case Op::arithmetic:
    case Op::user_call: break;
    case Op::path:
      if (!e.tail_path) return false;
      break;
    case Op::call: {
      const Special special = function_table()[e.code].special;
      if (special != Special::none && special != Special::regex) return false;
      break;
    }
    default: return false;
  }
  return e.hoisted == 0 && depends_on_node_only(e) && cost(e) >= kMemoCostMin;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t with) {
  hash = (hash ^ with) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 31);
}

}  // namespace

namespace {

constexpr std::size_t kIndexedLiteralsMin = 3;  // asked for fewer values, an index does not pay

std::string index_key(const Expression& step, const Expression& predicate) {
  std::string key = std::to_string(step.test.name) + "/";
  spell(*predicate.args[0], key);
  return key;
}

bool gives_text(const Expression& e) {
  if (e.op == Op::step || e.node_path) return true;
  if (e.op == Op::call) return function_table()[e.code].text_result;
  return e.op == Op::path && e.tail_path && gives_text(*e.args.back());
}

}  // namespace

bool is_lookup(const Expression& step, const Expression& predicate) {
  const auto axis = static_cast<Axis>(step.code);
  if (step.op != Op::step || (axis != Axis::child && axis != Axis::descendant) || step.positional ||
      step.test.kind != Test::name || step.test.wildcard)
    return false;
  if (predicate.op != Op::general || static_cast<Compare>(predicate.code) != Compare::eq)
    return false;
  const Expression& value = *predicate.args[0];
  const Expression& wanted = *predicate.args[1];
  return wanted.op == Op::literal && wanted.literal.size() == 1 && all_strings(wanted.literal) &&
         depends_on_node_only(value) && gives_text(value);
}

void Optimiser::mark_index(Expression& step) {
  for (std::size_t i = 0; i < step.args.size() && step.index == 0; ++i) {
    if (!is_lookup(step, *step.args[i])) continue;
    std::string key = index_key(step, *step.args[i]);
    const auto asked = literals_.find(key);
    if (asked == literals_.end() || asked->second.size() < kIndexedLiteralsMin) continue;
    const auto [at, fresh] = indexes_.emplace(std::move(key), program_.indexes);
    if (fresh) ++program_.indexes;
    step.index = at->second + 1;
    step.index_predicate = static_cast<std::uint32_t>(i);
  }
}

// The same number for the same meaning; see spell().
std::uint64_t Optimiser::fingerprint(const Expression& e) {
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(e.op) << 32 | e.code, e.slot);
  hash = mixed(hash, static_cast<std::uint64_t>(e.test.kind) << 32 | e.test.name);
  hash = mixed(hash, std::hash<View>{}(e.text) + (e.separated ? 1 : 0));
  hash = mixed(hash, static_cast<std::uint64_t>(e.type.kind) << 16 |
                         static_cast<std::uint64_t>(e.type.atomic.type) << 8 |
                         static_cast<std::uint64_t>(e.type.occurrence));
  for (const Item& item : e.literal)
    hash = mixed(hash, is_text(item.type) ? std::hash<View>{}(item.view())
                                          : static_cast<std::uint64_t>(item.integer));
  for (const ExpressionPtr& argument : e.args) hash = mixed(hash, fingerprint(*argument));
  fingerprints_[&e] = hash;
  return hash;
}

// What stands inside something that is kept is evaluated with the first of its like only.
void Optimiser::count_shared(const Expression& e) {
  if (!fingerprints_.contains(&e)) (void)fingerprint(e);
  if (may_be_shared(e) && ++places_[fingerprints_[&e]] > 1) return;
  if (e.op == Op::step)
    for (const ExpressionPtr& predicate : e.args)
      if (is_lookup(e, *predicate))
        literals_[index_key(e, *predicate)].emplace(predicate->args[1]->literal[0].view());
  for (const ExpressionPtr& argument : e.args) count_shared(*argument);
}

void Optimiser::mark_shared(Expression& e) {
  if (e.op == Op::step) mark_index(e);
  if (may_be_shared(e)) {
    const auto found = places_.find(fingerprints_[&e]);
    if (found != places_.end() && found->second > 1) {
      std::string key;
      spell(e, key);
      const auto [at, fresh] = memos_.emplace(std::move(key), program_.memos);
      if (fresh) ++program_.memos;
      e.memo = at->second + 1;
    }
  }
  for (ExpressionPtr& argument : e.args) mark_shared(*argument);
}

namespace {

using Names = std::set<std::uint32_t>;

Names both(const Names& a, const Names& b) {
  Names out;
  std::ranges::set_intersection(a, b, std::inserter(out, out.begin()));
  return out;
}

// Names without which the value is the empty sequence.
Names needed_to_exist(const Expression& e, const Vocabulary& names) {
  Names out;
  switch (e.op) {
    case Op::step: {
      if (e.test.kind != Test::name) break;
      const Vocabulary::Name& name = names.names()[e.test.name];
      if (!name.any_local && !name.any_space) out.insert(e.test.name);
      break;
    }
    case Op::path:
      // Steps behind a predicate are left out: they must not hide the predicate's error.
      for (const ExpressionPtr& step : e.args) {
        out.merge(needed_to_exist(*step, names));
        if (!no_predicates(*step)) break;
      }
      break;
    case Op::filter: return needed_to_exist(*e.args[0], names);
    case Op::union_:
    case Op::sequence: {
      if (e.args.empty()) break;
      out = needed_to_exist(*e.args[0], names);
      for (std::size_t i = 1; i < e.args.size(); ++i)
        out = both(out, needed_to_exist(*e.args[i], names));
      break;
    }
    default: break;
  }
  return out;
}

// Names without which the expression is true.
Names needed_to_be_false(const Expression& e, const Vocabulary& names);

// Names without which the expression is false (and no error).
Names needed_to_be_true(const Expression& e, const Vocabulary& names) {
  if (is_call(e, "exists") || is_call(e, "boolean")) return needed_to_exist(*e.args[0], names);
  if (is_call(e, "not")) return needed_to_be_false(*e.args[0], names);
  if (e.op == Op::path || e.op == Op::step || e.op == Op::union_) return needed_to_exist(e, names);
  return {};
}

bool holds_for_zero(const Expression& e) {
  if (e.op != Op::general || !is_call(*e.args[0], "count") || e.args[1]->op != Op::literal)
    return false;
  const Seq limit = e.args[1]->literal;
  if (limit.size() != 1 || limit[0].type != Type::integer || limit[0].boxed) return false;
  const auto how = static_cast<Compare>(e.code);
  return (how == Compare::le && limit[0].integer >= 0) ||
         (how == Compare::lt && limit[0].integer > 0);
}

Names needed_to_be_false(const Expression& e, const Vocabulary& names) {
  if (is_call(e, "not") || is_call(e, "empty")) {
    return is_call(e, "not") ? needed_to_be_true(*e.args[0], names)
                             : needed_to_exist(*e.args[0], names);
  }
  if (holds_for_zero(e)) return needed_to_exist(*e.args[0]->args[0], names);
  if (e.op == Op::and_) {
    Names out = needed_to_be_false(*e.args[0], names);
    for (std::size_t i = 1; i < e.args.size(); ++i)
      out = both(out, needed_to_be_false(*e.args[i], names));
    return out;
  }
  // The first branch is the only one that is certain to be evaluated before an error of another.
  if (e.op == Op::or_) return needed_to_be_false(*e.args[0], names);
  return {};
}

}  // namespace

std::vector<std::uint32_t> needed_to_fail(const Expression& test, const Vocabulary& names) {
  const Names needed = needed_to_be_false(test, names);
  return {needed.begin(), needed.end()};
}

}  // namespace corridor::xpath
