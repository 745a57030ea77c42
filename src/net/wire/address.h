// SPDX-License-Identifier: Apache-2.0
//
// Who may be spoken with while there is no TLS: loopback, and nobody else. An IPv4 address inside
// an IPv6 one is refused too: what looks at the outer address would not see the inner.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "net/wire/asio.h"

namespace corridor::net {

bool is_allowed(const asio::ip::address& address);  // 127.0.0.0/8 and ::1
// The address that `host` is without asking anyone: a literal, or 127.0.0.1 for "localhost".
std::optional<asio::ip::address> literal_address(View host);

}  // namespace corridor::net
