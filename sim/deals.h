// SPDX-License-Identifier: Apache-2.0
//
// What people of the simulated nodes do beside sending documents: they offer datasets, ask for those
// of others, leave instructions with delays, and make moves by hand, wise or not.
#pragma once

#include "sim_node.h"

namespace corridor::sim {

class Deals {
 public:
  Deals(World& world, std::vector<SimNode*> nodes) : world_(world), nodes_(std::move(nodes)) {}

  // Datasets and instructions, before anything fails.
  void prepare();
  // Asks and moves at random times within `span`.
  void plan(Micros span);
  [[nodiscard]] std::size_t moves() const { return moves_; }  // that were possible

 private:
  SimNode& any() { return *nodes_[world_.draw(nodes_.size())]; }
  SimNode& any_but(const SimNode& one);
  std::string dataset_of(const SimNode& node, std::uint64_t number) const;
  void instruct(SimNode& node);
  void ask();
  void offer();
  void look(const char* table);
  void move(SimNode& node, const char* table, const net::Response& listed);
  void transfer(SimNode& node);
  void post(SimNode& node, const std::string& path, const json::Value& body);

  World& world_;
  std::vector<SimNode*> nodes_;
  std::size_t moves_ = 0;
};

}  // namespace corridor::sim
