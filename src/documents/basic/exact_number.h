// SPDX-License-Identifier: Apache-2.0
//
// The numbers of an invoice, exactly: an integer of 128 bits and a count of decimals, never a
// binary fraction. What does not fit is not rounded and not an error: the number becomes "too
// large", stays so through every operation, and equals nothing, so that a rule that meets one
// says so instead of comparing garbage.
//
//   auto tax = *ExactNumber::parse("1500.00") * *ExactNumber::parse("25");   // 37500.00
//   bool right = within(tax, hundred * stated, hundred * cent);              // |a - b| <= slack
//
// Source: the lexical form of xsd:decimal (XML Schema 2 §3.2.3).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace corridor::documents {

class ExactNumber {
 public:
  ExactNumber() = default;
  // units / 10^decimals: ExactNumber(1, 2) is one cent.
  constexpr explicit ExactNumber(std::int64_t units, unsigned decimals = 0)
      : units_(units), decimals_(static_cast<std::uint8_t>(decimals)) {}

  // A sign, digits, at most one mark, digits; at least one digit. Nothing else, no white space.
  // `marks` are the characters that may stand before the decimals (ISO 9735: point or comma).
  static std::optional<ExactNumber> parse(std::string_view text, std::string_view marks = ".");

  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] bool negative() const { return units_ < 0; }
  [[nodiscard]] bool zero() const { return !too_large_ && units_ == 0; }
  // Decimals that are needed: 1.50 has one.
  [[nodiscard]] unsigned decimals_needed() const;
  // As a person writes it, with at least `decimals_min` decimals: "-12.50".
  [[nodiscard]] std::string text(unsigned decimals_min = 0) const;

  friend ExactNumber operator+(const ExactNumber& a, const ExactNumber& b);
  friend ExactNumber operator-(const ExactNumber& a, const ExactNumber& b);
  friend ExactNumber operator*(const ExactNumber& a, const ExactNumber& b);
  ExactNumber& operator+=(const ExactNumber& other) { return *this = *this + other; }
  ExactNumber& operator-=(const ExactNumber& other) { return *this = *this - other; }
  [[nodiscard]] ExactNumber absolute() const;

  // By value, whatever the decimals; unordered when either is too large.
  friend std::partial_ordering operator<=>(const ExactNumber& a, const ExactNumber& b);
  friend bool operator==(const ExactNumber& a, const ExactNumber& b) { return (a <=> b) == 0; }

 private:
  static ExactNumber overflow();
  static bool align(ExactNumber& a, ExactNumber& b);

  __int128 units_ = 0;
  std::uint8_t decimals_ = 0;
  bool too_large_ = false;
};

// |a - b| <= slack; false when any of them is too large.
bool within(const ExactNumber& a, const ExactNumber& b, const ExactNumber& slack);

}  // namespace corridor::documents
