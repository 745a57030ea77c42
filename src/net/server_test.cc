// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "net/test/raw_socket.h"

using namespace corridor;
using namespace corridor::net;

namespace {

Response text(int status, std::string body) {
  return {status, {{"Content-Type", "text/plain"}}, std::move(body)};
}

// Answers with method, target and body of the request.
void echo(Request request, Respond respond) {
  respond(text(200, request.method + " " + request.target + " " + request.body));
}

struct Running {
  explicit Running(Handler handler, ServerOptions options = {}, std::size_t threads = 2)
      : loops(threads),
        server(
            Server::listen(loops, "127.0.0.1", 0, std::move(options), std::move(handler)).value()) {
  }
  [[nodiscard]] RawSocket connect() const { return RawSocket::connect_to(server->port()); }

  Loops loops;
  std::unique_ptr<Server> server;
};

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string post(std::string_view target, View body, std::string_view more = "") {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more) + "\r\n" + std::string(body);
}

// What the server says to these bytes until it closes.
std::string says(const Running& running, View bytes) {
  RawSocket socket = running.connect();
  socket.send(bytes);
  return socket.receive_all();
}

bool is_status(View answer, int status) {
  return answer.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

std::size_t count(View text, View part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != View::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

void pause(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

}  // namespace

TEST_CASE("a request is answered and the connection stays") {
  const Running running(echo);
  RawSocket socket = running.connect();
  for (int i = 0; i < 3; ++i) {
    socket.send(post("/a?b=c", "hello"));
    const std::string answer = socket.receive_message();
    CHECK(is_status(answer, 200));
    CHECK(answer.ends_with("\r\n\r\nPOST /a?b=c hello"));
    CHECK(answer.contains("Content-Length: 17\r\n"));
    CHECK(answer.contains("Content-Type: text/plain\r\n"));
    CHECK(answer.contains("\r\nDate: "));
    CHECK(!answer.contains("Connection:"));
  }
}

TEST_CASE("a request may come one byte at a time") {
  const Running running(echo);
  RawSocket socket = running.connect();
  const std::string request =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
  for (const char c : request) socket.send({&c, 1});
  CHECK(socket.receive_message().ends_with("POST / abcde"));
}

TEST_CASE("Connection: close is obeyed, and announced") {
  const Running running(echo);
  const std::string answer =
      says(running, "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n");
  CHECK(is_status(answer, 200));
  CHECK(answer.contains("Connection: close\r\n"));
}

TEST_CASE("HEAD has the head of GET and no body") {
  const Running running(echo);
  RawSocket socket = running.connect();
  socket.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
  const std::string answers = socket.receive_until("GET /next ");
  CHECK(answers.contains("Content-Length: 7\r\n"));
  CHECK(!answers.contains("HEAD / "));
}

TEST_CASE("a status without body is sent without one") {
  const Running running([](Request, Respond respond) { respond(text(204, "nothing")); });
  RawSocket socket = running.connect();
  socket.send(get("/"));
  const std::string answer = socket.receive_until("\r\n\r\n");
  CHECK(is_status(answer, 204));
  CHECK(!answer.contains("Content-Length"));
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("requests sent ahead are answered in order, one at a time") {
  std::atomic<int> running_now = 0;
  std::atomic<int> most = 0;
  std::vector<std::jthread> threads;
  std::mutex mutex;
  {
    const Running running([&](Request request, Respond respond) {
      most = std::max(most.load(), ++running_now);
      const std::lock_guard lock(mutex);
      threads.emplace_back([&, target = request.target, respond = std::move(respond)]() mutable {
        if (target == "/0") pause(30);
        --running_now;
        respond(text(200, "<" + target + ">"));
      });
    });
    RawSocket socket = running.connect();
    std::string all;
    for (int i = 0; i < 20; ++i) all += get("/" + std::to_string(i));
    socket.send(all);
    const std::string answers = socket.receive_until("</19>");
    std::size_t at = 0;
    for (int i = 0; i < 20; ++i) {
      const auto next = answers.find("</" + std::to_string(i) + ">", at);
      REQUIRE(next != std::string::npos);
      at = next;
    }
  }
  CHECK(most == 1);
}

TEST_CASE("thousands of requests sent ahead are answered at once without recursion") {
  const Running running(echo);
  RawSocket socket = running.connect();
  constexpr int kRequests = 5000;
  std::jthread sender([&] {
    for (int i = 0; i < kRequests; ++i) socket.send(get("/"));
  });
  std::size_t answers = 0;
  std::string held;
  while (answers < kRequests) {
    const std::string more = socket.receive();
    REQUIRE(!more.empty());
    held += more;
    const std::size_t whole = count(held, "GET / ");
    answers += whole;
    if (whole > 0) held.erase(0, held.rfind("GET / ") + 6);
  }
  CHECK(answers == kRequests);
}

TEST_CASE("malformed and ambiguous requests are refused and the connection closes") {
  struct Case {
    const char* what;
    std::string bytes;
    int status;
  };
  const std::string host = "Host: a\r\n";
  const std::vector<Case> cases{
      {"both lengths",
       "POST / HTTP/1.1\r\n" + host +
           "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"both lengths, other order",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
       400},
      {"two lengths",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
      {"list of lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\na", 400},
      {"signed length", "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\na", 400},
      {"negative length", "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\na", 400},
      {"hexadecimal length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\na", 400},
      {"length past 64 bits",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551617\r\n\r\na", 400},
      {"empty length", "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\na", 400},
      {"other coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"two codings", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n",
       501},
      {"hidden coding",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: \x0b"
           "chunked\r\n\r\n",
       400},
      {"coding twice",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"host with user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"folded line", "GET / HTTP/1.1\r\n" + host + "A: b\r\n c\r\n\r\n", 400},
      {"first line folded", "GET / HTTP/1.1\r\n A: b\r\n\r\n", 400},
      {"space before colon", "GET / HTTP/1.1\r\n" + host + "A : b\r\n\r\n", 400},
      {"no colon", "GET / HTTP/1.1\r\n" + host + "A\r\n\r\n", 400},
      {"empty name", "GET / HTTP/1.1\r\n" + host + ": b\r\n\r\n", 400},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"one bare LF", "GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", 400},
      {"bare CR", "GET / HTTP/1.1\r\n" + host + "A: b\rc\r\n\r\n", 400},
      {"NUL", "GET / HTTP/1.1\r\n" + host + "A: b" + std::string(1, '\0') + "\r\n\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"tab", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"space at the end", "GET / HTTP/1.1 \r\n" + host + "\r\n", 400},
      {"no version", "GET /\r\n" + host + "\r\n", 400},
      {"lower-case version", "GET / http/1.1\r\n" + host + "\r\n", 400},
      {"absolute form", "GET http://a/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"authority form", "CONNECT a:80 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"fragment", "GET /#a HTTP/1.1\r\n" + host + "\r\n", 400},
      {"raw UTF-8 in the target", "GET /\xc3\xa4 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"half an encoding", "GET /%2 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
      {"version 1.0", "GET / HTTP/1.0\r\n" + host + "\r\n", 505},
      {"version 2.0", "PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"expectation", "POST / HTTP/1.1\r\n" + host + "Expect: tea\r\n\r\n", 417},
      {"chunk extension",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\n\r\n",
       400},
      {"chunk with sign",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
       400},
      {"chunk with 0x",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
       400},
      {"chunk with space",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
       400},
      {"chunk longer than said",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
       400},
      {"chunk line with LF",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", 400},
      {"empty chunk size",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n", 400},
      {"broken trailer",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\nA : b\r\n\r\n", 400},
      {"chunk of 2^64 bytes",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na\r\n0\r\n\r\n",
       413},
  };
  std::atomic<int> handled = 0;
  const Running running([&](Request, Respond respond) {
    ++handled;
    respond(text(200, ""));
  });
  for (const auto& each : cases) {
    const std::string what = each.what;
    CAPTURE(what);
    // What follows must never be taken for a request of its own.
    const std::string answer = says(running, each.bytes + get("/smuggled"));
    CHECK(is_status(answer, each.status));
    CHECK(count(answer, "Content-Length: ") == 1);
    CHECK(answer.contains("Connection: close\r\n"));
    CHECK(answer.contains(R"({"code":")"));
    CHECK(answer.contains(R"("reason":")"));
  }
  CHECK(handled == 0);
}

TEST_CASE("a body is refused by its route before it is read") {
  ServerOptions options;
  options.body_bytes_max = [](View method, View target) -> std::size_t {
    return method == "POST" && target == "/big" ? 1000 : 10;
  };
  const Running running(echo, std::move(options));
  CHECK(
      is_status(says(running, post("/big", std::string(1000, 'x'), "Connection: close\r\n")), 200));
  CHECK(is_status(says(running, post("/big", std::string(1001, 'x'))), 413));
  CHECK(is_status(says(running, post("/", std::string(11, 'x'))), 413));
  // Only the head was sent; the answer does not wait for the body.
  CHECK(is_status(says(running, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"), 413));
  CHECK(is_status(says(running,
                       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "6\r\nabcdef\r\n5\r\n"),
                  413));
}

TEST_CASE("the refusal of a large body reaches a client that goes on sending") {
  const Running running(echo);
  RawSocket socket = running.connect();
  const std::string body(8 * 1024 * 1024, 'x');
  socket.send(post("/", body));
  CHECK(is_status(socket.receive_all(), 413));
}

TEST_CASE("100-continue is said when the body is wanted, and only then") {
  ServerOptions options;
  options.body_bytes_max = [](View, View) -> std::size_t { return 10; };
  const Running running(echo, std::move(options));
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n";
  RawSocket socket = running.connect();
  socket.send(head + "Content-Length: 2\r\n\r\n");
  CHECK(socket.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ab");
  CHECK(socket.receive_message().ends_with("POST / ab"));
  socket.send(head + "Content-Length: 11\r\n\r\n");
  CHECK(is_status(socket.receive_all(), 413));
}

TEST_CASE("heads above the limits are refused") {
  const Running running(echo);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 0; i < limits::kHeaderCountMax; ++i) many += "A: b\r\n";
  CHECK(is_status(says(running, many + "\r\n"), 431));
  const std::string large(limits::kHeaderBytesMax, 'x');
  CHECK(is_status(says(running, "GET / HTTP/1.1\r\nHost: a\r\nA: " + large + "\r\n\r\n"), 431));
  CHECK(is_status(says(running, "GET / HTTP/1.1\r\nHost: a\r\nA: " + large), 431));
  CHECK(is_status(says(running, "GET /" + large + " HTTP/1.1\r\n\r\n"), 414));
  std::string trailers = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (std::size_t i = 0; i < limits::kHeaderCountMax; ++i) trailers += "A: b\r\n";
  CHECK(is_status(says(running, trailers + "\r\n"), 431));
}

TEST_CASE("a slow head is answered 408, a silent connection just closed") {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  options.idle_timeout = milliseconds(200);
  const Running running(echo, std::move(options));
  CHECK(is_status(says(running, "GET / HTTP/1.1\r\nHos"), 408));
  CHECK(is_status(says(running, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na"), 408));
  CHECK(says(running, "").empty());
  RawSocket socket = running.connect();  // one byte after the other does not help
  const std::string slow = get("/");
  for (const char c : slow) {
    if (!socket.send({&c, 1})) break;
    pause(10);
  }
  CHECK(is_status(socket.receive_all(), 408));
  RawSocket idle = running.connect();
  idle.send(get("/"));
  CHECK(is_status(idle.receive_all(), 200));
}

TEST_CASE("a request that is being handled has all the time it needs") {
  ServerOptions options;
  options.header_timeout = milliseconds(30);
  options.idle_timeout = milliseconds(30);
  std::jthread later;
  const Running running(
      [&](Request, Respond respond) {
        later = std::jthread([respond = std::move(respond)]() mutable {
          pause(150);
          respond(text(200, "late"));
        });
      },
      std::move(options));
  CHECK(says(running, get("/")).ends_with("late"));
}

TEST_CASE("a response that is dropped is a 500, and the connection goes on") {
  const Running running([](Request request, Respond respond) {
    if (request.target == "/drop") return;
    respond(text(200, "kept"));
  });
  RawSocket socket = running.connect();
  socket.send(get("/drop"));
  const std::string answer = socket.receive_message();
  CHECK(is_status(answer, 500));
  CHECK(answer.contains(R"("code":"internal")"));
  socket.send(get("/"));
  CHECK(socket.receive_message().ends_with("kept"));
}

TEST_CASE("an answer that is not HTTP becomes a 500, never a split response") {
  const Running running([](Request request, Respond respond) {
    if (request.target == "/value") return respond({200, {{"A", "b\r\nSet-Cookie: x"}}, ""});
    if (request.target == "/name") return respond({200, {{"A: x\r\nB", "b"}}, ""});
    if (request.target == "/status") return respond({42, {}, ""});
    respond({200, {{"Content-Length", "99"}, {"Transfer-Encoding", "chunked"}}, "ok"});
  });
  RawSocket socket = running.connect();
  for (const auto* target : {"/value", "/name", "/status"}) {
    socket.send(get(target));
    const std::string answer = socket.receive_message();
    CHECK(is_status(answer, 500));
    CHECK(!answer.contains("Set-Cookie"));
  }
  socket.send(get("/framing"));
  const std::string answer = socket.receive_message();
  CHECK(answer.contains("Content-Length: 2\r\n"));
  CHECK(!answer.contains("chunked"));
  CHECK(!answer.contains("99"));
}

TEST_CASE("an answer may come after its connection, its server and its loops have gone") {
  Respond kept;
  std::atomic<bool> asked = false;
  const auto keep = [&](Request, Respond respond) {
    kept = std::move(respond);
    asked = true;
  };
  {
    const Running running(keep, {}, 1);
    RawSocket socket = running.connect();
    socket.send(get("/"));
    while (!asked) pause(1);
    socket.reset();
    kept(text(200, std::string(100'000, 'x')));
    asked = false;
    RawSocket other = running.connect();
    other.send(get("/"));
    while (!asked) pause(1);
  }
  kept(text(200, "nobody is there"));
  kept(text(200, "twice"));
  kept = nullptr;
}

TEST_CASE("stop answers what is being handled, closes what is idle and hands on nothing more") {
  std::mutex mutex;
  std::vector<Respond> waiting;
  std::atomic<int> handled = 0;
  std::atomic<bool> half_read = false;
  ServerOptions options;
  options.body_bytes_max = [&](View, View target) -> std::size_t {
    if (target == "/half") half_read = true;
    return 10;
  };
  Running running(
      [&](Request, Respond respond) {
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(respond));
        ++handled;
      },
      std::move(options));
  RawSocket busy = running.connect();
  busy.send(get("/one") + get("/two"));
  while (handled < 1) pause(1);
  RawSocket idle = running.connect();
  RawSocket half = running.connect();
  half.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  while (!half_read) pause(1);
  running.server->stop();
  CHECK(idle.receive_all().empty());
  CHECK(is_status(half.receive_all(), 503));
  CHECK(!RawSocket::connect_to(running.server->port()).is_open());
  {
    const std::lock_guard lock(mutex);
    waiting.front()(text(200, "done"));
  }
  const std::string answer = busy.receive_all();
  CHECK(is_status(answer, 200));
  CHECK(answer.contains("Connection: close\r\n"));
  CHECK(count(answer, "HTTP/1.1 ") == 1);
  CHECK(handled == 1);
}

TEST_CASE("connections above the limit are told so") {
  ServerOptions options;
  options.connections_max = 2;
  const Running running(echo, std::move(options));
  RawSocket first = running.connect();
  RawSocket second = running.connect();
  first.send(get("/"));
  second.send(get("/"));
  CHECK(is_status(first.receive_message(), 200));
  CHECK(is_status(second.receive_message(), 200));
  CHECK(is_status(says(running, ""), 503));
  first.shut();
  for (int tries = 0; tries < 100; ++tries) {
    if (is_status(says(running, get("/").insert(16, "Connection: close\r\n")), 200)) return;
    pause(10);
  }
  FAIL("a place that was left was not given away");
}

TEST_CASE("two hundred connections at once are all served") {
  const Running running(echo);
  std::vector<RawSocket> sockets;
  for (int i = 0; i < 200; ++i) sockets.push_back(running.connect());
  for (int round = 0; round < 3; ++round) {
    for (auto& socket : sockets) REQUIRE(socket.send(get("/x")));
    for (auto& socket : sockets) CHECK(socket.receive_message().ends_with("GET /x "));
  }
}

TEST_CASE("bodies of any size within the limit come and go whole") {
  ServerOptions options;
  options.body_bytes_max = [](View, View) -> std::size_t { return 32 * 1024 * 1024; };
  const Running running(
      [](Request request, Respond respond) { respond(text(200, std::move(request.body))); },
      std::move(options));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1024 * 1024}, std::size_t{20'000'000}}) {
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 31 + (i >> 12));
    RawSocket socket = running.connect();
    std::jthread sender([&] { socket.send(post("/", body)); });
    const std::string answer = socket.receive_message();
    CHECK(is_status(answer, 200));
    CHECK(View(answer).substr(answer.find("\r\n\r\n") + 4) == body);
  }
}

TEST_CASE("bodies that are held together stay within their limit, and free it when they go") {
  ServerOptions options;
  options.bodies_bytes_max = 100'000;
  options.body_bytes_max = [](View, View) { return std::size_t{200'000}; };
  std::mutex mutex;
  std::vector<Respond> kept;
  std::atomic<bool> is_kept = false;
  const Running running(
      [&](Request request, Respond respond) {
        if (request.target != "/keep") return echo(std::move(request), std::move(respond));
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(respond));
        is_kept = true;
      },
      std::move(options));
  const std::string most(80'000, 'x');
  RawSocket slow = running.connect();
  slow.send(post("/keep", most));
  while (!is_kept) std::this_thread::yield();
  CHECK(is_status(says(running, post("/second", most, "Connection: close\r\n")), 503));
  {
    const std::lock_guard lock(mutex);
    kept.front()(text(200, "done"));
  }
  CHECK(is_status(slow.receive_until("done"), 200));
  // Freed once the answer is written, which the client may see a moment before.
  std::string third;
  for (int i = 0; i < 200 && !is_status(third, 200); ++i)
    third = says(running, post("/third", most, "Connection: close\r\n"));
  CHECK(is_status(third, 200));
}

TEST_CASE("a client that does not read its answer is let go") {
  ServerOptions options;
  options.idle_timeout = milliseconds(100);
  std::atomic<int> answered = 0;
  const Running running(
      [&](Request, Respond respond) {
        ++answered;
        respond(text(200, std::string(10'000'000, 'x')));
      },
      std::move(options));
  RawSocket socket = running.connect();
  socket.send(get("/"));
  pause(600);
  CHECK(socket.receive_all().size() < 10'000'000);
  CHECK(answered == 1);
}

TEST_CASE("only loopback is listened on, and a taken port is named") {
  Loops loops(1);
  const auto listen = [&](const std::string& host, std::uint16_t port) {
    return Server::listen(loops, host, port, {}, echo);
  };
  for (const auto* host : {"0.0.0.0", "::", "192.168.1.1", "8.8.8.8", "::ffff:127.0.0.1"}) {
    const auto refused = listen(host, 0);
    REQUIRE(!refused);
    CHECK(refused.error().code == Code::denied);
    CHECK(refused.error().why.contains("TLS"));
    CHECK(!refused.error().todo.empty());
  }
  for (const auto* host : {"", "example.org", "127.1", "0x7f.1", "127.0.0.1 "})
    CHECK(listen(host, 0).error().code == Code::invalid);
  for (const auto* host : {"127.0.0.1", "localhost", "LOCALHOST", "127.0.0.2"})
    CHECK(listen(host, 0).has_value());
  const auto first = listen("localhost", 0);
  REQUIRE(first);
  const auto second = listen("127.0.0.1", (*first)->port());
  REQUIRE(!second);
  CHECK(second.error().code == Code::conflict);
  CHECK(second.error().why.contains(std::to_string((*first)->port())));
}

TEST_CASE("a port is free again as soon as its server has stopped") {
  Loops loops(1);
  auto first = Server::listen(loops, "127.0.0.1", 0, {}, echo).value();
  const std::uint16_t port = first->port();
  RawSocket socket = RawSocket::connect_to(port);
  socket.send(get("/"));
  CHECK(is_status(socket.receive_message(), 200));
  first.reset();
  CHECK(Server::listen(loops, "127.0.0.1", port, {}, echo).has_value());
}
