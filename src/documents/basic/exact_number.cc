// SPDX-License-Identifier: Apache-2.0
#include "documents/basic/exact_number.h"

#include <algorithm>
#include <array>

namespace corridor::documents {

namespace {

// More digits than any price, rate or total has; their product still fits 128 bits (38 digits)
// in every invoice that means it.
constexpr int kDigitsMax = 30;
constexpr unsigned kDecimalsMax = 38;

bool scale_up(__int128& units, unsigned decimals) {
  for (; decimals > 0; --decimals)
    if (__builtin_mul_overflow(units, 10, &units)) return false;
  return true;
}

}  // namespace

ExactNumber ExactNumber::overflow() {
  ExactNumber out;
  out.too_large_ = true;
  return out;
}

std::optional<ExactNumber> ExactNumber::parse(std::string_view text, std::string_view marks) {
  ExactNumber out;
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  bool any = false;
  bool fraction = false;
  int digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      any = true;
      if (out.units_ != 0 || c != '0') ++digits;
      if (fraction) ++out.decimals_;
      if (digits > kDigitsMax || out.decimals_ > kDigitsMax) out.too_large_ = true;
      if (out.too_large_) out.decimals_ = 0;
      if (!out.too_large_) out.units_ = out.units_ * 10 + (c - '0');
    } else if (!fraction && marks.contains(c)) {
      fraction = true;
    } else {
      return std::nullopt;
    }
  }
  if (!any) return std::nullopt;
  if (out.too_large_) return overflow();
  if (minus) out.units_ = -out.units_;
  return out;
}

unsigned ExactNumber::decimals_needed() const {
  __int128 units = units_;
  unsigned decimals = decimals_;
  for (; decimals > 0 && units % 10 == 0; --decimals) units /= 10;
  return decimals;
}

std::string ExactNumber::text(unsigned decimals_min) const {
  if (too_large_) return "too large to compute";
  const unsigned decimals =
      std::max(decimals_needed(), std::min<unsigned>(decimals_min, decimals_));
  __int128 units = units_;
  for (unsigned spare = decimals_ - decimals; spare > 0; --spare) units /= 10;
  std::string out;
  unsigned written = 0;
  // Digits from the right; taken as negative numbers, whose range is the larger one.
  const bool minus = units < 0;
  if (!minus) units = -units;
  while (units != 0 || written <= decimals) {
    if (written == decimals && decimals > 0) out.push_back('.');
    out.push_back(static_cast<char>('0' - static_cast<int>(units % 10)));
    units /= 10;
    ++written;
  }
  if (minus) out.push_back('-');
  std::ranges::reverse(out);
  if (decimals < decimals_min) {
    if (decimals == 0) out.push_back('.');
    out.append(decimals_min - decimals, '0');
  }
  return out;
}

bool ExactNumber::align(ExactNumber& a, ExactNumber& b) {
  if (a.too_large_ || b.too_large_) return false;
  const std::uint8_t decimals = std::max(a.decimals_, b.decimals_);
  if (!scale_up(a.units_, decimals - a.decimals_)) return false;
  if (!scale_up(b.units_, decimals - b.decimals_)) return false;
  a.decimals_ = b.decimals_ = decimals;
  return true;
}

ExactNumber operator+(const ExactNumber& a, const ExactNumber& b) {
  ExactNumber left = a;
  ExactNumber right = b;
  if (!ExactNumber::align(left, right)) return ExactNumber::overflow();
  if (__builtin_add_overflow(left.units_, right.units_, &left.units_))
    return ExactNumber::overflow();
  return left;
}

ExactNumber operator-(const ExactNumber& a, const ExactNumber& b) {
  ExactNumber left = a;
  ExactNumber right = b;
  if (!ExactNumber::align(left, right)) return ExactNumber::overflow();
  if (__builtin_sub_overflow(left.units_, right.units_, &left.units_))
    return ExactNumber::overflow();
  return left;
}

ExactNumber operator*(const ExactNumber& a, const ExactNumber& b) {
  if (a.too_large_ || b.too_large_) return ExactNumber::overflow();
  ExactNumber out;
  const unsigned decimals = unsigned{a.decimals_} + b.decimals_;
  if (__builtin_mul_overflow(a.units_, b.units_, &out.units_)) return ExactNumber::overflow();
  if (decimals > 2 * kDecimalsMax) return ExactNumber::overflow();
  out.decimals_ = static_cast<std::uint8_t>(decimals);
  return out;
}

ExactNumber ExactNumber::absolute() const { return negative() ? ExactNumber() - *this : *this; }

std::partial_ordering operator<=>(const ExactNumber& a, const ExactNumber& b) {
  ExactNumber left = a;
  ExactNumber right = b;
  if (!ExactNumber::align(left, right)) return std::partial_ordering::unordered;
  if (left.units_ == right.units_) return std::partial_ordering::equivalent;
  return left.units_ < right.units_ ? std::partial_ordering::less : std::partial_ordering::greater;
}

bool within(const ExactNumber& a, const ExactNumber& b, const ExactNumber& slack) {
  return (a - b).absolute() <= slack;
}

}  // namespace corridor::documents
