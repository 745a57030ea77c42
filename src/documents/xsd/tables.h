// SPDX-License-Identifier: Apache-2.0
//
// A compiled schema: arrays of small structs that name each other by index, and one pool of text.
// Everything that `check` reads is here and nothing else is. `saved.cc` writes and examines them all.
//
// A content model has one of three forms. `slots`: a sequence of elements with distinct names and
// bounds, walked by a cursor (nearly all of UBL and CII; `all` is the same without the order).
// `states`: a deterministic automaton, made where there is choice, a wildcard or nesting.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "documents/xml/tree.h"
#include "documents/xpath/regex.h"

namespace corridor::xsd {

using Index = std::uint32_t;
inline constexpr Index kNo = 0xffffffff;
inline constexpr std::uint32_t kUnbounded = 0xffffffff;
inline constexpr std::size_t kAllMembersMax = 64;  // bits of a frame of the walk
inline constexpr std::size_t kItemDepthMax = 16;   // lists of unions of lists


// The rows of `types` that every schema begins with.
inline constexpr Index kAnyType = 0;
inline constexpr Index kAnySimpleType = 1;

inline constexpr View kSchemaSpace = "http://www.w3.org/2001/XMLSchema";
inline constexpr View kInstanceSpace = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr View kXmlSpace = "http://www.w3.org/XML/1998/namespace";

struct Piece {  // of Tables::text
  std::uint32_t at = 0;
  std::uint32_t bytes = 0;
};

struct Space {
  Piece uri;
  Piece prefix;  // as the schemas abbreviate it; for sentences
};

// The first space is "no namespace".
struct Name {
  Index space = 0;
  Piece local;
  Index element = kNo;    // the global declarations of that name
  Index attribute = kNo;  // an index into `global_attributes`
  Index type = kNo;
};

// How a type was made from its base; as bits also what an element or a type blocks.
enum Derivation : std::uint8_t { kByNothing = 0, kByExtension = 1, kByRestriction = 2 };

struct Element {
  enum Flags : std::uint8_t { kNillable = 1, kAbstract = 2, kFixed = 4, kDocument = 8 };
  Index name = kNo;
  Index type = kNo;
  Index value = kNo;  // default or fixed: an index into `values`
  std::uint8_t flags = 0;
  std::uint8_t block = 0;
};

struct Attribute {
  enum Flags : std::uint8_t { kRequired = 1, kFixed = 2 };
  Index name = kNo;
  Index simple = kNo;
  Index value = kNo;
  std::uint8_t flags = 0;
};

enum class Process : std::uint8_t { strict, lax, skip };

struct Wildcard {
  enum class Allows : std::uint8_t { any, other, listed };  // other: neither `spaces[0]` nor none
  Allows allows = Allows::any;
  Process process = Process::strict;
  Index spaces_at = 0;  // in `wildcard_spaces`
  Index spaces = 0;
};

struct Slot {
  Index name = kNo;
  Index element = kNo;
  std::uint32_t min = 1;
  std::uint32_t max = 1;
};

struct Edge {
  Index name = kNo;
  Index element = kNo;
  Index next = kNo;  // an index into `states`
};

struct Guard {
  Index wildcard = kNo;
  Index next = kNo;
};

struct State {
  Index edges_at = 0;
  Index edges = 0;
  Index guards_at = 0;
  Index guards = 0;
  bool accepts = false;
};

struct Model {
  enum class Form : std::uint8_t { slots, all, states };
  Form form = Form::slots;
  bool optional = false;  // `all` that may be absent as a whole
  Index at = 0;           // in `slots` or `states`
  Index count = 0;
};

enum class Content : std::uint8_t { empty, simple, elements, mixed };

struct Type {
  enum Flags : std::uint8_t { kAbstract = 1, kSimple = 2 };
  Index name = kNo;  // none: anonymous
  Index base = kNo;  // kNo only for anyType
  std::uint8_t flags = 0;
  std::uint8_t method = 0;  // Derivation
  std::uint8_t block = 0;
  Content content = Content::empty;
  Index model = kNo;   // of elements and mixed
  Index simple = kNo;  // of simple content
  Index attributes_at = 0;
  Index attributes = 0;
  Index required = 0;  // how many of them
  Index wildcard = kNo;
};

enum class Kind : std::uint8_t {
  any_simple, string, normalized_string, token, language, name, nc_name,
  id, nm_token, boolean,
  decimal, integer, float_number, duration, date_time, time, date, g_year_month, g_year,
  g_month_day, g_day, g_month, hex_binary, base64_binary, any_uri, qname,
};
inline constexpr Kind kLastKind = Kind::qname;

enum class Variety : std::uint8_t { atomic, list, any_of };
enum class White : std::uint8_t { preserve, replace, collapse };

struct Simple {
  Variety variety = Variety::atomic;
  Kind kind = Kind::string;
  White white = White::preserve;
  bool always = false;  // every text is one
  Index builtin = 0;    // the type it comes from, for sentences: an index into `types`
  Index items_at = 0;   // in `items`: of a list one, of a union its members; smaller indexes
  Index items = 0;
  Index facets = kNo;
};

struct Facets {
  enum class Bound : std::uint8_t { none, inclusive, exclusive };
  std::uint32_t length_min = 0;
  std::uint32_t length_max = kUnbounded;
  std::uint32_t digits_max = kUnbounded;
  std::uint32_t fraction_max = kUnbounded;
  Bound low_bound = Bound::none;
  Bound high_bound = Bound::none;
  Piece low;
  Piece high;
  Index patterns_at = 0;
  Index patterns = 0;
  Index allowed_at = 0;  // in `allowed`: the enumeration, as canonical texts, sorted
  Index allowed = 0;
};

struct Tables {
  std::string text;
  std::vector<Space> spaces;
  std::vector<Name> names;
  std::vector<Element> elements;
  std::vector<Attribute> global_attributes;
  std::vector<Attribute> attributes;  // of types, in ranges
  std::vector<Wildcard> wildcards;
  std::vector<Index> wildcard_spaces;
  std::vector<Slot> slots;
  std::vector<Edge> edges;  // of one state: sorted by name
  std::vector<Guard> guards;
  std::vector<State> states;
  std::vector<Model> models;
  std::vector<Type> types;  // the first is anyType
  std::vector<Simple> simples;
  std::vector<Index> items;
  std::vector<Facets> facets;
  std::vector<Piece> patterns;  // translated and anchored
  std::vector<Piece> allowed;
  std::vector<Piece> values;    // of defaults and fixed values
  std::uint32_t files = 0;

  // Derived: made by `finish`, not saved.
  std::vector<Index> name_slots;  // open addressing by the hash of the local name
  std::vector<std::shared_ptr<const xpath::Regex>> regexes;

  [[nodiscard]] View view(Piece piece) const {
    return View(text).substr(piece.at, piece.bytes);
  }
  [[nodiscard]] View local(Index name) const { return view(names[name].local); }
  [[nodiscard]] Index find_space(View uri) const;
  [[nodiscard]] Index find_name(Index space, View local) const;
  [[nodiscard]] Index find_name(View space, View local) const;
  Result<> finish();
};

std::uint32_t name_hash(View local);

}  // namespace corridor::xsd
