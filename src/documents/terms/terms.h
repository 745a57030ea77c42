// SPDX-License-Identifier: Apache-2.0
//
// The semantic terms of trade documents: what a value means, whatever syntax it is written in, and
// how traders call it in six languages.
//
// BT-1 to BT-165 are the business terms and BG-1 to BG-32 the groups of EN 16931-1 (there is no
// BT-4). Terms of our own, for what an invoice has no term for, are numbered the same way:
//   OR-n  an order          DA-n  a despatch advice          PT-n  any party (name, street, ...)
// A value that means the same in all of them keeps the invoice's id: the name of an item is BT-153
// in an order too. Labels and explanations are ours, written for readers of documents.
//
// A term also knows its places (terms/places.h): paths in UBL, CII and the EDIFACT tree. With them
// a node has a term, and so a finding has one that no rule named:
//
//   const std::string id = term_at(tree, node, kind);                     // "BT-112"
//   std::cout << label(*find_term(id), Language::fr);                     // "Montant total TTC"
//   std::cout << explain_finding(finding, kind, Language::es).sentence;   // what it is, what is
//   wrong
//
// Nothing is judged here. Threads: free functions over constant tables, any number at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::documents {

enum class Language : std::uint8_t { en, fr, es, ru, zh, ar };
inline constexpr std::size_t kLanguages = 6;

std::optional<Language> language_from_code(std::string_view code);  // "ar", "zh-CN", "FR"
std::string_view language_code(Language language);
bool is_right_to_left(Language language);

enum class TermType : std::uint8_t {
  text,
  identifier,
  code,
  date,
  time,
  amount,
  unit_price,
  quantity,
  percentage,
  indicator,
  binary,
  group,
};

// Where a reader looks for it.
enum class Section : std::uint8_t {
  head,
  parties,
  references,
  delivery,
  lines,
  allowances,
  taxes,
  totals,
  payment,
  notes,
  attachments,
  process,
};
inline constexpr std::size_t kSections = 12;

struct Term {
  std::string_view id;
  std::string_view group;        // the group it belongs to; empty for the document itself
  std::string_view cardinality;  // in its group: "1", "0..1", "0..n", "1..n"
  TermType type;
  Section section;
};

std::span<const Term> terms();
const Term* find_term(std::string_view id);  // nullptr: no such term
std::string_view label(const Term& term, Language language);

// The term at a node, or of the nearest group around it; empty when there is none. An attribute and
// a text have the term of their element.
std::string term_at(const xml::Tree& tree, xml::NodeId node, const DocumentKind& kind);
// The same from the text of a path alone, where that says enough.
std::string term_of_path(std::string_view path, const DocumentKind& kind);

// A finding in plain words of a language; its own text stays what it is. In Arabic, values from the
// document stand in isolates (U+2068, U+2069); other characters of that kind are spelled out.
struct Explained {
  std::string term;      // the finding's, or that of its path; may be empty
  std::string label;     // of the term; empty without one
  std::string problem;   // what is wrong
  std::string sentence;  // the same and, where we have words for it, what the term is for
};
Explained explain_finding(const Finding& finding, const DocumentKind& kind, Language language);

}  // namespace corridor::documents
