// SPDX-License-Identifier: Apache-2.0
#include "json/json.h"

#include <algorithm>

namespace corridor::json {

namespace {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::integer: return "an integer";
    case Kind::number: return "a number";
    case Kind::text: return "text";
    case Kind::array: return "an array";
    case Kind::object: return "an object";
  }
  std::unreachable();
}

Result<const Value*> require(const Value& object, std::string_view key, Kind kind) {
  const auto offence = [&](std::string_view what) {
    return fail(Code::invalid, "the member \"" + std::string(key) + "\" " + std::string(what));
  };
  if (!object.is_object())
    return offence("is asked of " + std::string(kind_name(object.kind())) + ", not of an object");
  const Value* value = object.find(key);
  if (value == nullptr) return offence("is missing");
  if (value->kind() != kind)
    return offence("is " + std::string(kind_name(value->kind())) + " and must be " +
                   std::string(kind_name(kind)));
  return value;
}

}  // namespace

Value Value::array(std::vector<Value> items) {
  Value value;
  value.data_ = std::move(items);
  return value;
}

Value Value::object(std::initializer_list<Member> members) {
  Value value;
  value.data_.emplace<std::vector<Member>>().reserve(members.size());
  for (const auto& member : members) value.set(member.first, member.second);
  return value;
}

bool Value::boolean() const {
  const auto* value = std::get_if<bool>(&data_);
  CHECK(value != nullptr, kind_name(kind()));
  return *value;
}

std::int64_t Value::integer() const {
  const auto* value = std::get_if<std::int64_t>(&data_);
  CHECK(value != nullptr, kind_name(kind()));
  return *value;
}

double Value::number() const {
  if (kind() == Kind::integer) return static_cast<double>(integer());
  const auto* value = std::get_if<double>(&data_);
  CHECK(value != nullptr, kind_name(kind()));
  return *value;
}

const std::string& Value::text() const {
  const auto* value = std::get_if<std::string>(&data_);
  CHECK(value != nullptr, kind_name(kind()));
  return *value;
}

const std::vector<Value>& Value::items() const {
  static const std::vector<Value> none;
  const auto* items = std::get_if<std::vector<Value>>(&data_);
  return items == nullptr ? none : *items;
}

const std::vector<Value::Member>& Value::members() const {
  static const std::vector<Member> none;
  const auto* members = std::get_if<std::vector<Member>>(&data_);
  return members == nullptr ? none : *members;
}

const Value* Value::find(std::string_view key) const {
  for (const auto& [name, value] : members())
    if (name == key) return &value;
  return nullptr;
}

std::string_view Value::text_or(std::string_view key, std::string_view fallback) const {
  const Value* value = find(key);
  return value != nullptr && value->is_text() ? std::string_view(value->text()) : fallback;
}

std::int64_t Value::integer_or(std::string_view key, std::int64_t fallback) const {
  const Value* value = find(key);
  return value != nullptr && value->kind() == Kind::integer ? value->integer() : fallback;
}

bool Value::boolean_or(std::string_view key, bool fallback) const {
  const Value* value = find(key);
  return value != nullptr && value->kind() == Kind::boolean ? value->boolean() : fallback;
}

Value& Value::set(std::string key, Value value) {
  if (is_null()) data_ = std::vector<Member>();
  CHECK(is_object(), kind_name(kind()));
  auto& members = std::get<std::vector<Member>>(data_);
  const auto old = std::ranges::find(members, key, &Member::first);
  if (old != members.end()) {
    old->second = std::move(value);
  } else {
    members.emplace_back(std::move(key), std::move(value));
  }
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) data_ = std::vector<Value>();
  CHECK(is_array(), kind_name(kind()));
  std::get<std::vector<Value>>(data_).push_back(std::move(value));
  return *this;
}

void Value::remove(std::string_view key) {
  if (auto* members = std::get_if<std::vector<Member>>(&data_))
    std::erase_if(*members, [&](const Member& member) { return member.first == key; });
}

bool Value::operator==(const Value& other) const = default;

Result<std::string> require_text(const Value& object, std::string_view key) {
  TRY_ASSIGN(const Value* value, require(object, key, Kind::text));
  return value->text();
}

Result<std::int64_t> require_integer(const Value& object, std::string_view key) {
  TRY_ASSIGN(const Value* value, require(object, key, Kind::integer));
  return value->integer();
}

Result<const Value*> require_object(const Value& object, std::string_view key) {
  return require(object, key, Kind::object);
}

Result<const Value*> require_array(const Value& object, std::string_view key) {
  return require(object, key, Kind::array);
}

}  // namespace corridor::json
