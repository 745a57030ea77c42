// SPDX-License-Identifier: Apache-2.0
//
// The part of a server's connection that streams: the body of a request into a sink, the body of an
// answer from a source. Nothing is read that has no place, so what a client sends too fast stays
// with the client.
#include <algorithm>

#include "net/wire/server_connection.h"
#include "net/wire/writer.h"

namespace corridor::net {

namespace {

constexpr int kReadsPerTurn = 16;

// On its way from the thread of the handler to the loop of the connection.
struct Receiving {
  std::shared_ptr<ServerConnection> connection;
  std::uint64_t number;
  std::shared_ptr<BodySink> sink;
  BodySink::Done done;
  void operator()() { connection->receive(number, std::move(sink), std::move(done)); }
};

class WaitingBody final : public IncomingBody {
 public:
  WaitingBody(std::shared_ptr<ServerConnection> connection, std::uint64_t number,
              std::optional<std::uint64_t> bytes)
      : connection_(std::move(connection)), number_(number), bytes_(bytes) {}

  [[nodiscard]] std::optional<std::uint64_t> bytes() const override { return bytes_; }

  // Posted even from the loop: the handler runs in the middle of reading.
  void read_into(std::shared_ptr<BodySink> sink, BodySink::Done done) override {
    Receiving receiving{connection_, number_, std::move(sink), std::move(done)};
    if (connection_->loop().post(std::move(receiving))) return;
    receiving.done(fail(Code::unavailable, "the network of this process has stopped"));
  }

 private:
  std::shared_ptr<ServerConnection> connection_;
  std::uint64_t number_;
  std::optional<std::uint64_t> bytes_;
};

}  // namespace

std::shared_ptr<IncomingBody> ServerConnection::incoming_body() {
  const bool is_empty = reader_.state() == MessageReader::State::done;
  return std::make_shared<WaitingBody>(shared_from_this(), request_number_,
                                       is_empty ? 0 : reader_.content_length());
}

void ServerConnection::receive(std::uint64_t number, std::shared_ptr<BodySink> sink,
                               BodySink::Done done) {
  using State = MessageReader::State;
  if (phase_ != Phase::handling || number != request_number_ || reader_.state() == State::failed)
    return done(fail(Code::unavailable, "the body of the request has gone"));
  if (reader_.state() == State::done) return done({});
  if (reader_.expects_continue() && early_.empty()) say_continue();
  if (phase_ == Phase::closed)
    return done(fail(Code::unavailable, "the connection was lost before the body came"));
  phase_ = Phase::receiving;
  received_ = std::move(done);
  incoming_ = std::make_shared<IncomingStream>(part_->loop_ptr(), std::move(sink));
  incoming_->begin([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_sink();
  });
  const std::string early = std::exchange(early_, {});
  early_ = receive_bytes(early);
  receive_on();
}

// What is left is of the next request.
View ServerConnection::receive_bytes(View input) {
  using State = MessageReader::State;
  while (!input.empty() && reader_.state() != State::done && reader_.state() != State::failed) {
    input = reader_.feed(input);
    if (!reader_.piece().empty()) incoming_->append(reader_.piece());
  }
  return input;
}

void ServerConnection::receive_on() {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    if (incoming_->error()) return end_receiving(std::unexpected(*incoming_->error()));
    if (reader_.state() == MessageReader::State::failed)
      return end_receiving(fail(reader_.refusal().code, std::string(reader_.refusal().reason)));
    if (reader_.state() == MessageReader::State::done) {
      incoming_->flush();
      return incoming_->idle() ? end_receiving({}) : rest();
    }
    const auto place = place_to_receive();
    if (place.empty()) return rest();  // on_sink goes on
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(place.data(), place.size()), error);
    if (error == asio::error::would_block) break;
    if (error) return close();
    if (place.data() == loop().scratch.data()) {
      early_ = receive_bytes({place.data(), size});
    } else {
      reader_.pass_direct(size);
      incoming_->filled(size);
    }
  }
  incoming_->flush();
  await_read();
  watch();
}

// It is not the other side that is waited for; at most by the other half of this connection.
void ServerConnection::rest() {
  deadline_.clear();
  if (incoming_ && phase_ == Phase::writing) watch();
}

std::span<char> ServerConnection::place_to_receive() {
  const std::span<char> room = incoming_->room();
  const std::size_t direct = reader_.direct_bytes();
  if (direct > 0) return room.first(std::min(direct, room.size()));
  const std::span<char> scratch = loop().scratch;
  return scratch.first(std::min(scratch.size(), room.size()));
}

void ServerConnection::on_sink() {
  if (!incoming_) return;
  if (awaiting_read_ && !incoming_->error()) return incoming_->flush();
  receive_on();
}

void ServerConnection::end_receiving(Result<> result) {
  if (phase_ == Phase::receiving) phase_ = Phase::handling;
  if (!is_blocked_) deadline_.clear();
  const auto stream = std::move(incoming_);
  stream->end([done = std::move(received_), result = std::move(result)]() mutable {
    done(std::move(result));
  });
}

// The head waits for the first piece: a source that fails at once can still be answered for. Beside a
// body it does not: the other side may wait for it before it sends any.
void ServerConnection::send_stream(Response response) {
  phase_ = Phase::writing;
  const auto stream = std::make_shared<OutgoingStream>(part_->loop_ptr(), response.source);
  const bool at_once = incoming_ != nullptr;
  if (!at_once) {
    unsent_ = std::move(response);
    outgoing_.begin();
  } else if (!write_head(response)) {
    return write();
  }
  outgoing_.set_stream(stream);
  rest();
  stream->begin([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_source();
  });
  if (at_once) write();
}

void ServerConnection::on_source() {
  if (phase_ != Phase::writing) return;
  if (!unsent_) return is_starved_ ? write() : void();
  Response response = *std::exchange(unsent_, std::nullopt);
  auto stream = outgoing_.take_stream();
  if (const auto& error = stream->error()) {
    stream->end([] {});
    return send(error_response(code_facts(error->code).http_status, error->code,
                               "the body of the answer cannot be given"));
  }
  if (write_head(response)) {
    outgoing_.set_stream(std::move(stream));
  } else {
    stream->end([] {});
  }
  write();
}

void ServerConnection::drop_stream() {
  unsent_.reset();
  if (const auto stream = outgoing_.take_stream()) stream->end([] {});
}

}  // namespace corridor::net
