// SPDX-License-Identifier: Apache-2.0
//
// A calendar day in the spellings that documents use, as ISO 8601; private to recognition.
#pragma once

#include <string>

#include "base/bytes.h"

namespace corridor::documents {

// "2024-11-27" of "2024-11-27", "2024-11-27T10:00:00Z", "20241127", "202411271000"; empty for
// anything else and for a day that no calendar has.
std::string day_of(View text);

// The same of a value of EDIFACT in one of the formats of code list 2379 that name a day.
std::string day_of(View value, View format);

}  // namespace corridor::documents
