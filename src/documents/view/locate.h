// SPDX-License-Identifier: Apache-2.0
//
// A finding's path back to its node: the steps that Tree::path writes, /a/b[2]/@c, and no others.
#pragma once

#include <string_view>

#include "documents/xml/tree.h"

namespace corridor::documents {

// kNone where the path names no node of this tree.
xml::NodeId locate(const xml::Tree& tree, std::string_view path);

}  // namespace corridor::documents
