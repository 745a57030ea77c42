// SPDX-License-Identifier: Apache-2.0
//
// API keys besides the data folder's own: by name, for a program or a person each. Only their hashes
// are stored; a key is shown once, to whoever made it.
#include "api/call.h"
#include "crypto/crypto.h"

namespace corridor::api {

void manage_keys(Call call) {
  list_table<engine::ApiKeyRecord>(std::move(call), Table::api_key,
                                   [](const engine::ApiKeyRecord& record) {
                                     return json::Value::object({{"name", record.name},
                                                                 {"role", record.role},
                                                                 {"since", iso8601(record.since)}});
                                   });
}

void manage_key_add(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  const std::string key = base64url(crypto::derive(call.env().seed(), "api key", 32));
  engine::PutApiKey command;
  command.key.name = body->text_or("name");
  command.key.role = body->text_or("role", "read");
  command.sha256 = crypto::sha256(key);
  engine::Engine& engine = call.engine();
  engine.manage(std::move(command),
                [call = std::move(call), key](Result<engine::Committed> done) mutable {
                  if (!done) return call.fail(done.error());
                  done->reply.body.set("key", key);
                  call.answer(std::move(done));
                });
}

void manage_key_remove(Call call) {
  engine::RemoveApiKey command{call.params["name"]};
  manage(std::move(call), std::move(command));
}

}  // namespace corridor::api
