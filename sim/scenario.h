// SPDX-License-Identifier: Apache-2.0
//
// One seeded run: two nodes that are partners, people who send documents and approve what waits for
// them, twenty seconds of faults, then a quiet hour in which everything must settle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace corridor::sim {

struct Outcome {
  std::vector<std::string> broken;  // promises; empty: the run is good
  std::uint64_t fingerprint = 0;    // of the trace
  std::size_t looked = 0;           // how many expectations were checked
  std::size_t answered = 0;         // documents across
  std::size_t refused = 0;
  int crashes = 0;
};

Outcome run_scenario(std::uint64_t seed, bool trace);

}  // namespace corridor::sim
