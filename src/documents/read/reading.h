// SPDX-License-Identifier: Apache-2.0
//
// What can be wrong with a document before there is a tree that rules could run on: it cannot be
// read at all, or not as what it claims to be. Their ids are of one series with those of the
// built-in pack (packs/basic).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::documents {

// Nothing judges a document of that kind here; its finding says so.
inline constexpr std::string_view kNoRules = "CB-84";

struct NamedValue {
  std::string_view name;
  std::string text;
};

// "CB-01" and its values by name; CHECKs that the rule and all its values are known.
Finding reading_finding(std::string_view rule, std::initializer_list<NamedValue> values);

}  // namespace corridor::documents
