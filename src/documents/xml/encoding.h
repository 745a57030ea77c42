// SPDX-License-Identifier: Apache-2.0
//
// From the bytes of an XML document to UTF-8 text, and which characters XML allows where
// (XML 1.0 fifth edition, §2.2, §2.3, §4.3.3 and appendix F). UTF-8, US-ASCII, UTF-16 with a byte
// order mark and declared ISO-8859-1 are read; any other encoding is refused by its name.
#pragma once

#include <cstdint>
#include <string>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::xml {

// The whole document as UTF-8 without byte order mark; every character is one that XML allows.
Result<std::string> to_utf8(View bytes);

// Reads one character of valid UTF-8 at `at` and moves past it.
char32_t next_character(View text, std::size_t& at);
void append_utf8(std::string& out, char32_t character);

bool is_character(char32_t c);       // production [2]
bool is_name_start(char32_t c);      // production [4] without the colon
bool is_name_character(char32_t c);  // production [4a] without the colon
bool is_ncname(View text);

// "… at line 3 column 14" of a position in `text`.
std::string at_position(View text, std::size_t at);

}  // namespace corridor::xml
