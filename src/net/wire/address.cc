// SPDX-License-Identifier: Apache-2.0
#include "net/wire/address.h"

#include "net/wire/grammar.h"

namespace corridor::net {

bool is_allowed(const asio::ip::address& address) {
  return address.is_v4() ? address.to_v4().is_loopback() : address.to_v6().is_loopback();
}

std::optional<asio::ip::address> literal_address(View host) {
  if (equal_names(host, "localhost")) return asio::ip::address_v4::loopback();
  const auto kind = host_kind(host);
  if (!kind || *kind == HostKind::name) return std::nullopt;
  ErrorCode error;
  const auto address = asio::ip::make_address(std::string(host), error);
  return error ? std::nullopt : std::optional(address);
}

}  // namespace corridor::net
