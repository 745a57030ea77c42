// SPDX-License-Identifier: Apache-2.0
//
// Who speaks: did:web names, DID documents, and the self-issued ID tokens of DCP. Everything is a
// pure function of bytes that someone else fetched; nothing here resolves, signs or keeps time.
//
// The edge does, for a request with `Authorization: Bearer <compact>`:
//
//   TRY_ASSIGN(const Did issuer, unverified_issuer(compact));        // whose document to fetch
//   TRY_ASSIGN(const std::string url, did_web_url(issuer));          // fetch it, or take it cached
//   TRY_ASSIGN(const DidDocument document, read_did_document(body, issuer));
//   TRY_ASSIGN(const VerifiedToken token, verify_token(compact, own, document, now, started));
//   TRY(guard.first_use(token.did, token.jti, token.exp, now));
//
// Invariants: a document is only ever the document of the DID that was resolved; a method is found
// only under that DID; a key of an unsupported kind is kept and never matches.
// Errors of tokens: `unauthenticated` (401, the reason stays in our log) or `busy` (503).
// Sources: DID Core 1.0, did:web method, DCP 1.0.1 §4.3. Invitations: identity/invite.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/env.h"
#include "base/limits.h"
#include "crypto/keys.h"
#include "json/json.h"
#include "model/model.h"

namespace corridor::identity {

// Where the DID document lies. Strict: lower-case ASCII letters, digits and hyphens in the host, a
// port only as %3A<1-65535>, path segments of [A-Za-z0-9._-] that are neither empty nor dots only.
// An address is refused in place of a name, unless it is loopback. http for loopback, else https.
Result<std::string> did_web_url(const Did& did);
// The other way. The port is left out where it is the one that the scheme implies.
Result<Did> did_web_from(std::string_view host, std::uint16_t port);
// localhost, 127.0.0.0/8, ::1 with or without brackets. Names below localhost are not: that they
// stay on this machine is up to the resolver.
bool is_loopback_host(std::string_view host);

enum class Relation : std::uint8_t {  // DID Core §5.3
  authentication,
  assertion_method,
  key_agreement,
  capability_invocation,
  capability_delegation,
};

struct VerificationMethod {
  std::string id{};                        // absolute: <did>#<fragment>
  std::optional<crypto::PublicKey> key{};  // empty: a kind of key that is not supported
  std::uint8_t relations = 0;              // one bit a Relation

  [[nodiscard]] bool is_for(Relation relation) const;
  VerificationMethod& allow(Relation relation);
  bool operator==(const VerificationMethod&) const = default;
};

struct Service {
  std::string id{};  // absolute
  std::string type{};
  std::string endpoint{};  // as written; not checked to be a URL
  bool operator==(const Service&) const = default;
};

struct DidDocument {
  Did id{};
  std::vector<VerificationMethod> methods{};
  std::vector<Service> services{};

  // By absolute id, `#fragment` or bare fragment; nullptr when there is none.
  [[nodiscard]] const VerificationMethod* method(std::string_view method_id) const;
  [[nodiscard]] const Service* service(std::string_view type) const;  // the first of that type
  bool operator==(const DidDocument&) const = default;
};

// The service types a node publishes or looks for.
inline constexpr std::string_view kCorridorNodeService = "CorridorNode";
inline constexpr std::string_view kCatalogService = "CatalogService";
inline constexpr std::string_view kDataService = "DataService";
inline constexpr std::string_view kCredentialService = "CredentialService";

// `resolved` is the DID that was asked for: a document of any other is refused. Unknown members,
// keys of other kinds and services without a plain endpoint are passed over; two methods with one
// id, or more than 64 methods or services, are refused. Keys: publicKeyJwk (P-256, Ed25519) and
// publicKeyMultibase (Ed25519).
Result<DidDocument> read_did_document(View text, const Did& resolved);
// Methods of unsupported kinds are left out. The other ones and the services read back as they are.
json::Value to_json(const DidDocument& document);

// The document of a node of ours. Token key: #token, P-256, authentication and
// capabilityInvocation; seal key: #seal, Ed25519, assertionMethod; log key: #log, Ed25519,
// assertionMethod.
struct NodeKeys {
  crypto::PublicKey token;
  crypto::PublicKey seal;
  crypto::PublicKey log;
};
inline constexpr std::string_view kTokenFragment = "token";
inline constexpr std::string_view kSealFragment = "seal";
inline constexpr std::string_view kLogFragment = "log";
// <did>#<fragment>: what goes into the `kid` of everything signed.
std::string key_id(const Did& did, std::string_view fragment);
DidDocument node_document(const Did& own, const NodeKeys& keys, std::vector<Service> services);

// RFC 7638: SHA-256 of the canonical JWK; what is pinned.
Digest key_thumbprint(const crypto::PublicKey& key);

inline constexpr std::string_view kTokenType = "JWT";  // `typ` to sign a token with

// The payload to sign with the token key: iss = sub = own, iat one second in the past (verifiers
// without leeway exist), exp = now + limits::kTokenLifetime. Mint one for every attempt; `jti` must
// be fresh. `nested` is the peer's own access token, passed back unchanged; empty for none.
std::string token_claims(const Did& own, const Did& audience, std::string_view jti, Time now,
                         std::string_view nested = {});

// Why a token was refused. The first word of the error's `why` is `token_reason_name` of it.
enum class TokenReason : std::uint8_t {
  malformed,        // no compact JWS, no JSON object, or a claim of the wrong kind
  not_a_token,      // a presentation or credential, or another `typ`
  issuer,           // iss is missing, is not a DID, or is not sub
  audience,         // aud does not contain us
  document,         // the DID document is not the issuer's
  unknown_key,      // kid names no method; or no kid and not exactly one method
  unsupported_key,  // the method's key is of a kind that is not supported
  key_purpose,      // the method is not listed under capabilityInvocation
  signature,
  not_yet,  // nbf or iat lies in the future
  expired,
  lifetime,  // exp or iat is missing, or they lie too far apart
  no_jti,
  before_start,  // `busy`: issued before this process began to remember
};
std::string_view token_reason_name(TokenReason reason);
std::optional<TokenReason> token_reason(const Error& error);

struct VerifiedToken {
  Did did{};  // who it proves
  std::string jti{};
  Time exp{};
  std::string presented{};  // the nested `token` claim; empty when absent
};

// Reads `iss` without verifying anything.
Result<Did> unverified_issuer(View compact);

// All checks of DCP 1.0.1 §4.3.3 but the last (jti: ReplayGuard). Leeway limits::kTokenLeeway. A
// token may be valid for at most three times limits::kTokenLifetime. `fence` is when this process
// started: an otherwise good token with an earlier `iat` may have been used before the restart and
// is refused as `busy`, so that the peer comes again with a new one.
Result<VerifiedToken> verify_token(View compact, const Did& own, const DidDocument& issuer,
                                   Time now, Time fence);

// Remembers which tokens were used, until they cannot be used any more. Bounded, and it never
// forgets early: an issuer may hold at most as many places as are still free, so one busy issuer
// fills half of the guard, two a third each, and one that is new still finds room (until there are
// as many issuers as places). Who is over its share gets `busy`.
//
// Threads: one at a time. An edge with many gives each shard of issuers a guard of its own.
class ReplayGuard {
 public:
  explicit ReplayGuard(std::size_t tokens_max = 256 * 1024) : tokens_max_(tokens_max) {}

  // `unauthenticated` when this (iss, jti) was seen; `busy` when the issuer is over its share.
  Result<> first_use(const Did& iss, std::string_view jti, Time exp, Time now);

  [[nodiscard]] std::size_t size() const { return seen_.size(); }

 private:
  using Key = std::array<std::uint64_t, 2>;  // of SHA-256
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept { return key[0]; }
  };
  using Share = std::pair<const std::string, std::size_t>;  // issuer, tokens remembered
  struct Expiry {
    std::int64_t at_ms;
    Key key;
    bool operator>(const Expiry& other) const { return at_ms > other.at_ms; }
  };

  void forget_expired(Time now);

  std::size_t tokens_max_;
  std::unordered_map<Key, Share*, KeyHash> seen_;
  std::unordered_map<std::string, std::size_t> shares_;
  std::vector<Expiry> expiries_;  // a heap, the earliest first
};

}  // namespace corridor::identity
