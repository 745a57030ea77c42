// SPDX-License-Identifier: Apache-2.0
#include "evidence/receipt.h"

// What is read can be written and is read again as the same, and verifying anything ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace corridor;
  const View input(reinterpret_cast<const char*>(data), size);
  (void)evidence::read_pins(input);
  const auto receipt = evidence::read_receipt(input);
  if (!receipt) return 0;
  const auto again = evidence::read_receipt(evidence::write_receipt(*receipt));
  CHECK(again.has_value());
  CHECK(*again == *receipt);
  (void)evidence::render_text(evidence::verify_receipt(*receipt, {.document = input}));
  return 0;
}
