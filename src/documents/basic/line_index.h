// SPDX-License-Identifier: Apache-2.0
//
// Offsets of a text as lines and columns, for many of them: the text is walked once, when the first
// is asked for, and each answer walks at most one block. Without this, a hundred findings in a
// document of one long line would cost a hundred walks over all of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace corridor::documents {

enum class Columns : std::uint8_t { bytes, characters };  // characters: of UTF-8

class LineIndex {
 public:
  struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
  };

  LineIndex(View text, Columns columns) : text_(text), columns_(columns) {}

  [[nodiscard]] Place place(std::size_t offset) {
    if (blocks_.empty()) walk_all();
    offset = std::min(offset, text_.size());
    const std::size_t block = offset / kBlockBytes;
    const std::size_t from = block * kBlockBytes;
    return after(blocks_[block], text_.substr(from, offset - from));
  }

 private:
  static constexpr std::size_t kBlockBytes = 16 * 1024;

  void walk_all() {
    blocks_.reserve(text_.size() / kBlockBytes + 2);
    blocks_.emplace_back();
    for (std::size_t at = 0; at < text_.size(); at += kBlockBytes)
      blocks_.push_back(after(blocks_.back(), text_.substr(at, kBlockBytes)));
  }

  [[nodiscard]] Place after(Place place, View text) const {
    for (const char c : text) {
      if (c == '\n') {
        ++place.line;
        place.column = 1;
      } else if (columns_ == Columns::bytes || (static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++place.column;
      }
    }
    return place;
  }

  View text_;
  Columns columns_;
  std::vector<Place> blocks_;  // where each begins
};

}  // namespace corridor::documents
