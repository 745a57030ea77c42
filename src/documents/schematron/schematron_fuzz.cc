// SPDX-License-Identifier: Apache-2.0
// Any bytes are a schema or are refused; what is one judges a document the same with both
// evaluators.
#include "documents/schematron/schematron.h"
#include "documents/schematron/svrl.h"
#include "documents/xpath/generated_expressions.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tree = xml::parse(xpath::kSampleDocument);
  if (size > 20'000) return 0;
  const Bytes bytes(reinterpret_cast<const char*>(data), size);
  const auto open = [&](std::string_view path) -> Result<Bytes> {
    if (path == "a.sch") return bytes;
    return fail(Code::not_found, "there is no such file");
  };
  schematron::CompileOptions options;
  const auto fast = schematron::compile("a.sch", open, options);
  options.optimise = false;
  const auto plain = schematron::compile("a.sch", open, options);
  CHECK(fast.has_value() == plain.has_value());
  if (!fast) return 0;
  const auto ours = fast->check(*tree);
  CHECK(ours.fired_rules == plain->check(*tree).fired_rules);
  const std::string svrl = schematron::write_svrl(*fast, ours, *tree);
  CHECK(xml::parse(svrl).has_value(), svrl);
  return 0;
}
