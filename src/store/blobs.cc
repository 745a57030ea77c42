// SPDX-License-Identifier: Apache-2.0
#include "store/blobs.h"

#include <algorithm>

namespace corridor::store {

Result<Bytes> Blobs::read_range(const BlobId& blob, std::uint64_t offset,
                                std::size_t bytes_max) const {
  TRY_ASSIGN(const Stored stored, find(blob));
  TRY_ASSIGN(const auto from,
             reader(blob, {.offset = offset, .bytes_max = bytes_max, .verify = false}));
  Bytes bytes;
  bytes.resize(std::min<std::uint64_t>(bytes_max, stored.bytes - offset));
  TRY_ASSIGN(const std::size_t got, from->read(bytes));
  bytes.resize(got);
  return bytes;
}

}  // namespace corridor::store
