// SPDX-License-Identifier: Apache-2.0
//
// What accompanies a statement from node to node: the JWS, and what places its leaf
// (docs/protocol/node.md). {"statement","salt","tagSecret","leaf"}: hex, hex, base64.
#pragma once

#include "crypto/keys.h"
#include "engine/log_commands.h"
#include "engine/tables.h"
#include "evidence/receipt.h"
#include "identity/identity.h"

namespace corridor::engine {

inline constexpr std::string_view kStatementHeader = "Corridor-Statement";

// Of a statement of our own, the one that is meant; `not_found` when there is none.
Result<StatementRecord> find_statement(const Rows& rows, const StatementRef& ref);
Result<std::vector<StatementRecord>> statements_of(const Rows& rows, View subject);

// Signs: the same bytes every time.
json::Value make_proof(const StatementRecord& record, const crypto::SigningKey& seal, const Did& own);

// A counterparty's, verified: the signature with its seal key, the leaf against the statement.
struct CheckedProof {
  evidence::SignedStatement statement;
  json::Value content;  // the whole statement as JSON
  json::Value proof;    // as received
};
Result<CheckedProof> check_proof(const json::Value& proof, const identity::DidDocument& signer);

}  // namespace corridor::engine
