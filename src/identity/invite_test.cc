// SPDX-License-Identifier: Apache-2.0
#include "identity/invite.h"

#include "crypto/jose.h"

#include <doctest/doctest.h>

namespace corridor::identity {

namespace {

const Did kInviter("did:web:customs.example");
constexpr Time kNow{1'795'000'000'000};

crypto::SigningKey make_key(crypto::Suite suite, std::uint8_t number) {
  Seed seed;
  seed.bytes.fill(number);
  auto key = crypto::SigningKey::generate(suite, seed);
  REQUIRE(key.has_value());
  return std::move(*key);
}

struct Inviter {
  crypto::SigningKey seal = make_key(crypto::Suite::ed25519, 2);
  DidDocument document = node_document(kInviter,
                                       {.token = make_key(crypto::Suite::es256, 1).public_key(),
                                        .seal = seal.public_key(),
                                        .log = make_key(crypto::Suite::ed25519, 3).public_key()},
                                       {{.id = key_id(kInviter, "node"),
                                         .type = std::string(kCorridorNodeService),
                                         .endpoint = "https://customs.example/corridor"}});

  [[nodiscard]] Invite invite() const {
    return {.id = "urn:uuid:6e0f2a1c-0000-4000-8000-000000000001",
            .inviter = document,
            .name = "Customs of Example",
            .url = "https://customs.example/corridor",
            .pins = pins_of(document),
            .kinds = {"ubl:Invoice", "edifact:CUSDEC"},
            .terms = json::Value::object({{"permission", json::Value::array()}}),
            .exp = kNow + limits::kInviteLifetime,
            .secret = Bytes(32, 's')};
  }
  [[nodiscard]] std::string sign(std::string_view payload) const {
    return crypto::sign_jws(seal, key_id(kInviter, kSealFragment), kInviteType, payload);
  }
  [[nodiscard]] std::string file() const {
    const auto payload = invite_payload(invite());
    REQUIRE(payload.has_value());
    return sign(*payload);
  }
  // The payload with one member replaced, signed: what a careless or hostile inviter would send.
  [[nodiscard]] std::string file_with(const std::string& member, const json::Value& value) const {
    auto payload = json::parse(*invite_payload(invite()));
    REQUIRE(payload.has_value());
    payload->set(member, value);
    return sign(json::write(*payload));
  }
};

Code refusal(std::string_view text, Time now = kNow) {
  const auto invite = read_invite(text, now);
  REQUIRE_FALSE(invite.has_value());
  CHECK_FALSE(invite.error().why.empty());
  return invite.error().code;
}

}  // namespace

TEST_CASE("an invitation reads back as it was made, with white space around it") {
  const Inviter inviter;
  const std::string file = inviter.file();
  for (const std::string& text : {file, file + "\n", "\r\n  " + file + " \n\n"}) {
    const auto invite = read_invite(text, kNow);
    if (!invite) FAIL(invite.error().why);
    CHECK(*invite == inviter.invite());
  }
}

TEST_CASE("an invitation without kinds and terms is a whole one") {
  const Inviter inviter;
  Invite plain = inviter.invite();
  plain.kinds.clear();
  plain.terms = {};
  const auto payload = invite_payload(plain);
  REQUIRE(payload.has_value());
  const auto read = read_invite(inviter.sign(*payload), kNow);
  REQUIRE(read.has_value());
  CHECK(*read == plain);
}

TEST_CASE("an expired invitation is denied by name") {
  const Inviter inviter;
  const std::string file = inviter.file();
  const Time end = kNow + limits::kInviteLifetime;
  CHECK(read_invite(file, end - milliseconds(1)).has_value());
  const auto late = read_invite(file, end);
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().code == Code::denied);
  CHECK(late.error().why.starts_with("invite-expired:"));
}

TEST_CASE("only the seal key of the embedded document signs") {
  const Inviter inviter;
  const std::string payload = *invite_payload(inviter.invite());
  const auto other = make_key(crypto::Suite::ed25519, 9);
  const std::string kid = key_id(kInviter, kSealFragment);
  CHECK(refusal(crypto::sign_jws(other, kid, kInviteType, payload)) == Code::unauthenticated);
  CHECK(refusal(crypto::sign_jws(inviter.seal, key_id(kInviter, "log"), kInviteType, payload)) ==
        Code::unauthenticated);
  CHECK(refusal(crypto::sign_jws(inviter.seal, "", kInviteType, payload)) == Code::unauthenticated);
  CHECK(refusal(crypto::sign_jws(make_key(crypto::Suite::es256, 1), key_id(kInviter, "token"),
                                 kInviteType, payload)) == Code::unauthenticated);
  CHECK(refusal(crypto::sign_jws(inviter.seal, kid, "JWT", payload)) == Code::invalid);
}

TEST_CASE("a bent invitation is refused") {
  const Inviter inviter;
  const std::string file = inviter.file();
  for (const std::size_t at : {file.size() / 3, file.size() / 2, file.size() - 20}) {
    std::string bent = file;
    bent[at] = bent[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(read_invite(bent, kNow).has_value());
  }
  CHECK(refusal("") == Code::invalid);
  CHECK(refusal("   ") == Code::invalid);
  CHECK(refusal(file.substr(0, file.size() / 2)) == Code::invalid);
  CHECK(refusal(std::string(1 << 20, 'a')) == Code::invalid);
  CHECK(refusal(inviter.sign("[]")) == Code::invalid);
  CHECK(refusal(inviter.sign("{}")) == Code::invalid);
}

TEST_CASE("what an invitation says must fit together") {
  const Inviter inviter;
  const auto with = [&](const std::string& member, const json::Value& value) {
    return refusal(inviter.file_with(member, value));
  };
  CHECK(with("did", "did:web:other.example") == Code::invalid);
  CHECK(with("did", "did:key:z6Mk") == Code::invalid);
  CHECK(with("url", "https://elsewhere.example/corridor") == Code::invalid);
  CHECK(with("url", "http://customs.example/corridor") == Code::invalid);
  CHECK(with("name", "Cus\ntoms") == Code::invalid);
  CHECK(with("name", "Cus\xe2\x80\xaetoms") == Code::invalid);
  CHECK(with("name", std::string(500, 'n')) == Code::invalid);
  CHECK(with("kinds", json::Value::array({7})) == Code::invalid);
  CHECK(with("kinds", json::Value::array({""})) == Code::invalid);
  CHECK(with("kinds", "ubl:Invoice") == Code::invalid);
  CHECK(with("terms", "use") == Code::invalid);
  CHECK(with("exp", "tomorrow") == Code::invalid);
  CHECK(with("exp", INT64_MAX) == Code::invalid);
  CHECK(with("exp", -1) == Code::invalid);
  CHECK(with("secret", "short") == Code::invalid);
  CHECK(with("secret", base64url(Bytes(31, 's'))) == Code::invalid);
  CHECK(with("keys", json::Value::object()) == Code::unauthenticated);
  CHECK(with("keys", json::Value::object({{"#seal", base64url(Bytes(32, 'x'))}})) ==
        Code::unauthenticated);
  CHECK(with("keys", json::Value::object({{"#seal", 7}})) == Code::invalid);
  CHECK(with("didDocument", json::Value::object({{"id", kInviter.value}})) ==
        Code::unauthenticated);
}

TEST_CASE("an invitation that could not be read is not made") {
  const Inviter inviter;
  Invite bad = inviter.invite();
  bad.secret.pop_back();
  CHECK_FALSE(invite_payload(bad).has_value());
  bad = inviter.invite();
  bad.url = "https://user@customs.example/corridor";
  CHECK_FALSE(invite_payload(bad).has_value());
  bad = inviter.invite();
  bad.pins.erase(bad.pins.begin() + 1);  // the seal key
  CHECK_FALSE(invite_payload(bad).has_value());
  bad = inviter.invite();
  bad.terms.set("x", std::string(1 << 20, 'x'));
  CHECK_FALSE(invite_payload(bad).has_value());
}

TEST_CASE("a node on this machine may be invited to without TLS") {
  Inviter inviter;
  for (const char* url : {"http://localhost:8080/dsp", "http://127.0.0.1:1", "http://[::1]:9/x"}) {
    CAPTURE(url);
    inviter.document.services[0].endpoint = url;
    Invite invite = inviter.invite();
    invite.url = url;
    const auto payload = invite_payload(invite);
    REQUIRE(payload.has_value());
    CHECK(read_invite(inviter.sign(*payload), kNow).has_value());
  }
  for (const char* url :
       {"http://localhost.example", "http://127.0.0.1.example/", "ftp://localhost",
        "http://localhost@evil.example/", "https://", "https:///x"}) {
    CAPTURE(url);
    inviter.document.services[0].endpoint = url;
    Invite invite = inviter.invite();
    invite.url = url;
    CHECK_FALSE(invite_payload(invite).has_value());
  }
}

TEST_CASE("pins hold while the pinned keys stay, whatever is added") {
  const Inviter inviter;
  const auto pins = pins_of(inviter.document);
  REQUIRE(pins.size() == 3);
  DidDocument later = inviter.document;
  CHECK(pins_hold(pins, later));
  later.methods.push_back(
      {.id = key_id(kInviter, "new"), .key = make_key(crypto::Suite::es256, 7).public_key()});
  CHECK(pins_hold(pins, later));
  later.methods[1].key = make_key(crypto::Suite::ed25519, 8).public_key();
  CHECK_FALSE(pins_hold(pins, later));
  later.methods.erase(later.methods.begin() + 1);
  CHECK_FALSE(pins_hold(pins, later));
}

TEST_CASE("a fingerprint is four groups that differ from key to key") {
  const auto one = fingerprint(make_key(crypto::Suite::ed25519, 1).public_key());
  const auto two = fingerprint(make_key(crypto::Suite::ed25519, 2).public_key());
  REQUIRE(one.size() == 19);
  CHECK(one[4] == ' ');
  CHECK(one[9] == ' ');
  CHECK(one[14] == ' ');
  CHECK(one != two);
  CHECK(hex(key_thumbprint(make_key(crypto::Suite::ed25519, 1).public_key()).view()).substr(0, 4) ==
        one.substr(0, 4));
}

}  // namespace corridor::identity
