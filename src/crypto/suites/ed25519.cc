// SPDX-License-Identifier: Apache-2.0
//
// libsodium's verification is the strict one: it refuses S >= L, public keys and R that are not
// canonical or of small order, and it checks the equation without the cofactor.
#include <sodium.h>

#include <array>

#include "crypto/suites/suites.h"

namespace corridor::crypto {

namespace {

// Picks the fastest code for this processor; must precede every other call.
void prepare() {
  static const int ready = sodium_init();
  CHECK(ready >= 0, "libsodium does not start");
}

const unsigned char* raw(View bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

class Ed25519Signer final : public Signer {
 public:
  explicit Ed25519Signer(View secret) {
    prepare();
    CHECK(crypto_sign_seed_keypair(public_.data(), secret_.data(), raw(secret)) == 0);
  }
  ~Ed25519Signer() override { sodium_memzero(secret_.data(), secret_.size()); }
  Ed25519Signer(const Ed25519Signer&) = delete;
  Ed25519Signer& operator=(const Ed25519Signer&) = delete;

  [[nodiscard]] Bytes public_bytes() const override { return {public_.begin(), public_.end()}; }

  [[nodiscard]] Bytes sign(View message) const override {
    Bytes signature(crypto_sign_BYTES, '\0');
    CHECK(crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                               raw(message), message.size(), secret_.data()) == 0);
    return signature;
  }

 private:
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_{};
};

}  // namespace

std::unique_ptr<Signer> ed25519_signer(View secret) {
  if (secret.size() != crypto_sign_SEEDBYTES) return nullptr;
  return std::make_unique<Ed25519Signer>(secret);
}

// In the group of prime order, so that a verifier with the cofactor would judge alike.
bool ed25519_is_public_key(View bytes) {
  prepare();
  return bytes.size() == crypto_sign_PUBLICKEYBYTES &&
         crypto_core_ed25519_is_valid_point(raw(bytes)) == 1;
}

bool ed25519_verify(View public_key, View message, View signature) {
  prepare();
  return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(raw(signature), raw(message), message.size(),
                                     raw(public_key)) == 0;
}

}  // namespace corridor::crypto
