// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: a report that agrees with itself, bounded, in UTF-8.
#include "base/base.h"
#include "documents/documents.h"
#include "json/json.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  const documents::Examined examined = documents::examine(bytes);
  const Report& report = examined.report;
  const documents::Recognised recognised = documents::recognise(bytes);
  CHECK(recognised.kind == report.kind && recognised.kind == examined.recognised.kind);
  CHECK(recognised.media_type == examined.recognised.media_type);
  CHECK(report.findings.size() <= 101);
  const std::string text = documents::render_text(report);
  CHECK(is_utf8(text), text);
  const auto again = json::parse(json::write(to_json(report)));
  CHECK(again.has_value());
  const auto read = report_from_json(*again);
  CHECK(read && *read == report);
  return 0;
}
