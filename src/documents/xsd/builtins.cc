// SPDX-License-Identifier: Apache-2.0
// The built-in types as rows, so that nothing downstream knows that they are special. table
#include <initializer_list>

#include "documents/xsd/compiler.h"

namespace corridor::xsd {

namespace {

struct Builtin {
  View name;
  View base;
  Kind kind;
  White white = White::collapse;
  View low = {};
  View high = {};
};

// XML Schema part 2 §3; references to ids and entities are names (that they lead
// anywhere is not checked).
constexpr Builtin kBuiltins[] = {
    {"anySimpleType", "anyType", Kind::any_simple, White::preserve},
    {"string", "anySimpleType", Kind::string, White::preserve},
    {"normalizedString", "string", Kind::normalized_string, White::replace},
    {"token", "normalizedString", Kind::token},
    {"language", "token", Kind::language},
    {"NMTOKEN", "token", Kind::nm_token},
    {"Name", "token", Kind::name},
    {"NCName", "Name", Kind::nc_name},
    {"ID", "NCName", Kind::id},
    {"IDREF", "NCName", Kind::nc_name},
    {"ENTITY", "NCName", Kind::nc_name},
    {"boolean", "anySimpleType", Kind::boolean},
    {"decimal", "anySimpleType", Kind::decimal},
    {"integer", "decimal", Kind::integer},
    {"nonPositiveInteger", "integer", Kind::integer, White::collapse, "", "0"},
    {"negativeInteger", "nonPositiveInteger", Kind::integer, White::collapse, "", "-1"},
    {"long", "integer", Kind::integer, White::collapse, "-9223372036854775808",
     "9223372036854775807"},
    {"int", "long", Kind::integer, White::collapse, "-2147483648", "2147483647"},
    {"short", "int", Kind::integer, White::collapse, "-32768", "32767"},
    {"byte", "short", Kind::integer, White::collapse, "-128", "127"},
    {"nonNegativeInteger", "integer", Kind::integer, White::collapse, "0", ""},
    {"positiveInteger", "nonNegativeInteger", Kind::integer, White::collapse, "1", ""},
    {"unsignedLong", "nonNegativeInteger", Kind::integer, White::collapse, "0",
     "18446744073709551615"},
    {"unsignedInt", "unsignedLong", Kind::integer, White::collapse, "0", "4294967295"},
    {"unsignedShort", "unsignedInt", Kind::integer, White::collapse, "0", "65535"},
    {"unsignedByte", "unsignedShort", Kind::integer, White::collapse, "0", "255"},
    {"float", "anySimpleType", Kind::float_number},
    {"double", "anySimpleType", Kind::float_number},
    {"duration", "anySimpleType", Kind::duration},
    {"dateTime", "anySimpleType", Kind::date_time},
    {"time", "anySimpleType", Kind::time},
    {"date", "anySimpleType", Kind::date},
    {"gYearMonth", "anySimpleType", Kind::g_year_month},
    {"gYear", "anySimpleType", Kind::g_year},
    {"gMonthDay", "anySimpleType", Kind::g_month_day},
    {"gDay", "anySimpleType", Kind::g_day},
    {"gMonth", "anySimpleType", Kind::g_month},
    {"hexBinary", "anySimpleType", Kind::hex_binary},
    {"base64Binary", "anySimpleType", Kind::base64_binary},
    {"anyURI", "anySimpleType", Kind::any_uri},
    {"QName", "anySimpleType", Kind::qname},
};

struct BuiltinList {
  View name;
  View item;
};
constexpr BuiltinList kLists[] = {
    {"NMTOKENS", "NMTOKEN"}, {"IDREFS", "IDREF"}, {"ENTITIES", "ENTITY"}};

class Rows {
 public:
  explicit Rows(Tables& tables) : t_(tables) {}

  Piece keep(View text) {
    const Piece out{static_cast<std::uint32_t>(t_.text.size()),
                    static_cast<std::uint32_t>(text.size())};
    t_.text.append(text);
    return out;
  }

  Index type_called(View name) const {
    for (Index i = 0; i < t_.types.size(); ++i)
      if (t_.local(t_.types[i].name) == name) return i;
    return kNo;
  }

  void add_type(View name, Type type) {
    Name row;
    row.space = 1;
    row.local = keep(name);
    row.type = static_cast<Index>(t_.types.size());
    type.name = static_cast<Index>(t_.names.size());
    type.method = kByRestriction;
    t_.names.push_back(row);
    t_.types.push_back(type);
  }

  // Part 1 §3.4.7: anything, judged as far as it is declared.
  void add_any_type() {
    t_.wildcards.push_back({Wildcard::Allows::any, Process::lax, 0, 0});
    t_.guards.push_back({0, 0});
    t_.states.push_back({0, 0, 0, 1, true});
    t_.models.push_back({Model::Form::states, false, 0, 1});
    Type type;
    type.content = Content::mixed;
    type.model = 0;
    type.wildcard = 0;
    add_type("anyType", type);
  }

  void add_simple(View name, View base, Simple simple) {
    simple.builtin = static_cast<Index>(t_.types.size());
    Type type;
    type.base = type_called(base);
    type.flags = Type::kSimple;
    type.content = Content::simple;
    type.simple = static_cast<Index>(t_.simples.size());
    t_.simples.push_back(simple);
    add_type(name, type);
  }

  void add(const Builtin& row) {
    Simple simple;
    simple.kind = row.kind;
    simple.white = row.white;
    simple.always = row.kind <= Kind::token;
    if (!row.low.empty() || !row.high.empty()) {
      Facets facets;
      using Bound = Facets::Bound;
      facets.low_bound = row.low.empty() ? Bound::none : Bound::inclusive;
      facets.high_bound = row.high.empty() ? Bound::none : Bound::inclusive;
      facets.low = keep(row.low);
      facets.high = keep(row.high);
      simple.facets = static_cast<Index>(t_.facets.size());
      t_.facets.push_back(facets);
    }
    add_simple(row.name, row.base, simple);
  }

  void add(const BuiltinList& row) {
    Simple simple;
    simple.variety = Variety::list;
    simple.white = White::collapse;
    simple.items_at = static_cast<Index>(t_.items.size());
    simple.items = 1;
    t_.items.push_back(t_.types[type_called(row.item)].simple);
    Facets facets;
    facets.length_min = 1;
    simple.facets = static_cast<Index>(t_.facets.size());
    t_.facets.push_back(facets);
    add_simple(row.name, "anySimpleType", simple);
  }

 private:
  Tables& t_;
};

}  // namespace

void add_builtins(Tables& tables) {
  Rows rows(tables);
  if (tables.spaces.empty()) tables.spaces.push_back({});
  tables.spaces.push_back({rows.keep(kSchemaSpace), rows.keep("xs")});
  rows.add_any_type();
  for (const Builtin& row : kBuiltins) rows.add(row);
  for (const BuiltinList& row : kLists) rows.add(row);
}

}  // namespace corridor::xsd
