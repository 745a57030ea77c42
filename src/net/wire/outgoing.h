// SPDX-License-Identifier: Apache-2.0
//
// A message on its way out: head and body lie apart and are never joined. Written at once as far as
// the socket takes it, which is nearly always to the end.
#pragma once

#include <string>

#include "base/bytes.h"
#include "net/wire/asio.h"

namespace corridor::net {

class Outgoing {
 public:
  enum class Progress : std::uint8_t { done, blocked, broken };

  // The head of the next message, empty, to be written; keeps its memory.
  std::string& begin() {
    head_.clear();
    body_ = {};
    sent_ = 0;
    return head_;
  }
  void set_body(View body) { body_ = body; }  // must stay where it is until done
  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] bool done() const { return sent_ == head_.size() + body_.size(); }
  Progress write_to(Socket& socket);

 private:
  std::string head_;
  View body_;
  std::size_t sent_ = 0;
};

}  // namespace corridor::net
