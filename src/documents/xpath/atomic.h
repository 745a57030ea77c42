// SPDX-License-Identifier: Apache-2.0
//
// Atomic values: taking them from nodes, casting, comparing, calculating (XPath 2.0 §2.4.2, §2.4.3,
// §3.4, §3.5 and appendix B; F&O §6, §17). All errors are raised in the Runtime.
#pragma once

#include <optional>

#include "documents/xpath/value.h"

namespace corridor::xpath {

enum class Compare : std::uint8_t { eq, ne, lt, le, gt, ge };
enum class Arithmetic : std::uint8_t { add, subtract, multiply, divide, integer_divide, modulo };

// A named type of XML Schema: its value space, and for the derived ones which restriction.
struct AtomicType {
  Type type = Type::string;
  std::uint8_t restriction = 0;  // index into the table of atomic.cc; 0 is none
  bool any = false;              // xs:anyAtomicType
  bool numeric = false;          // unused by XPath itself; the union of the number types
};
// By local name in the XML Schema namespace; nothing for a type that this engine does not have.
std::optional<AtomicType> find_type(View local);
// Numbers of these types, for compiled rules; nothing for a number that none has.
std::uint64_t number_of_type(AtomicType type);
std::optional<AtomicType> type_of_number(std::uint64_t number);

Item atomize(const Runtime& runtime, const Item& item);
Seq atomize(Runtime& runtime, Seq items);
// The single atomic value, or nothing for (); XPTY0004 for more. `what` names the operand.
std::optional<Item> single(Runtime& runtime, Seq items, std::string_view what);

View text_of(Runtime& runtime, const Item& atomic);      // cast to xs:string
double number_of(Runtime& runtime, const Item& atomic);  // cast to xs:double, NaN where it fails
std::string double_text(double value);
std::string float_text(double value);
std::optional<double> parse_double(View text);  // of xs:double, white space collapsed

// Nothing when the value cannot be cast; then `why` says the code and reason.
std::optional<Item> try_cast(Runtime& runtime, const Item& atomic, AtomicType to, Fault& why);
Item cast(Runtime& runtime, const Item& atomic, AtomicType to);  // raises

bool effective_boolean(Runtime& runtime, Seq items);

// `eq` and its like on two atomic values (untyped is a string).
bool value_compare(Runtime& runtime, Compare how, Item a, Item b);
// `=` and its like on one pair, after the conversions of §3.5.2.
bool general_pair(Runtime& runtime, Compare how, Item a, Item b);
bool general_compare(Runtime& runtime, Compare how, Seq a, Seq b);  // atomised

Item arithmetic(Runtime& runtime, Arithmetic how, Item a, Item b);
Item negate(Runtime& runtime, Item a);

// Equality for distinct-values and deep-equal: NaN equals itself, unlike types are different.
bool same_value(Runtime& runtime, const Item& a, const Item& b);

inline bool is_xml_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
inline View trim(View text) {  // XML white space at both ends
  const char* first = text.data();
  const char* last = first + text.size();
  while (first < last && is_xml_space(*first)) ++first;
  while (last > first && is_xml_space(last[-1])) --last;
  return {first, static_cast<std::size_t>(last - first)};
}
bool is_integer_text(View text);

}  // namespace corridor::xpath
