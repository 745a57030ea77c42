// SPDX-License-Identifier: Apache-2.0
//
// A message on its way out: head and body lie apart and are never joined; a body may be a stream.
// Written at once as far as the socket takes it, which without a stream is nearly always to the
// end.
#pragma once

#include <string>

#include "base/bytes.h"
#include "net/wire/stream.h"

namespace corridor::net {

class Outgoing {
 public:
  enum class Progress : std::uint8_t {
    done,
    blocked,  // the socket takes no more now
    starved,  // the source has not given the next piece yet, and will call
    broken,   // the socket has failed
    failed,   // the source has
  };

  // The head of the next message, empty, to be written; keeps its memory.
  std::string& begin() {
    head_.clear();
    body_ = {};
    stream_ = nullptr;
    sent_ = 0;
    return head_;
  }
  void set_body(View body) { body_ = body; }  // must stay where it is until done
  void set_stream(std::shared_ptr<OutgoingStream> stream) { stream_ = std::move(stream); }
  [[nodiscard]] const std::shared_ptr<OutgoingStream>& stream() const { return stream_; }
  std::shared_ptr<OutgoingStream> take_stream() { return std::exchange(stream_, nullptr); }
  [[nodiscard]] std::size_t sent() const { return sent_; }  // a stream not counted
  [[nodiscard]] bool done() const { return values_done() && (!stream_ || stream_->done()); }
  Progress write_to(Socket& socket);

 private:
  [[nodiscard]] bool values_done() const { return sent_ == head_.size() + body_.size(); }
  Progress write_stream(Socket& socket);

  std::string head_;
  View body_;
  std::shared_ptr<OutgoingStream> stream_;
  std::size_t sent_ = 0;  // of head and body
};

}  // namespace corridor::net
