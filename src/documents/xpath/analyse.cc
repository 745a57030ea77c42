// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "documents/xpath/functions.h"
#include "documents/xpath/program.h"

namespace corridor::xpath {

namespace {

using Slots = std::set<std::uint32_t>;

bool number_type(const SequenceType& type) {
  return type.kind == SequenceType::Kind::item ||
         (type.kind == SequenceType::Kind::atomic &&
          (type.atomic.any || is_numeric(type.atomic.type)));
}

bool could_be_number(const Expression& e) {
  switch (e.op) {
    case Op::literal:
      return std::ranges::any_of(e.literal, [](const Item& i) { return is_numeric(i.type); });
    case Op::root:
    case Op::step:
    case Op::union_:
    case Op::intersect:
    case Op::except:
    case Op::or_:
    case Op::and_:
    case Op::general:
    case Op::value:
    case Op::is:
    case Op::node_before:
    case Op::node_after:
    case Op::some:
    case Op::every:
    case Op::instance_of:
    case Op::castable:
    case Op::fragment:
    case Op::temporary:
    case Op::tree: return false;
    case Op::path: return e.args.back()->may_be_number;
    case Op::filter: return e.args[0]->may_be_number;
    case Op::if_: return e.args[1]->may_be_number || e.args[2]->may_be_number;
    case Op::for_:
    case Op::let: return e.args[1]->may_be_number;
    case Op::sequence:
      return std::ranges::any_of(e.args, [](const auto& a) { return a->may_be_number; });
    case Op::cast:
    case Op::treat:
    case Op::convert: return number_type(e.type);
    case Op::call: {
      const FunctionFacts& facts = function_table()[e.code];
      return !facts.boolean_result && !facts.text_result;
    }
    default: return true;
  }
}

// The arguments of these run under a focus of their own, made from the first one.
bool inner_focus(const Expression& e, std::size_t argument) {
  if (e.op == Op::step) return true;
  return (e.op == Op::path || e.op == Op::filter) && argument > 0;
}

bool is_positional(const Expression& e) {
  const std::size_t first = e.op == Op::step ? 0 : 1;
  if (e.op != Op::step && e.op != Op::filter) return false;
  for (std::size_t i = first; i < e.args.size(); ++i)
    if (e.args[i]->may_be_number || e.args[i]->uses_position) return true;
  return false;
}

bool is_node_path(const Expression& e) {
  return e.op == Op::path && std::all_of(e.args.begin() + 1, e.args.end(),
                                         [](const auto& a) { return a->op == Op::step; });
}

// Starting from distinct nodes, no step can come to a node twice.
bool is_distinct(const Expression& e) {
  if (!is_node_path(e)) return e.op == Op::step;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const Expression& step = *e.args[i];
    if (i == 0 && step.op == Op::union_) return false;
    if (i == 0 && step.op != Op::step) continue;
    const auto axis = static_cast<Axis>(step.code);
    const bool once = axis == Axis::child || axis == Axis::attribute || axis == Axis::self;
    const bool start =
        i == 0 || (i == 1 && (e.args[0]->op == Op::root || e.args[0]->op == Op::context));
    if (!once && !start) return false;
  }
  return true;
}

bool is_plain_child(const Expression& e) {
  return e.op == Op::step && static_cast<Axis>(e.code) == Axis::child && e.args.empty() &&
         e.test.kind == Test::name && !e.test.wildcard;
}

bool is_simple_children(const Expression& e) {
  if (e.op != Op::path) return false;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const Expression& step = *e.args[i];
    const bool choice =
        i == 0 && step.op == Op::union_ &&
        std::ranges::all_of(step.args, [](const auto& a) { return is_plain_child(*a); });
    if (!choice && !is_plain_child(step) && !(i == 0 && step.op == Op::root && e.args.size() > 1))
      return false;
  }
  return true;
}

// a/b/f(c): every node before the last part is met once and in document order.
bool is_tail_path(const Expression& e) {
  if (e.op != Op::path || e.args.back()->op == Op::step || e.args.back()->uses_position)
    return false;
  bool alone = true;  // so far a single node
  for (std::size_t i = 0; i + 1 < e.args.size(); ++i) {
    const Expression& step = *e.args[i];
    const bool start = i == 0 && (step.op == Op::root || step.op == Op::context);
    if (start) continue;
    if (step.op != Op::step) return false;
    const auto axis = static_cast<Axis>(step.code);
    const bool ordered = axis == Axis::child || axis == Axis::attribute || axis == Axis::self ||
                         (axis == Axis::parent && alone) ||
                         (axis == Axis::descendant && i + 2 == e.args.size());
    if (!ordered) return false;
    alone = alone && axis == Axis::parent;
  }
  return true;
}

class Analysis {
 public:
  Slots run(Expression& e) {
    Slots free;
    e.uses_focus = e.uses_position = e.uses_root = e.uses_current = e.uses_rule = false;
    for (std::size_t i = 0; i < e.args.size(); ++i) {
      Expression& argument = *e.args[i];
      Slots inner = run(argument);
      const bool binds =
          e.op == Op::for_ || e.op == Op::some || e.op == Op::every || e.op == Op::let;
      if (binds && i == 1) inner.erase(e.slot);
      free.merge(inner);
      e.uses_current = e.uses_current || argument.uses_current;
      e.uses_rule = e.uses_rule || argument.uses_rule;
      if (inner_focus(e, i)) continue;
      e.uses_focus = e.uses_focus || argument.uses_focus;
      e.uses_position = e.uses_position || argument.uses_position;
      e.uses_root = e.uses_root || argument.uses_root;
    }
    own(e, free);
    e.uses_local = !free.empty();
    e.may_be_number = could_be_number(e);
    e.positional = is_positional(e);
    e.node_path = is_node_path(e);
    e.distinct = is_distinct(e);
    e.simple_children = is_simple_children(e);
    e.tail_path = is_tail_path(e);
    if (e.op == Op::call) {
      e.gives_boolean = function_table()[e.code].boolean_result;
      e.known = static_cast<std::uint8_t>(known_function(e.code));
    }
    e.constant = e.constant && !e.uses_focus && !e.uses_root && !e.uses_current && !e.uses_local &&
                 !e.uses_rule;
    return free;
  }

 private:
  void own(Expression& e, Slots& free) {
    e.constant = std::ranges::all_of(e.args, [](const auto& a) { return a->constant; });
    switch (e.op) {
      case Op::context:
      case Op::step: e.uses_focus = true; break;
      case Op::root: e.uses_root = true; break;
      case Op::tree: e.constant = false; break;
      case Op::variable:
        e.constant = false;
        if (static_cast<Scope>(e.code) == Scope::rule) e.uses_rule = true;
        if (static_cast<Scope>(e.code) == Scope::local) free.insert(e.slot);
        break;
      case Op::user_call: e.constant = false; break;
      case Op::call: call(e); break;
      default: break;
    }
    // A loop over constants is constant although its body names a variable; not worth the trouble.
    if (!free.empty()) e.constant = false;
  }

  static void call(Expression& e) {
    switch (function_table()[e.code].special) {
      case Special::position:
      case Special::last:
        e.uses_focus = true;
        e.uses_position = true;
        break;
      case Special::current: e.uses_current = true; break;
      case Special::key:
      case Special::now: e.constant = false; break;
      default: break;
    }
  }
};

}  // namespace

void analyse(Expression& expression) { Analysis().run(expression); }

}  // namespace corridor::xpath
