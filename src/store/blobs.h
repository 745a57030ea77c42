// SPDX-License-Identifier: Apache-2.0
//
// Bytes of documents, and files derived from rows.
//
// Blobs: a body is durable before any row may name it. Bodies up to limits::kBlobInlineMax share
// append-only segments, written by one thread with one fdatasync for all that wait; larger ones
// have a file each. A BlobId is stable for ever. Reading whole verifies the stored SHA-256. No blob
// is ever deleted here.
//
// Bytes of any size come and go in pieces: a BlobWriter appends to a *partial*, a BlobReader reads
// on from any byte. A partial with a name survives its writer and the process, so that a broken
// download goes on where it ended; one without leaves nothing behind. A writer is the caller's
// thread: it blocks for the disk, and its partial is not durable before `finish`.
//
//   TRY_ASSIGN(auto writer, blobs.write("urn:uuid:4f..."));     // 0 bytes, or what was there
//   TRY(writer->append(piece));
//   TRY_ASSIGN(const Stored stored, writer->finish());          // durable, and a blob like others
//
// Files: small named files (tiles, entry bundles) that can be made again from rows; `put` is write,
// fsync, rename, fsync of the folder, read back.
//
// A failed fsync ends the process: what the kernel then still holds is unknown, so it is not asked
// again. Threads: all functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::store {

struct BlobIdTag;
using BlobId = StrongId<BlobIdTag>;

struct Stored {
  BlobId blob;
  Digest sha256;
  std::uint64_t bytes = 0;
};

// A blob on its way in. Belongs to one thread at a time. After an error of `append` only `restart`
// and the end of the writer make sense.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;  // a named partial stays, another goes
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;  // so far
  // Up to kNoteBytesMax of the caller's, kept with the partial: what it needs to go on later.
  [[nodiscard]] virtual const Bytes& note() const = 0;
  virtual Result<> set_note(Bytes note) = 0;  // `too_large`
  virtual Result<> append(corridor::View piece) = 0;
  virtual Result<> restart() = 0;  // throws the bytes and the note away, keeps the name
  // Durable when it returns. Bytes whose digest is not the expected one are thrown away instead,
  // and the error is `peer`. Nothing but the destructor may follow, which frees the name.
  virtual Result<Stored> finish(const std::optional<Digest>& expected = {}) = 0;
  // Throws everything away. Nothing but the destructor may follow, which frees the name.
  virtual Result<> discard() = 0;
};
inline constexpr std::size_t kNoteBytesMax = 4096;
inline constexpr std::size_t kPartialNameBytesMax = 100;

// The bytes of one blob in order. Belongs to one thread at a time.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  // Fills `room` from its beginning; 0 at the end. A reader that verifies answers `corrupt` instead
  // of giving the last bytes of a blob that does not have its digest.
  virtual Result<std::size_t> read(std::span<char> room) = 0;
};

struct ReadOptions {
  std::uint64_t offset = 0;
  std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max();
  // Only what is read from first byte to last can be held against its digest: a range verifies
  // nothing. Whoever sends to someone who verifies the whole may spare the time as well.
  bool verify = true;
};

struct Partial {
  std::string name;
  std::uint64_t bytes = 0;
};

class Blobs {
 public:
  virtual ~Blobs() = default;  // what was accepted is written first
  // `digest` is the SHA-256 of `bytes`: the caller has computed it already. `done` is called once,
  // when the bytes are durable or are not, on the writer's thread (memory: on the caller's, before
  // `put` returns); it may call `put` and must not block. Errors: `busy`, on the caller's thread,
  // when the queue is full; `unavailable` when the disk refuses.
  virtual void put(Bytes bytes, Digest digest, std::function<void(Result<Stored>)> done) = 0;
  // `not_found`; `corrupt` when the bytes on disk do not have the digest they were stored with.
  virtual Result<Bytes> read(const BlobId& blob) const = 0;

  // `name` is 1 to kPartialNameBytesMax bytes of any kind, or empty for a partial that nobody will
  // go on with. What is there of that name is read once, to hash it. `conflict` while another
  // writer has it. Two partials may end in the same bytes: the blob is then the same.
  virtual Result<std::unique_ptr<BlobWriter>> write(const std::string& name) = 0;
  // What waits to be gone on with; whoever named them decides what is no longer wanted.
  [[nodiscard]] virtual Result<std::vector<Partial>> partials() const = 0;
  // Size and digest, as stored; the bytes are not read. `not_found`, `corrupt`.
  virtual Result<Stored> find(const BlobId& blob) const = 0;
  // `not_found`; `invalid` when `offset` is beyond the end.
  virtual Result<std::unique_ptr<BlobReader>> reader(const BlobId& blob,
                                                     ReadOptions options = {}) const = 0;
  // At most `bytes_max` bytes from `offset`: fewer at the end of the blob. Verifies nothing.
  Result<Bytes> read_range(const BlobId& blob, std::uint64_t offset, std::size_t bytes_max) const;
};

class Files {
 public:
  virtual ~Files() = default;
  // `path` is relative and '/'-separated; each part is 1 to 200 bytes and does not start with a dot
  // (`invalid`). Replaces what is there, in one step. `unavailable` when the disk refuses.
  virtual Result<> put(const std::string& path, corridor::View bytes) = 0;
  virtual Result<std::optional<Bytes>> get(const std::string& path) const = 0;
};

}  // namespace corridor::store
