// SPDX-License-Identifier: Apache-2.0
#include "documents/basic/currencies.h"

#include <algorithm>
#include <array>

namespace corridor::documents {

namespace {

constexpr std::array<std::string_view, 19> kNoDecimals{
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
    "UGX", "VND", "VUV", "XAF", "XOF", "XPF", "HUF", "IDR", "TWD"};
constexpr std::array<std::string_view, 7> kThreeDecimals{"BHD", "IQD", "JOD", "KWD",
                                                         "LYD", "OMR", "TND"};

}  // namespace

unsigned payable_decimals(std::string_view currency) {
  if (std::ranges::find(kNoDecimals, currency) != kNoDecimals.end()) return 0;
  return std::ranges::find(kThreeDecimals, currency) != kThreeDecimals.end() ? 3 : 2;
}

}  // namespace corridor::documents
