// SPDX-License-Identifier: Apache-2.0
//
// The values a PDF is made of, and how they are read from bytes (ISO 32000-1 §7.2, §7.3); private
// to this folder. Real numbers are read past: nothing sought is one.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::pdf {

struct Reference {
  std::uint32_t number = 0;
  std::uint32_t generation = 0;
  auto operator<=>(const Reference&) const = default;
};

struct Name {
  std::string text;
};

class Value {
 public:
  using Array = std::vector<Value>;
  using Dictionary = std::vector<std::pair<std::string, Value>>;

  Value() = default;
  template <class T>
  explicit Value(T data) : data_(std::move(data)) {}

  [[nodiscard]] bool is_null() const { return data_.index() == 0; }
  // Null when it is another kind of value.
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Dictionary* dictionary() const { return std::get_if<Dictionary>(&data_); }
  [[nodiscard]] const Reference* reference() const { return std::get_if<Reference>(&data_); }
  [[nodiscard]] View name() const {  // empty when it is none
    const Name* const name = std::get_if<Name>(&data_);
    return name == nullptr ? View() : View(name->text);
  }
  // The entry of a dictionary; a null value when there is none.
  [[nodiscard]] const Value& at(View key) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, Name, std::string, Array, Dictionary, Reference>
      data_;
};

bool is_space(char c);
bool is_delimiter(char c);

class Reader {
 public:
  explicit Reader(View bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  Result<Value> value();
  // An unsigned whole number; nothing, and nothing read, when there is none.
  std::optional<std::uint64_t> number();
  // The word, when it stands here as a whole; else nothing is read.
  bool word(View word);
  void skip_space();  // and comments
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] View rest() const { return bytes_.substr(std::min(at_, bytes_.size())); }

 private:
  std::unexpected<Error> broken() const;
  Result<Value> nested(unsigned depth);
  Result<Value> array(unsigned depth);
  Result<Value> dictionary(unsigned depth);
  Result<Value> number_or_reference();
  Result<std::string> name();
  Result<Value> literal();
  Result<Value> hexadecimal();
  void escape(std::string& out);

  View bytes_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace corridor::pdf
