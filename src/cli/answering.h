// SPDX-License-Identifier: Apache-2.0
//
// How business answers are shown: by lists, `inbox show`, `explain`.
#pragma once

#include <string>

#include "cli/terminal.h"

namespace corridor::cli {

// The newest answer to a document as one word or two for a list: "accepted", "reject: prices";
// "-" when there is none.
std::string answer_word(const json::Value& exchange);
// It has been accepted or rejected.
bool is_answered(const json::Value& exchange);
// One row an answer: what was said, when, and whether the partner has it.
void add_answers(Columns& columns, const json::Value& exchange);

}  // namespace corridor::cli
