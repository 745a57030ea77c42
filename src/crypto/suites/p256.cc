// SPDX-License-Identifier: Apache-2.0
//
// To make an EVP_PKEY of 65 bytes, which checks that they are a point of the curve, costs a good
// part of a verification, and peers sign with few keys: those seen last are kept.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

#include "crypto/crypto.h"
#include "crypto/suites/suites.h"

namespace corridor::crypto {

namespace {

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kDerBytesMax = 72;
constexpr std::size_t kKeptKeysMax = 1024;

// n, the order of the group (SEC 2 §2.4.2), big endian.
constexpr std::array<std::uint8_t, kScalarBytes> kOrder{
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Point = std::unique_ptr<EC_POINT, Free<EC_POINT_free>>;
using Group = std::unique_ptr<EC_GROUP, Free<EC_GROUP_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using RawSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

const unsigned char* raw(View bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// In [1, n-1].
bool is_scalar(View bytes) {
  const auto byte = [](char c) { return static_cast<std::uint8_t>(c); };
  return bytes.size() == kScalarBytes &&
         std::ranges::any_of(bytes, [](char c) { return c != '\0'; }) &&
         std::ranges::lexicographical_compare(bytes, kOrder, {}, byte);
}

// `secret` is empty for a public key. nullptr when `point` is not on the curve.
Key make_key(View point, View secret) {
  const Builder builder(OSSL_PARAM_BLD_new());
  const Number scalar(secret.empty() ? nullptr : BN_bin2bn(raw(secret), kScalarBytes, nullptr));
  CHECK(builder != nullptr && (secret.empty() || scalar != nullptr));
  CHECK(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1",
                                        0) == 1);
  CHECK(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) == 1);
  CHECK(scalar == nullptr ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()) == 1);
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  CHECK(parameters != nullptr && context != nullptr);
  CHECK(EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) return nullptr;
  return Key(key);
}

Key make_public_key(View point) {
  if (point.size() != kPointBytes || point.front() != '\x04') return nullptr;
  return make_key(point, {});
}

// The least recently used make room.
class KeptKeys {
 public:
  Key get(View point) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = index_.find(point); found != index_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        return loan(*found->second);
      }
    }
    Key made = make_public_key(point);
    if (made == nullptr) return nullptr;
    const std::lock_guard lock(mutex_);
    if (index_.contains(point)) return made;
    entries_.push_front({Bytes(point), std::move(made)});
    index_.emplace(entries_.front().point, entries_.begin());
    Key key = loan(entries_.front());
    if (entries_.size() > kKeptKeysMax) {
      index_.erase(entries_.back().point);
      entries_.pop_back();
    }
    return key;
  }

 private:
  struct Entry {
    Bytes point;
    Key key;
  };
  static Key loan(const Entry& entry) {
    CHECK(EVP_PKEY_up_ref(entry.key.get()) == 1);
    return Key(entry.key.get());
  }

  std::mutex mutex_;
  std::list<Entry> entries_;
  std::unordered_map<View, std::list<Entry>::iterator> index_;
};

Bytes der_of(View signature) {
  const RawSignature pair(ECDSA_SIG_new());
  Number r(BN_bin2bn(raw(signature), kScalarBytes, nullptr));
  Number s(BN_bin2bn(raw(signature) + kScalarBytes, kScalarBytes, nullptr));
  CHECK(pair != nullptr && r != nullptr && s != nullptr);
  CHECK(ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1);
  Bytes der(kDerBytesMax, '\0');
  unsigned char* end = raw(der);
  const int bytes = i2d_ECDSA_SIG(pair.get(), &end);
  CHECK(bytes > 0);
  der.resize(static_cast<std::size_t>(bytes));
  return der;
}

Bytes raw_of(View der) {
  const unsigned char* at = raw(der);
  const RawSignature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  CHECK(pair != nullptr);
  Bytes signature(kSignatureBytes, '\0');
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw(signature), kScalarBytes) == kScalarBytes);
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw(signature) + kScalarBytes, kScalarBytes) ==
        kScalarBytes);
  return signature;
}

Bytes public_point(View secret) {
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Number scalar(BN_bin2bn(raw(secret), kScalarBytes, nullptr));
  CHECK(group != nullptr && scalar != nullptr);
  BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
  const Point point(EC_POINT_new(group.get()));
  CHECK(point != nullptr);
  CHECK(EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) == 1);
  Bytes bytes(kPointBytes, '\0');
  CHECK(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, raw(bytes),
                           bytes.size(), nullptr) == kPointBytes);
  return bytes;
}

class P256Signer final : public Signer {
 public:
  explicit P256Signer(View secret)
      : public_(public_point(secret)), key_(make_key(public_, secret)) {
    CHECK(key_ != nullptr);
  }
  [[nodiscard]] Bytes public_bytes() const override { return public_; }

  [[nodiscard]] Bytes sign(View message) const override {
    const Digest digest = sha256(message);
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    CHECK(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
    Bytes der(kDerBytesMax, '\0');
    std::size_t bytes = der.size();
    CHECK(EVP_PKEY_sign(context.get(), raw(der), &bytes, digest.bytes.data(),
                        digest.bytes.size()) == 1);
    return raw_of(View(der).substr(0, bytes));
  }

 private:
  Bytes public_;
  Key key_;
};

}  // namespace

std::unique_ptr<Signer> p256_signer(View secret) {
  if (!is_scalar(secret)) return nullptr;
  return std::make_unique<P256Signer>(secret);
}

bool p256_is_public_key(View bytes) { return make_public_key(bytes) != nullptr; }

bool p256_verify(View public_key, View message, View signature) {
  static KeptKeys kept;
  if (signature.size() != kSignatureBytes || !is_scalar(signature.substr(0, kScalarBytes)) ||
      !is_scalar(signature.substr(kScalarBytes)))
    return false;
  const Key key = kept.get(public_key);
  if (key == nullptr) return false;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  CHECK(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
  const Digest digest = sha256(message);
  const Bytes der = der_of(signature);
  return EVP_PKEY_verify(context.get(), raw(der), der.size(), digest.bytes.data(),
                         digest.bytes.size()) == 1;
}

}  // namespace corridor::crypto
