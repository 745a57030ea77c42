// SPDX-License-Identifier: Apache-2.0
#include "identity/identity.h"

#include <doctest/doctest.h>

namespace corridor::identity {

namespace {

const Did kDid("did:web:node.example.com");

crypto::SigningKey key_of(crypto::Suite suite, std::uint8_t number) {
  Seed seed;
  seed.bytes.fill(number);
  auto key = crypto::SigningKey::generate(suite, seed);
  REQUIRE(key.has_value());
  return std::move(*key);
}

// {"id":<did>, <members>}
std::string document_with(const std::string& members) {
  return R"({"id":"did:web:node.example.com")" + (members.empty() ? "" : "," + members) + "}";
}

std::string jwk_text(crypto::Suite suite, std::uint8_t number) {
  return json::write(crypto::to_jwk(key_of(suite, number).public_key()));
}

std::string method_text(const std::string& id, const std::string& jwk) {
  return R"({"id":")" + id +
         R"(","type":"JsonWebKey2020","controller":"did:web:node.example.com",)" +
         R"("publicKeyJwk":)" + jwk + "}";
}

DidDocument must_read(const std::string& text) {
  auto document = read_did_document(text, kDid);
  if (!document) FAIL(document.error().why);
  return std::move(*document);
}

Code refusal(const std::string& text) {
  const auto document = read_did_document(text, kDid);
  REQUIRE_FALSE(document.has_value());
  return document.error().code;
}

}  // namespace

TEST_CASE("the document of a node of ours reads back as it was written") {
  const NodeKeys keys{.token = key_of(crypto::Suite::es256, 1).public_key(),
                      .seal = key_of(crypto::Suite::ed25519, 2).public_key(),
                      .log = key_of(crypto::Suite::ed25519, 3).public_key()};
  const DidDocument document = node_document(
      kDid, keys,
      {{.id = key_id(kDid, "node"),
        .type = "CorridorNode",
        .endpoint = "https://node.example.com/"},
       {.id = key_id(kDid, "catalog"), .type = "CatalogService", .endpoint = "https://x/catalog"}});
  CHECK(must_read(json::write(to_json(document))) == document);

  const auto* const token = document.method("#token");
  REQUIRE(token != nullptr);
  CHECK(token->id == "did:web:node.example.com#token");
  CHECK(token->is_for(Relation::authentication));
  CHECK(token->is_for(Relation::capability_invocation));
  CHECK_FALSE(token->is_for(Relation::assertion_method));
  for (const std::string_view fragment : {"seal", "log"}) {
    const auto* const sealing = document.method(fragment);
    REQUIRE(sealing != nullptr);
    CHECK(sealing->is_for(Relation::assertion_method));
    CHECK_FALSE(sealing->is_for(Relation::authentication));
    CHECK_FALSE(sealing->is_for(Relation::capability_invocation));
  }
  REQUIRE(document.service("CorridorNode") != nullptr);
  CHECK(document.service("CorridorNode")->endpoint == "https://node.example.com/");
  CHECK(document.service("CredentialService") == nullptr);
}

TEST_CASE("method ids may be absolute, a fragment with or without its sign") {
  for (const std::string id : {"did:web:node.example.com#k", "#k", "k"}) {
    CAPTURE(id);
    const auto document = must_read(document_with(
        R"("verificationMethod":[)" + method_text(id, jwk_text(crypto::Suite::es256, 1)) +
        R"(],"capabilityInvocation":["did:web:node.example.com#k"],"authentication":"#k")"));
    for (const std::string_view name : {"did:web:node.example.com#k", "#k", "k"}) {
      const auto* const method = document.method(name);
      REQUIRE(method != nullptr);
      CHECK(method->id == "did:web:node.example.com#k");
      CHECK(method->key.has_value());
      CHECK(method->is_for(Relation::capability_invocation));
      CHECK(method->is_for(Relation::authentication));
    }
    CHECK(document.method("did:web:other.example.com#k") == nullptr);
    CHECK(document.method("") == nullptr);
  }
}

TEST_CASE("a method embedded in a relation serves that relation alone") {
  const auto document = must_read(document_with(
      R"("capabilityInvocation":[)" + method_text("#k", jwk_text(crypto::Suite::es256, 1)) + "]"));
  REQUIRE(document.method("#k") != nullptr);
  CHECK(document.method("#k")->is_for(Relation::capability_invocation));
  CHECK_FALSE(document.method("#k")->is_for(Relation::authentication));
}

TEST_CASE("an Ed25519 key may be spelled as multibase") {
  // The key of RFC 8032 §7.1, test 1, with the multicodec prefix in base58btc.
  const auto document = must_read(document_with(
      R"("verificationMethod":[{"id":"#m","type":"Multikey",)"
      R"("publicKeyMultibase":"z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"}])"));
  REQUIRE(document.method("m")->key.has_value());
  CHECK(document.method("m")->key->suite == crypto::Suite::ed25519);
  CHECK(hex(document.method("m")->key->bytes) ==
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

TEST_CASE("a key of an unsupported kind is kept without its key, and nothing else is lost") {
  const std::string jwk = jwk_text(crypto::Suite::es256, 1);
  const std::string with_private = jwk.substr(0, jwk.size() - 1) + R"(,"d":"AAAA"})";
  for (
      const std::string& material :
      {std::string(R"("publicKeyJwk":{"kty":"RSA","n":"AQAB","e":"AQAB"})"),
       std::string(R"("publicKeyJwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
       std::string(R"("publicKeyJwk":"text")"), "\"publicKeyJwk\":" + with_private,
       std::string(R"("publicKeyMultibase":"zDnaeeQ")"),
       std::string(R"("publicKeyMultibase":"z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMs0")"),
       std::string(R"("publicKeyMultibase":"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")"),
       std::string(R"("publicKeyMultibase":7)"), std::string(R"("publicKeyPem":"x")"),
       R"("publicKeyMultibase":"z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw","publicKeyJwk":)" +
           jwk}) {
    CAPTURE(material);
    const auto document = must_read(
        document_with(R"("verificationMethod":[{"id":"#old","type":"X",)" + material + "}," +
                      method_text("#k", jwk) + R"(],"authentication":["#old","#gone","#k"])"));
    REQUIRE(document.methods.size() == 2);
    CHECK_FALSE(document.methods[0].key.has_value());
    CHECK(document.methods[0].is_for(Relation::authentication));
    CHECK(document.methods[1].key.has_value());
    CHECK(must_read(json::write(to_json(document))).methods.size() == 1);
  }
}

TEST_CASE("a method under another DID never yields a key") {
  const auto document = must_read(document_with(
      R"("verificationMethod":[)" +
      method_text("did:web:other.example.com#k", jwk_text(crypto::Suite::es256, 1)) + "," +
      method_text("did:web:node.example.com.evil#k", jwk_text(crypto::Suite::es256, 2)) + "]"));
  for (const auto& method : document.methods) CHECK_FALSE(method.key.has_value());
}

TEST_CASE("a document of another name, or of no shape, is refused") {
  for (const std::string text :
       {"", "[]", "null", "{}", R"({"id":7})", R"({"id":"did:web:other.example.com"})",
        R"({"id":"did:web:node.example.com/"})", R"({"id":"did:web:node.example.com","id":"x"})",
        R"({"id":"did:web:node.example.com")"}) {
    CAPTURE(text);
    CHECK(refusal(text) == Code::invalid);
  }
  for (const std::string members :
       {R"("@context":7)", R"("verificationMethod":["x"])", R"("verificationMethod":[{}])",
        R"("verificationMethod":[{"id":""}])", R"("verificationMethod":7)",
        R"("authentication":[7])", R"("service":["x"])",
        R"("service":[{"type":7,"serviceEndpoint":"x"}])",
        R"("verificationMethod":[{"id":"#a"},{"id":"did:web:node.example.com#a"}])",
        R"("verificationMethod":[{"id":"a"}],"authentication":[{"id":"#a"}])"}) {
    CAPTURE(members);
    CHECK(refusal(document_with(members)) == Code::invalid);
  }
}

TEST_CASE("what DID Core allows and we do not need is passed over") {
  const auto document = must_read(document_with(
      R"("@context":["https://www.w3.org/ns/did/v1",{"x":"y"}],"alsoKnownAs":["x"],"controller":[],)"
      R"("service":[{"id":"#s","type":["A","B"],"serviceEndpoint":"https://x"},)"
      R"({"id":"#t","type":"C","serviceEndpoint":{"uri":"https://x"}},)"
      R"({"type":"D","serviceEndpoint":"https://y"}])"));
  CHECK(document.methods.empty());
  REQUIRE(document.services.size() == 3);
  CHECK(document.service("A")->id == "did:web:node.example.com#s");
  CHECK(document.service("B")->endpoint == "https://x");
  CHECK(document.service("C") == nullptr);
  CHECK(document.service("D")->id.empty());
  CHECK(must_read(document_with(R"("@context":"https://www.w3.org/ns/did/v1")")).id == kDid);
}

TEST_CASE("a document is bounded in size, depth and entries") {
  CHECK(refusal(document_with(R"("x":")" + std::string(limits::kDidDocumentBytesMax, 'x') +
                              "\"")) == Code::too_large);
  const auto deep = document_with(R"("x":)" + std::string(40, '[') + std::string(40, ']'));
  CHECK_FALSE(read_did_document(deep, kDid).has_value());
  CHECK(must_read(document_with(R"("x":[[[[[[[[]]]]]]]])")).methods.empty());
  std::string methods;
  std::string services;
  for (int i = 0; i < 65; ++i) {
    methods += (i == 0 ? "" : ",") + (R"({"id":"#k)" + std::to_string(i) + "\"}");
    services += (i == 0 ? "" : ",") + std::string(R"({"type":"T","serviceEndpoint":"x"})");
  }
  CHECK(refusal(document_with(R"("verificationMethod":[)" + methods + "]")) == Code::invalid);
  CHECK(refusal(document_with(R"("service":[)" + services + "]")) == Code::invalid);
}

TEST_CASE("the thumbprint is that of RFC 7638 and RFC 8037") {
  // RFC 8037 appendix A.3.
  const auto bytes = from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  REQUIRE(bytes.has_value());
  const crypto::PublicKey key{.suite = crypto::Suite::ed25519, .bytes = *bytes};
  CHECK(base64url(key_thumbprint(key).view()) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

}  // namespace corridor::identity
