// SPDX-License-Identifier: Apache-2.0
//
// The data folder: what is in it before the store is opened. Private to this module.
#pragma once

#include "app/app.h"
#include "engine/outbox.h"

namespace corridor::app {

struct Folder {
  std::string path;
  NodeInfo info;
  bool is_new = false;
};

Result<> make_data_folder(const std::string& path);  // 0700
// Who lives here, or who will: node.json compared with what the configuration asks for.
Result<Folder> open_folder(const Config& config, Env& env);
// Writes node.json, api.key and the keys. The last to be written is node.json: a folder without it
// is as good as new.
Result<> make_folder(const Folder& folder, NodeInfo& info, Env& env);
Result<engine::NodeKeys> load_keys(const std::string& path);

}  // namespace corridor::app
