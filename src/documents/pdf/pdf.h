// SPDX-License-Identifier: Apache-2.0
//
// Hybrid invoices are PDF files with the invoice inside.
#pragma once

#include "base/bytes.h"

namespace corridor::pdf {

// "%PDF-" and a version within the first 1,024 bytes.
bool begins_as_pdf(View bytes);

}  // namespace corridor::pdf
