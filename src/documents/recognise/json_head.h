// SPDX-License-Identifier: Apache-2.0
//
// JSON documents by the members of their outermost object; private to recognition.
#pragma once

#include "base/bytes.h"
#include "documents/recognise/recognise.h"

namespace corridor::documents {

// First and last character of an object or an array, and UTF-8 as far as that is looked at.
bool looks_like_json_head(View bytes);
Recognition recognise_json(View bytes);

// Three parts of base64url, the first of them an object with a member "alg" (RFC 7515 §7.1): what
// its payload is, or unknown.
bool looks_like_jwt(View bytes);
Recognition recognise_jwt(View bytes);

}  // namespace corridor::documents
