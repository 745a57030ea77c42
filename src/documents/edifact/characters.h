// SPDX-License-Identifier: Apache-2.0
//
// The character sets of ISO 9735: what a syntax identifier (UNOA, ...) permits, and bytes as UTF-8.
// UNOA to UNOC, and what is not known, are read as UTF-8 where they are UTF-8 (many senders do so),
// else as ISO 8859-1; UNOD to UNOL as the parts of ISO 8859 they name; UNOW and UNOY as UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace corridor::edifact {

enum class Level : std::uint8_t { any, a, b };  // of characters: all, those of UNOA, of UNOB

struct CharacterSet {
  View identifier;  // empty: not a known one
  View encoding;
  Level level = Level::any;
  std::u16string_view upper;  // the characters A0 to FF; empty: those of ISO 8859-1
};
const CharacterSet& character_set(View identifier);

bool within(Level level, View text);

class Decoder {
 public:
  Decoder(const CharacterSet& set, View bytes);

  [[nodiscard]] bool utf8() const { return utf8_; }
  [[nodiscard]] View encoding() const { return encoding_; }  // that is read
  [[nodiscard]] bool wrong() const { return wrong_; }        // it is UTF-8 by name only
  [[nodiscard]] std::size_t size(char c) const;              // of a byte, in UTF-8
  [[nodiscard]] std::string decode(View bytes) const;

 private:
  [[nodiscard]] char16_t character(unsigned char byte) const;

  std::u16string_view upper_;
  View encoding_;
  bool utf8_ = false;
  bool wrong_ = false;
};

}  // namespace corridor::edifact
