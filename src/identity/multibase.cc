// SPDX-License-Identifier: Apache-2.0
#include "identity/multibase.h"

#include <array>

namespace corridor::identity {

namespace {

constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kMultikeyBytes = 34;  // 0xed 0x01 and the key

// The number that `text` spells, as exactly 34 bytes; empty when it needs more. Quadratic, on at
// most 48 characters.
std::optional<std::array<std::uint8_t, kMultikeyBytes>> base58_number(std::string_view text) {
  std::array<std::uint8_t, kMultikeyBytes> number{};
  for (const char c : text) {
    const std::size_t digit = kBase58.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    auto carry = static_cast<std::uint32_t>(digit);
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
      carry += std::uint32_t{*byte} * 58;
      *byte = static_cast<std::uint8_t>(carry & 0xff);
      carry >>= 8;
    }
    if (carry != 0) return std::nullopt;
  }
  return number;
}

}  // namespace

std::optional<crypto::PublicKey> ed25519_from_multibase(std::string_view text) {
  // 34 bytes that begin with 0xed are always 47 digits, none of them a leading 1.
  if (text.size() != 48 || text[0] != 'z' || text[1] == '1') return std::nullopt;
  const auto number = base58_number(text.substr(1));
  if (!number || (*number)[0] != 0xed || (*number)[1] != 0x01) return std::nullopt;
  crypto::PublicKey key{.suite = crypto::Suite::ed25519, .bytes = {}};
  key.bytes.assign(number->begin() + 2, number->end());
  // Through the JWK, so that the same checks of the point apply to both spellings.
  auto checked = crypto::public_key_from_jwk(crypto::to_jwk(key));
  if (!checked) return std::nullopt;
  return std::move(*checked);
}

}  // namespace corridor::identity
