// SPDX-License-Identifier: Apache-2.0
#include "net/wire/reader.h"

#include <doctest/doctest.h>

using namespace corridor;
using namespace corridor::net;

namespace {

using State = MessageReader::State;

struct Read {
  State state;
  Refusal refusal;
  std::string rest;
  bool wants_close;
  Request request;
  Response response;
};

// Reads one message that comes in pieces of `piece` bytes; `ends` closes the connection after it.
Read read(MessageReader::Kind kind, View bytes, std::size_t piece, bool ends = false,
          std::size_t body_bytes_max = 100) {
  MessageReader reader(kind);
  std::string rest;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    View input = bytes.substr(at, piece);
    for (;;) {
      input = reader.feed(input);
      if (reader.state() != State::head) break;
      if (kind == MessageReader::Kind::response && reader.status() < 200) {
        reader.next(true);
      } else {
        reader.accept_body(body_bytes_max);
      }
    }
    rest.append(input);
  }
  if (ends) reader.finish();
  return {reader.state(),       reader.refusal(),      rest,
          reader.wants_close(), reader.take_request(), reader.take_response()};
}

// The same however the bytes are cut.
Read read_response(View bytes, bool ends = false) {
  Read whole = read(MessageReader::Kind::response, bytes, bytes.size() + 1, ends);
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
    const Read cut = read(MessageReader::Kind::response, bytes, piece, ends);
    CHECK(cut.state == whole.state);
    CHECK(cut.refusal.reason == whole.refusal.reason);
    if (whole.state == State::done) CHECK(cut.rest == whole.rest);
    CHECK(cut.response.body == whole.response.body);
    CHECK(cut.response.headers.fields() == whole.response.headers.fields());
  }
  return whole;
}

}  // namespace

TEST_CASE("a request is read field by field, what follows it is left") {
  const Read got = read(MessageReader::Kind::request,
                        "\r\nPUT /a?b HTTP/1.1\r\nHost: h:1\r\nA:\r\na: \t x  y\t \r\n"
                        "Content-Length: 3\r\n\r\nabcGET",
                        1000);
  CHECK(got.state == State::done);
  CHECK(got.request.method == "PUT");
  CHECK(got.request.target == "/a?b");
  CHECK(got.request.body == "abc");
  CHECK(got.rest == "GET");
  CHECK(got.request.headers.fields()[1] == Headers::Field{"A", ""});
  CHECK(got.request.headers.fields()[2] == Headers::Field{"a", "x  y"});
}

TEST_CASE("a response ends where it says it ends") {
  struct Case {
    std::string bytes;
    int status;
    std::string body;
    std::string rest;
  };
  for (const auto& each : std::initializer_list<Case>{
           {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", 200, "ab", "c"},
           {"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nabc", 200, "", "abc"},
           {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab", 200, "ab", ""},
           {"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nab", 200, "ab", ""},
           {"HTTP/1.1 404 N\xc3\xb6 \r\nContent-Length: 2\r\n\r\nab", 404, "ab", ""},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
            "2\r\nab\r\n0A\r\n0123456789\r\n000\r\nX: y\r\n\r\n!",
            200, "ab0123456789", "!"},
           {"HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nab", 204, "", "ab"},
           {"HTTP/1.1 304 No\r\nContent-Length: 2\r\n\r\nab", 304, "", "ab"},
           {"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hint\r\nA: b\r\n\r\n"
            "HTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\na",
            201, "a", ""},
       }) {
    CAPTURE(each.bytes);
    const Read got = read_response(each.bytes);
    CHECK(got.state == State::done);
    CHECK(got.response.status == each.status);
    CHECK(got.response.body == each.body);
    CHECK(got.rest == each.rest);
    CHECK(!got.wants_close);
  }
}

TEST_CASE("a response without a length ends with its connection, and only then") {
  const std::string bytes = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nall of it";
  CHECK(read_response(bytes).state == State::until_close);
  const Read got = read_response(bytes, true);
  CHECK(got.state == State::done);
  CHECK(got.response.body == "all of it");
  CHECK(got.wants_close);
  CHECK(read_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", true).state ==
        State::sized);
  CHECK(read_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", true)
            .state == State::chunk_size);
}

TEST_CASE("an answer of HTTP/1.0 is read, its connection not kept") {
  const Read got = read_response("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na");
  CHECK(got.state == State::done);
  CHECK(got.wants_close);
  CHECK(read_response("HTTP/1.1 200 OK\r\nConnection: CLOSE\r\nContent-Length: 1\r\n\r\na")
            .wants_close);
}

TEST_CASE("what is not a response, or an ambiguous one, is refused") {
  const std::string line = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes : std::initializer_list<std::string>{
           "SSH-2.0-x\r\n",
           "HTTP/2.0 200 OK\r\n\r\n",
           "HTTP/1.2 200 OK\r\n\r\n",
           "HTTP/1.1\r\n\r\n",
           "HTTP/1.1 \r\n\r\n",
           "HTTP/1.1  200 OK\r\n\r\n",
           "HTTP/1.1 20\r\n",
           "HTTP/1.1 2000 OK\r\n",
           "HTTP/1.1 099 OK\r\n",
           "HTTP/1.1 600 OK\r\n",
           "HTTP/1.1 +20 OK\r\n",
           "HTTP/1.1 200OK\r\n",
           "HTTP/1.1 200 O\rK\r\n",
           "\r\n",
           line + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
           line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
           line + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
           line + "Transfer-Encoding: gzip\r\n\r\n",
           line + "Content-Length: 1a\r\n\r\n",
           line + "A: b\r\n c\r\n\r\n",
           line + "A : b\r\n\r\n",
           line + "A: b\n\r\n",
           line + "Content-Length: 101\r\n\r\n",
           line + "Transfer-Encoding: chunked\r\n\r\n65\r\n",
           line + "Transfer-Encoding: chunked\r\n\r\n1;x\r\n",
           line + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
           line + "\r\n" + std::string(101, 'x')}) {
    CAPTURE(bytes);
    const Read got = read_response(bytes);
    CHECK(got.state == State::failed);
    CHECK(!got.refusal.reason.empty());
  }
}

TEST_CASE("interim responses share the limits of one head") {
  std::string bytes;
  for (int i = 0; i < 2000; ++i) bytes += "HTTP/1.1 103 Hint\r\n\r\n";
  CHECK(read_response(bytes).state == State::failed);
}

TEST_CASE("a body up to the limit is taken, one byte more is not") {
  const auto sized = [](std::size_t bytes) {
    return read(MessageReader::Kind::response, "HTTP/1.1 200 OK\r\n\r\n" + std::string(bytes, 'x'),
                10, true)
        .state;
  };
  CHECK(sized(100) == State::done);
  CHECK(sized(101) == State::failed);
}

TEST_CASE("a body in pieces is given away as it comes, or read straight into its place") {
  MessageReader reader(MessageReader::Kind::request);
  View rest = reader.feed("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabcd");
  REQUIRE(reader.state() == State::head);
  CHECK(reader.direct_bytes() == 0);
  reader.accept_body(9, MessageReader::Keep::pieces);
  CHECK(reader.take_request().method == "PUT");
  CHECK(reader.direct_bytes() == 9);
  rest = reader.feed(rest);
  CHECK((rest.empty() && reader.piece() == "abcd" && reader.direct_bytes() == 5));
  reader.pass_direct(4);
  rest = reader.feed("ijkl");
  CHECK((reader.piece() == "i" && rest == "jkl" && reader.state() == State::done));
  CHECK((reader.body_bytes() == 9 && reader.direct_bytes() == 0));

  reader.next();
  rest = reader.feed("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc");
  reader.accept_body(4, MessageReader::Keep::pieces);
  rest = reader.feed(rest);
  CHECK((reader.piece() == "abc" && rest.empty()));
  rest = reader.feed("\r\n2\r\n");
  CHECK((reader.piece().empty() && reader.state() == State::failed));
  CHECK(reader.refusal().code == Code::too_large);
}
