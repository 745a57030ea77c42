// SPDX-License-Identifier: Apache-2.0
//
// corridor-sim [--seed N [--trace]] [--seeds FROM-TO] [--seconds S]: runs the scenario for one seed
// or for many; exit 1 when a promise is broken, with the seed that shows it.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "scenario.h"

namespace {

struct Options {
  std::uint64_t from = 1;
  std::uint64_t to = 200;
  double seconds = 0;  // 0: no limit
  bool trace = false;
};

bool number(const char* text, std::uint64_t& out, char end = '\0') {
  const char* const stop = end == '\0' ? text + std::strlen(text) : std::strchr(text, end);
  if (stop == nullptr) return false;
  const auto [at, error] = std::from_chars(text, stop, out);
  return error == std::errc{} && at == stop;
}

bool read(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const char* const value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--trace") {
      options.trace = true;
      continue;
    }
    ++i;
    std::uint64_t n = 0;
    if (option == "--seed" && number(value, n)) {
      options.from = options.to = n;
    } else if (option == "--seeds" && number(value, options.from, '-') &&
               number(std::strchr(value, '-') + 1, options.to)) {
      continue;
    } else if (option == "--seconds" && number(value, n)) {
      options.seconds = static_cast<double>(n);
    } else {
      std::fprintf(stderr, "usage: corridor-sim [--seed N [--trace]] [--seeds FROM-TO] [--seconds S]\n");
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read(argc, argv, options)) return 2;
  const auto begin = std::chrono::steady_clock::now();
  std::size_t runs = 0, answered = 0, refused = 0, looked = 0;
  int crashes = 0, bad = 0;
  for (std::uint64_t seed = options.from; seed <= options.to; ++seed) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    if (options.seconds > 0 && spent.count() > options.seconds) break;
    const auto outcome = corridor::sim::run_scenario(seed, options.trace);
    ++runs;
    answered += outcome.answered;
    refused += outcome.refused;
    looked += outcome.looked;
    crashes += outcome.crashes;
    if (options.trace)
      std::printf("fingerprint %016llx\n", static_cast<unsigned long long>(outcome.fingerprint));
    if (outcome.broken.empty()) continue;
    ++bad;
    std::printf("seed %llu is broken:\n", static_cast<unsigned long long>(seed));
    for (const auto& line : outcome.broken) std::printf("  %s\n", line.c_str());
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  std::printf("%zu seeds, %d broken; %zu documents across, %zu refused, %d crashes, %zu checks, %.1f s\n",
              runs, bad, answered, refused, crashes, looked, spent.count());
  return bad == 0 ? 0 : 1;
}
