// SPDX-License-Identifier: Apache-2.0
//
// What a person can set, and where it comes from: built-in defaults, then `corridor.toml` in the data
// folder when there is one, then the command line. Nothing needs to be set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/env.h"
#include "json/json.h"

namespace corridor::app {

inline constexpr std::uint16_t kDefaultPort = 7411;

struct Config {
  std::string data;                 // the data folder
  std::string host = "127.0.0.1";   // to listen on
  std::uint16_t port = kDefaultPort;  // 0: any free one, at the first start
  bool listen_given = false;        // else the address of the first start is kept
  std::string name;                 // of this participant, for people
  std::string public_url;
  std::string folders;              // for programs that know only files; empty: none
  Level log_level = Level::info;
};

// What the command line said; empty members were not given.
struct Overrides {
  std::string data;
  std::string listen;  // HOST:PORT
  std::string name;
  std::string public_url;
  std::string log_level;
  std::string folders;
};

// --data, else $CORRIDOR_DATA, else $XDG_DATA_HOME/corridor, else ~/.local/share/corridor.
Result<std::string> data_folder(const std::string& given);
Result<Config> load_config(const Overrides& overrides);
std::string config_toml(const Config& config);  // as `corridor config print` shows it


// Standing instructions from a file, as the array that the management API takes: TOML with
// [[instruction]] tables, or JSON (an array, {"items": [...]}, or one). `after` may be a number of
// milliseconds or a length of time ("2h"); `when` and `terms` may be JSON in a text. `invalid` names
// the instruction and what is wrong with it; a member that is not known is wrong.
Result<json::Value> read_instructions(View text);

}  // namespace corridor::app
