// SPDX-License-Identifier: Apache-2.0
// What checking a document costs: tree, rules, compiling, and how it grows with the document. One
// line a figure: name value unit. Reads the official rules and examples of ../shared.
#include <time.h>

#include <cstdio>
#include <cstring>

#include "documents/schematron/suite_test_files.h"

using namespace corridor;
namespace fs = std::filesystem;

namespace {

// CPU time of this thread: what else the machine does is not counted.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The best mean of several short rounds.
template <class Work>
double best_seconds(double budget, Work work) {
  constexpr double kRound = 0.004;
  double best = 1e9;
  const double end = seconds_now() + budget;
  do {
    const double start = seconds_now();
    int runs = 0;
    do {
      work();
      ++runs;
    } while (seconds_now() - start < kRound);
    best = std::min(best, (seconds_now() - start) / runs);
  } while (seconds_now() < end);
  return best;
}

void line(const std::string& name, double value, const char* unit) {
  std::printf("%-44s %12.3f %s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

// An invoice of `count` lines: the lines of the example over and over, numbered.
std::string many_lines(const std::string& example, std::size_t count) {
  const std::string open = "<cac:InvoiceLine>";
  const std::string close = "</cac:InvoiceLine>";
  const std::size_t first = example.find(open);
  const std::size_t last = example.rfind(close) + close.size();
  std::vector<std::string> lines;
  for (std::size_t at = first; at != std::string::npos && at < last;
       at = example.find(open, at + 1))
    lines.push_back(example.substr(at, example.find(close, at) + close.size() - at));
  std::string out = example.substr(0, first);
  for (std::size_t i = 0; i < count; ++i) {
    std::string one = lines[i % lines.size()];
    const std::size_t id = one.find("<cbc:ID>") + 8;
    one.replace(id, one.find('<', id) - id, std::to_string(i + 1));
    out += one + "\n  ";
  }
  return out + example.substr(last);
}

double measure(const std::string& name, const schematron::RuleSet& rules,
               const std::string& bytes) {
  const auto tree = xml::parse(bytes);
  if (!tree) return 0;
  const double budget = 0.3;
  const double parse = best_seconds(budget, [&] { (void)xml::parse(bytes); });
  const double check = best_seconds(budget, [&] { (void)rules.check(*tree); });
  const auto outcome = rules.check(*tree);
  line(name + "_bytes", static_cast<double>(bytes.size()), "bytes");
  line(name + "_tree", parse * 1e6, "us");
  line(name + "_tree_rate", static_cast<double>(bytes.size()) / parse / 1e6, "MB/s");
  line(name + "_check", check * 1e6, "us");
  line(name + "_total", (parse + check) * 1e6, "us");
  line(name + "_fired_rules", static_cast<double>(outcome.fired_rules), "rules");
  line(name + "_assertions", static_cast<double>(outcome.checked_assertions), "assertions");
  line(name + "_findings", static_cast<double>(outcome.hits.size()), "findings");
  return parse + check;
}

}  // namespace

int main(int argc, char** argv) {
  const bool plain = argc > 1 && std::strcmp(argv[1], "--plain") == 0;
  const fs::path suite = suites::shared() / "suites" / "en16931" / "rules";
  const fs::path documents = suites::shared() / "data" / "documents";
  if (!fs::is_directory(suite)) {
    std::printf("SKIPPED schematron_bench: ../shared is not here\n");
    return 0;
  }
  schematron::CompileOptions options;
  options.optimise = !plain;
  const auto open = suites::open_in(suite);
  const auto compile = [&](const char* file) { return schematron::compile(file, open, options); };
  const auto ubl = compile("EN16931-UBL-validation-preprocessed.sch");
  const auto cii = compile("EN16931-CII-validation-preprocessed.sch");
  if (!ubl || !cii) {
    std::printf("cannot compile the rules: %s\n", (!ubl ? ubl.error() : cii.error()).why.c_str());
    return 1;
  }
  line("compile_ubl",
       best_seconds(0.3, [&] { (void)compile("EN16931-UBL-validation-preprocessed.sch"); }) * 1e3,
       "ms");
  line("compile_cii",
       best_seconds(0.3, [&] { (void)compile("EN16931-CII-validation-preprocessed.sch"); }) * 1e3,
       "ms");
  const std::string example = suites::read_file(documents / "ubl" / "ubl-tc434-example1.xml");
  measure("ubl_21kB", *ubl, example);
  std::string cii_example;
  for (const fs::path& file : suites::xml_files(documents / "cii"))
    if (cii_example.empty()) cii_example = suites::read_file(file);
  measure("cii", *cii, cii_example);
  const double thousand = measure("ubl_1000_lines", *ubl, many_lines(example, 1000));
  const double four = measure("ubl_4000_lines", *ubl, many_lines(example, 4000));
  line("growth_4000_over_1000", four / thousand, "times");
  return 0;
}
