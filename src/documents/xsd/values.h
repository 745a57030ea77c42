// SPDX-License-Identifier: Apache-2.0
//
// Judges the values of one document by simple types. Allocates only where white space inside a value
// has to be rewritten, or where facets compare values.
#pragma once

#include <string>

#include "documents/xsd/tables.h"

namespace corridor::xsd {

// Why a text is no value of a type; `kind`: not even of the type it comes from.
enum class Unfit : std::uint8_t {
  nothing, kind, prefix, not_listed, pattern, too_short, too_long, too_small, too_large, digits,
  fraction, no_member,
};

// Lists of lists and unions of unions, counted as texts to look at. A bound on work for one value.
inline constexpr std::size_t kSimpleWeightMax = 10'000;

class Values {
 public:
  // `tree` says what prefixes mean; nullptr: every prefix is taken as declared.
  Values(const Tables& tables, const xml::Tree* tree) : t_(tables), tree_(tree) {}

  Unfit judge(Index simple, View raw, xml::NodeId element) {
    return t_.simples[simple].always ? Unfit::nothing : judge_closely(simple, raw, element);
  }
  // Of a text that fits: the same for equal values.
  [[nodiscard]] std::string canonical_of(Index simple, View raw) const;

 private:
  Unfit judge_closely(Index simple, View raw, xml::NodeId element);
  Unfit judge_list(const Simple& simple, View text, xml::NodeId element);
  [[nodiscard]] Unfit judge_facets(const Simple& simple, View text, std::size_t length) const;
  [[nodiscard]] Unfit judge_numbers(const Simple& simple, const Facets& facets, View text) const;

  const Tables& t_;
  const xml::Tree* tree_;
  std::string scratch_;
};

}  // namespace corridor::xsd
