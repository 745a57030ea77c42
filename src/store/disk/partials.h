// SPDX-License-Identifier: Apache-2.0
//
// Blobs on their way in: files of their own in blobs/partial, moved to blobs/ when they are whole.
// A named one stays until it is finished or thrown away; the others go with their writer, or are
// swept when the folder is opened.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "store/open.h"

namespace corridor::store {

class Partials {
 public:
  // `folder` is that of the blobs. Throws away what an earlier process left without a name.
  static Result<std::unique_ptr<Partials>> open(const std::string& folder, Hash hash);

  Result<std::unique_ptr<BlobWriter>> write(const std::string& name);
  [[nodiscard]] Result<std::vector<Partial>> list() const;

 private:
  friend class PartialWriter;
  Partials(std::string blobs_folder, Hash hash)
      : blobs_folder_(std::move(blobs_folder)),
        folder_(blobs_folder_ + "/partial"),
        hash_(hash) {}
  Result<> sweep() const;
  bool take(const std::string& file);
  void give_back(const std::string& file);

  std::string blobs_folder_;
  std::string folder_;
  Hash hash_;
  std::mutex mutex_;
  std::set<std::string> in_use_;  // names of files
  std::uint64_t next_unnamed_ = 0;
};

}  // namespace corridor::store
