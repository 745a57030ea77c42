// SPDX-License-Identifier: Apache-2.0
// The tokenizer and the INVOIC reader on anything, whether or not it begins as an interchange.
#include "base/base.h"
#include "documents/edifact/interchange.h"

using namespace corridor;
using namespace corridor::documents;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  Segments in(bytes);
  const SegmentLocator places(in);
  std::uint32_t last = 0;
  while (in.next()) {
    CHECK(in.tag().size() == 3);
    CHECK(in.offsets().back() >= last);
    last = in.offsets().back();
    for (unsigned element = 0; element < 3; ++element)
      CHECK(in.part(element, 0).size() <= in.raw().size());
  }
  for (Where where = 0; where < in.offsets().size(); ++where)
    CHECK(places.locate(where).column > 0);
  Findings findings;
  check_interchange(bytes, findings);
  CHECK(findings.finish().size() <= Findings::kMax + 1);
  return 0;
}
