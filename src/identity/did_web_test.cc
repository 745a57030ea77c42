// SPDX-License-Identifier: Apache-2.0
#include "identity/identity.h"

#include <doctest/doctest.h>

namespace corridor::identity {

namespace {

std::string url_of(std::string_view did) {
  const auto url = did_web_url(Did(std::string(did)));
  return url ? *url : std::string(code_facts(url.error().code).name);
}

}  // namespace

TEST_CASE("a did:web name becomes the address of its document") {
  CHECK(url_of("did:web:node.example.com") == "https://node.example.com/.well-known/did.json");
  CHECK(url_of("did:web:example.com%3A8443") == "https://example.com:8443/.well-known/did.json");
  CHECK(url_of("did:web:example.com%3a8443") == "https://example.com:8443/.well-known/did.json");
  CHECK(url_of("did:web:example.com:a:b_c.d-E") == "https://example.com/a/b_c.d-E/did.json");
  CHECK(url_of("did:web:example.com%3A1:x") == "https://example.com:1/x/did.json");
  CHECK(url_of("did:web:xn--bcher-kva.example") ==
        "https://xn--bcher-kva.example/.well-known/did.json");
  CHECK(url_of("did:web:intranet") == "https://intranet/.well-known/did.json");
}

TEST_CASE("only loopback names are fetched without TLS") {
  CHECK(url_of("did:web:localhost%3A8083:holder") == "http://localhost:8083/holder/did.json");
  CHECK(url_of("did:web:127.0.0.1%3A80") == "http://127.0.0.1:80/.well-known/did.json");
  CHECK(url_of("did:web:127.255.0.9") == "http://127.255.0.9/.well-known/did.json");
  CHECK(url_of("did:web:%5B%3A%3A1%5D%3A8080") == "http://[::1]:8080/.well-known/did.json");
  CHECK(url_of("did:web:localhost.example.com") ==
        "https://localhost.example.com/.well-known/did.json");
  CHECK(url_of("did:web:a.localhost") == "https://a.localhost/.well-known/did.json");
  CHECK(url_of("did:web:127.0.0.1.example.com") ==
        "https://127.0.0.1.example.com/.well-known/did.json");
}

TEST_CASE("what is not one plain host, port and path is refused") {
  for (const std::string_view did : {"",
                                     "did",
                                     "did:web",
                                     "did:web:",
                                     "did:key:z6Mk",
                                     "DID:web:example.com",
                                     "did:web:example.com:",
                                     "did:web::a",
                                     "did:web:example.com::a",
                                     "did:web:example.com:.",
                                     "did:web:example.com:..",
                                     "did:web:example.com:a:...",
                                     "did:web:example.com:a:..:b",
                                     "did:web:example.com:a%2Fb",
                                     "did:web:example.com:%2e%2e",
                                     "did:web:example.com/a",
                                     "did:web:example.com?x",
                                     "did:web:example.com#x",
                                     "did:web:user@example.com",
                                     "did:web:user%40example.com",
                                     "did:web:example.com%2Fa",
                                     "did:web:example.com%3A",
                                     "did:web:example.com%3A0",
                                     "did:web:example.com%3A65536",
                                     "did:web:example.com%3A080",
                                     "did:web:example.com%3A8080x",
                                     "did:web:example.com%3A-1",
                                     "did:web:example.com%3A 80",
                                     "did:web:example.com%3A80%3A80",
                                     "did:web:Example.com",
                                     "did:web:LOCALHOST",
                                     "did:web:example.com.",
                                     "did:web:.example.com",
                                     "did:web:a..b",
                                     "did:web:-a.example",
                                     "did:web:a-.example",
                                     "did:web:exa_mple.com",
                                     "did:web:b\xc3\xbc"
                                     "cher.example",
                                     "did:web:ex\xd0\xb0mple.com",
                                     "did:web:example.com:\xe2\x80\xae",
                                     "did:web:exam ple.com",
                                     "did:web:192.168.1.1",
                                     "did:web:8.8.8.8",
                                     "did:web:2130706433",
                                     "did:web:0x7f000001",
                                     "did:web:0x7f.1",
                                     "did:web:127.1",
                                     "did:web:0127.0.0.1",
                                     "did:web:127.0.0.256",
                                     "did:web:127.0.0.01",
                                     "did:web:127.0.0.1.",
                                     "did:web:[::1]",
                                     "did:web:%5B%3A%3A2%5D",
                                     "did:web:%5B%3A%3A1%5Dx",
                                     "did:web:%3A80",
                                     "did:web:example.com\n",
                                     "did:web:169.254.169.254"}) {
    CAPTURE(did);
    CHECK(url_of(did) == "invalid");
  }
  CHECK(url_of(std::string("did:web:a\0b.example", 19)) == "invalid");
  CHECK(url_of("did:web:" + std::string(64, 'a') + ".example") == "invalid");
  CHECK(url_of("did:web:" + std::string(63, 'a') + ".example") != "invalid");
  std::string long_host;
  for (int i = 0; i < 127; ++i) long_host += "a.";
  CHECK(url_of("did:web:" + long_host + "b") == "invalid");
  CHECK(url_of("did:web:example.com:" + std::string(2000, 'a')) == "invalid");
}

TEST_CASE("a name made from host and port resolves to them") {
  const auto round = [](std::string_view host, std::uint16_t port) {
    const auto did = did_web_from(host, port);
    return did ? did->value + " " + url_of(did->value) : std::string("refused");
  };
  CHECK(round("node.example.com", 443) ==
        "did:web:node.example.com https://node.example.com/.well-known/did.json");
  CHECK(round("node.example.com", 8443) ==
        "did:web:node.example.com%3A8443 https://node.example.com:8443/.well-known/did.json");
  CHECK(round("localhost", 80) == "did:web:localhost http://localhost/.well-known/did.json");
  CHECK(round("localhost", 443) ==
        "did:web:localhost%3A443 http://localhost:443/.well-known/did.json");
  CHECK(round("::1", 8080) ==
        "did:web:%5B%3A%3A1%5D%3A8080 http://[::1]:8080/.well-known/did.json");
  CHECK(round("[::1]", 8080) == round("::1", 8080));
  for (const std::string_view host : {"", "10.0.0.1", "::2", "a/b", "a:b", "a%3Ab", "Node.example"})
    CHECK(round(host, 8080) == "refused");
  CHECK(round("localhost", 0) == "refused");
}

}  // namespace corridor::identity
