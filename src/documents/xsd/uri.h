// SPDX-License-Identifier: Apache-2.0
//
// Whether a text is an xs:anyURI: a URI reference by RFC 3986 §4.1, once the characters that XLink
// §5.4 escapes are taken as escaped (XML Schema part 2 §3.2.17).
#pragma once

#include "base/bytes.h"

namespace corridor::xsd {

bool is_uri_reference(View text);

}  // namespace corridor::xsd
