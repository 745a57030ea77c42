// SPDX-License-Identifier: Apache-2.0
//
// corridor-sim [--seed N [--trace]] [--seeds FROM-TO] [--jobs N] [--messages FILE]: runs the scenario
// for one seed or for many, on all cores; exit 1 when a promise is broken, with the seed that shows it.
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "scenario.h"

namespace {

struct Options {
  std::uint64_t from = 1;
  std::uint64_t to = 200;
  std::uint64_t jobs = 0;  // 0: one a core
  bool trace = false;
  std::string messages;
};

// What a job tells of its share of the seeds.
struct Sum {
  std::uint64_t runs = 0, bad = 0, answered = 0, refused = 0, agreements = 0, moves = 0, crashes = 0,
                looked = 0, answers = 0;
  void add(const Sum& other) {
    runs += other.runs, bad += other.bad, answered += other.answered, refused += other.refused;
    agreements += other.agreements, moves += other.moves, crashes += other.crashes;
    looked += other.looked, answers += other.answers;
  }
};

bool number(const char* text, std::uint64_t& out, char end = '\0') {
  const char* const stop = end == '\0' ? text + std::strlen(text) : std::strchr(text, end);
  if (stop == nullptr) return false;
  const auto [at, error] = std::from_chars(text, stop, out);
  return error == std::errc{} && at == stop;
}

bool read_options(int argc, char** argv, Options& options) {
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
    } else if (option == "--jobs" && number(value, n)) {
      options.jobs = n;
    } else if (option == "--messages" && *value != '\0') {
      options.messages = value;
    } else {
      std::fprintf(stderr,
                   "usage: corridor-sim [--seed N [--trace]] [--seeds FROM-TO] [--jobs N] "
                   "[--messages FILE]\n");
      return false;
    }
  }
  return true;
}

Sum run_share(const Options& options, std::uint64_t first, std::uint64_t step, std::FILE* messages) {
  Sum sum;
  for (std::uint64_t seed = options.from + first; seed <= options.to; seed += step) {
    const auto outcome = corridor::sim::run_scenario(seed, options.trace, messages);
    sum.add({1, outcome.broken.empty() ? 0U : 1U, outcome.answered, outcome.refused,
             outcome.agreements, outcome.moves, static_cast<std::uint64_t>(outcome.crashes),
             outcome.looked, outcome.answers});
    if (options.trace)
      std::printf("fingerprint %016llx\n", static_cast<unsigned long long>(outcome.fingerprint));
    std::string text;
    for (const auto& line : outcome.broken) text += "  " + line + "\n";
    if (!text.empty())
      std::printf("seed %llu is broken:\n%s", static_cast<unsigned long long>(seed), text.c_str());
  }
  std::fflush(stdout);
  return sum;
}

// One process a job: seeds share nothing, so nothing needs to be shared.
Sum run_jobs(const Options& options, std::uint64_t jobs) {
  Sum sum;
  std::vector<int> pipes;
  for (std::uint64_t job = 0; job < jobs; ++job) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    if (fork() == 0) {
      const Sum share = run_share(options, job, jobs, nullptr);
      const bool told = ::write(ends[1], &share, sizeof share) == sizeof share;
      _exit(told ? 0 : 1);
    }
    close(ends[1]);
    pipes.push_back(ends[0]);
  }
  for (const int end : pipes) {
    Sum share;
    if (::read(end, &share, sizeof share) != sizeof share) share = {0, 1, 0, 0, 0, 0, 0, 0, 0};
    sum.add(share);
    close(end);
  }
  while (wait(nullptr) > 0) {
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) return 2;
  const auto begin = std::chrono::steady_clock::now();
  const std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::uint64_t jobs = options.jobs != 0 ? options.jobs : cores;
  std::FILE* messages = nullptr;
  if (!options.messages.empty()) {
    messages = std::fopen(options.messages.c_str(), "w");
    if (messages == nullptr) return std::perror(options.messages.c_str()), 2;
  }
  const bool alone = options.trace || messages != nullptr || options.from == options.to || jobs == 1;
  const Sum sum = alone ? run_share(options, 0, 1, messages) : run_jobs(options, jobs);
  if (messages != nullptr) std::fclose(messages);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  const auto n = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("%llu seeds, %llu broken; %llu documents across, %llu refused, %llu business answers, "
              "%llu agreements on data, %llu moves by people, %llu crashes, %llu checks, %.1f s\n",
              n(sum.runs), n(sum.bad), n(sum.answered), n(sum.refused), n(sum.answers), n(sum.agreements),
              n(sum.moves), n(sum.crashes), n(sum.looked), spent.count());
  return sum.bad == 0 ? 0 : 1;
}
