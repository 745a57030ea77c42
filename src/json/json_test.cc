// SPDX-License-Identifier: Apache-2.0
#include "json/json.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <ctime>
#include <limits>
#include <random>

using namespace corridor;
using json::Value;

namespace {

// The sentence a text is refused with, or "accepted".
std::string refusal(View text, json::ReadLimits limits = {}) {
  const auto value = json::parse(text, limits);
  return value ? "accepted" : value.error().why;
}

Value read(View text) {
  auto value = json::parse(text);
  REQUIRE_MESSAGE(value, value.error().why);
  return *value;
}

std::string nested(std::size_t depth, View open, View close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

// Of this process, so that a busy machine does not count.
double cpu_seconds_of(const std::function<void()>& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

std::string random_text(std::mt19937_64& random) {
  static constexpr std::array<View, 12> pieces{
      "a", "\"",  "\\", "\n", "\x01", "é", "€", "😀", "\uffff", "plain text of some length",
      "/", "\x7f"};
  std::string text;
  for (std::uint64_t i = random() % 6; i > 0; --i) text += pieces[random() % pieces.size()];
  return text;
}

double random_double(std::mt19937_64& random) {
  for (;;) {
    const auto value = std::bit_cast<double>(random());
    const double size = std::abs(value);
    if (std::isfinite(value) && (size < 0x1p63 || size >= 1e21)) return value;
  }
}

Value random_value(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 4 ? 5 : 7)) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 ? 1 : -1);
    case 3: return random_double(random);
    case 4: return random_text(random);
    case 5: {
      auto array = Value::array();
      for (std::uint64_t i = random() % 5; i > 0; --i) array.push(random_value(random, depth + 1));
      return array;
    }
    default: {
      auto object = Value::object();
      for (std::uint64_t i = random() % 24; i > 0; --i)
        object.set(random_text(random), random_value(random, depth + 1));
      return object;
    }
  }
}

}  // namespace

TEST_CASE("documents are read and written back byte for byte") {
  for (const View text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "1.5",
        "\"\"", "\"a\"", "[]", "{}", R"({"b":1,"a":[true,null,{"x":"y"}]})", R"("\"\\\n\u0001é")",
        "[[[]],{}]", "-0.0", "1e+300"}) {
    CAPTURE(text);
    CHECK(json::write(read(text)) == text);
  }
}

TEST_CASE("white space around any value is fine") {
  for (const View text : {" null ", "\n1\n", "\t\"a\" ", " [ ] ", "{ } ", "null\n", "true\r\n",
                          " { \"a\" : [ 1 , 2 ] } "})
    CHECK_MESSAGE(json::parse(text).has_value(), text);
}

TEST_CASE("what is not JSON is refused") {
  for (const View text :
       {"",          " ",         "nul",         "nullx",     "truefalse",   "tru",
        "falsy",     "[1",        "[1,",         "[1,]",      "[1 2]",       "[,1]",
        "{\"a\"}",   "{\"a\":}",  "{\"a\":1,}",  "{a:1}",     "{'a':1}",     "{1:1}",
        "{\"a\" 1}", "{,}",       "1 2",         "[] []",     "[1]]",        "1]",
        "],[",       "1,2",       "]",           "}",         "[",           "{",
        ",",         ":",         "[1}",         "01",        "-01",         "-",
        "1.",        ".5",        "+1",          "1e",        "1e+",         "0x1",
        "1_0",       "NaN",       "Infinity",    "-Infinity", "\"a",         "\"",
        "\"\\",      "\"\\x\"",   "\"\\u12g4\"", "\"\\u12\"", "\"a\nb\"",    "\"a\tb\"",
        "[1]x",      "\"a\"b",    "\"a\"\"b\"",  "// c\n1",   "/**/1",       "{\"a\":1 \"b\":2}",
        "[\"a\"",    "{\"a\":[}", "{\"a\":1]",   "[1,\v2]",   "\xc2\xa0null"}) {
    CAPTURE(text);
    CHECK(refusal(text) != "accepted");
  }
  CHECK(refusal(View("1\0", 2)) != "accepted");
  CHECK(refusal(View("\"a\0b\"", 5)) != "accepted");
}

TEST_CASE("a refusal names the offence and where it is") {
  CHECK(refusal("") == "JSON without a value: the text is empty");
  CHECK(refusal("{\"a\":tru}") == "JSON that is malformed at byte 5");
  CHECK(refusal("[1] 2") == "JSON that is malformed at byte 4");
  CHECK(refusal("\xef\xbb\xbf{}") == "JSON that starts with a byte order mark");
  CHECK(refusal("[\"é\xff\"]") == "JSON that is not UTF-8 at byte 4");
  CHECK(refusal("[\"\\\"a\nb\"]") == "JSON with a control character in a string at byte 5");
  CHECK(refusal("[1,\"ab") == "JSON with a string that does not end");
  CHECK(refusal("{\"a\":1,\"b\":2,\"a\":3}") == "JSON with the key \"a\" twice at byte 14");
  CHECK(refusal("[0, \"\\ud800\"]") == "JSON with half a surrogate pair at byte 5");
  CHECK(refusal("[0, \"\\x\"]") == "JSON with a broken escape in the string at byte 4");
  CHECK(refusal("{\"\\u12\":1}") == "JSON with a broken escape in the key at byte 2");
  CHECK(refusal("[0, 1e400]") == "JSON with a number beyond the range of a double at byte 4");
  CHECK(refusal("[0, 9223372036854775808]") == "JSON with a whole number beyond 64 bits at byte 4");
  CHECK(refusal("[[[]]]", {.depth_max = 2}) == "JSON nested deeper than 2 levels at byte 2");
}

TEST_CASE("text that is not UTF-8 is refused, in keys as in values") {
  for (const View bytes :
       {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\x80"}) {
    CHECK(refusal("\"" + Bytes(bytes) + "\"").find("not UTF-8") != View::npos);
    CHECK(refusal("{\"" + Bytes(bytes) + "\":1}").find("not UTF-8") != View::npos);
  }
}

TEST_CASE("half a surrogate pair is refused, a whole one read") {
  for (const View text :
       {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800\udbff")", R"("\ud800\ue000")",
        R"("\ud800a")", R"("\ud800\u0041")", R"("\ud800\n")", R"("\udc00\ud800")", R"("\uD800")",
        R"({"\udfff":1})", R"("\ud83d\ude00\ude00")"})
    CHECK_MESSAGE(refusal(text).find("surrogate") != View::npos, text);
  CHECK(read(R"("\ud83d\ude00")").text() == "😀");
  CHECK(read(R"("\uD83D\uDE00\ue000")").text() == "😀\ue000");
  CHECK(read(R"("\\ud800")").text() == "\\ud800");
}

TEST_CASE("escapes are read as the characters they stand for") {
  CHECK(read(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac")").text() == "\"\\/\b\f\n\r\tAé€");
  CHECK(read("\"\\u0000\"").text() == std::string(1, '\0'));
  CHECK(read(R"({"\u0061":1})").integer_or("a") == 1);
  CHECK(refusal(R"({"\u0061":1,"a":2})").find("twice") != View::npos);
}

TEST_CASE("whole numbers are exact within 64 bits and refused beyond") {
  CHECK(read("9223372036854775807").integer() == INT64_MAX);
  CHECK(read("-9223372036854775808").integer() == INT64_MIN);
  CHECK(read("9007199254740993").integer() == 9007199254740993);
  CHECK(read("-0").integer() == 0);
  CHECK(read("1.0").kind() == json::Kind::number);
  CHECK(read("9223372036854774784.0").number() == 9223372036854774784.0);
  CHECK(read("1e21").number() == 1e21);
  CHECK(read("1.2345678901234567890123").number() == 1.2345678901234567);
  CHECK(read("922337203685477478.0").number() == 922337203685477478.0);
  CHECK(read("0.00000000000000000000000000000000000001").number() == 1e-38);
  CHECK(read("5e-324").number() == 5e-324);
  CHECK(read("0e999").number() == 0);
  for (const View text : {"9223372036854775808", "-9223372036854775809", "18446744073709551615",
                          "18446744073709551616", "100000000000000000000000", "1e20", "-1e20",
                          "9223372036854775808.0", "[1, 123456789012345678901 ]"})
    CHECK_MESSAGE(refusal(text).find("beyond 64 bits") != View::npos, text);
  for (const View text : {"1e400", "-1e400", "1e99999999999999999999", "1e-400"})
    CHECK_MESSAGE(refusal(text).find("range") != View::npos, text);
}

TEST_CASE("a key that stands twice is refused, among few and among many") {
  CHECK(refusal(R"({"a":1,"a":1})").find("\"a\" twice") != View::npos);
  CHECK(refusal(R"([{"x":{"":1,"":2}}])").find("\"\" twice") != View::npos);
  CHECK(refusal(R"({"a":{"a":1},"b":{"a":1}})") == "accepted");
  for (const int count : {15, 16, 17, 18, 500}) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += "\"k" + std::to_string(i) + "\":0,";
    CHECK(refusal(text + "\"other\":0}") == "accepted");
    CHECK(refusal(text + "\"k7\":0}").find("\"k7\" twice") != View::npos);
  }
}

TEST_CASE("nesting is limited, whatever is nested") {
  CHECK(refusal(nested(64, "[", "]")) == "accepted");
  CHECK(refusal(nested(65, "[", "]")).find("deeper than 64") != View::npos);
  CHECK(refusal(nested(65, "{\"a\":", "}")).find("deeper than 64") != View::npos);
  CHECK(refusal("[]", {.depth_max = 0}).find("deeper than 0") != View::npos);
  CHECK(refusal("1", {.depth_max = 0}) == "accepted");
  for (const View open : {"[", "{\"a\":", "[{\"a\":"})
    CHECK(refusal(nested(100'000, open, "")).starts_with("JSON "));
  CHECK(refusal(nested(100'000, "[", "]")).find("deeper than 64") != View::npos);
}

TEST_CASE("the limit of bytes is exact and is its own code") {
  CHECK(json::parse("[1]", {.bytes_max = 3}).has_value());
  const auto refused = json::parse("[1] ", {.bytes_max = 3});
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::too_large);
  CHECK(refused.error().why == "JSON of 4 bytes, where 3 are allowed");
}

TEST_CASE("a million keys, long common prefixes and huge strings take bounded time") {
  std::string keys = "{";
  for (int i = 0; i < 1'000'000; ++i)
    keys += "\"" + std::to_string(std::int64_t{i} * 7919 % 1'000'003) + "\":0,";
  keys.back() = '}';
  std::string prefixes = "{";
  for (int i = 0; i < 4'000; ++i)
    prefixes += "\"" + std::string(4'000, 'a') + std::to_string(i) + "\":0,";
  prefixes.back() = '}';
  const std::string text = "\"" + std::string(16'000'000, 'x') + "\"";
  const std::string escapes = "\"" + nested(2'600'000, "\\u0041", "") + "\"";
  for (const View bomb : {View(keys), View(prefixes), View(text), View(escapes)})
    CHECK(cpu_seconds_of([&] { CHECK(refusal(bomb, {.bytes_max = 32'000'000}) == "accepted"); }) <
          20);
}

TEST_CASE("reading is the same after a large document as before") {
  CHECK(read("[1]").items().size() == 1);
  CHECK(read("\"" + std::string(4'000'000, 'x') + "\"").text().size() == 4'000'000);
  CHECK(read("[1]").items().size() == 1);
  CHECK(refusal("[") != "accepted");
  CHECK(read("[1]").items().size() == 1);
}

TEST_CASE("members are found, replaced, appended and removed in their order") {
  Value value;
  value.set("b", 1).set("a", "x").set("b", true);
  CHECK(json::write(value) == R"({"b":true,"a":"x"})");
  CHECK(value.find("c") == nullptr);
  CHECK(Value(1).find("c") == nullptr);
  value.remove("b");
  value.remove("absent");
  CHECK(json::write(value) == R"({"a":"x"})");
  Value items;
  items.push(1).push(nullptr).push(Value::array());
  CHECK(json::write(items) == "[1,null,[]]");
  CHECK(items.members().empty());
  CHECK(json::write(Value::object({{"a", 1}, {"b", 2}, {"a", 3}})) == R"({"a":3,"b":2})");
  CHECK(json::write(Value::object()) == "{}");
}

TEST_CASE("forgiving reads fall back when a member is absent or of another kind") {
  const Value value = Value::object({{"t", "x"}, {"i", 7}, {"b", true}, {"n", 1.5}});
  CHECK(value.text_or("t") == "x");
  CHECK(value.text_or("i", "else") == "else");
  CHECK(value.integer_or("i") == 7);
  CHECK(value.integer_or("n", 9) == 9);
  CHECK(value.integer_or("t", 9) == 9);
  CHECK(value.boolean_or("b"));
  CHECK(value.boolean_or("absent", true));
  CHECK(Value("text").text_or("t", "none") == "none");
  CHECK(Value(3).number() == 3.0);
}

TEST_CASE("strict reads name the member they miss") {
  const Value value =
      Value::object({{"t", "x"}, {"i", 7}, {"a", Value::array()}, {"o", Value::object()}});
  CHECK(*json::require_text(value, "t") == "x");
  CHECK(*json::require_integer(value, "i") == 7);
  CHECK((*json::require_array(value, "a"))->is_array());
  CHECK((*json::require_object(value, "o"))->is_object());
  const auto missing = json::require_text(value, "pid");
  CHECK(missing.error().code == Code::invalid);
  CHECK(missing.error().why == "the member \"pid\" is missing");
  CHECK(json::require_text(value, "i").error().why ==
        "the member \"i\" is an integer and must be text");
  CHECK(json::require_integer(Value(1), "i").error().why ==
        "the member \"i\" is asked of an integer, not of an object");
  CHECK_FALSE(json::require_integer(Value::object({{"i", 1.0}}), "i"));
  CHECK_FALSE(json::require_array(value, "o"));
  CHECK_FALSE(json::require_object(value, "a"));
}

TEST_CASE("what is written is JSON, whatever bytes a text has") {
  std::string out;
  json::append_quoted(out, View("\0\x1f\x7f\"\\/\b\f\n\r\t", 11));
  CHECK(out == "\"\\u0000\\u001f\x7f\\\"\\\\/\\b\\f\\n\\r\\t\"");
  CHECK(json::write("é€😀") == "\"é€😀\"");
  CHECK(json::write("a\xff"
                    "b\xc3") == "\"a\uFFFDb\uFFFD\"");
  CHECK(json::write("\xed\xa0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");
  // An escape at every offset of the eight bytes that are looked at in one go.
  for (std::size_t at = 0; at < 24; ++at)
    for (const char c : {'"', '\\', '\x1f', '\x01'}) {
      std::string text(24, 'x');
      text[at] = c;
      CHECK(read(json::write(text)).text() == text);
    }
  std::mt19937 random(1);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string written = json::write(bytes);
    CHECK_MESSAGE(json::parse(written).has_value(), hex(bytes));
    if (is_utf8(bytes)) CHECK(read(written).text() == bytes);
  }
}

TEST_CASE("numbers keep their kind and value when written") {
  CHECK(json::write(1.0) == "1.0");
  CHECK(json::write(100000.0) == "1e+05");
  CHECK(json::write(0.1) == "0.1");
  CHECK(json::write(-0.0) == "-0.0");
  CHECK(json::write(std::uint16_t{65535}) == "65535");
  CHECK(json::write(Value::array({true, std::int8_t{65}, 2U, -3L})) == "[true,65,2,-3]");
}

TEST_CASE("pretty form indents by two and keeps empty containers closed") {
  CHECK(json::write_pretty(read(R"({"a":[1,{"b":null}],"c":[],"d":{}})")) == R"({
  "a": [
    1,
    {
      "b": null
    }
  ],
  "c": [],
  "d": {}
})");
  CHECK(json::write_pretty(1) == "1");
  CHECK(json::write_pretty(Value::array()) == "[]");
}

TEST_CASE("equality knows order and kind") {
  CHECK(read("{\"a\":1}") == Value::object({{"a", 1}}));
  CHECK_FALSE(read(R"({"a":1,"b":2})") == read(R"({"b":2,"a":1})"));
  CHECK_FALSE(Value(1) == Value(1.0));
  CHECK_FALSE(Value() == Value(false));
}

TEST_CASE("canonical numbers are ECMAScript's (RFC 8785 appendix B)") {
  const std::pair<std::uint64_t, View> numbers[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const auto& [bits, text] : numbers)
    CHECK(json::canonical(std::bit_cast<double>(bits)) == text);
  CHECK(json::canonical(1.0) == "1");
  CHECK(json::canonical(-1.5) == "-1.5");
  CHECK(json::canonical(123456789.0) == "123456789");
  CHECK(json::canonical(0.00001) == "0.00001");
}

TEST_CASE("canonical integers keep every digit") {
  CHECK(json::canonical(INT64_MAX) == "9223372036854775807");
  CHECK(json::canonical(9007199254740993) == "9007199254740993");
  CHECK(json::canonical(read("[1.0,-0.0,1e3,-0]")) == "[1,0,1000,0]");
}

TEST_CASE("canonical members are in the order of UTF-16 code units (RFC 8785 §3.2.3)") {
  CHECK(json::canonical(read(
            R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7})")) ==
        "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}");
  CHECK(json::canonical(read(R"({"aa":1,"a":2,"":3,"b":4,"B":5})")) ==
        R"({"":3,"B":5,"a":2,"aa":1,"b":4})");
  CHECK(json::canonical(read(R"({"x\uffff":1,"x\ud800\udc00":2,"x\ud7ff":3})")) ==
        "{\"x\uD7FF\":3,\"x\U00010000\":2,\"x\uFFFF\":1}");
}

TEST_CASE("canonical text escapes only what must be (RFC 8785 §3.2.2)") {
  CHECK(json::canonical(read(R"({
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "literals": [null, true, false]
  })")) == R"({"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],)"
           R"("string":"€$\u000f\nA'B\"\\\\\"/"})");
}

TEST_CASE("any value survives every form") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2'000; ++i) {
    const Value value = random_value(random, 0);
    CHECK(read(json::write(value)) == value);
    CHECK(read(json::write_pretty(value)) == value);
    const std::string canonical = json::canonical(value);
    CHECK(json::canonical(read(canonical)) == canonical);
  }
}

TEST_CASE("a truncated document is never accepted") {
  const std::string whole =
      R"({"@type":"ContractOfferMessage","n":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00"],"o":{"a":{}}})";
  REQUIRE(json::parse(whole));
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
    CHECK_FALSE(json::parse(View(whole).substr(0, bytes)).has_value());
}
