// SPDX-License-Identifier: Apache-2.0
//
// JWS compact serialisation, the only envelope of tokens and statements (RFC 7515). Strict: three
// parts, canonical base64url, `alg` one of ours and the one of the key (never taken from the
// token), and no `crit`, `jwk`, `jku`, `x5u`, `x5c` in the header. The size cap is
// limits::kTokenBytesMax unless the caller names another.
#pragma once

#include "base/limits.h"
#include "crypto/keys.h"

namespace corridor::crypto {

// What a compact JWS says before anyone has verified it.
struct UnverifiedJws {
  json::Value header;
  Bytes payload;
  std::string kid;    // empty when absent
  Bytes signed_part;  // header.payload as they stand
  Bytes signature;
};

// Splits and decodes, refuses what the head comment lists; verifies nothing.
Result<UnverifiedJws> read_jws(View compact, std::size_t bytes_max = limits::kTokenBytesMax);
// `unauthenticated` when `alg` is not the key's or the signature does not verify.
Result<> verify_jws(const UnverifiedJws& jws, const PublicKey& key);

// Header {"alg", "kid", "typ"} in this order; `payload` is taken as it stands.
std::string sign_jws(const SigningKey& key, View kid, View typ, View payload);

}  // namespace corridor::crypto
