// SPDX-License-Identifier: Apache-2.0
//
// What all transfers of a DataPlane share, and the two ends of a transfer: a blob as a source, a
// partial as a sink. Both do their work, the gate's question included, on the workers.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "dataplane/dataplane.h"

namespace corridor::dataplane {

struct DataPlane::State {
  explicit State(Parts p) : parts(p) {}
  Parts parts;
  std::atomic<std::size_t> transfers{0};
};

// A place among the transfers that may run at once.
class Place {
 public:
  // Null when all are taken.
  template <class State>
  static std::shared_ptr<Place> take(const std::shared_ptr<State>& state) {
    if (state->transfers.fetch_add(1) < state->parts.transfers_max)
      return std::shared_ptr<Place>(new Place(state, state->transfers));
    state->transfers.fetch_sub(1);
    return nullptr;
  }
  ~Place() { transfers_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Place(std::shared_ptr<void> owner, std::atomic<std::size_t>& transfers)
      : owner_(std::move(owner)), transfers_(transfers) {}
  std::shared_ptr<void> owner_;
  std::atomic<std::size_t>& transfers_;
};
Error all_places_taken();

// An error that an end of a transfer remembers: the network only says that the transfer ended.
class FirstError {
 public:
  void note(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
  }
  [[nodiscard]] std::optional<Error> get() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

class BlobSource final : public net::BodySource,
                         public std::enable_shared_from_this<BlobSource> {
 public:
  BlobSource(Executor& workers, std::unique_ptr<store::BlobReader> reader, std::uint64_t bytes,
             Gate gate, std::shared_ptr<Place> place)
      : workers_(workers),
        reader_(std::move(reader)),
        bytes_(bytes),
        gate_(std::move(gate)),
        place_(std::move(place)) {}

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }
  void next(std::span<char> room, Done done) override;
  [[nodiscard]] std::optional<Error> error() const { return error_.get(); }

 private:
  Result<std::size_t> read(std::span<char> room);

  Executor& workers_;
  std::unique_ptr<store::BlobReader> reader_;
  std::uint64_t bytes_;
  Gate gate_;
  std::shared_ptr<Place> place_;
  FirstError error_;
};

// The bytes go into a writer, behind what is there. Used again for each answer of a fetch.
class WriterSink final : public net::BodySink, public std::enable_shared_from_this<WriterSink> {
 public:
  WriterSink(Executor& workers, std::unique_ptr<store::BlobWriter> writer, std::uint64_t bytes_max,
             Gate gate)
      : workers_(workers),
        writer_(std::move(writer)),
        bytes_max_(bytes_max),
        gate_(std::move(gate)) {}

  struct Begin {
    bool anew = false;       // throws away what is there first
    std::uint64_t skip = 0;  // so many bytes of the body are here already
    Bytes note;              // kept with the partial; empty: as it is
  };
  void begin(Begin how);  // before the body comes

  void take(View piece, Done done) override;
  Result<> append(View piece);  // the same, at once; on a worker
  Result<> end_of_body();       // what `begin` asked for also of a body without a byte

  [[nodiscard]] std::optional<Error> error() const { return error_.get(); }
  [[nodiscard]] std::uint64_t bytes() const;
  // The writer; null when it was taken before.
  std::unique_ptr<store::BlobWriter> take_writer();

 private:
  Result<> append_locked(View piece);
  Result<> begin_locked();

  Executor& workers_;
  // Only a network that stops calls `done` while a piece is still here.
  mutable std::mutex mutex_;
  std::unique_ptr<store::BlobWriter> writer_;
  std::uint64_t bytes_max_;
  Gate gate_;
  std::optional<Begin> begin_;
  std::uint64_t skip_ = 0;
  FirstError error_;
};

}  // namespace corridor::dataplane
