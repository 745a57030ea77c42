// SPDX-License-Identifier: Apache-2.0
//
// Every receipt that differs from a true one in one place is refused: by this verifier, and by the
// one in tools/verify_receipt, which shares no code with it.

#include "evidence/example_test.h"
#include "evidence/receipt.h"
#include "json/json.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

namespace corridor::evidence {

namespace {

using example::Exchange;
using json::Value;

struct Mutant {
  std::string what;
  std::string text;
};

std::string spelled(View text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string with_char(std::string text, std::size_t at) {
  const char c = text[at];
  text[at] = c == 'A' ? 'B' : (c == '0' ? '1' : (c >= 'a' && c <= 'f' ? '0' : 'A'));
  return text;
}

std::vector<Mutant> text_mutants(const std::string& text) {
  std::vector<Mutant> mutants{
      {"null", "null"}, {"number", "1"}, {"array", "[" + spelled(text) + "]"}};
  const auto add = [&](std::string what, const std::string& changed) {
    if (changed != text) mutants.push_back({std::move(what), spelled(changed)});
  };
  add("empty", "");
  add("longer", text + "x");
  add("newline", text + "\n");
  add("space before", " " + text);
  if (text.empty()) return mutants;
  add("shorter", text.substr(0, text.size() - 1));
  add("headless", text.substr(1));
  for (std::size_t part = 0; part <= 8; ++part) {
    const std::size_t at = (text.size() - 1) * part / 8;
    add("char " + std::to_string(at), with_char(text, at));
  }
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  add("upper case", upper);
  return mutants;
}

std::vector<Mutant> integer_mutants(std::int64_t number) {
  std::vector<Mutant> mutants;
  for (const std::int64_t other : {number + 1, number - 1, -number - 1, number * 2 + 1})
    mutants.push_back({"number", std::to_string(other)});
  const std::string text = std::to_string(number);
  for (const std::string& other : {spelled(text), text + ".0", text + "e0", std::string("null"),
                                   std::string("true"), text + "00000000000000000000"})
    mutants.push_back({"spelling", other});
  return mutants;
}

enum class Reach : std::uint8_t { everything, structure };  // structure: no value is changed

std::vector<Mutant> mutants_of(const Value& value, Reach reach);

// `begin`, the pieces with one of them changed, `end`.
void add_changed(std::vector<Mutant>& out, const std::vector<std::string>& pieces, std::size_t at,
                 const std::vector<std::string>& instead, const std::string& what,
                 const char* brackets) {
  std::string text(1, brackets[0]);
  const auto append = [&](const std::string& piece) {
    if (text.size() > 1) text += ",";
    text += piece;
  };
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i != at) append(pieces[i]);
    if (i == at)
      for (const auto& piece : instead) append(piece);
  }
  out.push_back({what, text + brackets[1]});
}

std::vector<Mutant> object_mutants(const Value& value, Reach reach) {
  std::vector<std::string> pieces;
  for (const auto& [name, member] : value.members())
    pieces.push_back(spelled(name) + ":" + json::write(member));
  std::vector<Mutant> out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& [name, member] = value.members()[i];
    add_changed(out, pieces, i, {}, "." + name + " dropped", "{}");
    add_changed(out, pieces, i, {pieces[i], pieces[i]}, "." + name + " doubled", "{}");
    add_changed(out, pieces, i, {spelled(name + "x") + ":" + json::write(member)},
                "." + name + " renamed", "{}");
    add_changed(out, pieces, i, {pieces[i], "\"added\":1"}, "." + name + " and an unknown one",
                "{}");
    for (const Mutant& changed : mutants_of(member, reach))
      add_changed(out, pieces, i, {spelled(name) + ":" + changed.text},
                  "." + name + " " + changed.what, "{}");
  }
  return out;
}

std::vector<Mutant> array_mutants(const Value& value, Reach reach) {
  std::vector<std::string> pieces;
  for (const Value& item : value.items()) pieces.push_back(json::write(item));
  std::vector<Mutant> out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string at = "[" + std::to_string(i) + "]";
    add_changed(out, pieces, i, {}, at + " dropped", "[]");
    add_changed(out, pieces, i, {pieces[i], pieces[i]}, at + " doubled", "[]");
    if (i + 1 < pieces.size()) {
      std::vector<std::string> swapped = pieces;
      std::swap(swapped[i], swapped[i + 1]);
      if (swapped != pieces) add_changed(out, swapped, i, {swapped[i]}, at + " swapped", "[]");
    }
    for (const Mutant& changed : mutants_of(value.items()[i], reach))
      add_changed(out, pieces, i, {changed.text}, at + " " + changed.what, "[]");
  }
  return out;
}

std::vector<Mutant> mutants_of(const Value& value, Reach reach) {
  if (value.is_object()) return object_mutants(value, reach);
  if (value.is_array()) return array_mutants(value, reach);
  if (reach == Reach::structure) return {};
  return value.is_text() ? text_mutants(value.text()) : integer_mutants(value.integer());
}

bool accepts(View text) {
  const auto receipt = read_receipt(text);
  return receipt && verify_receipt(*receipt).verified;
}

struct Case {
  Exchange exchange;
  Reach reach = Reach::structure;
};
std::vector<Case> cases() {
  std::vector<Case> all;
  all.push_back({Exchange(), Reach::everything});
  all.push_back({Exchange({.ending = example::Ending::refused, .with_negotiation = false})});
  all.push_back({Exchange({.ending = example::Ending::accepted})});
  all.push_back({Exchange({.with_negotiation = false, .with_decisions = false})});
  return all;
}

// What the foreign verifier prints, by lines.
std::vector<std::string> foreign_lines(const std::string& arguments) {
  const std::string command = "/usr/bin/python3 '" CORRIDOR_SOURCE_DIR
                              "/tools/verify_receipt/verify_receipt.py' " +
                              arguments;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  ::pclose(pipe);
  std::istringstream stream(output);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// One verdict a receipt.
std::vector<std::string> foreign_verdicts(const std::vector<std::string>& receipts) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("corridor-receipts-" + std::to_string(std::random_device()()) + ".jsonl");
  {
    std::ofstream lines(file, std::ios::binary);
    for (const std::string& receipt : receipts) lines << receipt << "\n";
  }
  auto verdicts = foreign_lines("--each '" + file.string() + "'");
  std::filesystem::remove(file);
  return verdicts;
}

bool python_is_here() {
  return std::system("/usr/bin/python3 -c 'import cryptography' >/dev/null 2>&1") == 0;
}

}  // namespace

TEST_CASE("a receipt with any value, member or element changed is refused") {
  std::size_t count = 0;
  for (const auto& [exchange, reach] : cases()) {
    const Value good = json::parse(write_receipt(exchange.receipt())).value();
    REQUIRE(accepts(json::write(good)));
    for (const Mutant& mutant : mutants_of(good, reach)) {
      ++count;
      if (!accepts(mutant.text)) continue;
      FAIL_CHECK("accepted: " << mutant.what);
    }
  }
  CHECK(count > 3000);
}

TEST_CASE("a receipt with any byte changed is refused, or says the same") {
  constexpr unsigned kSeed = 2026;
  INFO("seed " << kSeed);
  std::mt19937 random(kSeed);
  const std::string good = write_receipt(Exchange().receipt());
  const std::string meaning = json::canonical(json::parse(good).value());
  for (int round = 0; round < 1500; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] = static_cast<char>(random());
    if (!accepts(bad)) continue;
    CHECK(json::canonical(json::parse(bad).value()) == meaning);
  }
}

TEST_CASE("the foreign verifier accepts the true receipts and refuses every changed one") {
  if (!python_is_here()) {
    std::printf("SKIPPED verify_receipt.py: /usr/bin/python3 with cryptography is not here\n");
    return;
  }
  std::vector<std::string> receipts;
  std::vector<std::string> expected;
  const auto add = [&](std::string text, std::string_view verdict) {
    receipts.push_back(std::move(text));
    expected.emplace_back(verdict);
  };
  const auto add_with_mutants = [&](const Exchange& exchange, Reach reach, bool all_refused) {
    const Value good = json::parse(write_receipt(exchange.receipt())).value();
    add(json::write(good), "verified");
    for (Mutant& mutant : mutants_of(good, reach)) {
      const bool refused = all_refused || !accepts(mutant.text);
      add(std::move(mutant.text), refused ? "refused" : "verified");
    }
  };
  for (const auto& [exchange, reach] : cases()) add_with_mutants(exchange, reach, true);
  // Without logs nothing but the outcome shows that a later statement is left out.
  add_with_mutants(Exchange({.ending = example::Ending::accepted, .logged = false}),
                   Reach::structure, false);
  const auto verdicts = foreign_verdicts(receipts);
  CHECK(receipts.size() > 3000);
  REQUIRE(verdicts.size() == receipts.size());
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const bool verified = verdicts[i] == "verified";
    if (verified != (expected[i] == "verified"))
      FAIL_CHECK("receipt " << i << ": " << verdicts[i] << "\n" << receipts[i].substr(0, 300));
  }
}

TEST_CASE("both verifiers give the golden receipts the same table of claims") {
  if (!python_is_here()) return;  // said above
  for (const char* name : {"logged.receipt.json", "answered.receipt.json"}) {
    std::ifstream file(example::testdata(name), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto receipt = read_receipt(text);
    REQUIRE(receipt);
    const auto lines = foreign_lines("'" + example::testdata(name) + "'");
    REQUIRE(lines.size() > 12);
    CHECK(lines.front() == "verified");
    std::size_t line = lines.size() - 12;
    const Value table = to_json(verify_receipt(*receipt));
    for (const Value& claim : table.find("claims")->items()) {
      std::string expected = "  " + std::string(claim.text_or("holds"));
      expected.resize(11, ' ');
      CHECK(lines[line++] == expected + std::string(claim.text_or("claim")));
    }
  }
}

}  // namespace corridor::evidence
