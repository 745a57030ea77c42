// SPDX-License-Identifier: Apache-2.0
//
// The test document (documents.h), recognised and read. A JSON object whose member "corridor" is
// "test-document": {"corridor","version","from","to","at","nonce"}.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "model/model.h"

namespace corridor::documents {

// First and last character of an object or an array, and UTF-8; not parsed, a label only.
bool looks_like_json(View bytes);

DocumentKind test_kind();  // "corridor:Test"
bool is_test_document(View bytes);
std::optional<Finding> check_test_document(View bytes);

}  // namespace corridor::documents
