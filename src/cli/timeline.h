// SPDX-License-Identifier: Apache-2.0
//
// One exchange's life as one list: what negotiation, transfer and document recorded and stated,
// merged by time. Pure; made from what GET /explain/ID answers.
#pragma once

#include <string>
#include <vector>

#include "base/env.h"
#include "json/json.h"

namespace corridor::cli {

struct TimelineLine {
  Time at;
  std::string part;  // agreement, transfer, document
  std::string what;
  std::string state;  // of that part after it; empty for a statement
  std::string why;
};

// In order of time; lines of one moment keep the order of their parts: agreement, transfer,
// document, and within a part history before the statement it led to.
std::vector<TimelineLine> timeline_of(const json::Value& explanation);

// One line each, with the milliseconds since the first. After a pause of a minute or more the time
// of day is said again and counting starts anew.
std::string timeline_text(const std::vector<TimelineLine>& lines);

}  // namespace corridor::cli
