// SPDX-License-Identifier: Apache-2.0
#include "net/wire/grammar.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace corridor::net {

namespace {

constexpr std::uint8_t kToken = 1;
constexpr std::uint8_t kValue = 2;
constexpr std::uint8_t kTarget = 4;  // RFC 3986 pchar, "/", "?" and the "%" of an encoding
constexpr std::uint8_t kHex = 8;
constexpr std::uint8_t kLabel = 16;  // of a host name; "_" because containers are named with it

constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  const auto mark = [&](std::string_view characters, int bits) {
    for (const char c : characters)
      classes[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(bits);
  };
  mark("0123456789abcdefABCDEF", kHex);
  mark("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", kToken | kTarget | kLabel);
  mark("!#$%&'*+-.^_`|~", kToken);
  mark("-._~!$&'()*+,;=:@/?%", kTarget);
  mark("-_", kLabel);
  for (std::size_t c = 0x20; c < 256; ++c)
    if (c != 0x7f) classes[c] |= kValue;
  mark("\t", kValue);
  return classes;
}();

bool is(char c, std::uint8_t bits) { return (kClasses[static_cast<unsigned char>(c)] & bits) != 0; }

bool all(View text, std::uint8_t bits) {
  return std::ranges::all_of(text, [bits](char c) { return is(c, bits); });
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool is_digits(View text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_label(View label) {
  return !label.empty() && label.size() <= 63 && all(label, kLabel) && label.front() != '-' &&
         label.back() != '-';
}

// Whether a resolver could take a name that ends with this label for an IPv4 address.
bool is_numeric(View label) {
  if (is_digits(label)) return true;
  return label.size() >= 2 && label[0] == '0' && lower(label[1]) == 'x' &&
         all(label.substr(2), kHex);
}

template <std::size_t N>
bool is_address(int family, View host) {
  std::array<char, 64> text{};
  std::array<std::uint8_t, N> bytes{};
  if (host.size() >= text.size() || host.contains('\0')) return false;
  std::ranges::copy(host, text.begin());
  return ::inet_pton(family, text.data(), bytes.data()) == 1;
}

}  // namespace

bool is_token(View text) { return !text.empty() && all(text, kToken); }

bool is_field_value(View text) { return all(text, kValue); }

bool is_target(View text) {
  if (text.empty() || text.front() != '/' || !all(text, kTarget)) return false;
  for (auto at = text.find('%'); at != View::npos; at = text.find('%', at + 3))
    if (at + 2 >= text.size() || !all(text.substr(at + 1, 2), kHex)) return false;
  return true;
}

View trimmed(View text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equal_names(View a, View b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool list_has(View list, View token) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (equal_names(trimmed(list.substr(0, comma)), token)) return true;
    list = comma == View::npos ? View{} : list.substr(comma + 1);
  }
  return false;
}

std::optional<HostKind> host_kind(View host) {
  if (is_address<4>(AF_INET, host)) return HostKind::ipv4;
  if (host.contains(':'))
    return is_address<16>(AF_INET6, host) ? std::optional(HostKind::ipv6) : std::nullopt;
  if (host.empty() || host.size() > 253) return std::nullopt;
  View label;
  for (View rest = host;;) {
    const auto dot = rest.find('.');
    label = rest.substr(0, dot);
    if (!is_label(label)) return std::nullopt;
    if (dot == View::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return is_numeric(label) ? std::nullopt : std::optional(HostKind::name);
}

std::optional<Authority> parse_authority(View text) {
  Authority authority;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == View::npos) return std::nullopt;
    authority.host = text.substr(1, end - 1);
    if (host_kind(authority.host) != HostKind::ipv6) return std::nullopt;
    text.remove_prefix(end + 1);
  } else {
    authority.host = text.substr(0, text.find(':'));
    if (!host_kind(authority.host)) return std::nullopt;
    text.remove_prefix(authority.host.size());
  }
  if (text.empty()) return authority;
  text.remove_prefix(1);
  std::uint16_t port = 0;
  if (!is_digits(text) || text.front() == '0') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  authority.port = port;
  return authority;
}

}  // namespace corridor::net
