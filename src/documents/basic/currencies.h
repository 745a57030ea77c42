// SPDX-License-Identifier: Apache-2.0
//
// How many decimals a currency's minor unit has. Two, but for the few listed in currencies.cc; a
// code we do not know has two.
#pragma once

#include <string_view>

namespace corridor::documents {

unsigned minor_unit_decimals(std::string_view currency);

}  // namespace corridor::documents
