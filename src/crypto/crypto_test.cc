// SPDX-License-Identifier: Apache-2.0
#include "crypto/crypto.h"

#include <doctest/doctest.h>

#include "crypto/jose.h"

using namespace corridor;
using namespace corridor::crypto;

TEST_CASE("both suites sign, and what they sign verifies as a JWS") {
  for (const auto suite : {Suite::es256, Suite::ed25519}) {
    auto key = SigningKey::generate(suite, Seed{});
    REQUIRE(key);
    const auto compact = sign_jws(*key, "did:web:a#1", "JWT", "{}");
    const auto jws = read_jws(compact);
    REQUIRE_MESSAGE(jws, jws.error().why);
    CHECK(verify_jws(*jws, key->public_key()).has_value());
    CHECK(json::write(jws->header) == "{\"alg\":\"" + std::string(algorithm_name(suite)) +
                                          "\",\"kid\":\"did:web:a#1\",\"typ\":\"JWT\"}");
    const auto again = public_key_from_jwk(to_jwk(key->public_key()));
    REQUIRE(again);
    CHECK(*again == key->public_key());
  }
}
