// SPDX-License-Identifier: Apache-2.0
//
// How bytes on disk are named: the path of a file, the place that a BlobId stands for, and the
// header before each record of a segment. Pure; the only parsers of this room.
//
//   s<segment>:<offset>:<bytes>   the record's header starts at `offset` of blobs/seg-<segment>
//   f<sha-256, hex>               the file blobs/f<hex>
//   m<number>                     memory only
//
// A partial of a name is blobs/partial/p<name, hex>, its note the same with kNoteSuffix.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

#include "store/blobs.h"

namespace corridor::store {

// `invalid` names the part that offends.
Result<> check_file_path(corridor::View path);

// What every kind of blobs refuses in the same words.
Result<> check_partial_name(const std::string& name);
Error partial_in_use(const std::string& name);
Error beyond_end(std::uint64_t offset, std::uint64_t bytes);
Error another_digest(const Digest& found, const Digest& announced);

struct SegmentPlace {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // of the body, without the header
  bool operator==(const SegmentPlace&) const = default;
};
using BlobPlace = std::variant<SegmentPlace, Digest>;

BlobId blob_id(const BlobPlace& place);
// Nothing for what blob_id does not write: one spelling a place.
std::optional<BlobPlace> parse_blob_id(corridor::View id);

std::string segment_name(std::uint64_t segment);  // seg-12
std::optional<std::uint64_t> parse_segment_name(corridor::View name);

inline constexpr corridor::View kNoteSuffix = ".note";
std::string partial_file(corridor::View name);
// The name; nothing for what partial_file does not write.
std::optional<std::string> parse_partial_file(corridor::View file);

// Magic (8 bytes), length of the body (8, big-endian), its SHA-256 (32).
inline constexpr std::size_t kRecordHeaderBytes = 48;
struct RecordHeader {
  std::uint64_t bytes = 0;
  Digest sha256;
  bool operator==(const RecordHeader&) const = default;
};
std::array<char, kRecordHeaderBytes> encode_record_header(const RecordHeader& header);
std::optional<RecordHeader> decode_record_header(corridor::View bytes);

// Whether the records of a segment of `file_bytes` end exactly where it ends. `read` gives the
// bytes at an offset, always within the file.
using ReadSegment = std::function<Result<Bytes>(std::uint64_t offset, std::size_t bytes)>;
Result<bool> ends_with_a_whole_record(std::uint64_t file_bytes, const ReadSegment& read);

}  // namespace corridor::store
