// SPDX-License-Identifier: Apache-2.0
//
// The order of the checks is the order of DCP 1.0.1 §4.3.3, the signature before the times, so that
// what a refusal says about times is about a token its issuer really made. The fence comes last:
// only a token that is good in every other way is worth asking for again.
#include "crypto/jose.h"
#include "identity/identity.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace corridor::identity {

namespace {

constexpr std::size_t kJtiBytesMax = 1024;
constexpr Duration kLifetimeMax{3 * limits::kTokenLifetime.ms};  // conformance kits live 10 minutes

// By TokenReason.
constexpr std::array<std::string_view, 14> kReasonNames{
    "token-malformed", "token-not-a-token", "token-issuer",          "token-audience",
    "token-document",  "token-unknown-key", "token-unsupported-key", "token-key-purpose",
    "token-signature", "token-not-yet",     "token-expired",         "token-lifetime",
    "token-no-jti",    "token-before-start"};

std::unexpected<Error> refuse(TokenReason reason, std::string_view why) {
  const bool again = reason == TokenReason::before_start;
  return fail(again ? Code::busy : Code::unauthenticated,
              std::string(token_reason_name(reason)) + ": " + std::string(why),
              again ? "send it again with a newly made token" : "");
}

struct Claims {
  crypto::UnverifiedJws jws;
  json::Value payload;

  [[nodiscard]] const json::Value* find(std::string_view name) const { return payload.find(name); }
  [[nodiscard]] std::string_view text(std::string_view name) const { return payload.text_or(name); }
};

Result<Claims> read_claims(View compact) {
  auto jws = crypto::read_jws(compact);
  if (!jws) return refuse(TokenReason::malformed, jws.error().why);
  auto payload = json::parse(jws->payload, {.bytes_max = limits::kTokenBytesMax, .depth_max = 8});
  if (!payload) return refuse(TokenReason::malformed, payload.error().why);
  if (!payload->is_object()) return refuse(TokenReason::malformed, "the payload is no JSON object");
  return Claims{.jws = std::move(*jws), .payload = std::move(*payload)};
}

bool is_type_jwt(const json::Value& header) {
  const json::Value* const typ = header.find("typ");
  if (typ == nullptr) return true;
  if (!typ->is_text()) return false;
  std::string_view name = typ->text();
  if (name.starts_with("application/")) name.remove_prefix(12);
  return name == "JWT" || name == "jwt";
}

// RFC 8725 §3.11: the token key signs presentations too, and those carry the same claims.
Result<> check_is_token(const Claims& claims) {
  if (!is_type_jwt(claims.jws.header))
    return refuse(TokenReason::not_a_token, "its typ is not JWT");
  if (claims.find("vp") != nullptr || claims.find("vc") != nullptr)
    return refuse(TokenReason::not_a_token, "it is a presentation or a credential");
  return {};
}

Result<> check_issuer(const Claims& claims) {
  const std::string_view issuer = claims.text("iss");
  if (!issuer.starts_with("did:")) return refuse(TokenReason::issuer, "iss is not a DID");
  if (claims.text("sub") != issuer) return refuse(TokenReason::issuer, "iss and sub differ");
  return {};
}

Result<> check_audience(const Claims& claims, const Did& own) {
  const json::Value* const audience = claims.find("aud");
  const auto is_own = [&](const json::Value& v) { return v.is_text() && v.text() == own.value; };
  if (audience != nullptr && (is_own(*audience) || std::ranges::any_of(audience->items(), is_own)))
    return {};
  return refuse(TokenReason::audience, "aud does not contain " + own.value);
}

Result<const VerificationMethod*> choose_method(const Claims& claims, const DidDocument& document) {
  const std::string& kid = claims.jws.kid;
  const VerificationMethod* method = nullptr;
  if (!kid.empty()) {
    method = document.method(kid);
  } else if (document.methods.size() == 1) {
    method = document.methods.data();
  }
  if (method == nullptr)
    return refuse(TokenReason::unknown_key,
                  kid.empty() ? "it has no kid and the DID document not exactly one method"
                              : "the DID document has no method " + kid.substr(0, 200));
  if (!method->key)
    return refuse(TokenReason::unsupported_key, method->id + " cannot be used here");
  if (!method->is_for(Relation::capability_invocation))
    return refuse(TokenReason::key_purpose,
                  method->id + " is not listed under capabilityInvocation");
  return method;
}

Result<> check_signature(const Claims& claims, const DidDocument& document) {
  if (document.id.value != claims.text("iss"))
    return refuse(TokenReason::document, "the DID document is that of " + document.id.value);
  TRY_ASSIGN(const VerificationMethod* method, choose_method(claims, document));
  if (auto verified = crypto::verify_jws(claims.jws, *method->key); !verified)
    return refuse(TokenReason::signature, verified.error().why);
  return {};
}

// A NumericDate (RFC 7519 §2): seconds, fractions allowed. Empty when absent.
Result<std::optional<Time>> read_date(const Claims& claims, std::string_view name) {
  constexpr double kSecondsMax = 1e11;  // far beyond any date, far below overflow
  const json::Value* const value = claims.find(name);
  if (value == nullptr) return std::optional<Time>{};
  const bool numeric = value->kind() == json::Kind::integer || value->kind() == json::Kind::number;
  if (!numeric || !(std::abs(value->number()) <= kSecondsMax))
    return refuse(TokenReason::malformed, std::string(name) + " is not a date in seconds");
  return std::optional(Time{static_cast<std::int64_t>(std::floor(value->number() * 1000))});
}

// Returns exp.
Result<Time> check_times(const Claims& claims, Time now, Time fence) {
  TRY_ASSIGN(const std::optional<Time> exp, read_date(claims, "exp"));
  TRY_ASSIGN(const std::optional<Time> iat, read_date(claims, "iat"));
  TRY_ASSIGN(const std::optional<Time> nbf, read_date(claims, "nbf"));
  if (!exp || !iat) return refuse(TokenReason::lifetime, "exp and iat are both required");
  const auto at = [&](std::string_view name, Time time) {
    return std::string(name) + " is " + iso8601(time) + ", now is " + iso8601(now);
  };
  if (nbf && *nbf > now + limits::kTokenLeeway)
    return refuse(TokenReason::not_yet, at("nbf", *nbf));
  if (*iat > now + limits::kTokenLeeway) return refuse(TokenReason::not_yet, at("iat", *iat));
  if (*exp + limits::kTokenLeeway <= now) return refuse(TokenReason::expired, at("exp", *exp));
  if (*exp - *iat > kLifetimeMax)
    return refuse(TokenReason::lifetime, "exp lies more than 15 minutes after iat");
  if (*iat < fence) return refuse(TokenReason::before_start, at("iat", *iat));
  return *exp;
}

}  // namespace

std::string_view token_reason_name(TokenReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

std::optional<TokenReason> token_reason(const Error& error) {
  const std::string_view word = std::string_view(error.why).substr(0, error.why.find(':'));
  const auto* const found = std::ranges::find(kReasonNames, word);
  if (found == kReasonNames.end()) return std::nullopt;
  return static_cast<TokenReason>(found - kReasonNames.begin());
}

std::string token_claims(const Did& own, const Did& audience, std::string_view jti, Time now,
                         std::string_view nested) {
  const std::int64_t now_s = now.ms / 1000;
  auto claims = json::Value::object({{"iss", own.value},
                                     {"sub", own.value},
                                     {"aud", audience.value},
                                     {"jti", jti},
                                     {"iat", now_s - 1},
                                     {"exp", now_s + limits::kTokenLifetime.ms / 1000}});
  if (!nested.empty()) claims.set("token", nested);
  return json::write(claims);
}

Result<Did> unverified_issuer(View compact) {
  TRY_ASSIGN(const Claims claims, read_claims(compact));
  TRY(check_issuer(claims));
  return Did(std::string(claims.text("iss")));
}

Result<VerifiedToken> verify_token(View compact, const Did& own, const DidDocument& issuer,
                                   Time now, Time fence) {
  TRY_ASSIGN(const Claims claims, read_claims(compact));
  TRY(check_is_token(claims));
  TRY(check_issuer(claims));
  TRY(check_audience(claims, own));
  TRY(check_signature(claims, issuer));
  TRY_ASSIGN(const Time exp, check_times(claims, now, fence));
  const std::string_view jti = claims.text("jti");
  if (jti.empty() || jti.size() > kJtiBytesMax)
    return refuse(TokenReason::no_jti, "jti is missing or too long");
  const json::Value* const nested = claims.find("token");
  if (nested != nullptr && !nested->is_text())
    return refuse(TokenReason::malformed, "the token claim is not text");
  return VerifiedToken{.did = issuer.id,
                       .jti = std::string(jti),
                       .exp = exp,
                       .presented = nested == nullptr ? "" : nested->text()};
}

}  // namespace corridor::identity
