// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys.h"

#include "crypto/crypto.h"
#include "crypto/files/private_file.h"
#include "crypto/suites/suites.h"

namespace corridor::crypto {

namespace {

struct SuiteFacts {
  std::string_view algorithm;  // JOSE
  std::string_view key_type;   // JWK kty
  std::string_view curve;      // JWK crv
  std::string_view label;      // what the secret of a generated key is derived for
  bool (*is_public_key)(View bytes);
  bool (*verify)(View public_key, View message, View signature);
  std::unique_ptr<Signer> (*signer)(View secret);
};

// In the order of Suite.
constexpr std::array<SuiteFacts, 2> kSuites{{
    {"ES256", "EC", "P-256", "corridor key ES256 ", p256_is_public_key, p256_verify, p256_signer},
    {"EdDSA", "OKP", "Ed25519", "corridor key EdDSA ", ed25519_is_public_key, ed25519_verify,
     ed25519_signer},
}};

constexpr std::size_t kFieldBytes = 32;  // of a coordinate, a compressed point, a secret
constexpr std::size_t kKeyFileBytesMax = 4096;

const SuiteFacts& facts(Suite suite) { return kSuites[static_cast<std::size_t>(suite)]; }

std::unexpected<Error> bad_jwk(std::string why) {
  return fail(Code::invalid, "a JWK " + std::move(why));
}

// RFC 7518 §6.2.1.2: the full size of a coordinate, leading zeros included.
Result<Bytes> field(const json::Value& jwk, std::string_view name) {
  TRY_ASSIGN(const std::string text, json::require_text(jwk, name));
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != kFieldBytes)
    return bad_jwk("whose \"" + std::string(name) + "\" is not 32 bytes of base64url");
  return *bytes;
}

Result<Suite> suite_of(const json::Value& jwk) {
  TRY_ASSIGN(const std::string key_type, json::require_text(jwk, "kty"));
  TRY_ASSIGN(const std::string curve, json::require_text(jwk, "crv"));
  for (std::size_t i = 0; i < kSuites.size(); ++i)
    if (kSuites[i].key_type == key_type && kSuites[i].curve == curve) return static_cast<Suite>(i);
  return bad_jwk("of a kind other than EC P-256 and OKP Ed25519");
}

Result<PublicKey> public_part(const json::Value& jwk) {
  TRY_ASSIGN(const Suite suite, suite_of(jwk));
  // RFC 7517 §4.2, §4.4: a key that says what it is for is used for nothing else.
  if (jwk.find("use") != nullptr && jwk.text_or("use") != "sig")
    return bad_jwk("that is not meant for signatures");
  if (jwk.find("alg") != nullptr && jwk.text_or("alg") != facts(suite).algorithm)
    return bad_jwk("whose \"alg\" is not the one of its curve");
  PublicKey key{suite, {}};
  TRY_ASSIGN(const Bytes x, field(jwk, "x"));
  if (suite == Suite::es256) {
    TRY_ASSIGN(const Bytes y, field(jwk, "y"));
    key.bytes = "\x04" + x + y;
  } else {
    key.bytes = x;
  }
  if (!facts(suite).is_public_key(key.bytes)) return bad_jwk("that is not a point of its curve");
  return key;
}

}  // namespace

std::string_view algorithm_name(Suite suite) { return facts(suite).algorithm; }

Result<PublicKey> public_key_from_jwk(const json::Value& jwk) {
  if (!jwk.is_object()) return bad_jwk("that is not a JSON object");
  if (jwk.find("d") != nullptr)
    return bad_jwk("that shows its private key, where a public one belongs");
  return public_part(jwk);
}

json::Value to_jwk(const PublicKey& key) {
  const auto& suite = facts(key.suite);
  const bool two = key.suite == Suite::es256;
  CHECK(key.bytes.size() == (two ? 1 + 2 * kFieldBytes : kFieldBytes));
  auto jwk = json::Value::object({{"kty", suite.key_type}, {"crv", suite.curve}});
  jwk.set("x", base64url(View(key.bytes).substr(two ? 1 : 0, kFieldBytes)));
  if (two) jwk.set("y", base64url(View(key.bytes).substr(1 + kFieldBytes)));
  return jwk;
}

bool verify(const PublicKey& key, View message, View signature) {
  return facts(key.suite).verify(key.bytes, message, signature);
}

struct SigningKey::State {
  PublicKey public_key;
  Bytes secret;
  std::unique_ptr<Signer> signer;

  State(Suite suite, Bytes bytes, std::unique_ptr<Signer> made)
      : public_key{suite, made->public_bytes()},
        secret(std::move(bytes)),
        signer(std::move(made)) {}
  ~State() { cleanse(secret); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::generate(Suite suite, const Seed& seed) {
  // A secret outside the suite's range is passed over, not reduced: every key stays equally likely.
  for (char attempt = '0'; attempt <= '9'; ++attempt) {
    Bytes secret = derive(seed, std::string(facts(suite).label) + attempt, kFieldBytes);
    if (auto signer = facts(suite).signer(secret))
      return SigningKey(std::make_unique<State>(suite, std::move(secret), std::move(signer)));
  }
  return fail(Code::internal, "a seed that yields no key", "generate the key again");
}

Result<SigningKey> SigningKey::load(const std::string& path) {
  auto text = read_private_file(path, kKeyFileBytesMax);
  if (!text) return in_context("the key file", std::move(text).error());
  const auto broken = [&](const std::string& why) {
    return fail(Code::corrupt, "the key file " + path + ": " + why,
                "restore it from its backup; a new key would be another identity");
  };
  const auto jwk = json::parse(*text);
  cleanse(*text);
  if (!jwk) return broken(jwk.error().why);
  if (!jwk->is_object()) return broken("not a JSON object");
  auto public_key = public_part(*jwk);
  if (!public_key) return broken(public_key.error().why);
  auto secret = field(*jwk, "d");
  if (!secret) return broken("its private key is missing or malformed");
  auto signer = facts(public_key->suite).signer(*secret);
  if (signer == nullptr) return broken("its private key is out of range");
  auto state = std::make_unique<State>(public_key->suite, std::move(*secret), std::move(signer));
  if (state->public_key != *public_key) return broken("its private and public key do not match");
  return SigningKey(std::move(state));
}

Result<> SigningKey::save(const std::string& path) const {
  auto jwk = to_jwk(state_->public_key);
  jwk.set("d", base64url(state_->secret));
  Bytes text = json::write_pretty(jwk) + "\n";
  auto created = create_private_file(path, text);
  cleanse(text);
  if (!created) return in_context("the key file", std::move(created).error());
  return {};
}

const PublicKey& SigningKey::public_key() const { return state_->public_key; }

Bytes SigningKey::sign(View message) const { return state_->signer->sign(message); }

}  // namespace corridor::crypto
