// SPDX-License-Identifier: Apache-2.0
//
// Rules of a Schematron file, compiled at the first use and kept in a folder of the user's cache:
// $XDG_CACHE_HOME/corridor/rules, else ~/.cache/corridor/rules. An entry is named by the SHA-256
// over the contents of all files that the rules are made of, the phase, the version of the program
// and the program itself; one that is cut, altered or of another program is compiled anew. Where
// the folder cannot be written, rules are simply compiled every time.
#pragma once

#include <string>

#include "documents/rules.h"

namespace corridor::cli {

// `path` names the .sch file; what it includes is read from its folder and the folders around it.
Result<documents::RulePack> load_rules(const std::string& path);

// As above, with the entries in `folder`; an empty folder keeps nothing.
Result<documents::RulePack> load_rules(const std::string& path, const std::string& folder);

}  // namespace corridor::cli
