// SPDX-License-Identifier: Apache-2.0
//
// What a request costs over loopback, keep-alive, beside the least a server can do: a loop over
// epoll that looks for an empty line and writes a constant. The same client code drives both, its
// CPU time taken off: `server_cpu` is what the server's thread used.
#include <sys/epoll.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <future>

#include "net/server.h"
#include "net/test/raw_socket.h"
#include "net/test/streams.h"

using namespace corridor;
using namespace corridor::net;

namespace {

constexpr std::size_t kConnections = 32;
constexpr std::size_t kRounds = 1500;
constexpr std::size_t kSequential = 10'000;

const std::string kBody(1000, 'x');
const std::string kRequest =
    "POST /negotiations/request HTTP/1.1\r\nHost: localhost:8080\r\n"
    "Authorization: Bearer " +
    std::string(600, 't') +
    "\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\nContent-Length: 1000\r\n\r\n" +
    kBody;

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void print(const std::string& name, double value, const char* unit) {
  std::printf("%s %.2f %s\n", name.c_str(), value, unit);
}

// Sends on every connection, then reads every answer, again and again; then one at a time.
void drive(const std::string& name, std::uint16_t port, std::size_t answer_bytes) {
  std::vector<RawSocket> sockets;
  for (std::size_t i = 0; i < kConnections; ++i) sockets.push_back(RawSocket::connect_to(port));
  const auto receive = [answer_bytes](RawSocket& socket) {
    std::size_t got = 0;
    while (got < answer_bytes) got += socket.receive_some();
  };
  for (auto& socket : sockets) {
    socket.send(kRequest);
    receive(socket);
  }
  double wall = seconds_of(CLOCK_MONOTONIC);
  double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - seconds_of(CLOCK_THREAD_CPUTIME_ID);
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (auto& socket : sockets) socket.send(kRequest);
    for (auto& socket : sockets) receive(socket);
  }
  wall = seconds_of(CLOCK_MONOTONIC) - wall;
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
  constexpr double kRequests = kConnections * kRounds;
  print(name + "_throughput", kRequests / wall, "requests/s");
  print(name + "_server_cpu", cpu / kRequests * 1e6, "us/request");
  wall = seconds_of(CLOCK_MONOTONIC);
  for (std::size_t i = 0; i < kSequential; ++i) {
    sockets[0].send(kRequest);
    receive(sockets[0]);
  }
  wall = seconds_of(CLOCK_MONOTONIC) - wall;
  print(name + "_latency", wall / kSequential * 1e6, "us/request");
}

void serve_raw(RawSocket& listener, const std::string& answer) {
  const int epoll = ::epoll_create1(0);
  std::vector<int> sockets;
  for (std::size_t i = 0; i < kConnections; ++i) {
    sockets.push_back(listener.accept().release());
    epoll_event event{.events = EPOLLIN, .data = {.fd = sockets.back()}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, sockets.back(), &event);
  }
  std::array<epoll_event, 64> events{};
  std::array<char, 64 * 1024> buffer;
  for (std::size_t left = sockets.size(); left > 0;) {
    const int count = ::epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        --left;
        ::close(fd);
      } else if (View(buffer.data(), static_cast<std::size_t>(size)).contains("\r\n\r\n")) {
        [[maybe_unused]] const ssize_t sent =
            ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    }
  }
  ::close(epoll);
}

void answer(Request request, Respond respond) {
  respond({200, {{"Content-Type", "application/json"}}, std::move(request.body)});
}

std::size_t answer_bytes_of(std::uint16_t port) {
  RawSocket socket = RawSocket::connect_to(port);
  socket.send(kRequest);
  return socket.receive_message().size();
}

void bench_client(Loops& loops, std::uint16_t port) {
  const auto client = make_client(loops);
  const Request request{.method = "POST",
                        .url = "http://127.0.0.1:" + std::to_string(port) + "/",
                        .target = {},
                        .headers = {{"Authorization", "Bearer " + std::string(600, 't')}},
                        .body = kBody};
  constexpr int kRequests = 40'000;
  std::atomic<int> started = 0;
  std::atomic<int> ended = 0;
  std::promise<void> all;
  std::function<void(Result<Response>)> next = [&](const Result<Response>& result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().why.c_str());
    if (++ended == kRequests) return all.set_value();
    if (++started <= kRequests) client->send(request, {}, next);
  };
  const double begin = seconds_of(CLOCK_MONOTONIC);
  started = kConnections;
  for (std::size_t i = 0; i < kConnections; ++i) client->send(request, {}, next);
  all.get_future().wait();
  const double wall = seconds_of(CLOCK_MONOTONIC) - begin;
  print("net_client_and_server_throughput", kRequests / wall, "requests/s");
  print("net_client_and_server_cost", wall / kRequests * 1e6, "us/request");
}

void bench_large_body(Loops& loops, std::uint16_t port) {
  const auto client = make_client(loops);
  const std::string body(20'000'000, 'x');
  const double begin = seconds_of(CLOCK_MONOTONIC);
  constexpr int kTimes = 20;
  for (int i = 0; i < kTimes; ++i) {
    std::promise<void> done;
    client->send({.method = "POST",
                  .url = "http://127.0.0.1:" + std::to_string(port) + "/",
                  .target = {},
                  .headers = {},
                  .body = body},
                 {.body_bytes_max = limits::kDocumentBytesMax},
                 [&](const Result<Response>&) { done.set_value(); });
    done.get_future().wait();
  }
  const double wall = seconds_of(CLOCK_MONOTONIC) - begin;
  print("net_20mb_there_and_back", 2 * 20.0 * kTimes / wall, "MB/s");
}

constexpr std::uint64_t kStreamBytes = 2'000'000'000;

// Memory that is there already: what is measured is the moving.
class ConstantSource final : public BodySource {
 public:
  explicit ConstantSource(Executor& workers) : workers_(workers) {}
  [[nodiscard]] std::uint64_t bytes() const override { return kStreamBytes; }
  void next(std::span<char> room, Done done) override {
    workers_.post_always([this, room, done = std::move(done)]() mutable {
      const std::size_t size = std::min<std::uint64_t>(room.size(), kStreamBytes - given_);
      std::memcpy(room.data(), piece_.data(), size);  // as a read from the page cache does
      given_ += size;
      done(size);
    });
  }

 private:
  Executor& workers_;
  Bytes piece_ = Bytes(limits::kStreamPieceBytes, 'x');
  std::uint64_t given_ = 0;
};

class CountingSink final : public BodySink {
 public:
  void take(View piece, Done done) override {
    bytes += piece.size();
    done({});
  }
  std::uint64_t bytes = 0;
};

// Both ends together; the rate says little on a machine that does other things, the CPU time does.
class Rate {
 public:
  void print_as(const std::string& name) const {
    const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_;
    print(name, kGigabytes * 1e3 / (seconds_of(CLOCK_MONOTONIC) - wall_), "MB/s");
    print(name + "_cpu", cpu / kGigabytes, "s/GB");
  }

 private:
  static constexpr double kGigabytes = static_cast<double>(kStreamBytes) / 1e9;
  double wall_ = seconds_of(CLOCK_MONOTONIC);
  double cpu_ = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
};

// The same reader for all: a blocking socket with room for 256 kB.
void read_all(const std::string& name, RawSocket socket, const std::string& request) {
  socket.send(request);
  std::vector<char> room(256 * 1024);
  const Rate rate;
  for (std::uint64_t got = 0; got < kStreamBytes;) {
    const std::size_t size = socket.receive_into(room);
    if (size == 0) break;
    got += size;
  }
  rate.print_as(name);
}

void bench_streams() {
  SystemEnv env(Level::error);
  WorkerPool workers(env, 1, 100);
  Loops loops(1);
  Loops client_loops(1);
  ServerOptions options;
  options.body_is_streamed = [](View, View) { return true; };
  options.body_bytes_max = [](View, View) { return limits::kTransferBytesMax; };
  const auto sink = std::make_shared<CountingSink>();
  const auto server =
      Server::listen(loops, "127.0.0.1", 0, options, [&](Request request, Respond respond) {
        if (request.method == "GET")
          return respond({200, {}, {}, std::make_shared<ConstantSource>(workers)});
        auto answer = std::make_shared<Respond>(std::move(respond));
        request.incoming->read_into(sink, [answer](const Result<>&) { (*answer)({200, {}, {}}); });
      }).value();
  read_all("net_stream_out", RawSocket::connect_to(server->port()),
           "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  {
    RawSocket listener = RawSocket::listen_anywhere();
    std::jthread raw([&] {
      RawSocket socket = listener.accept();
      (void)socket.receive();
      const Bytes piece(limits::kStreamPieceBytes, 'x');
      Bytes copy = piece;
      for (std::uint64_t sent = 0; sent < kStreamBytes; sent += piece.size()) {
        std::memcpy(copy.data(), piece.data(), piece.size());
        if (!socket.send(copy)) break;
      }
    });
    read_all("raw_socket_out", RawSocket::connect_to(listener.port()), "go");
  }
  const auto client = make_client(client_loops);
  const auto timed = [&](const char* name, Request request, SendOptions send_options) {
    std::promise<void> done;
    request.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/";
    const Rate rate;
    client->send(std::move(request), std::move(send_options), [&](const Result<Response>& result) {
      if (!result) std::fprintf(stderr, "%s\n", result.error().why.c_str());
      done.set_value();
    });
    done.get_future().wait();
    rate.print_as(name);
  };
  Request get;
  get.method = "GET";
  SendOptions into;
  into.on_head = [&](const Response&) -> Result<std::shared_ptr<BodySink>> { return sink; };
  timed("net_stream_to_client", std::move(get), std::move(into));
  Request put;
  put.method = "PUT";
  put.source = std::make_shared<ConstantSource>(workers);
  timed("net_stream_from_client", std::move(put), {});
}

}  // namespace

int main() {
  bench_streams();
  Loops loops(1);
  ServerOptions options;
  options.body_bytes_max = [](View, View) { return limits::kDocumentBytesMax; };
  const auto server = Server::listen(loops, "127.0.0.1", 0, options, answer).value();
  const std::size_t answer_bytes = answer_bytes_of(server->port());
  drive("net_server", server->port(), answer_bytes);
  {
    RawSocket listener = RawSocket::listen_anywhere();
    const std::string constant(answer_bytes, 'x');
    std::jthread thread([&] { serve_raw(listener, constant); });
    drive("raw_epoll", listener.port(), answer_bytes);
  }
  bench_client(loops, server->port());
  bench_large_body(loops, server->port());
  return 0;
}
