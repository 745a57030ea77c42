// SPDX-License-Identifier: Apache-2.0
// The official test suites: every instance gives exactly what its authors expect. Run with both
// evaluators; counts are printed.
#include "documents/packs/shared_packs_test_files.h"
#include "documents/schematron/suite_test_files.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <map>

using namespace corridor;
namespace fs = std::filesystem;

namespace {

constexpr View kVefa = "http://difi.no/xsd/vefa/validator/1.0";

bool absent(const fs::path& folder, const char* suite) {
  if (fs::is_directory(folder)) return false;
  std::printf("SKIPPED %s: ../shared is not here\n", suite);
  return true;
}

schematron::RuleSet rules(const fs::path& file, bool optimise) {
  schematron::CompileOptions options;
  options.optimise = optimise;
  auto compiled =
      schematron::compile(file.filename().string(), suites::open_in(file.parent_path()), options);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : compiled.error().why));
  return std::move(*compiled);
}

schematron::RuleSet rules_from(const fs::path& folder, std::string_view file, bool optimise) {
  schematron::CompileOptions options;
  options.optimise = optimise;
  auto compiled = schematron::compile(file, suites::open_in(folder), options);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : compiled.error().why));
  return std::move(*compiled);
}

xml::Tree tree_of(const std::string& text) {
  auto tree = xml::parse(text);
  REQUIRE_MESSAGE(tree.has_value(), (tree ? "" : tree.error().why));
  return std::move(*tree);
}

// One `test` of a VEFA test set.
struct Expectation {
  std::map<std::string, int> wanted;  // error, warning, fatal: id and how often
  std::map<std::string, Severity> severity;
  std::set<std::string> absent;
};

class TestSet {
 public:
  explicit TestSet(const xml::Tree& tree) : tree_(tree), root_(tree.root()) {}

  std::set<std::string> scopes() {
    std::set<std::string> out;
    for (const auto node : children(root_, "assert"))
      for (const auto scope : children(node, "scope")) out.insert(text(scope));
    return out;
  }
  std::vector<xml::NodeId> tests() { return children(root_, "test"); }

  Expectation expectation(xml::NodeId test) {
    Expectation out;
    for (const auto node : children(test, "assert")) {
      for (const auto id : children(node, "success")) out.absent.insert(text(id));
      for (const char* kind : {"error", "fatal", "warning"}) {
        for (const auto id : children(node, kind)) {
          const auto number = tree_.find_name({}, "number");
          const auto attribute = number == 0 ? xml::kNone : tree_.attribute(id, number);
          const std::string count = attribute == xml::kNone ? "1" : tree_.string_value(attribute);
          out.wanted[text(id)] += std::stoi(count);
          out.severity[text(id)] =
              std::string(kind) == "warning" ? Severity::warning : Severity::fatal;
        }
      }
    }
    return out;
  }
  // The document under test: the element of another namespace.
  xml::NodeId document(xml::NodeId test) {
    for (auto id = tree_.first_child(test); id != xml::kNone; id = tree_.next_sibling(id))
      if (tree_.node(id).kind == xml::Kind::element && tree_.space(tree_.node(id).name) != kVefa)
        return id;
    return xml::kNone;
  }

 private:
  std::vector<xml::NodeId> children(xml::NodeId of, View local) {
    std::vector<xml::NodeId> out;
    for (auto id = tree_.first_child(of); id != xml::kNone; id = tree_.next_sibling(id))
      if (tree_.node(id).kind == xml::Kind::element && tree_.local(tree_.node(id).name) == local &&
          tree_.space(tree_.node(id).name) == kVefa)
        out.push_back(id);
    return out;
  }
  std::string text(xml::NodeId id) {
    std::string out = tree_.string_value(id);
    while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
    return out.substr(std::min(out.size(), out.find_first_not_of(" \n\t")));
  }

  const xml::Tree& tree_;
  xml::NodeId root_;
};

// As anskaffelser/vefa-validator reads it: see the counts of the findings in scope.
std::string differences(const std::vector<Finding>& findings, const std::set<std::string>& scopes,
                        const Expectation& expected) {
  std::map<std::string, int> seen;
  std::string out;
  for (const Finding& finding : findings) {
    if (!scopes.empty() && !scopes.contains(finding.rule)) continue;
    ++seen[finding.rule];
    if (expected.absent.contains(finding.rule)) out += " " + finding.rule + " must not fire;";
    const auto severity = expected.severity.find(finding.rule);
    if (severity != expected.severity.end() && severity->second != finding.severity)
      out += " " + finding.rule + " has another severity;";
  }
  for (const auto& [id, count] : seen)
    if (!expected.wanted.contains(id) && !expected.absent.contains(id))
      out += " " + id + " fires unexpectedly " + std::to_string(count) + " times;";
  for (const auto& [id, count] : expected.wanted)
    if (!seen.contains(id) || seen[id] != count)
      out += " " + id + " fires " + std::to_string(seen[id]) + " times, not " +
             std::to_string(count) + ";";
  return out;
}

// The findings of the official rules about one document.
using Judge = std::function<std::vector<Finding>(const std::string& document)>;

Judge by(const schematron::RuleSet& set) {
  return [&set](const std::string& document) { return set.judge(tree_of(document)); };
}

// As a node does it: the document itself says which packs judge it, unless the partner's profile
// does.
Judge by(const documents::Library& library, const std::string& partner = {}) {
  return [&library, partner](const std::string& document) {
    auto findings =
        library.examine(document, {.partner = partner, .findings_max = SIZE_MAX}).report.findings;
    std::erase_if(findings, [](const Finding& finding) {
      return finding.rule.starts_with("XSD-") || finding.rule.starts_with("CB-");
    });
    return findings;
  };
}

int run_vefa(const Judge& judge, const fs::path& folder, int& right) {
  int instances = 0;
  for (const fs::path& file : suites::xml_files(folder)) {
    const std::string bytes = suites::read_file(file);
    const xml::Tree tree = tree_of(bytes);
    TestSet tests(tree);
    const auto scopes = tests.scopes();
    int number = 0;
    for (const auto test : tests.tests()) {
      ++instances;
      ++number;
      const std::string document = suites::write_document(tree, tests.document(test));
      const std::string wrong = differences(judge(document), scopes, tests.expectation(test));
      CHECK_MESSAGE(wrong.empty(), file.filename().string(), " #", number, ":", wrong);
      if (wrong.empty()) ++right;
    }
  }
  return instances;
}

void run_en16931(const Judge& ubl, const Judge& cii, const char* how) {
  const fs::path suite = suites::shared() / "suites" / "en16931";
  int right = 0;
  int all = run_vefa(ubl, suite / "test" / "Invoice-unit-UBL", right);
  all += run_vefa(ubl, suite / "test" / "CreditNote-unit-UBL", right);
  std::printf("en16931 UBL (%s): %d of %d instances as expected\n", how, right, all);
  CHECK(all == 1131);
  right = 0;
  all = run_vefa(cii, suite / "test" / "cii", right);
  std::printf("en16931 CII (%s): %d of %d instances as expected\n", how, right, all);
  CHECK(all == 9);
}

void run_en16931(bool optimise) {
  const fs::path suite = suites::shared() / "suites" / "en16931";
  if (absent(suite, "en16931")) return;
  const auto ubl = rules(suite / "rules" / "EN16931-UBL-validation-preprocessed.sch", optimise);
  const auto cii = rules(suite / "rules" / "EN16931-CII-validation-preprocessed.sch", optimise);
  run_en16931(by(ubl), by(cii), optimise ? "fast" : "plain");
}

// One <?xmute …?> instruction, by its attributes.
std::map<std::string, std::string> instruction_of(View data) {
  std::map<std::string, std::string> out;
  while (true) {
    const std::size_t equals = data.find('=');
    if (equals == View::npos) return out;
    View name = data.substr(0, equals);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\n' || name.back() == '\t'))
      name.remove_suffix(1);
    name = name.substr(name.find_last_of(" \n\t\r") + 1);
    const std::size_t open = data.find_first_of("\"'", equals);
    const std::size_t close = data.find(data[open], open + 1);
    std::string& value = out[std::string(name)];  // three of them say an attribute twice
    if (!value.empty()) value += ' ';
    value += data.substr(open + 1, close - open - 1);
    data.remove_prefix(close + 1);
  }
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out{""};
  for (const char c : text) {
    if (c == at) {
      out.emplace_back();
    } else if (c != ' ' || !out.back().empty()) {
      out.back() += c;
    }
  }
  return out;
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  for (std::string& word : split(text, ' '))
    if (!word.empty()) out.push_back(word.substr(word.find(':') + 1));
  return out;
}

struct Mutants {
  int instructions = 0;
  int documents = 0;
  int skipped = 0;
  int right = 0;
};

void run_mutants(const Judge& judge, const fs::path& file, Mutants& counts) {
  const std::string bytes = suites::read_file(file);
  const xml::Tree tree = tree_of(bytes);
  for (xml::NodeId id = 0; id < tree.size(); ++id) {
    const xml::Node& n = tree.node(id);
    if (n.kind != xml::Kind::instruction || tree.local(n.name) != "xmute") continue;
    ++counts.instructions;
    auto attributes = instruction_of(tree.value(n));
    xml::NodeId target = tree.next_sibling(id);
    while (target != xml::kNone && tree.node(target).kind != xml::Kind::element)
      target = tree.next_sibling(target);
    const std::string mutator = attributes["mutator"];
    const auto values =
        mutator == "code" ? split(attributes["values"], ',') : std::vector<std::string>{""};
    counts.documents += static_cast<int>(values.size());
    if ((attributes["schematron-valid"] + attributes["schematron-invalid"]).find("PEPPOL") !=
        std::string::npos) {
      counts.skipped += static_cast<int>(values.size());
      continue;
    }
    for (const std::string& value : values) {
      suites::Change change;
      change.node = target;
      change.value = value;
      if (mutator == "remove") change.kind = suites::Change::Kind::remove;
      if (mutator == "empty") change.kind = suites::Change::Kind::empty;
      if (mutator == "code") change.kind = suites::Change::Kind::text;
      if (mutator != "remove" && attributes.contains("attribute")) {
        change.kind = suites::Change::Kind::attribute;
        change.attribute = tree.find_name({}, attributes["attribute"]);
      }
      const std::string mutant = suites::write_document(tree, tree.root(), change);
      std::set<std::string> fired;
      for (const Finding& finding : judge(mutant)) fired.insert(finding.rule);
      std::string wrong;
      for (const std::string& rule : words(attributes["schematron-valid"]))
        if (fired.contains(rule)) wrong += " " + rule + " must not fire;";
      for (const std::string& rule : words(attributes["schematron-invalid"]))
        if (!fired.contains(rule)) wrong += " " + rule + " must fire;";
      CHECK_MESSAGE(wrong.empty(), file.filename().string(), " line ", tree.position(id).line, " ",
                    mutator, " \"", value, "\":", wrong);
      if (wrong.empty()) ++counts.right;
    }
  }
}

void run_xrechnung(const Judge& ubl, const Judge& cii, const char* how) {
  const fs::path suite = suites::shared() / "suites" / "xrechnung";
  Mutants counts;
  for (const fs::path& file : suites::xml_files(suite / "test" / "instances"))
    run_mutants(file.string().find("/cii/") == std::string::npos ? ubl : cii, file, counts);
  std::printf(
      "xrechnung (%s): %d of %d documents as expected; %d skipped because they name PEPPOL-EN16931 "
      "rules that are not in the suite; %d instructions make %d documents\n",
      how, counts.right, counts.documents - counts.skipped, counts.skipped, counts.instructions,
      counts.documents);
  CHECK(counts.instructions == 1028);
  CHECK(counts.documents == 1617);
  CHECK(counts.skipped == 696);
}

void run_xrechnung(bool optimise) {
  const fs::path suite = suites::shared() / "suites" / "xrechnung";
  if (absent(suite, "xrechnung")) return;
  const auto ubl = rules_from(suite / "rules", "ubl/XRechnung-UBL-validation.sch", optimise);
  const auto cii = rules_from(suite / "rules", "cii/XRechnung-CII-validation.sch", optimise);
  run_xrechnung(by(ubl), by(cii), optimise ? "fast" : "plain");
}

int fatal_findings(const schematron::RuleSet& set, const fs::path& file) {
  const xml::Tree tree = tree_of(suites::read_file(file));
  int fatal = 0;
  for (const Finding& finding : set.judge(tree)) {
    if (finding.severity != Severity::fatal) continue;
    ++fatal;
    MESSAGE(file.filename().string(), ": ", finding.rule, " ", finding.path, " ", finding.text);
  }
  return fatal;
}

// A partner that judges every invoice as XRechnung, whatever the invoice says it is.
constexpr View kWantsXrechnung = R"({"name": "authority", "edition": "1", "title": "What it takes",
  "publisher": "A test", "licence": "Apache-2.0", "profiles": [{"name": "XRechnung for the authority",
  "match": {"syntax": "ubl", "partners": ["did:web:authority.example"]},
  "check": ["en16931#ubl", "xrechnung#ubl"]}]})";

}  // namespace

TEST_CASE("EN16931: all instances of the official tests, by the plain evaluator") {
  run_en16931(false);
}
TEST_CASE("EN16931: all instances of the official tests, by the fast evaluator") {
  run_en16931(true);
}
TEST_CASE("XRechnung: all mutants that the rules can decide, by the plain evaluator") {
  run_xrechnung(false);
}
TEST_CASE("XRechnung: all mutants that the rules can decide, by the fast evaluator") {
  run_xrechnung(true);
}

TEST_CASE("EN16931 and XRechnung through packs and recognition alone") {
  if (absent(suites::shared() / "suites" / "en16931", "en16931 through packs")) return;
  auto packs = suites::shared_packs();
  packs.push_back({*documents::read_manifest(kWantsXrechnung), {}});
  const documents::Library library(std::move(packs));
  run_en16931(by(library), by(library), "packs");
  // Two mutants say no more that they are XRechnung, and expect to be told: that can only be asked
  // of them by a partner who takes nothing else.
  int by_partner = 0;
  const Judge ubl = [&](const std::string& document) {
    const bool says_so = document.contains("xrechnung_3.0");
    if (!says_so) ++by_partner;
    return by(library, says_so ? "" : "did:web:authority.example")(document);
  };
  run_xrechnung(ubl, by(library), "packs");
  CHECK(by_partner == 2);
}

TEST_CASE("the example documents of the suites are clean") {
  const fs::path suite = suites::shared() / "suites" / "en16931";
  if (absent(suite, "en16931 examples")) return;
  const auto ubl = rules(suite / "rules" / "EN16931-UBL-validation-preprocessed.sch", true);
  const auto cii = rules(suite / "rules" / "EN16931-CII-validation-preprocessed.sch", true);
  int documents = 0;
  int clean = 0;
  const auto run = [&](const schematron::RuleSet& set, const fs::path& folder) {
    for (const fs::path& file : suites::xml_files(folder)) {
      ++documents;
      if (fatal_findings(set, file) == 0) ++clean;
    }
  };
  run(ubl, suite / "test" / "testfiles");
  run(ubl, suites::shared() / "data" / "documents" / "ubl");
  run(cii, suites::shared() / "data" / "documents" / "cii");
  std::printf("examples: %d of %d documents without fatal finding\n", clean, documents);
}
