// SPDX-License-Identifier: Apache-2.0
//
// Another `corridor serve` as a process of its own, for the demonstration: started, waited for
// until it answers, ended with this object. It ends too when this process dies in any way.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "cli/node_client.h"

namespace corridor::cli {

class ChildNode {
 public:
  // Its messages go to FOLDER.log beside its data folder.
  static Result<std::unique_ptr<ChildNode>> start(const std::string& name,
                                                  const std::string& folder);
  ~ChildNode();
  ChildNode(const ChildNode&) = delete;
  ChildNode& operator=(const ChildNode&) = delete;

  [[nodiscard]] NodeClient& client() { return *client_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& did() const { return client_->info().did; }
  [[nodiscard]] const std::string& folder() const { return client_->data(); }

 private:
  ChildNode(std::string name, pid_t pid) : name_(std::move(name)), pid_(pid) {}

  std::string name_;
  pid_t pid_;
  std::unique_ptr<NodeClient> client_;
};

}  // namespace corridor::cli
