// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt.h"

#include "json/json.h"

#include <algorithm>
#include <array>

namespace corridor::evidence {

namespace {

constexpr std::array<std::string_view, 3> kHolds{"no", "yes", "unknown"};

std::string_view holds_name(Holds holds) { return kHolds[static_cast<std::size_t>(holds)]; }

// Names and reasons in a sentence are a peer's words: they shall not command a terminal.
std::string printable(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(out[i]);
    const bool c1 = c >= 0x80 && c <= 0x9f && i > 0 && out[i - 1] == '\xc2';
    if (c < 0x20 || c == 0x7f || c1) out[i] = c1 ? '\xbf' : '?';  // U+00BF in place of U+0080...
  }
  return out;
}

void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  out.append(width > text.size() ? width - text.size() : 0, ' ');
}

}  // namespace

std::string render_text(const Verification& verification) {
  std::size_t width = 0;
  for (const Claim& claim : verification.claims) width = std::max(width, claim.name.size());
  std::string out = verification.verified ? "verified" : "REFUSED";
  out += ": exchange " + printable(verification.exchange.value) + ", level ";
  out += std::string(level_name(verification.level)) + "\n";
  for (const Claim& claim : verification.claims) {
    out += "  ";
    append_padded(out, holds_name(claim.holds), 9);
    append_padded(out, claim.name, width + 2);
    out += printable(claim.why) + "\n";
  }
  return out;
}

json::Value to_json(const Verification& verification) {
  auto claims = json::Value::array();
  for (const Claim& claim : verification.claims)
    claims.push(json::Value::object(
        {{"claim", claim.name}, {"holds", holds_name(claim.holds)}, {"why", claim.why}}));
  return json::Value::object({{"exchange", verification.exchange.value},
                              {"level", level_name(verification.level)},
                              {"verdict", verification.verified ? "verified" : "refused"},
                              {"claims", std::move(claims)}});
}

}  // namespace corridor::evidence
