// SPDX-License-Identifier: Apache-2.0
//
// One list of fields a record, for both directions. A record says once what it has:
//
//   template <class Fields, class R> void fields(Fields& f, R& r) { f("did", r.did); f("name", r.name); }
//
// and gets its bytes (JSON with a version member) and its reader from it. A member that is absent
// reads as the default (so that the version before can be read); one of another kind is `corrupt`.
// An empty text, list or optional, a zero and a false are not written.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "model/model.h"

namespace corridor {

class FieldWriter {
 public:
  explicit FieldWriter(json::Value& out) : out_(out) {}

  template <class T>
  void operator()(const char* name, const T& value) {
    json::Value written = to_value(value);
    if (!is_default(written)) out_.set(name, std::move(written));
  }

 private:
  static bool is_default(const json::Value& value) {
    switch (value.kind()) {
      case json::Kind::null: return true;
      case json::Kind::boolean: return !value.boolean();
      case json::Kind::integer: return value.integer() == 0;
      case json::Kind::text: return value.text().empty();
      case json::Kind::array: return value.items().empty();
      default: return false;
    }
  }

  template <class T>
  static json::Value to_value(const T& value) {
    if constexpr (std::is_same_v<T, json::Value>) {
      return value;
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, bool>) {
      return json::Value(value);
    } else if constexpr (std::is_enum_v<T>) {
      return json::Value(static_cast<std::int64_t>(value));
    } else if constexpr (std::is_integral_v<T>) {
      return json::Value(static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<T, Time> || std::is_same_v<T, Duration>) {
      return json::Value(value.ms);
    } else if constexpr (std::is_same_v<T, Digest>) {
      return value == Digest{} ? json::Value() : json::Value(hex(value.view()));
    } else if constexpr (requires { value.has_value(); }) {
      return value.has_value() ? to_value(*value) : json::Value();
    } else if constexpr (requires { value.begin(); }) {
      auto list = json::Value::array();
      for (const auto& item : value) list.push(to_value(item));
      return list;
    } else if constexpr (requires { value.value.size(); }) {
      return json::Value(value.value);  // StrongId
    } else {
      auto object = json::Value::object();
      FieldWriter nested(object);
      fields(nested, value);
      return object;
    }
  }

  json::Value& out_;
};

class FieldReader {
 public:
  explicit FieldReader(const json::Value& in) : in_(in) {}
  [[nodiscard]] bool failed() const { return !wrong_.empty(); }
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

  template <class T>
  void operator()(const char* name, T& value) {
    const json::Value* const found = in_.find(name);
    if (found == nullptr || found->kind() == json::Kind::null) return;
    if (!from_value(*found, value) && wrong_.empty()) wrong_ = name;
  }

 private:
  template <class T>
  static bool from_value(const json::Value& in, T& value) {
    if constexpr (std::is_same_v<T, json::Value>) {
      value = in;
      return true;
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (in.is_text()) value = in.text();
      return in.is_text();
    } else if constexpr (std::is_same_v<T, bool>) {
      if (in.kind() == json::Kind::boolean) value = in.boolean();
      return in.kind() == json::Kind::boolean;
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      if (in.kind() == json::Kind::integer) value = static_cast<T>(in.integer());
      return in.kind() == json::Kind::integer;
    } else if constexpr (std::is_same_v<T, Time> || std::is_same_v<T, Duration>) {
      if (in.kind() == json::Kind::integer) value.ms = in.integer();
      return in.kind() == json::Kind::integer;
    } else if constexpr (std::is_same_v<T, Digest>) {
      return read_digest(in, value);
    } else if constexpr (requires { value.has_value(); }) {
      value.emplace();
      return from_value(in, *value);
    } else if constexpr (requires { value.push_back(value.front()); }) {
      for (const auto& item : in.items())
        if (value.emplace_back(); !from_value(item, value.back())) return false;
      return in.is_array();
    } else if constexpr (requires { value.value.size(); }) {
      if (in.is_text()) value.value = in.text();
      return in.is_text();
    } else {
      FieldReader nested(in);
      fields(nested, value);
      return in.is_object() && !nested.failed();
    }
  }

  static bool read_digest(const json::Value& in, Digest& value) {
    if (!in.is_text()) return false;
    const auto raw = from_hex(in.text());
    if (!raw) return false;
    const auto digest = Digest::from(*raw);
    if (digest) value = *digest;
    return digest.has_value();
  }

  const json::Value& in_;
  std::string wrong_;
};

// A record's bytes: {"v":1, ...}.
template <class Record>
Bytes to_bytes(const Record& record) {
  auto object = json::Value::object({{"v", 1}});
  FieldWriter writer(object);
  fields(writer, record);
  return json::write(object);
}

template <class Record>
Result<Record> from_bytes(View bytes) {
  auto parsed = json::parse(bytes);
  if (!parsed || !parsed->is_object())
    return fail(Code::corrupt, "a stored record is not a JSON object",
                "restore the data folder from a backup");
  if (parsed->integer_or("v") != 1)
    return fail(Code::corrupt, "a stored record is of a version this program does not know",
                "run the version that wrote it, or a newer one");
  Record record;
  FieldReader reader(*parsed);
  fields(reader, record);
  if (reader.failed())
    return fail(Code::corrupt, "a stored record has a member \"" + reader.wrong() +
                                   "\" of the wrong kind",
                "restore the data folder from a backup");
  return record;
}

}  // namespace corridor
