// SPDX-License-Identifier: Apache-2.0
//
// Bytes of documents, and files derived from rows.
//
// Blobs: a body is durable before any row may name it. Bodies up to limits::kBlobInlineMax share
// append-only segments, written by one thread with one fdatasync for all that wait; larger ones
// have a file each. A BlobId is stable for ever. Reading verifies the stored SHA-256. Nothing is
// ever deleted here.
//
// Files: small named files (tiles, entry bundles) that can be made again from rows; `put` is write,
// fsync, rename, fsync of the folder, read back.
//
// A failed fsync ends the process: what the kernel then still holds is unknown, so it is not asked
// again. Threads: all functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

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
