// SPDX-License-Identifier: Apache-2.0
//
// Where bytes go in and out. A transfer's data address is here: read by whoever holds its token while
// it is STARTED (pull), or put there (push); asked again before every piece, so that suspension,
// completion and termination cut what flows. And the bytes of datasets and fetches for this node's
// own people.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

Error unknown() { return {Code::not_found, "there is no such transfer, or it does not flow now", {}}; }

// The token of the address, as it is or after "Bearer".
bool presents(const net::Request& request, const std::string& token) {
  const std::string* const header = request.headers.find("Authorization");
  if (header == nullptr || token.empty()) return false;
  View said = *header;
  constexpr View kBearer = "Bearer ";
  if (said.starts_with(kBearer) && !token.starts_with(kBearer)) said.remove_prefix(kBearer.size());
  return crypto::equal_in_constant_time(said, token);
}

// Our start may still wait for its answer: whoever has the token has had it.
bool flows(const exchange::TransferRecord& t) {
  return t.state == exchange::TransferState::started ||
         t.pending == exchange::TransferState::started;
}

Result<exchange::TransferRecord> flowing(const engine::Engine& engine, const std::string& pid,
                                         exchange::Role role, bool pull) {
  return engine.reading([&](const engine::Rows& rows) -> Result<exchange::TransferRecord> {
    TRY_ASSIGN(const auto row, rows.get(Table::transfer, pid));
    if (!row) return std::unexpected(unknown());
    TRY_ASSIGN(auto t, from_bytes<exchange::TransferRecord>(*row));
    if (t.role != role || t.pull() != pull || !flows(t)) return std::unexpected(unknown());
    return t;
  });
}

dataplane::Gate gate_of(const engine::Engine& engine, const std::string& pid, exchange::Role role,
                        bool pull, const std::string& token) {
  return [&engine, pid, role, pull, token]() -> Result<> {
    TRY_ASSIGN(const auto t, flowing(engine, pid, role, pull));
    if (t.token != token) return std::unexpected(unknown());
    return {};
  };
}

json::Value stored_json(const dataplane::Received& received) {
  return json::Value::object({{"bytes", received.stored.bytes},
                              {"sha256", hex(received.stored.sha256.view())},
                              {"verified", received.verified}});
}

// Takes the body of the call into a blob, then goes on with it on a worker.
template <class Then>
void take_body(Call call, dataplane::Receive how, Then then) {
  dataplane::DataPlane& plane = call.engine().plane();
  auto shared = std::make_shared<Call>(std::move(call));
  plane.receive(shared->request, std::move(how),
                [shared, then = std::move(then)](Result<dataplane::Received> received) mutable {
                  if (!received) return shared->fail(received.error());
                  then(std::move(*shared), std::move(*received));
                });
}

}  // namespace

void data_read(Call call) {
  const std::string pid = call.params["pid"];
  const auto t = flowing(call.engine(), pid, exchange::Role::provider, true);
  if (!t) return call.fail(t.error());
  if (!presents(call.request, t->token))
    return call.fail({Code::unauthenticated, "the token of the data address is missing or wrong", {}});
  const auto dataset = find_record<exchange::DatasetRecord>(call, Table::dataset, t->dataset.value,
                                                            "such dataset");
  if (!dataset) return call.fail(dataset.error());
  dataplane::Serve what;
  what.blob = store::BlobId(dataset->blob);
  if (!dataset->media_type.empty()) what.media_type = dataset->media_type;
  what.gate = gate_of(call.engine(), pid, exchange::Role::provider, true, t->token);
  auto response = call.engine().plane().serve(what, call.request);
  call.answer(std::move(response));
}

void data_put(Call call) {
  const std::string pid = call.params["pid"];
  const auto t = flowing(call.engine(), pid, exchange::Role::consumer, false);
  if (!t) return call.fail(t.error());
  if (!presents(call.request, t->token))
    return call.fail({Code::unauthenticated, "the token of the data address is missing or wrong", {}});
  dataplane::Receive how;
  how.digest_required = false;  // not every connector knows its digest
  how.gate = gate_of(call.engine(), pid, exchange::Role::consumer, false, t->token);
  take_body(std::move(call), std::move(how), [pid](Call asked, dataplane::Received received) {
    exchange::FlowEnded ended{.transfer = pid,
                              .blob = received.stored.blob.value,
                              .sha256 = received.stored.sha256,
                              .bytes = received.stored.bytes,
                              .media_type = received.media_type};
    engine::Engine& engine = asked.engine();
    engine.submit(std::move(ended),
                  [asked = std::move(asked), received](Result<engine::Committed> done) mutable {
                    if (!done) return asked.fail(done.error());
                    asked.answer(200, stored_json(received));
                  });
  });
}

// PUT /datasets/:id/data: the bytes behind an offer, of any size.
void manage_dataset_data(Call call) {
  const DatasetId id(call.params["id"]);
  const auto dataset = find_record<exchange::DatasetRecord>(call, Table::dataset, id.value,
                                                            "dataset " + id.value);
  if (!dataset) return call.fail(dataset.error());
  dataplane::Receive how;
  how.digest_required = false;
  take_body(std::move(call), std::move(how), [id](Call asked, dataplane::Received received) {
    exchange::AttachData command{id, received.stored.blob.value, received.stored.sha256,
                                 received.stored.bytes, received.media_type};
    submit(std::move(asked), std::move(command));
  });
}

void manage_fetch_data(Call call) {
  const auto fetch = find_record<exchange::FetchRecord>(call, Table::fetch, call.params["id"],
                                                        "fetch " + call.params["id"]);
  if (!fetch) return call.fail(fetch.error());
  if (fetch->state != exchange::FetchState::done)
    return call.fail({Code::conflict, "the bytes are not here: it is " + std::string(state_name(fetch->state)),
                      fetch->reason});
  dataplane::Serve what;
  what.blob = store::BlobId(fetch->blob);
  if (!fetch->media_type.empty()) what.media_type = fetch->media_type;
  auto response = call.engine().plane().serve(what, call.request);
  call.answer(std::move(response));
}

}  // namespace corridor::api
