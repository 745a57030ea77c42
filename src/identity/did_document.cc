// SPDX-License-Identifier: Apache-2.0
//
// Tolerant where DID Core lets documents differ (relative ids, embedded methods, one or many of a
// thing, members we do not know), strict where a difference could change whose key it is.
#include "crypto/crypto.h"
#include "identity/identity.h"
#include "identity/multibase.h"

#include <algorithm>
#include <array>

namespace corridor::identity {

namespace {

constexpr std::size_t kEntriesMax = 64;  // methods, and services
constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kIdBytesMax = 2048;

// By Relation.
constexpr std::array<std::string_view, 5> kRelationNames{"authentication", "assertionMethod",
                                                         "keyAgreement", "capabilityInvocation",
                                                         "capabilityDelegation"};

std::unexpected<Error> bad_document(const Did& did, std::string_view why) {
  return fail(Code::invalid, "the DID document of " + did.value + " " + std::string(why),
              "have its owner correct the document");
}

// `#key`, `key` and `did:x#key` are one id (DID Core §5.2, and what nodes in the field write).
// The id of a method that lives under another DID stays what it is, so it matches nothing of ours.
std::string absolute_id(const Did& did, std::string_view id) {
  if (id.starts_with("#")) return did.value + std::string(id);
  if (id.starts_with("did:") || id.find('#') != std::string_view::npos) return std::string(id);
  return key_id(did, id);
}

bool is_below(const Did& did, std::string_view id) {
  return id.size() > did.value.size() + 1 && id.starts_with(did.value) &&
         id[did.value.size()] == '#';
}

// One or many: calls `use` on the value, or on each item of an array.
template <class Use>
Result<> each(const json::Value* value, Use use) {
  if (value == nullptr) return {};
  if (!value->is_array()) return use(*value);
  for (const auto& item : value->items()) TRY(use(item));
  return {};
}

// The key that the method's material spells, when it is one we support. A method with several
// materials, or with the private half in it, has none that could be relied on.
std::optional<crypto::PublicKey> key_of(const json::Value& method) {
  const json::Value* const jwk = method.find("publicKeyJwk");
  const json::Value* const multibase = method.find("publicKeyMultibase");
  if ((jwk != nullptr) == (multibase != nullptr)) return std::nullopt;
  if (multibase != nullptr)
    return multibase->is_text() ? ed25519_from_multibase(multibase->text()) : std::nullopt;
  if (jwk->find("d") != nullptr) return std::nullopt;
  auto key = crypto::public_key_from_jwk(*jwk);
  if (!key) return std::nullopt;
  return std::move(*key);
}

class DocumentReader {
 public:
  explicit DocumentReader(const Did& did) { document_.id = did; }

  Result<DidDocument> read(const json::Value& source) {
    TRY(check_head(source));
    TRY(each(source.find("verificationMethod"), [&](const auto& v) { return add_method(v, {}); }));
    for (std::size_t i = 0; i < kRelationNames.size(); ++i) {
      const auto relation = static_cast<Relation>(i);
      TRY(each(source.find(kRelationNames[i]),
               [&](const auto& v) { return add_relation(v, relation); }));
    }
    TRY(each(source.find("service"), [&](const auto& v) { return add_service(v); }));
    return std::move(document_);
  }

 private:
  Result<> check_head(const json::Value& source) {
    if (!source.is_object()) return bad_document(document_.id, "is not a JSON object");
    const json::Value* const id = source.find("id");
    if (id == nullptr || !id->is_text()) return bad_document(document_.id, "has no id");
    // The one check that ties keys to a name: DCP 1.0.1 §4.3.3.
    if (id->text() != document_.id.value)
      return bad_document(document_.id, "has another id: " + id->text().substr(0, 200));
    return each(source.find("@context"), [&](const json::Value& context) -> Result<> {
      if (context.is_text() || context.is_object()) return {};
      return bad_document(document_.id, "has an @context that is neither text nor object");
    });
  }

  Result<> add_method(const json::Value& source, std::optional<Relation> embedded_in) {
    if (!source.is_object()) return bad_document(document_.id, "has a method that is no object");
    const json::Value* const id = source.find("id");
    if (id == nullptr || !id->is_text() || id->text().empty() || id->text().size() > kIdBytesMax)
      return bad_document(document_.id, "has a verification method without a usable id");
    if (document_.methods.size() == kEntriesMax)
      return bad_document(document_.id, "has more than 64 verification methods");
    VerificationMethod method{.id = absolute_id(document_.id, id->text()), .key = {}};
    // Two keys under one id: which one counts would depend on who reads.
    if (document_.method(method.id) != nullptr)
      return bad_document(document_.id, "has two verification methods " + method.id);
    if (is_below(document_.id, method.id)) method.key = key_of(source);
    if (embedded_in) method.allow(*embedded_in);
    document_.methods.push_back(std::move(method));
    return {};
  }

  // A reference to a method above, or a method embedded for this relation alone (DID Core §5.3).
  Result<> add_relation(const json::Value& source, Relation relation) {
    if (source.is_object()) return add_method(source, relation);
    if (!source.is_text())
      return bad_document(document_.id, "has a relation that is neither a reference nor a method");
    const std::string id = absolute_id(document_.id, source.text());
    for (auto& method : document_.methods)
      if (method.id == id) method.allow(relation);
    return {};
  }

  Result<> add_service(const json::Value& source) {
    if (!source.is_object()) return bad_document(document_.id, "has a service that is no object");
    const std::string_view id = source.text_or("id");
    const json::Value* const endpoint = source.find("serviceEndpoint");
    // DID Core allows maps and sets here; nothing we call is published so.
    if (endpoint == nullptr || !endpoint->is_text() || id.size() > kIdBytesMax) return {};
    return each(source.find("type"), [&](const json::Value& type) -> Result<> {
      if (!type.is_text()) return bad_document(document_.id, "has a service type that is no text");
      if (document_.services.size() == kEntriesMax)
        return bad_document(document_.id, "has more than 64 services");
      document_.services.push_back({.id = id.empty() ? "" : absolute_id(document_.id, id),
                                    .type = type.text(),
                                    .endpoint = endpoint->text()});
      return {};
    });
  }

  DidDocument document_;
};

}  // namespace

bool VerificationMethod::is_for(Relation relation) const {
  return (relations & (1U << static_cast<unsigned>(relation))) != 0;
}

VerificationMethod& VerificationMethod::allow(Relation relation) {
  relations = static_cast<std::uint8_t>(relations | (1U << static_cast<unsigned>(relation)));
  return *this;
}

const VerificationMethod* DidDocument::method(std::string_view method_id) const {
  const std::string wanted = absolute_id(id, method_id);
  const auto found = std::ranges::find(methods, wanted, &VerificationMethod::id);
  return found == methods.end() ? nullptr : &*found;
}

const Service* DidDocument::service(std::string_view type) const {
  const auto found = std::ranges::find(services, type, &Service::type);
  return found == services.end() ? nullptr : &*found;
}

Result<DidDocument> read_did_document(View text, const Did& resolved) {
  auto source =
      json::parse(text, {.bytes_max = limits::kDidDocumentBytesMax, .depth_max = kDepthMax});
  if (!source)
    return in_context("the DID document of " + resolved.value, std::move(source).error());
  return DocumentReader(resolved).read(*source);
}

json::Value to_json(const DidDocument& document) {
  auto methods = json::Value::array();
  std::array<json::Value, kRelationNames.size()> relations;
  for (const auto& method : document.methods) {
    if (!method.key) continue;
    methods.push(json::Value::object({{"id", method.id},
                                      {"type", "JsonWebKey2020"},
                                      {"controller", document.id.value},
                                      {"publicKeyJwk", crypto::to_jwk(*method.key)}}));
    for (std::size_t i = 0; i < relations.size(); ++i)
      if (method.is_for(static_cast<Relation>(i))) relations[i].push(method.id);
  }
  auto out = json::Value::object(
      {{"@context", json::Value::array({"https://www.w3.org/ns/did/v1",
                                        "https://w3id.org/security/suites/jws-2020/v1"})},
       {"id", document.id.value},
       {"verificationMethod", std::move(methods)}});
  for (std::size_t i = 0; i < relations.size(); ++i)
    if (relations[i].is_array()) out.set(std::string(kRelationNames[i]), std::move(relations[i]));
  if (document.services.empty()) return out;
  auto services = json::Value::array();
  for (const auto& service : document.services) {
    auto entry =
        json::Value::object({{"type", service.type}, {"serviceEndpoint", service.endpoint}});
    if (!service.id.empty()) entry.set("id", service.id);
    services.push(std::move(entry));
  }
  out.set("service", std::move(services));
  return out;
}

std::string key_id(const Did& did, std::string_view fragment) {
  return did.value + "#" + std::string(fragment);
}

DidDocument node_document(const Did& own, const NodeKeys& keys, std::vector<Service> services) {
  const auto method = [&](std::string_view fragment, const crypto::PublicKey& key) {
    return VerificationMethod{.id = key_id(own, fragment), .key = key};
  };
  DidDocument document{.id = own, .methods = {}, .services = std::move(services)};
  document.methods.push_back(method(kTokenFragment, keys.token)
                                 .allow(Relation::authentication)
                                 .allow(Relation::capability_invocation));
  document.methods.push_back(method(kSealFragment, keys.seal).allow(Relation::assertion_method));
  document.methods.push_back(method(kLogFragment, keys.log).allow(Relation::assertion_method));
  return document;
}

Digest key_thumbprint(const crypto::PublicKey& key) {
  return crypto::sha256(json::canonical(crypto::to_jwk(key)));
}

}  // namespace corridor::identity
