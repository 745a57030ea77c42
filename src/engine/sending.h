// SPDX-License-Identifier: Apache-2.0
//
// One way for a document to be sent, whoever asks for it: a request of the API, a file of a folder.
#pragma once

#include "engine/engine.h"

namespace corridor::engine {

// Judges, stores and sends one document; `done` gets the exchange as committed. One that is refused
// here is recorded with its report, its bytes stay with whoever sent them. Judges on the caller's
// thread, which is a worker's; calls back on a worker or the clerk's executor.
void check_store_send(Engine& engine, Executor& workers, Bytes bytes, exchange::SendDocument command,
                      Done done);

}  // namespace corridor::engine
