// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: an answer in UTF-8 that agrees with itself, and one for every prefix.
#include "base/base.h"
#include "documents/recognise/recognise.h"

using namespace corridor;

namespace {

void look(View bytes) {
  const documents::Recognition seen = documents::recognise_head(bytes);
  CHECK(is_utf8(seen.kind.type) && is_utf8(seen.kind.profile) && is_utf8(seen.edition));
  CHECK(seen.issued.empty() || seen.issued.size() == 10, seen.issued);
  CHECK(!seen.media_type.empty());
  CHECK((seen.kind.syntax == "unknown") == seen.kind.type.empty(), seen.kind.name());
  CHECK(seen.container == (seen.kind.syntax == "pdf"));
  if (seen.kind.syntax == "unknown") CHECK(seen.edition.empty() && seen.issued.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  look(bytes);
  constexpr std::size_t kPrefixes = 16;
  for (std::size_t i = 1; i < kPrefixes; ++i) look(bytes.substr(0, size * i / kPrefixes));
  return 0;
}
