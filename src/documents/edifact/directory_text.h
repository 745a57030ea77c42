// SPDX-License-Identifier: Apache-2.0
//
// The text files of a directory as lines with their numbers: line ends, form feeds, the drawing
// characters of DOS and its end-of-file mark are made plain. For the import only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "documents/edifact/directory.h"

namespace corridor::edifact {

struct Line {
  View text;  // without spaces at its end
  std::uint32_t number = 0;
};

class DirectoryText {
 public:
  static Result<DirectoryText> of(const DirectoryFile& file);

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  // Runs of lines between ruled lines, without empty lines around them.
  [[nodiscard]] std::vector<std::vector<Line>> blocks() const;
  [[nodiscard]] std::unexpected<Error> refuse(const Line& line, View why) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::vector<char> text_;  // the lines are views of it, which survive a move
  std::vector<Line> lines_;
};

// `C    1 an..35` at the end of a line of an element: status, occurrences, format.
struct Tail {
  View before;  // the name and what stands before it
  bool mandatory = false;
  std::uint32_t repeats = 1;
  std::optional<Format> format;  // none: a composite
};
std::optional<Tail> tail_of(View line);

std::optional<Format> format_of(View text);
std::optional<std::uint32_t> number_of(View digits);
View trimmed(View text);
std::size_t indent_of(View line);  // spaces and change indicators at its start
// As UTF-8, with single spaces.
std::string name_of(View text);

}  // namespace corridor::edifact
