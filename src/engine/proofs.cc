// SPDX-License-Identifier: Apache-2.0
#include "engine/proofs.h"

#include "evidence/statement.h"

namespace corridor::engine {

namespace {

template <class Value>
Result<Value> read_member(const json::Value& object, std::string_view key, Result<Bytes> (*decode)(View)) {
  TRY_ASSIGN(const std::string text, json::require_text(object, key));
  TRY_ASSIGN(const Bytes raw, decode(text));
  return Value::from(raw);
}

}  // namespace

Result<std::vector<StatementRecord>> statements_of(const Rows& rows, View subject) {
  TRY_ASSIGN(const auto found, rows.scan({Table::statement, key_of({subject, ""}), {},
                                          limits::kScanRowsMax}));
  std::vector<StatementRecord> records;
  for (const auto& row : found) {
    TRY_ASSIGN(auto record, from_bytes<StatementRecord>(row.value));
    records.push_back(std::move(record));
  }
  return records;
}

Result<StatementRecord> find_statement(const Rows& rows, const StatementRef& ref) {
  TRY_ASSIGN(auto records, statements_of(rows, ref.subject));
  std::erase_if(records, [&](const StatementRecord& record) { return record.type != ref.type; });
  if (!records.empty() && ref.nth <= records.size())
    return std::move(ref.nth == 0 ? records.back() : records[ref.nth - 1]);
  return fail(Code::not_found, "there is no " + std::string(event_name(ref.type)) + " statement of " +
                                   ref.subject);
}

json::Value make_proof(const StatementRecord& record, const crypto::SigningKey& seal, const Did& own) {
  const std::string kid = identity::key_id(own, identity::kSealFragment);
  return json::Value::object(
      {{"statement", evidence::sign_statement(record.statement, seal, kid)},
       {"salt", record.salt},
       {"tagSecret", record.tag_secret},
       {"leaf", record.leaf}});
}

Result<CheckedProof> check_proof(const json::Value& proof, const identity::DidDocument& signer) {
  TRY_ASSIGN(const std::string jws, json::require_text(proof, "statement"));
  TRY_ASSIGN(auto read, evidence::read_statement(jws));
  const auto* const method = signer.method(read.kid);
  if (method == nullptr || !method->key || !method->is_for(identity::Relation::assertion_method))
    return fail(Code::unauthenticated, "the statement is signed with a key that " + signer.id.value +
                                           " does not make statements with");
  TRY(evidence::verify_statement(read, *method->key));
  if (read.written.statement.by != signer.id)
    return fail(Code::unauthenticated, "the statement is by another party than the one that sent it");
  TRY_ASSIGN(const auto salt, read_member<evidence::Salt>(proof, "salt", from_hex));
  TRY_ASSIGN(const auto secret, read_member<evidence::TagSecret>(proof, "tagSecret", from_hex));
  TRY_ASSIGN(const std::string leaf_text, json::require_text(proof, "leaf"));
  TRY_ASSIGN(const Bytes raw_leaf, from_base64(leaf_text));
  TRY_ASSIGN(const auto leaf, evidence::parse_leaf(raw_leaf));
  const bool fits = leaf == evidence::make_leaf(read.written, salt, secret, leaf.prev_leaf);
  if (!fits) return fail(Code::unauthenticated, "the leaf does not commit to the statement");
  TRY_ASSIGN(auto content, json::parse(read.written.bytes));
  return CheckedProof{std::move(read), std::move(content), proof};
}

}  // namespace corridor::engine
