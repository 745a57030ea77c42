// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: an answer, names that can be shown and are no paths, and reasons in UTF-8.
#include "base/base.h"
#include "documents/pdf/pdf.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  const auto files = pdf::embedded_files(bytes);
  if (!files) {
    CHECK(is_utf8(files.error().why), files.error().why);
    return 0;
  }
  CHECK(pdf::begins_as_pdf(bytes));
  for (const pdf::Embedded& file : *files) {
    CHECK(is_utf8(file.name) && is_utf8(file.relationship) && is_utf8(file.media_type));
    CHECK(file.name.find_first_of("/\\\n") == std::string::npos, file.name);
  }
  const pdf::Embedded* const invoice = pdf::invoice_of(*files);
  CHECK(invoice == nullptr || (invoice >= files->data() && invoice < files->data() + files->size()));
  return 0;
}
