// SPDX-License-Identifier: Apache-2.0
#include "documents/documents.h"

#include "documents/packs.h"
#include "documents/read/read.h"

namespace corridor::documents {

namespace {

const Library& built_in() {
  static const Library library;
  return library;
}

}  // namespace

Recognised recognise(View bytes) {
  return read(bytes, [](const DocumentKind&) { return EdifactReading{.tree = false}; }).recognised;
}

Examined examine(View bytes) { return built_in().examine(bytes, {}); }

Report check(View bytes) { return examine(bytes).report; }

}  // namespace corridor::documents
