// SPDX-License-Identifier: Apache-2.0
//
// A whole check as a node makes it, by packs that the document chooses itself: recognised, read,
// structure and rules judged. Beside it its parts, and libxml2 reading the same bytes into its tree
// and doing nothing else. CPU time of one thread, the best of many rounds: name value unit.
#if __has_include(<libxml/parser.h>)
#include <libxml/parser.h>
#define CORRIDOR_HAS_LIBXML2
#endif

#include <sys/resource.h>

#include <cstdio>
#include <ctime>

#include "documents/packs/part.h"
#include "documents/packs/shared_packs_test_files.h"
#include "documents/recognise/recognise.h"

using namespace corridor;

namespace {

double cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <class Work>
double best_us(Work work, int rounds = 400) {
  double best = 1e18;
  for (int i = 0; i < rounds; ++i) {
    const double start = cpu_us();
    work();
    best = std::min(best, cpu_us() - start);
  }
  return best;
}

void libxml2_reads(const char* name, const std::string& text, double ours) {
#ifdef CORRIDOR_HAS_LIBXML2
  const double peer = best_us([&] {
    xmlFreeDoc(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, XML_PARSE_NONET));
  });
  std::printf("packs_%s_libxml2_dom_alone %.1f us\n", name, peer);
  std::printf("packs_%s_check_over_libxml2_dom %.2f times\n", name, ours / peer);
#else
  (void)name, (void)text, (void)ours;
#endif
}

void measure(const documents::Library& library, const char* name, const std::string& file) {
  const std::string text = suites::read_file(suites::shared() / "data" / "documents" / file);
  const auto report = library.examine(text, {}).report;
  std::printf("packs_%s %zu bytes by %s\n", name, text.size(), report.rules.c_str());
  const double whole = best_us([&] { (void)library.examine(text, {}); });
  std::printf("packs_%s_recognise %.2f us\n", name,
              best_us([&] { (void)documents::recognise_head(text); }));
  std::printf("packs_%s_check_with_reading %.1f us\n", name, whole);
  if (!text.starts_with("UN")) {
    const double tree = best_us([&] { (void)xml::parse(text); });
    std::printf("packs_%s_tree %.1f us\n", name, tree);
    std::printf("packs_%s_structure_and_rules %.1f us\n", name, whole - tree);
    libxml2_reads(name, text, whole);
  } else {
    std::printf("packs_%s_check_speed %.0f MB/s\n", name, static_cast<double>(text.size()) / whole);
  }
}

}  // namespace

int main() {
  if (!std::filesystem::is_directory(suites::shared() / "suites" / "en16931")) {
    std::puts("SKIPPED packs_bench: ../shared is not here");
    return 0;
  }
  const documents::Library library(suites::shared_packs());
  measure(library, "ubl", "ubl/ubl-tc434-example1.xml");
  measure(library, "cii", "cii/CII_example1.xml");
  measure(library, "xrechnung", "pairs/01.01a-INVOICE_ubl.xml");
  measure(library, "order", "logistics/UBL-Order-2.1-Example.xml");
  measure(library, "edifact", "edifact/EDIFACT_EXAMPLE1.TXT");
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("packs_resident_at_most %ld kB\n", usage.ru_maxrss);
  return 0;
}
