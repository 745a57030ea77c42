// SPDX-License-Identifier: Apache-2.0
//
// Anyone may send any Authorization header: whatever the input, nobody but the holder of the key is
// ever proven. The input is tried as a whole token, and as the payload of one that is signed well,
// so that the checks behind the signature are reached too.
#include "crypto/jose.h"
#include "identity/identity.h"

#include <cstdint>

using namespace corridor;
using namespace corridor::identity;

namespace {

const Did kPeer("did:web:peer.example.com");
const Did kOwn("did:web:own.example.com");
constexpr Time kNow{1'795'000'000'000};

crypto::SigningKey make_key(crypto::Suite suite, std::uint8_t number) {
  Seed seed;
  seed.bytes.fill(number);
  auto key = crypto::SigningKey::generate(suite, seed);
  CHECK(key.has_value());
  return std::move(*key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kToken = make_key(crypto::Suite::es256, 1);
  static const auto kSeal = make_key(crypto::Suite::ed25519, 2);
  static const DidDocument kDocument = node_document(
      kPeer, {.token = kToken.public_key(), .seal = kSeal.public_key(), .log = kSeal.public_key()},
      {});
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto issuer = unverified_issuer(input)) CHECK(issuer->value.starts_with("did:"));
  CHECK(!verify_token(input, kOwn, kDocument, kNow, Time{}).has_value());

  const std::string compact = crypto::sign_jws(kToken, key_id(kPeer, "token"), "JWT", input);
  const auto token = verify_token(compact, kOwn, kDocument, kNow, Time{});
  if (!token) {
    CHECK(token_reason(token.error()).has_value(), token.error().why);
    return 0;
  }
  CHECK(token->did == kPeer);
  CHECK(!token->jti.empty());
  CHECK(token->exp + limits::kTokenLeeway > kNow);
  return 0;
}
