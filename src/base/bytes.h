// SPDX-License-Identifier: Apache-2.0
//
// Bytes and their spellings. Bytes are `std::string`, borrowed bytes are `std::string_view`: most of
// what moves through a node is text on one side of its journey. All decoders are strict: one
// spelling per value, so that a hash taken over the text identifies the value (RFC 4648 §3.5).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/base.h"

namespace corridor {

using Bytes = std::string;
using View = std::string_view;

// A SHA-256 value; all zero where "no digest" is meant.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  [[nodiscard]] View view() const { return {reinterpret_cast<const char*>(bytes.data()), 32}; }
  static Result<Digest> from(View raw);  // exactly 32 bytes
  auto operator<=>(const Digest&) const = default;
};

std::string hex(View bytes);                   // lower case
Result<Bytes> from_hex(View text);             // either case, even length
std::string base64(View bytes);                // with padding
Result<Bytes> from_base64(View text);          // padding required, no spare bits, no white space
std::string base64url(View bytes);             // without padding
Result<Bytes> from_base64url(View text);       // no padding, no spare bits
std::string percent_encode(View text);         // RFC 3986 unreserved stay, all else %XX
Result<std::string> percent_decode(View text); // refuses a broken %XX

void append_u64_be(Bytes& out, std::uint64_t value);
std::uint64_t read_u64_be(View eight_bytes);

bool is_utf8(View text);

}  // namespace corridor
