// SPDX-License-Identifier: Apache-2.0
//
// A partial is hashed while it is written, and hashed again when it is gone on with: nothing that
// lies on the disk is believed. Writing to the disk is begun early, a window at a time, so that the
// sync at the end of ten gigabytes finds little left to do and the kernel holds few dirty pages.
#include "store/disk/partials.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/disk/file.h"
#include "store/disk/names.h"

namespace corridor::store {

namespace {

constexpr std::uint64_t kWriteBackBytes = 8 * 1024 * 1024;
constexpr std::size_t kHashPieceBytes = 128 * 1024;

}  // namespace

class PartialWriter final : public BlobWriter {
 public:
  PartialWriter(Partials& all, std::string file_name, bool is_named)
      : all_(all),
        file_name_(std::move(file_name)),
        path_(all.folder_ + "/" + file_name_),
        is_named_(is_named) {}
  ~PartialWriter() override {
    if (!is_named_ && !is_over_) (void)remove_file(path_);  // else the next opening sweeps it
    all_.give_back(file_name_);
  }
  PartialWriter(const PartialWriter&) = delete;
  PartialWriter& operator=(const PartialWriter&) = delete;

  // Goes on with what is there.
  Result<> open() {
    TRY_ASSIGN(file_, open_file(path_, O_RDWR | O_CREAT));
    hasher_ = all_.hash_.begin();
    TRY_ASSIGN(const std::uint64_t there, file_bytes(file_, path_));
    Bytes piece;
    while (bytes_ < there) {
      piece.resize(std::min<std::uint64_t>(kHashPieceBytes, there - bytes_));
      TRY(read_into(file_, path_, bytes_, piece));
      hasher_->update(piece);
      bytes_ += piece.size();
    }
    begun_bytes_ = bytes_;
    if (!is_named_) return {};
    auto note = read_file(note_path());
    if (!note && note.error().code != Code::not_found)
      return std::unexpected(std::move(note).error());
    if (note) note_ = std::move(*note);
    return {};
  }

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }
  [[nodiscard]] const Bytes& note() const override { return note_; }

  Result<> set_note(Bytes note) override {
    if (note.size() > kNoteBytesMax)
      return fail(Code::too_large, "a note of " + std::to_string(note.size()) + " bytes");
    if (is_named_) TRY(replace_file(note_path() + ".new", note_path(), note));
    note_ = std::move(note);
    return {};
  }

  Result<> append(corridor::View piece) override {
    CHECK(!is_over_);
    TRY(write_at(file_, path_, bytes_, {{const_cast<char*>(piece.data()), piece.size()}}));
    hasher_->update(piece);
    bytes_ += piece.size();
    if (bytes_ - begun_bytes_ < kWriteBackBytes) return {};
    // What it cannot write, the sync at the end reports.
    (void)::sync_file_range(file_.get(), static_cast<off_t>(begun_bytes_),
                            static_cast<off_t>(bytes_ - begun_bytes_), SYNC_FILE_RANGE_WRITE);
    begun_bytes_ = bytes_;
    return {};
  }

  // The note first: bytes without one are not gone on with, a note without its bytes would be.
  Result<> restart() override {
    CHECK(!is_over_);
    if (is_named_) TRY(remove_file(note_path()));
    note_.clear();
    if (::ftruncate(file_.get(), 0) != 0)
      return std::unexpected(system_error("emptying", path_, errno));
    hasher_ = all_.hash_.begin();
    bytes_ = begun_bytes_ = 0;
    return {};
  }

  Result<Stored> finish(const std::optional<Digest>& expected) override {
    CHECK(!is_over_);
    const Digest digest = hasher_->finish();
    if (expected && *expected != digest) {
      TRY(discard());
      return std::unexpected(another_digest(digest, *expected));
    }
    const Stored stored{blob_id(digest), digest, bytes_};
    const std::string path = all_.blobs_folder_ + "/" + stored.blob.value;
    sync_file_or_stop(file_, path_);
    if (::rename(path_.c_str(), path.c_str()) != 0)
      return std::unexpected(system_error("renaming a file to", path, errno));
    is_over_ = true;
    TRY(sync_folder(all_.blobs_folder_));
    if (is_named_) TRY(remove_file(note_path()));
    return stored;
  }

  Result<> discard() override {
    CHECK(!is_over_);
    is_over_ = true;
    if (is_named_) TRY(remove_file(note_path()));
    return remove_file(path_);
  }

 private:
  [[nodiscard]] std::string note_path() const { return path_ + std::string(kNoteSuffix); }

  Partials& all_;
  std::string file_name_;
  std::string path_;
  bool is_named_;
  FileDescriptor file_;
  std::unique_ptr<Hasher> hasher_;
  std::uint64_t bytes_ = 0;
  std::uint64_t begun_bytes_ = 0;  // whose way to the disk has begun
  Bytes note_;
  bool is_over_ = false;  // finished or thrown away
};

Result<std::unique_ptr<Partials>> Partials::open(const std::string& folder, Hash hash) {
  std::unique_ptr<Partials> partials(new Partials(folder, hash));
  TRY(make_folder(partials->folder_));
  TRY(partials->sweep());
  return partials;
}

// What no name leads to: partials without one, notes whose bytes are gone, notes half written.
Result<> Partials::sweep() const {
  TRY_ASSIGN(const auto names, folder_names(folder_));
  for (const std::string& name : names) {
    if (parse_partial_file(name)) continue;
    if (name.ends_with(kNoteSuffix)) {
      TRY_ASSIGN(const bool wanted,
                 file_exists(folder_ + "/" + name.substr(0, name.size() - kNoteSuffix.size())));
      if (wanted) continue;
    }
    TRY(remove_file(folder_ + "/" + name));
  }
  return {};
}

bool Partials::take(const std::string& file) {
  const std::lock_guard lock(mutex_);
  return in_use_.insert(file).second;
}

void Partials::give_back(const std::string& file) {
  const std::lock_guard lock(mutex_);
  in_use_.erase(file);
}

Result<std::unique_ptr<BlobWriter>> Partials::write(const std::string& name) {
  TRY(check_partial_name(name));
  std::string file = partial_file(name);
  if (name.empty()) {
    const std::lock_guard lock(mutex_);
    file = "unnamed-" + std::to_string(next_unnamed_++);
  }
  if (!take(file)) return std::unexpected(partial_in_use(name));
  auto writer = std::make_unique<PartialWriter>(*this, file, !name.empty());
  TRY(writer->open());
  return writer;
}

Result<std::vector<Partial>> Partials::list() const {
  TRY_ASSIGN(const auto names, folder_names(folder_));
  std::vector<Partial> partials;
  for (const std::string& file_name : names) {
    const auto name = parse_partial_file(file_name);
    if (!name) continue;
    const std::string path = folder_ + "/" + file_name;
    auto file = open_to_read(path);
    if (!file && file.error().code == Code::not_found) continue;  // finished since
    if (!file) return std::unexpected(std::move(file).error());
    TRY_ASSIGN(const std::uint64_t bytes, file_bytes(*file, path));
    partials.push_back({*name, bytes});
  }
  return partials;
}

}  // namespace corridor::store
