// SPDX-License-Identifier: Apache-2.0
//
// Bytes that have to move for transfers. A row of Table::flow is the order to move them, and stands
// until they have moved or the transfer no longer wants it; here it is carried out by the data plane,
// again after a crash, and after a break until the transfer's deadline. The end is an ask.
//
// Threads: any.
#pragma once

#include <map>
#include <mutex>

#include "dataplane/dataplane.h"
#include "engine/clerk.h"

namespace corridor::engine {

class Flows {
 public:
  struct Parts {
    Env& env;
    Executor& executor;
    dataplane::DataPlane& plane;
    store::Blobs& blobs;
    const store::Store& store;
    ParticipantNumber participant = 0;
    std::function<void(exchange::FlowEnded)> ended;  // submits the ask; never refused
  };
  explicit Flows(Parts parts) : parts_(std::move(parts)) {}

  Result<> load();  // at start: what had not moved when the process ended
  // A commit wrote (`wanted`) or erased the row of this transfer.
  void changed(const std::string& transfer, bool wanted);

  struct Moving {
    std::string transfer;
    int breaks = 0;          // how often it was interrupted
    std::string last_error;  // empty: none yet
  };
  [[nodiscard]] std::vector<Moving> moving(const std::string& transfer) const;  // all when empty

 private:
  struct Entry {
    std::uint64_t order = 0;  // which order it is: a new one for the same transfer is another
    int breaks = 0;
    std::string last_error;
  };

  void begin(const std::string& transfer, std::uint64_t order);
  void sweep() const;  // bytes of orders that stand no more
  [[nodiscard]] Result<> may_move(const std::string& transfer, std::uint64_t order) const;
  void get(const exchange::FlowRecord& flow, std::uint64_t order);
  void put(const exchange::FlowRecord& flow, std::uint64_t order);
  void failed(const exchange::FlowRecord& flow, std::uint64_t order, const Error& error);

  Parts parts_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::uint64_t orders_ = 0;
};

}  // namespace corridor::engine
