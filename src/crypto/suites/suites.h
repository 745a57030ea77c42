// SPDX-License-Identifier: Apache-2.0
//
// What each suite brings to the table of keys.cc. Public keys, secrets and signatures are the bytes
// that crypto/keys.h describes; a secret is 32 bytes: the scalar of P-256 (big endian), the seed of
// Ed25519 (RFC 8032 §5.1.5).
#pragma once

#include <memory>

#include "base/bytes.h"

namespace corridor::crypto {

class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual Bytes public_bytes() const = 0;
  [[nodiscard]] virtual Bytes sign(View message) const = 0;
};

// nullptr when the suite has no key with this secret (P-256: outside [1, n-1]).
std::unique_ptr<Signer> p256_signer(View secret);
bool p256_is_public_key(View bytes);
bool p256_verify(View public_key, View message, View signature);

std::unique_ptr<Signer> ed25519_signer(View secret);
bool ed25519_is_public_key(View bytes);
bool ed25519_verify(View public_key, View message, View signature);

// Overwrites a secret before its memory is given back.
void cleanse(Bytes& secret);

}  // namespace corridor::crypto
