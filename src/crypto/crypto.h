// SPDX-License-Identifier: Apache-2.0
//
// Hashes and everything derived from a seed. Keys and signatures: crypto/keys.h, JOSE:
// crypto/jose.h. OpenSSL and libsodium end at this module's .cc files; no type of theirs is
// visible.
//
// Threads: free functions may run anywhere at once; Sha256 belongs to one thread.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/env.h"

namespace corridor::crypto {

Digest sha256(View bytes);
// Of all the pieces as if they stood together: sha256({"\x00", entry}).
Digest sha256(std::initializer_list<View> pieces);
Digest hmac_sha256(View key, View message);
bool equal_in_constant_time(View a, View b);

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(View bytes);
  Digest finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// All randomness of one ask: `label` says what for, so no two uses share bytes. HKDF-Expand
// (RFC 5869) with HMAC-SHA-256, the seed as key and the label as info; at most 8,160 bytes.
Bytes derive(const Seed& seed, View label, std::size_t bytes);
Seed derive_seed(const Seed& seed, View label);
// A version 4 UUID from a seed: "urn:uuid:8-4-4-4-12".
std::string uuid_urn(const Seed& seed, View label);

}  // namespace corridor::crypto
