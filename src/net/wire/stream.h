// SPDX-License-Identifier: Apache-2.0
//
// Bodies of any size on their way: two pieces each, one of which moves over the socket while the
// other is at the source or the sink. Belong to a loop's thread; what sources and sinks call back
// from elsewhere is posted there. A stream keeps itself alive, and with it the memory that a source
// fills or a sink reads, as long as either is at work, whatever becomes of the connection.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "base/work.h"
#include "net/http.h"
#include "net/wire/loop.h"

namespace corridor::net {

// One of the two: room for limits::kStreamPieceBytes, allocated when first wanted.
class StreamPiece {
 public:
  std::span<char> room();  // behind what is filled
  void fill(std::size_t bytes) { end_ += bytes; }
  void take(std::size_t bytes) { begin_ += bytes; }
  void clear() { begin_ = end_ = 0; }
  [[nodiscard]] View view() const { return {memory_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] bool full() const { return end_ == limits::kStreamPieceBytes; }
  // As one chunk (RFC 9112 §7.1): where its data go, and its frame around so many of them; none: the
  // end of the body.
  std::span<char> room_for_chunk();
  void fill_chunk(std::size_t bytes);

 private:
  std::unique_ptr<char[]> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class OutgoingStream final : public std::enable_shared_from_this<OutgoingStream> {
 public:
  OutgoingStream(std::shared_ptr<Loop> loop, std::shared_ptr<BodySource> source);

  // Asks for the first piece. `changed` is called when there is more to write, or an error.
  void begin(std::function<void()> changed);
  [[nodiscard]] View ready() const { return pieces_[front_].view(); }  // to be written now
  void wrote(std::size_t bytes);
  [[nodiscard]] bool done() const {
    return chunked_ ? left_to_ask_ == 0 && pieces_[front_].empty() : left_to_write_ == 0;
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // Asks for no more, and calls `then` when the source is not at work (any more).
  void end(Task then);

 private:
  void ask();
  [[nodiscard]] std::size_t room_wanted() const;
  void on_piece(Result<std::size_t> bytes);

  std::shared_ptr<Loop> loop_;
  std::shared_ptr<BodySource> source_;
  std::function<void()> changed_;
  std::array<StreamPiece, 2> pieces_;
  std::size_t front_ = 0;  // the piece that is written
  std::size_t asked_for_ = 0;  // the piece that is filled, while the source is at work
  bool chunked_;  // no length is known: all counts as left to ask for until the source has ended
  std::uint64_t left_to_ask_;
  std::uint64_t left_to_write_;
  std::optional<Error> error_;
  bool asked_ = false;
  bool ended_ = false;
  Task then_;
};

class IncomingStream final : public std::enable_shared_from_this<IncomingStream> {
 public:
  IncomingStream(std::shared_ptr<Loop> loop, std::shared_ptr<BodySink> sink)
      : loop_(std::move(loop)), sink_(std::move(sink)) {}

  // `changed` is called when the sink has taken a piece, or failed.
  void begin(std::function<void()> changed) { changed_ = std::move(changed); }
  // Where the next bytes go; empty while the sink has to take some first.
  std::span<char> room() { return pieces_[back_].room(); }
  void filled(std::size_t bytes);
  void append(View bytes);  // at most as many as room() has
  void flush();             // nothing more comes at once: the sink gets what there is
  [[nodiscard]] bool idle() const { return !busy_ && pieces_[back_].empty(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // Nothing more comes: the sink still gets what has come, unless it failed, then `then` is called.
  void end(Task then);

 private:
  void hand_over();
  void on_taken(Result<> result);

  std::shared_ptr<Loop> loop_;
  std::shared_ptr<BodySink> sink_;
  std::function<void()> changed_;
  std::array<StreamPiece, 2> pieces_;
  std::size_t back_ = 0;  // the piece that is filled; the other is at the sink while busy
  std::optional<Error> error_;
  bool busy_ = false;
  bool ended_ = false;
  Task then_;
};

}  // namespace corridor::net
