// SPDX-License-Identifier: Apache-2.0
//
// The small rules of HTTP that reader, writer and URLs share. All are questions about a piece of
// text; none allocates.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace corridor::net {

bool is_token(View text);        // RFC 9110 §5.6.2; at least one character
bool is_field_value(View text);  // RFC 9110 §5.5: no control character but the tab
bool is_target(View text);       // origin form (RFC 9112 §3.2.1), every %XX whole, no fragment
View trimmed(View text);         // without spaces and tabs around it
bool equal_names(View a, View b);
// Whether a comma-separated list (RFC 9110 §5.6.1) has the token, without regard to case.
bool list_has(View list, View token);

enum class HostKind : std::uint8_t { name, ipv4, ipv6 };
// What a host is, written without brackets. Nothing for what is none, and for every spelling of an
// IPv4 address that is not four decimals (hexadecimal, octal, fewer parts): resolvers disagree.
std::optional<HostKind> host_kind(View host);

// "host:port" without brackets or port when absent; nullopt when malformed or with user info.
struct Authority {
  View host;
  std::optional<std::uint16_t> port;
};
std::optional<Authority> parse_authority(View text);

}  // namespace corridor::net
