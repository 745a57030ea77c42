// SPDX-License-Identifier: Apache-2.0
#include "engine/sending.h"

#include "crypto/crypto.h"

namespace corridor::engine {

void check_store_send(Engine& engine, Executor& workers, Bytes bytes, exchange::SendDocument command,
                      Done done) {
  exchange::StoredDocument& document = command.document;
  document.sha256 = crypto::sha256(bytes);
  document.bytes = bytes.size();
  documents::Examined examined = engine.examine(bytes, command.to.value);
  document.media_type = examined.recognised.media_type;
  document.report = std::move(examined.report);
  if (document.report.refused()) return engine.submit(std::move(command), std::move(done));
  struct Waiting {
    exchange::SendDocument command;
    Done done;
  };
  auto waiting = std::make_shared<Waiting>(std::move(command), std::move(done));
  engine.blobs().put(std::move(bytes), waiting->command.document.sha256,
                     [&engine, &workers, waiting](Result<store::Stored> stored) {
                       if (!stored) {
                         workers.post_always([waiting, error = stored.error()] {
                           waiting->done(std::unexpected(error));
                         });
                         return;
                       }
                       waiting->command.document.blob = stored->blob.value;
                       engine.submit(std::move(waiting->command), std::move(waiting->done));
                     });
}

}  // namespace corridor::engine
