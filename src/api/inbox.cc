// SPDX-License-Identifier: Apache-2.0
//
// A document arrives: its bytes become durable while it is checked; then the engine decides.
#include "api/call.h"
#include "crypto/crypto.h"
#include "documents/documents.h"

namespace corridor::api {

namespace {

// RFC 9530: Repr-Digest: sha-256=:<base64>:, possibly among others.
Result<> check_digest(const net::Request& request, const Digest& sha256) {
  const std::string* const header = request.headers.find("Repr-Digest");
  if (header == nullptr)
    return fail(Code::invalid, "the document came without a Repr-Digest",
                "send Repr-Digest: sha-256=:...:");
  const std::string wanted = "sha-256=:" + base64(sha256.view()) + ":";
  if (header->find(wanted) == std::string::npos)
    return fail(Code::invalid, "the Repr-Digest is not that of the bytes that arrived",
                "send the document again");
  return {};
}

// Nothing of a stranger is stored or checked: the same look the step will take, on a snapshot.
Result<> check_party(const Call& call) {
  return call.engine().reading([&](const engine::Rows& rows) -> Result<> {
    const Error unknown{Code::not_found, "there is no such inbox", {}};
    TRY_ASSIGN(const auto row, rows.get(Table::transfer, call.params.find("pid")->second));
    if (!row) return std::unexpected(unknown);
    TRY_ASSIGN(const auto transfer, from_bytes<exchange::TransferRecord>(*row));
    const bool party = transfer.role == exchange::Role::consumer &&
                       transfer.peer == call.from.caller.did &&
                       crypto::equal_in_constant_time(transfer.token, call.from.caller.presented);
    if (!party) return std::unexpected(unknown);
    return {};
  });
}

Result<exchange::DocumentIn> read_request(const Call& call) {
  TRY(check_party(call));
  exchange::DocumentIn command;
  command.from = call.from;
  command.pid = call.params.find("pid")->second;
  const std::string* const key = call.request.headers.find("Idempotency-Key");
  if (key == nullptr) return fail(Code::invalid, "the document came without an Idempotency-Key");
  TRY(exchange::check_id(*key, "Idempotency-Key"));
  command.idempotency_key = *key;
  command.document.sha256 = crypto::sha256(call.request.body);
  command.document.bytes = call.request.body.size();
  TRY(check_digest(call.request, command.document.sha256));
  const std::string* const header = call.request.headers.find(engine::kStatementHeader);
  if (header == nullptr)
    return fail(Code::invalid, "the document came without the sender's statement");
  TRY_ASSIGN(const Bytes raw, from_base64url(*header));
  TRY_ASSIGN(const json::Value proof, json::parse(raw));
  TRY_ASSIGN(auto checked, engine::check_proof(proof, call.from_document.document));
  if (checked.statement.written.statement.type != EventType::submit)
    return fail(Code::invalid, "the sender's statement is not a SUBMIT");
  command.submit = std::move(checked.content);
  command.submit_sha256 = checked.statement.written.sha256;
  command.submit_proof = std::move(checked.proof);
  command.peer_did_document = call.from_document.fact.bytes;
  command.peer_did_document_sha256 = call.from_document.fact.digest;
  return command;
}

// Two things go on at once: the disk writes, this worker checks. The later one submits.
struct Arrival {
  Arrival(Call c, exchange::DocumentIn d) : call(std::move(c)), command(std::move(d)) {}
  Call call;
  exchange::DocumentIn command;
  Result<store::Stored> stored = corridor::fail(Code::internal, "not stored");
  std::atomic<int> left = 2;
};

void submit(const std::shared_ptr<Arrival>& arrival) {
  if (arrival->left.fetch_sub(1) != 1) return;
  if (!arrival->stored) return arrival->call.fail(arrival->stored.error());
  arrival->command.document.blob = arrival->stored->blob.value;
  engine::Engine& engine = arrival->call.engine();
  engine.submit(std::move(arrival->command), [arrival](Result<engine::Committed> committed) {
    arrival->call.workers().post_always(
        [arrival, committed = std::move(committed)]() mutable {
          arrival->call.answer(std::move(committed));
        });
  });
}

}  // namespace

void receive_document(Call call) {
  auto command = read_request(call);
  if (!command) return call.fail(command.error());
  auto arrival = std::make_shared<Arrival>(std::move(call), std::move(*command));
  Bytes copy = arrival->call.request.body;
  arrival->call.engine().blobs().put(std::move(copy), arrival->command.document.sha256,
                                     [arrival](Result<store::Stored> stored) {
                                       arrival->stored = std::move(stored);
                                       submit(arrival);
                                     });
  documents::Examined examined = 
      arrival->call.engine().examine(arrival->call.request.body, arrival->call.from.caller.did.value);
  arrival->command.document.media_type = examined.recognised.media_type;
  arrival->command.document.report = std::move(examined.report);
  submit(arrival);
}

}  // namespace corridor::api
