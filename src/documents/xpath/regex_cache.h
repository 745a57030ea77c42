// SPDX-License-Identifier: Apache-2.0
//
// The pattern functions once their pattern is compiled, for evaluators that hold a regex already.
#pragma once

#include <memory>
#include <span>

#include "documents/xpath/regex.h"
#include "documents/xpath/value.h"

namespace corridor::xpath {

// As the functions' own arguments: args[1] (the pattern) is not looked at.
Seq regex_matches(Runtime& runtime, std::span<const Seq> args, const Regex& regex);
Seq regex_replace(Runtime& runtime, std::span<const Seq> args, const Regex& regex);
Seq regex_tokenize(Runtime& runtime, std::span<const Seq> args, const Regex& regex);

// Compiled once a check for each pattern; null after raising.
std::shared_ptr<const Regex> cached_regex(Runtime& runtime, View pattern, View flags);
void raise_regex(Runtime& runtime, const Error& error);

// The value itself where there is nothing to normalise.
View normalize_space(Arena& arena, View value);

}  // namespace corridor::xpath
