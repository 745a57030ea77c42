// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "app/config.h"

namespace corridor::app {

namespace {

// The members of an instruction, as the management API has them.
constexpr std::array<std::string_view, 17> kMembers{
    "id", "process", "on", "role", "peer", "kind", "dataset", "agreement", "nth",
    "published", "when", "after", "do", "terms", "webhook", "code", "reason"};

json::Value json_of(const toml::node& node);

json::Value json_of(const toml::table& table) {
  auto object = json::Value::object();
  for (const auto& [key, value] : table) object.set(std::string(key.str()), json_of(value));
  return object;
}

json::Value json_of(const toml::node& node) {
  if (const auto* const table = node.as_table()) return json_of(*table);
  if (const auto* const list = node.as_array()) {
    auto array = json::Value::array();
    for (const auto& item : *list) array.push(json_of(item));
    return array;
  }
  if (const auto* const text = node.as_string()) return text->get();
  if (const auto* const number = node.as_integer()) return number->get();
  if (const auto* const real = node.as_floating_point()) return real->get();
  if (const auto* const flag = node.as_boolean()) return flag->get();
  // Dates and times as ODRL has them: text.
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                  toml::is_date_time<decltype(value)>)
      text << value.get();
  });
  return text.str();
}

Result<json::Value> from_toml(View text) {
  try {
    const toml::table table = toml::parse(text);
    auto items = json::Value::array();
    for (const auto& [key, node] : table) {
      const auto* const list = node.as_array();
      if (key.str() != "instruction" || list == nullptr)
        return fail(Code::invalid, "it has \"" + std::string(key.str()) + "\" outside of an instruction",
                    "begin each one with a line [[instruction]]");
      for (const auto& item : *list) items.push(json_of(item));
    }
    return items;
  } catch (const toml::parse_error& error) {
    return fail(Code::invalid, "line " + std::to_string(error.source().begin.line) + ": " +
                                   std::string(error.description()),
                "mend the file: TOML with [[instruction]] tables, or JSON");
  }
}

Result<json::Value> from_json(View text) {
  TRY_ASSIGN(json::Value file, json::parse(text));
  if (file.is_array()) return file;
  if (const json::Value* const items = file.find("items")) return *items;
  return json::Value::array({std::move(file)});
}

// `after` may be a length of time, `when` and `terms` may be JSON in a text.
Result<json::Value> as_the_api_has_it(json::Value item) {
  if (!item.is_object()) return fail(Code::invalid, "an instruction is not an object");
  for (const auto& [name, value] : item.members())
    if (std::ranges::find(kMembers, name) == kMembers.end())
      return fail(Code::invalid, "an instruction has no member \"" + name + "\"",
                  "see its members with: corridor instruction add --help");
  if (item.text_or("do").empty())
    return fail(Code::invalid, "an instruction does not say what to do", "give it a member do");
  if (const json::Value* const after = item.find("after"); after != nullptr && after->is_text()) {
    TRY_ASSIGN(const Duration duration, parse_duration(after->text()));
    item.set("after", duration.ms);
  }
  for (const char* const member : {"when", "terms"}) {
    const json::Value* const value = item.find(member);
    if (value == nullptr || !value->is_text()) continue;
    auto read = json::parse(value->text());
    if (!read) return in_context(member, read.error());
    item.set(member, std::move(*read));
  }
  return item;
}

}  // namespace

Result<json::Value> read_instructions(View text) {
  // What is JSON is no TOML: one begins with a brace, or a bracket before one.
  const std::size_t begin = text.find_first_not_of("[ \t\r\n");
  const bool json = begin != View::npos && text[begin] == '{';
  auto read = json ? from_json(text) : from_toml(text);
  if (!read) return read;
  auto items = json::Value::array();
  for (const auto& item : read->items()) {
    auto good = as_the_api_has_it(item);
    if (!good)
      return in_context("instruction " + std::to_string(items.items().size() + 1), good.error());
    items.push(std::move(*good));
  }
  if (items.items().empty())
    return fail(Code::invalid, "there is no instruction in it", "begin each with [[instruction]]");
  return items;
}

}  // namespace corridor::app
