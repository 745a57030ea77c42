// SPDX-License-Identifier: Apache-2.0
//
// The people who read the inbox: they accept, reject and ask, say it again when the node died before
// it answered them, and sometimes change their minds when it is too late.
#pragma once

#include <map>

#include "sim_node.h"

namespace corridor::sim {

class Answering {
 public:
  Answering(World& world, std::vector<SimNode*> nodes) : world_(world), nodes_(std::move(nodes)) {}

  // They look at the inbox now and then, until `leave`; what they began to say they say to its end.
  void begin(Micros leave);
  [[nodiscard]] std::size_t answers() const { return answers_; }  // that were given
  // What is wrong with how the node took them; empty: nothing.
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }
  // What was said about a document, in order, as verdict and text.
  [[nodiscard]] const std::vector<std::string>& said(const std::string& exchange) const;
  // A person still waits to hear that an answer was taken.
  [[nodiscard]] bool waits() const { return !pending_.empty(); }

 private:
  void look(SimNode& node);
  void answer(SimNode& node, const json::Value& item);
  void say(SimNode& node, const std::string& exchange);
  void too_late(SimNode& node, const std::string& exchange);

  World& world_;
  std::vector<SimNode*> nodes_;
  Micros leave_ = 0;
  std::size_t answers_ = 0;
  std::uint64_t number_ = 0;
  std::map<std::string, json::Value> pending_;  // exchange -> what is being said
  std::map<std::string, std::vector<std::string>> said_;
  std::vector<std::string> broken_;
};

// An answer as it is compared: "reject too dear".
std::string answer_line(const exchange::AnswerRecord& answer);

}  // namespace corridor::sim
