// SPDX-License-Identifier: Apache-2.0
//
// Every operation beside the bare call of the library below it, on the same input.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "crypto/crypto.h"
#include "crypto/jose.h"

using namespace corridor;
using namespace corridor::crypto;

namespace {

constexpr double kSecondsEach = 0.3;

// CPU microseconds a call, the best of five rounds.
template <class Work>
void report(const char* name, Work work) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t start = std::clock();
    int count = 0;
    double seconds = 0;
    do {
      for (int i = 0; i < 20; ++i, ++count) (void)work();
      seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    } while (seconds < kSecondsEach / 5);
    best = std::min(best, seconds / count * 1e6);
  }
  std::printf("%s %.2f us\n", name, best);
}

const unsigned char* raw(View bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

void hashes() {
  for (const std::size_t bytes : {64UL, 20'000UL}) {
    const Bytes text(bytes, 'x');
    const std::string size = "_" + std::to_string(bytes);
    report(("sha256" + size).c_str(), [&] { sha256(text); });
    report(("sha256_openssl_bare" + size).c_str(), [&] {
      Digest digest;
      EVP_Digest(text.data(), text.size(), digest.bytes.data(), nullptr, EVP_sha256(), nullptr);
    });
    report(("sha256_sodium" + size).c_str(), [&] {
      Digest digest;
      crypto_hash_sha256(digest.bytes.data(), raw(text), text.size());
    });
  }
  report("hmac_sha256_32", [] { hmac_sha256("key", "thirty-two bytes of some message"); });
  report("uuid_urn", [] { uuid_urn(Seed{}, "pid"); });
}

void ed25519(View message) {
  const auto key = *SigningKey::generate(Suite::ed25519, Seed{});
  const Bytes signature = key.sign(message);
  report("ed25519_sign", [&] { return key.sign(message); });
  unsigned char public_key[32];
  unsigned char secret_key[64];
  unsigned char seed[32] = {};
  crypto_sign_seed_keypair(public_key, secret_key, seed);
  unsigned char bare[64];
  report("ed25519_sign_sodium",
         [&] { crypto_sign_detached(bare, nullptr, raw(message), message.size(), secret_key); });
  report("ed25519_verify", [&] { return verify(key.public_key(), message, signature); });
  report("ed25519_verify_sodium", [&] {
    return crypto_sign_verify_detached(bare, raw(message), message.size(), public_key);
  });
}

void es256(View message) {
  const auto key = *SigningKey::generate(Suite::es256, Seed{});
  const Bytes signature = key.sign(message);
  report("es256_sign", [&] { return key.sign(message); });
  report("es256_verify", [&] { return verify(key.public_key(), message, signature); });

  EVP_PKEY* const bare = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new(bare, nullptr);
  const Digest digest = sha256(message);
  std::array<unsigned char, 80> der;
  std::size_t bytes = der.size();
  EVP_PKEY_sign_init(context);
  report("es256_sign_openssl", [&] {
    bytes = der.size();
    EVP_PKEY_sign(context, der.data(), &bytes, digest.bytes.data(), digest.bytes.size());
  });
  EVP_PKEY_verify_init(context);
  report("es256_verify_openssl", [&] {
    EVP_PKEY_verify(context, der.data(), bytes, digest.bytes.data(), digest.bytes.size());
  });
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(bare);
}

void tokens() {
  const auto key = *SigningKey::generate(Suite::es256, Seed{});
  const std::string token = sign_jws(key, "did:web:a.example#key-1", "JWT", Bytes(300, 'x'));
  report("jws_read", [&] { return read_jws(token); });
  const auto jws = *read_jws(token);
  report("jws_verify_es256", [&] { return verify_jws(jws, key.public_key()); });
  const auto jwk = to_jwk(key.public_key());
  report("jwk_read_es256", [&] { return public_key_from_jwk(jwk); });
}

}  // namespace

int main() {
  const Bytes message(300, 'm');
  hashes();
  ed25519(message);
  es256(message);
  tokens();
}
