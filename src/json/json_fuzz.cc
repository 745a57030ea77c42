// SPDX-License-Identifier: Apache-2.0
//
// Whatever is read is written and read back as the same, in every form. What is accepted,
// simdjson's other reader (DOM) accepts too; what only this one refuses, it refuses for a reason of
// its own.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "json/json.h"
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

using namespace corridor;

namespace {

void demand(bool condition, const char* what, View input) {
  if (condition) return;
  std::fprintf(stderr, "json: %s: %.*s\n", what, static_cast<int>(input.size()), input.data());
  std::abort();
}

bool is_house_rule(View why) {
  for (const View reason : {"twice", "surrogate", "deeper", "64 bits", "range of a double"})
    if (why.find(reason) != View::npos) return true;
  return false;
}

bool same(const json::Value& value, simdjson::dom::element other);

bool same_array(const json::Value& value, simdjson::dom::array others) {
  std::size_t i = 0;
  for (const simdjson::dom::element other : others)
    if (i >= value.items().size() || !same(value.items()[i++], other)) return false;
  return i == value.items().size();
}

bool same_object(const json::Value& value, simdjson::dom::object others) {
  std::size_t i = 0;
  for (const auto [key, other] : others) {
    if (i >= value.members().size() || value.members()[i].first != key) return false;
    if (!same(value.members()[i++].second, other)) return false;
  }
  return i == value.members().size();
}

bool same(const json::Value& value, simdjson::dom::element other) {
  using simdjson::dom::element_type;
  switch (other.type()) {
    case element_type::ARRAY:
      return value.is_array() && same_array(value, other.get_array().value_unsafe());
    case element_type::OBJECT:
      return value.is_object() && same_object(value, other.get_object().value_unsafe());
    case element_type::INT64: return value == json::Value(other.get_int64().value_unsafe());
    case element_type::DOUBLE: return value == json::Value(other.get_double().value_unsafe());
    case element_type::STRING: return value == json::Value(other.get_string().value_unsafe());
    case element_type::BOOL: return value == json::Value(other.get_bool().value_unsafe());
    case element_type::NULL_VALUE: return value.is_null();
    default: return false;
  }
}

void same_forms(const json::Value& value, View input) {
  const std::string compact = json::write(value);
  const auto again = json::parse(compact);
  demand(again && *again == value, "compact form is another value", input);
  demand(json::write(*again) == compact, "compact form is not stable", input);
  const auto pretty = json::parse(json::write_pretty(value), {.bytes_max = SIZE_MAX});
  demand(pretty && *pretty == value, "pretty form is another value", input);
  const std::string canonical = json::canonical(value);
  const auto read = json::parse(canonical);
  demand(read.has_value(), "canonical form cannot be read", input);
  demand(json::canonical(*read) == canonical, "canonical form is not stable", input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View input(reinterpret_cast<const char*>(data), size);
  const auto value = json::parse(input);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const bool valid = parser.parse(input.data(), input.size()).get(element) == simdjson::SUCCESS;
  if (value) {
    demand(valid, "accepted what is not JSON", input);
    demand(same(*value, element), "read as another value than simdjson does", input);
    same_forms(*value, input);
  } else {
    demand(!value.error().why.empty(), "refused without a reason", input);
    demand(!valid || is_house_rule(value.error().why), "refused valid JSON", input);
  }
  return 0;
}
