// SPDX-License-Identifier: Apache-2.0
#include "engine/authorization.h"

#include "crypto/crypto.h"
#include "crypto/jose.h"
#include "exchange/records.h"
#include "identity/identity.h"

namespace corridor::engine {

Result<std::string> authorization_for(const Rows& rows, Env& env, const NodeKeys& keys,
                                      const Did& own, const Did& peer, std::string_view presented) {
  TRY_ASSIGN(const auto row, rows.get(Table::peer, peer.value));
  if (row) {
    TRY_ASSIGN(const auto record, from_bytes<exchange::PeerRecord>(*row));
    if (!record.authorization.empty()) return record.authorization;
  }
  const std::string jti = crypto::uuid_urn(env.seed(), "jti");
  const std::string claims = identity::token_claims(own, peer, jti, env.now(), presented);
  return "Bearer " + crypto::sign_jws(keys.token, identity::key_id(own, identity::kTokenFragment),
                                      identity::kTokenType, claims);
}

}  // namespace corridor::engine
