// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

#include "crypto/crypto.h"

#include <algorithm>

namespace corridor::evidence {

namespace {

constexpr View kMagic = "CLF1";
constexpr View kCommitmentPrefix = "\x43";
constexpr std::uint64_t kTimeMsMax =
    253'402'300'799'999;  // the last one ISO 8601 writes in 24 chars

template <class Secret>
Result<Secret> secret_from(View raw, std::string_view what) {
  Secret secret;
  if (raw.size() != secret.bytes.size())
    return fail(Code::invalid, std::string(what) + " of the wrong length");
  std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(secret.bytes.data()));
  return secret;
}

template <class Secret>
Secret secret_of(const Seed& seed, View label) {
  Secret secret;
  const Bytes raw = crypto::derive(seed, label, secret.bytes.size());
  std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(secret.bytes.data()));
  return secret;
}

Digest digest_at(View bytes, std::size_t offset) {
  Digest digest;
  const View raw = bytes.substr(offset, digest.bytes.size());
  std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(digest.bytes.data()));
  return digest;
}

}  // namespace

Result<Salt> Salt::from(View raw) { return secret_from<Salt>(raw, "a salt"); }
Salt Salt::derive(const Seed& seed, View label) { return secret_of<Salt>(seed, label); }
Result<TagSecret> TagSecret::from(View raw) { return secret_from<TagSecret>(raw, "a tag secret"); }
TagSecret TagSecret::derive(const Seed& seed, View label) {
  return secret_of<TagSecret>(seed, label);
}

Bytes leaf_bytes(const Leaf& leaf) {
  CHECK(leaf.time.ms >= 0);
  Bytes out;
  out.reserve(kLeafBytes);
  out.append(kMagic);
  out.push_back(static_cast<char>(leaf.type));
  out.append(3, '\0');
  append_u64_be(out, static_cast<std::uint64_t>(leaf.time.ms));
  out.append(leaf.exchange_tag.view());
  out.append(leaf.prev_leaf.view());
  out.append(leaf.commitment.view());
  return out;
}

Result<Leaf> parse_leaf(View bytes) {
  if (bytes.size() != kLeafBytes) return fail(Code::invalid, "a leaf that is not 112 bytes long");
  if (!bytes.starts_with(kMagic)) return fail(Code::invalid, "a leaf of a layout unknown here");
  const auto type = static_cast<EventType>(bytes[4]);
  if (type < EventType::offer || type > EventType::join)
    return fail(Code::invalid, "a leaf of an event type unknown here");
  if (bytes.substr(5, 3) != View("\0\0\0", 3))
    return fail(Code::invalid, "a leaf with reserved bits set");
  const std::uint64_t time_ms = read_u64_be(bytes.substr(8, 8));
  if (time_ms > kTimeMsMax) return fail(Code::invalid, "a leaf with an impossible time");
  return Leaf{type, Time{static_cast<std::int64_t>(time_ms)}, digest_at(bytes, 16),
              digest_at(bytes, 48), digest_at(bytes, 80)};
}

Digest exchange_tag(const TagSecret& secret) { return crypto::hmac_sha256(secret.view(), "tag"); }

Digest commitment(const Salt& salt, const Digest& statement_sha256) {
  return crypto::sha256({kCommitmentPrefix, salt.view(), statement_sha256.view()});
}

}  // namespace corridor::evidence
