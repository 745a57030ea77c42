// SPDX-License-Identifier: Apache-2.0
//
// Bytes of documents, and files derived from rows.
//
// Blobs: a body is durable before any row may name it. Bodies up to limits::kBlobInlineMax share
// append-only segments, written by one thread with one fdatasync for all that wait; larger ones
// have a file each. A BlobId is stable for ever. Reading verifies the stored SHA-256.
//
// Files: small named files (tiles, entry bundles) that can be made again from rows; `put` is write,
// fsync, rename, fsync of the folder, read back.
#pragma once

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
  virtual ~Blobs() = default;
  // `done` is called once, on the writer's thread, when the bytes are durable (or are not). `digest`
  // is the SHA-256 of `bytes`: the caller has computed it already. `busy` when the queue is full.
  virtual void put(Bytes bytes, Digest digest, std::function<void(Result<Stored>)> done) = 0;
  // `not_found`; `corrupt` when the bytes on disk do not have the digest they were stored with.
  virtual Result<Bytes> read(const BlobId& blob) const = 0;
};

class Files {
 public:
  virtual ~Files() = default;
  virtual Result<> put(const std::string& path, View bytes) = 0;  // relative, '/'-separated, no ".."
  virtual Result<std::optional<Bytes>> get(const std::string& path) const = 0;
};

}  // namespace corridor::store
