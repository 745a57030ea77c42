// SPDX-License-Identifier: Apache-2.0
//
// The EVP_MD is fetched once and each thread keeps one EVP_MD_CTX: with a fetch and a context a
// hash, small inputs would cost three times as much. HMAC and HKDF are RFC 2104 and RFC 5869 over
// that hash, for the same reason.
#include "crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>

#include "crypto/suites/suites.h"

namespace corridor::crypto {

namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kExpandBytesMax = 255 * kDigestBytes;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

void start(EVP_MD_CTX* context) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr, "OpenSSL offers no SHA-256");
  CHECK(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
}

void add(EVP_MD_CTX* context, View bytes) {
  CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

Digest end(EVP_MD_CTX* context) {
  Digest digest;
  CHECK(EVP_DigestFinal_ex(context, digest.bytes.data(), nullptr) == 1);
  return digest;
}

EVP_MD_CTX* context_of_thread() {
  thread_local const Context context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  return context.get();
}

}  // namespace

Digest sha256(View bytes) {
  EVP_MD_CTX* const context = context_of_thread();
  start(context);
  add(context, bytes);
  return end(context);
}

Digest sha256(std::initializer_list<View> pieces) {
  EVP_MD_CTX* const context = context_of_thread();
  start(context);
  for (const View piece : pieces) add(context, piece);
  return end(context);
}

Digest hmac_sha256(View key, View message) {
  std::array<char, kBlockBytes> inner{};
  const Digest hashed = key.size() > kBlockBytes ? sha256(key) : Digest{};
  if (key.size() > kBlockBytes) key = hashed.view();
  std::copy(key.begin(), key.end(), inner.begin());
  std::array<char, kBlockBytes> outer = inner;
  for (char& c : inner) c ^= 0x36;
  for (char& c : outer) c ^= 0x5c;
  const Digest within = sha256({View(inner.data(), inner.size()), message});
  const Digest digest = sha256({View(outer.data(), outer.size()), within.view()});
  OPENSSL_cleanse(inner.data(), inner.size());
  OPENSSL_cleanse(outer.data(), outer.size());
  return digest;
}

void cleanse(Bytes& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

bool equal_in_constant_time(View a, View b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Sha256::State {
  Context context{EVP_MD_CTX_new()};
  bool finished = false;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  CHECK(state_->context != nullptr);
  start(state_->context.get());
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(View bytes) {
  CHECK(!state_->finished, "a hash that is finished takes no more bytes");
  add(state_->context.get(), bytes);
}

Digest Sha256::finish() {
  CHECK(!state_->finished, "a hash is finished once");
  state_->finished = true;
  return end(state_->context.get());
}

Bytes derive(const Seed& seed, View label, std::size_t bytes) {
  CHECK(bytes <= kExpandBytesMax, "RFC 5869 expands to at most 255 blocks");
  Bytes out;
  out.reserve(bytes);
  Bytes block;
  Bytes input;
  for (std::uint8_t counter = 1; out.size() < bytes; ++counter) {
    input.assign(block).append(label).push_back(static_cast<char>(counter));
    block = hmac_sha256(seed.view(), input).view();
    out.append(block, 0, bytes - out.size());
  }
  return out;
}

Seed derive_seed(const Seed& seed, View label) {
  const Bytes bytes = derive(seed, label, sizeof(Seed::bytes));
  Seed derived;
  std::memcpy(derived.bytes.data(), bytes.data(), derived.bytes.size());
  return derived;
}

std::string uuid_urn(const Seed& seed, View label) {
  Bytes bytes = derive(seed, label, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);  // RFC 9562 §5.4: version 4
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);  // and its variant
  std::string text = hex(bytes);
  for (const std::size_t at : {20UL, 16UL, 12UL, 8UL}) text.insert(at, 1, '-');
  return "urn:uuid:" + text;
}

}  // namespace corridor::crypto
