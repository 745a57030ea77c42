// SPDX-License-Identifier: Apache-2.0
//
// Exact decimal numbers of any size: xs:decimal and xs:integer. Value = digits × 10^-scale. What
// fits 128 bits stays there; what does not moves to limbs of nine digits and comes back when it
// can, so that a whole account number with its letters spelled out is still an exact integer.
//
// Deviates from nothing, but chooses where XPath leaves the choice (F&O §6.2.4): a quotient has 18
// decimal places, and as many more as its dividend has more than its divisor (a whole number of type
// xs:integer has none), rounded half towards zero, which is what rule authors have tested with.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corridor::xpath {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

class Decimal {
 public:
  // More digits than this in one number is a defect or an attack: FOAR0002.
  static constexpr std::size_t kDigitsMax = 4'000;

  Decimal() = default;
  Decimal(std::int64_t value) : small_(value) {}
  Decimal(Int128 digits, int scale) : small_(digits), scale_(scale) {}

  // The lexical forms of xs:decimal and xs:integer, without white space around.
  static std::optional<Decimal> parse(std::string_view text);
  static std::optional<Decimal> from_double(double value);  // exactly; nothing for INF and NaN

  [[nodiscard]] bool is_small() const { return limbs_.empty(); }
  [[nodiscard]] Int128 small() const { return small_; }
  [[nodiscard]] int scale() const { return scale_; }
  [[nodiscard]] const std::vector<std::uint32_t>& limbs() const { return limbs_; }
  static Decimal from_limbs(bool negative, std::vector<std::uint32_t> limbs, int scale);

  [[nodiscard]] int sign() const;
  [[nodiscard]] bool is_zero() const { return sign() == 0; }
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] bool too_long() const {
    return limbs_.size() * 9 > kDigitsMax || scale_ > static_cast<int>(kDigitsMax);
  }
  [[nodiscard]] std::string text()
      const;  // canonical: no needless zeros, no point for whole numbers
  [[nodiscard]] double number() const;
  [[nodiscard]] std::optional<std::int64_t> integer64() const;  // when whole and it fits

  [[nodiscard]] Decimal negated() const;
  [[nodiscard]] Decimal truncated() const;
  [[nodiscard]] Decimal floor() const;
  [[nodiscard]] Decimal ceiling() const;
  [[nodiscard]] Decimal rounded() const;                         // half towards +infinity
  [[nodiscard]] Decimal rounded_half_even(int precision) const;  // at that decimal place

  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b) { return a + b.negated(); }
  friend Decimal operator*(const Decimal& a, const Decimal& b);
  // `b` is not zero. At least 18 decimal places, and `more` of them where that is positive.
  static Decimal divide(const Decimal& a, const Decimal& b, int more = 0);
  // Decimal places without zeros at the end; negative for 100 and its like.
  [[nodiscard]] int places_needed() const;
  static Decimal quotient(const Decimal& a, const Decimal& b);   // whole, towards zero
  static Decimal remainder(const Decimal& a, const Decimal& b);  // sign of a

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  struct Division;
  static Division divide_limbs(const Decimal& a, const Decimal& b);
  [[nodiscard]] Decimal scaled_up(int places) const;  // same value, more places
  [[nodiscard]] Decimal shifted_down(int places, bool& rest, int& half) const;
  [[nodiscard]] std::vector<std::uint32_t> magnitude() const;
  [[nodiscard]] Decimal stripped() const;  // without decimal places that are zero at the end
  [[nodiscard]] bool negative() const { return is_small() ? small_ < 0 : negative_; }
  static std::strong_ordering compare_digits(const Decimal& a, const Decimal& b);

  Int128 small_ = 0;
  int scale_ = 0;
  bool negative_ = false;             // of limbs_
  std::vector<std::uint32_t> limbs_;  // least significant first, base 10^9; empty: small_ holds it
};

}  // namespace corridor::xpath
