// SPDX-License-Identifier: Apache-2.0
#include "documents/application_response.h"
#include "documents/xml/tree.h"

// Whatever the document that is answered says, the answer is well-formed XML.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, unsigned long size) {
  const corridor::View bytes(reinterpret_cast<const char*>(data), size);
  corridor::documents::ApplicationResponse response;
  response.id = "06h-1";
  response.fallback_id = "06g";
  response.response_code = "UQ";
  response.about = corridor::documents::read_answered(bytes);
  response.text = response.about.buyer.name;
  response.field = response.about.id;
  CHECK(corridor::xml::parse(write_application_response(response)).has_value());
  return 0;
}
