// SPDX-License-Identifier: Apache-2.0
//
// Deflate, undone into a bounded buffer: the only place that knows the library that does it. What
// comes out is never longer than the caller allows, and memory grows with what really comes out,
// not with what a header promised.
//
//   TRY_ASSIGN(const Bytes text, archive::inflate(packed, Format::zlib, 1'000'000));
//
// Source: RFC 1950 (zlib), RFC 1951 (raw deflate). Threads: free functions, pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::archive {

enum class Format : std::uint8_t {
  raw,   // as in a zip file
  zlib,  // with header and checksum, as in a PDF
};

// `too_large` when more than `bytes_max` would come out, `invalid` when the stream is broken or cut
// short. Bytes behind the end of the stream are left alone; `used` says how many were part of it.
Result<Bytes> inflate(View packed, Format format, std::size_t bytes_max,
                      std::size_t* used = nullptr);

// CRC-32 of ISO 3309, as zip files have it.
std::uint32_t crc32_of(View bytes);

}  // namespace corridor::archive
