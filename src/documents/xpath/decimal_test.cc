// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/decimal.h"

#include <doctest/doctest.h>

#include <random>

using corridor::xpath::Decimal;

namespace {

Decimal dec(std::string_view text) {
  const auto value = Decimal::parse(text);
  REQUIRE_MESSAGE(value.has_value(), std::string(text));
  return *value;
}

std::string digits(std::mt19937_64& random, int most) {
  std::string text;
  const int n = 1 + static_cast<int>(random() % static_cast<unsigned>(most));
  for (int i = 0; i < n; ++i) text += static_cast<char>('0' + random() % 10);
  return text;
}

std::string number(std::mt19937_64& random) {
  std::string text = random() % 2 != 0 ? "-" : "";
  text += digits(random, random() % 4 == 0 ? 80 : 12);
  if (random() % 2 != 0) text += "." + digits(random, random() % 4 == 0 ? 40 : 4);
  return text;
}

}  // namespace

TEST_CASE("decimals read and print canonically") {
  CHECK(dec("0").text() == "0");
  CHECK(dec("-0.00").text() == "0");
  CHECK(dec("+1.50").text() == "1.5");
  CHECK(dec(".5").text() == "0.5");
  CHECK(dec("5.").text() == "5");
  CHECK(dec("-00012.3400").text() == "-12.34");
  CHECK(dec("123456789012345678901234567890123456789012345678901234567890").text() ==
        "123456789012345678901234567890123456789012345678901234567890");
  CHECK(dec("0.000000000000000000000000000000000000000000000000012").text() ==
        "0.000000000000000000000000000000000000000000000000012");
  for (const char* bad :
       {"", "+", "-", ".", "1.2.3", "1e5", " 1", "1 ", "1,5", "--1", "NaN", "0x1"})
    CHECK_FALSE(Decimal::parse(bad).has_value());
}

TEST_CASE("decimal arithmetic is exact") {
  CHECK((dec("0.1") + dec("0.2")).text() == "0.3");
  CHECK((dec("1.00") - dec("1")).is_zero());
  CHECK((dec("1.05") * dec("1.05")).text() == "1.1025");
  CHECK(Decimal::divide(dec("1"), dec("3")).text() == "0.333333333333333333");
  CHECK(Decimal::divide(dec("2"), dec("3")).text() == "0.666666666666666667");
  CHECK(Decimal::divide(dec("10"), dec("4")).text() == "2.5");
  CHECK(Decimal::quotient(dec("-7"), dec("2")).text() == "-3");
  CHECK(Decimal::remainder(dec("-7"), dec("2")).text() == "-1");
  CHECK(Decimal::remainder(dec("5.5"), dec("-2")).text() == "1.5");
  // The check of an account number: ISO 13616 on GB82 WEST 1234 5698 7654 32.
  CHECK(Decimal::remainder(dec("3214282912345698765432161182"), dec("97")).text() == "1");
  CHECK(Decimal::remainder(dec("321428291234569876543216118232142829123456987654321611829"),
                           dec("97"))
            .text() == "76");
}

TEST_CASE("rounding: half towards plus infinity, or to even") {
  CHECK(dec("2.5").rounded().text() == "3");
  CHECK(dec("-2.5").rounded().text() == "-2");
  CHECK(dec("-2.51").rounded().text() == "-3");
  CHECK(dec("2.49").rounded().text() == "2");
  CHECK(dec("-0.5").floor().text() == "-1");
  CHECK(dec("0.5").ceiling().text() == "1");
  CHECK(dec("2.5").rounded_half_even(0).text() == "2");
  CHECK(dec("3.567812").rounded_half_even(2).text() == "3.57");
  CHECK(dec("35612.25").rounded_half_even(-2).text() == "35600");
}

TEST_CASE("doubles convert exactly") {
  CHECK(Decimal::from_double(0.5)->text() == "0.5");
  CHECK(Decimal::from_double(0.1)->text() ==
        "0.1000000000000000055511151231257827021181583404541015625");
  CHECK(Decimal::from_double(1e22)->text() == "10000000000000000000000");
  CHECK(Decimal::from_double(-3)->text() == "-3");
  CHECK(dec("0.1").number() == 0.1);
  CHECK(dec("123456789012345678901234567890").number() == 123456789012345678901234567890.0);
}

TEST_CASE("the laws of arithmetic hold for numbers of any size") {
  std::mt19937_64 random(4);
  for (int i = 0; i < 4'000; ++i) {
    const Decimal a = dec(number(random));
    const Decimal b = dec(number(random));
    const Decimal c = dec(number(random));
    CHECK((a + b) - b == a);
    CHECK(a * (b + c) == a * b + a * c);
    CHECK(dec(a.text()) == a);
    CHECK(((a <=> b) == 0) == (a - b).is_zero());
    CHECK((a < b) == ((a - b).sign() < 0));
    if (b.is_zero()) continue;
    const Decimal q = Decimal::quotient(a, b);
    const Decimal r = Decimal::remainder(a, b);
    CHECK(q.is_whole());
    CHECK(q * b + r == a);
    CHECK((r.is_zero() || r.sign() == a.sign()));
    const Decimal error = Decimal::divide(a * b, b) - a;
    CHECK((error.sign() < 0 ? error.negated() : error) <= dec("0.000000000000000001"));
  }
}
