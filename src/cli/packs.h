// SPDX-License-Identifier: Apache-2.0
//
// The packs of the data folder, for commands that need no node.
#pragma once

#include "cli/command.h"
#include "engine/packs.h"

namespace corridor::cli {

struct LocalPacks {
  std::string data;
  std::unique_ptr<SystemEnv> env;
  std::unique_ptr<engine::Packs> packs;
};
// Those of --data, else of the user's folder; a folder that is not there has the built-in pack.
Result<LocalPacks> open_packs(const Invocation& asked);

// Of --language, else of the user's environment, else English.
Result<std::string> language_of(const Invocation& asked);

// Imports, tells a running node, and says what became of each pack.
Result<int> import_files(Invocation& asked, std::vector<documents::OfferedFile> files);

}  // namespace corridor::cli
