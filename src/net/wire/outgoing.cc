// SPDX-License-Identifier: Apache-2.0
#include "net/wire/outgoing.h"

#include <algorithm>

namespace corridor::net {

Outgoing::Progress Outgoing::write_to(Socket& socket) {
  while (!values_done()) {
    const std::size_t of_head = std::min(sent_, head_.size());
    const View head = View(head_).substr(of_head);
    const View body = body_.substr(sent_ - of_head);
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(body)};
    ErrorCode error;
    sent_ += socket.write_some(pieces, error);
    if (error == asio::error::would_block) return Progress::blocked;
    if (error) return Progress::broken;
  }
  return stream_ ? write_stream(socket) : Progress::done;
}

Outgoing::Progress Outgoing::write_stream(Socket& socket) {
  while (!stream_->done()) {
    if (stream_->ready().empty()) return stream_->error() ? Progress::failed : Progress::starved;
    ErrorCode error;
    stream_->wrote(socket.write_some(asio::buffer(stream_->ready()), error));
    if (error == asio::error::would_block) return Progress::blocked;
    if (error) return Progress::broken;
  }
  return Progress::done;
}

}  // namespace corridor::net
