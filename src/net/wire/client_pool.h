// SPDX-License-Identifier: Apache-2.0
//
// The connections of a client on one loop. A host (name and port) belongs to one loop, so its bound
// is exact and nothing is locked: at most `connections_per_host_max` at a time, the others wait in
// order. The last used connection is used first, so the rest can grow old and close.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/wire/loop.h"
#include "net/wire/outgoing.h"
#include "net/wire/reader.h"

namespace corridor::net {

class ClientConnection;
class ClientPool;

// One request and whoever waits for its answer.
struct Exchange {
  Url url;
  std::string method;
  std::string head;
  Bytes body;
  std::shared_ptr<BodySource> source;
  SendOptions options;
  std::function<void(Result<Response>)> done;
  Clock::time_point until;
  std::optional<Deadline> deadline;        // set while a pool has it
  ClientConnection* connection = nullptr;  // null while it waits
  bool was_sent_again = false;

  [[nodiscard]] std::string name() const;  // "GET http://host:port/path", for messages
};

// What may still be at work when an exchange has ended.
struct ExchangeStreams {
  std::shared_ptr<OutgoingStream> out;
  std::shared_ptr<IncomingStream> in;
};

struct Host {
  std::string key;
  std::string name;
  std::uint16_t port = 0;
  std::vector<tcp::endpoint> endpoints;  // checked
  Clock::time_point endpoints_until;
  bool resolving = false;
  std::deque<std::unique_ptr<Exchange>> waiting;
  std::vector<std::shared_ptr<ClientConnection>> connections;
  std::vector<ClientConnection*> idle;  // the last used is the last
};

// What all loops of one client share.
struct ClientShared {
  ClientOptions options;
  std::atomic<std::size_t> in_flight{0};
};

class ClientPool final : public LoopPart, public std::enable_shared_from_this<ClientPool> {
 public:
  ClientPool(std::shared_ptr<Loop> loop, std::shared_ptr<ClientShared> shared)
      : loop_(std::move(loop)), shared_(std::move(shared)), resolver_(loop_->io.get_executor()) {}

  void submit(std::unique_ptr<Exchange> exchange);
  void close();
  void on_loop_stop() override { close(); }

  // Called by connections.
  void release(ClientConnection& connection);  // it is idle
  void forget(ClientConnection& connection);   // it is closed
  void send_again(Host& host, std::unique_ptr<Exchange> exchange);
  void finish(std::unique_ptr<Exchange> exchange, Result<Response> result);
  // The same, when neither its source nor its sink is at work any more.
  void finish_at_rest(std::unique_ptr<Exchange> exchange, Result<Response> result,
                      ExchangeStreams streams);

  [[nodiscard]] const std::shared_ptr<Loop>& loop_ptr() const { return loop_; }
  [[nodiscard]] Loop& loop() { return *loop_; }
  [[nodiscard]] const ClientOptions& options() const { return shared_->options; }

 private:
  void advance(Host& host);
  void open(Host& host, std::unique_ptr<Exchange> exchange);
  bool has_endpoints(Host& host);
  void resolve(Host& host);
  void on_resolved(const std::string& key, ErrorCode error, const Resolver::results_type& results);
  void fail_waiting(Host& host, const Error& error);
  void expire(Exchange& exchange);
  void drop_if_unused(Host& host);
  void finish_resting(std::uint64_t number);

  std::shared_ptr<Loop> loop_;  // first: it must outlive the resolver
  std::shared_ptr<ClientShared> shared_;
  Resolver resolver_;
  std::unordered_map<std::string, std::unique_ptr<Host>> hosts_;
  struct Resting {
    std::unique_ptr<Exchange> exchange;
    Result<Response> result;
  };
  std::unordered_map<std::uint64_t, Resting> resting_;
  std::uint64_t next_resting_ = 0;
  bool closed_ = false;
};

class ClientConnection final : public std::enable_shared_from_this<ClientConnection> {
 public:
  ClientConnection(std::shared_ptr<ClientPool> pool, Host& host);

  void connect(std::unique_ptr<Exchange> exchange);
  void run(std::unique_ptr<Exchange> exchange);  // on an idle connection
  void fail(Code code, std::string_view what, std::string_view todo);
  void close();
  [[nodiscard]] Host& host() { return host_; }

 private:
  void try_endpoint(std::size_t index);
  void begin();
  void write();
  void await_read();
  void on_readable();
  std::span<char> place_to_read();
  void on_bytes(View input);
  void on_head();
  void on_message(bool surplus);
  void on_done(bool surplus);
  void on_end(ErrorCode error);
  void on_source();
  void on_sink();
  void note_progress();
  void give_up(Error error);
  ExchangeStreams take_streams();

  std::shared_ptr<ClientPool> pool_;  // first: the socket's loop must outlive the socket
  Host& host_;                        // the pool keeps it while it has a connection
  Socket socket_;
  Deadline idle_deadline_;
  std::vector<tcp::endpoint> endpoints_;
  std::unique_ptr<Exchange> exchange_;
  MessageReader reader_{MessageReader::Kind::response};
  Outgoing outgoing_;
  std::shared_ptr<IncomingStream> incoming_;  // while an answer goes into a sink
  bool awaiting_read_ = false;
  bool is_starved_ = false;  // the source is waited for
  bool has_surplus_ = false;
  bool is_reused_ = false;
  bool is_broken_ = false;  // for writing; what the server said before may still be read
  bool is_closed_ = false;
};

}  // namespace corridor::net
