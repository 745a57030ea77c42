// SPDX-License-Identifier: Apache-2.0
//
// JSON as the house uses it: read strictly, written compactly, and one canonical form for what is
// hashed or signed. Values are plain trees whose objects keep the order of their members.
//
// Deliberately absent: JSON-LD processing (protocol messages are read as plain JSON; no context is
// ever loaded), comments, trailing commas, NaN. Reading refuses duplicate keys, invalid UTF-8, depth
// above limits::kJsonDepthMax, and integers that do not fit 64 bits.
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
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace corridor::json {

enum class Kind : std::uint8_t { null, boolean, integer, number, text, array, object };

class Value {
 public:
  using Member = std::pair<std::string, Value>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : kind_(Kind::boolean), integer_(value ? 1 : 0) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T value) : kind_(Kind::integer), integer_(static_cast<std::int64_t>(value)) {}
  Value(double value) : kind_(Kind::number), number_(value) {}
  Value(std::string value) : kind_(Kind::text), text_(std::move(value)) {}
  Value(std::string_view value) : kind_(Kind::text), text_(value) {}
  Value(const char* value) : kind_(Kind::text), text_(value) {}
  static Value array(std::vector<Value> items = {});
  static Value object(std::initializer_list<Member> members = {});

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_object() const { return kind_ == Kind::object; }
  [[nodiscard]] bool is_array() const { return kind_ == Kind::array; }
  [[nodiscard]] bool is_text() const { return kind_ == Kind::text; }

  // The value as it is; CHECKs the kind (an integer may be read as number too).
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] double number() const;
  [[nodiscard]] const std::string& text() const;
  // Items of an array, members of an object; empty for every other kind.
  [[nodiscard]] const std::vector<Value>& items() const { return items_; }
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }

  // The member of that name, or nullptr (also when this is no object).
  [[nodiscard]] const Value* find(std::string_view key) const;
  // Forgiving reads for records of our own: the fallback when absent or of another kind.
  [[nodiscard]] std::string_view text_or(std::string_view key, std::string_view fallback = {}) const;
  [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t fallback = 0) const;
  [[nodiscard]] bool boolean_or(std::string_view key, bool fallback = false) const;

  Value& set(std::string key, Value value);  // makes an object of a null; replaces or appends
  Value& push(Value value);                  // makes an array of a null
  void remove(std::string_view key);

  bool operator==(const Value&) const = default;

 private:
  Kind kind_ = Kind::null;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string text_;
  std::vector<Value> items_;
  std::vector<Member> members_;
};

struct ReadLimits {
  std::size_t bytes_max = limits::kJsonBytesMax;
  std::size_t depth_max = limits::kJsonDepthMax;
};

// `invalid` names the offence (and the key, for a duplicate); `too_large` a limit.
Result<Value> parse(View text, ReadLimits read_limits = {});

std::string write(const Value& value);                   // compact
std::string write_pretty(const Value& value);            // two spaces, for people
// RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript prints them.
std::string canonical(const Value& value);
void append_quoted(std::string& out, View text);         // with the quotes

// Strict typed reads of a peer's message. Errors are `invalid` and name the member.
Result<std::string> require_text(const Value& object, std::string_view key);
Result<std::int64_t> require_integer(const Value& object, std::string_view key);
Result<const Value*> require_object(const Value& object, std::string_view key);
Result<const Value*> require_array(const Value& object, std::string_view key);

}  // namespace corridor::json
