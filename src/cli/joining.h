// SPDX-License-Identifier: Apache-2.0
//
// Joining with an invitation until both test documents are across. Shared by `join` and `demo`.
#pragma once

#include "cli/sending.h"

namespace corridor::cli {

struct Joined {
  Partner partner;
  std::string exchange;  // of our test document
  std::string state;
  bool answered = false;
  std::int64_t answered_ms = 0;
  bool arrived = false;  // the other side's
  std::string arrived_id;
};

Result<Joined> join_with(NodeClient& node, const Bytes& invite);

}  // namespace corridor::cli
