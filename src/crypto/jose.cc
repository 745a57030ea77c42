// SPDX-License-Identifier: Apache-2.0
#include "crypto/jose.h"

#include <algorithm>

namespace corridor::crypto {

namespace {

// A header is flat; deeper ones are somebody's experiment.
constexpr std::size_t kHeaderDepthMax = 4;
constexpr std::size_t kSignatureBytes = 64;

// Each would let the token say how it wants to be verified (RFC 7515 §4.1, RFC 7797).
constexpr std::array<std::string_view, 6> kRefusedMembers{"crit", "jwk", "jku",
                                                          "x5u",  "x5c", "b64"};

Result<Bytes> decode_part(View part, std::string_view name) {
  auto bytes = from_base64url(part);
  if (!bytes)
    return fail(Code::invalid,
                "the " + std::string(name) + " of a JWS is not base64url: " + bytes.error().why);
  return bytes;
}

Result<> check_header(const json::Value& header) {
  if (!header.is_object()) return fail(Code::invalid, "the header of a JWS is not a JSON object");
  for (const auto name : kRefusedMembers)
    if (header.find(name) != nullptr)
      return fail(Code::invalid, "a JWS with \"" + std::string(name) + "\" in its header");
  TRY_ASSIGN(const std::string algorithm, json::require_text(header, "alg"));
  if (algorithm != algorithm_name(Suite::es256) && algorithm != algorithm_name(Suite::ed25519))
    return fail(Code::invalid, "a JWS with an algorithm other than ES256 and EdDSA",
                "sign with one of these");
  for (const std::string_view name : {"kid", "typ"})
    if (header.find(name) != nullptr) TRY(json::require_text(header, name));
  return {};
}

}  // namespace

Result<UnverifiedJws> read_jws(View compact, std::size_t bytes_max) {
  if (compact.size() > bytes_max)
    return fail(Code::too_large, "a JWS of " + std::to_string(compact.size()) + " bytes, where " +
                                     std::to_string(bytes_max) + " are allowed");
  if (std::ranges::count(compact, '.') != 2)
    return fail(Code::invalid, "a JWS that does not have exactly three parts");
  const std::size_t first = compact.find('.');
  const std::size_t second = compact.rfind('.');
  UnverifiedJws jws;
  TRY_ASSIGN(const Bytes header, decode_part(compact.substr(0, first), "header"));
  TRY_ASSIGN(jws.payload, decode_part(compact.substr(first + 1, second - first - 1), "payload"));
  TRY_ASSIGN(jws.signature, decode_part(compact.substr(second + 1), "signature"));
  if (jws.signature.size() != kSignatureBytes)
    return fail(Code::invalid, "a JWS whose signature is not 64 bytes long");
  auto parsed = json::parse(header, {.bytes_max = bytes_max, .depth_max = kHeaderDepthMax});
  if (!parsed) return in_context("the header of a JWS", std::move(parsed).error());
  jws.header = std::move(*parsed);
  TRY(check_header(jws.header));
  jws.kid = jws.header.text_or("kid");
  jws.signed_part = compact.substr(0, second);
  return jws;
}

Result<> verify_jws(const UnverifiedJws& jws, const PublicKey& key) {
  // The key says how it signs; what the token says must only not contradict it.
  if (jws.header.text_or("alg") != algorithm_name(key.suite))
    return fail(Code::unauthenticated, "a JWS whose algorithm is not the one of the key");
  if (!verify(key, jws.signed_part, jws.signature))
    return fail(Code::unauthenticated, "a JWS whose signature does not verify");
  return {};
}

std::string sign_jws(const SigningKey& key, View kid, View typ, View payload) {
  std::string header = "{\"alg\":\"";
  header.append(algorithm_name(key.public_key().suite)).append("\",\"kid\":");
  json::append_quoted(header, kid);
  header += ",\"typ\":";
  json::append_quoted(header, typ);
  header += "}";
  std::string compact = base64url(header) + "." + base64url(payload);
  const Bytes signature = key.sign(compact);
  return compact + "." + base64url(signature);
}

}  // namespace corridor::crypto
