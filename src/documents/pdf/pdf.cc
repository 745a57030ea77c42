// SPDX-License-Identifier: Apache-2.0
#include "documents/pdf/pdf.h"

namespace corridor::pdf {

namespace {

constexpr View kMark = "%PDF-";
constexpr std::size_t kMarkWithin = 1'024;

}  // namespace

bool begins_as_pdf(View bytes) {
  const View head = bytes.substr(0, kMarkWithin);
  const std::size_t at = head.find(kMark);
  if (at == View::npos || at + kMark.size() >= head.size()) return false;
  const char version = head[at + kMark.size()];
  return version == '1' || version == '2';
}

}  // namespace corridor::pdf
