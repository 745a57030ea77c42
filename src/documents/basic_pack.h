// SPDX-License-Identifier: Apache-2.0
//
// The built-in rules, "corridor-basic": ISO Schematron of our own (packs/basic/*.sch), carried in
// the program and run by the same engine as everybody else's. Each business rule is an abstract
// pattern, written once; one schema a syntax says where that syntax keeps its values. A schema is
// compiled when the first document of its syntax comes, and kept.
//
// Fatal is what makes the document unusable or wrong as an account of what is owed: structure,
// sums, taxes, currency. Everything else warns. Semantics follow EN 16931-1:2017 §6.4 where it has
// them; where the official rules let a difference pass, ours at most warn.
#pragma once

#include <span>
#include <string_view>

#include "documents/schematron/schematron.h"

namespace corridor::documents {

struct PackFile {
  std::string_view name;
  std::string_view text;
};
// As they stand in packs/basic, by name; made by the build.
std::span<const PackFile> basic_pack_files();

// "ubl", "cii", "edifact"; nothing for a syntax without rules.
const schematron::RuleSet* basic_rules(std::string_view syntax);

// SHA-256 over the names and bytes of the pack's files.
Digest basic_rules_digest();

}  // namespace corridor::documents
