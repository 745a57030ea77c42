// SPDX-License-Identifier: Apache-2.0
//
// One connection of a server: one request at a time, answered in order. What arrives early waits in
// the connection (at most one read), and nothing more is read while a request is being handled: a
// client that sends faster than it is answered is held back by TCP. On a route that streams, the
// body waits in the socket as well, until the handler names a sink for it (server_body.cc). An answer
// may begin beside a body that still comes: then `incoming_` is there while the phase is writing.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_set>

#include "net/server.h"
#include "net/wire/loop.h"
#include "net/wire/outgoing.h"
#include "net/wire/reader.h"

namespace corridor::net {

class ServerConnection;

// What all connections of one server share.
struct Service {
  ServerOptions options;
  Handler handler;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> bodies_bytes{0};  // held by all connections
};

// The connections of one server on one loop; it owns them until they close.
class ServerPart final : public LoopPart {
 public:
  ServerPart(std::shared_ptr<Loop> loop, std::shared_ptr<Service> service)
      : loop_(std::move(loop)), service_(std::move(service)) {}
  void adopt(Socket socket, const std::shared_ptr<ServerPart>& self);
  void forget(const std::shared_ptr<ServerConnection>& connection);
  // No handler is called from now on; requests under way are answered.
  void stop();
  void on_loop_stop() override;
  View date_line();

  [[nodiscard]] Loop& loop() { return *loop_; }
  [[nodiscard]] const std::shared_ptr<Loop>& loop_ptr() const { return loop_; }
  [[nodiscard]] Service& service() { return *service_; }
  [[nodiscard]] bool stopping() const { return stopping_; }

 private:
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<Service> service_;
  std::unordered_set<std::shared_ptr<ServerConnection>> connections_;
  bool stopping_ = false;
  std::int64_t date_second_ = -1;
  std::string date_line_;
};

class ServerConnection final : public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(std::shared_ptr<ServerPart> part, Socket socket);

  void start();
  void start_refused();            // too many connections: says so and ends
  void answer(Response response);  // of the request being handled; else ignored
  void stop();                     // see ServerPart::stop
  void close();
  // Reads the body of request `number` into `sink`; once, while that request is being handled.
  void receive(std::uint64_t number, std::shared_ptr<BodySink> sink, BodySink::Done done);
  [[nodiscard]] Loop& loop() { return part_->loop(); }

 private:
  enum class Phase : std::uint8_t { reading, handling, receiving, writing, lingering, closed };
  enum class Stage : std::uint8_t { none, idle, head, moving, lingering };

  void await_read();
  void on_readable();
  void consume(View input);
  void on_head(bool more_has_come);
  void say_continue();
  void handle(bool is_streamed);
  std::shared_ptr<IncomingBody> incoming_body();
  void receive_on();
  void rest();
  View receive_bytes(View input);
  std::span<char> place_to_receive();
  void end_receiving(Result<> result);
  void on_sink();
  void send_stream(Response response);
  void on_source();
  void drop_stream();
  bool write_head(const Response& response);
  bool hold_body();
  void release_body();
  void refuse(int status, Code code, View reason);
  void send(Response response);
  void write();
  void after_write();
  void read_on();
  void linger();
  [[nodiscard]] Stage stage_now() const;
  void watch();
  void expire();

  std::size_t held_bytes_ = 0;  // of this connection in Service::bodies_bytes
  std::shared_ptr<ServerPart> part_;  // first: the socket's loop must outlive the socket
  Socket socket_;
  Deadline deadline_;
  MessageReader reader_{MessageReader::Kind::request};
  std::string early_;  // bytes that came before their turn
  Outgoing outgoing_;
  Bytes body_;  // of the answer that goes out
  std::optional<Response> unsent_;  // waits for the first piece of its source
  std::shared_ptr<IncomingStream> incoming_;  // while receiving
  BodySink::Done received_;
  std::uint64_t request_number_ = 0;
  Clock::time_point stage_began_;
  Phase phase_ = Phase::reading;
  Stage stage_ = Stage::none;
  bool keep_ = true;
  bool is_head_ = false;  // the request is HEAD
  bool served_ = false;   // one request at least
  bool consuming_ = false;
  bool awaiting_read_ = false;
  bool is_starved_ = false;  // the source of the answer is waited for
  bool is_blocked_ = false;  // the answer waits for room in the socket
};

}  // namespace corridor::net
