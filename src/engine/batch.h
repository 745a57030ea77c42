// SPDX-License-Identifier: Apache-2.0
//
// One batch of the clerk: an overlay over the latest commit, in which the asks of the batch see each
// other. What an ask decides enters the overlay as a whole, statements and leaves included; what it
// did not decide never does.
#pragma once

#include <map>

#include "engine/clerk.h"
#include "engine/notices.h"

namespace corridor::engine {

class Batch {
 public:
  Batch(store::Store& store, const exchange::Self& self, Time now);

  // The ask's decision (already in the overlay), the facts it needs, or its error.
  Outcome run(const Command& command, Known& known, const Seed& seed);

  // The overlay as one batch of writes: each row once, in key order.
  [[nodiscard]] std::vector<store::Write> writes() const;
  [[nodiscard]] bool empty() const { return overlay_.empty(); }
  [[nodiscard]] std::uint64_t log_size() const { return log_size_; }
  [[nodiscard]] bool has_leaves() const { return log_size_ != log_size_before_; }
  // What the asks of this batch told, in order.
  std::vector<Told> take_told() { return std::move(told_); }

 private:
  using Spot = std::pair<Table, Bytes>;

  Result<std::optional<Bytes>> get(Table table, View key);
  Result<std::vector<KnownRow>> scan(const Scan& scan);
  Outcome decide(const Command& command, Known& known, const Seed& seed);
  Result<> load(const Needs& needs, Known& known);
  // Statements, leaves and chains of the decision, as further writes of it.
  Result<> state_events(Decision& decision, const Seed& seed);
  // Notices as numbered rows; the one that falls out of the newest limits::kNoticesKept goes.
  Result<> tell(Decision& decision);
  void apply(Decision& decision);
  Result<> load_log_size();

  Rows rows_;
  const exchange::Self& self_;
  Time now_;
  std::map<Spot, std::optional<Bytes>> overlay_;
  std::uint64_t log_size_ = 0;
  std::uint64_t log_size_before_ = 0;
  bool log_size_known_ = false;
  std::optional<std::uint64_t> notices_;  // the number of the newest
  std::vector<Told> told_;
};

}  // namespace corridor::engine
