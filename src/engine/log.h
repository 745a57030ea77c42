// SPDX-License-Identifier: Apache-2.0
//
// The node's evidence log: rows become tiles, tiles a signed checkpoint. The clerk's commit numbers
// the leaves; a moment later (limits::kCheckpointDelay) this room writes the tiles that are full,
// reads them back, signs the new head and asks the clerk to commit it. Only then is it served.
// Never two roots for one size, never a smaller size: the commit is a compare-and-swap.
//
// At the start the last committed head is rebuilt from tiles and rows and compared: a log that does
// not verify is refused, nothing is signed over it.
//
// Threads: any; work runs on the executor, one checkpoint at a time.
#pragma once

#include <map>
#include <mutex>

#include "base/work.h"
#include "engine/clerk.h"
#include "engine/proofs.h"
#include "evidence/log.h"
#include "store/blobs.h"

namespace corridor::engine {

struct LogHead {
  evidence::TreeHead head;
  std::string note;
};

class Log {
 public:
  struct Parts {
    Env& env;
    Executor& executor;
    const store::Store& store;
    store::Files& files;
    const crypto::SigningKey& key;
    std::string origin;
    ParticipantNumber participant = 0;
    std::function<void(CheckpointMade, Done)> commit;
    std::function<void(const Error&)> broken;  // nothing more can be proven: the process ends
  };
  explicit Log(Parts parts);

  Result<> open();
  void appended(std::uint64_t size);  // after a commit with leaves
  [[nodiscard]] LogHead published() const;
  [[nodiscard]] const std::string& origin() const { return parts_.origin; }

  // Runs `task` once the leaf of this index is under a committed checkpoint.
  void when_logged(std::uint64_t index, Task task);

  // `not_found` for what is not (yet) under the published head.
  [[nodiscard]] Result<Bytes> tile(const evidence::Tile& tile) const;
  [[nodiscard]] Result<std::uint64_t> index_of(const Digest& leaf_hash) const;
  [[nodiscard]] Result<evidence::Proof> inclusion(std::uint64_t index, std::uint64_t size) const;
  [[nodiscard]] Result<evidence::Proof> consistency(std::uint64_t from, std::uint64_t size) const;

 private:
  Result<> rebuild(const CheckpointRecord& record);
  Result<std::vector<Bytes>> leaves(std::uint64_t from, std::uint64_t to) const;
  void schedule();
  void make_checkpoint();
  Result<CheckpointMade> prepare(evidence::RightEdge& edge);
  Result<> write_bundles(std::uint64_t from, std::uint64_t to);
  void committed(const CheckpointMade& made, evidence::RightEdge edge);
  Result<Bytes> entry_bundle(std::uint64_t from, std::uint64_t count) const;

  Parts parts_;
  mutable std::mutex mutex_;
  evidence::RightEdge edge_;  // at the published head
  LogHead head_;
  std::uint64_t size_ = 0;    // committed leaves
  bool at_work_ = false;
  std::multimap<std::uint64_t, Task> waiting_;
};

}  // namespace corridor::engine
