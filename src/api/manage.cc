// SPDX-License-Identifier: Apache-2.0
//
// The node's own state.
#include "api/call.h"

namespace corridor::api {

void manage_status(Call call) {
  engine::Engine& engine = call.engine();
  const auto counters = engine.counters();
  auto asks = json::Value::object();
  for (const auto& [name, count] : counters.asks) asks.set(name, count);
  const auto head = engine.log().published();
  auto body = json::Value::object(
                       {{"did", engine.self().did.value},
                        {"name", engine.self().name},
                        {"version", CORRIDOR_VERSION},
                        {"root", call.options().root},
                        {"data", call.options().data_folder},
                        {"now", iso8601(call.env().now())},
                        {"asks", std::move(asks)},
                        {"commits", counters.batches},
                        {"outbox", engine.outbox().size()},
                        {"log", json::Value::object({{"origin", engine.log().origin()},
                                                     {"size", head.head.size},
                                                     {"root", base64(head.head.root.view())}})}});
  if (auto folders = engine.edge_standing(); folders.is_object()) body.set("folders", std::move(folders));
  call.answer(200, body);
}

}  // namespace corridor::api
