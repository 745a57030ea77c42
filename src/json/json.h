// SPDX-License-Identifier: Apache-2.0
//
// JSON as the house uses it: read strictly, written compactly, and one canonical form for what is
// hashed or signed. Values are plain trees whose objects keep the order of their members.
//
// Deliberately absent: JSON-LD processing (protocol messages are read as plain JSON; no context is
// ever loaded), comments, trailing commas, NaN. Reading refuses duplicate keys, invalid UTF-8, a
// byte order mark, lone surrogates, depth above limits::kJsonDepthMax, and whole numbers that do
// not fit 64 bits; so whatever was read can be written, in either form, and read again as the same.
//
//   TRY_ASSIGN(json::Value message, json::parse(body));
//   TRY_ASSIGN(std::string pid, json::require_text(message, "providerPid"));
//   std::string out = json::write(json::Value::object({{"state", "FINALIZED"}, {"nth", 1}}));
//
// Threads: values are values. Source: RFC 8259; RFC 8785 for `canonical`.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace corridor::json {

// In the order of Value's alternatives.
enum class Kind : std::uint8_t { null, boolean, integer, number, text, array, object };

class Value {
 public:
  using Member = std::pair<std::string, Value>;

  Value() = default;
  Value(std::nullptr_t) {}
  template <std::same_as<bool> T>  // exactly: no pointer is ever a boolean
  Value(T value) : data_(value) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T value) : data_(integer_of(value)) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  static Value array(std::vector<Value> items = {});
  static Value object(std::initializer_list<Member> members = {});

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(data_.index()); }
  [[nodiscard]] bool is_null() const { return kind() == Kind::null; }
  [[nodiscard]] bool is_object() const { return kind() == Kind::object; }
  [[nodiscard]] bool is_array() const { return kind() == Kind::array; }
  [[nodiscard]] bool is_text() const { return kind() == Kind::text; }

  // The value as it is; CHECKs the kind (an integer may be read as number too).
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] double number() const;
  [[nodiscard]] const std::string& text() const;
  // Items of an array, members of an object; empty for every other kind.
  [[nodiscard]] const std::vector<Value>& items() const;
  [[nodiscard]] const std::vector<Member>& members() const;

  // The member of that name, or nullptr (also when this is no object).
  [[nodiscard]] const Value* find(std::string_view key) const;
  // Forgiving reads for records of our own: the fallback when absent or of another kind.
  [[nodiscard]] std::string_view text_or(std::string_view key,
                                         std::string_view fallback = {}) const;
  [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t fallback = 0) const;
  [[nodiscard]] bool boolean_or(std::string_view key, bool fallback = false) const;

  Value& set(std::string key, Value value);  // makes an object of a null; replaces or appends
  Value& push(Value value);                  // makes an array of a null
  void remove(std::string_view key);

  // Members in the same order, and 1 is not 1.0.
  bool operator==(const Value& other) const;

 private:
  friend class Reader;  // read.cc

  template <std::integral T>
  static std::int64_t integer_of(T value) {
    CHECK(std::in_range<std::int64_t>(value), "an integer beyond 64 bits with a sign");
    return static_cast<std::int64_t>(value);
  }

  std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<Value>,
               std::vector<Member>>
      data_;
};

struct ReadLimits {
  std::size_t bytes_max = limits::kJsonBytesMax;
  std::size_t depth_max = limits::kJsonDepthMax;  // arrays and objects inside one another
};

// `invalid` names the offence and where it is (the key, the byte); `too_large` the limit of bytes.
Result<Value> parse(View text, ReadLimits read_limits = {});

// Text that is not UTF-8 is written with U+FFFD in place of each offending byte; infinite numbers
// and NaN are CHECKed.
std::string write(const Value& value);         // compact
std::string write_pretty(const Value& value);  // two spaces, for people
// RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript prints them. Integers beyond
// 2^53, which RFC 8785 leaves to text, keep all their digits: two values never have one form.
std::string canonical(const Value& value);
void append_quoted(std::string& out, View text);  // with the quotes

// Strict typed reads of a peer's message. Errors are `invalid` and name the member.
Result<std::string> require_text(const Value& object, std::string_view key);
Result<std::int64_t> require_integer(const Value& object, std::string_view key);
Result<const Value*> require_object(const Value& object, std::string_view key);
Result<const Value*> require_array(const Value& object, std::string_view key);

}  // namespace corridor::json
