// SPDX-License-Identifier: Apache-2.0
//
// The built-in rules beside official documents: what the standard's own examples contain must not
// be called fatally wrong, and what the standard's own tests call wrong must be found.
#include <set>

#include "documents/packs/shared_packs_test_files.h"
#include "documents/rules.h"
#include "documents/testing.h"
#include "documents/xml/tree.h"

namespace corridor::documents {
namespace {

std::string fatal_rules(const Report& report) {
  std::string out;
  for (const auto& finding : report.findings)
    if (finding.severity == Severity::fatal) out += finding.rule + " " + finding.text + "\n";
  return out;
}

TEST_CASE("official examples have no fatal finding") {
  const std::filesystem::path folder = shared_folder("data/documents");
  if (folder.empty()) return;
  std::size_t known = 0;
  for (const auto* part : {"ubl", "cii", "edifact", "pairs"})
    for (const auto& path : files_below(folder / part)) {
      const Report report = check(file_text(path));
      CHECK_MESSAGE(fatal_rules(report).empty(), path.string() << "\n" << fatal_rules(report));
      if (report.kind.syntax != "unknown") ++known;
    }
  CHECK(known == 26);
}

TEST_CASE("documents of logistics are known by their kind and clean") {
  const std::filesystem::path folder = shared_folder("data/documents");
  if (folder.empty()) return;
  for (const auto* part : {"logistics", "json"})
    for (const auto& path : files_below(folder / part)) {
      const Report report = check(file_text(path));
      CHECK_MESSAGE(report.kind.syntax == std::string(path.extension() == ".xml" ? "ubl" : "dcsa"),
                    path.string());
      CHECK_MESSAGE(fatal_rules(report).empty(), path.string());
    }
}

TEST_CASE("our own examples pass the official packs, and the wrong one does not") {
  if (shared_folder("suites/en16931/rules").empty()) return;
  const Library library(suites::shared_packs());
  for (const char* name : {"invoice-ubl.xml", "credit-note-ubl.xml", "invoice-cii.xml", "invoice-edifact.edi"}) {
    const Report report = library.examine(example(name), {}).report;
    CHECK_MESSAGE(fatal_rules(report).empty(), name << "\n" << fatal_rules(report));
    CHECK(report.rules != kBasicRules);
  }
  CHECK(library.examine(example("invoice-wrong.xml"), {}).report.refused());
}

TEST_CASE("complete test invoices of EN 16931 have no fatal finding") {
  const std::filesystem::path folder = shared_folder("suites/en16931/test/testfiles");
  if (folder.empty()) return;
  for (const auto& path : files_below(folder)) {
    const Report report = check(file_text(path));
    CHECK_MESSAGE(report.kind.syntax == "ubl", path.string());
    CHECK_MESSAGE(fatal_rules(report).empty(), path.string() << "\n" << fatal_rules(report));
  }
}

Result<RulePack> official_rules(const std::filesystem::path& folder, const std::string& name) {
  return compile_rules(name, [&folder](std::string_view path) -> Result<Bytes> {
    return file_text(folder / path);
  });
}

// These state a total with tax that leaves their tax out. The official expression for CII lets
// every invoice pass whose totals with and without tax are equal; EN 16931-1 (BR-CO-15) does not.
const std::set<std::string> kWrongTotals{
    "cii-peppol-en16931-r008.xml",
    "cii-peppol-en16931-r010.xml",
    "cii-peppol-en16931-r020.xml",
};

TEST_CASE("what the official rules accept has no fatal finding") {
  const std::filesystem::path instances = shared_folder("suites/xrechnung/test/instances");
  const std::filesystem::path rules = shared_folder("suites/en16931/rules");
  if (instances.empty() || rules.empty()) return;
  const auto ubl = official_rules(rules, "EN16931-UBL-validation-preprocessed.sch");
  const auto cii = official_rules(rules, "EN16931-CII-validation-preprocessed.sch");
  REQUIRE((ubl && cii));
  std::size_t accepted = 0;
  for (const auto& path : files_below(instances)) {
    if (path.extension() != ".xml") continue;
    const std::string text = file_text(path);
    const Report ours = check(text);
    const auto official = (ours.kind.syntax == "ubl" ? *ubl : *cii).check(text, Time{});
    REQUIRE(official.has_value());
    if (!official->valid()) continue;
    const bool wrong = kWrongTotals.contains(path.filename().string());
    CHECK_MESSAGE(ours.valid() != wrong, path.string() << "\n" << fatal_rules(ours));
    ++accepted;
  }
  CHECK(accepted > 200);
}

// One official rule and ours for the same matter.
struct Same {
  const char* official;
  const char* ours;
};
const Same kSame[] = {
    {"BR-02", "CB-12"},    {"BR-03", "CB-13"},    {"BR-04", "CB-14"},    {"BR-05", "CB-15"},
    {"BR-16", "CB-20"},    {"BR-21", "CB-21"},    {"BR-22", "CB-23"},    {"BR-24", "CB-24"},
    {"BR-25", "CB-25"},    {"BR-12", "CB-26"},    {"BR-13", "CB-27"},    {"BR-14", "CB-28"},
    {"BR-15", "CB-29"},    {"BR-27", "CB-39"},    {"BR-CO-10", "CB-31"}, {"BR-CO-11", "CB-32"},
    {"BR-CO-12", "CB-33"}, {"BR-CO-13", "CB-34"}, {"BR-CO-14", "CB-41"}, {"BR-CO-15", "CB-35"},
    {"BR-CO-16", "CB-36"}, {"BR-47", "CB-43"},
};

// The document of a test, as it stands in the suite's file.
std::string embedded(const xml::Tree& tree, const std::string& text, xml::NodeId document) {
  const std::string close = "</" + tree.qname(document) + ">";
  const std::size_t from = tree.node(document).source_at;
  return text.substr(from, text.find(close, from) + close.size() - from);
}

TEST_CASE("what EN 16931 tests call wrong is found, what they call right is not") {
  const std::filesystem::path folder = shared_folder("suites/en16931/test/Invoice-unit-UBL");
  if (folder.empty()) return;
  std::size_t tests = 0;
  for (const auto& same : kSame) {
    const std::filesystem::path path = folder / (std::string(same.official) + ".xml");
    if (!std::filesystem::exists(path)) continue;
    const std::string text = file_text(path);
    const auto tree = xml::parse(text);
    REQUIRE_MESSAGE(tree, path.string());
    const auto word = [&](const char* local) {
      return tree->find_name("http://difi.no/xsd/vefa/validator/1.0", local);
    };
    for (const xml::NodeId test : tree->elements(word("test"))) {
      const xml::NodeId expected = tree->child(test, word("assert"));
      const bool right = tree->child(expected, word("success")) != xml::kNone;
      xml::NodeId document = expected;
      while (document != xml::kNone &&
             (document == expected || tree->node(document).kind != xml::Kind::element))
        document = tree->next_sibling(document);
      REQUIRE(document != xml::kNone);
      const Report report = check(embedded(*tree, text, document));
      const bool found = rules_found(report).contains(same.ours);
      CHECK_MESSAGE(found != right, same.official << " line " << tree->position(document).line
                                                  << "\n"
                                                  << render_text(report));
      ++tests;
    }
  }
  CHECK(tests > 50);
}

}  // namespace
}  // namespace corridor::documents
