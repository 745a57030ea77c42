// SPDX-License-Identifier: Apache-2.0
// Any bytes are a saved schema or are corrupt; what is restored judges a document and can be saved
// again.
#include "documents/xsd/xsd.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tree = xml::parse(
      "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='t' x='1'>"
      "<b y=' 2 '>2024-01-01</b><b/>text<c xmlns='urn:c' xsi:nil='true'><d>1 2 3</d></c></a>");
  if (size > 100'000) return 0;
  const auto schema = xsd::restore(View(reinterpret_cast<const char*>(data), size));
  if (!schema) {
    CHECK(schema.error().code == Code::corrupt);
    return 0;
  }
  (void)schema->check(*tree);
  (void)schema->knows("", "a");
  CHECK(xsd::restore(schema->save()).has_value());
  return 0;
}
