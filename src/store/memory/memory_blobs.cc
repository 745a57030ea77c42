// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <mutex>

#include "store/disk/names.h"
#include "store/open.h"

namespace corridor::store {

namespace {

struct Blob {
  Bytes bytes;
  Digest digest;
};

struct PartialBlob {
  Bytes bytes;
  Bytes note;
  bool in_use = false;
};

// What all writers share.
struct Contents {
  std::mutex mutex;
  std::map<BlobId, std::shared_ptr<const Blob>> blobs;
  std::map<std::string, PartialBlob> partials;

  Stored add(Bytes bytes, const Digest& digest) {
    const std::lock_guard lock(mutex);
    Stored stored{BlobId("m" + std::to_string(blobs.size())), digest, bytes.size()};
    blobs[stored.blob] = std::make_shared<const Blob>(std::move(bytes), digest);
    return stored;
  }
};

// Has taken its partial out, and puts it back when it ends.
class MemoryWriter final : public BlobWriter {
 public:
  MemoryWriter(std::shared_ptr<Contents> contents, const Hash& hash, std::string name,
               PartialBlob partial)
      : contents_(std::move(contents)),
        hash_(hash),
        name_(std::move(name)),
        partial_(std::move(partial)) {}
  ~MemoryWriter() override {
    if (name_.empty()) return;
    const std::lock_guard lock(contents_->mutex);
    if (is_over_) {
      contents_->partials.erase(name_);
    } else {
      contents_->partials[name_] = std::move(partial_);
    }
  }
  MemoryWriter(const MemoryWriter&) = delete;
  MemoryWriter& operator=(const MemoryWriter&) = delete;

  [[nodiscard]] std::uint64_t bytes() const override { return partial_.bytes.size(); }
  [[nodiscard]] const Bytes& note() const override { return partial_.note; }
  Result<> set_note(Bytes note) override {
    if (note.size() > kNoteBytesMax)
      return fail(Code::too_large, "a note of " + std::to_string(note.size()) + " bytes");
    partial_.note = std::move(note);
    return {};
  }
  Result<> append(corridor::View piece) override {
    CHECK(!is_over_);
    partial_.bytes += piece;
    return {};
  }
  Result<> restart() override {
    CHECK(!is_over_);
    partial_ = {};
    return {};
  }
  Result<Stored> finish(const std::optional<Digest>& expected) override {
    CHECK(!is_over_);
    is_over_ = true;
    const Digest digest = hash_.of(partial_.bytes);
    if (expected && *expected != digest) return std::unexpected(another_digest(digest, *expected));
    return contents_->add(std::move(partial_.bytes), digest);
  }
  Result<> discard() override {
    CHECK(!is_over_);
    is_over_ = true;
    return {};
  }

 private:
  std::shared_ptr<Contents> contents_;
  Hash hash_;
  std::string name_;
  PartialBlob partial_;
  bool is_over_ = false;
};

class MemoryReader final : public BlobReader {
 public:
  MemoryReader(std::shared_ptr<const Blob> blob, std::uint64_t offset, std::uint64_t bytes)
      : blob_(std::move(blob)), left_(corridor::View(blob_->bytes).substr(offset, bytes)) {}
  Result<std::size_t> read(std::span<char> room) override {
    const std::size_t bytes = left_.copy(room.data(), room.size());
    left_.remove_prefix(bytes);
    return bytes;
  }

 private:
  std::shared_ptr<const Blob> blob_;
  corridor::View left_;
};

class MemoryBlobs final : public Blobs {
 public:
  explicit MemoryBlobs(Hash hash) : hash_(hash) {}

  void put(Bytes bytes, Digest digest, std::function<void(Result<Stored>)> done) override {
    done(contents_->add(std::move(bytes), digest));
  }

  Result<Bytes> read(const BlobId& blob) const override {
    TRY_ASSIGN(const auto found, get(blob));
    TRY(verify(blob, *found));
    return found->bytes;
  }

  Result<std::unique_ptr<BlobWriter>> write(const std::string& name) override {
    TRY(check_partial_name(name));
    PartialBlob partial;
    if (!name.empty()) {
      const std::lock_guard lock(contents_->mutex);
      auto& there = contents_->partials[name];
      if (there.in_use) return std::unexpected(partial_in_use(name));
      partial = std::exchange(there, {.bytes = {}, .note = {}, .in_use = true});
    }
    return std::make_unique<MemoryWriter>(contents_, hash_, name, std::move(partial));
  }

  [[nodiscard]] Result<std::vector<Partial>> partials() const override {
    const std::lock_guard lock(contents_->mutex);
    std::vector<Partial> all;
    for (const auto& [name, partial] : contents_->partials)
      all.push_back({name, partial.bytes.size()});
    return all;
  }

  Result<Stored> find(const BlobId& blob) const override {
    TRY_ASSIGN(const auto found, get(blob));
    return Stored{blob, found->digest, found->bytes.size()};
  }

  // What it verifies, it verifies at once: the bytes are here.
  Result<std::unique_ptr<BlobReader>> reader(const BlobId& blob,
                                             ReadOptions options) const override {
    TRY_ASSIGN(auto found, get(blob));
    const std::uint64_t all = found->bytes.size();
    if (options.offset > all) return std::unexpected(beyond_end(options.offset, all));
    const std::uint64_t bytes = std::min(options.bytes_max, all - options.offset);
    if (options.verify && bytes == all) TRY(verify(blob, *found));
    return std::make_unique<MemoryReader>(std::move(found), options.offset, bytes);
  }

 private:
  Result<std::shared_ptr<const Blob>> get(const BlobId& blob) const {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->blobs.find(blob);
    if (found == contents_->blobs.end())
      return fail(Code::not_found, "there is no blob " + blob.value);
    return found->second;
  }
  Result<> verify(const BlobId& blob, const Blob& found) const {
    if (hash_.of(found.bytes) == found.digest) return {};
    return fail(Code::corrupt, "blob " + blob.value + " does not have its digest");
  }

  Hash hash_;
  std::shared_ptr<Contents> contents_ = std::make_shared<Contents>();
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

std::unique_ptr<Blobs> open_memory_blobs(Hash hash) {
  return std::make_unique<MemoryBlobs>(hash);
}

std::unique_ptr<Files> open_memory_files() { return std::make_unique<MemoryFiles>(); }

}  // namespace corridor::store
