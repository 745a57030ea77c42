// SPDX-License-Identifier: Apache-2.0
//
// URLs: what is accepted can be written down again and then means the same, and none of its parts
// could end a line or another part.
#include "net/http.h"
#include "net/wire/grammar.h"

using namespace corridor;
using namespace corridor::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = parse_url({reinterpret_cast<const char*>(data), size});
  if (!url) {
    CHECK(is_field_value(url.error().why) && is_utf8(url.error().why));
    return 0;
  }
  CHECK(url->scheme == "http" || url->scheme == "https");
  CHECK(url->port != 0 && is_target(url->target));
  const auto kind = host_kind(url->host);
  CHECK(kind.has_value());
  const bool bracketed = *kind == HostKind::ipv6;
  const auto again = parse_url(url->scheme + "://" + (bracketed ? "[" : "") + url->host +
                               (bracketed ? "]:" : ":") + std::to_string(url->port) + url->target);
  CHECK(again && again->host == url->host && again->port == url->port);
  CHECK(again->scheme == url->scheme && again->target == url->target);
  return 0;
}
