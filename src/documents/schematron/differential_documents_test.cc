// SPDX-License-Identifier: Apache-2.0
// Mutated documents with whole rule sets: the fast evaluator against the plain one, and against
// Saxon-HE running the same schema as a style sheet.
#include "documents/schematron/saxon_style.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdio>
#include <random>

using namespace corridor;
namespace fs = std::filesystem;

namespace {

using Findings = std::multiset<std::pair<std::string, std::uint32_t>>;

schematron::RuleSet compiled(const fs::path& folder, std::string_view file, bool optimise) {
  schematron::CompileOptions options;
  options.optimise = optimise;
  auto rules = schematron::compile(file, suites::open_in(folder), options);
  REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : rules.error().why));
  return std::move(*rules);
}

// A document with some of its values and elements changed.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::string run(std::string text) {
    const std::size_t edits = 1 + random_() % 3;
    for (std::size_t i = 0; i < edits; ++i) {
      auto tree = xml::parse(text);
      if (!tree) return text;
      text = once(*tree);
    }
    return text;
  }

 private:
  std::string once(const xml::Tree& tree) {
    std::vector<xml::NodeId> elements;
    for (xml::NodeId id = tree.root() + 1; id < tree.size(); ++id)
      if (tree.node(id).kind == xml::Kind::element) elements.push_back(id);
    if (elements.empty()) return suites::write_document(tree, tree.root());
    suites::Change change;
    change.node = elements[random_() % elements.size()];
    static const char* const kValues[] = {
        "",    "0",   "-1",   "1.005", "100", "S",  "Z",          "E",
        "AE",  "VAT", "true", "false", "EUR", "XX", "2024-02-30", "2024-01-31",
        "abc", " 7 ", "1e3",  "380",   "DE",  "O",  "12345.678",  "0088"};
    switch (random_() % 8) {
      case 0:
      case 1: change.kind = suites::Change::Kind::remove; break;
      case 2: change.kind = suites::Change::Kind::empty; break;
      case 3:
        change.kind = suites::Change::Kind::attribute;
        change.value = kValues[random_() % std::size(kValues)];
        if (tree.node(change.node).attributes > 0)
          change.attribute = tree.node(change.node + 1).name;
        break;
      case 4: change.kind = suites::Change::Kind::twice; break;
      default: {
        xml::NodeId leaf = change.node;
        while (tree.node(leaf).mixed && leaf + 1 < tree.node(leaf).end) {
          ++leaf;
          while (leaf < tree.node(change.node).end && tree.node(leaf).kind != xml::Kind::element)
            ++leaf;
          if (leaf >= tree.node(change.node).end) break;
        }
        if (leaf < tree.size() && tree.node(leaf).kind == xml::Kind::element) change.node = leaf;
        change.kind = suites::Change::Kind::text;
        change.value = kValues[random_() % std::size(kValues)];
      }
    }
    return suites::write_document(tree, tree.root(), change);
  }

  std::mt19937_64 random_;
};

std::uint32_t elements_before(const xml::Tree& tree, xml::NodeId node) {
  std::uint32_t count = 0;
  for (xml::NodeId id = 0; id < node; ++id)
    if (tree.node(id).kind == xml::Kind::element) ++count;
  return count;
}

Findings findings_of(const schematron::RuleSet& rules, const xml::Tree& tree, bool& errors) {
  Findings out;
  for (const schematron::Hit& hit : rules.check(tree).hits) {
    errors = errors || hit.rule_error;
    out.emplace((hit.rule_error ? "!" : "") + rules.assertion(hit).id,
                elements_before(tree, hit.node));
  }
  return out;
}

std::string shown(const Findings& a, const Findings& b) {
  std::string out;
  for (const auto& [id, at] : a)
    if (!b.contains({id, at})) out += " " + id + "@" + std::to_string(at);
  return out;
}

struct Pack {
  const char* name;
  fs::path folder;
  std::string file;
  std::vector<fs::path> documents;
};

std::vector<Pack> packs() {
  const fs::path suites_folder = suites::shared() / "suites";
  const fs::path documents = suites::shared() / "data" / "documents";
  const fs::path en = suites_folder / "en16931" / "rules";
  const fs::path xr = suites_folder / "xrechnung" / "rules";
  auto ubl = suites::xml_files(documents / "ubl");
  auto cii = suites::xml_files(documents / "cii");
  for (const fs::path& file : suites::xml_files(documents / "pairs"))
    (file.string().ends_with("_ubl.xml") ? ubl : cii).push_back(file);
  return {{"en16931-ubl", en, "EN16931-UBL-validation-preprocessed.sch", ubl},
          {"en16931-cii", en, "EN16931-CII-validation-preprocessed.sch", cii},
          {"xrechnung-ubl", xr, "ubl/XRechnung-UBL-validation.sch", ubl},
          {"xrechnung-cii", xr, "cii/XRechnung-CII-validation.sch", cii}};
}

}  // namespace

TEST_CASE("the fast evaluator agrees with the plain one on mutated documents") {
  if (!fs::is_directory(suites::shared() / "suites" / "en16931")) {
    std::printf("SKIPPED mutated documents: ../shared is not here\n");
    return;
  }
  int documents = 0;
  int agree = 0;
  for (const Pack& pack : packs()) {
    const auto plain = compiled(pack.folder, pack.file, false);
    const auto fast = compiled(pack.folder, pack.file, true);
    Mutator mutator(7);
    for (int i = 0; i < 60; ++i) {
      const std::string text = mutator.run(
          suites::read_file(pack.documents[static_cast<std::size_t>(i) % pack.documents.size()]));
      const auto tree = xml::parse(text);
      REQUIRE(tree.has_value());
      bool errors = false;
      const Findings a = findings_of(plain, *tree, errors);
      const Findings b = findings_of(fast, *tree, errors);
      ++documents;
      CHECK_MESSAGE(a == b, pack.name, " #", i, ": only plain", shown(a, b), "; only fast",
                    shown(b, a));
      if (a == b) ++agree;
    }
  }
  std::printf("mutated documents: fast and plain agree on %d of %d\n", agree, documents);
}

TEST_CASE("the fast evaluator agrees with Saxon-HE on mutated documents") {
  const fs::path jar = "/usr/share/java/Saxon-HE.jar";
  const fs::path driver = fs::path(CORRIDOR_SOURCE_DIR) / "bench" / "saxon" / "SaxonRun.java";
  const char* all = std::getenv("CORRIDOR_SAXON");  // `make differential`: all; 0: none
  if ((all != nullptr && *all == '0') || !fs::exists(jar) || !fs::exists(driver) ||
      !fs::is_directory(suites::shared() / "suites" / "en16931") ||
      std::system("java --list-modules 2>/dev/null | grep -q '^jdk.compiler'") != 0) {
    std::printf(
        "SKIPPED saxon documents: Saxon-HE, a Java 17 development kit or ../shared is not here, or "
        "it is not wanted\n");
    return;
  }
  const fs::path folder = fs::temp_directory_path() / ("corridor-saxon-documents-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream report(folder / "differences.txt");
  const int kDocuments = all != nullptr ? 600 : 40;
  for (const Pack& pack : packs()) {
    if (all == nullptr && std::string_view(pack.name) != "xrechnung-ubl") continue;
    const auto open = suites::open_in(pack.folder);
    auto schema = schematron::read_schema(pack.file, open);
    REQUIRE(schema.has_value());
    const fs::path sheet = folder / (std::string(pack.name) + ".xsl");
    std::ofstream(sheet) << suites::style_sheet(**schema);
    Mutator mutator(11);
    std::vector<std::string> texts;
    std::ofstream list(folder / "list.txt");
    for (int i = 0; i < kDocuments; ++i) {
      texts.push_back(mutator.run(
          suites::read_file(pack.documents[static_cast<std::size_t>(i) % pack.documents.size()])));
      const fs::path file = folder / (std::to_string(i) + ".xml");
      std::ofstream(file) << texts.back();
      list << file.string() << "\n";
    }
    list.close();
    const std::string command = "java -Duser.timezone=UTC -cp " + jar.string() + " " +
                                driver.string() + " rules " + sheet.string() + " " +
                                (folder / "list.txt").string() + " " +
                                (folder / "answers.txt").string() + " 2> " +
                                (folder / "saxon.log").string();
    REQUIRE(std::system(command.c_str()) == 0);
    const auto rules = compiled(pack.folder, pack.file, true);
    std::ifstream answers(folder / "answers.txt");
    int same = 0;
    int aborted = 0;
    int different = 0;
    std::size_t findings = 0;
    for (int i = 0; i < kDocuments; ++i) {
      Findings theirs;
      bool stopped = false;
      for (std::string line; std::getline(answers, line) && !line.empty();) {
        if (line.starts_with("ERROR")) {
          stopped = true;
          continue;
        }
        const std::size_t space = line.rfind(' ');
        theirs.emplace(line.substr(0, space),
                       static_cast<std::uint32_t>(std::stoul(line.substr(space + 1))));
      }
      const auto tree = xml::parse(texts[static_cast<std::size_t>(i)]);
      REQUIRE(tree.has_value());
      bool errors = false;
      const Findings ours = findings_of(rules, *tree, errors);
      findings += ours.size();
      if (stopped && errors) {
        ++aborted;  // their run ends at the error that we report as a finding
      } else if (!stopped && ours == theirs) {
        ++same;
      } else {
        ++different;
        report << pack.name << " #" << i << (stopped ? " saxon stopped" : "") << ": only ours"
               << shown(ours, theirs) << "; only saxon" << shown(theirs, ours) << "\n";
      }
    }
    std::printf(
        "%s against Saxon-HE: %d mutated documents, %zu findings, %d the same, %d with an error in "
        "both, "
        "%d different\n",
        pack.name, kDocuments, findings, same, aborted, different);
    CHECK(different == 0);
  }
  if (all == nullptr) fs::remove_all(folder);
}
