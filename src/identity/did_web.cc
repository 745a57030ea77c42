// SPDX-License-Identifier: Apache-2.0
//
// One spelling a name: what a resolver or a URL library would quietly normalise (upper case, a
// trailing dot, octal addresses, encoded slashes) is refused here, so that the host that is shown,
// compared, pinned and connected to is the same string.
#include "identity/identity.h"

#include <algorithm>
#include <charconv>

namespace corridor::identity {

namespace {

constexpr std::string_view kPrefix = "did:web:";
constexpr std::string_view kEncodedLoopback6 = "%5B%3A%3A1%5D";
constexpr std::size_t kDidBytesMax = 1024;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 §2.3.4
constexpr std::size_t kLabelBytesMax = 63;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> bad_did(std::string_view did, std::string_view why) {
  return fail(
      Code::invalid,
      "\"" + std::string(did.substr(0, 120)) + "\" is not a did:web name: " + std::string(why),
      "a did:web name looks like did:web:node.example.com or did:web:localhost%3A8080");
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t next = text.find(separator, at);
    parts.push_back(text.substr(at, next - at));
    if (next == std::string_view::npos) return parts;
    at = next + 1;
  }
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelBytesMax) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_octet(std::string_view text) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return false;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value <= 255;
}

bool is_loopback4(std::string_view host) {
  const auto parts = split(host, '.');
  return parts.size() == 4 && parts[0] == "127" && std::ranges::all_of(parts, is_octet);
}

// Whatever a socket library would read as an IPv4 address: the last label is a number, in decimal,
// octal or hexadecimal (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view last_label) {
  const bool hexadecimal = last_label.starts_with("0x");
  return hexadecimal || std::ranges::all_of(last_label, is_digit);
}

// Empty when the host may be named in a DID; else why not.
std::string_view host_fault(std::string_view host) {
  if (is_loopback4(host)) return {};
  if (host.empty() || host.size() > kHostBytesMax) return "the host is empty or too long";
  const auto labels = split(host, '.');
  if (!std::ranges::all_of(labels, is_label))
    return "a host has only lower-case ASCII letters, digits, hyphens and single dots";
  if (ends_in_number(labels.back())) return "it names an address instead of a host";
  return {};
}

// 1-65535 in one spelling; 0 when it is none.
std::uint16_t read_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text[0] == '0' || !std::ranges::all_of(text, is_digit))
    return 0;
  std::uint32_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port <= 65'535 ? static_cast<std::uint16_t>(port) : 0;
}

bool is_segment(std::string_view segment) {
  if (segment.find_first_not_of('.') == std::string_view::npos) return false;
  return std::ranges::all_of(segment, [](char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
  });
}

struct Authority {
  std::string host;  // as it stands in a URL
  std::string port;  // empty when absent
  bool loopback = false;
};

Result<Authority> read_authority(std::string_view did, std::string_view text) {
  Authority out;
  if (text.starts_with(kEncodedLoopback6)) {
    out.host = "[::1]";
    text.remove_prefix(kEncodedLoopback6.size());
  } else {
    out.host = text.substr(0, text.find('%'));
    text.remove_prefix(out.host.size());
    if (const auto fault = host_fault(out.host); !fault.empty()) return bad_did(did, fault);
  }
  if (!text.empty()) {
    if (!text.starts_with("%3A") && !text.starts_with("%3a"))
      return bad_did(did, "only a port may follow the host, written %3A<port>");
    out.port = text.substr(3);
    if (read_port(out.port) == 0) return bad_did(did, "the port is not a number from 1 to 65535");
  }
  out.loopback = is_loopback_host(out.host);
  return out;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || is_loopback4(host);
}

Result<std::string> did_web_url(const Did& did) {
  const std::string_view text = did.value;
  if (!text.starts_with(kPrefix)) return bad_did(text, "it does not begin with did:web:");
  if (text.size() > kDidBytesMax) return bad_did(text, "it is too long");
  const auto parts = split(text.substr(kPrefix.size()), ':');
  TRY_ASSIGN(const Authority authority, read_authority(text, parts[0]));
  std::string url = authority.loopback ? "http://" : "https://";
  url += authority.host;
  if (!authority.port.empty()) url += ":" + authority.port;
  if (parts.size() == 1) return url + "/.well-known/did.json";
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!is_segment(parts[i]))
      return bad_did(
          text, "a path segment is empty, only dots, or has a character beyond A-Z a-z 0-9 . _ -");
    url.append("/").append(parts[i]);
  }
  return url + "/did.json";
}

Result<Did> did_web_from(std::string_view host, std::uint16_t port) {
  const bool loopback6 = host == "::1" || host == "[::1]";
  if (!loopback6) {
    if (const auto fault = host_fault(host); !fault.empty())
      return fail(Code::invalid,
                  "\"" + std::string(host.substr(0, 120)) +
                      "\" cannot be the host of a did:web name: " + std::string(fault),
                  "name a host such as node.example.com");
  }
  if (port == 0) return fail(Code::invalid, "port 0 cannot be part of a did:web name");
  std::string did(kPrefix);
  did += loopback6 ? kEncodedLoopback6 : host;
  const std::uint16_t implied = is_loopback_host(host) ? 80 : 443;
  if (port != implied) did += "%3A" + std::to_string(port);
  return Did(std::move(did));
}

}  // namespace corridor::identity
