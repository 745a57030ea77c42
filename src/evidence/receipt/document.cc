// SPDX-License-Identifier: Apache-2.0
//
// The receipt as JSON. Reading compares what the file repeats for people (by, origin) with what is
// signed, because the struct does not keep it.
#include "evidence/receipt.h"

#include "evidence/receipt/arrange.h"
#include "json/json.h"

#include <algorithm>
#include <span>

namespace corridor::evidence {

namespace {

using json::Value;

constexpr View kVersion = "1";
constexpr View kKeyType = "JsonWebKey";
constexpr std::size_t kInclusionMax = 62;

// Exactly these members, in any order; no others.
Result<> require_members(const Value& value, std::string_view what,
                         std::initializer_list<View> names) {
  if (!value.is_object()) return fail(Code::invalid, std::string(what) + " is not an object");
  for (const View name : names)
    if (value.find(name) == nullptr)
      return fail(Code::invalid, std::string(what) + " has no \"" + std::string(name) + "\"");
  for (const auto& [name, member] : value.members())
    if (std::ranges::find(names, View(name)) == names.end())
      return fail(Code::invalid, std::string(what) + " has the unknown member \"" + name + "\"");
  return {};
}

Result<Digest> require_sha256(const Value& value, std::string_view key) {
  TRY_ASSIGN(const std::string text, json::require_text(value, key));
  TRY_ASSIGN(const Bytes raw, from_hex(text));
  TRY_ASSIGN(const Digest digest, Digest::from(raw));
  if (hex(raw) != text) return fail(Code::invalid, "a hash that is not in lower case");
  return digest;
}

Result<Bytes> require_base64(const Value& value, std::string_view key) {
  TRY_ASSIGN(const std::string text, json::require_text(value, key));
  return from_base64(text);
}

Result<std::uint64_t> require_count(const Value& value, std::string_view key) {
  TRY_ASSIGN(const std::int64_t number, json::require_integer(value, key));
  if (number < 0) return fail(Code::invalid, "\"" + std::string(key) + "\" is negative");
  return static_cast<std::uint64_t>(number);
}

// ---- omitted: the sides, of "sender" and "receiver", in this order

Value omitted_to_json(const Omitted& omitted) {
  auto sides = Value::array();
  if (omitted.sender) sides.push("sender");
  if (omitted.receiver) sides.push("receiver");
  return sides;
}

Result<Omitted> omitted_from_json(const Value& sides) {
  for (const Omitted omitted :
       {Omitted{false, false}, Omitted{true, false}, Omitted{false, true}, Omitted{true, true}})
    if (omitted_to_json(omitted) == sides) return omitted;
  return fail(Code::invalid, "\"omitted\" is not a list of \"sender\" and \"receiver\"");
}

// ---- didDocuments

Value key_to_json(const ReceiptKey& key) {
  return Value::object({{"id", key.kid},
                        {"type", kKeyType},
                        {"controller", key.did.value},
                        {"publicKeyJwk", crypto::to_jwk(key.key)}});
}

Value keys_to_json(const std::vector<ReceiptKey>& keys) {
  auto documents = Value::object();
  for (const ReceiptKey& key : keys) {
    if (documents.find(key.did.value) != nullptr) continue;
    auto methods = Value::array();
    auto ids = Value::array();
    for (const ReceiptKey& other : keys) {
      if (other.did != key.did) continue;
      methods.push(key_to_json(other));
      ids.push(other.kid);
    }
    documents.set(key.did.value, Value::object({{"id", key.did.value},
                                                {"verificationMethod", std::move(methods)},
                                                {"assertionMethod", std::move(ids)}}));
  }
  return documents;
}

Result<ReceiptKey> key_from_json(const Value& method, const Did& did) {
  TRY(require_members(method, "a verificationMethod",
                      {"id", "type", "controller", "publicKeyJwk"}));
  TRY_ASSIGN(const std::string kid, json::require_text(method, "id"));
  TRY_ASSIGN(const Value* jwk, json::require_object(method, "publicKeyJwk"));
  TRY(require_members(*jwk, "a publicKeyJwk", {"kty", "crv", "x"}));
  TRY_ASSIGN(auto key, crypto::public_key_from_jwk(*jwk));
  if (key.suite != crypto::Suite::ed25519)
    return fail(Code::invalid, "a key in a receipt that is not Ed25519");
  if (method.text_or("type") != kKeyType || method.text_or("controller") != did.value ||
      !kid.starts_with(did.value + "#"))
    return fail(Code::invalid, "a verificationMethod that is not one of its DID document's");
  return ReceiptKey{did, kid, std::move(key)};
}

Result<> keys_from_document(const Did& did, const Value& document, std::vector<ReceiptKey>& keys) {
  TRY(require_members(document, "a DID document", {"id", "verificationMethod", "assertionMethod"}));
  TRY_ASSIGN(const Value* methods, json::require_array(document, "verificationMethod"));
  TRY_ASSIGN(const Value* ids, json::require_array(document, "assertionMethod"));
  if (document.text_or("id") != did.value || methods->items().size() != ids->items().size() ||
      methods->items().empty())
    return fail(Code::invalid, "the DID document of " + did.value + " contradicts itself");
  for (std::size_t i = 0; i < methods->items().size(); ++i) {
    TRY_ASSIGN(auto key, key_from_json(methods->items()[i], did));
    if (ids->items()[i] != Value(key.kid))
      return fail(Code::invalid, "an assertionMethod that is not the verificationMethod beside it");
    for (const ReceiptKey& other : keys)
      if (other.kid == key.kid) return fail(Code::invalid, "the key " + key.kid + " stands twice");
    keys.push_back(std::move(key));
  }
  return {};
}

// ---- proofs

Result<Value> proof_to_json(const ReceiptProof& proof) {
  TRY_ASSIGN(const auto said, read_statement(proof.statement));
  auto out =
      Value::object({{"by", said.written.statement.by.value}, {"statement", proof.statement}});
  if (!proof.logged) return out;
  const LogProof& logged = *proof.logged;
  auto inclusion = Value::array();
  for (const Digest& hash : logged.inclusion) inclusion.push(base64(hash.view()));
  out.set("salt", base64(logged.salt.view()));
  out.set("tagSecret", base64(logged.tag_secret.view()));
  out.set("leaf", base64(logged.leaf));
  out.set("origin", logged.checkpoint.substr(0, logged.checkpoint.find('\n')));
  out.set("index", logged.index);
  out.set("checkpoint", logged.checkpoint);
  out.set("inclusion", std::move(inclusion));
  return out;
}

Result<LogProof> log_proof_from_json(const Value& value) {
  LogProof proof;
  TRY_ASSIGN(const Bytes salt, require_base64(value, "salt"));
  TRY_ASSIGN(proof.salt, Salt::from(salt));
  TRY_ASSIGN(const Bytes secret, require_base64(value, "tagSecret"));
  TRY_ASSIGN(proof.tag_secret, TagSecret::from(secret));
  TRY_ASSIGN(proof.leaf, require_base64(value, "leaf"));
  TRY_ASSIGN(proof.index, require_count(value, "index"));
  TRY_ASSIGN(const std::string origin, json::require_text(value, "origin"));
  TRY_ASSIGN(proof.checkpoint, json::require_text(value, "checkpoint"));
  if (!proof.checkpoint.starts_with(origin + "\n"))
    return fail(Code::invalid, "an origin that is not the one of its checkpoint");
  TRY_ASSIGN(const Value* inclusion, json::require_array(value, "inclusion"));
  if (inclusion->items().size() > kInclusionMax)
    return fail(Code::invalid, "an inclusion proof longer than any tree is high");
  for (const Value& item : inclusion->items()) {
    if (!item.is_text()) return fail(Code::invalid, "an inclusion hash that is not text");
    TRY_ASSIGN(const Bytes raw, from_base64(item.text()));
    TRY_ASSIGN(const Digest hash, Digest::from(raw));
    proof.inclusion.push_back(hash);
  }
  return proof;
}

Result<ReceiptProof> proof_from_json(const Value& value) {
  ReceiptProof proof;
  const bool logged = value.members().size() > 2;
  if (logged)
    TRY(require_members(value, "a proof",
                        {"by", "statement", "salt", "tagSecret", "leaf", "origin", "index",
                         "checkpoint", "inclusion"}));
  else
    TRY(require_members(value, "a proof", {"by", "statement"}));
  TRY_ASSIGN(proof.statement, json::require_text(value, "statement"));
  TRY_ASSIGN(const auto said, read_statement(proof.statement));
  if (value.text_or("by") != said.written.statement.by.value)
    return fail(Code::invalid, "a proof by another party than its statement");
  if (logged) {
    TRY_ASSIGN(proof.logged, log_proof_from_json(value));
  }
  return proof;
}

Result<Receipt> summary_from_json(const Value& value) {
  Receipt receipt;
  TRY_ASSIGN(receipt.exchange.value, json::require_text(value, "exchange"));
  TRY_ASSIGN(const std::string level, json::require_text(value, "level"));
  const auto known_level = level_from_name(level);
  TRY_ASSIGN(const std::string outcome, json::require_text(value, "outcome"));
  const auto known_outcome = event_from_name(outcome);
  if (!known_level || !known_outcome)
    return fail(Code::invalid, "a receipt of a level or an outcome that does not exist");
  receipt.level = *known_level;
  receipt.outcome = *known_outcome;
  TRY_ASSIGN(const Value* omitted, json::require_array(value, "omitted"));
  TRY_ASSIGN(receipt.omitted, omitted_from_json(*omitted));

  TRY_ASSIGN(const Value* document, json::require_object(value, "document"));
  TRY(require_members(*document, "the document", {"sha256", "bytes", "kind"}));
  TRY_ASSIGN(receipt.document_sha256, require_sha256(*document, "sha256"));
  TRY_ASSIGN(receipt.document_bytes, require_count(*document, "bytes"));
  TRY_ASSIGN(receipt.document_kind, json::require_text(*document, "kind"));

  TRY_ASSIGN(const Value* agreement, json::require_object(value, "agreement"));
  TRY(require_members(*agreement, "the agreement", {"id", "sha256", "text"}));
  TRY_ASSIGN(receipt.agreement.value, json::require_text(*agreement, "id"));
  TRY_ASSIGN(receipt.agreement_sha256, require_sha256(*agreement, "sha256"));
  TRY_ASSIGN(receipt.agreement_text, json::require_text(*agreement, "text"));
  return receipt;
}

Result<Receipt> receipt_from_json(const Value& value) {
  if (value.find("report") == nullptr)
    TRY(require_members(value, "the receipt",
                        {"corridorReceipt", "exchange", "level", "outcome", "omitted", "document",
                         "agreement", "didDocuments", "proofs"}));
  else
    TRY(require_members(value, "the receipt",
                        {"corridorReceipt", "exchange", "level", "outcome", "omitted", "document",
                         "agreement", "report", "didDocuments", "proofs"}));
  if (value.text_or("corridorReceipt") != kVersion)
    return fail(Code::invalid, "a receipt of a version that is not known here",
                "verify it with a newer corridor");
  TRY_ASSIGN(auto receipt, summary_from_json(value));
  if (value.find("report") != nullptr) {
    TRY_ASSIGN(receipt.report_text, json::require_text(value, "report"));
    if (receipt.report_text.empty()) return fail(Code::invalid, "a report that says nothing");
  }
  TRY_ASSIGN(const Value* documents, json::require_object(value, "didDocuments"));
  for (const auto& [did, document] : documents->members())
    TRY(keys_from_document(Did(did), document, receipt.keys));
  TRY_ASSIGN(const Value* proofs, json::require_array(value, "proofs"));
  if (proofs->items().size() > kReceiptProofsMax)
    return fail(Code::too_large, "a receipt of more statements than any exchange has");
  for (const Value& item : proofs->items()) {
    TRY_ASSIGN(auto proof, proof_from_json(item));
    receipt.proofs.push_back(std::move(proof));
  }
  TRY(arrange(receipt.proofs));
  return receipt;
}

}  // namespace

std::string write_receipt(const Receipt& receipt) {
  auto proofs = Value::array();
  for (const ReceiptProof& proof : receipt.proofs) {
    auto value = proof_to_json(proof);
    CHECK(value.has_value(), "a receipt holds statements that were read before");
    proofs.push(std::move(*value));
  }
  auto out = Value::object({{"corridorReceipt", kVersion},
                     {"exchange", receipt.exchange.value},
                     {"level", level_name(receipt.level)},
                     {"outcome", event_name(receipt.outcome)},
                     {"omitted", omitted_to_json(receipt.omitted)},
                     {"document", Value::object({{"sha256", hex(receipt.document_sha256.view())},
                                                 {"bytes", receipt.document_bytes},
                                                 {"kind", receipt.document_kind}})},
                     {"agreement", Value::object({{"id", receipt.agreement.value},
                                                  {"sha256", hex(receipt.agreement_sha256.view())},
                                                  {"text", receipt.agreement_text}})}});
  if (!receipt.report_text.empty()) out.set("report", receipt.report_text);
  out.set("didDocuments", keys_to_json(receipt.keys)).set("proofs", std::move(proofs));
  return json::write_pretty(out);
}

Result<Receipt> read_receipt(View text) {
  auto value = json::parse(text, {.bytes_max = kReceiptBytesMax, .depth_max = 8});
  if (!value) return in_context("the receipt", std::move(value).error());
  auto receipt = receipt_from_json(*value);
  if (!receipt) return in_context("the receipt", std::move(receipt).error());
  return receipt;
}

Result<std::vector<PinnedKey>> read_pins(View text) {
  TRY_ASSIGN(const Value value, json::parse(text));
  if (!value.is_object()) return fail(Code::invalid, "the pinned keys are not an object by DID");
  std::vector<PinnedKey> pins;
  for (const auto& [did, keys] : value.members()) {
    if (!did.starts_with("did:") || !keys.is_array())
      return fail(Code::invalid, "the pinned keys of \"" + did + "\" are not a list by DID");
    for (const Value& item : keys.items()) {
      if (!item.is_text()) return fail(Code::invalid, "a pinned key that is not text");
      const auto jwk = Value::object({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", item.text()}});
      TRY_ASSIGN(auto key, crypto::public_key_from_jwk(jwk));
      pins.push_back({Did(did), std::move(key)});
    }
  }
  return pins;
}

}  // namespace corridor::evidence
