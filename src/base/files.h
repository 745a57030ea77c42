// SPDX-License-Identifier: Apache-2.0
//
// Whole files by their path, for the edges: configuration, packs, caches, what a person names. Not
// for the pure rooms (tools/tidy), and not for what the store keeps.
#pragma once

#include <string>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor {

// `not_found` when it is not there, `denied` when it cannot be read, `too_large` above `bytes_max`.
Result<Bytes> read_whole_file(const std::string& path, std::size_t bytes_max);
// The same of an open file descriptor; `name` is what errors call it.
Result<Bytes> read_whole_file(int fd, const std::string& name, std::size_t bytes_max);

enum class Existing : std::uint8_t { keep, replace };
// Whole or not at all, mode 0600, durable when it returns; several processes may write the same
// name. `conflict` when it is there and to be kept, `unavailable` when it cannot be written.
Result<> write_whole_file(const std::string& path, View bytes, Existing existing);

}  // namespace corridor
