// SPDX-License-Identifier: Apache-2.0
//
// HTTP as values: what api and engine see of the network. A Client sends one request and calls back
// once; a Handler is called once a complete request has arrived and answers once. Both have a
// simulated twin (sim/), which is why no socket shows here.
//
// Threads: `send` may be called from any thread; `done` and handlers run on an I/O thread and must
// not block (post to an Executor).
#pragma once

#include <functional>
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

struct Request {
  std::string method;
  std::string url;     // outgoing: absolute, http://host:port/path?query
  std::string target;  // incoming: origin form, /path?query
  Headers headers;
  Bytes body;
};

struct Response {
  int status = 0;
  Headers headers;
  Bytes body;
};

struct Url {
  std::string scheme;  // http or https
  std::string host;    // as written, without brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, at least "/"
};
Result<Url> parse_url(View text);  // absolute http(s) only; no user info, no fragment

struct SendOptions {
  Duration timeout = limits::kExchangeTimeout;
  std::size_t body_bytes_max = limits::kMessageBytesMax;  // of the answer
};

class Client {
 public:
  virtual ~Client() = default;
  // Errors: `denied` (an address that may not be called), `unavailable` (refused, reset, resolved
  // to nothing), `timeout`, `too_large`, `peer` (not HTTP). A redirect is an answer like any other.
  virtual void send(Request request, SendOptions options,
                    std::function<void(Result<Response>)> done) = 0;
};

using Respond = std::move_only_function<void(Response)>;
using Handler = std::function<void(Request, Respond)>;

}  // namespace corridor::net
