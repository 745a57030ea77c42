// SPDX-License-Identifier: Apache-2.0
//
// Readability is awaited from the moment the connection stands, whatever it does: so an idle
// connection that the server closes is noticed at once, and an answer that comes before the request
// is fully sent (a refusal of its size) is read and believed. The exception is an answer that goes
// into a sink: its socket rests while the sink has two pieces to take.
#include <algorithm>

#include "net/wire/client_pool.h"

namespace corridor::net {

namespace {

constexpr int kReadsPerTurn = 16;

}  // namespace

ClientConnection::ClientConnection(std::shared_ptr<ClientPool> pool, Host& host)
    : pool_(std::move(pool)),
      host_(host),
      socket_(pool_->loop().io.get_executor()),
      idle_deadline_(pool_->loop().deadlines, [this] { close(); }) {}

void ClientConnection::connect(std::unique_ptr<Exchange> exchange) {
  exchange_ = std::move(exchange);
  exchange_->connection = this;
  endpoints_ = host_.endpoints;
  try_endpoint(0);
}

void ClientConnection::try_endpoint(std::size_t index) {
  ErrorCode ignored;
  socket_.close(ignored);
  socket_.async_connect(endpoints_[index], [self = shared_from_this(), index](ErrorCode error) {
    if (self->is_closed_) return;
    if (!error) {
      ErrorCode unset;
      self->socket_.non_blocking(true, unset);
      self->socket_.set_option(tcp::no_delay(true), unset);
      self->begin();
      return self->await_read();
    }
    if (index + 1 < self->endpoints_.size()) return self->try_endpoint(index + 1);
    self->fail(Code::unavailable, "found nobody: " + error.message(),
               "see that the other side runs and listens there");
  });
}

void ClientConnection::run(std::unique_ptr<Exchange> exchange) {
  exchange_ = std::move(exchange);
  exchange_->connection = this;
  is_reused_ = true;
  idle_deadline_.clear();
  begin();
}

void ClientConnection::begin() {
  reader_.next();
  is_starved_ = has_surplus_ = false;
  outgoing_.begin() = exchange_->head;
  outgoing_.set_body(exchange_->body);
  if (exchange_->source && exchange_->source->bytes() > 0) {
    const auto stream = std::make_shared<OutgoingStream>(pool_->loop_ptr(), exchange_->source);
    outgoing_.set_stream(stream);
    stream->begin([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->on_source();
    });
  }
  write();
}

void ClientConnection::write() {
  is_starved_ = false;
  note_progress();
  switch (outgoing_.write_to(socket_)) {
    case Outgoing::Progress::done: return;
    case Outgoing::Progress::broken: is_broken_ = true; return;  // reading will tell why
    case Outgoing::Progress::failed: return give_up(*outgoing_.stream()->error());
    case Outgoing::Progress::starved:
      is_starved_ = true;
      return exchange_->deadline->clear();  // it is not the other side that is waited for
    case Outgoing::Progress::blocked: break;
  }
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](ErrorCode error) {
    if (!error && self->exchange_) self->write();
  });
}

void ClientConnection::on_source() {
  if (is_starved_ && exchange_) write();
}

// While a body is streamed, a request has as long as something moves.
void ClientConnection::note_progress() {
  if (!exchange_ || (!outgoing_.stream() && !incoming_)) return;
  exchange_->deadline->set(Clock::now() +
                           std::chrono::milliseconds(exchange_->options.timeout.ms));
}

void ClientConnection::await_read() {
  if (awaiting_read_) return;
  awaiting_read_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](ErrorCode error) {
    self->awaiting_read_ = false;
    if (self->is_closed_) return;
    if (error) return self->on_end(error);
    self->on_readable();
  });
}

void ClientConnection::on_readable() {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    const auto place = place_to_read();
    if (place.empty()) return exchange_->deadline->clear();  // on_sink goes on
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(place.data(), place.size()), error);
    if (error == asio::error::would_block) break;
    if (error) return on_end(error);
    if (!exchange_) return close();  // an answer to nothing
    note_progress();
    if (place.data() == pool_->loop().scratch.data()) {
      on_bytes({place.data(), size});
    } else {
      reader_.pass_direct(size);
      incoming_->filled(size);
      if (reader_.state() == MessageReader::State::done) on_message(false);
    }
    if (is_closed_ || (exchange_ && reader_.state() == MessageReader::State::done)) return;
    if (size < place.size()) break;
  }
  if (incoming_) incoming_->flush();
  await_read();
}

// Of a body in pieces what is surely body goes straight to its place; nothing is read for which
// there would be none.
std::span<char> ClientConnection::place_to_read() {
  const std::span<char> scratch = pool_->loop().scratch;
  if (!incoming_) return scratch;
  const std::span<char> room = incoming_->room();
  const std::size_t direct = reader_.direct_bytes();
  if (direct > 0) return room.first(std::min(direct, room.size()));
  return scratch.first(std::min(scratch.size(), room.size()));
}

void ClientConnection::on_bytes(View input) {
  using State = MessageReader::State;
  while (!input.empty() && exchange_) {
    input = reader_.feed(input);
    if (incoming_ && !reader_.piece().empty()) incoming_->append(reader_.piece());
    if (reader_.state() == State::head) on_head();
    if (!exchange_) return;
    if (reader_.state() == State::done) return on_message(!input.empty());
    if (reader_.state() != State::failed) continue;
    const Refusal& why = reader_.refusal();
    if (why.code == Code::too_large)
      return fail(Code::too_large, "was answered with more than is accepted", "");
    return fail(Code::peer, "was not answered in HTTP/1.1: " + std::string(why.reason),
                "see what listens there");
  }
}

void ClientConnection::on_head() {
  using Keep = MessageReader::Keep;
  const int status = reader_.status();
  if (status == 101)
    return fail(Code::peer, "was answered with another protocol, which was not asked for", "");
  if (status < 200) return reader_.next(true);
  const SendOptions& options = exchange_->options;
  const bool no_body = exchange_->method == "HEAD";
  std::shared_ptr<BodySink> sink;
  if (options.on_head) {
    auto chosen = options.on_head(reader_.response());
    if (!chosen) return give_up(std::move(chosen).error());
    sink = std::move(*chosen);
  }
  reader_.accept_body(sink ? options.streamed_bytes_max : options.body_bytes_max,
                      no_body ? Keep::no_body : sink ? Keep::pieces : Keep::whole);
  using State = MessageReader::State;
  if (!sink || reader_.state() == State::done || reader_.state() == State::failed) return;
  incoming_ = std::make_shared<IncomingStream>(pool_->loop_ptr(), std::move(sink));
  incoming_->begin([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_sink();
  });
}

void ClientConnection::on_sink() {
  if (!exchange_) return;
  if (incoming_->error()) return give_up(*incoming_->error());
  note_progress();
  if (reader_.state() != MessageReader::State::done) {
    if (awaiting_read_) return incoming_->flush();
    return on_readable();
  }
  on_message(has_surplus_);
  if (!is_closed_ && !incoming_) await_read();
}

// The answer has come; what went into a sink is done when the sink has it.
void ClientConnection::on_message(bool surplus) {
  if (incoming_) {
    has_surplus_ = surplus;
    incoming_->flush();
    if (incoming_->error()) return give_up(*incoming_->error());
    if (!incoming_->idle()) return exchange_->deadline->clear();
  }
  on_done(surplus);
}

void ClientConnection::on_done(bool surplus) {
  Response response = reader_.take_response();
  auto exchange = std::move(exchange_);
  exchange->connection = nullptr;
  exchange->deadline.reset();
  const auto pool = pool_;
  const auto self = shared_from_this();
  const bool ends = surplus || reader_.wants_close() || is_broken_ || !outgoing_.done();
  ExchangeStreams streams = take_streams();
  if (ends) {
    close();
  } else {
    idle_deadline_.set(Clock::now() + std::chrono::milliseconds(pool->options().idle_timeout.ms));
    pool->release(*this);
  }
  pool->finish_at_rest(std::move(exchange), std::move(response), std::move(streams));
}

ExchangeStreams ClientConnection::take_streams() {
  return {outgoing_.take_stream(), std::move(incoming_)};
}

void ClientConnection::on_end(ErrorCode error) {
  if (!exchange_) return close();
  if (error == asio::error::eof && reader_.finish()) return on_message(false);
  // Every request of this house may be sent again (what it does is keyed by the ids it carries),
  // but only where nothing tells that it was taken: an idle connection that turns out closed.
  // A source has begun and cannot begin anew.
  if (is_reused_ && !reader_.touched() && !exchange_->was_sent_again && !exchange_->source) {
    auto exchange = std::move(exchange_);
    const auto pool = pool_;
    Host& host = host_;
    const auto self = shared_from_this();
    pool->send_again(host, std::move(exchange));
    return close();
  }
  fail(Code::unavailable,
       reader_.touched() ? "lost its connection in the middle of the answer"
                         : "lost its connection before an answer",
       "send it again; see whether the other side restarts");
}

void ClientConnection::fail(Code code, std::string_view what, std::string_view todo) {
  if (!exchange_) return close();
  give_up({code, exchange_->name() + " " + std::string(what), std::string(todo)});
}

void ClientConnection::give_up(Error error) {
  const auto self = shared_from_this();
  const auto pool = pool_;
  auto exchange = std::move(exchange_);
  exchange->connection = nullptr;
  exchange->deadline.reset();
  ExchangeStreams streams = take_streams();
  close();
  pool->finish_at_rest(std::move(exchange), std::unexpected(std::move(error)),
                       std::move(streams));
}

void ClientConnection::close() {
  if (is_closed_) return;
  is_closed_ = true;
  const auto self = shared_from_this();
  idle_deadline_.drop();
  ErrorCode ignored;
  socket_.close(ignored);
  pool_->forget(*this);
}

}  // namespace corridor::net
