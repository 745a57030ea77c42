// SPDX-License-Identifier: Apache-2.0
//
// The one multibase spelling that DID documents use for Ed25519 keys: z, then base58btc of the
// multicodec prefix 0xed 0x01 and the 32 bytes of the key (Multikey, Ed25519VerificationKey2020).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys.h"

namespace corridor::identity {

// Empty for any other base, codec or length.
std::optional<crypto::PublicKey> ed25519_from_multibase(std::string_view text);

}  // namespace corridor::identity
