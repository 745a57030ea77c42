// SPDX-License-Identifier: Apache-2.0
//
// A node, wired: a data folder, keys, a store, threads, a server, an engine and its routes. This is
// the whole of the wiring; everything that decides is elsewhere.
//
// The data folder holds one node: node.json (who it is and where it answers), api.key, keys/, node.db,
// blobs/, log/, lock. It is made at the first start; afterwards its identity does not change, because
// the DID of a node without a public name contains its port.
//
//   SystemEnv env;
//   TRY_ASSIGN(auto node, app::Node::open(config, env));
//   ... wait for a signal ...                                 // the destructor stops everything
#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "base/env.h"

namespace corridor::app {

// What node.json says: enough for a command to find the running node.
struct NodeInfo {
  std::string did;
  std::string name;
  std::string host;
  std::uint16_t port = 0;

  [[nodiscard]] std::string origin() const;  // http://localhost:PORT
  [[nodiscard]] std::string root() const;    // origin + "/0"
};
// `not_found` when the folder holds no node yet.
Result<NodeInfo> read_node_info(const std::string& data);
// The API key of the folder's node.
Result<std::string> read_api_key(const std::string& data);

class Node {
 public:
  // `conflict` when another process holds the folder, or the address; `denied` for an address that
  // may not be listened on without TLS.
  static Result<std::unique_ptr<Node>> open(const Config& config, Env& env);
  ~Node();

  [[nodiscard]] const NodeInfo& info() const;
  [[nodiscard]] bool is_new() const;  // this start made the folder

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace corridor::app
