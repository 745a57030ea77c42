// SPDX-License-Identifier: Apache-2.0
//
// The built-in rules, "corridor-basic": ISO Schematron of our own (packs/basic/*.sch), carried in
// the program and run by the same engine as everybody else's. Each business rule is an abstract
// pattern, written once; one schema a syntax says where that syntax keeps its values.
//
// Fatal is what makes the document unusable or wrong as an account of what is owed: structure,
// sums, taxes, currency. Everything else warns. Semantics follow EN 16931-1:2017 §6.4 where it has
// them; where the official rules let a difference pass, ours at most warn.
#pragma once

#include "documents/packs.h"

namespace corridor::documents {

Pack basic_pack();

// SHA-256 over the names and bytes of the pack's files.
Digest basic_rules_digest();

}  // namespace corridor::documents
