// SPDX-License-Identifier: Apache-2.0
//
// Upper and lower case by simple mappings of the scripts that have case (Latin, Greek, Cyrillic,
// Armenian), and ß to SS. Written from the regularities of the blocks, not from a data file.
#pragma once

#include <string>

#include "base/bytes.h"

namespace corridor::xpath {

void append_upper(std::string& out, char32_t character);
void append_lower(std::string& out, char32_t character);

}  // namespace corridor::xpath
