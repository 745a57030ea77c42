// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/functions.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace corridor::xpath {

namespace {

const std::vector<FunctionFacts>& table() {
  static const std::vector<FunctionFacts> all = [] {
    std::vector<FunctionFacts> out;
    for (const auto part : {text_functions(), number_functions(), sequence_functions(),
                            node_functions(), time_functions()})
      out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

const std::vector<Known>& known_functions() {
  static const std::vector<Known> all = [] {
    static constexpr std::pair<std::string_view, Known> kNames[] = {
        {"not", Known::not_},
        {"exists", Known::exists},
        {"empty", Known::empty},
        {"boolean", Known::boolean},
        {"contains", Known::contains},
        {"starts-with", Known::starts_with},
        {"ends-with", Known::ends_with},
        {"matches", Known::matches},
        {"count", Known::count},
        {"string", Known::string},
        {"normalize-space", Known::normalize_space},
        {"upper-case", Known::upper_case},
        {"lower-case", Known::lower_case},
        {"substring-after", Known::substring_after},
        {"substring-before", Known::substring_before},
        {"replace", Known::replace},
        {"tokenize", Known::tokenize},
        {"name", Known::name},
        {"local-name", Known::local_name},
        {"string-length", Known::string_length},
    };
    std::vector<Known> out(function_table().size(), Known::other);
    for (const auto& [name, known] : kNames)
      if (const auto number = find_function(name)) out[*number] = known;
    return out;
  }();
  return all;
}

void wrong_type(Runtime& runtime, const Item& item, std::string_view function) {
  runtime.raise("XPTY0004", "an argument of " + std::string(function) + "() is of type " +
                                std::string(type_name(item.type)));
}

std::string argument_of(std::string_view function) {
  return "the argument of " + std::string(function) + "()";
}

}  // namespace

std::span<const FunctionFacts> function_table() { return table(); }

Known known_function(std::uint16_t number) { return known_functions()[number]; }

std::optional<std::uint16_t> find_function(std::string_view local) {
  static const auto index = [] {
    std::unordered_map<std::string_view, std::uint16_t> out;
    for (std::size_t i = 0; i < table().size(); ++i)
      out.emplace(table()[i].name, static_cast<std::uint16_t>(i));
    return out;
  }();
  const auto found = index.find(local);
  if (found == index.end()) return std::nullopt;
  return found->second;
}

View string_argument(Runtime& runtime, Seq argument, std::string_view function) {
  if (argument.size() == 1 && argument[0].type == Type::node) return runtime.node_text(argument[0]);
  if (argument.size() > 1) return (void)single(runtime, argument, argument_of(function)), View{};
  if (argument.empty()) return {};
  const Item item = atomize(runtime, argument[0]);
  if (is_text(item.type)) return item.view();
  wrong_type(runtime, item, function);
  return {};
}

std::optional<Item> numeric_argument(Runtime& runtime, Seq argument, std::string_view function) {
  auto item = single(runtime, argument, argument_of(function));
  if (!item) return item;
  if (item->type == Type::untyped) item = cast(runtime, *item, {Type::double_});
  if (runtime.failed()) return std::nullopt;
  if (is_numeric(item->type)) return item;
  wrong_type(runtime, *item, function);
  return std::nullopt;
}

double double_argument(Runtime& runtime, Seq argument, std::string_view function) {
  const auto item = numeric_argument(runtime, argument, function);
  if (item) return number_of(runtime, *item);
  if (!runtime.failed()) runtime.raise("XPTY0004", argument_of(function) + " is empty");
  return 0;
}

std::int64_t integer_argument(Runtime& runtime, Seq argument, std::string_view function) {
  auto item = single(runtime, argument, argument_of(function));
  if (item && item->type == Type::untyped) item = cast(runtime, *item, {Type::integer});
  if (runtime.failed()) return 0;
  if (item && item->type == Type::integer) {
    const auto value = item->exact().integer64();
    if (value) return *value;
    return item->exact().sign() < 0 ? INT64_MIN : INT64_MAX;
  }
  if (item) {
    wrong_type(runtime, *item, function);
  } else {
    runtime.raise("XPTY0004", argument_of(function) + " is empty");
  }
  return 0;
}

std::optional<Item> node_argument(Runtime& runtime, Seq argument, std::string_view function) {
  if (argument.empty()) return std::nullopt;
  if (argument.size() == 1 && is_node(argument[0].type)) return argument[0];
  runtime.raise("XPTY0004", argument_of(function) + " is not one node");
  return std::nullopt;
}

}  // namespace corridor::xpath
