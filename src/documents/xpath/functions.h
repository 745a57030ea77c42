// SPDX-License-Identifier: Apache-2.0
//
// The functions of XPath 2.0 and the three of XSLT that rules use, as one table. A function sees
// its arguments as sequences, converts them itself (F&O's signatures are in the comments of
// functions*.cc) and raises errors in the Runtime. What depends on the focus (position, last) or on
// the rule set (key, current) is done by the evaluators; the table only knows that they exist.
#pragma once

#include <span>

#include "documents/xpath/atomic.h"

namespace corridor::xpath {

using Call = Seq (*)(Runtime& runtime, std::span<const Seq> arguments);

enum class Special : std::uint8_t { none, position, last, current, key, regex, now };

struct FunctionFacts {
  std::string_view name;
  std::uint8_t arguments_min;
  std::uint8_t arguments_max;  // 255: any number
  Call call;
  bool focus_when_short;  // with one argument less it takes the context item
  Special special = Special::none;
  bool boolean_result = false;  // never a number, so never a position as a predicate
  bool text_result = false;
};

// Functions that the fast evaluator handles itself.
enum class Known : std::uint8_t {
  other,
  not_,
  exists,
  empty,
  boolean,
  contains,
  starts_with,
  ends_with,
  matches,
  count,
  string,
  normalize_space,
  upper_case,
  lower_case,
  substring_after,
  substring_before,
  replace,
  tokenize,
  name,
  local_name,
  string_length,
};
Known known_function(std::uint16_t number);

std::span<const FunctionFacts> function_table();
// The number of a function in the table, nothing for an unknown name.
std::optional<std::uint16_t> find_function(std::string_view local);

// Conversions of arguments by the function conversion rules (XPath 2.0 §3.1.5), for all tables.
View string_argument(Runtime& runtime, Seq argument, std::string_view function);  // xs:string?
double double_argument(Runtime& runtime, Seq argument, std::string_view function);
std::int64_t integer_argument(Runtime& runtime, Seq argument, std::string_view function);
std::optional<Item> numeric_argument(Runtime& runtime, Seq argument, std::string_view function);
// Exactly one node, or nothing for ().
std::optional<Item> node_argument(Runtime& runtime, Seq argument, std::string_view function);

// Parts of the table, one file each.
std::span<const FunctionFacts> text_functions();
std::span<const FunctionFacts> number_functions();
std::span<const FunctionFacts> sequence_functions();
std::span<const FunctionFacts> node_functions();
std::span<const FunctionFacts> time_functions();

}  // namespace corridor::xpath
