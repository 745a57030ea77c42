// SPDX-License-Identifier: Apache-2.0
// Compiled rules as bytes: what comes back judges as what was saved, and whatever was done to the
// bytes, they are refused or safe to run.
#include "documents/rules.h"
#include "documents/schematron/suite_test_files.h"
#include "documents/schematron/svrl.h"
#include "documents/xpath/generated_expressions.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <random>

using namespace corridor;
namespace fs = std::filesystem;

namespace {

const fs::path kCorpus =
    fs::path(CORRIDOR_SOURCE_DIR) / "src/documents/schematron/testdata/fuzz/schematron";

Result<Bytes> no_files(std::string_view) { return fail(Code::not_found, "there is no such file"); }

schematron::RuleSet small_rules() {
  auto rules = schematron::compile("small.sch", suites::open_in(kCorpus));
  REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : rules.error().why));
  return std::move(*rules);
}

std::string judged(const schematron::RuleSet& rules, const xml::Tree& tree) {
  const auto outcome = rules.check(tree);
  return schematron::write_svrl(rules, outcome, tree) + std::to_string(outcome.fired_rules) + " " +
         std::to_string(outcome.checked_assertions) + " " +
         std::to_string(rules.facts().assertions) + " " + std::to_string(rules.facts().rules);
}

}  // namespace

TEST_CASE("restored rules judge as the ones that were saved, and are saved as the same bytes") {
  const auto tree = xml::parse(xpath::kSampleDocument);
  const auto rules = small_rules();
  const auto saved = rules.save();
  REQUIRE(saved.has_value());
  const auto restored = schematron::restore(*saved, no_files);
  REQUIRE(restored.has_value());
  CHECK(judged(*restored, *tree) == judged(rules, *tree));
  CHECK(restored->save() == saved);
  // The seed of the fuzzer is these bytes; a change of the format makes them anew.
  const fs::path seed = kCorpus.parent_path() / "saved" / "small.rules";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(seed, std::ios::binary) << *saved;
  CHECK_MESSAGE(suites::read_file(seed) == *saved, "run again with UPDATE_GOLDEN=1");
}

TEST_CASE("the official rules judge the same once they were saved and restored") {
  const fs::path all = suites::shared() / "suites";
  if (!fs::is_directory(all / "en16931")) {
    std::printf("SKIPPED restored official rules: ../shared is not here\n");
    return;
  }
  const fs::path documents = suites::shared() / "data" / "documents";
  int same = 0;
  const auto compare = [&](const fs::path& folder, const char* file, const char* examples) {
    const auto rules = schematron::compile(file, suites::open_in(all / folder));
    REQUIRE(rules.has_value());
    const auto saved = rules->save();
    REQUIRE(saved.has_value());
    const auto restored = schematron::restore(*saved, no_files);
    REQUIRE(restored.has_value());
    CHECK(restored->save() == saved);
    for (const fs::path& document : suites::xml_files(documents / examples)) {
      const auto tree = xml::parse(suites::read_file(document));
      REQUIRE(tree.has_value());
      CHECK(judged(*restored, *tree) == judged(*rules, *tree));
      ++same;
    }
  };
  compare("en16931/rules", "EN16931-UBL-validation-preprocessed.sch", "ubl");
  compare("en16931/rules", "EN16931-CII-validation-preprocessed.sch", "cii");
  compare("xrechnung/rules", "ubl/XRechnung-UBL-validation.sch", "ubl");
  compare("xrechnung/rules", "cii/XRechnung-CII-validation.sch", "cii");
  std::printf("COUNT documents judged by restored rules %d\n", same);
}

TEST_CASE("bytes that were tampered with are refused, or are rules that are safe to run") {
  const auto tree = xml::parse(xpath::kSampleDocument);
  const auto saved = *small_rules().save();
  for (std::size_t size = 0; size < saved.size(); ++size)
    CHECK_FALSE(schematron::restore(View(saved).substr(0, size), no_files).has_value());
  std::mt19937 random(5);
  int refused = 0;
  int safe = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = saved;
    for (auto edits = 1 + random() % 3; edits > 0; --edits)
      bytes[random() % bytes.size()] = static_cast<char>(random() % 2 ? random() : random() % 40);
    const auto rules = schematron::restore(bytes, no_files);
    if (rules) (void)rules->check(*tree);
    ++(rules ? safe : refused);
  }
  CHECK(refused > 0);
  CHECK(safe > 0);
}

TEST_CASE("saved rules say which files they are from, and belong to these contents only") {
  std::map<std::string, std::string, std::less<>> files{
      {"main.sch",
       "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>"
       "<include href='part.sch'/></schema>"},
      {"part.sch",
       "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'><rule context='a'>"
       "<assert id='X' test=\". = document('codes.xml')/codes/code\">no</assert></rule></pattern>"},
      {"codes.xml", "<codes><code>1</code></codes>"}};
  const documents::OpenRules open = [&](std::string_view path) -> Result<Bytes> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(Code::not_found, "no file");
    return found->second;
  };
  const auto rules = documents::compile_rules("main.sch", open);
  REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : rules.error().why));
  const Bytes saved = rules->save();
  const auto from = documents::saved_files(saved);
  REQUIRE(from.has_value());
  CHECK(from->paths == std::vector<std::string>{"main.sch", "part.sch", "codes.xml"});
  CHECK(*documents::digest_of_rules(from->paths, open) == rules->digest());
  const auto restored = documents::restore_rules(saved, rules->digest(), open);
  REQUIRE(restored.has_value());
  CHECK(restored->digest() == rules->digest());
  CHECK(restored->check("<a>1</a>", {})->valid());
  CHECK_FALSE(restored->check("<a>2</a>", {})->valid());

  files["codes.xml"] = "<codes><code>2</code></codes>";
  const auto changed = documents::digest_of_rules(from->paths, open);
  CHECK(*changed != rules->digest());
  CHECK(documents::restore_rules(saved, *changed, open).error().code == Code::corrupt);
  for (const std::size_t at : {std::size_t{0}, std::size_t{15}, std::size_t{20}, saved.size() - 1}) {
    Bytes altered = saved;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    CHECK(documents::saved_files(altered).error().code == Code::corrupt);
  }
  CHECK(documents::saved_files(View(saved).substr(0, saved.size() - 1)).error().code ==
        Code::corrupt);
}
