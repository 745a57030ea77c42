// SPDX-License-Identifier: Apache-2.0
//
// How many decimals a currency is paid with: those of its minor unit (ISO 4217), none where the
// minor unit is out of use. A code we do not know has two.
#pragma once

#include <string_view>

namespace corridor::documents {

unsigned payable_decimals(std::string_view currency);

}  // namespace corridor::documents
