// SPDX-License-Identifier: Apache-2.0
//
// What things are called in the folders. Pure. Private to this module.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/model.h"

namespace corridor::folders {

inline constexpr std::size_t kNameBytesMax = 255;  // of one file system name

// A name as part of a path: letters, digits and . _ - of ASCII stay, all else becomes one '-'; at most
// 64 bytes, no dot or dash in front. Empty when nothing is left.
std::string plain_name(View name);

struct Partner {
  Did did;
  std::string name;
};
// The folder of each: its plain name where no other has the same, else its DID, percent-encoded. The
// node itself is `echo`, and nobody else is.
std::map<std::string, Did> partner_folders(const std::vector<Partner>& partners, const Did& self);

// Files that are not meant to be sent (yet): hidden ones, *.part, *.tmp, *~, and what this module writes
// beside documents.
bool is_left_alone(View name);

// The name of what is written beside a file; a long one is shortened, with a digest in it.
std::string beside(View name, View suffix);
inline constexpr View kReceiptSuffix = ".receipt.json";
inline constexpr View kReportSuffix = ".report.json";
inline constexpr View kReportTextSuffix = ".report.txt";

// How a document that arrived is called: <exchange>-<kind>.<what it is>. Nothing in it is a peer's.
std::string handed_name(View exchange, View kind, View media_type);

// A file's name as it may stand in a record, a log or a terminal: UTF-8 without control characters.
std::string shown_name(View name);
// Text in which documents quote others' words, without what steers a terminal.
std::string shown_text(View text);

}  // namespace corridor::folders
