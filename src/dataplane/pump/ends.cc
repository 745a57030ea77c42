// SPDX-License-Identifier: Apache-2.0
#include "dataplane/pump/state.h"

namespace corridor::dataplane {

Error all_places_taken() {
  return {Code::busy, "as many transfers run as may run at once", "try again when one has ended"};
}

// Posted always: a transfer has one task at a time, and transfers are counted.
void BlobSource::next(std::span<char> room, Done done) {
  workers_.post_always([self = shared_from_this(), room, done = std::move(done)]() mutable {
    auto bytes = self->read(room);
    if (!bytes) self->error_.note(bytes.error());
    done(std::move(bytes));
  });
}

Result<std::size_t> BlobSource::read(std::span<char> room) {
  if (gate_) TRY(gate_());
  TRY_ASSIGN(const std::size_t bytes, reader_->read(room));
  if (bytes == 0) return fail(Code::corrupt, "a blob has become shorter while it was sent");
  return bytes;
}

void WriterSink::begin(Begin how) {
  const std::lock_guard lock(mutex_);
  begin_ = std::move(how);
}

void WriterSink::take(View piece, Done done) {
  workers_.post_always([self = shared_from_this(), piece, done = std::move(done)]() mutable {
    done(self->append(piece));
  });
}

Result<> WriterSink::append(View piece) {
  const std::lock_guard lock(mutex_);
  auto result = append_locked(piece);
  if (!result) error_.note(result.error());
  return result;
}

Result<> WriterSink::end_of_body() {
  const std::lock_guard lock(mutex_);
  return begin_locked();
}

Result<> WriterSink::append_locked(View piece) {
  if (!writer_) return fail(Code::unavailable, "the transfer has ended");
  if (gate_) TRY(gate_());
  TRY(begin_locked());
  const std::size_t here = std::min<std::uint64_t>(skip_, piece.size());
  skip_ -= here;
  piece.remove_prefix(here);
  if (piece.size() > bytes_max_ - std::min(bytes_max_, writer_->bytes()))
    return fail(Code::too_large, "more than the " + std::to_string(bytes_max_) +
                                     " bytes came that are taken");
  if (!piece.empty()) TRY(writer_->append(piece));
  return {};
}

Result<> WriterSink::begin_locked() {
  if (!begin_ || !writer_) return {};
  const Begin how = *std::exchange(begin_, std::nullopt);
  if (how.anew) TRY(writer_->restart());
  if (!how.note.empty()) TRY(writer_->set_note(how.note));
  skip_ = how.skip;
  return {};
}

std::uint64_t WriterSink::bytes() const {
  const std::lock_guard lock(mutex_);
  return writer_ ? writer_->bytes() : 0;
}

std::unique_ptr<store::BlobWriter> WriterSink::take_writer() {
  const std::lock_guard lock(mutex_);
  return std::move(writer_);
}

}  // namespace corridor::dataplane
