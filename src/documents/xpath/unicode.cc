// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/unicode.h"

#include <array>

#include "documents/xml/encoding.h"

namespace corridor::xpath {

namespace {

// Lower case runs from `first` to `last`; upper case is `offset` away. In an alternating block
// every second character is the lower case of the one before it.
struct Run {
  char32_t first;
  char32_t last;
  std::int32_t offset;
};
constexpr std::array kRuns{
    Run{'a', 'z', -32},     Run{0xe0, 0xf6, -32},       Run{0xf8, 0xfe, -32},
    Run{0xff, 0xff, 121},   Run{0x3ac, 0x3ac, -38},     Run{0x3ad, 0x3af, -37},
    Run{0x3b1, 0x3c1, -32}, Run{0x3c3, 0x3cb, -32},     Run{0x3cc, 0x3cc, -64},
    Run{0x3cd, 0x3ce, -63}, Run{0x430, 0x44f, -32},     Run{0x450, 0x45f, -80},
    Run{0x561, 0x586, -48}, Run{0x10428, 0x1044f, -40},
};
struct Block {
  char32_t first;  // an upper case letter
  char32_t last;   // the last lower case letter
};
constexpr std::array kAlternating{
    Block{0x100, 0x12f}, Block{0x132, 0x137}, Block{0x139, 0x148},   Block{0x14a, 0x177},
    Block{0x179, 0x17e}, Block{0x1cd, 0x1dc}, Block{0x1de, 0x1ef},   Block{0x1f8, 0x21f},
    Block{0x222, 0x233}, Block{0x3d8, 0x3ef}, Block{0x460, 0x481},   Block{0x48a, 0x4bf},
    Block{0x4c1, 0x4ce}, Block{0x4d0, 0x52f}, Block{0x1e00, 0x1e95}, Block{0x1ea0, 0x1eff},
};

}  // namespace

void append_upper(std::string& out, char32_t c) {
  if (c == 0xdf) {
    out += "SS";
    return;
  }
  if (c == 0xb5) c = 0x39c;
  if (c == 0x131) c = 'I';
  if (c == 0x17f) c = 'S';
  if (c == 0x3c2) c = 0x3a3;
  for (const Run& run : kRuns)
    if (c >= run.first && c <= run.last)
      return xml::append_utf8(out,
                              static_cast<char32_t>(static_cast<std::int32_t>(c) + run.offset));
  for (const Block& block : kAlternating)
    if (c >= block.first && c <= block.last && (c - block.first) % 2 == 1)
      return xml::append_utf8(out, c - 1);
  xml::append_utf8(out, c);
}

void append_lower(std::string& out, char32_t c) {
  for (const Run& run : kRuns) {
    const auto lower = static_cast<char32_t>(static_cast<std::int32_t>(c) - run.offset);
    if (lower >= run.first && lower <= run.last) return xml::append_utf8(out, lower);
  }
  for (const Block& block : kAlternating)
    if (c >= block.first && c <= block.last && (c - block.first) % 2 == 0)
      return xml::append_utf8(out, c + 1);
  xml::append_utf8(out, c);
}

}  // namespace corridor::xpath
