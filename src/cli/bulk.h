// SPDX-License-Identifier: Apache-2.0
//
// Bytes of any size between a file and the node of a data folder: never whole in memory, hashed on
// the way. A plain blocking exchange over one connection to the loopback address the node answers
// at; everything small goes through node_client.h.
//
// Errors: `unavailable` (the node does not answer, or went away half way), what the node says when it
// refuses, `corrupt` (other bytes than the digest that was expected), those of files.h.
#pragma once

#include <functional>

#include "cli/node_client.h"

namespace corridor::cli {

// Called now and then with the bytes so far and in all (0: not known).
using Moved = std::function<void(std::uint64_t bytes, std::uint64_t all)>;

// PUT of a file's bytes; "-" (standard input) is not a file that has a size and is refused. Answers
// what the node answered.
Result<json::Value> put_file(const NodeClient& node, const std::string& path,
                             const std::string& file, const std::string& media_type,
                             const Moved& moved);

struct Wanted {
  std::string path;       // below the API's
  std::string file;       // "-": standard output
  std::string part_name;  // what a part of it is called while it is not whole; the same goes on
  std::string sha256;     // hex
  std::uint64_t bytes = 0;
};
// GET into a file that is not there yet; goes on where an earlier try of the same part ended.
Result<> save_body(const NodeClient& node, const Wanted& wanted, const Moved& moved);

}  // namespace corridor::cli
