// SPDX-License-Identifier: Apache-2.0
// Comparing and calculating.
#include "documents/xpath/atomic.h"

#include <cmath>

namespace corridor::xpath {

namespace {

template <class Order>
bool holds(Compare how, Order order) {
  switch (how) {
    case Compare::eq: return order == 0;
    case Compare::ne: return order != 0;
    case Compare::lt: return order < 0;
    case Compare::le: return order <= 0;
    case Compare::gt: return order > 0;
    default: return order >= 0;
  }
}

bool holds(Compare how, double a, double b) {
  switch (how) {
    case Compare::eq: return a == b;
    case Compare::ne: return a != b;
    case Compare::lt: return a < b;
    case Compare::le: return a <= b;
    case Compare::gt: return a > b;
    default: return a >= b;
  }
}

bool compare_numbers(Compare how, const Item& a, const Item& b) {
  if (is_exact(a.type) && is_exact(b.type)) {
    if (!a.boxed && !b.boxed && a.size == b.size) return holds(how, a.integer <=> b.integer);
    return holds(how, a.exact() <=> b.exact());
  }
  const double x = is_exact(a.type) ? a.exact().number() : a.number;
  const double y = is_exact(b.type) ? b.exact().number() : b.number;
  const bool floats = a.type != Type::double_ && b.type != Type::double_;
  if (floats) return holds(how, static_cast<float>(x), static_cast<float>(y));
  return holds(how, x, y);
}

bool incomparable(Runtime& runtime, const Item& a, const Item& b) {
  runtime.raise("XPTY0004", "a value of " + std::string(type_name(a.type)) +
                                " cannot be compared with one of " +
                                std::string(type_name(b.type)));
  return false;
}

// Durations of different kinds are equal or not; only like ones have an order (F&O §10.4).
bool compare_spans(Runtime& runtime, Compare how, const Item& a, const Item& b) {
  const bool equality = how == Compare::eq || how == Compare::ne;
  if (!equality && (a.type != b.type || a.type == Type::duration))
    return incomparable(runtime, a, b);
  return holds(how, compare(*a.span, *b.span));
}

Item number_operand(Runtime& runtime, const Item& item) {
  if (item.type != Type::untyped) return item;
  return cast(runtime, item, {Type::double_});
}

Item not_defined(Runtime& runtime, const Item& a, const Item& b) {
  runtime.raise("XPTY0004", "arithmetic is not defined for " + std::string(type_name(a.type)) +
                                " and " + std::string(type_name(b.type)));
  return {};
}

Item by_zero(Runtime& runtime) {
  runtime.raise("FOAR0001", "division by zero");
  return {};
}

Item exact_result(Runtime& runtime, const Decimal& value, Type type) {
  if (value.too_long()) {
    runtime.raise("FOAR0002", "a number has too many digits");
    return {};
  }
  return exact_item(*runtime.arena, value, type);
}

// Numbers that fit 64 bits, brought to one scale: no Decimal is made for them.
bool small_result(Arithmetic how, Item a, Item b, Item& out) {
  static constexpr std::int64_t kTens[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
  if (a.boxed || b.boxed) return false;
  std::int64_t value = 0;
  out = a;
  out.type = a.type == Type::integer && b.type == Type::integer ? Type::integer : Type::decimal;
  if (how == Arithmetic::multiply) {
    if (__builtin_mul_overflow(a.integer, b.integer, &value)) return false;
    out.integer = value;
    out.size = a.size + b.size;
    return out.size < 64;
  }
  if (how != Arithmetic::add && how != Arithmetic::subtract) return false;
  if (a.size != b.size) {
    Item& shorter = a.size < b.size ? a : b;
    const std::uint32_t places = a.size < b.size ? b.size - a.size : a.size - b.size;
    if (places >= std::size(kTens) ||
        __builtin_mul_overflow(shorter.integer, kTens[places], &shorter.integer))
      return false;
    out.size = shorter.size += places;
  }
  const bool over = how == Arithmetic::add ? __builtin_add_overflow(a.integer, b.integer, &value)
                                           : __builtin_sub_overflow(a.integer, b.integer, &value);
  out.integer = value;
  return !over;
}

Item exact_arithmetic(Runtime& runtime, Arithmetic how, const Item& a, const Item& b) {
  Item out;
  if (small_result(how, a, b, out)) return out;
  const Decimal x = a.exact();
  const Decimal y = b.exact();
  const bool integers = a.type == Type::integer && b.type == Type::integer;
  const Type type = integers ? Type::integer : Type::decimal;
  switch (how) {
    case Arithmetic::add: return exact_result(runtime, x + y, type);
    case Arithmetic::subtract: return exact_result(runtime, x - y, type);
    case Arithmetic::multiply: return exact_result(runtime, x * y, type);
    default: break;
  }
  if (y.is_zero()) return by_zero(runtime);
  switch (how) {
    case Arithmetic::divide: {
      const auto places = [](const Item& item, const Decimal& value) {
        return item.type == Type::integer ? 0 : value.places_needed();
      };
      const int more = places(a, x) - places(b, y);
      return exact_result(runtime, Decimal::divide(x, y, more), Type::decimal);
    }
    case Arithmetic::integer_divide:
      return exact_result(runtime, Decimal::quotient(x, y), Type::integer);
    default: return exact_result(runtime, Decimal::remainder(x, y), type);
  }
}

Item inexact_arithmetic(Runtime& runtime, Arithmetic how, const Item& a, const Item& b) {
  const double x = is_exact(a.type) ? a.exact().number() : a.number;
  const double y = is_exact(b.type) ? b.exact().number() : b.number;
  const bool doubles = a.type == Type::double_ || b.type == Type::double_;
  const auto result = [&](double value) {
    return doubles ? double_item(value) : double_item(static_cast<float>(value), Type::float_);
  };
  switch (how) {
    case Arithmetic::add: return result(x + y);
    case Arithmetic::subtract: return result(x - y);
    case Arithmetic::multiply: return result(x * y);
    case Arithmetic::divide: return result(x / y);
    case Arithmetic::modulo: return result(std::fmod(x, y));
    default: break;
  }
  if (y == 0) return by_zero(runtime);
  const auto quotient = Decimal::from_double(std::trunc(x / y));
  if (quotient && !std::isnan(y)) return exact_result(runtime, *quotient, Type::integer);
  runtime.raise("FOAR0002", "idiv of a value that is not finite");
  return {};
}

Item span_arithmetic(Runtime& runtime, Arithmetic how, const Item& a, const Item& b) {
  Arena& arena = *runtime.arena;
  const bool plus_minus = how == Arithmetic::add || how == Arithmetic::subtract;
  if (is_span(b.type) && is_span(a.type)) {
    if (a.type != b.type || a.type == Type::duration) return not_defined(runtime, a, b);
    if (plus_minus)
      return span_item(arena, plus(*a.span, how == Arithmetic::add ? *b.span : negated(*b.span)),
                       a.type);
    if (how != Arithmetic::divide) return not_defined(runtime, a, b);
    if (b.span->months == 0 && b.span->seconds == 0 && b.span->nanos == 0) return by_zero(runtime);
    const auto exact = [](const Span& s) {
      return Decimal(Int128{s.months} * 1'000'000'000 + Int128{s.seconds} * 1'000'000'000 + s.nanos,
                     9);
    };
    return exact_result(runtime, Decimal::divide(exact(*a.span), exact(*b.span)), Type::decimal);
  }
  const Item& span = is_span(a.type) ? a : b;
  const Item& number = is_span(a.type) ? b : a;
  const bool times = how == Arithmetic::multiply || (how == Arithmetic::divide && is_span(a.type));
  if (!times || !is_numeric(number.type) || span.type == Type::duration)
    return not_defined(runtime, a, b);
  const double factor = number_of(runtime, number);
  if (std::isnan(factor)) {
    runtime.raise("FOCA0005", "a duration is multiplied by NaN");
    return {};
  }
  if (how == Arithmetic::divide && factor == 0) {
    runtime.raise("FODT0002", "a duration is divided by zero");
    return {};
  }
  return span_item(arena, scaled(*span.span, how == Arithmetic::divide ? 1 / factor : factor),
                   span.type);
}

Item calendar_arithmetic(Runtime& runtime, Arithmetic how, const Item& a, const Item& b) {
  Arena& arena = *runtime.arena;
  if (!is_moment(a.type) && !is_moment(b.type)) return span_arithmetic(runtime, how, a, b);
  if (is_moment(a.type) && is_moment(b.type)) {
    if (how != Arithmetic::subtract || a.type != b.type) return not_defined(runtime, a, b);
    return span_item(arena, minus(*a.moment, *b.moment), Type::day_time_duration);
  }
  const Item& moment = is_moment(a.type) ? a : b;
  const Item& span = is_moment(a.type) ? b : a;
  const bool months = span.type == Type::year_month_duration;
  if ((span.type != Type::day_time_duration && !months) || (months && moment.type == Type::time) ||
      !(how == Arithmetic::add || (how == Arithmetic::subtract && is_moment(a.type)))) {
    return not_defined(runtime, a, b);
  }
  Moment out = plus(*moment.moment, how == Arithmetic::add ? *span.span : negated(*span.span));
  if (moment.type == Type::time) out.seconds = out.second_of_day();
  if (moment.type == Type::date) out.seconds -= out.second_of_day(), out.nanos = 0;
  return moment_item(arena, out, moment.type);
}

}  // namespace

Item atomize(const Runtime& runtime, const Item& item) {
  if (item.type == Type::node) {
    const xml::Kind kind = runtime.node_of(item).kind;
    const bool plain = kind == xml::Kind::comment || kind == xml::Kind::instruction;
    return text_item(runtime.node_text(item), plain ? Type::string : Type::untyped);
  }
  if (item.type != Type::fragment) return item;
  Item out = item;
  out.type = Type::untyped;
  return out;
}

Seq atomize(Runtime& runtime, Seq items) {
  bool nodes = false;
  for (const Item& item : items) nodes = nodes || is_node(item.type);
  if (!nodes) return items;
  Items out(*runtime.arena);
  for (const Item& item : items) out.push(atomize(runtime, item));
  return out.seq();
}

std::optional<Item> single(Runtime& runtime, Seq items, std::string_view what) {
  if (items.empty()) return std::nullopt;
  if (items.size() > 1) {
    runtime.raise("XPTY0004",
                  "a sequence of more than one item is not allowed as " + std::string(what));
    return std::nullopt;
  }
  return atomize(runtime, items[0]);
}

// XPath 2.0 §2.4.3
bool effective_boolean(Runtime& runtime, Seq items) {
  if (items.empty()) return false;
  const Item& first = items[0];
  if (is_node(first.type)) return true;
  if (items.size() == 1) {
    if (first.type == Type::boolean) return first.truth;
    if (is_text(first.type)) return first.size != 0;
    if (is_exact(first.type)) return first.boxed || first.integer != 0;
    if (is_numeric(first.type)) return first.number != 0 && !std::isnan(first.number);
  }
  runtime.raise(
      "FORG0006",
      items.size() > 1
          ? std::string("a sequence of several items is neither true nor false")
          : "a value of " + std::string(type_name(first.type)) + " is neither true nor false");
  return false;
}

bool value_compare(Runtime& runtime, Compare how, Item a, Item b) {
  if (is_numeric(a.type) && is_numeric(b.type)) return compare_numbers(how, a, b);
  if (is_text(a.type) && is_text(b.type)) return holds(how, a.view().compare(b.view()));
  if (a.type == Type::boolean && b.type == Type::boolean)
    return holds(how, static_cast<int>(a.truth) <=> static_cast<int>(b.truth));
  if (is_moment(a.type) && a.type == b.type) return holds(how, compare(*a.moment, *b.moment));
  if (is_span(a.type) && is_span(b.type)) return compare_spans(runtime, how, a, b);
  return incomparable(runtime, a, b);
}

bool general_pair(Runtime& runtime, Compare how, Item a, Item b) {
  const auto convert = [&](Item& untyped, const Item& other) {
    if (is_text(other.type)) return;
    untyped = cast(runtime, untyped, {is_numeric(other.type) ? Type::double_ : other.type});
  };
  if (a.type == Type::untyped && b.type != Type::untyped)
    convert(a, b);
  else if (b.type == Type::untyped && a.type != Type::untyped)
    convert(b, a);
  if (runtime.failed()) return false;
  return value_compare(runtime, how, a, b);
}

bool general_compare(Runtime& runtime, Compare how, Seq a, Seq b) {
  for (const Item& x : a)
    for (const Item& y : b)
      if (general_pair(runtime, how, x, y) || runtime.failed()) return !runtime.failed();
  return false;
}

Item arithmetic(Runtime& runtime, Arithmetic how, Item a, Item b) {
  a = number_operand(runtime, a);
  b = number_operand(runtime, b);
  if (runtime.failed()) return {};
  if (is_numeric(a.type) && is_numeric(b.type)) {
    return is_exact(a.type) && is_exact(b.type) ? exact_arithmetic(runtime, how, a, b)
                                                : inexact_arithmetic(runtime, how, a, b);
  }
  const auto calendar = [](Type type) { return is_moment(type) || is_span(type); };
  if ((calendar(a.type) || is_numeric(a.type)) && (calendar(b.type) || is_numeric(b.type)))
    return calendar_arithmetic(runtime, how, a, b);
  return not_defined(runtime, a, b);
}

Item negate(Runtime& runtime, Item a) {
  a = number_operand(runtime, a);
  if (is_exact(a.type)) return exact_item(*runtime.arena, a.exact().negated(), a.type);
  if (is_numeric(a.type)) return double_item(-a.number, a.type);
  return runtime.failed() ? a : not_defined(runtime, a, a);
}

bool same_value(Runtime& runtime, const Item& a, const Item& b) {
  if (is_numeric(a.type) && is_numeric(b.type)) {
    const auto nan = [](const Item& i) { return !is_exact(i.type) && std::isnan(i.number); };
    if (nan(a) || nan(b)) return nan(a) && nan(b);
    return compare_numbers(Compare::eq, a, b);
  }
  const bool alike = (is_text(a.type) && is_text(b.type)) || (is_span(a.type) && is_span(b.type)) ||
                     a.type == b.type;
  return alike && value_compare(runtime, Compare::eq, a, b);
}

}  // namespace corridor::xpath
