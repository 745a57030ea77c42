// SPDX-License-Identifier: Apache-2.0
//
// Where the bytes of a blob lie on disk, a part of a segment or a file, and reading them in order.
#pragma once

#include <memory>

#include "store/disk/file.h"
#include "store/open.h"

namespace corridor::store {

struct Extent {
  FileDescriptor file = {};
  std::string path = {};
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  Digest sha256 = {};
};

// `not_found`; `corrupt` when the record is not the one that `blob` stands for. Reads no body.
Result<Extent> find_extent(const std::string& folder, const BlobId& blob);
Result<std::unique_ptr<BlobReader>> read_extent(Extent extent, const ReadOptions& options,
                                                const Hash& hash);
Error damaged(const std::string& path, corridor::View what);

}  // namespace corridor::store
