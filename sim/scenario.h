// SPDX-License-Identifier: Apache-2.0
//
// One seeded run: two to four nodes that are partners; people who send documents, answer those that
// arrive, offer datasets, ask for those of others, leave instructions and approve what waits for them; twenty seconds of
// faults, some with a partition; then a quiet hour in which everything must settle.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace corridor::sim {

struct Outcome {
  std::vector<std::string> broken;  // promises; empty: the run is good
  std::uint64_t fingerprint = 0;    // of the trace
  std::size_t looked = 0;           // how many expectations were checked
  std::size_t answered = 0;         // documents across
  std::size_t refused = 0;
  std::size_t agreements = 0;  // negotiations finalized
  std::size_t moves = 0;       // by people, that were possible
  std::size_t answers = 0;     // business answers that were given
  int crashes = 0;
};

// `messages`: a file that gets every message of the protocol and its answer, one JSON a line.
Outcome run_scenario(std::uint64_t seed, bool trace, std::FILE* messages = nullptr);

}  // namespace corridor::sim
