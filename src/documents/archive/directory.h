// SPDX-License-Identifier: Apache-2.0
//
// The directory of a zip file, and the proof that the file is what it says: every header checked,
// every byte accounted for. Nothing is unpacked here. See zip.h for what is refused.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::archive {

struct Record {
  std::string path;
  bool folder = false;
  bool stored = false;  // else deflated
  std::uint32_t crc = 0;
  std::uint64_t header_at = 0;
  std::uint64_t data_at = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t bytes = 0;
};

struct Directory {
  std::vector<Record> records;
  std::string unsupported;  // why it cannot be unpacked although it may well be right
};

Result<Directory> read_directory(View bytes, std::size_t entries_max);

}  // namespace corridor::archive
