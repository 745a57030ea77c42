// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>

#include "net/server.h"
#include "net/test/raw_socket.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

using namespace corridor;
using namespace corridor::net;

namespace {

std::string url(std::uint16_t port, std::string_view target = "/") {
  return "http://127.0.0.1:" + std::to_string(port) + std::string(target);
}

Request get(std::string where) {
  return {.method = "GET", .url = std::move(where), .target = {}, .headers = {}, .body = {}};
}

Request post(std::string where, Bytes body) {
  return {.method = "POST",
          .url = std::move(where),
          .target = {},
          .headers = {},
          .body = std::move(body)};
}

SendOptions within(int ms, std::size_t body_bytes_max = limits::kMessageBytesMax) {
  return {milliseconds(ms), body_bytes_max};
}

std::future<Result<Response>> start(Client& client, Request request, SendOptions options = {}) {
  const auto promise = std::make_shared<std::promise<Result<Response>>>();
  client.send(std::move(request), options,
              [promise](Result<Response> result) { promise->set_value(std::move(result)); });
  return promise->get_future();
}

Result<Response> ask(Client& client, Request request, SendOptions options = {}) {
  return start(client, std::move(request), options).get();
}

Code code_of(const Result<Response>& result) {
  REQUIRE(!result);
  CHECK(!result.error().why.empty());
  return result.error().code;
}

// A client and a listening socket whose answers the test writes itself.
struct Raw {
  Loops loops{2};
  std::unique_ptr<Client> client = make_client(loops);
  RawSocket listener = RawSocket::listen_anywhere();

  std::future<Result<Response>> start(std::string_view target = "/") {
    return ::start(*client, get(url(listener.port(), target)));
  }
  // A connection that has served one request and is idle.
  RawSocket keep_one() {
    auto first = start("/1");
    RawSocket socket = listener.accept();
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    CHECK(first.get());
    return socket;
  }
  // What the client makes of an answer after which the connection closes.
  Result<Response> told(View answer, std::size_t body_bytes_max = 100) {
    auto result = ::start(*client, get(url(listener.port())), within(5000, body_bytes_max));
    RawSocket socket = listener.accept();
    socket.receive_until("\r\n\r\n");
    socket.send(answer);
    socket.shut();
    return result.get();
  }
};

constexpr View kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void pause(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

}  // namespace

TEST_CASE("a request reaches the server as it was and the answer comes back") {
  Loops loops(2);
  const auto server =
      Server::listen(loops, "localhost", 0, {}, [](Request request, Respond respond) {
        Response response{201, {{"X-Method", request.method}}, {}};
        response.headers.add("X-Target", request.target);
        response.headers.add("X-Token", *request.headers.find("authorization"));
        response.headers.add("X-Host", *request.headers.find("host"));
        response.body = request.body + "!";
        respond(std::move(response));
      }).value();
  const auto client = make_client(loops);
  const std::string port = std::to_string(server->port());
  Request request = post("http://LOCALHOST:" + port + "/a?b=%20", "body");
  request.headers.add("Authorization", "Bearer x");
  const auto answer = ask(*client, request);
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->body == "body!");
  CHECK(*answer->headers.find("x-method") == "POST");
  CHECK(*answer->headers.find("x-target") == "/a?b=%20");
  CHECK(*answer->headers.find("x-token") == "Bearer x");
  CHECK(*answer->headers.find("x-host") == "LOCALHOST:" + port);
  request.method = "HEAD";
  const auto head = ask(*client, request);
  REQUIRE(head);
  CHECK(head->body.empty());
  CHECK(*head->headers.find("content-length") == "5");
}

TEST_CASE("one connection serves request after request") {
  Raw raw;
  auto first = raw.start("/1");
  RawSocket socket = raw.listener.accept();
  CHECK(socket.receive_until("\r\n\r\n").starts_with("GET /1 HTTP/1.1\r\n"));
  socket.send(kOk);
  CHECK(first.get()->body == "ok");
  auto second = raw.start("/2");
  CHECK(socket.receive_until("\r\n\r\n").starts_with("GET /2 HTTP/1.1\r\n"));
  socket.send(kOk);
  CHECK(second.get()->body == "ok");
}

TEST_CASE("a kept connection that turns out closed is replaced once, without anyone noticing") {
  for (const bool by_reset : {false, true}) {
    for (const bool is_answered : {true, false}) {
      CAPTURE(by_reset);
      CAPTURE(is_answered);
      Raw raw;
      RawSocket kept = raw.keep_one();
      auto second = raw.start("/2");
      kept.receive_until("\r\n\r\n");
      if (by_reset) kept.reset();
      kept.shut();
      RawSocket other = raw.listener.accept();
      CHECK(other.receive_until("\r\n\r\n").starts_with("GET /2 HTTP/1.1\r\n"));
      if (is_answered) {
        other.send(kOk);
        CHECK(second.get()->body == "ok");
      } else {
        other.shut();
        CHECK(code_of(second.get()) == Code::unavailable);
      }
    }
  }
}

TEST_CASE("a request is not sent again once a byte of its answer was seen") {
  Raw raw;
  RawSocket kept = raw.keep_one();
  auto second = raw.start("/2");
  kept.receive_until("\r\n\r\n");
  kept.send("H");
  kept.shut();
  CHECK(code_of(second.get()) == Code::unavailable);
}

TEST_CASE("a connection that closes while idle is noticed before the next request") {
  Raw raw;
  raw.keep_one().shut();
  pause(30);
  auto second = raw.start("/2");
  RawSocket other = raw.listener.accept();
  other.receive_until("\r\n\r\n");
  other.shut();  // a new connection, so this is not sent again
  CHECK(code_of(second.get()) == Code::unavailable);
}

TEST_CASE("an idle server that closes does not disturb the next request") {
  ServerOptions options;
  options.idle_timeout = milliseconds(20);
  Loops loops(1);
  const auto server = Server::listen(loops, "127.0.0.1", 0, options, [](Request, Respond respond) {
                        respond({200, {}, "ok"});
                      }).value();
  const auto client = make_client(loops);
  for (int i = 0; i < 20; ++i) {
    CHECK(ask(*client, get(url(server->port()))));
    pause(15 + i);
  }
}

TEST_CASE("answers of every framing are read") {
  Raw raw;
  CHECK(raw.told("HTTP/1.1 200 OK\r\n\r\nuntil the end")->body == "until the end");
  CHECK(raw.told("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na")->body == "a");
  CHECK(
      raw.told("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")->body ==
      "a");
  CHECK(raw.told("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")->status == 204);
  const auto redirect =
      raw.told("HTTP/1.1 302 Found\r\nLocation: http://8.8.8.8/\r\nContent-Length: 0\r\n\r\n");
  CHECK(redirect->status == 302);
  CHECK(*redirect->headers.find("Location") == "http://8.8.8.8/");
}

TEST_CASE("answers that are none are the peer's fault, cut ones may be tried again") {
  Raw raw;
  CHECK(code_of(raw.told("SSH-2.0-OpenSSH\r\n")) == Code::peer);
  CHECK(code_of(raw.told("HTTP/1.1 101 Switching\r\n\r\n")) == Code::peer);
  CHECK(code_of(raw.told("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n")) == Code::peer);
  CHECK(code_of(raw.told("HTTP/1.1 200 OK\nContent-Length: 0\n\n")) == Code::peer);
  CHECK(code_of(raw.told("")) == Code::unavailable);
  CHECK(code_of(raw.told("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")) == Code::unavailable);
  CHECK(code_of(raw.told("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")) ==
        Code::unavailable);
}

TEST_CASE("an answer above the limit is refused, announced or not") {
  Raw raw;
  const std::string line = "HTTP/1.1 200 OK\r\n";
  CHECK(raw.told(line + "\r\n" + std::string(100, 'x'))->body.size() == 100);
  CHECK(code_of(raw.told(line + "\r\n" + std::string(101, 'x'))) == Code::too_large);
  CHECK(code_of(raw.told(line + "Content-Length: 101\r\n\r\n")) == Code::too_large);
  CHECK(code_of(raw.told(line + "Transfer-Encoding: chunked\r\n\r\n65\r\n")) == Code::too_large);
  CHECK(code_of(raw.told(line + "A: " + std::string(40'000, 'x') + "\r\n\r\n")) == Code::too_large);
}

TEST_CASE("bytes after an answer are not taken for the next one") {
  Raw raw;
  auto first = raw.start("/1");
  RawSocket socket = raw.listener.accept();
  socket.receive_until("\r\n\r\n");
  socket.send(std::string(kOk) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  CHECK(first.get()->body == "ok");
  auto second = raw.start("/2");
  RawSocket other = raw.listener.accept();
  other.receive_until("\r\n\r\n");
  other.send(kOk);
  CHECK(second.get()->body == "ok");
}

TEST_CASE("an answer that comes before the request is sent is believed") {
  Loops loops(1);
  const auto server = Server::listen(loops, "127.0.0.1", 0, {}, [](Request, Respond respond) {
                        respond({200, {}, ""});
                      }).value();
  const auto client = make_client(loops);
  for (int i = 0; i < 5; ++i) {
    const auto answer = ask(*client, post(url(server->port()), std::string(20'000'000, 'x')));
    REQUIRE(answer);
    CHECK(answer->status == 413);
  }
}

TEST_CASE("a request that is not answered in time ends as a timeout") {
  Raw raw;
  auto silent = start(*raw.client, get(url(raw.listener.port())), within(50));
  const RawSocket socket = raw.listener.accept();
  CHECK(code_of(silent.get()) == Code::timeout);
  auto slow = start(*raw.client, get(url(raw.listener.port())), within(80));
  RawSocket other = raw.listener.accept();
  for (const char c : kOk) {
    if (!other.send({&c, 1})) break;
    pause(5);
  }
  CHECK(code_of(slow.get()) == Code::timeout);
}

TEST_CASE("connections to a host are bounded, and whoever waits too long is told") {
  Loops loops(2);
  const auto client = make_client(loops, {.connections_per_host_max = 2});
  RawSocket listener = RawSocket::listen_anywhere();
  const std::string where = url(listener.port());
  auto first = start(*client, get(where));
  auto second = start(*client, get(where));
  auto third = start(*client, get(where), within(50));
  auto fourth = start(*client, get(where));
  RawSocket a = listener.accept();
  RawSocket b = listener.accept();
  CHECK(code_of(third.get()) == Code::timeout);
  a.receive_until("\r\n\r\n");
  a.send(kOk);
  a.receive_until("\r\n\r\n");
  a.send(kOk);
  CHECK(fourth.get());
  b.receive_until("\r\n\r\n");
  b.reset();
  CHECK((first.get().has_value() != second.get().has_value()));
}

TEST_CASE("too many requests at once are refused, not queued for ever") {
  Loops loops(1);
  const auto client = make_client(loops, {.in_flight_max = 3});
  const RawSocket listener = RawSocket::listen_anywhere();
  std::vector<std::future<Result<Response>>> all;
  for (int i = 0; i < 4; ++i) all.push_back(start(*client, get(url(listener.port())), within(100)));
  CHECK(code_of(all[3].get()) == Code::busy);
  for (int i = 0; i < 3; ++i)
    CHECK(code_of(all[static_cast<std::size_t>(i)].get()) == Code::timeout);
  CHECK(code_of(ask(*client, get(url(listener.port())), within(50))) == Code::timeout);
}

TEST_CASE("nothing but this machine is called") {
  Loops loops(1);
  const auto client = make_client(loops);
  for (const auto* where :
       {"https://localhost/", "https://example.org/", "http://0.0.0.0/", "http://8.8.8.8/",
        "http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::]/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1]/"}) {
    const std::string shown = where;
    CAPTURE(shown);
    const auto result = ask(*client, get(where));
    CHECK(code_of(result) == Code::denied);
    CHECK(!result.error().todo.empty());
  }
  CHECK(ask(*client, get("https://localhost/")).error().why.contains("TLS"));
  for (const auto* where : {"http://2130706433/", "http://0x7f.1/", "http://017700000001/",
                            "http://user@127.0.0.1/", "ftp://127.0.0.1/", ""})
    CHECK(code_of(ask(*client, get(where))) == Code::invalid);
  Request smuggled = get("http://127.0.0.1/");
  smuggled.headers.add("A", "b\r\nHost: c");
  CHECK(code_of(ask(*client, smuggled)) == Code::invalid);
}

TEST_CASE("a name is called only if this machine is all it means") {
  Loops loops(1);
  const auto client = make_client(loops);
  std::array<char, 256> name{};
  REQUIRE(::gethostname(name.data(), name.size() - 1) == 0);
  // Its addresses differ from machine to machine: nobody listens on port 1 of loopback, every other
  // address is denied, and some names of machines are none.
  const auto own = ask(*client, get("http://" + std::string(name.data()) + ":1/"), within(2000));
  CHECK(!own);
  CHECK(own.error().code != Code::internal);
  const Code unknown = code_of(ask(*client, get("http://nobody.invalid/"), within(2000)));
  CHECK((unknown == Code::unavailable || unknown == Code::timeout));
}

TEST_CASE("a port where nobody listens is unavailable") {
  Loops loops(1);
  const auto client = make_client(loops);
  RawSocket listener = RawSocket::listen_anywhere();
  const std::string where = url(listener.port(), "/path?token=secret");
  listener.shut();
  const auto result = ask(*client, get(where));
  CHECK(code_of(result) == Code::unavailable);
  CHECK(result.error().why.contains("/path"));
  CHECK(!result.error().why.contains("secret"));
}

TEST_CASE("bodies of any size within the limit come and go whole") {
  Loops loops(2);
  ServerOptions options;
  options.body_bytes_max = [](View, View) { return limits::kDocumentBytesMax; };
  const auto server =
      Server::listen(loops, "127.0.0.1", 0, options, [](Request request, Respond respond) {
        respond({200, {}, std::move(request.body)});
      }).value();
  const auto client = make_client(loops);
  for (const std::size_t size : {0U, 1U, 65'536U, 1'048'576U, 20'000'000U}) {
    Bytes body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 131 + (i >> 9));
    const auto answer =
        ask(*client, post(url(server->port()), body), within(15'000, limits::kDocumentBytesMax));
    REQUIRE(answer);
    CHECK(answer->body == body);
  }
}

TEST_CASE("a thousand requests at once share the connections of their host") {
  Loops loops(2);
  std::atomic<std::size_t> now = 0;
  std::atomic<std::size_t> most = 0;
  const auto server =
      Server::listen(loops, "127.0.0.1", 0, {}, [&](Request request, Respond respond) {
        const std::size_t seen = ++now;
        if (seen > most) most = seen;
        --now;
        respond({200, {}, request.target});
      }).value();
  const auto client = make_client(loops);
  std::vector<std::future<Result<Response>>> all;
  for (int i = 0; i < 1000; ++i)
    all.push_back(start(*client, get(url(server->port(), "/" + std::to_string(i)))));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto answer = all[i].get();
    REQUIRE(answer);
    CHECK(answer->body == "/" + std::to_string(i));
  }
  CHECK(most <= limits::kPeerInFlightMax);
}

TEST_CASE("whoever is called back may send again") {
  Loops loops(1);
  const auto server = Server::listen(loops, "127.0.0.1", 0, {}, [](Request, Respond respond) {
                        respond({200, {}, "ok"});
                      }).value();
  const auto client = make_client(loops);
  std::promise<void> ended;
  int left = 50;
  std::function<void(Result<Response>)> next = [&](const Result<Response>& result) {
    if (!result || --left == 0) return ended.set_value();
    client->send(get(url(server->port())), {}, next);
  };
  client->send(get(url(server->port())), {}, next);
  ended.get_future().wait();
  CHECK(left == 0);
}

TEST_CASE("what is under way when the network ends is answered, once") {
  std::atomic<int> answers = 0;
  const RawSocket listener = RawSocket::listen_anywhere();
  const auto count = [&](const Result<Response>& result) {
    if (!result && result.error().code == Code::unavailable) ++answers;
  };
  Loops loops(2);
  auto client = make_client(loops, {.connections_per_host_max = 2});
  for (int i = 0; i < 5; ++i) client->send(get(url(listener.port())), {}, count);
  pause(20);
  SUBCASE("the client goes") {
    client.reset();
    CHECK(answers == 5);
  }
  SUBCASE("the loops stop") {
    loops.stop();
    CHECK(answers == 5);
    client->send(get(url(listener.port())), {}, count);
    CHECK(answers == 6);
  }
}

TEST_CASE("stopping under load loses no answer and calls nobody afterwards") {
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> answers = 0;
    std::atomic<bool> stopped = false;
    std::atomic<int> late = 0;
    {
      Loops loops(2);
      const auto server = Server::listen(loops, "127.0.0.1", 0, {}, [&](Request, Respond respond) {
                            if (stopped) ++late;
                            respond({200, {}, "ok"});
                          }).value();
      const auto client = make_client(loops);
      for (int i = 0; i < 500; ++i)
        client->send(get(url(server->port())), {}, [&](const Result<Response>&) { ++answers; });
      pause(round);
      server->stop();
      stopped = true;
      pause(round);
      loops.stop();
    }
    CHECK(answers == 500);
    CHECK(late == 0);
  }
}
