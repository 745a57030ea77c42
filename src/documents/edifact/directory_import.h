// SPDX-License-Identifier: Apache-2.0
//
// What the files of a directory say, while they are read one after the other. For the import only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "documents/edifact/directory_text.h"

namespace corridor::edifact {

struct ReadUse {
  std::string tag;  // "3035", "C082"
  bool mandatory = false;
  std::uint32_t repeats = 1;
  std::uint32_t spread = 1;
};

struct ReadElement {
  std::string name;
  Format format;
  std::map<std::string, std::string> codes;
};

struct ReadRow {  // of a segment or a composite
  std::string name;
  std::vector<ReadUse> uses;
};

struct ReadSlot {
  std::string tag;  // empty: a group
  bool mandatory = false;
  std::uint32_t repeats = 0;
  std::uint32_t number = 0;
  std::uint32_t end = 0;
  std::uint32_t parent = kNoSlot;
};

struct ReadMessage {
  std::string name;
  std::string version;
  std::string release;
  std::vector<ReadSlot> slots;
};

struct ReadDirectory {
  std::map<std::string, ReadElement> elements;
  std::map<std::string, ReadRow> composites;
  std::map<std::string, ReadRow> segments;
  std::map<std::string, ReadMessage> messages;
};

Result<> read_elements(const DirectoryText& text, ReadDirectory& out);
Result<> read_codes(const DirectoryText& text, ReadDirectory& out);
Result<> read_composites(const DirectoryText& text, ReadDirectory& out);
Result<> read_segments(const DirectoryText& text, ReadDirectory& out);
// `out` keeps no message when it is an interactive one.
Result<> read_message(const DirectoryText& text, ReadDirectory& out);

// From names to indexes.
Result<Directory> make_directory(const ReadDirectory& in, std::string version, std::string release);

}  // namespace corridor::edifact
