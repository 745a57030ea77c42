// SPDX-License-Identifier: Apache-2.0
#include "evidence/statement.h"

// Leaves and statements have one spelling each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace corridor;
  const View input(reinterpret_cast<const char*>(data), size);
  if (const auto leaf = evidence::parse_leaf(input)) CHECK(evidence::leaf_bytes(*leaf) == input);
  if (const auto statement = evidence::parse_statement(input)) {
    const auto again = evidence::write_statement(statement->statement);
    CHECK(again.has_value());
    CHECK(again->bytes == input);
    CHECK(again->sha256 == statement->sha256);
    (void)evidence::make_leaf(*again, {}, {}, {});
  }
  if (const auto read = evidence::read_statement(input))
    CHECK(evidence::parse_statement(read->written.bytes).has_value());
  return 0;
}
