// SPDX-License-Identifier: Apache-2.0
//
// The input is taken as a token, as the header of a token, and as a JWK.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "crypto/jose.h"

using namespace corridor;
using namespace corridor::crypto;

namespace {

void demand(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "jose: %s\n", what);
  std::abort();
}

const SigningKey& key_of(Suite suite) {
  static const auto es256 = SigningKey::generate(Suite::es256, Seed{});
  static const auto ed25519 = SigningKey::generate(Suite::ed25519, Seed{});
  return suite == Suite::es256 ? *es256 : *ed25519;
}

void as_token(View input) {
  const auto jws = read_jws(input);
  if (!jws) return demand(!jws.error().why.empty(), "refused without a reason");
  demand(input == jws->signed_part + "." + base64url(jws->signature), "parts are not the token");
  demand(jws->signed_part.ends_with("." + base64url(jws->payload)), "payload is not the token's");
  for (const auto suite : {Suite::es256, Suite::ed25519})
    demand(!verify_jws(*jws, key_of(suite).public_key()), "a token verifies that nobody signed");
}

void as_header(View input) {
  const std::string part = base64url(input) + "." + base64url("payload");
  for (const auto suite : {Suite::es256, Suite::ed25519}) {
    const auto& key = key_of(suite);
    const auto jws = read_jws(part + "." + base64url(key.sign(part)));
    if (!jws) return demand(!jws.error().why.empty(), "refused without a reason");
    const auto& header = jws->header;
    for (const View name : {"crit", "jwk", "jku", "x5u", "x5c", "b64"})
      demand(header.find(name) == nullptr, "a header with a refused member is read");
    const bool own = header.text_or("alg") == algorithm_name(suite);
    demand(own == verify_jws(*jws, key.public_key()).has_value(), "the wrong algorithm counts");
  }
}

void as_jwk(View input) {
  const auto jwk = json::parse(input);
  if (!jwk) return;
  const auto key = public_key_from_jwk(*jwk);
  if (!key) return demand(!key.error().why.empty(), "refused without a reason");
  const auto again = public_key_from_jwk(to_jwk(*key));
  demand(again && *again == *key, "a JWK is not read as it was written");
  demand(!verify(*key, "m", Bytes(64, '\0')), "an empty signature verifies");
  demand(!verify(*key, "m", Bytes(64, '\x7f')), "an arbitrary signature verifies");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View input(reinterpret_cast<const char*>(data), size);
  as_token(input);
  as_header(input);
  as_jwk(input);
  return 0;
}
