// SPDX-License-Identifier: Apache-2.0
//
// Rules of a Schematron file, compiled at the first use and kept (engine/compiled_cache.h) by the
// SHA-256 over the contents of all files that they are made of.
#pragma once

#include <string>

#include "documents/rules.h"

namespace corridor::cli {

// `path` names the .sch file; what it includes is read from its folder and the folders around it.
Result<documents::RulePack> load_rules(const std::string& path);

// As above, with the entries in `folder`; an empty folder keeps nothing.
Result<documents::RulePack> load_rules(const std::string& path, const std::string& folder);

}  // namespace corridor::cli
