// SPDX-License-Identifier: Apache-2.0
#include "net/wire/stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace corridor::net {

namespace {

constexpr std::size_t kChunkHeadBytes = 10;  // eight hexadecimal digits and CR LF
constexpr std::size_t kChunkTailBytes = 2;

// What a source or a sink is given to call: from any thread, once; dropped uncalled it is an error,
// so that no connection waits for ever.
template <class Stream, class Outcome, void (Stream::*on_outcome)(Outcome)>
class Callback {
 public:
  Callback(std::shared_ptr<Loop> loop, std::shared_ptr<Stream> stream)
      : loop_(std::move(loop)), stream_(std::move(stream)) {}
  Callback(Callback&&) noexcept = default;
  Callback& operator=(Callback&&) = delete;
  ~Callback() {
    if (stream_) (*this)(fail(Code::internal, "a piece of a body was dropped"));
  }
  // Always posted, never called from within: a source that answers at once does not recurse.
  void operator()(Outcome outcome) {
    if (!stream_) return;
    Loop& loop = *loop_;
    loop.post([stream = std::move(stream_), outcome = std::move(outcome)]() mutable {
      ((*stream).*on_outcome)(std::move(outcome));
    });
  }

 private:
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<Stream> stream_;
};

}  // namespace

std::span<char> StreamPiece::room() {
  if (!memory_) memory_ = std::make_unique_for_overwrite<char[]>(limits::kStreamPieceBytes);
  return {memory_.get() + end_, limits::kStreamPieceBytes - end_};
}

std::span<char> StreamPiece::room_for_chunk() {
  clear();
  const auto all = room();
  return all.subspan(kChunkHeadBytes, all.size() - kChunkHeadBytes - kChunkTailBytes);
}

void StreamPiece::fill_chunk(std::size_t bytes) {
  std::array<char, kChunkHeadBytes> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size() - 2, bytes, 16);
  const auto count = static_cast<std::size_t>(written.ptr - digits.data());
  digits[count] = '\r';
  digits[count + 1] = '\n';
  begin_ = kChunkHeadBytes - count - 2;
  std::memcpy(memory_.get() + begin_, digits.data(), count + 2);
  end_ = kChunkHeadBytes + bytes;
  memory_[end_++] = '\r';
  memory_[end_++] = '\n';
}

OutgoingStream::OutgoingStream(std::shared_ptr<Loop> loop, std::shared_ptr<BodySource> source)
    : loop_(std::move(loop)),
      source_(std::move(source)),
      chunked_(source_->bytes() == BodySource::kUntilItEnds),
      left_to_ask_(source_->bytes()),
      left_to_write_(left_to_ask_) {}

void OutgoingStream::begin(std::function<void()> changed) {
  changed_ = std::move(changed);
  ask();
}

// Fills the front piece when it is empty, else the one behind it.
void OutgoingStream::ask() {
  const std::size_t index = pieces_[front_].empty() ? front_ : 1 - front_;
  if (asked_ || ended_ || error_ || left_to_ask_ == 0 || !pieces_[index].empty()) return;
  asked_ = true;
  asked_for_ = index;
  pieces_[index].clear();
  source_->next(chunked_ ? pieces_[index].room_for_chunk()
                         : pieces_[index].room().first(room_wanted()),
                Callback<OutgoingStream, Result<std::size_t>, &OutgoingStream::on_piece>(
                    loop_, shared_from_this()));
}

std::size_t OutgoingStream::room_wanted() const {
  const std::size_t most =
      limits::kStreamPieceBytes - (chunked_ ? kChunkHeadBytes + kChunkTailBytes : 0);
  return std::min<std::uint64_t>(left_to_ask_, most);
}

void OutgoingStream::on_piece(Result<std::size_t> bytes) {
  asked_ = false;
  if (ended_) {
    if (then_) std::exchange(then_, nullptr)();
    return;
  }
  if (!bytes) {
    error_ = std::move(bytes).error();
  } else if (chunked_ && *bytes <= room_wanted()) {
    if (*bytes == 0) left_to_ask_ = 0;
    pieces_[asked_for_].fill_chunk(*bytes);
    ask();
  } else if (*bytes == 0 || *bytes > room_wanted()) {
    error_ = Error{Code::internal, "a source of a body gave a piece of no possible size", {}};
  } else {
    left_to_ask_ -= *bytes;
    pieces_[asked_for_].fill(*bytes);
    ask();
  }
  if (changed_) changed_();
}

void OutgoingStream::wrote(std::size_t bytes) {
  if (!chunked_) left_to_write_ -= bytes;
  pieces_[front_].take(bytes);
  if (!pieces_[front_].empty()) return;
  front_ = 1 - front_;  // filled already, or being filled: the source is one piece ahead
  ask();
}

void OutgoingStream::end(Task then) {
  ended_ = true;
  changed_ = nullptr;
  if (!asked_) return then();
  then_ = std::move(then);
}

void IncomingStream::filled(std::size_t bytes) {
  pieces_[back_].fill(bytes);
  if (pieces_[back_].full()) flush();
}

void IncomingStream::append(View bytes) {
  const auto to = room();
  CHECK(bytes.size() <= to.size());
  std::memcpy(to.data(), bytes.data(), bytes.size());
  filled(bytes.size());
}

void IncomingStream::flush() {
  if (!busy_ && !error_ && !pieces_[back_].empty()) hand_over();
}

void IncomingStream::hand_over() {
  busy_ = true;
  const View piece = pieces_[back_].view();
  back_ = 1 - back_;
  sink_->take(piece, Callback<IncomingStream, Result<>, &IncomingStream::on_taken>(
                         loop_, shared_from_this()));
}

void IncomingStream::on_taken(Result<> result) {
  busy_ = false;
  pieces_[1 - back_].clear();
  if (!result && !error_) error_ = std::move(result).error();
  if (!ended_) {
    if (pieces_[back_].full()) flush();
    if (changed_) changed_();
    return;
  }
  flush();
  if (!busy_ && then_) std::exchange(then_, nullptr)();
}

void IncomingStream::end(Task then) {
  ended_ = true;
  changed_ = nullptr;
  flush();
  if (!busy_) return then();
  then_ = std::move(then);
}

}  // namespace corridor::net
