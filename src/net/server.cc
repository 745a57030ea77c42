// SPDX-License-Identifier: Apache-2.0
//
// One acceptor hands each new socket to the next loop. Not one listening socket a loop with
// SO_REUSEPORT: a second process of the same user could then take the port without an error.
#include "net/server.h"

#include "net/wire/address.h"
#include "net/wire/server_connection.h"

namespace corridor::net {

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // when out of file descriptors

class Listener final : public LoopPart, public std::enable_shared_from_this<Listener> {
 public:
  Listener(std::shared_ptr<Loop> loop, std::vector<std::shared_ptr<ServerPart>> parts)
      : loop_(std::move(loop)),
        acceptor_(loop_->io.get_executor()),
        pause_(loop_->deadlines, [this] { accept(); }),
        parts_(std::move(parts)) {}

  Result<> open(const asio::ip::address& address, std::uint16_t port);
  void accept();
  void close();
  void on_loop_stop() override { close(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::shared_ptr<Loop> loop_;  // first: it must outlive the acceptor
  Acceptor acceptor_;
  Deadline pause_;
  std::vector<std::shared_ptr<ServerPart>> parts_;
  std::size_t next_ = 0;
  std::uint16_t port_ = 0;
};

Result<> Listener::open(const asio::ip::address& address, std::uint16_t port) {
  const tcp::endpoint endpoint(address, port);
  ErrorCode error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(Acceptor::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) return {};
  const std::string where = address.to_string() + " port " + std::to_string(port);
  if (error == asio::error::address_in_use)
    return fail(Code::conflict, where + " is taken by another program",
                "stop that program or choose another port");
  if (error == asio::error::access_denied)
    return fail(Code::denied, "listening on " + where + " is not permitted to this user",
                "choose a port of 1024 or above");
  return fail(Code::unavailable, "listening on " + where + " failed: " + error.message(),
              "see that the address exists on this machine");
}

void Listener::accept() {
  if (!acceptor_.is_open()) return;
  const auto& part = parts_[next_++ % parts_.size()];
  acceptor_.async_accept(
      part->loop().io, [self = shared_from_this(), part](ErrorCode error, Socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (error) return self->pause_.set(Clock::now() + kAcceptPause);
        part->loop().post(
            [part, socket = std::move(socket)]() mutable { part->adopt(std::move(socket), part); });
        self->accept();
      });
}

void Listener::close() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  pause_.drop();
}

class SocketServer final : public Server {
 public:
  SocketServer(std::shared_ptr<Loop> loop, std::shared_ptr<Listener> listener,
               std::vector<std::shared_ptr<ServerPart>> parts)
      : loop_(std::move(loop)), listener_(std::move(listener)), parts_(std::move(parts)) {}
  ~SocketServer() override { SocketServer::stop(); }

  [[nodiscard]] std::uint16_t port() const override { return listener_->port(); }

  void stop() override {
    loop_->run_and_wait([this] { listener_->close(); });
    for (const auto& part : parts_) part->loop().run_and_wait([&part] { part->stop(); });
  }

 private:
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<Listener> listener_;
  std::vector<std::shared_ptr<ServerPart>> parts_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Loops& loops, const std::string& host,
                                               std::uint16_t port, ServerOptions options,
                                               Handler handler) {
  const auto address = literal_address(host);
  if (!address)
    return fail(Code::invalid, "\"" + host + "\" is no address to listen on",
                "name an IP address or localhost");
  if (!is_allowed(*address))
    return fail(Code::denied,
                "listening on " + host +
                    " would offer plain HTTP to other machines: TLS is not "
                    "part of this version",
                "listen on 127.0.0.1 and put a TLS proxy before it");
  const auto service = std::make_shared<Service>();
  service->options = std::move(options);
  service->handler = std::move(handler);
  std::vector<std::shared_ptr<ServerPart>> parts;
  for (const auto& loop : loops.state().loops) {
    parts.push_back(std::make_shared<ServerPart>(loop, service));
    loop->run_and_wait([&] { loop->attach(parts.back()); });
  }
  const auto& first = loops.state().loops.front();
  const auto listener = std::make_shared<Listener>(first, parts);
  TRY(listener->open(*address, port));
  first->run_and_wait([&] {
    first->attach(listener);
    listener->accept();
  });
  return std::make_unique<SocketServer>(first, listener, std::move(parts));
}

}  // namespace corridor::net
