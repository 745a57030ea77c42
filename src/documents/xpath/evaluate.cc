// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/evaluate.h"

#include <algorithm>

#include "documents/xpath/functions.h"
#include "documents/xpath/regex_cache.h"

namespace corridor::xpath {

namespace {

constexpr int kCallDepthMax = 1'000;                   // of functions that call themselves
constexpr std::ptrdiff_t kStackBytesMax = 3'000'000;  // of the eight that a thread has
constexpr std::int64_t kRangeMax = 10'000'000;  // items of one `a to b`

}  // namespace

Evaluator::Evaluator(const Program& program, const xml::Tree& document, Time now)
    : program_(program),
      globals_(program.globals.size()),
      general_(program.general_patterns),
      stack_(static_cast<const char*>(__builtin_frame_address(0))) {
  trees_.push_back(&document);
  for (const xml::Tree& tree : program.documents) trees_.push_back(&tree);
  bindings_.reserve(trees_.size());
  for (const xml::Tree* tree : trees_) bindings_.emplace_back(program.names, *tree);
  key_indexes_.resize(program.key_sets.size());
  runtime_.trees = trees_;
  runtime_.now = now;
  runtime_.arena = &scratch_;
}

Slot* Evaluator::new_frame(std::uint32_t size) {
  Slot* slots = runtime_.arena->array<Slot>(size);
  for (std::uint32_t i = 0; i < size; ++i) slots[i] = Slot{};
  return slots;
}

Seq Evaluator::run(const Expression& expression, std::uint32_t frame, const Focus& focus) {
  Slot* outer = std::exchange(frame_, frame == 0 ? nullptr : new_frame(frame));
  const Seq out = evaluate(expression, focus);
  frame_ = outer;
  return out;
}

bool Evaluator::run_boolean(const Expression& expression, std::uint32_t frame, const Focus& focus) {
  Slot* outer = std::exchange(frame_, frame == 0 ? nullptr : new_frame(frame));
  const bool out = boolean(expression, focus);
  frame_ = outer;
  return out;
}

void Evaluator::begin_rule(const Item& node, std::span<const Global> variables) {
  current_ = node;
  has_current_ = true;
  rule_variables_ = variables;
  if (variables.empty() && rule_kept_.empty()) return;
  rule_kept_.clear();
  rule_kept_.resize(variables.size());
  rule_.reset();
}

bool Evaluator::boolean(const Expression& e, const Focus& focus) {
  switch (e.op) {
    case Op::and_:
      for (const auto& argument : e.args)
        if (!boolean(*argument, focus) || runtime_.failed()) return false;
      return true;
    case Op::or_:
      for (const auto& argument : e.args) {
        if (boolean(*argument, focus)) return !runtime_.failed();
        if (runtime_.failed()) return false;
      }
      return false;
    default: return effective_boolean(runtime_, evaluate(e, focus));
  }
}

Seq Evaluator::evaluate(const Expression& e, const Focus& focus) {
  if (runtime_.failed()) return {};
  switch (e.op) {
    case Op::literal: return e.literal;
    case Op::sequence: {
      Items out(*runtime_.arena);
      for (const auto& argument : e.args) out.append(evaluate(*argument, focus));
      return out.seq();
    }
    case Op::variable: return variable(e);
    case Op::context:
      if (focus.present) return one(*runtime_.arena, focus.item);
      return no_context(), Seq{};
    case Op::root: return root(focus);
    case Op::tree: return one(*runtime_.arena, node_item(0, static_cast<std::uint16_t>(e.slot)));
    case Op::step: return axis_step(e, focus);
    case Op::path: return path(e, focus);
    case Op::filter: return filter(e, focus);
    case Op::union_:
    case Op::intersect:
    case Op::except: return combine(e, focus);
    case Op::or_:
    case Op::and_: return of(boolean(e, focus));
    case Op::general:
    case Op::value: return compare(e, focus);
    case Op::is:
    case Op::node_before:
    case Op::node_after: return compare_nodes(e, focus);
    case Op::range: return range(e, focus);
    case Op::arithmetic:
    case Op::negate: return calculate(e, focus);
    case Op::if_: return evaluate(boolean(*e.args[0], focus) ? *e.args[1] : *e.args[2], focus);
    case Op::for_:
    case Op::some:
    case Op::every:
    case Op::let: return loop(e, focus);
    case Op::instance_of:
    case Op::treat:
    case Op::castable:
    case Op::cast:
    case Op::convert: return types(e, focus);
    case Op::call: return call(e, focus);
    case Op::user_call: return user_call(e, focus);
    case Op::fragment:
    case Op::temporary: return text_nodes(e, focus);
  }
  return {};
}

Seq Evaluator::root(const Focus& focus) {
  if (!focus.present) {
    runtime_.raise("XPDY0002", "there is no context item");
    return {};
  }
  if (focus.item.type != Type::node) {
    runtime_.raise("XPTY0020", "the context item of a path is not a node");
    return {};
  }
  return one(*runtime_.arena, node_item(0, focus.item.tree));
}

Seq Evaluator::variable(const Expression& e) {
  switch (static_cast<Scope>(e.code)) {
    case Scope::global: return global(e.slot);
    case Scope::rule: {
      const Global& variable = rule_variables_[e.slot];
      Arena* outer = std::exchange(runtime_.arena, &rule_);
      const Seq out = kept(rule_kept_[e.slot], *variable.value, variable.frame, Focus(current_));
      runtime_.arena = outer;
      return out;
    }
    default: break;
  }
  Slot& slot = frame_[e.slot];
  if (const Expression* pending = std::exchange(slot.pending, nullptr)) {
    const Seq value = evaluate(*pending, Focus{});
    slot.value = value;
  }
  return slot.value;
}

Seq Evaluator::global(std::uint32_t number) {
  const Global& variable = program_.globals[number];
  Arena* outer = std::exchange(runtime_.arena, &lasting_);
  const Item current = std::exchange(current_, node_item(0));
  const Seq out = kept(globals_[number], *variable.value, variable.frame, Focus(node_item(0)));
  current_ = current;
  runtime_.arena = outer;
  return out;
}

Seq Evaluator::kept(Kept& slot, const Expression& value, std::uint32_t frame, const Focus& focus) {
  switch (slot.state) {
    case Kept::State::ready: return slot.value;
    case Kept::State::failed: runtime_.raise(slot.fault->code, slot.fault->why); return {};
    case Kept::State::running:
      runtime_.raise("XTDE0640", "a variable depends on itself");
      return {};
    case Kept::State::fresh: break;
  }
  if (runtime_.failed()) return {};
  slot.state = Kept::State::running;
  const Seq result = run(value, frame, focus);
  slot.value = result;
  slot.state = runtime_.failed() ? Kept::State::failed : Kept::State::ready;
  if (runtime_.failed()) slot.fault = std::make_unique<Fault>(runtime_.fault());
  return result;
}

Seq Evaluator::combine(const Expression& e, const Focus& focus) {
  Items out(*runtime_.arena);
  if (e.op == Op::union_) {
    for (const auto& argument : e.args) out.append(evaluate(*argument, focus));
    return in_document_order(runtime_, out);
  }
  Items left(*runtime_.arena);
  Items right(*runtime_.arena);
  left.append(evaluate(*e.args[0], focus));
  right.append(evaluate(*e.args[1], focus));
  in_document_order(runtime_, left);
  in_document_order(runtime_, right);
  if (runtime_.failed()) return {};
  const bool wanted = e.op == Op::intersect;
  for (const Item& item : left.seq())
    if (std::ranges::binary_search(right.seq(), item, before) == wanted) out.push(item);
  return out.seq();
}

Seq Evaluator::compare_nodes(const Expression& e, const Focus& focus) {
  const Seq left = evaluate(*e.args[0], focus);
  const Seq right = evaluate(*e.args[1], focus);
  if (left.empty() || right.empty()) return {};
  if (left.size() > 1 || right.size() > 1 || left[0].type != Type::node ||
      right[0].type != Type::node) {
    runtime_.raise("XPTY0004", "an operand of a node comparison is not one node");
    return {};
  }
  if (e.op == Op::node_before) return of(before(left[0], right[0]));
  if (e.op == Op::node_after) return of(before(right[0], left[0]));
  return of(!before(left[0], right[0]) && !before(right[0], left[0]));
}

Seq Evaluator::compare(const Expression& e, const Focus& focus) {
  const auto how = static_cast<Compare>(e.code);
  const Seq left = evaluate(*e.args[0], focus);
  const Seq right = evaluate(*e.args[1], focus);
  if (e.op == Op::general)
    return of(general_compare(runtime_, how, atomize(runtime_, left), atomize(runtime_, right)));
  const auto a = single(runtime_, left, "an operand of a comparison");
  const auto b = single(runtime_, right, "an operand of a comparison");
  if (!a || !b || runtime_.failed()) return {};
  return of(value_compare(runtime_, how, *a, *b));
}

Seq Evaluator::range(const Expression& e, const Focus& focus) {
  const Seq left = evaluate(*e.args[0], focus);
  const Seq right = evaluate(*e.args[1], focus);
  if (left.empty() || right.empty()) return {};
  const std::int64_t first = integer_argument(runtime_, left, "to");
  const std::int64_t last = integer_argument(runtime_, right, "to");
  if (runtime_.failed() || first > last) return {};
  if (static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) > kRangeMax) {
    runtime_.raise("FOAR0002", "the range of \"to\" is too long");
    return {};
  }
  Items out(*runtime_.arena);
  for (std::int64_t i = first; i <= last; ++i) out.push(integer_item(i));
  return out.seq();
}

Seq Evaluator::calculate(const Expression& e, const Focus& focus) {
  const auto a = single(runtime_, evaluate(*e.args[0], focus), "an operand of arithmetic");
  if (e.op == Op::negate) {
    if (!a || runtime_.failed()) return {};
    Item out = negate(runtime_, *a);
    if (e.code == 0 && !runtime_.failed()) out = negate(runtime_, out);
    return one(*runtime_.arena, out);
  }
  const auto b = single(runtime_, evaluate(*e.args[1], focus), "an operand of arithmetic");
  if (!a || !b || runtime_.failed()) return {};
  return one(*runtime_.arena, arithmetic(runtime_, static_cast<Arithmetic>(e.code), *a, *b));
}

Seq Evaluator::loop(const Expression& e, const Focus& focus) {
  if (e.op == Op::let) {
    frame_[e.slot] = Slot{{}, e.args[0].get()};
    return evaluate(*e.args[1], focus);
  }
  const Seq source = evaluate(*e.args[0], focus);
  Items out(*runtime_.arena);
  for (const Item& item : source) {
    frame_[e.slot] = Slot{{&item, 1}, nullptr};
    if (e.op == Op::for_) {
      out.append(evaluate(*e.args[1], focus));
    } else if (boolean(*e.args[1], focus) == (e.op == Op::some)) {
      return of(e.op == Op::some);
    }
    if (runtime_.failed()) return {};
  }
  return e.op == Op::for_ ? out.seq() : of(e.op == Op::every);
}

Seq Evaluator::types(const Expression& e, const Focus& focus) {
  const Seq value = evaluate(*e.args[0], focus);
  if (runtime_.failed()) return {};
  switch (e.op) {
    case Op::instance_of: return of(is_instance(value, e.type));
    case Op::treat:
      if (!is_instance(value, e.type))
        runtime_.raise("XPDY0050", "a value is not of the type that \"treat as\" promises");
      return value;
    case Op::convert: return convert(value, e.type, "a value with a declared type");
    default: break;
  }
  const bool may_be_empty = e.type.occurrence == Occurrence::optional;
  const Seq atoms = atomize(runtime_, value);
  if (e.op == Op::castable) {
    if (atoms.size() != 1) return of(atoms.empty() && may_be_empty);
    Fault ignored;
    return of(try_cast(runtime_, atoms[0], e.type.atomic, ignored).has_value());
  }
  if (atoms.empty() && may_be_empty) return {};
  if (atoms.size() != 1) {
    runtime_.raise("XPTY0004", atoms.empty()
                                   ? "an empty sequence is cast to a type"
                                   : "a sequence of more than one item is cast to a type");
    return {};
  }
  return one(*runtime_.arena, cast(runtime_, atoms[0], e.type.atomic));
}

bool Evaluator::is_instance(Seq value, const SequenceType& type) {
  if (type.kind == SequenceType::Kind::empty) return value.empty();
  const bool many = type.occurrence == Occurrence::many || type.occurrence == Occurrence::some;
  const bool none = type.occurrence == Occurrence::many || type.occurrence == Occurrence::optional;
  if ((value.empty() && !none) || (value.size() > 1 && !many)) return false;
  return std::ranges::all_of(value, [&](const Item& item) {
    switch (type.kind) {
      case SequenceType::Kind::atomic: {
        const Type wanted = type.atomic.type;
        if (is_node(item.type)) return false;
        if (type.atomic.any || item.type == wanted) return true;
        return (wanted == Type::decimal && item.type == Type::integer) ||
               (wanted == Type::duration && is_span(item.type));
      }
      case SequenceType::Kind::node:
        if (item.type == Type::fragment)
          return type.test.kind == Test::node || type.test.kind == Test::text;
        return item.type == Type::node && test(type.test, item, type.test.kind == Test::attribute);
      default: return true;
    }
  });
}

// XPath 2.0 §3.1.5
Seq Evaluator::convert(Seq value, const SequenceType& type, std::string_view what) {
  Seq out = value;
  if (type.kind == SequenceType::Kind::atomic) {
    Items items(*runtime_.arena);
    for (const Item& raw : value) {
      Item item = atomize(runtime_, raw);
      const Type to = type.atomic.type;
      const bool promoted =
          (to == Type::double_ || to == Type::float_) && is_numeric(item.type) && item.type < to;
      const bool uri = to == Type::string && item.type == Type::any_uri;
      if ((item.type == Type::untyped || promoted || uri) && !type.atomic.any)
        item = cast(runtime_, item, type.atomic);
      items.push(item);
    }
    out = items.seq();
  }
  if (runtime_.failed()) return {};
  if (!is_instance(out, type))
    runtime_.raise("XPTY0004", std::string(what) + " is not of its declared type");
  return out;
}

Seq Evaluator::call(const Expression& e, const Focus& focus) {
  const FunctionFacts& facts = function_table()[e.code];
  switch (facts.special) {
    case Special::position:
    case Special::last:
      if (!focus.present) break;
      return one(*runtime_.arena,
                 integer_item(static_cast<std::int64_t>(
                     facts.special == Special::position ? focus.position : focus.size)));
    case Special::current:
      if (has_current_) return one(*runtime_.arena, current_);
      break;
    case Special::key: return key(e, focus);
    default: break;
  }
  Seq few[4];
  Seq* arguments = few;
  if (e.args.size() > 4) arguments = runtime_.arena->array<Seq>(e.args.size());
  for (std::size_t i = 0; i < e.args.size(); ++i)
    new (arguments + i) Seq(evaluate(*e.args[i], focus));
  if (runtime_.failed()) return {};
  const Seq out = facts.call(runtime_, {arguments, e.args.size()});
  return runtime_.failed() ? Seq{} : out;
}

Seq Evaluator::user_call(const Expression& e, const Focus& focus) {
  const Function& function = program_.functions[e.slot];
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  if (++depth_ > kCallDepthMax || std::abs(stack_ - here) > kStackBytesMax) {
    runtime_.raise("XTDE0000", "functions call each other too deeply");
    return --depth_, Seq{};
  }
  Slot* slots = new_frame(std::max<std::uint32_t>(function.frame, 1));
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const Seq value = evaluate(*e.args[i], focus);
    slots[i].value = convert(value, function.parameters[i], "an argument of " + function.name);
  }
  Slot* outer = std::exchange(frame_, slots);
  const bool had_current = std::exchange(has_current_, false);
  const Seq value = evaluate(*function.body, Focus{});
  const Seq out =
      runtime_.failed() ? Seq{} : convert(value, function.result, "the result of " + function.name);
  has_current_ = had_current;
  frame_ = outer;
  --depth_;
  return out;
}

// What XSLT's text instructions make (XSLT 2.0 §5.7): one text.
Seq Evaluator::text_nodes(const Expression& e, const Focus& focus) {
  std::string out;
  if (e.op == Op::fragment) {
    const View separator = e.separated ? View(e.text) : View(" ");
    bool first = true;
    for (const Item& item : evaluate(*e.args[0], focus)) {
      if (!first) out += separator;
      first = false;
      out += text_of(runtime_, atomize(runtime_, item));
    }
  } else {
    bool after_atom = false;  // atomic values that stand side by side get a space between them
    for (const auto& argument : e.args) {
      for (const Item& item : evaluate(*argument, focus)) {
        const bool atom = !is_node(item.type);
        if (atom && after_atom) out += ' ';
        after_atom = atom;
        out += text_of(runtime_, item);
      }
    }
  }
  if (runtime_.failed()) return {};
  return one(*runtime_.arena, text_item(runtime_.arena->copy(View(out)), Type::fragment));
}

}  // namespace corridor::xpath
