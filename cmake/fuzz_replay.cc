// SPDX-License-Identifier: Apache-2.0
//
// Stands in for libFuzzer in normal builds: runs a fuzz target over its corpus and over seeded
// mutations of it, so that every test run feeds every parser garbage. A crash is a failed test.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutate(std::string input, std::mt19937& random) {
  const unsigned edits = 1 + random() % 4;
  for (unsigned i = 0; i < edits && !input.empty(); ++i) {
    const std::size_t at = random() % input.size();
    switch (random() % 5) {
      case 0: input[at] = static_cast<char>(random()); break;
      case 1: input.erase(at, 1 + random() % 16); break;
      case 2: input.insert(at, 1, "<>&'\"{}[]:,+?/\\\0"[random() % 16]); break;
      case 3: input.insert(at, input.substr(random() % input.size(), random() % 64)); break;
      default: input.resize(at); break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> corpus{""};
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      std::fprintf(stderr, "fuzz: no corpus folder %s\n", argv[i]);
      return 1;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  if (corpus.size() < 2) {
    std::fprintf(stderr, "fuzz: the corpus is empty\n");
    return 1;
  }
  std::mt19937 random(20'26);
  std::size_t runs = 0;
  for (const auto& input : corpus) run(input), ++runs;
  for (std::size_t i = 0; i < 2'000; ++i, ++runs)
    run(mutate(corpus[random() % corpus.size()], random));
  std::printf("fuzz: %zu inputs, %zu of them the corpus\n", runs, corpus.size());
  return 0;
}
