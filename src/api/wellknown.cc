// SPDX-License-Identifier: Apache-2.0
//
// What anyone may ask a node: who it is, which protocol it speaks, whether it is alive.
#include "api/call.h"

namespace corridor::api {

void did_document(Call call) {
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", "application/did+json");
  response.body = call.engine().own_document();
  call.answer(std::move(response));
}

// DSP 2025-1 §4.3: unversioned, unauthenticated, plain JSON.
void dspace_version(Call call) {
  const auto version = json::Value::object({{"version", "2025-1"},
                                            {"path", "/0/dsp"},
                                            {"binding", "HTTPS"},
                                            {"identifierType", "did:web"},
                                            {"serviceId", call.engine().self().did.value + "#dsp"}});
  call.answer(200, json::Value::object({{"protocolVersions", json::Value::array({version})}}));
}

void ready(Call call) {
  const auto is_ready = call.engine().ready();
  if (!is_ready) return call.fail(is_ready.error());
  call.answer(200, json::Value::object({{"status", "ready"}}));
}

void health(Call call) { call.answer(200, json::Value::object({{"status", "ok"}})); }

}  // namespace corridor::api
