// SPDX-License-Identifier: Apache-2.0
//
// Readability is awaited from the moment the connection stands, whatever it does: so an idle
// connection that the server closes is noticed at once, and an answer that comes before the request
// is fully sent (a refusal of its size) is read and believed.
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
  outgoing_.begin() = exchange_->head;
  outgoing_.set_body(exchange_->body);
  write();
}

void ClientConnection::write() {
  switch (outgoing_.write_to(socket_)) {
    case Outgoing::Progress::done: return;
    case Outgoing::Progress::broken: is_broken_ = true; return;  // reading will tell why
    case Outgoing::Progress::blocked: break;
  }
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](ErrorCode error) {
    if (!error && self->exchange_) self->write();
  });
}

void ClientConnection::await_read() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](ErrorCode error) {
    if (self->is_closed_) return;
    if (error) return self->on_end(error);
    self->on_readable();
  });
}

void ClientConnection::on_readable() {
  auto& scratch = pool_->loop().scratch;
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(scratch), error);
    if (error == asio::error::would_block) break;
    if (error) return on_end(error);
    if (!exchange_) return close();  // an answer to nothing
    on_bytes({scratch.data(), size});
    if (is_closed_) return;
    if (size < scratch.size()) break;
  }
  await_read();
}

void ClientConnection::on_bytes(View input) {
  using State = MessageReader::State;
  while (!input.empty() && !is_closed_) {
    input = reader_.feed(input);
    if (reader_.state() == State::head) on_head();
    if (reader_.state() == State::done) return on_done(!input.empty());
    if (reader_.state() != State::failed) continue;
    const Refusal& why = reader_.refusal();
    if (why.code == Code::too_large)
      return fail(Code::too_large, "was answered with more than is accepted", "");
    return fail(Code::peer, "was not answered in HTTP/1.1: " + std::string(why.reason),
                "see what listens there");
  }
}

void ClientConnection::on_head() {
  const int status = reader_.status();
  if (status >= 200)
    return reader_.accept_body(exchange_->options.body_bytes_max, exchange_->method == "HEAD");
  if (status != 101) return reader_.next(true);
  fail(Code::peer, "was answered with another protocol, which was not asked for", "");
}

void ClientConnection::on_done(bool surplus) {
  Response response = reader_.take_response();
  auto exchange = std::move(exchange_);
  exchange->connection = nullptr;
  exchange->deadline.reset();
  const auto pool = pool_;
  const auto self = shared_from_this();
  if (surplus || reader_.wants_close() || is_broken_ || !outgoing_.done()) {
    close();
  } else {
    idle_deadline_.set(Clock::now() + std::chrono::milliseconds(pool->options().idle_timeout.ms));
    pool->release(*this);
  }
  pool->finish(std::move(exchange), std::move(response));
}

void ClientConnection::on_end(ErrorCode error) {
  if (!exchange_) return close();
  if (error == asio::error::eof && reader_.finish()) return on_done(false);
  // Every request of this house may be sent again (what it does is keyed by the ids it carries),
  // but only where nothing tells that it was taken: an idle connection that turns out closed.
  if (is_reused_ && !reader_.touched() && !exchange_->was_sent_again) {
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
  const auto self = shared_from_this();
  const auto pool = pool_;
  auto exchange = std::move(exchange_);
  close();
  if (!exchange) return;
  auto error = corridor::fail(code, exchange->name() + " " + std::string(what), std::string(todo));
  pool->finish(std::move(exchange), std::move(error));
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
