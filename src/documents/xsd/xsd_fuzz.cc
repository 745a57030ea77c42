// SPDX-License-Identifier: Apache-2.0
// Any bytes are a schema or are refused by name; what is one judges a document the same after it was
// saved and restored.
#include "documents/xsd/xsd.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tree = xml::parse(
      "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='t' x='1'>"
      "<b y=' 2 '>2024-01-01</b><b/>text<c xmlns='urn:c' xsi:nil='true'><d>1 2 3</d></c></a>");
  if (size > 20'000) return 0;
  const Bytes bytes(reinterpret_cast<const char*>(data), size);
  const auto open = [&](std::string_view path) -> Result<Bytes> {
    if (path == "a.xsd") return bytes;
    return fail(Code::not_found, "there is no such file");
  };
  const std::string paths[] = {"a.xsd"};
  const auto schema = xsd::compile(paths, open);
  if (!schema) {
    CHECK(!schema.error().why.empty());
    return 0;
  }
  const auto findings = schema->check(*tree);
  const auto again = xsd::restore(schema->save());
  CHECK(again.has_value());
  CHECK(again->check(*tree) == findings);
  return 0;
}
