// SPDX-License-Identifier: Apache-2.0
// What the structure of a document costs to check, beside libxml2 in the same run; and what the
// schemas cost to compile, to save and to restore. One line a figure: name value unit. Reads the
// schemas and documents of ../shared.
#include <time.h>

#include <cstdio>
#include <cstdlib>

#include "documents/xsd/oracle_test_files.h"

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
  constexpr double kRound = 0.002;
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

fs::path shared() {
  const char* const named = std::getenv("CORRIDOR_SHARED");
  return named != nullptr ? fs::path(named) : fs::path(CORRIDOR_SOURCE_DIR) / ".." / "shared";
}

// An invoice with the stretch between its first and last line repeated.
std::string many_lines(const std::string& text, std::size_t times) {
  const std::string close = "</cac:InvoiceLine>";
  const std::size_t first = text.find("<cac:InvoiceLine>");
  const std::size_t last = text.rfind(close) + close.size();
  std::string out = text.substr(0, first);
  for (std::size_t i = 0; i < times; ++i) out += text.substr(first, last - first);
  return out + text.substr(last);
}

struct Standard {
  std::string name;
  fs::path folder;
  std::vector<std::string> paths;
  std::vector<std::pair<std::string, std::string>> documents;
};

void measure(const Standard& standard) {
  const auto open = xsd::open_in(standard.folder);
  const auto schema = xsd::compile(standard.paths, open);
  if (!schema) return std::printf("%s\n", schema.error().why.c_str()), void();
  const std::string& name = standard.name;
  const xsd::Facts facts = schema->facts();
  line(name + "_files", static_cast<double>(facts.files), "files");
  line(name + "_elements", static_cast<double>(facts.elements), "elements");
  line(name + "_types", static_cast<double>(facts.types), "types");
  line(name + "_tables", static_cast<double>(facts.bytes), "bytes");
  line(name + "_compile",
       best_seconds(0.5, [&] { (void)xsd::compile(standard.paths, open); }) * 1e3, "ms");
  const Bytes saved = schema->save();
  line(name + "_saved", static_cast<double>(saved.size()), "bytes");
  line(name + "_restore", best_seconds(0.3, [&] { (void)xsd::restore(saved); }) * 1e3, "ms");
#ifdef CORRIDOR_HAS_LIBXML2
  const double start = seconds_now();
  const xsd::Oracle oracle(standard.folder, standard.paths);
  line(name + "_libxml2_compile", (seconds_now() - start) * 1e3, "ms");
#endif
  for (const auto& [what, text] : standard.documents) {
    const auto tree = xml::parse(text);
    if (!tree) continue;
    const std::string prefix = name + "_" + what;
    line(prefix + "_bytes", static_cast<double>(text.size()), "bytes");
    line(prefix + "_findings", static_cast<double>(schema->check(*tree).size()), "findings");
    line(prefix + "_tree", best_seconds(0.3, [&] { (void)xml::parse(text); }) * 1e6, "us");
    const double ours = best_seconds(0.5, [&] { (void)schema->check(*tree); });
    line(prefix + "_check", ours * 1e6, "us");
    line(prefix + "_rate", static_cast<double>(text.size()) / ours / 1e6, "MB/s");
#ifdef CORRIDOR_HAS_LIBXML2
    const auto document = xsd::Oracle::parse(text);
    const double theirs = best_seconds(0.5, [&] { (void)oracle.judge(*document); });
    line(prefix + "_libxml2_tree",
         best_seconds(0.3, [&] { (void)xsd::Oracle::parse(text); }) * 1e6, "us");
    line(prefix + "_libxml2_check", theirs * 1e6, "us");
    line(prefix + "_check_libxml2_over_corridor", theirs / ours, "times");
#endif
  }
#ifndef CORRIDOR_HAS_LIBXML2
  std::printf("SKIPPED libxml2: it was not there when this was built\n");
#endif
}

}  // namespace

int main() {
  const fs::path schemas = shared() / "data" / "schemas";
  const fs::path documents = shared() / "data" / "documents";
  if (!fs::is_directory(schemas)) {
    std::printf("SKIPPED xsd_bench: ../shared is not here\n");
    return 0;
  }
  double load = 0;
  (void)::getloadavg(&load, 1);
  line("load_average", load, "processes");
  const std::string invoice = *xsd::open_in(documents)("ubl/ubl-tc434-example1.xml");
  const std::string cii = *xsd::open_in(documents)("cii/CII_example1.xml");
  const fs::path ubl = schemas / "ubl-2.1";
  measure({"ubl", ubl, xsd::ubl_documents(ubl),
           {{"21kB", invoice}, {"1000_lines", many_lines(invoice, 200)}}});
  measure({"ubl_invoice", ubl, {"maindoc/UBL-Invoice-2.1.xsd"}, {}});
  measure({"cii", schemas / "cii-d16b", xsd::cii_documents(), {{"example1", cii}}});
  return 0;
}
