// SPDX-License-Identifier: Apache-2.0
//
// Reading waits for readiness and then reads into the loop's scratch space: an idle connection
// holds no buffer. Writing tries at once. Handlers that answer at once are looped over in
// `consume`, never recursed into, however many requests a client has sent ahead.
#include "net/wire/server_connection.h"

#include <algorithm>
#include <ctime>

#include "net/wire/writer.h"

namespace corridor::net {

namespace {

constexpr std::chrono::seconds kLingerTime{2};
constexpr std::int64_t kLeastBytesPerMs = 32;  // on average, once the idle timeout has passed
constexpr int kReadsPerTurn = 16;
constexpr std::size_t kRefusalsMax = 64;  // connections above the limit that are told so

std::chrono::milliseconds chrono_ms(Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

// The right to answer one request: used once, or answered for when it is dropped.
class Ticket {
 public:
  explicit Ticket(std::shared_ptr<ServerConnection> connection)
      : connection_(std::move(connection)) {}
  Ticket(Ticket&&) noexcept = default;
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket() {
    if (connection_)
      deliver(error_response(500, Code::internal, "the request was dropped without an answer"));
  }
  void operator()(Response response) {
    if (connection_) deliver(std::move(response));
  }

 private:
  void deliver(Response response) {
    auto connection = std::move(connection_);
    Loop& loop = connection->loop();
    // Beside a body: after its sink, which was posted before.
    if (loop.is_here() && !response.beside_body) return connection->answer(std::move(response));
    loop.post([connection = std::move(connection), response = std::move(response)]() mutable {
      connection->answer(std::move(response));
    });
  }

  std::shared_ptr<ServerConnection> connection_;
};

}  // namespace

void ServerPart::adopt(Socket socket, const std::shared_ptr<ServerPart>& self) {
  if (stopping_) return;
  const std::size_t before = service_->connections.fetch_add(1);
  if (before >= service_->options.connections_max + kRefusalsMax) {
    service_->connections.fetch_sub(1);
    return;
  }
  const auto connection = std::make_shared<ServerConnection>(self, std::move(socket));
  connections_.insert(connection);
  if (before >= service_->options.connections_max) return connection->start_refused();
  connection->start();
}

void ServerPart::forget(const std::shared_ptr<ServerConnection>& connection) {
  if (connections_.erase(connection) > 0) service_->connections.fetch_sub(1);
}

void ServerPart::stop() {
  stopping_ = true;
  const auto all = connections_;
  for (const auto& each : all) each->stop();
}

void ServerPart::on_loop_stop() {
  stopping_ = true;
  const auto all = connections_;
  for (const auto& each : all) each->close();
}

View ServerPart::date_line() {
  const std::int64_t second = std::time(nullptr);
  if (second != date_second_) {
    date_second_ = second;
    date_line_ = net::date_line(second);
  }
  return date_line_;
}

ServerConnection::ServerConnection(std::shared_ptr<ServerPart> part, Socket socket)
    : part_(std::move(part)),
      socket_(std::move(socket)),
      deadline_(part_->loop().deadlines, [this] { expire(); }) {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

void ServerConnection::start() { read_on(); }

void ServerConnection::start_refused() {
  refuse(503, Code::busy, "there are too many connections");
}

void ServerConnection::await_read() {
  if (awaiting_read_) return;
  awaiting_read_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](ErrorCode error) {
    self->awaiting_read_ = false;
    if (error) return self->close();
    self->on_readable();
  });
}

void ServerConnection::on_readable() {
  if (incoming_) return receive_on();
  auto& scratch = loop().scratch;
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(scratch), error);
    if (error == asio::error::would_block) break;
    if (error) return close();
    if (phase_ == Phase::reading) consume({scratch.data(), size});
    if (phase_ != Phase::reading && phase_ != Phase::lingering) return;
    if (size < scratch.size()) break;
  }
  watch();
  await_read();
}

void ServerConnection::consume(View input) {
  consuming_ = true;
  while (phase_ == Phase::reading && !input.empty()) {
    input = reader_.feed(input);
    if (!hold_body()) {
      refuse(503, Code::busy, "the server holds as many bytes of bodies as it may");
      break;
    }
    if (reader_.state() == MessageReader::State::head) on_head(!input.empty());
    if (reader_.state() == MessageReader::State::failed && phase_ == Phase::reading) {
      const Refusal& why = reader_.refusal();
      refuse(why.status, why.code, why.reason);
    }
    if (reader_.state() == MessageReader::State::done && phase_ == Phase::reading) handle(false);
  }
  consuming_ = false;
  if (phase_ == Phase::handling || phase_ == Phase::writing) early_ = input;
}

void ServerConnection::on_head(bool more_has_come) {
  using State = MessageReader::State;
  const ServerOptions& options = part_->service().options;
  const View method = reader_.method();
  const View target = reader_.target();
  const auto bytes_max =
      options.body_bytes_max ? options.body_bytes_max(method, target) : limits::kMessageBytesMax;
  const bool is_streamed = options.body_is_streamed && options.body_is_streamed(method, target);
  reader_.accept_body(bytes_max,
                      is_streamed ? MessageReader::Keep::pieces : MessageReader::Keep::whole);
  if (reader_.state() == State::failed) return;
  if (is_streamed) return handle(true);
  const bool body_follows = reader_.state() != State::done;
  if (body_follows && reader_.expects_continue() && !more_has_come) say_continue();
}

// A few bytes into a socket with nothing before them: they fit, or the connection is dead.
void ServerConnection::say_continue() {
  ErrorCode error;
  const View interim = "HTTP/1.1 100 Continue\r\n\r\n";
  if (socket_.write_some(asio::buffer(interim), error) != interim.size() || error) close();
}

// Counts what has come of the body; false when that is more than the server may hold.
bool ServerConnection::hold_body() {
  const std::size_t now = reader_.body_bytes();
  if (phase_ != Phase::reading || now <= held_bytes_) return true;
  const std::size_t more = now - held_bytes_;
  held_bytes_ = now;
  Service& service = part_->service();
  return service.bodies_bytes.fetch_add(more) + more <= service.options.bodies_bytes_max;
}

void ServerConnection::release_body() {
  part_->service().bodies_bytes.fetch_sub(std::exchange(held_bytes_, 0));
}

void ServerConnection::handle(bool is_streamed) {
  phase_ = Phase::handling;
  served_ = true;
  deadline_.clear();
  keep_ = !reader_.wants_close();
  ++request_number_;
  Request request = reader_.take_request();
  is_head_ = request.method == "HEAD";
  if (is_streamed) request.incoming = incoming_body();
  part_->service().handler(std::move(request), Respond(Ticket(shared_from_this())));
}

void ServerConnection::refuse(int status, Code code, View reason) {
  keep_ = false;
  is_head_ = false;
  const auto& refusal = part_->service().options.refusal;
  if (!refusal || reader_.target().empty()) return send(error_response(status, code, reason));
  Response response = refusal(reader_.method(), reader_.target(), {code, std::string(reason), {}});
  response.status = status;
  send(std::move(response));
}

void ServerConnection::answer(Response response) {
  if (phase_ == Phase::receiving && response.beside_body && response.source && !is_head_) {
    keep_ = false;
    return send_stream(std::move(response));
  }
  if (phase_ == Phase::receiving)
    end_receiving(fail(Code::conflict, "the request was answered before its body had come"));
  if (phase_ != Phase::handling) return;
  // A body that is still there would be read as the next request.
  if (reader_.state() != MessageReader::State::done) keep_ = false;
  send(std::move(response));
}

void ServerConnection::send(Response response) {
  phase_ = Phase::writing;
  stage_ = Stage::none;
  if (part_->stopping()) keep_ = false;
  const bool has_body = !is_head_ && status_has_body(response.status);
  if (has_body && response.source && response.source->bytes() > 0)
    return send_stream(std::move(response));
  if (write_head(response)) {
    body_ = std::move(response.body);
    if (has_body) outgoing_.set_body(body_);
  }
  write();
}

// False when it could not be written, and a plain 500 was written instead.
bool ServerConnection::write_head(const Response& response) {
  const ResponseFraming framing{part_->date_line(), !keep_};
  std::string& head = outgoing_.begin();
  if (append_response_head(head, response, framing)) return true;
  Response instead = error_response(500, Code::internal, "the answer could not be written as HTTP");
  append_response_head(head, instead, framing);
  body_ = std::move(instead.body);
  if (!is_head_) outgoing_.set_body(body_);
  return false;
}

void ServerConnection::write() {
  is_starved_ = is_blocked_ = false;
  switch (outgoing_.write_to(socket_)) {
    case Outgoing::Progress::done: return after_write();
    case Outgoing::Progress::broken:
    case Outgoing::Progress::failed: return close();
    case Outgoing::Progress::starved:
      is_starved_ = true;
      return rest();
    case Outgoing::Progress::blocked: break;
  }
  is_blocked_ = true;
  watch();
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](ErrorCode error) {
    if (error) return self->close();
    if (self->phase_ == Phase::writing) self->write();
  });
}

void ServerConnection::after_write() {
  if (incoming_)
    end_receiving(fail(Code::conflict, "the answer ended before the body of its request"));
  body_ = {};
  drop_stream();
  release_body();
  if (!keep_) return linger();
  phase_ = Phase::reading;
  stage_ = Stage::none;
  reader_.next();
  if (consuming_) return;  // its loop goes on with what is left
  if (early_.empty()) return read_on();
  loop().post([self = shared_from_this()] {
    if (self->phase_ == Phase::reading) self->read_on();
  });
}

void ServerConnection::read_on() {
  const std::string early = std::exchange(early_, {});
  consume(early);
  if (phase_ != Phase::reading && phase_ != Phase::lingering) return;
  watch();
  await_read();
}

// Closing with unread bytes would send RST, which can destroy the answer before it is read: the
// client is told that no more comes, and what it still sends is thrown away for a while.
void ServerConnection::linger() {
  phase_ = Phase::lingering;
  ErrorCode error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  if (consuming_) return;
  watch();
  await_read();
}

void ServerConnection::stop() {
  switch (phase_) {
    case Phase::reading:
      if (!reader_.touched()) return close();
      return refuse(503, Code::unavailable, "the server is stopping");
    case Phase::receiving:
      keep_ = false;
      return end_receiving(fail(Code::unavailable, "the server is stopping"));
    case Phase::handling:
    case Phase::writing:
      keep_ = false;
      if (incoming_) end_receiving(fail(Code::unavailable, "the server is stopping"));
      return;
    case Phase::lingering:
    case Phase::closed: return;
  }
}

void ServerConnection::close() {
  if (phase_ == Phase::closed) return;
  if (incoming_)
    end_receiving(fail(Code::unavailable, "the connection was lost before the whole body came"));
  phase_ = Phase::closed;
  release_body();
  drop_stream();
  const auto self = shared_from_this();
  deadline_.drop();
  ErrorCode ignored;
  socket_.close(ignored);
  part_->forget(self);
}

ServerConnection::Stage ServerConnection::stage_now() const {
  using State = MessageReader::State;
  if (phase_ == Phase::lingering) return Stage::lingering;
  if (phase_ != Phase::reading) return Stage::moving;
  if (!reader_.touched()) return Stage::idle;
  const bool in_head = reader_.state() == State::start_line || reader_.state() == State::fields;
  return in_head ? Stage::head : Stage::moving;
}

// Sets the deadline of what is waited for now; called after every step forward.
void ServerConnection::watch() {
  if (phase_ == Phase::closed || phase_ == Phase::handling) return;
  const auto now = Clock::now();
  if (incoming_ && phase_ == Phase::writing) {
    if (!awaiting_read_ && !is_blocked_) return deadline_.clear();
    return deadline_.set(now + chrono_ms(part_->service().options.stall_timeout));
  }
  if (const Stage stage = stage_now(); stage != stage_) {
    stage_ = stage;
    stage_began_ = now;
  }
  const auto header_timeout = chrono_ms(part_->service().options.header_timeout);
  const auto idle_timeout = chrono_ms(part_->service().options.idle_timeout);
  switch (stage_) {
    case Stage::none: return;
    case Stage::idle:
      return deadline_.set(stage_began_ + (served_ ? idle_timeout : header_timeout));
    case Stage::head: return deadline_.set(stage_began_ + header_timeout);
    case Stage::lingering: return deadline_.set(stage_began_ + kLingerTime);
    case Stage::moving: break;
  }
  if (phase_ == Phase::receiving || outgoing_.stream())
    return deadline_.set(now + chrono_ms(part_->service().options.stall_timeout));
  // A body or an answer may take long, but has to move, and not by a byte a minute.
  const std::size_t moved = phase_ == Phase::writing ? outgoing_.sent() : reader_.body_bytes();
  const std::chrono::milliseconds earned(static_cast<std::int64_t>(moved) / kLeastBytesPerMs);
  deadline_.set(std::min(now, stage_began_ + earned) + idle_timeout);
}

void ServerConnection::expire() {
  const auto self = shared_from_this();
  if (phase_ == Phase::reading && reader_.touched())
    return refuse(408, Code::timeout, "the request did not arrive in time");
  if (incoming_ && !is_blocked_)
    return end_receiving(fail(Code::timeout, "the body of the request stopped coming"));
  if (phase_ != Phase::handling) close();
}

}  // namespace corridor::net
