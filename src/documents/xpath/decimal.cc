// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace corridor::xpath {

namespace {

using Limbs = std::vector<std::uint32_t>;
constexpr std::uint32_t kBase = 1'000'000'000;

constexpr std::array<Int128, 39> kPowers = [] {
  std::array<Int128, 39> powers{};
  Int128 power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

void trim(Limbs& limbs) {
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
}

std::strong_ordering compare(const Limbs& a, const Limbs& b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  for (std::size_t i = a.size(); i-- > 0;)
    if (a[i] != b[i]) return a[i] <=> b[i];
  return std::strong_ordering::equal;
}

Limbs add(const Limbs& a, const Limbs& b) {
  Limbs sum;
  sum.reserve(std::max(a.size(), b.size()) + 1);
  std::uint32_t carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    const std::uint32_t limb = (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0) + carry;
    sum.push_back(limb % kBase);
    carry = limb / kBase;
  }
  return sum;
}

Limbs subtract(const Limbs& a, const Limbs& b) {  // a >= b
  Limbs rest = a;
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    std::int64_t limb = std::int64_t{rest[i]} - borrow - (i < b.size() ? b[i] : 0);
    borrow = limb < 0 ? 1 : 0;
    if (limb < 0) limb += kBase;
    rest[i] = static_cast<std::uint32_t>(limb);
  }
  trim(rest);
  return rest;
}

Limbs multiply(const Limbs& a, const Limbs& b) {
  Limbs product(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size() || carry != 0; ++j) {
      const std::uint64_t limb =
          product[i + j] + carry + (j < b.size() ? std::uint64_t{a[i]} * b[j] : 0);
      product[i + j] = static_cast<std::uint32_t>(limb % kBase);
      carry = limb / kBase;
    }
  }
  trim(product);
  return product;
}

void multiply_small(Limbs& a, std::uint32_t by) {
  std::uint64_t carry = 0;
  for (std::uint32_t& limb : a) {
    carry += std::uint64_t{limb} * by;
    limb = static_cast<std::uint32_t>(carry % kBase);
    carry /= kBase;
  }
  if (carry != 0) a.push_back(static_cast<std::uint32_t>(carry));
}

std::uint32_t divide_small(Limbs& a, std::uint32_t by) {
  std::uint64_t rest = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    rest = rest * kBase + a[i];
    a[i] = static_cast<std::uint32_t>(rest / by);
    rest %= by;
  }
  trim(a);
  return static_cast<std::uint32_t>(rest);
}

// Knuth, TAOCP 4.3.1, algorithm D. Returns the quotient and leaves the remainder in `a`.
Limbs divide(Limbs& a, const Limbs& divisor) {
  if (compare(a, divisor) < 0) return {};
  if (divisor.size() == 1) {
    Limbs quotient = a;
    const std::uint32_t rest = divide_small(quotient, divisor[0]);
    a = rest == 0 ? Limbs{} : Limbs{rest};
    return quotient;
  }
  const std::uint32_t factor = kBase / (divisor.back() + 1);
  Limbs u = multiply(a, {factor});
  const Limbs v = multiply(divisor, {factor});
  const std::size_t n = v.size();
  u.resize(std::max(u.size(), a.size()) + 1, 0);
  Limbs quotient(u.size() - n, 0);
  for (std::size_t j = u.size() - n; j-- > 0;) {
    const std::uint64_t top = std::uint64_t{u[j + n]} * kBase + u[j + n - 1];
    std::uint64_t guess = top / v[n - 1];
    std::uint64_t rest = top % v[n - 1];
    while (guess >= kBase || guess * v[n - 2] > rest * kBase + u[j + n - 2]) {
      --guess;
      rest += v[n - 1];
      if (rest >= kBase) break;
    }
    std::int64_t borrow = 0;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i <= n; ++i) {
      const std::uint64_t product = guess * (i < n ? v[i] : 0) + carry;
      carry = product / kBase;
      std::int64_t limb =
          std::int64_t{u[i + j]} - borrow - static_cast<std::int64_t>(product % kBase);
      borrow = limb < 0 ? 1 : 0;
      if (limb < 0) limb += kBase;
      u[i + j] = static_cast<std::uint32_t>(limb);
    }
    if (borrow != 0) {
      --guess;
      std::uint32_t over = 0;
      for (std::size_t i = 0; i <= n; ++i) {
        const std::uint32_t limb = u[i + j] + (i < n ? v[i] : 0) + over;
        u[i + j] = limb % kBase;
        over = limb / kBase;
      }
    }
    quotient[j] = static_cast<std::uint32_t>(guess);
  }
  trim(u);
  divide_small(u, factor);
  a = std::move(u);
  trim(quotient);
  return quotient;
}

Limbs limbs_of(Uint128 value) {
  Limbs limbs;
  for (; value != 0; value /= kBase) limbs.push_back(static_cast<std::uint32_t>(value % kBase));
  return limbs;
}

Limbs power_of_ten(int exponent) {
  Limbs limbs(static_cast<std::size_t>(exponent / 9), 0);
  std::uint32_t top = 1;
  for (int i = 0; i < exponent % 9; ++i) top *= 10;
  limbs.push_back(top);
  return limbs;
}

Uint128 absolute(Int128 value) {
  return value < 0 ? ~static_cast<Uint128>(value) + 1 : static_cast<Uint128>(value);
}

std::string digits_of(Uint128 value) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(text);
  return text;
}

bool add_overflows(Int128 a, Int128 b, Int128& sum) { return __builtin_add_overflow(a, b, &sum); }
bool multiply_overflows(Int128 a, Int128 b, Int128& product) {
  return __builtin_mul_overflow(a, b, &product);
}

}  // namespace

Decimal Decimal::from_limbs(bool negative, std::vector<std::uint32_t> limbs, int scale) {
  trim(limbs);
  Decimal out;
  out.scale_ = scale;
  if (limbs.size() <= 4) {  // 36 digits fit 127 bits
    for (std::size_t i = limbs.size(); i-- > 0;) out.small_ = out.small_ * kBase + limbs[i];
    if (negative) out.small_ = -out.small_;
  } else {
    out.negative_ = negative;
    out.limbs_ = std::move(limbs);
  }
  return out;
}

Limbs Decimal::magnitude() const { return is_small() ? limbs_of(absolute(small_)) : limbs_; }

std::optional<Decimal> Decimal::parse(std::string_view text) {
  bool negative = false;
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) negative = text[at++] == '-';
  Decimal out;
  bool digits = false;
  bool point = false;
  std::size_t count = 0;
  std::string all;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (count != 0 || c != '0') ++count;
    if (count <= 36) {
      out.small_ = out.small_ * 10 + (c - '0');
    } else if (count == 37) {
      all.assign(text.substr(0, at));
      std::erase_if(all, [](char d) { return d < '0' || d > '9'; });
    }
    if (count > 36) all += c;
    if (point) ++out.scale_;
  }
  if (!digits) return std::nullopt;
  if (count <= 36) {
    if (negative) out.small_ = -out.small_;
    return out;
  }
  Limbs limbs;
  for (std::size_t end = all.size(); end > 0; end -= std::min<std::size_t>(end, 9)) {
    const std::size_t start = end > 9 ? end - 9 : 0;
    std::uint32_t limb = 0;
    for (std::size_t i = start; i < end; ++i)
      limb = limb * 10 + static_cast<std::uint32_t>(all[i] - '0');
    limbs.push_back(limb);
  }
  return from_limbs(negative, std::move(limbs), out.scale_);
}

std::optional<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  int exponent = 0;
  const double fraction = std::frexp(std::abs(value), &exponent);
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  if (mantissa == 0) return Decimal(0);
  const int zeros = std::countr_zero(mantissa);
  mantissa >>= zeros;
  exponent += zeros;
  // m × 2^e, or m × 5^-e × 10^e for a negative exponent.
  Limbs limbs = limbs_of(mantissa);
  limbs.reserve(limbs.size() + static_cast<std::size_t>(std::abs(exponent)) / 3 + 1);
  const std::uint32_t factor = exponent < 0 ? 5 : 2;
  constexpr int kStep = 12;  // 5^12 and 2^12 are one limb
  for (int left = std::abs(exponent); left > 0; left -= std::min(left, kStep)) {
    std::uint32_t power = 1;
    for (int i = 0; i < std::min(left, kStep); ++i) power *= factor;
    multiply_small(limbs, power);
  }
  return from_limbs(std::signbit(value), std::move(limbs), exponent < 0 ? -exponent : 0);
}

int Decimal::sign() const {
  if (is_small()) return small_ < 0 ? -1 : small_ > 0 ? 1 : 0;
  return negative_ ? -1 : 1;
}

bool Decimal::is_whole() const { return scale_ == 0 || truncated() == *this; }

std::string Decimal::text() const {
  std::string digits;
  if (is_small()) {
    digits = digits_of(absolute(small_));
  } else {
    for (std::size_t i = limbs_.size(); i-- > 0;) {
      const std::string limb = std::to_string(limbs_[i]);
      if (i + 1 < limbs_.size()) digits.append(9 - limb.size(), '0');
      digits += limb;
    }
  }
  if (scale_ > 0) {
    const auto places = static_cast<std::size_t>(scale_);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
  }
  return negative() ? "-" + digits : digits;
}

double Decimal::number() const {
  // Exact operands and one division: correctly rounded (and what most amounts are).
  if (is_small() && absolute(small_) < (Uint128{1} << 53) && scale_ <= 22)
    return static_cast<double>(static_cast<std::int64_t>(small_)) /
           static_cast<double>(kPowers[static_cast<std::size_t>(scale_)]);
  const std::string digits = text();
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::int64_t> Decimal::integer64() const {
  const Decimal whole = truncated();
  if (!whole.is_small() || whole.small_ > INT64_MAX || whole.small_ < INT64_MIN ||
      !(whole == *this))
    return std::nullopt;
  return static_cast<std::int64_t>(whole.small_);
}

Decimal Decimal::negated() const {
  Decimal out = *this;
  out.small_ = -out.small_;
  out.negative_ = !out.negative_;
  return out;
}

Decimal Decimal::scaled_up(int places) const {
  if (places == 0) return *this;
  Int128 product = 0;
  if (is_small() && places < 39 &&
      !multiply_overflows(small_, kPowers[static_cast<std::size_t>(places)], product)) {
    return {product, scale_ + places};
  }
  return from_limbs(negative(), multiply(magnitude(), power_of_ten(places)), scale_ + places);
}

// Drops `places` decimal places; `rest` tells whether anything was lost, `half` how the lost part
// compares with one half of the last place kept.
Decimal Decimal::shifted_down(int places, bool& rest, int& half) const {
  if (places <= 0) return rest = false, half = -1, *this;
  if (is_small() && places < 38) {
    const Int128 power = kPowers[static_cast<std::size_t>(places)];
    const Uint128 lost = absolute(small_ % power);
    rest = lost != 0;
    half = lost * 2 > static_cast<Uint128>(power)    ? 1
           : lost * 2 == static_cast<Uint128>(power) ? 0
                                                     : -1;
    return {small_ / power, scale_ - places};
  }
  Limbs lost = magnitude();
  const Limbs power = power_of_ten(places);
  Limbs kept = xpath::divide(lost, power);
  rest = !lost.empty();
  const auto order = xpath::compare(xpath::add(lost, lost), power);
  half = order > 0 ? 1 : order == 0 ? 0 : -1;
  return from_limbs(negative(), std::move(kept), scale_ - places);
}

Decimal Decimal::truncated() const {
  bool rest = false;
  int half = 0;
  return shifted_down(scale_, rest, half);
}

Decimal Decimal::floor() const {
  bool rest = false;
  int half = 0;
  const Decimal whole = shifted_down(scale_, rest, half);
  return rest && negative() ? whole - Decimal(1) : whole;
}

Decimal Decimal::ceiling() const {
  bool rest = false;
  int half = 0;
  const Decimal whole = shifted_down(scale_, rest, half);
  return rest && !negative() ? whole + Decimal(1) : whole;
}

Decimal Decimal::rounded() const {
  bool rest = false;
  int half = 0;
  const Decimal whole = shifted_down(scale_, rest, half);
  if (negative()) return half > 0 ? whole - Decimal(1) : whole;
  return half >= 0 ? whole + Decimal(1) : whole;
}

Decimal Decimal::rounded_half_even(int precision) const {
  if (precision >= scale_) return *this;
  if (scale_ - static_cast<long>(precision) > static_cast<long>(kDigitsMax)) return Decimal(0);
  bool rest = false;
  int half = 0;
  Decimal kept = shifted_down(scale_ - precision, rest, half);
  const bool odd = kept.is_small() ? (kept.small_ & 1) != 0 : (kept.limbs_[0] & 1) != 0;
  if (half > 0 || (half == 0 && odd))
    kept = kept + Decimal(Int128{negative() ? -1 : 1}, kept.scale_);
  if (kept.scale_ < 0) {
    const int places = -kept.scale_;
    kept = kept.scaled_up(places);
  }
  return kept;
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  if (a.scale_ != b.scale_) {
    return a.scale_ < b.scale_ ? a.scaled_up(b.scale_ - a.scale_) + b
                               : a + b.scaled_up(a.scale_ - b.scale_);
  }
  Int128 sum = 0;
  if (a.is_small() && b.is_small() && !add_overflows(a.small_, b.small_, sum))
    return {sum, a.scale_};
  const Limbs x = a.magnitude();
  const Limbs y = b.magnitude();
  if (a.negative() == b.negative()) return Decimal::from_limbs(a.negative(), add(x, y), a.scale_);
  return compare(x, y) >= 0 ? Decimal::from_limbs(a.negative(), subtract(x, y), a.scale_)
                            : Decimal::from_limbs(b.negative(), subtract(y, x), a.scale_);
}

Decimal operator*(const Decimal& a, const Decimal& b) {
  Int128 product = 0;
  if (a.is_small() && b.is_small() && !multiply_overflows(a.small_, b.small_, product))
    return {product, a.scale_ + b.scale_};
  return Decimal::from_limbs(a.negative() != b.negative(), multiply(a.magnitude(), b.magnitude()),
                             a.scale_ + b.scale_);
}

int Decimal::places_needed() const {
  if (is_zero()) return 0;
  int places = scale_;
  if (is_small()) {
    for (Int128 rest = small_; rest % 10 == 0; rest /= 10) --places;
    return places;
  }
  Limbs rest = limbs_;
  for (; rest[0] % 10 == 0; --places) divide_small(rest, 10);
  return places;
}

Decimal Decimal::stripped() const {
  const int zeros = scale_ - std::max(0, std::min(scale_, places_needed()));
  bool rest = false;
  int half = 0;
  return shifted_down(zeros, rest, half);
}

Decimal Decimal::divide(const Decimal& a, const Decimal& b, int more) {
  constexpr int kPlaces = 18;
  // By 10, 100, …: the point moves and no digit changes.
  if (b.scale_ == 0 && b.is_small() && b.small_ > 0)
    for (int places = 0; places < kPlaces && kPowers[static_cast<std::size_t>(places)] <= b.small_;
         ++places)
      if (kPowers[static_cast<std::size_t>(places)] == b.small_) {
        Decimal out = a;
        out.scale_ += places;
        return out;
      }
  const Decimal x = a.stripped();
  const int scale = std::max({kPlaces, kPlaces + more, x.scale_ - b.scale_});
  // x / b at `scale` places: digits(x) × 10^(scale + scale(b) - scale(x)) / digits(b).
  const Decimal numerator = x.scaled_up(scale + b.scale_ - x.scale_);
  const bool negative = a.negative() != b.negative();
  if (numerator.is_small() && b.is_small()) {
    const Uint128 n = absolute(numerator.small_);
    const Uint128 d = absolute(b.small_);
    Uint128 quotient = n / d;
    const Uint128 rest = n % d;
    if (rest > d - rest) ++quotient;  // half goes towards zero
    if (quotient < (Uint128{1} << 126)) {
      const auto digits = static_cast<Int128>(quotient);
      return {negative ? -digits : digits, scale};
    }
  }
  Limbs rest = numerator.magnitude();
  const Limbs divisor = b.magnitude();
  Limbs quotient = xpath::divide(rest, divisor);
  if (xpath::compare(xpath::add(rest, rest), divisor) > 0) quotient = xpath::add(quotient, {1});
  return from_limbs(negative, std::move(quotient), scale);
}

Decimal Decimal::quotient(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale_, b.scale_);
  const Decimal x = a.scaled_up(scale - a.scale_);
  const Decimal y = b.scaled_up(scale - b.scale_);
  if (x.is_small() && y.is_small() && y.small_ != -1) return {x.small_ / y.small_, 0};
  Limbs rest = x.magnitude();
  return from_limbs(a.negative() != b.negative(), xpath::divide(rest, y.magnitude()), 0);
}

Decimal Decimal::remainder(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale_, b.scale_);
  const Decimal x = a.scaled_up(scale - a.scale_);
  const Decimal y = b.scaled_up(scale - b.scale_);
  if (x.is_small() && y.is_small() && y.small_ != -1) return {x.small_ % y.small_, scale};
  Limbs rest = x.magnitude();
  xpath::divide(rest, y.magnitude());
  return from_limbs(a.negative(), std::move(rest), scale);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.sign() != b.sign()) return a.sign() <=> b.sign();
  if (a.scale_ == b.scale_) return Decimal::compare_digits(a, b);
  return a.scale_ < b.scale_ ? Decimal::compare_digits(a.scaled_up(b.scale_ - a.scale_), b)
                             : Decimal::compare_digits(a, b.scaled_up(a.scale_ - b.scale_));
}

std::strong_ordering Decimal::compare_digits(const Decimal& a, const Decimal& b) {
  if (a.is_small() && b.is_small()) {
    if (a.small_ == b.small_) return std::strong_ordering::equal;
    return a.small_ < b.small_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const auto order = xpath::compare(a.magnitude(), b.magnitude());
  if (!a.negative()) return order;
  return 0 <=> order;
}

}  // namespace corridor::xpath
