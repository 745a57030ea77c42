// SPDX-License-Identifier: Apache-2.0
//
// Folders, for programs that know nothing but files: below one folder
//
//   outbox/<partner>/FILE       is sent as soon as it is moved in or closed after writing, and moves to
//   sent/<partner>/FILE         with FILE.receipt.json once the partner has signed for it, or to
//   refused/<partner>/FILE      with FILE.report.json and FILE.report.txt when it is not sent, or refused
//   inbox/<partner>/<id>-...    a document that arrived, with its .receipt.json and .report.json
//
// An edge of the node like its HTTP routes: it decides nothing. Files are sent by the same way as
// POST /send, once per folder, name and content; documents that arrived come from the one local
// subscription (engine/subscriptions.h), whose cursor is durable, and are shown once. Nothing polls:
// inotify tells of files, the engine of exchanges and partners. A folder that cannot be used is tried
// again with growing pauses and said by `edge().standing`; nothing is lost by it.
//
//   TRY_ASSIGN(auto folders, Folders::open({env, workers, engine, "/srv/corridor"}));
//   engine.attach(folders->edge());
//   TRY(engine.start());
//   folders->start();
//
// Threads: one of its own does all the disk work here, so that nothing else waits for a slow disk.
#pragma once

#include <memory>

#include "engine/engine.h"

namespace corridor::folders {

class Folders {
 public:
  struct Parts {
    Env& env;
    Executor& workers;
    engine::Engine& engine;
    std::string path;
  };
  // Makes the folder when only its last part is missing.
  static Result<std::unique_ptr<Folders>> open(Parts parts);
  virtual ~Folders() = default;  // stops

  virtual engine::Engine::Edge edge() = 0;
  virtual void start() = 0;
  virtual void stop() = 0;  // before the engine's executors
};

}  // namespace corridor::folders
