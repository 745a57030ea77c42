// SPDX-License-Identifier: Apache-2.0
//
// Small files that only their owner may read.
#pragma once

#include <string>

#include "base/bytes.h"

namespace corridor::crypto {

// `not_found`; `denied` when the group or others may read or write it, or it is no plain file.
Result<Bytes> read_private_file(const std::string& path, std::size_t bytes_max);
// Mode 0600, whole or not at all, on stable storage when it returns. `conflict` when there is one.
Result<> create_private_file(const std::string& path, View bytes);

}  // namespace corridor::crypto
