// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <mutex>

#include "store/disk/names.h"
#include "store/open.h"

namespace corridor::store {

namespace {

class MemoryBlobs final : public Blobs {
 public:
  explicit MemoryBlobs(DigestFn digest) : digest_(digest) {}

  void put(Bytes bytes, Digest digest, std::function<void(Result<Stored>)> done) override {
    Stored stored{{}, digest, bytes.size()};
    {
      const std::lock_guard lock(mutex_);
      stored.blob = BlobId("m" + std::to_string(blobs_.size()));
      blobs_[stored.blob] = std::make_shared<const Blob>(std::move(bytes), digest);
    }
    done(std::move(stored));
  }

  Result<Bytes> read(const BlobId& blob) const override {
    const std::shared_ptr<const Blob> found = find(blob);
    if (!found) return fail(Code::not_found, "there is no blob " + blob.value);
    if (digest_(found->bytes) != found->digest)
      return fail(Code::corrupt, "blob " + blob.value + " does not have its digest");
    return found->bytes;
  }

 private:
  struct Blob {
    Bytes bytes;
    Digest digest;
  };

  std::shared_ptr<const Blob> find(const BlobId& blob) const {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(blob);
    return found == blobs_.end() ? nullptr : found->second;
  }

  DigestFn digest_;
  mutable std::mutex mutex_;
  std::map<BlobId, std::shared_ptr<const Blob>> blobs_;
};

class MemoryFiles final : public Files {
 public:
  Result<> put(const std::string& path, corridor::View bytes) override {
    TRY(check_file_path(path));
    const std::lock_guard lock(mutex_);
    files_[path] = Bytes(bytes);
    return {};
  }

  Result<std::optional<Bytes>> get(const std::string& path) const override {
    TRY(check_file_path(path));
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Bytes> files_;
};

}  // namespace

std::unique_ptr<Blobs> open_memory_blobs(DigestFn digest) {
  return std::make_unique<MemoryBlobs>(digest);
}

std::unique_ptr<Files> open_memory_files() { return std::make_unique<MemoryFiles>(); }

}  // namespace corridor::store
