// SPDX-License-Identifier: Apache-2.0
//
// HTTP as values: what api and engine see of the network. A Client sends one request and calls back
// once; a Handler is called once a complete request has arrived and answers once. Both have a
// simulated twin (sim/), which is why no socket shows here.
//
// Bodies are values (`body`), or streams when they may be of any size: a BodySource gives a body
// piece by piece while it is sent, a BodySink takes one piece by piece while it arrives. At most
// two pieces of limits::kStreamPieceBytes are held for a stream, whatever its size: a source is
// asked for more when the socket took what it gave, and a socket is read on when the sink took what
// came.
//
// Threads: `send` may be called from any thread; `done` and handlers run on an I/O thread and must
// not block (post to an Executor).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace corridor::net {

// Names compare without regard to case; order and repetition are kept.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}
  [[nodiscard]] const std::string* find(View name) const;  // the first of that name
  [[nodiscard]] std::size_t count(View name) const;
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// A body that is made while it is sent. Called on an I/O thread, so it must not block: what reads a
// disk does so on a worker and calls back from there.
class BodySource {
 public:
  using Done = std::move_only_function<void(Result<std::size_t> bytes)>;
  static constexpr std::uint64_t kUntilItEnds = ~std::uint64_t{0};
  virtual ~BodySource() = default;
  // In all; of an answer also kUntilItEnds: then it is sent in chunks, each piece as soon as it is
  // there, and 0 bytes are its end.
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;
  // Fills `room` from its beginning and calls `done` once, from any thread, with the number of
  // bytes: at least 1, at most `room.size()` and what is left. `room` stays until then. Asked for
  // one piece at a time; not again after all bytes, after an error, or when the other side has
  // gone. An error ends the connection: the other side sees a body that is too short. An error of
  // the first piece of an answer is answered as such, with the status of its code.
  virtual void next(std::span<char> room, Done done) = 0;
};

// Takes a body while it arrives. Called on an I/O thread, as a source is.
class BodySink {
 public:
  using Done = std::move_only_function<void(Result<>)>;
  virtual ~BodySink() = default;
  // One piece at a time, never empty; it stays until `done` is called, once, from any thread. An
  // error gives the body up.
  virtual void take(View piece, Done done) = 0;
};

// The body of a request on a route that streams (ServerOptions::body_is_streamed): it waits in the
// connection until it is asked for. A request that is answered before its body was read closes its
// connection.
class IncomingBody {
 public:
  virtual ~IncomingBody() = default;
  [[nodiscard]] virtual std::optional<std::uint64_t> bytes() const = 0;  // when announced
  // Once, from any thread. `done` is called once, when the sink has taken all of it, or with why
  // not: the sink's error, `unavailable` (the other side has gone), `timeout` (no byte came for
  // ServerOptions::stall_timeout), `too_large`, `invalid`. No piece is at the sink when it is
  // called.
  virtual void read_into(std::shared_ptr<BodySink> sink, BodySink::Done done) = 0;
};

struct Request {
  std::string method;
  std::string url;     // outgoing: absolute, http://host:port/path?query
  std::string target;  // incoming: origin form, /path?query
  Headers headers;
  Bytes body;
  std::shared_ptr<BodySource> source = nullptr;      // outgoing: instead of `body`
  std::shared_ptr<IncomingBody> incoming = nullptr;  // incoming, on a route that streams
};

struct Response {
  int status = 0;
  Headers headers;
  Bytes body;
  std::shared_ptr<BodySource> source = nullptr;  // of a server: instead of `body`
  // Of a server, with a source: the answer begins while the body of its request still comes into its
  // sink. Its head goes out at once, and its connection is not kept.
  bool beside_body = false;
};

struct Url {
  std::string scheme;  // http or https
  std::string host;    // as written, without brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, at least "/"
};
Result<Url> parse_url(View text);  // absolute http(s) only; no user info, no fragment

struct SendOptions {
  // From `send` to the whole answer. While a body is streamed, either way: how long no byte may
  // move; what a source or a sink needs does not count.
  Duration timeout = limits::kExchangeTimeout;
  std::size_t body_bytes_max = limits::kMessageBytesMax;  // of the answer
  // Given the head of the answer, on an I/O thread, it names who takes the body: a sink (`body`
  // stays empty), or nobody (null: `body` as ever, within body_bytes_max of an answer without a
  // sink). An error gives the exchange up and is what `done` gets.
  std::function<Result<std::shared_ptr<BodySink>>(const Response& head)> on_head = nullptr;
  std::size_t streamed_bytes_max = limits::kTransferBytesMax;  // of a body that goes into a sink
};

class Client {
 public:
  virtual ~Client() = default;
  // Errors: `invalid` (URL, method or header), `denied` (an address that may not be called; https),
  // `unavailable` (refused, reset, resolved to nothing, stopping), `timeout`, `too_large`, `peer`
  // (not HTTP), `busy` (too many at once); of a streamed body also the error of its source or sink,
  // and `done` is called when neither is at work any more. A redirect is an answer like any other.
  // A request must be one that may arrive twice (README.md). Content-Length, Transfer-Encoding,
  // Connection, Host and Date among its headers are left out: they are the network's own.
  virtual void send(Request request, SendOptions options,
                    std::function<void(Result<Response>)> done) = 0;
};

// All that a source gives as one value; for twins of the network (sim/) and tests.
void collect(std::shared_ptr<BodySource> source, std::move_only_function<void(Result<Bytes>)> done);

// Called once, from any thread; ignored when the connection has gone. Dropped uncalled: 500.
using Respond = std::move_only_function<void(Response)>;
using Handler = std::function<void(Request, Respond)>;

}  // namespace corridor::net
