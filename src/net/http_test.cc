// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

#include <doctest/doctest.h>

#include "net/wire/address.h"
#include "net/wire/grammar.h"
#include "net/wire/writer.h"

using namespace corridor;
using namespace corridor::net;

TEST_CASE("a URL is taken apart") {
  struct Case {
    const char* text;
    const char* scheme;
    const char* host;
    int port;
    const char* target;
  };
  for (const Case& each : {
           Case{"http://localhost:8080/a/b?c=d", "http", "localhost", 8080, "/a/b?c=d"},
           Case{"http://localhost", "http", "localhost", 80, "/"},
           Case{"https://example.org", "https", "example.org", 443, "/"},
           Case{"HTTP://Example.ORG?x", "http", "Example.ORG", 80, "/?x"},
           Case{"http://[::1]:65535/", "http", "::1", 65535, "/"},
           Case{"http://[::1]", "http", "::1", 80, "/"},
           Case{"http://127.0.0.1:1//a", "http", "127.0.0.1", 1, "//a"},
           Case{"http://a_b.c-d.e1/%2F/@:;", "http", "a_b.c-d.e1", 80, "/%2F/@:;"},
       }) {
    const std::string text = each.text;
    CAPTURE(text);
    const auto url = parse_url(each.text);
    REQUIRE(url);
    CHECK(url->scheme == each.scheme);
    CHECK(url->host == each.host);
    CHECK(url->port == each.port);
    CHECK(url->target == each.target);
  }
}

TEST_CASE("what is no URL to call, or would be read in two ways, is refused") {
  const std::string nul("http://a\0b/", 11);
  for (const std::string& text : std::initializer_list<std::string>{
           "", "/", "a", "//a/", "http:", "http:/a", "http://", "http:///a", "http://:80/",
           "ftp://a/", "file:///etc/passwd", "javascript://a", " http://a/", "http://a/ ",
           "http ://a/", "http://a b/", "http://a/b c", "http://a\t/", "http://a/\r\nX: y",
           "http://a/\n", nul, "http://a\\@b/", "http://a\\b/", "http://a/\\", "http://user@a/",
           "http://user:password@a/", "http://@a/", "http://a@b@c/",
           "http://127.0.0.1@evil.example/", "http://127.0.0.1:80@evil.example/",
           "http://127.0.0.1#@evil.example/", "http://a/#b", "http://a#", "http://a?b#c",
           "http://a:/", "http://a:0/", "http://a:65536/", "http://a:080/", "http://a:+80/",
           "http://a:-1/", "http://a:8o/", "http://a:80:80/", "http://a:99999999999999999999/",
           // other spellings of IPv4 addresses
           "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
           "http://127.1/", "http://127.0.1/", "http://127.0.0.01/", "http://127.0.0.1./",
           "http://127.0.0.256/", "http://1.2.3.4.5/", "http://127.0.0.0x1/", "http://0/",
           "http://0x/", "http://\xef\xbc\x91\xef\xbc\x92.0.0.1/", "http://a.1/",
           "http://127%2e0.0.1/", "http://%6c%6f/", "http://a%00b/", "http://[::1/", "http://::1/",
           "http://[]/", "http://[1]/", "http://[::1]a/", "http://[::1]:/",
           "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[127.0.0.1]/",
           "http://[localhost]/", "http://[[::1]]/", "http://[v1.a]/", "http://.a/", "http://a./",
           "http://a..b/", "http://-a/", "http://a-/", "http://a,b/", "http://a*/",
           "http://\xc3\xa4/", "http://a/\xc3\xa4", "http://a/%", "http://a/%2", "http://a/%zz",
           "http://a/%%41", "http://a/<", "http://a/\"", "http://a/{", "http://a/^", "http://a/|",
           "http://a/`", "http://a/\x7f", "http://" + std::string(64, 'a') + "/",
           "http://" + std::string(250, '.') + "/"}) {
    CAPTURE(text);
    const auto url = parse_url(text);
    REQUIRE(!url);
    CHECK(url.error().code == Code::invalid);
    CHECK(!url.error().why.empty());
    CHECK(!url.error().todo.empty());
  }
  CHECK(parse_url("http://a/" + std::string(9000, 'a')).error().code == Code::too_large);
}

TEST_CASE("headers are found whatever their case, in order, repeated or not") {
  Headers headers{{"A", "1"}, {"b", "2"}};
  headers.add("a", "3");
  REQUIRE(headers.find("a") != nullptr);
  CHECK(*headers.find("a") == "1");
  CHECK(headers.find("B") == &headers.fields()[1].second);
  CHECK(headers.find("ab") == nullptr);
  CHECK(headers.find("") == nullptr);
  CHECK(headers.count("A") == 2);
  CHECK(headers.count("c") == 0);
  CHECK(headers.fields()[2].second == "3");
}

TEST_CASE("a token is found in a list, never in a part of a word") {
  CHECK(list_has("close", "close"));
  CHECK(list_has(" keep-alive ,\tCLOSE ", "close"));
  CHECK(list_has(",,close,", "close"));
  CHECK(!list_has("closed, not-close", "close"));
  CHECK(!list_has("", "close"));
}

TEST_CASE("only loopback may be spoken with") {
  const auto allowed = [](const char* text) { return is_allowed(asio::ip::make_address(text)); };
  for (const auto* text : {"127.0.0.1", "127.255.255.254", "::1"}) CHECK(allowed(text));
  for (const auto* text : {"0.0.0.0", "126.255.255.255", "128.0.0.0", "10.0.0.1", "169.254.169.254",
                           "192.168.0.1", "255.255.255.255", "::", "::2", "::ffff:127.0.0.1",
                           "::127.0.0.1", "64:ff9b::7f00:1", "fe80::1", "fc00::1", "2002:7f00:1::"})
    CHECK(!allowed(text));
}

TEST_CASE("localhost is known without asking") {
  CHECK(literal_address("LocalHost")->to_string() == "127.0.0.1");
  CHECK(literal_address("::1")->to_string() == "::1");
  CHECK(!literal_address("localhost.localdomain"));
  CHECK(!literal_address("127.1"));
}

TEST_CASE("the head of a request has our framing and no other") {
  const Url url = parse_url("http://[::1]:81/a?b").value();
  Request request{.method = "POST", .url = {}, .target = {}, .headers = {}, .body = "xyz"};
  request.headers = {{"Accept", "*/*"},
                     {"host", "evil"},
                     {"content-LENGTH", "9"},
                     {"Connection", "x"},
                     {"Transfer-Encoding", "y"}};
  CHECK(request_head(request, url).value() ==
        "POST /a?b HTTP/1.1\r\nHost: [::1]:81\r\nAccept: */*\r\nContent-Length: 3\r\n\r\n");
  request = {.method = "GET", .url = {}, .target = {}, .headers = {}, .body = {}};
  CHECK(request_head(request, parse_url("http://a:80").value()).value() ==
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  request.method = "POST";
  CHECK(request_head(request, url).value().ends_with("Content-Length: 0\r\n\r\n"));
}

TEST_CASE("a request that would not be one is not sent") {
  const Url url = parse_url("http://a/").value();
  const auto refused = [&url](Request request) {
    const auto head = request_head(request, url);
    return !head && head.error().code == Code::invalid;
  };
  for (const auto* method : {"", "GET /", "GET\r\n", "CONNECT", "G\xc3\xa4"})
    CHECK(refused({.method = method, .url = {}, .target = {}, .headers = {}, .body = {}}));
  for (const Headers& headers :
       {Headers{{"A", "b\r\nC: d"}}, Headers{{"A", "b\n"}}, Headers{{"A", std::string(1, '\0')}},
        Headers{{"A:", "b"}}, Headers{{"", "b"}}, Headers{{"A b", "c"}}})
    CHECK(refused({.method = "GET", .url = {}, .target = {}, .headers = headers, .body = {}}));
}

TEST_CASE("a date is written as HTTP wants it") {
  CHECK(date_line(784111777) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  CHECK(date_line(0) == "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
}
