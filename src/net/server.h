// SPDX-License-Identifier: Apache-2.0
//
// The real network: I/O threads, the HTTP/1.1 server and the pooled client on them.
//
// Until TLS is part of this house, plain HTTP is spoken with loopback only: `listen` refuses every
// other address, and the client resolves a name first, refuses it unless every address is loopback
// (127.0.0.0/8, ::1), and connects to an address it has checked. `localhost` is never asked of DNS.
//
// The server is strict where proxies and servers are made to disagree: no Transfer-Encoding but
// `chunked`, no line folding, one Host, never both lengths, no bare CR or LF, no white space before
// a colon. Bodies above the limit of the route are refused before they are read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/env.h"
#include "net/http.h"

namespace corridor::net {

// The I/O threads. Outlives the servers and clients on it. After `stop` (not from an I/O thread) no
// callback runs any more: requests under way have been answered with `unavailable`.
class Loops {
 public:
  explicit Loops(std::size_t threads);
  ~Loops();  // stops
  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;
  void stop();

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

struct ServerOptions {
  std::size_t connections_max = limits::kConnectionsMax;  // above: 503 and closed
  Duration header_timeout = limits::kHeaderTimeout;  // from the first byte to the end of the head
  // Between requests; also what a body or an answer may take beyond 32 bytes a millisecond.
  Duration idle_timeout = limits::kIdleTimeout;
  // Most body bytes that a request for this method and target may have; asked before reading it.
  std::function<std::size_t(View method, View target)> body_bytes_max;
  // Whether the handler is called as soon as the head is there and takes the body from
  // Request::incoming; body_bytes_max goes on to hold. Absent: no route streams.
  std::function<bool(View method, View target)> body_is_streamed;
  // While a body is streamed, either way, a byte has to move within it; there is no least speed.
  Duration stall_timeout = limits::kStallTimeout;
  // The answer to a request that is refused before its handler sees it (a body too large, a server too
  // busy), for routes whose errors have a form; its status is kept. Absent: {"code","reason"}.
  std::function<Response(View method, View target, const Error& error)> refusal;
  // Of all bodies that are being read or handled; a connection that would pass it is answered 503.
  std::size_t bodies_bytes_max = limits::kBodiesBytesMax;
};

class Server {
 public:
  // `host` is an IP address or "localhost"; port 0 picks a free one. `denied` unless loopback;
  // `conflict` when the port is taken.
  static Result<std::unique_ptr<Server>> listen(Loops& loops, const std::string& host,
                                                std::uint16_t port, ServerOptions options,
                                                Handler handler);
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  // Closes the listener and idle connections; a request that is half there is answered 503, one
  // that is being handled is answered when its Respond is called. No handler runs or is called when
  // this has returned. Not from an I/O thread.
  virtual void stop() = 0;
};

struct ClientOptions {
  std::size_t connections_per_host_max = limits::kPeerInFlightMax;
  std::size_t in_flight_max = 4096;
  Duration idle_timeout = seconds(60);  // below a server's: it is better to leave than to be left
};
std::unique_ptr<Client> make_client(Loops& loops, ClientOptions options = {});

}  // namespace corridor::net
