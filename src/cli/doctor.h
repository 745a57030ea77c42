// SPDX-License-Identifier: Apache-2.0
//
// What `doctor` looks at: this node (doctor.cc), or a peer as this node sees it (doctor_peer.cc).
// Each look is one line: ok or problem, and whose turn it is to do what.
#pragma once

#include "cli/command.h"

namespace corridor::cli {

enum class Turn : std::uint8_t { nobody, ours, theirs };

struct Look {
  std::string name;
  bool ok = false;
  std::string text;
  std::string todo;
  Turn turn = Turn::nobody;
};

Look good(std::string name, std::string text);
Look bad(std::string name, const Error& error, Turn turn = Turn::nobody);

// Prints them, and answers the exit status: 1 when one is a problem.
int say_looks(const Invocation& asked, const std::vector<Look>& looks);

Result<int> examine_peer(Invocation& asked);

}  // namespace corridor::cli
