// SPDX-License-Identifier: Apache-2.0
//
// Zip files, unpacked in memory: rule packs, schemas and directories arrive as them. One strict
// reading, and whatever two readers could see differently is refused: the directory at the end is
// the truth, and every byte of the file has to belong to an entry, to the directory or to the end
// record. So nothing hides between entries, before the first or behind the last.
//
//   if (archive::begins_as_zip(bytes)) {
//     TRY_ASSIGN(auto files, archive::unzip(bytes));
//     for (const auto& [path, content] : files) ...        // "d16b/edmd.zip/INVOIC_D.16B"
//
// - Read are stored and deflated entries, also with zip64 fields. Checksums and sizes are checked.
// - Zip files inside (named so and beginning so) are unpacked in place, down to `nesting_max`;
//   deeper ones stay files. One that is encrypted, split or packed by another method stays a file.
// - Refused (`invalid`): encryption, split archives, other methods; paths that lead out, absolute
//   ones, drive letters, backslashes, control characters, what is not UTF-8; links and devices; the
//   same path twice; a file that is a folder too; entries that overlap; local headers that say
//   something else than the directory; sizes and checksums that lie; bytes that belong to nothing.
// - Refused (`too_large`): more than the limits allow, before anything of that size exists.
// - Folders are left out. Nothing is written anywhere.
//
// Source: APPNOTE.TXT 6.3.10 of PKWARE. Threads: free functions, pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::archive {

struct Limits {
  std::size_t entries_max = 20'000;  // folders and those of inner archives included
  std::size_t total_bytes_max = 256 * 1024 * 1024;  // unpacked, inner archives counted as well
  std::size_t entry_bytes_max = 64 * 1024 * 1024;
  std::size_t ratio_max = 200;  // of an entry that unpacks to more than a MiB
  std::size_t nesting_max = 2;  // archives within archives within this one
};

struct Entry {
  std::string path;  // "folder/inner.zip/file.txt", always relative, always forward
  Bytes bytes;
};

// A local header, or the end record of an archive without entries.
bool begins_as_zip(View bytes);

// In the order of the directory.
Result<std::vector<Entry>> unzip(View bytes, const Limits& limits = {});

}  // namespace corridor::archive
