// SPDX-License-Identifier: Apache-2.0
//
// Reads one HTTP/1.1 message from bytes as they come (RFC 9112). A function of its input: no
// socket, no clock. However the bytes are cut into pieces, the outcome is the same (the fuzz
// targets hold it to that).
//
//   MessageReader reader(MessageReader::Kind::request);
//   rest = reader.feed(bytes);                // stops at `head`, `done` and `failed`
//   if (reader.state() == State::head) reader.accept_body(body_bytes_max);
//
// Strict where recipients are known to disagree. Refused: a bare CR or LF, NUL and other controls,
// a folded line, white space around a field name, no Host or two, both lengths or two of one, a
// length that is not plain digits, a Transfer-Encoding other than `chunked`.
// Deviates: RFC 9112 §3.2.2: a target is in origin form only. §7.1.1: a chunk extension is refused.
#pragma once

#include <optional>
#include <string>

#include "net/http.h"

namespace corridor::net {

struct Refusal {
  int status = 0;  // what a server answers
  Code code = Code::invalid;
  View reason;  // one sentence of ours, never the peer's bytes
};

class MessageReader {
 public:
  enum class Kind : std::uint8_t { request, response };
  enum class State : std::uint8_t {
    start_line,
    fields,
    head,         // the head is read: accept_body goes on
    sized,        // a body of known length
    until_close,  // a response that ends with its connection
    chunk_size,
    chunk_data,
    chunk_end,
    trailers,
    done,
    failed,
  };

  explicit MessageReader(Kind kind) : kind_(kind) {}

  // Takes what it can of `input`, gives back the rest.
  View feed(View input);
  enum class Keep : std::uint8_t {
    whole,     // the body is in the message
    pieces,    // the body is given away as it comes: piece(), direct_bytes()
    no_body,   // an answer to HEAD
  };
  // At `head`: goes on with the body, which may have so many bytes.
  void accept_body(std::size_t body_bytes_max, Keep keep = Keep::whole);
  // Of a body in pieces: what the last `feed` has passed, within its input; it stops at each.
  [[nodiscard]] View piece() const { return piece_; }
  // So many bytes that come next are all of the body. They need not be fed: whoever reads up to
  // that many into a place of its own says so. 0: feed.
  [[nodiscard]] std::size_t direct_bytes() const;
  void pass_direct(std::size_t bytes) { pass_body(bytes); }
  // The connection ended. True when that ends the message (until_close).
  bool finish();
  // Begins the next message. After an interim response the limits of the head go on counting.
  void next(bool interim = false);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool touched() const { return touched_; }  // a byte of this message has come
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  // From `head` on.
  [[nodiscard]] const std::string& method() const { return request_.method; }
  [[nodiscard]] const std::string& target() const { return request_.target; }
  [[nodiscard]] int status() const { return response_.status; }
  [[nodiscard]] bool wants_close() const { return wants_close_; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }  // so far
  [[nodiscard]] std::optional<std::size_t> content_length() const { return content_length_; }

  [[nodiscard]] const Response& response() const { return response_; }

  // At `done`; of a body in pieces from `head` on, once.
  Request take_request() { return std::move(request_); }
  Response take_response() { return std::move(response_); }

 private:
  bool step(View& input);
  bool take_line(View& input, View& line);
  void on_line(View line);
  void on_request_line(View line);
  void on_status_line(View line);
  void on_field(View line);
  void note_field(View name, View value);
  void note_content_length(View value);
  void end_head();
  void on_chunk_size(View line);
  void take_body(View& input);
  void pass_body(std::size_t bytes);
  void refuse(int status, Code code, View reason);
  void malformed(View reason) { refuse(400, Code::invalid, reason); }
  Bytes& body() { return kind_ == Kind::request ? request_.body : response_.body; }

  Kind kind_;
  State state_ = State::start_line;
  Refusal refusal_;
  Request request_;
  Response response_;
  std::string line_;            // the beginning of a line that was cut
  std::size_t head_bytes_ = 0;  // of all lines but those of chunk sizes
  std::size_t field_count_ = 0;
  std::size_t host_count_ = 0;
  std::size_t body_bytes_max_ = 0;
  std::size_t body_bytes_ = 0;
  Keep keep_ = Keep::whole;
  View piece_;
  std::size_t left_ = 0;  // of the body or the chunk
  std::optional<std::size_t> content_length_;
  bool touched_ = false;
  bool chunked_ = false;
  bool wants_close_ = false;
  bool expects_continue_ = false;
  bool skipped_empty_line_ = false;
};

}  // namespace corridor::net
