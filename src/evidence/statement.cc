// SPDX-License-Identifier: Apache-2.0
#include "evidence/statement.h"

#include "crypto/crypto.h"
#include "crypto/jose.h"
#include "json/json.h"

#include <algorithm>
#include <array>
#include <span>

namespace corridor::evidence {

namespace {

constexpr View kTyp = "corridor-statement+jws";
constexpr std::array<View, 4> kCommon{"type", "by", "exchange", "time"};

using Names = std::span<const View>;
constexpr std::array<View, 4> kAgreement{"agreement", "agreementSha256", "provider", "consumer"};
constexpr std::array<View, 1> kDecision{"outcome"};
constexpr std::array<View, 5> kSubmit{"to", "agreement", "agreementSha256", "payloadSha256",
                                      "kind"};
constexpr std::array<View, 5> kReceive{"from", "submitSha256", "payloadSha256", "agreement",
                                       "agreementSha256"};
constexpr std::array<View, 2> kReject{"from", "reason"};
constexpr std::array<View, 2> kRefusal{"submitSha256", "payloadSha256"};
constexpr std::array<View, 1> kAnswer{"receiveSha256"};

// The text members that a statement of this type must have.
Names required_texts(EventType type) {
  switch (type) {
    case EventType::agreement: return kAgreement;
    case EventType::verified:
    case EventType::finalized: return Names(kAgreement).first(2);
    case EventType::decision: return kDecision;
    case EventType::submit: return kSubmit;
    case EventType::receive: return kReceive;
    case EventType::reject: return kReject;
    case EventType::accept:
    case EventType::query:
    case EventType::handover: return kAnswer;
    default: return {};
  }
}

bool is_sha256_text(View text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == View::npos;
}

// What every JSON library writes alike in canonical form: names of letters and digits, and numbers
// that are integers a double holds. So nobody needs all of RFC 8785 to check a statement.
bool is_plain(const json::Value& value) {
  constexpr std::int64_t kSafe = (std::int64_t{1} << 53) - 1;
  constexpr View kNameLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  if (value.kind() == json::Kind::number) return false;
  if (value.kind() == json::Kind::integer)
    return value.integer() >= -kSafe && value.integer() <= kSafe;
  for (const auto& [name, member] : value.members())
    if (name.empty() || name.find_first_not_of(kNameLetters) != View::npos || !is_plain(member))
      return false;
  return std::ranges::all_of(value.items(), is_plain);
}

Result<> require_texts(const Statement& statement, Names names) {
  for (const View name : names)
    if (statement.more.text_or(name).empty())
      return fail(Code::invalid, "a " + std::string(event_name(statement.type)) +
                                     " statement without its \"" + std::string(name) + "\"");
  return {};
}

Result<> check_members(const Statement& statement) {
  if (!is_plain(statement.more))
    return fail(Code::invalid,
                "a statement with a fraction, a number beyond 2^53 or a member name "
                "of other than letters and digits");
  for (const auto& [name, value] : statement.more.members()) {
    if (std::ranges::find(kCommon, View(name)) != kCommon.end())
      return fail(Code::invalid, "a statement that says \"" + name + "\" twice");
    if (name.ends_with("Sha256") && !(value.is_text() && is_sha256_text(value.text())))
      return fail(Code::invalid, "\"" + name + "\" is not 64 lower-case hexadecimal digits");
  }
  TRY(require_texts(statement, required_texts(statement.type)));
  if (statement.type == EventType::reject && statement.more.find("receiveSha256") == nullptr)
    TRY(require_texts(statement, kRefusal));
  if (statement.type == EventType::submit && statement.more.integer_or("payloadBytes", -1) < 0)
    return fail(Code::invalid, "a SUBMIT statement without its \"payloadBytes\"");
  return {};
}

Result<> check_common(const Statement& statement) {
  if (!statement.by.value.starts_with("did:") || statement.by.value.contains('#'))
    return fail(Code::invalid, "a statement by somebody who is no DID");
  if (statement.exchange.empty()) return fail(Code::invalid, "a statement about no exchange");
  if (statement.time.ms < 0) return fail(Code::invalid, "a statement from before 1970");
  return {};
}

Result<WrittenStatement> written(Statement statement, Bytes bytes) {
  TRY(check_common(statement));
  TRY(check_members(statement));
  if (bytes.size() > kStatementBytesMax)
    return fail(Code::too_large, "a statement of more than 8 KiB");
  const Digest sha256 = crypto::sha256(bytes);
  return WrittenStatement{std::move(statement), std::move(bytes), sha256};
}

bool is_key_of(View kid, const Did& did) {
  return kid.size() > did.value.size() + 1 && kid.starts_with(did.value) &&
         kid[did.value.size()] == '#';
}

}  // namespace

Result<WrittenStatement> write_statement(Statement statement) {
  CHECK(statement.more.is_object());
  json::Value value = statement.more;
  value.set("type", event_name(statement.type));
  value.set("by", statement.by.value);
  value.set("exchange", statement.exchange.value);
  value.set("time", iso8601(statement.time));
  return written(std::move(statement), json::canonical(value));
}

Result<WrittenStatement> parse_statement(View bytes) {
  TRY_ASSIGN(auto value, json::parse(bytes, {.bytes_max = kStatementBytesMax, .depth_max = 8}));
  if (!value.is_object() || json::canonical(value) != bytes)
    return fail(Code::invalid, "a statement that is not written in canonical JSON (RFC 8785)");
  Statement statement;
  TRY_ASSIGN(const std::string type, json::require_text(value, "type"));
  const auto known = event_from_name(type);
  if (!known) return fail(Code::invalid, "a statement of the unknown type \"" + type + "\"");
  statement.type = *known;
  TRY_ASSIGN(statement.by.value, json::require_text(value, "by"));
  TRY_ASSIGN(statement.exchange.value, json::require_text(value, "exchange"));
  TRY_ASSIGN(const std::string time, json::require_text(value, "time"));
  TRY_ASSIGN(statement.time, parse_iso8601(time));
  if (iso8601(statement.time) != time)
    return fail(Code::invalid, "a statement whose time is not YYYY-MM-DDThh:mm:ss.sssZ");
  for (const View name : kCommon) value.remove(name);
  statement.more = std::move(value);
  return written(std::move(statement), Bytes(bytes));
}

Leaf make_leaf(const WrittenStatement& written, const Salt& salt, const TagSecret& tag_secret,
               const Digest& prev_leaf) {
  return {written.statement.type, written.statement.time, exchange_tag(tag_secret), prev_leaf,
          commitment(salt, written.sha256)};
}

std::string sign_statement(View statement_bytes, const crypto::SigningKey& seal_key, View kid) {
  CHECK(seal_key.public_key().suite == crypto::Suite::ed25519);
  return crypto::sign_jws(seal_key, kid, kTyp, statement_bytes);
}

Result<SignedStatement> read_statement(View jws) {
  TRY_ASSIGN(const auto parts, crypto::read_jws(jws));
  if (parts.header.text_or("typ") != kTyp || parts.header.text_or("alg") != "EdDSA" ||
      parts.header.members().size() != 3)
    return fail(Code::invalid, "the JWS is no statement: its header is not alg EdDSA, kid, typ " +
                                   std::string(kTyp));
  TRY_ASSIGN(auto written, parse_statement(parts.payload));
  if (!is_key_of(parts.kid, written.statement.by))
    return fail(Code::invalid, "the statement's kid is no key of the party that it is by");
  return SignedStatement{std::move(written), parts.kid, std::string(jws)};
}

Result<> verify_statement(const SignedStatement& read, const crypto::PublicKey& key) {
  if (key.suite != crypto::Suite::ed25519)
    return fail(Code::unauthenticated, "statements are signed with Ed25519 keys only");
  // `read` has been through read_statement: three parts, alg EdDSA.
  const View jws = read.jws;
  const std::size_t dot = std::min(jws.rfind('.'), jws.size() - 1);
  TRY_ASSIGN(const Bytes signature, from_base64url(jws.substr(dot + 1)));
  if (!crypto::verify(key, jws.substr(0, dot), signature))
    return fail(Code::unauthenticated, "the signature of the statement does not verify");
  return {};
}

Result<SignedStatement> verify_statement(View jws, const crypto::PublicKey& key) {
  TRY_ASSIGN(auto read, read_statement(jws));
  TRY(verify_statement(read, key));
  return read;
}

}  // namespace corridor::evidence
