// SPDX-License-Identifier: Apache-2.0
//
// The closed vocabulary: which words ODRL has, in one spelling each. Known terms are bare; a term
// that is not known keeps its IRI (prefixes of the vocabularies below written out), so that it
// stays different from every known one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace corridor::rights {

inline constexpr std::string_view kOdrl = "http://www.w3.org/ns/odrl/2/";
inline constexpr std::string_view kXsd = "http://www.w3.org/2001/XMLSchema#";
inline constexpr std::string_view kDspace = "https://w3id.org/dspace/2025/1/";

enum class Word : unsigned char { none, member, type, action, operand, operation };

// The canonical spelling of a term of whatever class.
std::string canonical_term(std::string_view spelled);
// The class of a canonical term.
Word word_class(std::string_view canonical);

// Whether permission to do `wide` is permission to do `narrow`: ODRL's `includedIn`, reflexive and
// transitive. Both are canonical actions.
bool includes(std::string_view wide, std::string_view narrow);

}  // namespace corridor::rights
