// SPDX-License-Identifier: Apache-2.0
// Any text is an expression or is refused; what is one gives the same with both evaluators, except
// that the fast one may not see an error in a part that need not be evaluated.
#include "documents/xpath/generated_expressions.h"
#include "documents/xpath/standalone.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tree = xml::parse(xpath::kSampleDocument);
  const View text(reinterpret_cast<const char*>(data), size);
  if (size > 2'000 || !is_utf8(text) || text.find(" to ") != View::npos) return 0;
  const std::string plain = xpath::evaluate_alone(text, *tree, false);
  const std::string fast = xpath::evaluate_alone(text, *tree, true);
  CHECK(fast == plain || (plain.starts_with("ERROR") && !fast.starts_with("STATIC")), plain);
  return 0;
}
