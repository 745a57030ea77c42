// SPDX-License-Identifier: Apache-2.0
//
// Who we are to a peer, in one header value: a token of our own, fresh for every request, or the
// fixed value agreed with a peer of a closed network.
#pragma once

#include "crypto/keys.h"
#include "engine/tables.h"

namespace corridor::engine {

struct NodeKeys {
  crypto::SigningKey token;  // P-256: tokens
  crypto::SigningKey seal;   // Ed25519: statements, invitations
  crypto::SigningKey log;    // Ed25519: checkpoints
};

// `presented` goes into the token's nested `token` claim. A token seen twice is refused by every
// conforming peer, so this is asked for every attempt.
Result<std::string> authorization_for(const Rows& rows, Env& env, const NodeKeys& keys,
                                      const Did& own, const Did& peer, std::string_view presented = {});

}  // namespace corridor::engine
