// SPDX-License-Identifier: Apache-2.0
//
// Reading an interchange: segments only, the tree, the tree with the check against its directory;
// on a large ORDERS of ../shared and on the INVOIC of the examples. Beside them what the machine can
// do at most with the same bytes: copy them, and search them for one character. CPU time, the best
// of many rounds: name value unit.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "documents/edifact/interchange.h"
#include "documents/edifact/segments.h"

namespace {

using corridor::View;

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t sink = 0;

template <class Work>
void megabytes(const std::string& name, View bytes, Work work) {
  const int calls = static_cast<int>(std::max<std::size_t>(1, 400'000 / bytes.size()));
  double best = 1e9;
  for (int round = 0; round < 40; ++round) {
    const double start = cpu_seconds();
    for (int i = 0; i < calls; ++i) sink += work(bytes);
    best = std::min(best, (cpu_seconds() - start) / calls);
  }
  std::printf("edifact_%s %.0f MB/s\n", name.c_str(), static_cast<double>(bytes.size()) / best / 1e6);
}

std::size_t copy(View bytes) {
  static std::vector<char> to;
  to.resize(bytes.size());
  std::memcpy(to.data(), bytes.data(), bytes.size());
  return static_cast<unsigned char>(to.back());
}

std::size_t find_terminators(View bytes) {
  std::size_t count = 0;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while ((at = static_cast<const char*>(
              std::memchr(at, '\'', static_cast<std::size_t>(end - at)))) != nullptr) {
    ++count;
    ++at;
  }
  return count;
}

std::size_t segments(View bytes) {
  corridor::documents::Segments in(bytes);
  std::size_t parts = 0;
  while (in.next()) parts += in.parts().size();
  return parts;
}

std::size_t tree(View bytes) {
  const auto out = corridor::documents::read_interchange(bytes);
  return out ? out->size() : 0;
}

void measure(const std::string& name, const std::string& text) {
  std::printf("edifact_%s_size %zu bytes\n", name.c_str(), text.size());
  megabytes(name + "_copy", text, copy);
  megabytes(name + "_memchr", text, find_terminators);
  megabytes(name + "_segments", text, segments);
  megabytes(name + "_tree", text, tree);
}

}  // namespace

int main() {
  const std::string shared = CORRIDOR_SOURCE_DIR "/../shared/data/documents/edifact/";
  const std::string orders = file_text(shared + "orders-d96a-large.edi");
  if (orders.empty()) {
    std::puts("SKIPPED data/documents/edifact: ../shared is not here");
  } else {
    measure("orders", orders);
  }
  measure("invoice", file_text(CORRIDOR_SOURCE_DIR "/examples/invoice-edifact.edi"));
  return sink == 1 ? 1 : 0;
}
