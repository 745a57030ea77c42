// SPDX-License-Identifier: Apache-2.0
//
// One thread writes: while a sync runs, others queue, and the next sync serves them all. A segment
// is only ever appended to, and never repaired: BlobIds carry offsets, so a torn record after a
// crash is dead space that nobody names. It is left where it is and a new segment begun, because
// cutting it off could cut off, after damage in the middle, what had been acknowledged.
#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/limits.h"
#include "store/disk/extent.h"
#include "store/disk/file.h"
#include "store/disk/names.h"
#include "store/disk/partials.h"
#include "store/open.h"

namespace corridor::store {

namespace {

constexpr std::size_t kBatchPutsMax = 256;
constexpr const char* kUnfinishedName = "unfinished";

struct Put {
  Bytes bytes;
  Digest digest;
  std::function<void(Result<Stored>)> done;
};

// The segment that is being filled. Used by the writer's thread only.
class SegmentWriter {
 public:
  SegmentWriter(std::string folder, std::uint64_t next) : folder_(std::move(folder)), next_(next) {}

  // Goes on with the last segment if it ends with a whole record and has room.
  Result<> resume() {
    if (next_ == 0) return {};
    const std::string path = path_of(next_ - 1);
    TRY_ASSIGN(FileDescriptor file, open_file(path, O_RDWR));
    TRY_ASSIGN(const std::uint64_t bytes, file_bytes(file, path));
    TRY_ASSIGN(const bool whole,
               ends_with_a_whole_record(bytes, [&](std::uint64_t offset, std::size_t count) {
                 return read_at(file, path, offset, count);
               }));
    if (!whole) return {};
    file_ = std::move(file);
    end_ = bytes;
    return {};
  }

  // Writes and syncs as many of `puts` as this segment takes, at least one; says which.
  Result<std::vector<Stored>> append(std::span<const Put> puts) {
    TRY(make_room(puts.front().bytes.size()));
    std::vector<std::array<char, kRecordHeaderBytes>> headers;
    std::vector<Stored> stored;
    std::uint64_t end = end_;
    for (const Put& put : puts) {
      const std::uint64_t bytes = put.bytes.size();
      if (!stored.empty() && end + kRecordHeaderBytes + bytes > limits::kSegmentBytesMax) break;
      headers.push_back(encode_record_header({bytes, put.digest}));
      stored.push_back({blob_id(SegmentPlace{next_ - 1, end, bytes}), put.digest, bytes});
      end += kRecordHeaderBytes + bytes;
    }
    TRY(write(puts.first(stored.size()), headers));
    end_ = end;
    return stored;
  }

 private:
  std::string path_of(std::uint64_t segment) const { return folder_ + "/" + segment_name(segment); }

  Result<> make_room(std::uint64_t bytes) {
    if (file_.is_open() && end_ + kRecordHeaderBytes + bytes <= limits::kSegmentBytesMax) return {};
    const std::string path = path_of(next_);
    TRY_ASSIGN(FileDescriptor file, open_file(path, O_RDWR | O_CREAT));
    TRY_ASSIGN(const std::uint64_t end, file_bytes(file, path));  // 0, as a rule
    TRY(sync_folder(folder_));
    file_ = std::move(file);
    end_ = end;
    ++next_;
    return {};
  }

  Result<> write(std::span<const Put> puts,
                 std::span<std::array<char, kRecordHeaderBytes>> headers) {
    std::vector<iovec> pieces;
    for (std::size_t i = 0; i < puts.size(); ++i) {
      pieces.push_back({headers[i].data(), headers[i].size()});
      pieces.push_back({const_cast<char*>(puts[i].bytes.data()), puts[i].bytes.size()});
    }
    const std::string path = path_of(next_ - 1);
    auto written = write_at(file_, path, end_, std::move(pieces));
    if (written) {
      sync_data_or_stop(file_, path);
    } else if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) {
      file_ = FileDescriptor();  // its end is not known: the next put begins a new one
    }
    return written;
  }

  std::string folder_;
  std::uint64_t next_;  // the number of the segment after the current one
  FileDescriptor file_;
  std::uint64_t end_ = 0;
};

class DiskBlobs final : public Blobs {
 public:
  DiskBlobs(std::string folder, Hash hash, BlobQueueLimits queue, SegmentWriter segments,
            std::unique_ptr<Partials> partials)
      : folder_(std::move(folder)),
        hash_(hash),
        queue_limits_(queue),
        segments_(std::move(segments)),
        partials_(std::move(partials)) {
    thread_ = std::thread([this] { run(); });
  }
  ~DiskBlobs() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    waiting_.notify_one();
    thread_.join();
  }
  DiskBlobs(const DiskBlobs&) = delete;
  DiskBlobs& operator=(const DiskBlobs&) = delete;

  void put(Bytes bytes, Digest digest, std::function<void(Result<Stored>)> done) override {
    const std::size_t size = bytes.size();
    bool accepted = false;
    {
      const std::lock_guard lock(mutex_);
      accepted = count_ < queue_limits_.count_max &&
                 (count_ == 0 || bytes_ + size <= queue_limits_.bytes_max);
      if (accepted) {
        ++count_;
        bytes_ += size;
        queue_.push_back({std::move(bytes), digest, std::move(done)});
      }
    }
    if (accepted) {
      waiting_.notify_one();
    } else {
      done(fail(Code::busy, "too many documents wait to be stored", "send it again later"));
    }
  }

  Result<Bytes> read(const BlobId& blob) const override {
    TRY_ASSIGN(const Extent extent, find_extent(folder_, blob));
    TRY_ASSIGN(Bytes bytes, read_at(extent.file, extent.path, extent.offset, extent.bytes));
    if (hash_.of(bytes) != extent.sha256)
      return std::unexpected(damaged(extent.path, "blob " + blob.value + " lacks its digest"));
    return bytes;
  }

  Result<std::unique_ptr<BlobWriter>> write(const std::string& name) override {
    return partials_->write(name);
  }

  [[nodiscard]] Result<std::vector<Partial>> partials() const override {
    return partials_->list();
  }

  Result<Stored> find(const BlobId& blob) const override {
    TRY_ASSIGN(const Extent extent, find_extent(folder_, blob));
    return Stored{blob, extent.sha256, extent.bytes};
  }

  Result<std::unique_ptr<BlobReader>> reader(const BlobId& blob,
                                             ReadOptions options) const override {
    TRY_ASSIGN(Extent extent, find_extent(folder_, blob));
    return read_extent(std::move(extent), options, hash_);
  }

 private:
  void run() {
    for (;;) {
      std::deque<Put> batch = take();
      if (batch.empty()) return;
      write(batch);
    }
  }

  std::deque<Put> take() {
    std::unique_lock lock(mutex_);
    waiting_.wait(lock, [&] { return closing_ || !queue_.empty(); });
    std::deque<Put> batch;
    while (!queue_.empty() && batch.size() < kBatchPutsMax) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  // The many small ones first: they share a sync, and need not wait for the large.
  void write(std::deque<Put>& batch) {
    std::vector<Put> small;
    std::vector<Put> large;
    for (Put& put : batch)
      (put.bytes.size() > limits::kBlobInlineMax ? large : small).push_back(std::move(put));
    for (std::span<Put> left = small; !left.empty();) left = left.subspan(write_some(left));
    for (Put& put : large) finish(put, write_single(put));
  }

  std::size_t write_some(std::span<Put> puts) {
    auto stored = segments_.append(puts);
    const std::size_t count = stored ? stored->size() : puts.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (stored) {
        finish(puts[i], std::move((*stored)[i]));
      } else {
        finish(puts[i], std::unexpected(stored.error()));
      }
    }
    return count;
  }

  Result<Stored> write_single(const Put& put) {
    Stored stored{blob_id(put.digest), put.digest, put.bytes.size()};
    TRY(replace_file(folder_ + "/" + kUnfinishedName, folder_ + "/" + stored.blob.value,
                     put.bytes));
    return stored;
  }

  void finish(Put& put, Result<Stored> result) {
    const std::size_t size = put.bytes.size();
    put.bytes = Bytes();
    {
      const std::lock_guard lock(mutex_);
      --count_;
      bytes_ -= size;
    }
    put.done(std::move(result));
  }

  std::string folder_;
  Hash hash_;
  BlobQueueLimits queue_limits_;
  SegmentWriter segments_;  // of the thread
  std::unique_ptr<Partials> partials_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<Put> queue_;
  std::size_t count_ = 0;  // accepted and not done: what the limits are about
  std::size_t bytes_ = 0;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Blobs>> open_disk_blobs(const std::string& folder, Hash hash,
                                               BlobQueueLimits queue) {
  TRY(make_folder(folder));
  TRY(remove_file(folder + "/" + kUnfinishedName));
  TRY_ASSIGN(const auto names, folder_names(folder));
  std::uint64_t next = 0;
  for (const std::string& name : names)
    if (const auto segment = parse_segment_name(name)) next = std::max(next, *segment + 1);
  SegmentWriter segments(folder, next);
  TRY(segments.resume());
  TRY_ASSIGN(auto partials, Partials::open(folder, hash));
  return std::make_unique<DiskBlobs>(folder, hash, queue, std::move(segments),
                                     std::move(partials));
}

}  // namespace corridor::store
