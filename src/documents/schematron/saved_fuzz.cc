// SPDX-License-Identifier: Apache-2.0
// Any bytes are compiled rules or are refused; what is restored judges a document and can be saved
// again.
#include "documents/schematron/schematron.h"
#include "documents/schematron/svrl.h"
#include "documents/xpath/generated_expressions.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tree = xml::parse(xpath::kSampleDocument);
  if (size > 20'000) return 0;
  const View bytes(reinterpret_cast<const char*>(data), size);
  const auto open = [](std::string_view) -> Result<Bytes> {
    return fail(Code::not_found, "there is no such file");
  };
  const auto rules = schematron::restore(bytes, open);
  if (!rules) {
    CHECK(rules.error().code == Code::corrupt || rules.error().code == Code::not_found);
    return 0;
  }
  const std::string svrl = schematron::write_svrl(*rules, rules->check(*tree), *tree);
  CHECK(xml::parse(svrl).has_value(), svrl);
  const auto again = rules->save();
  if (again) CHECK(schematron::restore(*again, open).has_value());
  return 0;
}
