// SPDX-License-Identifier: Apache-2.0
#include "evidence/statement.h"

#include "crypto/crypto.h"
#include "crypto/jose.h"
#include "evidence/example_test.h"
#include "evidence/merkle.h"
#include "json/json.h"

#include <doctest/doctest.h>

#include <functional>

namespace corridor::evidence {

namespace {

using json::Value;

const std::string kHash(64, 'a');

crypto::SigningKey key_of(std::uint8_t number, crypto::Suite suite = crypto::Suite::ed25519) {
  return std::move(crypto::SigningKey::generate(suite, example::seed_of(number)).value());
}

Statement submit() {
  return {EventType::submit, Did("did:web:a.example"), ExchangeId("urn:uuid:1"),
          Time{1'795'751'450'123},
          Value::object({{"to", "did:web:b.example"},
                         {"agreement", "urn:uuid:2"},
                         {"agreementSha256", kHash},
                         {"payloadSha256", kHash},
                         {"payloadBytes", 5123},
                         {"kind", "ubl:Invoice"}})};
}

Bytes edited(View statement, const std::function<void(Value&)>& edit) {
  Value value = json::parse(statement).value();
  edit(value);
  return json::canonical(value);
}

}  // namespace

TEST_CASE("leaf, statement and its signature are the golden ones") {
  const auto written = write_statement(submit());
  REQUIRE(written);
  const auto leaf = make_leaf(*written, Salt::derive(example::seed_of(1), "salt 0"),
                              TagSecret::derive(example::seed_of(1), "tag"), leaf_hash("before"));
  const auto key = key_of(3);
  const std::string jws = sign_statement(written->bytes, key, "did:web:a.example#seal");
  CHECK(example::matches_golden(
      "statement.txt", "statement " + written->bytes + "\nsha256 " + hex(written->sha256.view()) +
                           "\nkey " + base64url(key.public_key().bytes) + "\njws " + jws +
                           "\nleaf " + hex(leaf_bytes(leaf)) + "\nleaf-hash " +
                           hex(leaf_hash(leaf_bytes(leaf)).view()) + "\n"));
  CHECK(sign_statement(written->bytes, key, "did:web:a.example#seal") == jws);
}

TEST_CASE("a leaf has its layout to the byte and reads back") {
  Leaf leaf{EventType::receive, Time{0x0102030405}, leaf_hash("tag"), leaf_hash("prev"),
            leaf_hash("commitment")};
  const Bytes bytes = leaf_bytes(leaf);
  REQUIRE(bytes.size() == 112);
  CHECK(bytes.substr(0, 16) == View("CLF1\x07\0\0\0\0\0\0\1\2\3\4\5", 16));
  CHECK(bytes.substr(16, 32) == leaf.exchange_tag.view());
  CHECK(bytes.substr(48, 32) == leaf.prev_leaf.view());
  CHECK(bytes.substr(80, 32) == leaf.commitment.view());
  CHECK(parse_leaf(bytes).value() == leaf);
}

TEST_CASE("a leaf with anything reserved, unknown or of another length is refused") {
  const Bytes good = leaf_bytes({EventType::offer, Time{1}, {}, {}, {}});
  REQUIRE(parse_leaf(good));
  for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 6U, 7U, 8U})
    for (int bit = 0; bit < 8; ++bit) {
      Bytes bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      CHECK_FALSE(parse_leaf(bad));
    }
  for (const char type : {'\0', '\x13', '\x7f', '\xff'}) {
    Bytes bad = good;
    bad[4] = type;
    CHECK_FALSE(parse_leaf(bad));
  }
  CHECK_FALSE(parse_leaf(View(good).substr(1)));
  CHECK_FALSE(parse_leaf(good + "x"));
  CHECK_FALSE(parse_leaf(""));
}

TEST_CASE("tag and commitment are what the protocol page says") {
  const auto secret = TagSecret::from(Bytes(32, '\x0b')).value();
  const auto salt = Salt::from(Bytes(16, '\x0c')).value();
  const Digest statement = crypto::sha256("a statement");
  CHECK(exchange_tag(secret) == crypto::hmac_sha256(Bytes(32, '\x0b'), "tag"));
  CHECK(commitment(salt, statement) ==
        crypto::sha256("C" + Bytes(16, '\x0c') + Bytes(statement.view())));
  CHECK_FALSE(Salt::from(Bytes(15, 'x')));
  CHECK_FALSE(TagSecret::from(Bytes(33, 'x')));
  CHECK(Salt::derive(example::seed_of(1), "a") != Salt::derive(example::seed_of(1), "b"));
  CHECK(Salt::derive(example::seed_of(1), "a") != Salt::derive(example::seed_of(2), "a"));
}

TEST_CASE("a statement reads back as it was written") {
  const auto written = write_statement(submit()).value();
  const auto read = parse_statement(written.bytes);
  REQUIRE(read);
  CHECK(read->statement.type == EventType::submit);
  CHECK(read->statement.by.value == "did:web:a.example");
  CHECK(read->statement.exchange.value == "urn:uuid:1");
  CHECK(read->statement.time == submit().time);
  CHECK(read->statement.more.text_or("kind") == "ubl:Invoice");
  CHECK(read->sha256 == written.sha256);
  CHECK(read->bytes == written.bytes);
}

TEST_CASE("a statement has one spelling") {
  const Bytes good = write_statement(submit()).value().bytes;
  REQUIRE(parse_statement(good));
  CHECK_FALSE(parse_statement(" " + good));
  CHECK_FALSE(parse_statement(good + "\n"));
  CHECK_FALSE(parse_statement(json::write_pretty(json::parse(good).value())));
  CHECK_FALSE(parse_statement(""));
  CHECK_FALSE(parse_statement("[]"));
  CHECK_FALSE(parse_statement("\"SUBMIT\""));
  CHECK_FALSE(parse_statement(View(good).substr(0, good.size() - 1)));
  CHECK_FALSE(parse_statement("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"));
}

TEST_CASE("a statement without what its type must say is refused, read or written") {
  const Bytes good = write_statement(submit()).value().bytes;
  for (const char* name : {"type", "by", "exchange", "time", "to", "agreement", "agreementSha256",
                           "payloadSha256", "payloadBytes", "kind"}) {
    INFO(name);
    CHECK_FALSE(parse_statement(edited(good, [&](Value& value) { value.remove(name); })));
    CHECK_FALSE(parse_statement(edited(good, [&](Value& value) { value.set(name, nullptr); })));
  }
  const std::vector<std::pair<const char*, Value>> bad{
      {"type", "SUBMITTED"},
      {"by", "web:a.example"},
      {"by", "did:web:a.example#key"},
      {"time", "2026-11-27T03:50:50Z"},
      {"time", "2026-11-27T03:50:50.123+00:00"},
      {"time", "yesterday"},
      {"payloadBytes", -1},
      {"payloadBytes", "5123"},
      {"payloadBytes", 1.5},
      {"payloadBytes", std::int64_t{1} << 53},
      {"payloadSha256", std::string(63, 'a')},
      {"payloadSha256", std::string(64, 'A')},
      {"otherSha256", "short"},
      {"otherSha256", 5},
      {"a name", "x"},
      {"fraction", 0.5},
      {"nested", Value::object({{"fraction", 0.5}})}};
  for (const auto& [name, value] : bad) {
    INFO(name << " " << json::write(value));
    CHECK_FALSE(parse_statement(edited(good, [&](Value& v) { v.set(name, value); })));
  }
  auto twice = submit();
  twice.more.set("by", "did:web:b.example");
  CHECK_FALSE(write_statement(twice));
  auto before = submit();
  before.time = Time{-1};
  CHECK_FALSE(write_statement(before));
  auto large = submit();
  large.more.set("note", std::string(9000, 'x'));
  CHECK(write_statement(large).error().code == Code::too_large);
}

TEST_CASE("REJECT stands in place of a RECEIVE or after one") {
  Statement reject{EventType::reject, Did("did:web:b.example"), ExchangeId("urn:uuid:1"), Time{1},
                   Value::object({{"from", "did:web:a.example"}, {"reason", "bad totals"}})};
  CHECK_FALSE(write_statement(reject));
  auto after = reject;
  after.more.set("receiveSha256", kHash);
  CHECK(write_statement(after));
  auto instead = reject;
  instead.more.set("submitSha256", kHash);
  CHECK_FALSE(write_statement(instead));
  instead.more.set("payloadSha256", kHash);
  CHECK(write_statement(instead));
}

TEST_CASE("types that no receipt reads need only the four members") {
  for (const EventType type : {EventType::offer, EventType::request, EventType::started,
                               EventType::terminated, EventType::join})
    CHECK(write_statement(
        {type, Did("did:web:a.example"), ExchangeId("x"), Time{1}, Value::object()}));
}

TEST_CASE("a signed statement verifies with its key and with no other") {
  const auto key = key_of(3);
  const auto written = write_statement(submit()).value();
  const std::string jws = sign_statement(written.bytes, key, "did:web:a.example#seal");
  const auto read = verify_statement(jws, key.public_key());
  REQUIRE(read);
  CHECK(read->kid == "did:web:a.example#seal");
  CHECK(read->written.sha256 == written.sha256);
  CHECK(verify_statement(*read, key.public_key()));
  CHECK(verify_statement(jws, key_of(4).public_key()).error().code == Code::unauthenticated);
  const auto token_key = key_of(3, crypto::Suite::es256);
  CHECK(verify_statement(jws, token_key.public_key()).error().code == Code::unauthenticated);
  SignedStatement empty;
  CHECK_FALSE(verify_statement(empty, key.public_key()));
}

TEST_CASE("a JWS that is no statement by the owner of its key is refused") {
  const auto key = key_of(3);
  const auto written = write_statement(submit()).value();
  constexpr View kTyp = "corridor-statement+jws";
  CHECK_FALSE(read_statement(sign_statement(written.bytes, key, "did:web:b.example#seal")));
  CHECK_FALSE(read_statement(sign_statement(written.bytes, key, "did:web:a.example")));
  CHECK_FALSE(read_statement(sign_statement(written.bytes, key, "did:web:a.example#")));
  CHECK_FALSE(read_statement(sign_statement(written.bytes, key, "#seal")));
  CHECK_FALSE(read_statement(sign_statement(written.bytes, key, "did:web:a.example.org#seal")));
  CHECK_FALSE(
      read_statement(crypto::sign_jws(key, "did:web:a.example#seal", "JWT", written.bytes)));
  CHECK_FALSE(read_statement(crypto::sign_jws(key, "did:web:a.example#seal", kTyp, "{}")));
  CHECK_FALSE(read_statement(crypto::sign_jws(key_of(3, crypto::Suite::es256),
                                              "did:web:a.example#seal", kTyp, written.bytes)));
  const std::string header = R"({"alg":"EdDSA","kid":"did:web:a.example#seal",)"
                             R"("nonce":"1","typ":"corridor-statement+jws"})";
  const std::string input = base64url(header) + "." + base64url(written.bytes);
  CHECK_FALSE(read_statement(input + "." + base64url(key.sign(input))));
  CHECK_FALSE(read_statement(""));
  CHECK_FALSE(read_statement(".."));
}

TEST_CASE("no character of a signed statement can be changed") {
  const auto key = key_of(3);
  const std::string jws =
      sign_statement(write_statement(submit()).value().bytes, key, "did:web:a.example#seal");
  for (std::size_t i = 0; i < jws.size(); ++i) {
    std::string bad = jws;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verify_statement(bad, key.public_key()));
  }
}

}  // namespace corridor::evidence
