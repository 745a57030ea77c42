// SPDX-License-Identifier: Apache-2.0
//
// Keys and signatures. The suites are one table (keys.cc): ES256 (P-256 with SHA-256, raw r||s, 64
// bytes) for tokens and presentations, EdDSA (Ed25519) for statements, checkpoints and receipts.
// Verification is strict, so that every verifier gives the same verdict in a dispute: RFC 8032 with
// canonical S and points and no small-order keys; for ES256 r and s in [1, n-1].
//
// A private key never leaves its SigningKey except into a key file (mode 0600).
// Threads: a SigningKey may sign on any number of threads at once.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/env.h"
#include "json/json.h"

namespace corridor::crypto {

enum class Suite : std::uint8_t { es256, ed25519 };
std::string_view algorithm_name(Suite suite);  // JOSE: "ES256", "EdDSA"

// ES256: 0x04 || x || y (65 bytes). Ed25519: 32 bytes.
struct PublicKey {
  Suite suite = Suite::ed25519;
  Bytes bytes;
  bool operator==(const PublicKey&) const = default;
};

Result<PublicKey> public_key_from_jwk(
    const json::Value& jwk);               // EC/P-256, OKP/Ed25519; on the curve
json::Value to_jwk(const PublicKey& key);  // members kty, crv, x[, y]

// True only for a valid signature; a malformed one is simply false.
bool verify(const PublicKey& key, View message, View signature);

class SigningKey {
 public:
  static Result<SigningKey> generate(Suite suite, const Seed& seed);  // the same seed, the same key
  static Result<SigningKey> load(const std::string& path);  // refuses files others can read
  Result<> save(const std::string& path) const;             // new file, 0600, fsynced

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  [[nodiscard]] const PublicKey& public_key() const;
  [[nodiscard]] Bytes sign(View message) const;

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace corridor::crypto
