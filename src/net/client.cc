// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "net/server.h"
#include "net/wire/client_pool.h"
#include "net/wire/writer.h"

namespace corridor::net {

namespace {

// On its way from the thread that sends to the loop of the host.
struct Submission {
  std::shared_ptr<ClientPool> pool;
  std::unique_ptr<Exchange> exchange;
  Result<> checked;

  void operator()() {
    if (checked) return pool->submit(std::move(exchange));
    pool->finish(std::move(exchange), std::unexpected(std::move(checked).error()));
  }
};

class SocketClient final : public Client {
 public:
  SocketClient(Loops& loops, ClientOptions options) : shared_(std::make_shared<ClientShared>()) {
    shared_->options = options;
    for (const auto& loop : loops.state().loops) {
      loops_.push_back(loop);
      pools_.push_back(std::make_shared<ClientPool>(loop, shared_));
      loop->run_and_wait([&] { loop->attach(pools_.back()); });
    }
  }

  ~SocketClient() override {
    for (std::size_t i = 0; i < pools_.size(); ++i)
      loops_[i]->run_and_wait([&] { pools_[i]->close(); });
  }

  void send(Request request, SendOptions options,
            std::function<void(Result<Response>)> done) override {
    auto exchange = std::make_unique<Exchange>();
    auto checked = prepare(*exchange, std::move(request));
    exchange->options = options;
    exchange->done = std::move(done);
    exchange->until = Clock::now() + std::chrono::milliseconds(options.timeout.ms);
    const std::size_t number = std::hash<std::string>{}(exchange->url.host) + exchange->url.port;
    const std::size_t index = number % pools_.size();
    if (shared_->in_flight.fetch_add(1) >= shared_->options.in_flight_max && checked)
      checked = fail(Code::busy, "too many requests of this process wait for answers",
                     "send again when some have been answered");
    Submission submission{pools_[index], std::move(exchange), std::move(checked)};
    if (loops_[index]->post(std::move(submission))) return;
    // Not taken, so still whole. There is no I/O thread left that could say so.
    shared_->in_flight.fetch_sub(1);
    submission.exchange->done(fail(Code::unavailable, "the network of this process has stopped"));
  }

 private:
  static Result<> prepare(Exchange& exchange, Request request) {
    TRY_ASSIGN(exchange.url, parse_url(request.url));
    if (exchange.url.scheme != "http")
      return fail(Code::denied,
                  "https://" + exchange.url.host +
                      " cannot be called: TLS is not part of this "
                      "version",
                  "use an http address of this machine");
    TRY_ASSIGN(exchange.head, request_head(request, exchange.url));
    exchange.method = std::move(request.method);
    exchange.body = std::move(request.body);
    exchange.source = std::move(request.source);
    return {};
  }

  std::shared_ptr<ClientShared> shared_;
  std::vector<std::shared_ptr<Loop>> loops_;
  std::vector<std::shared_ptr<ClientPool>> pools_;
};

}  // namespace

std::unique_ptr<Client> make_client(Loops& loops, ClientOptions options) {
  return std::make_unique<SocketClient>(loops, options);
}

}  // namespace corridor::net
