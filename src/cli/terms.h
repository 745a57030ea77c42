// SPDX-License-Identifier: Apache-2.0
//
// ODRL terms in words: one short line a rule, so that a person sees what an offer says and what a
// counter-offer changed. Words only; what a node decides about terms is rights/.
#pragma once

#include <string>
#include <vector>

#include "json/json.h"

namespace corridor::cli {

// "may use until 2027-01-01T00:00:00Z", "must not distribute"; one line saying so for what is no
// policy. Printable.
std::vector<std::string> terms_lines(const json::Value& terms);
// The same in one line, joined by "; ".
std::string terms_text(const json::Value& terms);
// One line a rule: "  " in both, "- " only before, "+ " only after; each indented.
std::string terms_changes(const json::Value& before, const json::Value& after,
                          std::string_view indent);
bool terms_differ(const json::Value& before, const json::Value& after);

}  // namespace corridor::cli
