// SPDX-License-Identifier: Apache-2.0
//
// From schema files to tables. Every declaration gets its row when it is first named; rows of types
// are filled in order, so that nothing recurses but the chain from a type to its base.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "documents/xsd/automaton.h"
#include "documents/xsd/sources.h"
#include "documents/xsd/tables.h"

namespace corridor::xsd {

inline constexpr std::size_t kDerivationsMax = 100;   // from a type to its last base
inline constexpr std::size_t kGroupDepthMax = 50;
inline constexpr std::size_t kNamesMax = 200'000;
inline constexpr std::size_t kTypesMax = 200'000;
inline constexpr std::size_t kElementsMax = 500'000;
inline constexpr std::size_t kAttributesMax = 500'000;
inline constexpr std::size_t kPatternsMax = 2'000;
inline constexpr std::size_t kPatternBytesMax = 5'000;
inline constexpr std::size_t kAllowedMax = 500'000;   // values of enumerations

// The built-in types, their content model and attributes.
void add_builtins(Tables& tables);

class Compiler {
 public:
  explicit Compiler(const Sources& sources) : sources_(sources) {}
  Result<Tables> run();

 private:
  enum class Sort : std::uint8_t { element, attribute, type, group, attribute_group };
  enum class Progress : std::uint8_t { fresh, busy, done };

  struct Origin {  // of a type
    Place place;
    Progress progress = Progress::done;
    ParticlePtr particle;  // of complex types, for those that extend them
  };
  struct AttributeSet {
    std::vector<Attribute> uses;
    std::vector<Index> prohibited;
    Index wildcard = kNo;
  };
  // What a complex type is made of, before it becomes rows.
  struct Draft {
    Type type;
    AttributeSet attributes;
    ParticlePtr particle;
  };

  // compile.cc: names and globals
  Index space(View uri);
  Result<Index> intern(Index space, View local);
  Result<Index> name_of(const Place& place, View qname);
  Result<Index> declared_name(const Place& place, bool qualified);
  Result<bool> flag(const Place& place, View name);
  Piece keep(View text);
  Result<> collect(const File& file);
  Result<> collect_one(const Place& place);
  Result<> build_all();
  Result<Place> find(Sort sort, const Place& from, Index name, View what);
  void abbreviate(const File& file);

  // compile_elements.cc
  Result<Index> global_element(const Place& from, Index name);
  Result<Index> element_row(const Place& place, Index name, std::size_t depth);
  Result<> element_value(const Place& place, Element& row);
  Result<Index> element_type(const Place& place, std::size_t depth);
  Result<std::uint8_t> blocks(const Place& place);
  Result<> collect_substitutes();
  Result<ParticlePtr> particle(const Place& place, std::size_t depth);
  Result<ParticlePtr> element_particle(const Place& place);
  Result<ParticlePtr> group_particle(const Place& place, std::size_t depth);
  Result<ParticlePtr> parts_particle(const Place& place, std::size_t depth);
  Result<Index> wildcard(const Place& place);
  Result<> occurs(const Place& place, Particle& particle);

  // compile_types.cc
  Result<Index> type_named(const Place& from, Index name);
  Result<Index> anonymous_type(const Place& place);
  Result<Index> new_type(const Place& place, Index name);
  Result<> complete(Index type, std::size_t depth);
  Result<> complex_type(Index type, std::size_t depth);
  Result<> derived(const Place& place, Draft& draft, std::size_t depth);
  Result<> simple_content(const Place& place, Draft& draft, std::size_t depth);
  Result<> complex_content(const Place& place, Draft& draft, std::size_t depth);
  Result<> content(const Place& place, Draft& draft);
  Result<> attributes(const Place& place, AttributeSet& out, std::size_t depth);
  Result<> attribute_group(const Place& place, AttributeSet& out, std::size_t depth);
  Result<> add_attribute(const Place& place, AttributeSet& out);
  Result<Attribute> attribute_row(const Place& place, Index name);
  Result<> add_wildcard(const Place& place, AttributeSet& out);
  Result<> inherit_attributes(const Place& place, Draft& draft, Index base);
  Result<> finish_type(const Place& place, Index type, Draft& draft);

  // compile_simple.cc
  Result<Index> simple_of(const Place& from, Index type, std::size_t depth);
  Result<> simple_type(Index type, std::size_t depth);
  Result<Simple> restricted(const Place& place, Type& type, std::size_t depth);
  Result<Simple> list_of(const Place& place, Type& type, std::size_t depth);
  Result<Simple> union_of(const Place& place, Type& type, std::size_t depth);
  Result<Index> item_type(const Place& place, View attribute);
  Result<Simple> with_facets(const Place& place, Index base);
  Result<> facet(const Place& place, Simple& simple, Facets& facets);
  Result<> bound_facet(const Place& place, const Simple& simple, Facets& facets);
  Result<> length_facet(const Place& place, Facets& facets);
  Result<> white_facet(const Place& place, Simple& simple);
  Result<> pattern_facets(const Place& place, const std::vector<View>& patterns, Facets& facets);
  Result<> enumeration(const Place& place, Index base, const std::vector<Place>& values,
                       Facets& facets);
  Result<Index> value_of(const Place& place, Index simple, View text);

  const Sources& sources_;
  Tables t_;
  Budget budget_;
  std::unordered_map<std::string, Index> name_numbers_;
  std::map<std::string, Index, std::less<>> space_numbers_;
  std::map<std::pair<Sort, Index>, Place> globals_;
  std::vector<std::pair<Sort, Index>> order_;  // of the globals, as they stand in the files
  std::vector<Origin> origins_;                // beside t_.types
  std::vector<Place> element_places_;          // beside t_.elements
  std::map<Index, std::vector<Index>> substitutes_;  // head: members, directly
  std::map<Index, std::pair<Progress, ParticlePtr>> groups_;
  std::map<Index, std::pair<Progress, AttributeSet>> attribute_groups_;
};

// Refuses what XML Schema does not have, and what it has and this compiler does not.
Result<> check_attributes(const Place& place);

}  // namespace corridor::xsd
