// SPDX-License-Identifier: Apache-2.0
#include "crypto/jose.h"
#include "identity/identity.h"

#include <doctest/doctest.h>

namespace corridor::identity {

namespace {

const Did kPeer("did:web:peer.example.com");
const Did kOwn("did:web:own.example.com");
constexpr Time kNow{1'795'000'000'500};
const Time kFence = kNow - minutes(10);

crypto::SigningKey make_key(crypto::Suite suite, std::uint8_t number) {
  Seed seed;
  seed.bytes.fill(number);
  auto key = crypto::SigningKey::generate(suite, seed);
  REQUIRE(key.has_value());
  return std::move(*key);
}

// A peer with its document; everything about the token it makes can be bent.
struct Peer {
  crypto::SigningKey token = make_key(crypto::Suite::es256, 1);
  crypto::SigningKey seal = make_key(crypto::Suite::ed25519, 2);
  DidDocument document = node_document(kPeer,
                                       {.token = token.public_key(),
                                        .seal = seal.public_key(),
                                        .log = make_key(crypto::Suite::ed25519, 3).public_key()},
                                       {});
  std::string kid = key_id(kPeer, "token");
  std::string typ{kTokenType};

  [[nodiscard]] std::string sign(const json::Value& claims) const {
    return crypto::sign_jws(token, kid, typ, json::write(claims));
  }
};

json::Value good_claims() {
  auto claims = json::parse(token_claims(kPeer, kOwn, "jti-1", kNow));
  REQUIRE(claims.has_value());
  return std::move(*claims);
}

// The name of the reason, or "ok".
std::string verdict(const Peer& peer, const std::string& compact) {
  const auto token = verify_token(compact, kOwn, peer.document, kNow, kFence);
  if (token) return "ok";
  const auto reason = token_reason(token.error());
  REQUIRE(reason.has_value());
  CHECK(token.error().code ==
        (*reason == TokenReason::before_start ? Code::busy : Code::unauthenticated));
  return std::string(token_reason_name(*reason)).substr(6);
}

std::string verdict_with(const std::string& claim, const json::Value& value) {
  auto claims = good_claims();
  claims.set(claim, value);
  const Peer peer;
  return verdict(peer, peer.sign(claims));
}

std::string verdict_without(const std::string& claim) {
  auto claims = good_claims();
  claims.remove(claim);
  const Peer peer;
  return verdict(peer, peer.sign(claims));
}

constexpr std::int64_t kNowS = kNow.ms / 1000;

}  // namespace

TEST_CASE("a token of ours says who, for whom, and lives as long as it should") {
  const auto claims = json::parse(token_claims(kPeer, kOwn, "j", kNow, "opaque"));
  REQUIRE(claims.has_value());
  CHECK(claims->text_or("iss") == kPeer.value);
  CHECK(claims->text_or("sub") == kPeer.value);
  CHECK(claims->text_or("aud") == kOwn.value);
  CHECK(claims->text_or("jti") == "j");
  CHECK(claims->text_or("token") == "opaque");
  CHECK(claims->integer_or("iat") == kNowS - 1);
  CHECK(claims->integer_or("exp") == kNowS + 300);
  CHECK(good_claims().find("token") == nullptr);
}

TEST_CASE("a good token proves its issuer") {
  const Peer peer;
  auto claims = good_claims();
  claims.set("token", "for you");
  const std::string compact = peer.sign(claims);
  const auto issuer = unverified_issuer(compact);
  REQUIRE(issuer.has_value());
  CHECK(*issuer == kPeer);
  const auto token = verify_token(compact, kOwn, peer.document, kNow, kFence);
  if (!token) FAIL(token.error().why);
  CHECK(token->did == kPeer);
  CHECK(token->jti == "jti-1");
  CHECK(token->exp == Time{(kNowS + 300) * 1000});
  CHECK(token->presented == "for you");
}

TEST_CASE("claims that may differ do not matter") {
  CHECK(verdict_with("extra", json::Value::object({{"a", 1}})) == "ok");
  CHECK(verdict_with("aud", json::Value::array({"did:web:x", kOwn.value})) == "ok");
  CHECK(verdict_with("iat", static_cast<double>(kNowS) - 0.5) == "ok");
  CHECK(verdict_with("nbf", kNowS) == "ok");
  Peer peer;
  peer.typ = "application/jwt";
  CHECK(verdict(peer, peer.sign(good_claims())) == "ok");
  peer.kid = "#token";
  CHECK(verdict(peer, peer.sign(good_claims())) == "ok");
}

TEST_CASE("4.3.3 (1): issuer and subject are one DID") {
  CHECK(verdict_with("iss", "did:web:other.example.com") == "issuer");
  CHECK(verdict_with("sub", "did:web:other.example.com") == "issuer");
  CHECK(verdict_with("iss", 7) == "issuer");
  CHECK(verdict_without("iss") == "issuer");
  CHECK(verdict_without("sub") == "issuer");
  auto claims = good_claims();
  claims.set("iss", "https://x").set("sub", "https://x");
  const Peer peer;
  CHECK(verdict(peer, peer.sign(claims)) == "issuer");
  CHECK_FALSE(unverified_issuer(peer.sign(claims)).has_value());
}

TEST_CASE("4.3.3 (2): the audience contains us") {
  CHECK(verdict_with("aud", kPeer.value) == "audience");
  CHECK(verdict_with("aud", kOwn.value + "x") == "audience");
  CHECK(verdict_with("aud", json::Value::array()) == "audience");
  CHECK(verdict_with("aud", json::Value::array({7})) == "audience");
  CHECK(verdict_with("aud", json::Value::object({{"a", kOwn.value}})) == "audience");
  CHECK(verdict_without("aud") == "audience");
}

TEST_CASE("4.3.3 (3): the key is found, usable and listed under capabilityInvocation") {
  Peer peer;
  peer.kid = key_id(kPeer, "other");
  CHECK(verdict(peer, peer.sign(good_claims())) == "unknown-key");
  peer.kid = key_id(kOwn, "token");
  CHECK(verdict(peer, peer.sign(good_claims())) == "unknown-key");
  peer.kid = "";
  CHECK(verdict(peer, peer.sign(good_claims())) == "unknown-key");
  peer.document.methods.resize(1);
  CHECK(verdict(peer, peer.sign(good_claims())) == "ok");
  peer.kid = key_id(kPeer, "token");
  peer.document.methods[0].relations = 0;
  peer.document.methods[0].allow(Relation::authentication).allow(Relation::assertion_method);
  CHECK(verdict(peer, peer.sign(good_claims())) == "key-purpose");
  peer.document.methods[0].key.reset();
  CHECK(verdict(peer, peer.sign(good_claims())) == "unsupported-key");
}

TEST_CASE("4.3.3 (4): the document is the subject's") {
  Peer peer;
  peer.document.id = Did("did:web:other.example.com");
  CHECK(verdict(peer, peer.sign(good_claims())) == "document");
}

TEST_CASE("the signature is that of the listed key") {
  Peer peer;
  peer.token = make_key(crypto::Suite::es256, 9);  // the document still has the old one
  CHECK(verdict(peer, peer.sign(good_claims())) == "signature");
  const Peer good;
  std::string compact = good.sign(good_claims());
  const std::size_t dot = compact.rfind('.');
  compact[dot + 5] = compact[dot + 5] == 'A' ? 'B' : 'A';
  CHECK(verdict(good, compact) == "signature");
  // A key of the wrong suite under the right name.
  Peer confused;
  confused.document.methods[0].key = confused.seal.public_key();
  CHECK(verdict(confused, confused.sign(good_claims())) == "signature");
}

TEST_CASE("4.3.3 (5): the times hold, within the leeway") {
  CHECK(verdict_with("iat", kNowS + 60) == "not-yet");
  CHECK(verdict_with("iat", kNowS + 21) == "not-yet");
  CHECK(verdict_with("iat", kNowS + 20) == "ok");
  CHECK(verdict_with("nbf", kNowS + 60) == "not-yet");
  CHECK(verdict_with("nbf", kNowS + 21) == "not-yet");
  CHECK(verdict_with("nbf", kNowS + 20) == "ok");
  CHECK(verdict_with("exp", kNowS - 60) == "expired");
  CHECK(verdict_with("exp", kNowS - 20) == "expired");
  CHECK(verdict_with("exp", kNowS - 19) == "ok");
  CHECK(verdict_without("exp") == "lifetime");
  CHECK(verdict_without("iat") == "lifetime");
  CHECK(verdict_with("exp", kNowS + 600) == "ok");  // the conformance kit's tokens
  CHECK(verdict_with("exp", kNowS + 15 * 60 - 1) == "ok");
  CHECK(verdict_with("exp", kNowS + 15 * 60) == "lifetime");
  for (const json::Value& bad : std::vector<json::Value>{
           "1795000000", true, nullptr, json::Value::array(), 1e300, -1e300, INT64_MAX, INT64_MIN})
    for (const char* name : {"exp", "iat", "nbf"}) CHECK(verdict_with(name, bad) == "malformed");
}

TEST_CASE("4.3.3 (6): a token without jti is refused, and jti is for the guard") {
  CHECK(verdict_without("jti") == "no-jti");
  CHECK(verdict_with("jti", "") == "no-jti");
  CHECK(verdict_with("jti", 7) == "no-jti");
  CHECK(verdict_with("jti", std::string(2000, 'j')) == "no-jti");
}

TEST_CASE("a token from before the start is asked for again, but only a good one") {
  const Peer peer;
  const std::string compact = peer.sign(good_claims());
  const Time iat{(kNowS - 1) * 1000};
  CHECK(verify_token(compact, kOwn, peer.document, kNow, iat).has_value());
  const auto early = verify_token(compact, kOwn, peer.document, kNow, iat + milliseconds(1));
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().code == Code::busy);
  CHECK(token_reason(early.error()) == TokenReason::before_start);
  auto claims = good_claims();
  claims.set("exp", kNowS - 100);
  const auto old = verify_token(peer.sign(claims), kOwn, peer.document, kNow, kNow);
  REQUIRE_FALSE(old.has_value());
  CHECK(old.error().code == Code::unauthenticated);
}

TEST_CASE("a presentation signed with the same key is no token") {
  CHECK(verdict_with("vp", json::Value::object()) == "not-a-token");
  CHECK(verdict_with("vc", json::Value::object()) == "not-a-token");
  Peer peer;
  for (const char* typ : {"vp+jwt", "vc+jwt", "corridor-invite+jws", "at+jwt"}) {
    peer.typ = typ;
    CHECK(verdict(peer, peer.sign(good_claims())) == "not-a-token");
  }
}

TEST_CASE("what is no compact JWS of a JSON object is refused as malformed") {
  const Peer peer;
  const std::string good = peer.sign(good_claims());
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("a.b"), std::string("..."), good + ".x",
        good + " ", "Bearer " + good, good.substr(0, good.size() / 2),
        crypto::sign_jws(peer.token, peer.kid, "JWT", "[]"),
        crypto::sign_jws(peer.token, peer.kid, "JWT", "not json"),
        crypto::sign_jws(peer.token, peer.kid, "JWT", R"({"iss":"a","iss":"b"})"),
        crypto::sign_jws(peer.token, peer.kid, "JWT", std::string(64 * 1024, ' ') + "{}")}) {
    CHECK(verdict(peer, text) == "malformed");
    CHECK_FALSE(unverified_issuer(text).has_value());
  }
  CHECK(verdict_with("token", json::Value::object()) == "malformed");
  // alg none
  const std::string none =
      base64url(R"({"alg":"none"})") + "." + base64url(json::write(good_claims())) + ".";
  CHECK(verdict(peer, none) == "malformed");
}

TEST_CASE("every reason has its own name and is found again") {
  for (int i = 0; i <= static_cast<int>(TokenReason::before_start); ++i) {
    const auto reason = static_cast<TokenReason>(i);
    const Error error{.code = Code::unauthenticated,
                      .why = std::string(token_reason_name(reason)) + ": because",
                      .todo = {}};
    CHECK(token_reason(error) == reason);
  }
  CHECK_FALSE(token_reason(Error{.code = Code::invalid, .why = "something else", .todo = {}}));
}

TEST_CASE("the guard accepts a token once until it has expired") {
  ReplayGuard guard;
  CHECK(guard.first_use(kPeer, "a", kNow + minutes(5), kNow).has_value());
  const auto again = guard.first_use(kPeer, "a", kNow + minutes(5), kNow + seconds(1));
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == Code::unauthenticated);
  // Another expiry does not make it another token.
  CHECK_FALSE(guard.first_use(kPeer, "a", kNow + minutes(9), kNow).has_value());
  CHECK(guard.first_use(kPeer, "b", kNow + minutes(5), kNow).has_value());
  CHECK(guard.first_use(kOwn, "a", kNow + minutes(5), kNow).has_value());
  CHECK(guard.size() == 3);
  // As long as the leeway would let it pass, it is remembered.
  CHECK_FALSE(guard.first_use(kPeer, "a", kNow, kNow + minutes(5) + seconds(19)).has_value());
  CHECK(
      guard.first_use(kPeer, "c", kNow + minutes(30), kNow + minutes(5) + seconds(20)).has_value());
  CHECK(guard.size() == 1);
}

TEST_CASE("no two pairs of issuer and jti are taken for one another") {
  ReplayGuard guard;
  CHECK(guard.first_use(Did("did:web:a"), "bc", kNow + minutes(1), kNow).has_value());
  CHECK(guard.first_use(Did("did:web:ab"), "c", kNow + minutes(1), kNow).has_value());
}

TEST_CASE("a busy issuer fills half of the guard and never keeps a newcomer out") {
  ReplayGuard guard(100);
  const auto use = [&](const Did& did, int n, Time now) {
    return guard.first_use(did, std::to_string(n), now + minutes(5), now);
  };
  int accepted = 0;
  for (int n = 0; n < 200; ++n) accepted += use(kPeer, n, kNow) ? 1 : 0;
  CHECK(accepted == 50);
  const auto refused = use(kPeer, 999, kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Code::busy);
  // Replays of what was accepted are still known, also when full.
  const auto replay = use(kPeer, 3, kNow);
  REQUIRE_FALSE(replay.has_value());
  CHECK(replay.error().code == Code::unauthenticated);
  CHECK(use(kOwn, 0, kNow).has_value());
  // Time makes room again.
  CHECK(use(kPeer, 999, kNow + minutes(6)).has_value());
  CHECK(guard.size() == 1);
}

TEST_CASE("the guard is bounded whoever fills it") {
  ReplayGuard guard(64);
  for (int n = 0; n < 10'000; ++n)
    (void)guard.first_use(Did("did:web:n" + std::to_string(n % 500)), std::to_string(n),
                          kNow + minutes(5), kNow);
  CHECK(guard.size() <= 64);
  const auto full = guard.first_use(Did("did:web:new"), "x", kNow + minutes(5), kNow);
  if (!full) CHECK(full.error().code == Code::busy);
}

}  // namespace corridor::identity
