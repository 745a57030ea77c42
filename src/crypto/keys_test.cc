// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys.h"

#include <doctest/doctest.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "crypto/crypto.h"

using namespace corridor;
using namespace corridor::crypto;

namespace {

constexpr std::array<Suite, 2> kSuites{Suite::es256, Suite::ed25519};

Bytes unhex(View text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes);
  return *bytes;
}

Seed numbered(std::uint64_t number) {
  Bytes bytes;
  append_u64_be(bytes, number);
  return Seed{sha256(bytes).bytes};
}

SigningKey key_of(Suite suite, std::uint64_t number = 1) {
  auto key = SigningKey::generate(suite, numbered(number));
  REQUIRE(key);
  return std::move(*key);
}

PublicKey ed25519_key(View text) { return {Suite::ed25519, unhex(text)}; }

// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "corridor-keys-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(View name) const { return path_ + "/" + std::string(name); }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::string path_;
};

void put(const std::string& path, View text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

Bytes content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// S + L, which the equation takes for S.
Bytes with_larger_s(Bytes signature) {
  const Bytes order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  int carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const int sum =
        static_cast<std::uint8_t>(signature[32 + i]) + static_cast<std::uint8_t>(order[i]) + carry;
    signature[32 + i] = static_cast<char>(sum & 0xff);
    carry = sum >> 8;
  }
  return signature;
}

}  // namespace

TEST_CASE("Ed25519 gives the signatures of RFC 8032 §7.1") {
  struct Example {
    View secret, key, message, signature;
  };
  const Example examples[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "d"
       "c6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  const Folder folder;
  for (const auto& example : examples) {
    const std::string path = folder.file(example.key.substr(0, 8));
    put(path, R"({"kty":"OKP","crv":"Ed25519","x":")" + base64url(unhex(example.key)) +
                  R"(","d":")" + base64url(unhex(example.secret)) + "\"}");
    const auto key = SigningKey::load(path);
    REQUIRE_MESSAGE(key, key.error().why);
    CHECK(hex(key->sign(unhex(example.message))) == example.signature);
    CHECK(verify(ed25519_key(example.key), unhex(example.message), unhex(example.signature)));
    CHECK_FALSE(verify(ed25519_key(example.key), "other", unhex(example.signature)));
  }
}

TEST_CASE("what a key signs verifies, and nothing else does") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 40; ++i)
    for (const Suite suite : kSuites) {
      const auto key = key_of(suite, random());
      const auto other = key_of(suite, random());
      Bytes message(random() % 200, '\0');
      for (char& c : message) c = static_cast<char>(random());
      const Bytes signature = key.sign(message);
      REQUIRE(signature.size() == 64);
      CHECK(verify(key.public_key(), message, signature));
      CHECK_FALSE(verify(other.public_key(), message, signature));
      CHECK_FALSE(verify(key.public_key(), message + "x", signature));
      if (message.empty()) continue;
      message[random() % message.size()] ^= static_cast<char>(1U << (random() % 8));
      CHECK_FALSE(verify(key.public_key(), message, signature));
    }
}

TEST_CASE("a signature with any bit changed, cut short or made longer is refused") {
  for (const Suite suite : kSuites) {
    const auto key = key_of(suite);
    const Bytes signature = key.sign("message");
    for (std::size_t at = 0; at < signature.size(); ++at)
      for (int bit = 0; bit < 8; ++bit) {
        Bytes changed = signature;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        CHECK_FALSE(verify(key.public_key(), "message", changed));
      }
    for (std::size_t bytes = 0; bytes < signature.size(); ++bytes)
      CHECK_FALSE(verify(key.public_key(), "message", View(signature).substr(0, bytes)));
    CHECK_FALSE(verify(key.public_key(), "message", signature + std::string(1, '\0')));
    CHECK_FALSE(verify(key.public_key(), "message", signature + signature));
    CHECK_FALSE(verify(key.public_key(), "message", Bytes(64, '\0')));
  }
}

TEST_CASE("the suites do not take each other's keys") {
  const auto es256 = key_of(Suite::es256);
  const auto ed25519 = key_of(Suite::ed25519);
  CHECK_FALSE(verify({Suite::ed25519, es256.public_key().bytes}, "m", es256.sign("m")));
  CHECK_FALSE(verify({Suite::es256, ed25519.public_key().bytes}, "m", ed25519.sign("m")));
  CHECK_FALSE(verify(es256.public_key(), "m", ed25519.sign("m")));
  CHECK_FALSE(verify({Suite::es256, {}}, "m", es256.sign("m")));
  CHECK_FALSE(verify({Suite::ed25519, {}}, "m", ed25519.sign("m")));
}

TEST_CASE("Ed25519 refuses an S of L or more") {
  for (std::uint64_t i = 0; i < 8; ++i) {
    const auto key = key_of(Suite::ed25519, i);
    const Bytes signature = key.sign("m");
    CHECK(verify(key.public_key(), "m", signature));
    CHECK_FALSE(verify(key.public_key(), "m", with_larger_s(signature)));
  }
}

TEST_CASE("Ed25519 refuses keys of small order and keys that are not canonical") {
  // With R the key itself or the neutral element and S zero, an equation without these checks holds
  // for some of these messages.
  const Bytes neutral = unhex("0100000000000000000000000000000000000000000000000000000000000000");
  for (const View text : {"0100000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000080",
                          "0000000000000000000000000000000000000000000000000000000000000000",
                          "0000000000000000000000000000000000000000000000000000000000000080",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
    const PublicKey key = ed25519_key(text);
    for (int i = 0; i < 8; ++i) {
      CHECK_FALSE(verify(key, std::to_string(i), neutral + Bytes(32, '\0')));
      CHECK_FALSE(verify(key, std::to_string(i), key.bytes + Bytes(32, '\0')));
    }
    CHECK_FALSE(public_key_from_jwk(to_jwk(key)));
  }
}

TEST_CASE("Ed25519 keys outside the group of prime order are refused") {
  const auto key = key_of(Suite::ed25519);
  const Bytes torsion = unhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  PublicKey mixed{Suite::ed25519, Bytes(32, '\0')};
  const auto raw = [](const Bytes& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
  };
  REQUIRE(crypto_core_ed25519_add(reinterpret_cast<unsigned char*>(mixed.bytes.data()),
                                  raw(key.public_key().bytes), raw(torsion)) == 0);
  CHECK(public_key_from_jwk(to_jwk(key.public_key())));
  CHECK_FALSE(public_key_from_jwk(to_jwk(mixed)));
}

TEST_CASE("ES256 refuses r and s outside [1, n-1]") {
  const auto key = key_of(Suite::es256);
  const Bytes signature = key.sign("m");
  const Bytes zero(32, '\0');
  const Bytes one = Bytes(31, '\0') + "\x01";
  const Bytes n = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const Bytes most(32, '\xff');
  const Bytes r = signature.substr(0, 32);
  const Bytes s = signature.substr(32);
  REQUIRE(verify(key.public_key(), "m", r + s));
  for (const Bytes& bad : {zero, n, most}) {
    CHECK_FALSE(verify(key.public_key(), "m", bad + s));
    CHECK_FALSE(verify(key.public_key(), "m", r + bad));
    CHECK_FALSE(verify(key.public_key(), "m", bad + bad));
  }
  CHECK_FALSE(verify(key.public_key(), "m", one + one));
  CHECK_FALSE(verify(key.public_key(), "m", s + r));
}

TEST_CASE("ES256 keys that are not points of the curve are refused") {
  PublicKey key = key_of(Suite::es256).public_key();
  const Bytes signature = key_of(Suite::es256).sign("m");
  REQUIRE(verify(key, "m", signature));
  key.bytes.back() ^= 1;
  CHECK_FALSE(verify(key, "m", signature));
  CHECK_FALSE(public_key_from_jwk(to_jwk(key)));
  for (const Bytes& bytes : {Bytes(), Bytes(1, '\0'), Bytes(65, '\0'), "\x04" + Bytes(64, '\0'),
                             "\x04" + Bytes(64, '\xff'), Bytes(65, '\x04'), Bytes(64, '\x04')})
    CHECK_FALSE(verify({Suite::es256, bytes}, "m", signature));
  // The compressed spelling of a good key is not its spelling here.
  const Bytes good = key_of(Suite::es256).public_key().bytes;
  const char lead = (good.back() & 1) != 0 ? '\x03' : '\x02';
  CHECK_FALSE(verify({Suite::es256, lead + good.substr(1, 32)}, "m", signature));
  CHECK_FALSE(verify({Suite::es256, static_cast<char>(lead + 4) + good.substr(1)}, "m", signature));
}

TEST_CASE("the same seed gives the same key, another seed or suite another") {
  for (const Suite suite : kSuites) {
    CHECK(key_of(suite, 7).public_key() == key_of(suite, 7).public_key());
    CHECK(key_of(suite, 7).public_key() != key_of(suite, 8).public_key());
  }
  const auto key = key_of(Suite::ed25519, 7);
  CHECK(key.sign("m") == key_of(Suite::ed25519, 7).sign("m"));
  // Keys of old seeds must come out the same in every later version.
  CHECK(hex(sha256(key_of(Suite::es256, 7).public_key().bytes).view()) ==
        "193f616146d336acd2b844d846e8e3873ba06996515a4698b0b3ea3ca815155b");
  CHECK(hex(sha256(key.public_key().bytes).view()) ==
        "d653f5b48a531e536c5635d8b6fd4ccecbc53e08e998da09db9cc5de29d8f2fd");
}

TEST_CASE("a JWK is read as it is written") {
  for (const Suite suite : kSuites) {
    const PublicKey key = key_of(suite).public_key();
    auto jwk = to_jwk(key);
    const auto again = public_key_from_jwk(jwk);
    REQUIRE(again);
    CHECK(*again == key);
    jwk.set("kid", "#1").set("use", "sig").set("alg", algorithm_name(suite)).set("other", 1);
    CHECK(public_key_from_jwk(jwk).has_value());
  }
  CHECK(json::write(to_jwk(
            ed25519_key("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))) ==
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
}

TEST_CASE("a JWK that is not exactly a public key of ours is refused") {
  const auto es256 = to_jwk(key_of(Suite::es256).public_key());
  const auto ed25519 = to_jwk(key_of(Suite::ed25519).public_key());
  const auto refused = [](json::Value jwk, std::string name, json::Value value) {
    jwk.set(std::move(name), std::move(value));
    const auto key = public_key_from_jwk(jwk);
    return !key && key.error().code == Code::invalid && !key.error().why.empty();
  };
  for (const auto& jwk : {es256, ed25519}) {
    CHECK(refused(jwk, "d", std::string(43, 'A')));
    CHECK(refused(jwk, "use", "enc"));
    CHECK(refused(jwk, "alg", "HS256"));
    CHECK(refused(jwk, "alg", 1));
    CHECK(refused(jwk, "kty", "RSA"));
    CHECK(refused(jwk, "kty", "oct"));
    CHECK(refused(jwk, "crv", "secp256k1"));
    CHECK(refused(jwk, "crv", "P-384"));
    CHECK(refused(jwk, "crv", nullptr));
    const std::string x(jwk.text_or("x"));
    CHECK(refused(jwk, "x", ""));
    CHECK(refused(jwk, "x", x.substr(1)));
    CHECK(refused(jwk, "x", x + "="));
    CHECK(refused(jwk, "x", x + "AA"));
    CHECK(refused(jwk, "x", " " + x));
    CHECK(refused(jwk, "x", 7));
    CHECK(refused(jwk, "x", std::string(42, 'A') + "B"));
    for (const View name : {"kty", "crv", "x"}) {
      auto without = jwk;
      without.remove(name);
      CHECK_FALSE(public_key_from_jwk(without));
    }
  }
  CHECK(refused(es256, "alg", "EdDSA"));
  CHECK(refused(es256, "crv", "Ed25519"));
  CHECK(refused(es256, "y", std::string(43, 'A')));
  CHECK(refused(ed25519, "kty", "EC"));
  auto without_y = es256;
  without_y.remove("y");
  CHECK_FALSE(public_key_from_jwk(without_y));
  for (const json::Value& jwk : {json::Value(), json::Value("x"), json::Value::array()})
    CHECK_FALSE(public_key_from_jwk(jwk));
}

TEST_CASE("a key file is private, whole and never written over") {
  const Folder folder;
  for (const Suite suite : kSuites) {
    const auto key = key_of(suite, 3);
    const std::string path = folder.file(algorithm_name(suite));
    REQUIRE(key.save(path));
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0600);
    const auto loaded = SigningKey::load(path);
    REQUIRE_MESSAGE(loaded, loaded.error().why);
    CHECK(loaded->public_key() == key.public_key());
    CHECK(verify(key.public_key(), "m", loaded->sign("m")));

    const Bytes before = content(path);
    const auto again = key_of(suite, 4).save(path);
    REQUIRE(!again);
    CHECK(again.error().code == Code::conflict);
    CHECK(content(path) == before);
  }
  CHECK(folder.count() == 2);
  const auto nowhere = key_of(Suite::es256).save(folder.file("absent/key"));
  REQUIRE(!nowhere);
  CHECK(nowhere.error().code == Code::not_found);
}

TEST_CASE("a key file that others may touch is refused") {
  const Folder folder;
  const std::string path = folder.file("key");
  REQUIRE(key_of(Suite::ed25519).save(path));
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U, 0666U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    const auto key = SigningKey::load(path);
    REQUIRE(!key);
    CHECK(key.error().code == Code::denied);
    CHECK(key.error().todo.find("chmod 600") != View::npos);
  }
  for (const mode_t mode : {0600U, 0400U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK(SigningKey::load(path).has_value());
  }
}

TEST_CASE("what is no key file is refused, with a code for each case") {
  const Folder folder;
  const auto code_of = [](const std::string& path) {
    const auto key = SigningKey::load(path);
    REQUIRE(!key);
    return key.error().code;
  };
  CHECK(code_of(folder.file("absent")) == Code::not_found);
  CHECK(code_of(folder.file("")) == Code::denied);
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  CHECK(code_of(folder.file("pipe")) == Code::denied);

  const std::string path = folder.file("key");
  REQUIRE(key_of(Suite::es256, 1).save(path));
  const Bytes text = content(path);
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, text.size() / 2, text.size() - 3}) {
    put(path, View(text).substr(0, bytes));
    CHECK(code_of(path) == Code::corrupt);
  }
  put(path, Bytes(5000, ' ') + text);
  CHECK(code_of(path) == Code::too_large);

  auto jwk = *json::parse(text);
  const auto with = [&](View name, View value) {
    auto changed = jwk;
    changed.set(std::string(name), value);
    put(path, json::write(changed));
  };
  with("d", base64url(Bytes(32, '\x11')));
  CHECK(code_of(path) == Code::corrupt);
  with("d", base64url(Bytes(32, '\0')));
  CHECK(code_of(path) == Code::corrupt);
  with("d", base64url(Bytes(32, '\xff')));
  CHECK(code_of(path) == Code::corrupt);
  with("crv", "P-521");
  CHECK(code_of(path) == Code::corrupt);
  jwk.remove("d");
  put(path, json::write(jwk));
  CHECK(code_of(path) == Code::corrupt);
  put(path, "[]");
  CHECK(code_of(path) == Code::corrupt);
}

TEST_CASE("threads sign and verify at once, with more keys than are kept") {
  const auto key = key_of(Suite::es256);
  const Bytes signature = key.sign("m");
  std::vector<Bytes> points;
  for (std::uint64_t i = 0; i < 1'100; ++i)
    points.push_back(key_of(Suite::es256, 1'000 + i).public_key().bytes);
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& other = points[(i + t * 300) % points.size()];
        if (verify({Suite::es256, other}, "m", signature)) ++wrong[t];
        if (i % 20 == 0 && !verify(key.public_key(), "n", key.sign("n"))) ++wrong[t];
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(std::ranges::count(wrong, 0) == 4);
}
