// SPDX-License-Identifier: Apache-2.0
#include "crypto/jose.h"

#include <doctest/doctest.h>

using namespace corridor;
using namespace corridor::crypto;

namespace {

constexpr std::array<Suite, 2> kSuites{Suite::es256, Suite::ed25519};
constexpr View kClaims = R"({"iss":"did:web:a","exp":1})";

SigningKey key_of(Suite suite, std::uint8_t number = 1) {
  Seed seed;
  seed.bytes.fill(number);
  auto key = SigningKey::generate(suite, seed);
  REQUIRE(key);
  return std::move(*key);
}

// A token with this header, signed as if all were well.
std::string signed_with(const SigningKey& key, View header, View payload = kClaims) {
  const std::string part = base64url(header) + "." + base64url(payload);
  return part + "." + base64url(key.sign(part));
}

Result<> judge(View compact, const PublicKey& key) {
  TRY_ASSIGN(const auto jws, read_jws(compact));
  return verify_jws(jws, key);
}

PublicKey jwk_key(View text) {
  auto jwk = json::parse(text);
  REQUIRE(jwk);
  auto key = public_key_from_jwk(*jwk);
  REQUIRE(key);
  return *key;
}

}  // namespace

TEST_CASE("what is signed is read and verifies") {
  for (const Suite suite : kSuites) {
    const auto key = key_of(suite);
    const auto compact = sign_jws(key, "did:web:a#\"1\"", "JWT", kClaims);
    const auto jws = read_jws(compact);
    REQUIRE_MESSAGE(jws, jws.error().why);
    CHECK(jws->payload == kClaims);
    CHECK(jws->kid == "did:web:a#\"1\"");
    CHECK(compact == jws->signed_part + "." + base64url(jws->signature));
    CHECK(json::write(jws->header) == "{\"alg\":\"" + std::string(algorithm_name(suite)) +
                                          R"(","kid":"did:web:a#\"1\"","typ":"JWT"})");
    CHECK(verify_jws(*jws, key.public_key()).has_value());
    const auto other = verify_jws(*jws, key_of(suite, 2).public_key());
    REQUIRE(!other);
    CHECK(other.error().code == Code::unauthenticated);
  }
  CHECK(judge(sign_jws(key_of(Suite::es256), "k", "t", ""), key_of(Suite::es256).public_key()));
}

TEST_CASE("the ES256 example of RFC 7515 appendix A.3 verifies") {
  const auto key = jwk_key(R"({"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  CHECK(
      judge("eyJhbGciOiJFUzI1NiJ9."
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
            "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
            "pmWQxfKTUJqPP3-Kg6NU1Q",
            key));
}

TEST_CASE("the Ed25519 example of RFC 8037 appendix A.4 verifies") {
  const auto key = jwk_key(R"({"kty":"OKP","crv":"Ed25519",
    "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  CHECK(
      judge("eyJhbGciOiJFZERTQSJ9."
            "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B"
            "hVsPt9g7sVvpAr_MuM0KAg",
            key));
}

TEST_CASE("a token with any character changed, removed or added is refused") {
  for (const Suite suite : kSuites) {
    const auto key = key_of(suite);
    const std::string good = sign_jws(key, "k", "JWT", kClaims);
    REQUIRE(judge(good, key.public_key()));
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const char c : View("ABQgw_-.= \n")) {
        if (good[at] == c) continue;
        std::string changed = good;
        changed[at] = c;
        CHECK_FALSE(judge(changed, key.public_key()));
        CHECK_FALSE(judge(View(good).substr(0, at), key.public_key()));
        changed = good;
        CHECK_FALSE(judge(changed.insert(at, 1, c), key.public_key()));
      }
      std::string shorter = good;
      CHECK_FALSE(judge(shorter.erase(at, 1), key.public_key()));
    }
    for (const View tail : {"A", "=", "==", "\n", " ", "."})
      CHECK_FALSE(judge(good + std::string(tail), key.public_key()));
  }
}

TEST_CASE("spare bits and padding in any part are refused") {
  const auto key = key_of(Suite::ed25519);
  const std::string good = sign_jws(key, "k", "JWT", "{}");
  // 64 bytes leave four spare bits in the last character: all 15 other spellings are refused.
  const View alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (const char c : alphabet) {
    std::string changed = good;
    changed.back() = c;
    accepted += judge(changed, key.public_key()) ? 1 : 0;
  }
  CHECK(accepted == 1);
  CHECK(read_jws("e30.e30." + std::string(86, 'A')).error().why.find("alg") != View::npos);
  CHECK(read_jws("e31.e30." + std::string(86, 'A')).error().why.find("header") != View::npos);
  CHECK(read_jws("e30=.e30." + std::string(86, 'A')).error().why.find("base64") != View::npos);
}

TEST_CASE("the algorithm is the key's, whatever the token says") {
  const auto es256 = key_of(Suite::es256);
  const auto ed25519 = key_of(Suite::ed25519);
  const auto confused = judge(signed_with(es256, R"({"alg":"EdDSA"})"), es256.public_key());
  REQUIRE(!confused);
  CHECK(confused.error().code == Code::unauthenticated);
  CHECK_FALSE(judge(signed_with(ed25519, R"({"alg":"ES256"})"), ed25519.public_key()));
  CHECK_FALSE(judge(signed_with(ed25519, R"({"alg":"EdDSA"})"), es256.public_key()));
  CHECK_FALSE(judge(signed_with(es256, R"({"alg":"ES256"})"), ed25519.public_key()));
  for (const View algorithm : {"none", "None", "NONE", "", "HS256", "RS256", "ES256K", "ES384",
                               "es256", "ES256 ", "Ed25519", "EdDSA\\u0000"}) {
    const auto jws = read_jws(signed_with(es256, R"({"alg":")" + std::string(algorithm) + "\"}"));
    REQUIRE(!jws);
    CHECK(jws.error().code == Code::invalid);
  }
  for (const View header : {R"({})", R"({"alg":1})", R"({"alg":null})", R"({"alg":["ES256"]})",
                            R"({"ALG":"ES256"})", R"({"alg":"ES256","alg":"none"})"})
    CHECK_FALSE(read_jws(signed_with(es256, header)));
}

TEST_CASE("tokens without a signature are refused") {
  CHECK_FALSE(read_jws(base64url(R"({"alg":"none"})") + "." + base64url(kClaims) + "."));
  CHECK_FALSE(read_jws(base64url(R"({"alg":"ES256"})") + "." + base64url(kClaims) + "."));
  const auto key = key_of(Suite::es256);
  const std::string part = base64url(R"({"alg":"ES256"})") + "." + base64url(kClaims) + ".";
  CHECK_FALSE(judge(part + base64url(Bytes(64, '\0')), key.public_key()));
  CHECK_FALSE(judge(part + base64url(Bytes(63, '\1')), key.public_key()));
  CHECK_FALSE(judge(part + base64url(Bytes(65, '\1')), key.public_key()));
}

TEST_CASE("a header that says how to verify it is refused") {
  const auto key = key_of(Suite::es256);
  const std::string jwk = json::write(to_jwk(key.public_key()));
  for (const std::string& member :
       {std::string(R"("crit":["exp"])"), std::string(R"("crit":[])"), "\"jwk\":" + jwk,
        std::string(R"("jwk":null)"), std::string(R"("jku":"https://evil.example/keys")"),
        std::string(R"("x5u":"https://evil.example/cert")"), std::string(R"("x5c":["AA"])"),
        std::string(R"("b64":false)")}) {
    const auto jws = read_jws(signed_with(key, R"({"alg":"ES256",)" + member + "}"));
    REQUIRE_MESSAGE(!jws, member);
    CHECK(jws.error().code == Code::invalid);
  }
  CHECK(judge(signed_with(key, R"({"alg":"ES256","cty":"vc","x":{"y":1}})"), key.public_key()));
  CHECK(read_jws(signed_with(key, R"({"alg":"ES256"})"))->kid.empty());
  CHECK_FALSE(read_jws(signed_with(key, R"({"alg":"ES256","kid":7})")));
  CHECK_FALSE(read_jws(signed_with(key, R"({"alg":"ES256","typ":{}})")));
}

TEST_CASE("what is no compact JWS is refused") {
  const auto key = key_of(Suite::es256);
  const std::string good = sign_jws(key, "k", "JWT", kClaims);
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b"),
        good + ".", "." + good, good + "." + good, " " + good, good + " ",
        std::string(R"({"payload":"","signatures":[]})")})
    CHECK_MESSAGE(!read_jws(text), text);
  for (const View header : {"", "[]", "null", "{", "{}{}", "\xff", "{\"alg\":\"ES256\"} x",
                            "{\"alg\":\"ES256\",\"a\":[[[[[[]]]]]]}"})
    CHECK_MESSAGE(!read_jws(signed_with(key, header)), header);
}

TEST_CASE("tokens above the limit are refused before they are read") {
  const auto key = key_of(Suite::ed25519);
  const std::string small = sign_jws(key, "k", "JWT", "{}");
  CHECK(read_jws(small, small.size()).has_value());
  const auto over = read_jws(small, small.size() - 1);
  REQUIRE(!over);
  CHECK(over.error().code == Code::too_large);
  const std::string large = sign_jws(key, "k", "JWT", Bytes(limits::kTokenBytesMax, 'x'));
  CHECK(read_jws(large).error().code == Code::too_large);
  CHECK(read_jws(large, 64 * 1024).has_value());
  CHECK(read_jws(Bytes(10'000'000, '.')).error().code == Code::too_large);
  CHECK_FALSE(read_jws(Bytes(limits::kTokenBytesMax, '.')));
}
