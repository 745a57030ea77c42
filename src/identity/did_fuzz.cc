// SPDX-License-Identifier: Apache-2.0
//
// The input is a DID and, after a line end, a document for it. A URL that comes out keeps the
// promises of did_web_url; a document that comes out is one of that DID and survives being written.
#include "identity/identity.h"

#include <cstdint>

using namespace corridor;
using namespace corridor::identity;

namespace {

void check_url(const std::string& url) {
  CHECK(url.starts_with("https://") || url.starts_with("http://"));
  CHECK(url.ends_with("/did.json"));
  const std::string_view rest = std::string_view(url).substr(url.find("//") + 2);
  CHECK(rest.find_first_of("@?#\\% ") == std::string_view::npos, url);
  CHECK(rest.find("..") == std::string_view::npos || rest.find("/..") == std::string_view::npos,
        url);
  CHECK(rest.find("//") == std::string_view::npos, url);
  if (url.starts_with("http://"))
    CHECK(rest.starts_with("localhost") || rest.starts_with("127.") || rest.starts_with("[::1]"),
          url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const Did did{std::string(input.substr(0, line))};
  if (const auto url = did_web_url(did)) check_url(*url);
  if (line == std::string_view::npos) return 0;
  const auto document = read_did_document(input.substr(line + 1), did);
  if (!document) return 0;
  CHECK(document->id == did);
  DidDocument supported = *document;
  std::erase_if(supported.methods, [](const auto& method) { return !method.key; });
  const auto again = read_did_document(json::write(to_json(supported)), did);
  CHECK(!again || again->methods == supported.methods);
  return 0;
}
