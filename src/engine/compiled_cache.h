// SPDX-License-Identifier: Apache-2.0
//
// What was compiled, kept between runs in a folder of the user's cache: $XDG_CACHE_HOME/corridor/rules,
// else ~/.cache/corridor/rules. An entry is named by a key, the version of the program and the program
// itself; what is read back need not be trusted and is examined by whoever restores it. Where the
// folder cannot be written, nothing is kept and nobody is told: compiling is what was asked for.
//
// Threads and processes: any number at once.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace corridor::engine {

class CompiledCache {
 public:
  static std::string users_folder();  // empty when there is none

  // An empty folder keeps nothing.
  explicit CompiledCache(std::string folder);

  [[nodiscard]] std::optional<Bytes> get(const Digest& key) const;
  void put(const Digest& key, View compiled) const;

 private:
  [[nodiscard]] std::string entry(const Digest& key) const;

  std::string folder_;
  std::string program_;
};

}  // namespace corridor::engine
