// SPDX-License-Identifier: Apache-2.0
//
// The beginning of an XML document, read forward until it has said what it is; private to
// recognition. Not a parser: what it passes over is not checked.
#pragma once

#include <string>

#include "base/bytes.h"
#include "documents/recognise/recognise.h"

namespace corridor::documents {

// Does it begin as XML: white space and "<", or a byte order mark of UTF-16?
bool begins_as_xml_head(View bytes);

// Kind, edition and date; the media type where there is a document element.
Recognition recognise_xml(View head);

}  // namespace corridor::documents
