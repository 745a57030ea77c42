// SPDX-License-Identifier: Apache-2.0
//
// One set of rules (`check_content`) for writing and reading, so that no invitation can be made
// that the other side then refuses.
#include "identity/invite.h"

#include "crypto/jose.h"

#include <algorithm>

namespace corridor::identity {

namespace {

constexpr std::size_t kFileBytesMax = 4 * limits::kDidDocumentBytesMax;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::size_t kKindsMax = 64;

std::unexpected<Error> bad_invite(std::string_view why) {
  return fail(Code::invalid, "the invitation " + std::string(why), "ask for a new invitation");
}

std::unexpected<Error> untrusted(std::string_view why) {
  return fail(Code::unauthenticated, "the invitation " + std::string(why),
              "do not use it; ask for a new one by a way you trust");
}

// Shown to a person: no control characters, and none of the invisible ones that reorder a line
// (U+202A-202E, U+2066-2069).
bool is_printable(std::string_view text) {
  if (!is_utf8(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0U;
    if (c == 0xc2 && next < 0xa0) return false;
    if (c == 0xe2 && next == 0x80 && third >= 0xaa && third <= 0xae) return false;
    if (c == 0xe2 && next == 0x81 && third >= 0xa6 && third <= 0xa9) return false;
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// https anywhere, http to this machine only; no user info, so that what a person reads first is the
// host.
bool is_node_url(std::string_view url) {
  if (url.size() > kUrlBytesMax || !is_printable(url) || !is_ascii(url)) return false;
  const bool plain = url.starts_with("http://");
  if (!plain && !url.starts_with("https://")) return false;
  const std::string_view rest = url.substr(plain ? 7 : 8);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.find_first_of("@\\ ") != std::string_view::npos) return false;
  if (!plain) return true;
  const std::size_t bracket = authority.find(']');
  return is_loopback_host(
      authority.substr(0, bracket == std::string_view::npos ? authority.find(':') : bracket + 1));
}

Result<> check_content(const Invite& invite) {
  if (invite.id.empty() || invite.id.size() > kNameBytesMax) return bad_invite("has no usable id");
  TRY(did_web_url(invite.inviter.id));
  if (!is_printable(invite.name) || invite.name.size() > kNameBytesMax)
    return bad_invite("has a name that is too long or not plain text");
  if (!is_node_url(invite.url)) return bad_invite("has an address that is not https");
  const Service* const node = invite.inviter.service(kCorridorNodeService);
  if (node == nullptr || node->endpoint != invite.url)
    return bad_invite("has an address that the DID document in it does not name");
  if (invite.kinds.size() > kKindsMax) return bad_invite("names too many kinds of documents");
  for (const auto& kind : invite.kinds)
    if (kind.empty() || kind.size() > kNameBytesMax || !is_printable(kind))
      return bad_invite("names a kind of document that is not plain text");
  const bool has_terms = invite.terms.kind() != json::Kind::null;
  if (has_terms && !invite.terms.is_object()) return bad_invite("has terms that are no policy");
  if (invite.secret.size() != kSecretBytes) return bad_invite("has a secret that is not 32 bytes");
  if (invite.pins.empty() || !pins_hold(invite.pins, invite.inviter))
    return untrusted("pins keys that are not in the DID document in it");
  const auto* const seal = invite.inviter.method(kSealFragment);
  const bool pinned = seal != nullptr && std::ranges::find(invite.pins, seal->id,
                                                           &KeyPin::key_id) != invite.pins.end();
  if (!pinned) return untrusted("does not pin the key that signs it");
  return {};
}

Result<std::vector<KeyPin>> read_pins(const json::Value& payload) {
  TRY_ASSIGN(const json::Value* source, json::require_object(payload, "keys"));
  std::vector<KeyPin> pins;
  for (const auto& [id, value] : source->members()) {
    if (!value.is_text()) return bad_invite("has a key pin that is no text");
    TRY_ASSIGN(const Bytes raw, from_base64url(value.text()));
    TRY_ASSIGN(const Digest digest, Digest::from(raw));
    pins.push_back({.key_id = id, .sha256 = digest});
  }
  return pins;
}

Result<std::vector<std::string>> read_kinds(const json::Value& payload) {
  TRY_ASSIGN(const json::Value* source, json::require_array(payload, "kinds"));
  std::vector<std::string> kinds;
  for (const auto& kind : source->items()) {
    if (!kind.is_text()) return bad_invite("names a kind of document that is no text");
    kinds.push_back(kind.text());
  }
  return kinds;
}

Result<Invite> read_payload(const json::Value& payload) {
  Invite invite;
  TRY_ASSIGN(invite.id, json::require_text(payload, "id"));
  TRY_ASSIGN(const std::string did, json::require_text(payload, "did"));
  TRY_ASSIGN(const json::Value* document, json::require_object(payload, "didDocument"));
  TRY_ASSIGN(invite.inviter, read_did_document(json::write(*document), Did(did)));
  TRY_ASSIGN(invite.name, json::require_text(payload, "name"));
  TRY_ASSIGN(invite.url, json::require_text(payload, "url"));
  TRY_ASSIGN(invite.pins, read_pins(payload));
  TRY_ASSIGN(invite.kinds, read_kinds(payload));
  if (const json::Value* terms = payload.find("terms")) invite.terms = *terms;
  TRY_ASSIGN(const std::int64_t exp_s, json::require_integer(payload, "exp"));
  constexpr std::int64_t kSecondsMax = 100'000'000'000;
  if (exp_s < 0 || exp_s > kSecondsMax) return bad_invite("has an impossible expiry");
  invite.exp = Time{exp_s * 1000};
  TRY_ASSIGN(const std::string secret, json::require_text(payload, "secret"));
  TRY_ASSIGN(invite.secret, from_base64url(secret));
  return invite;
}

Result<> check_signature(const crypto::UnverifiedJws& jws, const DidDocument& inviter) {
  const VerificationMethod* const seal = inviter.method(kSealFragment);
  if (seal == nullptr || jws.kid != seal->id)
    return untrusted("is not signed by the seal key of the DID document in it");
  const bool usable = seal->key && seal->key->suite == crypto::Suite::ed25519 &&
                      seal->is_for(Relation::assertion_method);
  if (!usable) return untrusted("is signed by a key that may not seal statements");
  if (!crypto::verify_jws(jws, *seal->key))
    return untrusted("has a signature that does not verify");
  return {};
}

View trimmed(View text) {
  constexpr View kWhite = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kWhite);
  if (first == View::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

}  // namespace

std::vector<KeyPin> pins_of(const DidDocument& document) {
  std::vector<KeyPin> pins;
  for (const auto& method : document.methods)
    if (method.key) pins.push_back({.key_id = method.id, .sha256 = key_thumbprint(*method.key)});
  return pins;
}

bool pins_hold(const std::vector<KeyPin>& pins, const DidDocument& document) {
  return std::ranges::all_of(pins, [&](const KeyPin& pin) {
    const VerificationMethod* const method = document.method(pin.key_id);
    return method != nullptr && method->key && key_thumbprint(*method->key) == pin.sha256;
  });
}

Result<std::string> invite_payload(const Invite& invite) {
  TRY(check_content(invite));
  auto keys = json::Value::object();
  for (const auto& pin : invite.pins) keys.set(pin.key_id, base64url(pin.sha256.view()));
  auto kinds = json::Value::array();
  for (const auto& kind : invite.kinds) kinds.push(kind);
  auto payload = json::Value::object({{"id", invite.id},
                                      {"did", invite.inviter.id.value},
                                      {"name", invite.name},
                                      {"url", invite.url},
                                      {"keys", std::move(keys)},
                                      {"kinds", std::move(kinds)},
                                      {"exp", invite.exp.ms / 1000},
                                      {"secret", base64url(invite.secret)}});
  if (invite.terms.kind() != json::Kind::null) payload.set("terms", invite.terms);
  payload.set("didDocument", to_json(invite.inviter));
  std::string text = json::write(payload);
  if (text.size() > kFileBytesMax / 2) return bad_invite("is too large");
  return text;
}

Result<Invite> read_invite(View text, Time now) {
  auto jws = crypto::read_jws(trimmed(text), kFileBytesMax);
  if (!jws) return bad_invite("cannot be read: " + jws.error().why);
  if (jws->header.text_or("typ") != kInviteType)
    return bad_invite("is a signed text of another type");
  TRY_ASSIGN(const json::Value payload,
             json::parse(jws->payload, {.bytes_max = kFileBytesMax, .depth_max = 48}));
  TRY_ASSIGN(Invite invite, read_payload(payload));
  TRY(check_signature(*jws, invite.inviter));
  TRY(check_content(invite));
  if (invite.exp <= now)
    return fail(Code::denied, "invite-expired: the invitation ended at " + iso8601(invite.exp),
                "ask for a new invitation");
  return invite;
}

std::string fingerprint(const crypto::PublicKey& key) {
  const std::string digits = hex(key_thumbprint(key).view().substr(0, 8));
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += 4)
    out.append(at == 0 ? "" : " ").append(digits, at, 4);
  return out;
}

}  // namespace corridor::identity
