// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as every protocol message: read or refused, and what was read is written and read alike.
#include "exchange/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace corridor::exchange;
  const corridor::View text(reinterpret_cast<const char*>(data), size);
  for (const auto& row : bindings()) {
    const auto read = read_message(text, row.type);
    if (!read) continue;
    const auto again = read_message(write_message(*read), row.type);
    CHECK(again.has_value(), row.name);
    CHECK(write_message(*again) == write_message(*read), row.name);
  }
  return 0;
}
