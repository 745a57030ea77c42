// SPDX-License-Identifier: Apache-2.0
//
// One check of a UBL invoice of about 20 kB, and a DOM parse of the same bytes by libxml2 beside
// it; of the examples as they are; and the first check of a process, which compiles the rules. They
// take turns; printed is the median of the rounds: name value unit.
#if __has_include(<libxml/parser.h>)
#include <libxml/parser.h>
#define CORRIDOR_HAS_LIBXML2
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "documents/documents.h"
#include "documents/xml/tree.h"

namespace {

using corridor::documents::check;

constexpr int kRounds = 2'000;

std::string example(const std::string& name) {
  std::ifstream file(CORRIDOR_SOURCE_DIR "/examples/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The example with more lines: each is free, so that the totals stay right.
std::string invoice(std::size_t bytes) {
  std::string text = example("invoice-ubl.xml");
  const std::size_t from = text.find("  <cac:InvoiceLine>");
  const std::string close = "</cac:InvoiceLine>\n";
  const std::size_t size = text.find(close, from) + close.size() - from;
  const std::string line = text.substr(from, size);
  for (int id = 100; text.size() < bytes; ++id) {
    std::string more = line;
    const auto put = [&](const std::string& was, const std::string& is) {
      more.replace(more.find(was), was.size(), is);
    };
    put(">1<", ">" + std::to_string(id) + "<");
    put(">3460.00<", ">0.00<");
    put(">86.50<", ">0.00<");
    text.insert(from, more);
  }
  return text;
}

template <class Work>
double microseconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return took.count();
}

double median(std::vector<double>& values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main() {
  const std::string text = invoice(20'000);
  const std::string small[] = {example("invoice-ubl.xml"), example("invoice-cii.xml"),
                               example("invoice-edifact.edi")};
  const char* const syntax[] = {"ubl", "cii", "edifact"};
  for (int i = 0; i < 3; ++i)
    std::printf("documents_first_check_%s %.0f us\n", syntax[i],
                microseconds([&] { (void)check(small[i]); }));
  if (!check(text).valid() || !check(text).findings.empty()) {
    std::fputs("the invoice of the benchmark is not valid\n", stderr);
    return 1;
  }
  std::vector<double> checks;
  std::vector<double> small_checks[3];
  std::vector<double> recognitions;
  std::vector<double> trees;
  std::vector<double> peers;
  for (int round = 0; round < kRounds; ++round) {
    checks.push_back(microseconds([&] { (void)check(text); }));
    for (int i = 0; i < 3; ++i)
      small_checks[i].push_back(microseconds([&] { (void)check(small[i]); }));
    recognitions.push_back(microseconds([&] { (void)corridor::documents::recognise(text); }));
    trees.push_back(microseconds([&] { (void)corridor::xml::parse(text); }));
#ifdef CORRIDOR_HAS_LIBXML2
    peers.push_back(microseconds([&] {
      xmlFreeDoc(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                               XML_PARSE_NONET));
    }));
#endif
  }
  std::printf("documents_invoice %zu bytes\n", text.size());
  std::printf("documents_check %.1f us\n", median(checks));
  for (int i = 0; i < 3; ++i)
    std::printf("documents_check_%s_%zu_bytes %.1f us\n", syntax[i], small[i].size(),
                median(small_checks[i]));
  std::printf("documents_recognise %.1f us\n", median(recognitions));
  std::printf("documents_tree %.1f us\n", median(trees));
  if (!peers.empty()) std::printf("libxml2_dom %.1f us\n", median(peers));
  return 0;
}
