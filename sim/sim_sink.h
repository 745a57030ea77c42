// SPDX-License-Identifier: Apache-2.0
//
// Where the nodes of a simulated world tell what happened: a webhook that is sometimes not well.
#pragma once

#include <map>
#include <vector>

#include "world.h"

namespace corridor::sim {

class SimSink {
 public:
  static constexpr std::string_view kAuthority = "localhost:7099";

  SimSink(World& world, SimNetwork& network);
  [[nodiscard]] std::string url() const { return "http://" + std::string(kAuthority) + "/told"; }
  // By source, the numbers of the events it took, in the order it took them first.
  [[nodiscard]] const std::vector<std::uint64_t>& told(const std::string& source) {
    return told_[source];
  }

 private:
  void take(const net::Request& request, net::Respond respond);

  World& world_;
  double unwell_;  // how often it refuses while there are faults
  std::map<std::string, std::vector<std::uint64_t>> told_;
};

}  // namespace corridor::sim
