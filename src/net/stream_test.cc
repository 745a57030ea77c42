// SPDX-License-Identifier: Apache-2.0
//
// Bodies of any size: they come whole or not at all, nobody is sent more than they take, whatever
// breaks is told to whoever waits, and connections that can be kept are.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "base/work.h"
#include "net/server.h"
#include "net/test/raw_socket.h"
#include "net/test/streams.h"

#include <doctest/doctest.h>

using namespace corridor;
using namespace corridor::net;

namespace {

constexpr std::size_t kMany = 3'000'017;  // more than the pieces on both sides and an odd number
// What the kernel may keep for a loopback socket, both ends together.
constexpr std::size_t kSocketBytesMax = 12 * 1024 * 1024;

template <class Predicate>
bool soon(Predicate holds) {
  for (int i = 0; i < 4000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

void pause(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

// GET /n gives n bytes of the pattern; POST /in takes a body into `sink`.
struct Running {
  explicit Running(ServerOptions options = {}) {
    options.body_is_streamed = [](View, View target) { return target.starts_with("/in"); };
    options.body_bytes_max = [this](View, View) { return body_bytes_max.load(); };
    server = Server::listen(loops, "127.0.0.1", 0, std::move(options),
                            [this](Request request, Respond respond) {
                              handle(std::move(request), std::move(respond));
                            })
                 .value();
    url = "http://127.0.0.1:" + std::to_string(server->port());
  }
  ~Running() {
    server->stop();
    loops.stop();
    workers.stop();
  }
  void handle(Request request, Respond respond) {
    ++handled;
    if (!request.incoming) {
      if (request.target == "/source") return respond({200, {}, {}, source});
      const auto bytes = std::stoull(request.target.substr(1));
      return respond({200, {}, {}, std::make_shared<PatternSource>(bytes, &workers)});
    }
    if (request.target == "/in/refused") return respond({403, {}, "no"});
    if (request.target == "/in/echo") {
      const auto echo = std::make_shared<Echo>();
      request.incoming->read_into(echo, [this, echo](Result<> result) {
        const std::lock_guard lock(mutex);
        outcomes.emplace_back(result ? "ok" : code_facts(result.error().code).name);
        echo->end();
      });
      return respond({200, {}, {}, std::make_shared<Echo::Source>(echo), true});
    }
    if (request.target == "/in/short") {
      request.incoming->read_into(std::make_shared<TestSink>(), [this](Result<> result) {
        const std::lock_guard lock(mutex);
        outcomes.emplace_back(result ? "ok" : code_facts(result.error().code).name);
      });
      return respond({200, {}, {}, std::make_shared<PatternSource>(10), true});
    }
    auto respond_later = std::make_shared<Respond>(std::move(respond));
    const std::lock_guard lock(mutex);
    announced = request.incoming->bytes();
    request.incoming->read_into(sink, [this, respond_later](Result<> result) {
      const std::string name = result ? "ok" : std::string(code_facts(result.error().code).name);
      {
        const std::lock_guard locked(mutex);
        outcomes.push_back(name);
      }
      (*respond_later)({result ? 200 : code_facts(result.error().code).http_status, {}, name});
    });
  }
  // How the latest body ended, once so many have.
  std::string outcome(std::size_t bodies = 1) {
    std::string last = "none";
    (void)soon([&] {
      const std::lock_guard lock(mutex);
      if (outcomes.size() < bodies) return false;
      last = outcomes.back();
      return true;
    });
    return last;
  }
  void take_into(std::shared_ptr<TestSink> next) {
    const std::lock_guard lock(mutex);
    sink = std::move(next);
  }
  [[nodiscard]] RawSocket connect() const { return RawSocket::connect_to(server->port()); }

  std::atomic<std::size_t> body_bytes_max = std::size_t{1} << 40;
  SystemEnv env;
  WorkerPool workers{env, 2, 100};
  Loops loops{2};
  std::shared_ptr<TestSink> sink = std::make_shared<TestSink>();
  std::shared_ptr<BodySource> source;
  std::atomic<int> handled = 0;
  std::mutex mutex;
  std::optional<std::uint64_t> announced;
  std::vector<std::string> outcomes;
  std::unique_ptr<Server> server;
  std::string url;
};

std::string head_of(View method, View target, std::size_t bytes, View more = "") {
  return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" +
         "Content-Length: " + std::to_string(bytes) + "\r\n" + std::string(more) + "\r\n";
}

Result<Response> ask(Client& client, Request request, SendOptions options = {}) {
  std::promise<Result<Response>> promise;
  client.send(std::move(request), std::move(options),
              [&](Result<Response> result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

SendOptions into(std::shared_ptr<BodySink> sink) {
  SendOptions options;
  options.on_head = [sink](const Response&) -> Result<std::shared_ptr<BodySink>> { return sink; };
  return options;
}

Request get(std::string url) {
  Request request;
  request.method = "GET";
  request.url = std::move(url);
  return request;
}

Request put(std::string url, std::shared_ptr<BodySource> source) {
  Request request = get(std::move(url));
  request.method = "PUT";
  request.source = std::move(source);
  return request;
}

std::string name_of(const Result<Response>& result) {
  return result ? std::to_string(result->status)
                : std::string(code_facts(result.error().code).name);
}

}  // namespace

TEST_CASE("an answer from a source comes whole, and its connection stays") {
  Running running;
  RawSocket socket = running.connect();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, limits::kStreamPieceBytes,
                                  limits::kStreamPieceBytes + 1, kMany}) {
    CAPTURE(bytes);
    socket.send(head_of("GET", "/" + std::to_string(bytes), 0));
    const std::string answer = socket.receive_message();
    CHECK(answer.contains("Content-Length: " + std::to_string(bytes) + "\r\n"));
    CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == pattern(0, bytes));
  }
  socket.send(head_of("HEAD", "/123456", 0));
  const std::string head = socket.receive_until("\r\n\r\n");
  CHECK((head.contains("Content-Length: 123456\r\n") && head.ends_with("\r\n\r\n")));
  socket.send(head_of("GET", "/7", 0));
  CHECK(socket.receive_message().ends_with(pattern(0, 7)));
}

TEST_CASE("a source is asked for no more than the other side takes") {
  Running running;
  const auto source = std::make_shared<PatternSource>(1ULL << 40, &running.workers);
  running.source = source;
  RawSocket socket = running.connect();
  socket.send(head_of("GET", "/source", 0));
  std::size_t received = socket.receive().size();
  REQUIRE(received > 0);
  std::uint64_t before = 0;
  CHECK(soon([&] {
    const bool rests = before == source->given();
    before = source->given();
    pause(100);
    return rests;
  }));
  CHECK(source->given() <= received + kSocketBytesMax + 2 * limits::kStreamPieceBytes);
  CHECK(source->rooms() <= 2);
  while (received < 20'000'000) received += socket.receive().size();
  CHECK(source->given() >= received - 1000);
  socket.shut();
  CHECK(soon([&] { return source.use_count() == 2; }));  // here and in `running`
}

TEST_CASE("a source that fails at once is answered for, one that fails later ends the connection") {
  Running running;
  for (const std::size_t good : {std::size_t{0}, std::size_t{500'000}}) {
    CAPTURE(good);
    running.source = std::make_shared<PatternSource>(kMany, &running.workers, good);
    RawSocket socket = running.connect();
    socket.send(head_of("GET", "/source", 0) + head_of("GET", "/3", 0));
    const std::string all = good > 0 ? socket.receive_all() : socket.receive_until(pattern(0, 3));
    if (good > 0) {
      CHECK(all.starts_with("HTTP/1.1 200 "));
      CHECK((all.size() > good / 2 && all.size() < kMany));
    } else {
      CHECK(all.starts_with("HTTP/1.1 403 "));
      CHECK(all.ends_with(pattern(0, 3)));  // the connection was kept
    }
  }
}

TEST_CASE("a body goes into a sink as it comes, and the next request is the next") {
  Running running;
  RawSocket socket = running.connect();
  socket.send(head_of("POST", "/in", kMany));
  CHECK(soon([&] { return running.handled == 1; }));  // before any of the body
  socket.send(pattern(0, kMany) + head_of("GET", "/5", 0));
  CHECK(socket.receive_until("\r\n\r\n" + pattern(0, 5)).contains("\r\n\r\nokHTTP/1.1 200 "));
  CHECK(running.sink->matches(kMany));
  CHECK(running.sink->largest() <= limits::kStreamPieceBytes);
  const std::lock_guard lock(running.mutex);
  CHECK(running.announced == kMany);
}

TEST_CASE("chunked bodies and bodies that come byte by byte go into a sink too") {
  for (const bool slowly : {false, true}) {
    CAPTURE(slowly);
    Running running;
    RawSocket socket = running.connect();
    std::string request = "POST /in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::size_t bytes = slowly ? 40 : 1'000'000;
    const std::size_t chunk = slowly ? 7 : 70'000;
    for (std::size_t at = 0; at < bytes; at += chunk) {
      const std::string part = pattern(at, std::min(chunk, bytes - at));
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", part.size());
      request += size + part + "\r\n";
    }
    request += "0\r\n\r\n" + head_of("GET", "/5", 0);
    if (slowly) {
      for (const char c : request) socket.send(View(&c, 1));
    } else {
      socket.send(request);
    }
    const std::string answers = socket.receive_until("\r\n\r\n" + pattern(0, 5));
    CHECK(answers.contains("\r\n\r\nokHTTP/1.1 200 "));
    const std::lock_guard lock(running.mutex);
    CHECK(!running.announced.has_value());
    CHECK(running.sink->matches(bytes));
  }
}

TEST_CASE("a client waits for leave to send, which the handler gives") {
  Running running;
  RawSocket socket = running.connect();
  socket.send(head_of("POST", "/in", 4, "Expect: 100-continue\r\n"));
  CHECK(socket.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send(pattern(0, 4));
  CHECK(socket.receive_message().ends_with("ok"));
  socket.send(head_of("POST", "/in/refused", 4, "Expect: 100-continue\r\n"));
  const std::string refused = socket.receive_all();
  CHECK(refused.starts_with("HTTP/1.1 403 "));
  CHECK(refused.contains("Connection: close"));
}

TEST_CASE("a sink that takes slowly holds its client back") {
  Running running;
  running.sink->hold();
  RawSocket socket = running.connect();
  std::atomic<std::size_t> sent = 0;
  std::jthread sending([&] {
    socket.send(head_of("POST", "/in", 30'000'000));
    for (std::size_t at = 0; at < 30'000'000; at += 100'000)
      if (socket.send(pattern(at, 100'000))) sent += 100'000;
  });
  std::size_t before = 1;
  CHECK(soon([&] {
    const bool rests = before == sent;
    before = sent;
    pause(100);
    return rests;
  }));
  CHECK(sent < kSocketBytesMax + 2 * limits::kStreamPieceBytes);
  running.sink->let_go();
  CHECK(running.outcome() == "ok");
  CHECK(running.sink->matches(30'000'000));
}

TEST_CASE("whoever waits for a body hears why it did not come") {
  ServerOptions options;
  options.stall_timeout = milliseconds(200);
  Running running(options);
  SUBCASE("the client goes away") {
    RawSocket socket = running.connect();
    socket.send(head_of("POST", "/in", 1'000'000) + pattern(0, 300'000));
    CHECK(soon([&] { return running.sink->bytes() > 0; }));
    socket.reset();
    CHECK(running.outcome() == "unavailable");
  }
  SUBCASE("the client stops sending") {
    RawSocket socket = running.connect();
    socket.send(head_of("POST", "/in", 1'000'000) + pattern(0, 300'000));
    CHECK(socket.receive_all().starts_with("HTTP/1.1 " + std::to_string(
                                               code_facts(Code::timeout).http_status)));
    CHECK(running.outcome() == "timeout");
    CHECK(running.sink->matches(300'000));  // what had come is given to the sink
  }
  SUBCASE("the sink fails") {
    running.sink->fail_after(200'000);
    RawSocket socket = running.connect();
    socket.send(head_of("POST", "/in", 1'000'000) + pattern(0, 1'000'000));
    CHECK(socket.receive_all().starts_with("HTTP/1.1 403 "));
    CHECK(running.outcome() == "denied");
  }
  SUBCASE("the body is larger than the route takes") {
    running.body_bytes_max = 1000;
    RawSocket socket = running.connect();
    socket.send("POST /in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n");
    CHECK(socket.receive_all().starts_with("HTTP/1.1 413 "));
    CHECK(running.outcome() == "too_large");
    RawSocket other = running.connect();
    other.send(head_of("POST", "/in", 1001));
    CHECK(other.receive_all().starts_with("HTTP/1.1 413 "));
    CHECK(running.handled == 1);
  }
  SUBCASE("the server stops") {
    RawSocket socket = running.connect();
    socket.send(head_of("POST", "/in", 1'000'000) + pattern(0, 1000));
    CHECK(soon([&] { return running.sink->bytes() > 0; }));
    running.server->stop();
    CHECK(running.outcome() == "unavailable");
  }
}

TEST_CASE("a reader that stops reading is left") {
  ServerOptions options;
  options.stall_timeout = milliseconds(200);
  Running running(options);
  const auto source = std::make_shared<PatternSource>(1ULL << 40, &running.workers);
  running.source = source;
  RawSocket socket = running.connect();
  socket.send(head_of("GET", "/source", 0));
  CHECK(soon([&] { return source.use_count() == 2; }));
}

TEST_CASE("a client takes an answer into a sink, and keeps its connection") {
  Running running;
  const auto client = make_client(running.loops);
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{10}, kMany}) {
    const auto sink = std::make_shared<TestSink>();
    const auto result = ask(
        *client, get(running.url + "/" + std::to_string(bytes)), into(sink));
    REQUIRE(name_of(result) == "200");
    CHECK(result->body.empty());
    CHECK(sink->matches(bytes));
  }
  SendOptions nobody;
  nobody.on_head = [](const Response&) -> Result<std::shared_ptr<BodySink>> { return nullptr; };
  CHECK(ask(*client, get(running.url + "/10"), nobody)->body ==
        pattern(0, 10));
  SendOptions refuses;
  refuses.on_head = [](const Response& head) -> Result<std::shared_ptr<BodySink>> {
    return fail(Code::conflict, std::to_string(head.status));
  };
  CHECK(name_of(ask(*client, get(running.url + "/10"), refuses)) ==
        "conflict");
  SendOptions small = into(std::make_shared<TestSink>());
  small.streamed_bytes_max = 9;
  CHECK(name_of(ask(*client, get(running.url + "/10"), small)) == "too_large");
}

TEST_CASE("a client sends a body from a source") {
  Running running;
  const auto client = make_client(running.loops);
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{10}, kMany}) {
    running.take_into(std::make_shared<TestSink>());
    const auto source = std::make_shared<PatternSource>(bytes, &running.workers);
    const auto result = ask(*client, put(running.url + "/in", source));
    REQUIRE(name_of(result) == "200");
    CHECK(running.sink->matches(bytes));
  }
  SUBCASE("that fails") {
    const auto source = std::make_shared<PatternSource>(kMany, &running.workers, 500'000);
    const auto result = ask(*client, put(running.url + "/in", source));
    CHECK(name_of(result) == "denied");
    CHECK(running.outcome(4) == "unavailable");
  }
  SUBCASE("and is refused before it has sent it") {
    const auto source = std::make_shared<PatternSource>(1ULL << 40, &running.workers);
    const auto result = ask(*client, put(running.url + "/in/refused", source));
    CHECK(name_of(result) == "403");
    CHECK(soon([&] { return source.use_count() == 1; }));
  }
}

TEST_CASE("a client that takes slowly holds the server back, and its time stands still") {
  Running running;
  const auto client = make_client(running.loops);
  const auto source = std::make_shared<PatternSource>(50'000'000, &running.workers);
  running.source = source;
  const auto sink = std::make_shared<TestSink>();
  sink->hold();
  SendOptions options = into(sink);
  options.timeout = milliseconds(100);
  std::promise<Result<Response>> promise;
  client->send(get(running.url + "/source"), options,
               [&](Result<Response> result) { promise.set_value(std::move(result)); });
  CHECK(soon([&] { return source->given() > 0; }));
  pause(400);
  CHECK(source->given() <= kSocketBytesMax + 4 * limits::kStreamPieceBytes);
  sink->let_go();
  CHECK(name_of(promise.get_future().get()) == "200");
  CHECK(sink->matches(50'000'000));
}

TEST_CASE("whatever breaks an answer is told, after the sink has what had come") {
  Running running;
  const auto client = make_client(running.loops);
  RawSocket listener = RawSocket::listen_anywhere();
  const std::string url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/";
  for (const std::size_t bytes : {1, 1000, 127'000, 128 * 1024, 200'000, 300'000, 1'000'000}) {
    CAPTURE(bytes);
    const auto sink = std::make_shared<TestSink>();
    std::jthread server([&] {
      RawSocket socket = listener.accept();
      (void)socket.receive_until("\r\n\r\n");
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + pattern(0, bytes));
    });
    const auto result = ask(*client, get(url), into(sink));
    CHECK(name_of(result) == "unavailable");
    CHECK(sink->matches(bytes));
  }
  SUBCASE("a server that stops sending") {
    const auto sink = std::make_shared<TestSink>();
    SendOptions options = into(sink);
    options.timeout = milliseconds(150);
    std::promise<void> over;
    std::jthread server([&] {
      RawSocket socket = listener.accept();
      (void)socket.receive_until("\r\n\r\n");
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + pattern(0, 1000));
      over.get_future().wait();
    });
    CHECK(name_of(ask(*client, get(url), options)) == "timeout");
    CHECK(sink->matches(1000));
    over.set_value();
  }
  SUBCASE("an answer until its end of the connection") {
    const auto sink = std::make_shared<TestSink>();
    std::jthread server([&] {
      RawSocket socket = listener.accept();
      (void)socket.receive_until("\r\n\r\n");
      socket.send("HTTP/1.1 200 OK\r\n\r\n" + pattern(0, kMany));
    });
    CHECK(name_of(ask(*client, get(url), into(sink))) == "200");
    CHECK(sink->matches(kMany));
  }
  SUBCASE("a sink that fails") {
    const auto sink = std::make_shared<TestSink>();
    sink->fail_after(400'000);
    const auto result =
        ask(*client, get(running.url + "/3000000"), into(sink));
    CHECK(name_of(result) == "denied");
  }
  SUBCASE("a client that goes while its sink is at work") {
    const auto sink = std::make_shared<TestSink>();
    sink->hold();
    auto going = make_client(running.loops);
    std::promise<Result<Response>> promise;
    going->send(get(running.url + "/3000000"), into(sink),
                [&](Result<Response> result) { promise.set_value(std::move(result)); });
    CHECK(soon([&] { return sink->held(); }));
    going.reset();
    CHECK(name_of(promise.get_future().get()) == "unavailable");
    sink->let_go();
  }
}

TEST_CASE("an answer begins beside the body it answers, and goes on as long as that comes") {
  Running running;
  auto socket = running.connect();
  REQUIRE(socket.send("POST /in/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string head = socket.receive_until("\r\n\r\n");
  CHECK(head.contains("Transfer-Encoding: chunked"));
  CHECK(head.contains("Connection: close"));
  CHECK_FALSE(head.contains("Content-Length"));
  REQUIRE(socket.send("5\r\nhello\r\n"));
  CHECK(socket.receive_until("hello\r\n") == "5\r\nhello\r\n");
  REQUIRE(socket.send("11\r\nseventeen letters\r\n"));
  CHECK(socket.receive_until("letters\r\n") == "11\r\nseventeen letters\r\n");
  REQUIRE(socket.send("0\r\n\r\n"));
  CHECK(socket.receive_all() == "0\r\n\r\n");
  CHECK(running.outcome() == "ok");
}

TEST_CASE("beside a body an answer is as whole as either, and who does not read is not read from") {
  Running running;
  constexpr std::size_t kAll = 60'000'000;
  auto socket = running.connect();
  REQUIRE(socket.send(head_of("POST", "/in/echo", kAll)));
  std::atomic<std::size_t> sent = 0;
  std::thread sender([&] {
    for (std::size_t at = 0; at < kAll; at += 100'000) {
      if (!socket.send(pattern(at, 100'000))) return;
      sent += 100'000;
    }
  });
  pause(300);
  const std::size_t held = sent;
  CHECK(held < 2 * kSocketBytesMax + 4 * limits::kStreamPieceBytes);
  pause(100);
  CHECK(sent == held);
  std::string rest = socket.receive_until("\r\n\r\n");
  rest.erase(0, rest.find("\r\n\r\n") + 4);
  std::size_t got = 0;
  bool good = true;
  for (;;) {
    std::size_t line = 0;
    while ((line = rest.find("\r\n")) == std::string::npos) rest += socket.receive();
    const std::size_t size = std::stoul(rest.substr(0, line), nullptr, 16);
    while (rest.size() < line + 2 + size + 2) {
      const std::string more = socket.receive();
      REQUIRE_FALSE(more.empty());
      rest += more;
    }
    if (size == 0) break;
    good = good && rest.compare(line + 2, size, pattern(got, size)) == 0;
    got += size;
    rest.erase(0, line + 2 + size + 2);
  }
  sender.join();
  CHECK(good);
  CHECK(got == kAll);
  CHECK(running.outcome() == "ok");
}

TEST_CASE("what breaks one half of an answer beside a body ends the other") {
  ServerOptions options;
  options.stall_timeout = milliseconds(200);
  Running running(std::move(options));
  SUBCASE("a body that stops coming: the answer to what came is whole") {
    auto socket = running.connect();
    REQUIRE(socket.send(head_of("POST", "/in/echo", 100) + "some"));
    const std::string all = socket.receive_all();
    CHECK(all.ends_with("4\r\nsome\r\n0\r\n\r\n"));
    CHECK(running.outcome() == "timeout");
  }
  SUBCASE("a client that goes") {
    auto socket = running.connect();
    REQUIRE(socket.send(head_of("POST", "/in/echo", 100) + "some"));
    (void)socket.receive_until("some");
    socket.reset();
    CHECK(running.outcome() == "unavailable");
  }
  SUBCASE("a client that reads nothing") {
    const Bytes much(100'000'000, 'x');
    auto socket = running.connect();
    REQUIRE(socket.send(head_of("POST", "/in/echo", much.size())));
    std::thread sender([&] { (void)socket.send(much); });
    CHECK(running.outcome() == "unavailable");
    sender.join();
  }
  SUBCASE("a body that is broken") {
    auto socket = running.connect();
    REQUIRE(socket.send("POST /in/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"));
    CHECK(socket.receive_all().ends_with("0\r\n\r\n"));
    CHECK(running.outcome() == "invalid");
  }
  SUBCASE("an answer that ends first") {
    auto socket = running.connect();
    REQUIRE(socket.send(head_of("POST", "/in/short", 100) + "some"));
    CHECK(socket.receive_all().ends_with("\r\n\r\n" + pattern(0, 10)));
    CHECK(running.outcome() == "conflict");
  }
  CHECK(running.handled == 1);
  Request after = get(running.url + "/1000");
  const auto client = make_client(running.loops);
  CHECK(name_of(ask(*client, std::move(after))) == "200");
}

TEST_CASE("many streams at once do not mix") {
  Running running;
  const auto client = make_client(running.loops);
  std::vector<std::shared_ptr<TestSink>> sinks;
  std::vector<std::future<std::string>> outcomes;
  for (std::size_t i = 0; i < 24; ++i) {
    sinks.push_back(std::make_shared<TestSink>());
    auto promise = std::make_shared<std::promise<std::string>>();
    outcomes.push_back(promise->get_future());
    client->send(get(running.url + "/" + std::to_string(1'000'000 + i)), into(sinks[i]),
                 [promise](const Result<Response>& result) {
                   promise->set_value(name_of(result));
                 });
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    CHECK(outcomes[i].get() == "200");
    CHECK(sinks[i]->matches(1'000'000 + i));
  }
}
