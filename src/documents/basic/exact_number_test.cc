// SPDX-License-Identifier: Apache-2.0
#include "documents/basic/exact_number.h"

#include <doctest/doctest.h>

#include <random>

namespace corridor::documents {
namespace {

ExactNumber number(std::string_view text) {
  const auto out = ExactNumber::parse(text);
  REQUIRE_MESSAGE(out, std::string(text));
  return *out;
}

TEST_CASE("what is not a decimal number is refused") {
  for (const auto* text : {"", "-", "+", ".", "-.", "1.2.3", "1e3", "0x1", " 1", "1 ", "1,5", "--1",
                           "NaN", "INF", "1.", "12a", "\xD9\xA1"})
    CHECK_MESSAGE(ExactNumber::parse(text).has_value() == (std::string_view(text) == "1."), text);
  CHECK(ExactNumber::parse("1,5", ".,").has_value());
  CHECK(!ExactNumber::parse("1.000,5", ".,").has_value());
}

TEST_CASE("numbers are written as people write them") {
  CHECK(number("0").text() == "0");
  CHECK(number("-0").text(2) == "0.00");
  CHECK(number("00012.500").text() == "12.5");
  CHECK(number("00012.500").text(2) == "12.50");
  CHECK(number("-.05").text() == "-0.05");
  CHECK(number("+7").text(2) == "7.00");
  CHECK(number("1.2345").text(2) == "1.2345");
  CHECK(number("100").text() == "100");
}

TEST_CASE("equality is of values, not of spellings") {
  CHECK(number("1.50") == number("1.5"));
  CHECK(number("-0.0") == number("0"));
  CHECK(number("0.1") + number("0.2") == number("0.3"));
  CHECK(number("1") - number("0.9999999999") == number("0.0000000001"));
  CHECK(number("-3") < number("2.5"));
  CHECK(number("1.005") * number("100") == number("100.5"));
}

TEST_CASE("what does not fit is too large, stays so and equals nothing") {
  const ExactNumber big = number(std::string(31, '9'));
  CHECK(big.too_large());
  CHECK(number(std::string(30, '9')) == number(std::string(30, '9')));
  CHECK(number("0." + std::string(31, '0')).too_large());
  CHECK((big + number("1")).too_large());
  CHECK(!(big == big));
  CHECK(!(big < big));
  CHECK(!within(big, big, number("1")));
  const ExactNumber wide = number(std::string(30, '9'));
  CHECK((wide * wide).too_large());
  CHECK((wide + number("0." + std::string(29, '1'))).too_large());
  CHECK(big.text() == "too large to compute");
  // Longer than any limit, and still no number behind it.
  CHECK(!ExactNumber::parse(std::string(1000, '9') + "x").has_value());
}

TEST_CASE("a difference is within its slack up to and including it") {
  CHECK(within(number("10.00"), number("10.01"), number("0.01")));
  CHECK(within(number("10.01"), number("10.00"), number("0.01")));
  CHECK(!within(number("10.00"), number("10.011"), number("0.01")));
}

TEST_CASE("sums of cents agree with integers") {
  std::mt19937_64 random(7);
  for (int run = 0; run < 1'000; ++run) {
    std::int64_t cents = 0;
    ExactNumber sum;
    for (int i = 0; i < 20; ++i) {
      const auto part = static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000;
      cents += part;
      sum += ExactNumber(part, 2);
    }
    CHECK(sum == ExactNumber(cents, 2));
    CHECK(number(sum.text(2)) == sum);
  }
}

}  // namespace
}  // namespace corridor::documents
