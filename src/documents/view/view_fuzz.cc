// SPDX-License-Identifier: Apache-2.0
// Whatever the document: a page that is well-formed, in UTF-8, and not endless.
#include "base/base.h"
#include "documents/documents.h"
#include "documents/edifact/interchange.h"
#include "documents/view/view.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto language = static_cast<documents::Language>(data[0] % documents::kLanguages);
  const View bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const documents::Examined examined = documents::examine(bytes);
  const documents::ViewOptions options{.language = language,
                                       .name = std::string(bytes.substr(0, 40))};
  std::string page;
  if (documents::begins_as_edifact(bytes)) {
    if (const auto tree = documents::read_interchange(bytes))
      page = documents::render_page(*tree, examined.report.kind, examined.report, options);
  } else if (const auto tree = xml::parse(bytes)) {
    page = documents::render_page(*tree, examined.report.kind, examined.report, options);
  }
  if (page.empty()) page = documents::render_report_page(examined.report, options);
  CHECK(is_utf8(page));
  const std::size_t start = page.find('\n') + 1;
  const auto read = xml::parse(View(page).substr(start));
  CHECK(read.has_value(), read ? "" : read.error().why);
  return 0;
}
