// SPDX-License-Identifier: Apache-2.0
#include "store/disk/extent.h"

#include <fcntl.h>

#include <algorithm>

#include "store/disk/names.h"

namespace corridor::store {

namespace {

class ExtentReader final : public BlobReader {
 public:
  ExtentReader(Extent extent, std::uint64_t offset, std::uint64_t bytes,
               std::unique_ptr<Hasher> hasher)
      : extent_(std::move(extent)), at_(offset), left_(bytes), hasher_(std::move(hasher)) {}

  Result<std::size_t> read(std::span<char> room) override {
    const auto piece = room.first(std::min<std::uint64_t>(room.size(), left_));
    TRY(read_into(extent_.file, extent_.path, extent_.offset + at_, piece));
    at_ += piece.size();
    left_ -= piece.size();
    if (hasher_) {
      hasher_->update({piece.data(), piece.size()});
      if (left_ == 0 && std::exchange(hasher_, nullptr)->finish() != extent_.sha256)
        return std::unexpected(damaged(extent_.path, "its bytes do not have their digest"));
    }
    return piece.size();
  }

 private:
  Extent extent_;
  std::uint64_t at_;    // within the extent
  std::uint64_t left_;  // to be given
  std::unique_ptr<Hasher> hasher_;  // until the whole has been verified; null: a range
};

Result<Extent> find_single(const std::string& folder, const BlobId& blob, const Digest& digest) {
  Extent extent{.path = folder + "/" + blob.value, .sha256 = digest};
  TRY_ASSIGN(extent.file, open_to_read(extent.path));
  TRY_ASSIGN(extent.bytes, file_bytes(extent.file, extent.path));
  return extent;
}

Result<Extent> find_record(const std::string& folder, const SegmentPlace& place) {
  Extent extent{.path = folder + "/" + segment_name(place.segment), .bytes = place.bytes};
  TRY_ASSIGN(extent.file, open_to_read(extent.path));
  TRY_ASSIGN(const std::uint64_t bytes, file_bytes(extent.file, extent.path));
  const std::uint64_t room = bytes - std::min(bytes, place.offset);
  if (room < kRecordHeaderBytes || room - kRecordHeaderBytes < place.bytes)
    return std::unexpected(damaged(extent.path, "it ends before a record does"));
  TRY_ASSIGN(const Bytes head, read_at(extent.file, extent.path, place.offset, kRecordHeaderBytes));
  const auto header = decode_record_header(head);
  if (!header || header->bytes != place.bytes)
    return std::unexpected(damaged(extent.path, "a record is not where it should be"));
  extent.offset = place.offset + kRecordHeaderBytes;
  extent.sha256 = header->sha256;
  return extent;
}

}  // namespace

Error damaged(const std::string& path, corridor::View what) {
  return {Code::corrupt, path + " is damaged: " + std::string(what),
          "check the disk, and restore the folder from a backup"};
}

Result<Extent> find_extent(const std::string& folder, const BlobId& blob) {
  const auto place = parse_blob_id(blob.value);
  if (!place) return fail(Code::not_found, "\"" + blob.value + "\" is not the id of a blob");
  if (const auto* digest = std::get_if<Digest>(&*place)) return find_single(folder, blob, *digest);
  return find_record(folder, std::get<SegmentPlace>(*place));
}

Result<std::unique_ptr<BlobReader>> read_extent(Extent extent, const ReadOptions& options,
                                                const Hash& hash) {
  if (options.offset > extent.bytes)
    return std::unexpected(beyond_end(options.offset, extent.bytes));
  const std::uint64_t bytes = std::min(options.bytes_max, extent.bytes - options.offset);
  std::unique_ptr<Hasher> hasher;
  if (options.verify && bytes == extent.bytes) hasher = hash.begin();
  ::posix_fadvise(extent.file.get(), static_cast<off_t>(extent.offset + options.offset),
                  static_cast<off_t>(bytes), POSIX_FADV_SEQUENTIAL);
  return std::make_unique<ExtentReader>(std::move(extent), options.offset, bytes,
                                        std::move(hasher));
}

}  // namespace corridor::store
