// SPDX-License-Identifier: Apache-2.0
// Functions on numbers and aggregates (F&O §6.4, §15.4).
#include <array>
#include <cmath>

#include "documents/xpath/functions.h"

namespace corridor::xpath {

namespace {

using Args = std::span<const Seq>;

Seq exact(Runtime& runtime, const Decimal& value, Type type) {
  return one(*runtime.arena, exact_item(*runtime.arena, value, type));
}

// fn:number($arg as xs:anyAtomicType?) as xs:double
Seq fn_number(Runtime& runtime, Args args) {
  const auto item = single(runtime, args[0], "the argument of number()");
  const double value = item ? number_of(runtime, *item) : std::numeric_limits<double>::quiet_NaN();
  return one(*runtime.arena, double_item(value));
}

// fn:abs, fn:ceiling, fn:floor, fn:round($arg as numeric?) as numeric?
template <Decimal (*OfExact)(const Decimal&), double (*OfDouble)(double)>
Seq rounding(Runtime& runtime, Args args) {
  const auto item = numeric_argument(runtime, args[0], "round");
  if (!item) return {};
  if (is_exact(item->type)) return exact(runtime, OfExact(item->exact()), item->type);
  return one(*runtime.arena, double_item(OfDouble(item->number), item->type));
}

Decimal abs_exact(const Decimal& d) { return d.sign() < 0 ? d.negated() : d; }
double abs_double(double d) { return std::abs(d); }
Decimal ceiling_exact(const Decimal& d) { return d.ceiling(); }
double ceiling_double(double d) { return std::ceil(d); }
Decimal floor_exact(const Decimal& d) { return d.floor(); }
double floor_double(double d) { return std::floor(d); }
Decimal round_exact(const Decimal& d) { return d.rounded(); }
double round_double(double d) {
  if (!std::isfinite(d) || std::abs(d) >= 4503599627370496.0) return d;
  if (d < 0 && d >= -0.5) return -0.0;
  const double low = std::floor(d);
  return d - low >= 0.5 ? low + 1 : low;
}

// fn:round-half-to-even($arg as numeric?, $precision as xs:integer) as numeric?
Seq fn_round_half_to_even(Runtime& runtime, Args args) {
  const auto item = numeric_argument(runtime, args[0], "round-half-to-even");
  if (!item) return {};
  const std::int64_t precision =
      args.size() > 1 ? integer_argument(runtime, args[1], "round-half-to-even") : 0;
  const int places = static_cast<int>(std::clamp<std::int64_t>(precision, -5000, 5000));
  if (is_exact(item->type))
    return exact(runtime, item->exact().rounded_half_even(places), item->type);
  const auto value = Decimal::from_double(item->number);
  if (!value || item->number == 0) return one(*runtime.arena, *item);
  // A double is rounded as the decimal that it prints as, which is what was meant by its author.
  const auto printed = Decimal::parse(double_text(item->number));
  const double rounded = (printed ? *printed : *value).rounded_half_even(places).number();
  return one(*runtime.arena,
             double_item(std::signbit(item->number) && rounded == 0 ? -0.0 : rounded, item->type));
}

std::optional<Item> addend(Runtime& runtime, const Item& raw, std::string_view function) {
  Item item = atomize(runtime, raw);
  if (item.type == Type::untyped) item = cast(runtime, item, {Type::double_});
  if (runtime.failed()) return std::nullopt;
  if (is_numeric(item.type) || item.type == Type::day_time_duration ||
      item.type == Type::year_month_duration)
    return item;
  runtime.raise("FORG0006", sentence({function, "() met a value of ", type_name(item.type)}));
  return std::nullopt;
}

std::optional<Item> total(Runtime& runtime, Seq items, std::string_view function) {
  std::optional<Item> sum;
  for (const Item& raw : items) {
    const auto item = addend(runtime, raw, function);
    if (!item) return std::nullopt;
    if (sum && is_numeric(sum->type) != is_numeric(item->type)) {
      runtime.raise("FORG0006", sentence({function, "() met values of different kinds"}));
      return std::nullopt;
    }
    sum = sum ? arithmetic(runtime, Arithmetic::add, *sum, *item) : *item;
    if (runtime.failed()) return std::nullopt;
  }
  return sum;
}

// fn:sum($arg as xs:anyAtomicType*, $zero as xs:anyAtomicType?) as xs:anyAtomicType?
Seq fn_sum(Runtime& runtime, Args args) {
  if (args[0].empty()) {
    if (args.size() == 1) return one(*runtime.arena, integer_item(0));
    const auto zero = single(runtime, args[1], "the zero of sum()");
    return zero ? one(*runtime.arena, *zero) : Seq{};
  }
  const auto sum = total(runtime, args[0], "sum");
  return sum ? one(*runtime.arena, *sum) : Seq{};
}

// fn:avg($arg as xs:anyAtomicType*) as xs:anyAtomicType?
Seq fn_avg(Runtime& runtime, Args args) {
  if (args[0].empty()) return {};
  const auto sum = total(runtime, args[0], "avg");
  if (!sum) return {};
  return one(*runtime.arena, arithmetic(runtime, Arithmetic::divide, *sum,
                                        integer_item(static_cast<std::int64_t>(args[0].size()))));
}

// fn:max, fn:min($arg as xs:anyAtomicType*, $collation as string) as xs:anyAtomicType?
Seq extreme(Runtime& runtime, Args args, Compare better, std::string_view function) {
  std::optional<Item> best;
  Type widest = Type::integer;
  bool nan = false;
  for (const Item& raw : args[0]) {
    Item item = atomize(runtime, raw);
    if (item.type == Type::untyped) item = cast(runtime, item, {Type::double_});
    if (runtime.failed()) return {};
    if (is_numeric(item.type) && item.type > widest) widest = item.type;
    if (item.type >= Type::float_ && item.type <= Type::double_ && std::isnan(item.number)) {
      nan = true;
      best = item;
      continue;
    }
    const bool first = !best;
    if (nan && is_numeric(item.type)) continue;
    if (first || value_compare(runtime, better, item, *best)) best = item;
    if (runtime.failed()) {
      runtime.clear();
      runtime.raise("FORG0006", sentence({function, "() met values that cannot be compared"}));
      return {};
    }
  }
  if (!best) return {};
  // F&O §15.4.3: numbers are converted to the widest type among them.
  if (is_numeric(best->type) && best->type != widest && widest >= Type::float_)
    best = cast(runtime, *best, {widest});
  return one(*runtime.arena, *best);
}

Seq fn_max(Runtime& runtime, Args args) { return extreme(runtime, args, Compare::gt, "max"); }
Seq fn_min(Runtime& runtime, Args args) { return extreme(runtime, args, Compare::lt, "min"); }

constexpr std::array kTable{
    FunctionFacts{"number", 1, 1, fn_number, true},
    FunctionFacts{"abs", 1, 1, rounding<abs_exact, abs_double>, false},
    FunctionFacts{"ceiling", 1, 1, rounding<ceiling_exact, ceiling_double>, false},
    FunctionFacts{"floor", 1, 1, rounding<floor_exact, floor_double>, false},
    FunctionFacts{"round", 1, 1, rounding<round_exact, round_double>, false},
    FunctionFacts{"round-half-to-even", 1, 2, fn_round_half_to_even, false},
    FunctionFacts{"sum", 1, 2, fn_sum, false},
    FunctionFacts{"avg", 1, 1, fn_avg, false},
    FunctionFacts{"max", 1, 2, fn_max, false},
    FunctionFacts{"min", 1, 2, fn_min, false},
};

}  // namespace

std::span<const FunctionFacts> number_functions() { return kTable; }

}  // namespace corridor::xpath
