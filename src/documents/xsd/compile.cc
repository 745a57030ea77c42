// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "documents/xml/encoding.h"
#include "documents/xsd/compiler.h"
#include "documents/xsd/lexical.h"
#include "documents/xsd/xsd.h"

namespace corridor::xsd {

namespace {

struct Allowed {
  View element;
  View attributes;  // between spaces
};

// The attributes of each element of XML Schema that is supported. table
constexpr Allowed kAllowed[] = {
    {"schema", " targetNamespace elementFormDefault attributeFormDefault blockDefault finalDefault "
               "version id "},
    {"include", " schemaLocation id "},
    {"import", " namespace schemaLocation id "},
    {"notation", " name public system id "},
    {"element", " name ref type minOccurs maxOccurs default fixed form nillable abstract block "
                "final substitutionGroup id "},
    {"attribute", " name ref type use default fixed form id "},
    {"complexType", " name mixed abstract block final id "},
    {"simpleType", " name final id "},
    {"simpleContent", " id "},
    {"complexContent", " mixed id "},
    {"extension", " base id "},
    {"restriction", " base id "},
    {"sequence", " minOccurs maxOccurs id "},
    {"choice", " minOccurs maxOccurs id "},
    {"all", " minOccurs maxOccurs id "},
    {"group", " name ref minOccurs maxOccurs id "},
    {"attributeGroup", " name ref id "},
    {"any", " namespace processContents minOccurs maxOccurs id "},
    {"anyAttribute", " namespace processContents id "},
    {"list", " itemType id "},
    {"union", " memberTypes id "},
    {"enumeration", " value id "},
    {"pattern", " value id "},
    {"length", " value fixed id "},
    {"minLength", " value fixed id "},
    {"maxLength", " value fixed id "},
    {"whiteSpace", " value fixed id "},
    {"minInclusive", " value fixed id "},
    {"maxInclusive", " value fixed id "},
    {"minExclusive", " value fixed id "},
    {"maxExclusive", " value fixed id "},
    {"totalDigits", " value fixed id "},
    {"fractionDigits", " value fixed id "},
};

}  // namespace

Result<> check_attributes(const Place& place) {
  const xml::Tree& tree = place.tree();
  const auto* const row = std::ranges::find(kAllowed, place.local(), &Allowed::element);
  if (row == std::end(kAllowed) || !place.is(place.local()))
    return refuse(place, tree.qname(place.node) + " is not supported");
  const xml::Node& n = tree.node(place.node);
  for (xml::NodeId id = place.node + 1; id <= place.node + n.attributes; ++id) {
    const xml::Node& attribute = tree.node(id);
    if (!tree.space(attribute.name).empty()) {
      // Attributes of other namespaces are annotations (part 1 §3.13).
      if (tree.space(attribute.name) != kSchemaSpace) continue;
      return refuse(place, tree.qname(id) + " is no attribute of XML Schema");
    }
    const std::string word = " " + std::string(tree.local(attribute.name)) + " ";
    if (row->attributes.find(word) == View::npos)
      return refuse(place, tree.qname(place.node) + " has an attribute" + word +
                               "that is not supported");
  }
  return {};
}

Piece Compiler::keep(View text) {
  const Piece out{static_cast<std::uint32_t>(t_.text.size()),
                  static_cast<std::uint32_t>(text.size())};
  t_.text.append(text);
  return out;
}

Index Compiler::space(View uri) {
  const auto known = space_numbers_.find(uri);
  if (known != space_numbers_.end()) return known->second;
  const auto number = static_cast<Index>(t_.spaces.size());
  t_.spaces.push_back({keep(uri), {}});
  space_numbers_.emplace(uri, number);
  return number;
}

Result<Index> Compiler::intern(Index space_number, View local) {
  const auto [it, fresh] = name_numbers_.try_emplace(
      std::to_string(space_number) + ":" + std::string(local), t_.names.size());
  if (!fresh) return it->second;
  if (t_.names.size() >= kNamesMax)
    return fail(Code::too_large, "the schemas have too many names");
  Name name;
  name.space = space_number;
  name.local = keep(local);
  t_.names.push_back(name);
  return it->second;
}

Result<Index> Compiler::name_of(const Place& place, View qname) {
  const std::size_t colon = qname.find(':');
  const View prefix = colon == View::npos ? View() : qname.substr(0, colon);
  const View local = colon == View::npos ? qname : qname.substr(colon + 1);
  auto uri = place.tree().space_of_prefix(place.node, prefix);
  if (!xml::is_ncname(local) || (!uri && colon != View::npos))
    return refuse(place, "\"" + std::string(qname.substr(0, 200)) + "\" is no name here");
  if (uri.value_or("").empty() && place.file->adopted) uri = place.file->target;
  return intern(space(uri.value_or("")), local);
}

Result<Index> Compiler::declared_name(const Place& place, bool qualified) {
  const auto name = place.attribute("name");
  if (!name || !xml::is_ncname(*name)) return refuse(place, "the declaration has no name");
  return intern(qualified ? space(place.file->target) : space(""), *name);
}

Result<bool> Compiler::flag(const Place& place, View name) {
  const auto value = place.attribute(name);
  if (!value) return false;
  if (!is_lexical(Kind::boolean, *value))
    return refuse(place, std::string(name) + " is neither true nor false");
  return *value == "true" || *value == "1";
}

// The prefix by which sentences call a namespace: the first that a schema file gives it.
void Compiler::abbreviate(const File& file) {
  const xml::Tree& tree = *file.tree;
  for (xml::NodeId id = 0; id < tree.size(); ++id) {
    const xml::Node& n = tree.node(id);
    if (n.kind != xml::Kind::element) continue;
    for (const View word : {"ref", "type", "base"}) {
      const auto value = Place{&file, id}.attribute(word);
      const std::size_t colon = value ? value->find(':') : View::npos;
      if (colon == View::npos) continue;
      const auto uri = tree.space_of_prefix(id, value->substr(0, colon));
      if (!uri) continue;
      Space& row = t_.spaces[space(*uri)];
      if (row.prefix.bytes == 0 && row.uri.bytes > 0) row.prefix = keep(value->substr(0, colon));
    }
  }
}

Result<> Compiler::collect_one(const Place& place) {
  Sort sort = Sort::element;
  if (place.is("element")) sort = Sort::element;
  else if (place.is("attribute")) sort = Sort::attribute;
  else if (place.is("complexType") || place.is("simpleType")) sort = Sort::type;
  else if (place.is("group")) sort = Sort::group;
  else if (place.is("attributeGroup")) sort = Sort::attribute_group;
  else if (place.is("include") || place.is("import") || place.is("notation")) return {};
  else return refuse(place, place.tree().qname(place.node) + " is not supported");
  TRY_ASSIGN(const Index name, declared_name(place, true));
  const auto [it, fresh] = globals_.try_emplace({sort, name}, place);
  if (!fresh)
    return refuse(place, std::string(t_.local(name)) + " is declared a second time, after " +
                             it->second.file->path);
  order_.emplace_back(sort, name);
  return {};
}

Result<> Compiler::collect(const File& file) {
  // Every element of the file, once, so that nothing that is not reached is overlooked.
  for (xml::NodeId id = 0; id < file.tree->size(); ++id) {
    const xml::Node& n = file.tree->node(id);
    if (n.kind != xml::Kind::element) continue;
    const Place place{&file, id};
    if (place.is("annotation")) {
      id = n.end - 1;
      continue;
    }
    TRY(check_attributes(place));
  }
  TRY_ASSIGN(const auto children, children_of({&file, file.tree->root()}));
  for (const Place& place : children) TRY(collect_one(place));
  return {};
}

Result<Place> Compiler::find(Sort sort, const Place& from, Index name, View what) {
  const auto found = globals_.find({sort, name});
  if (found != globals_.end()) return found->second;
  const Space& where = t_.spaces[t_.names[name].space];
  return refuse(from, "there is no " + std::string(what) + " " + std::string(t_.local(name)) +
                          " in \"" + std::string(t_.view(where.uri)) + "\"");
}

Result<> Compiler::build_all() {
  TRY(collect_substitutes());
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto [sort, name] = order_[i];
    const Place place = globals_.at(order_[i]);
    if (sort == Sort::element) TRY(global_element(place, name));
    if (sort == Sort::type) TRY(type_named(place, name));
    if (sort == Sort::group) TRY(group_particle(place, 0));
    if (sort == Sort::attribute_group) {
      AttributeSet unused;
      TRY(attribute_group(place, unused, 0));
    }
    if (sort != Sort::attribute) continue;
    TRY_ASSIGN(const Attribute row, attribute_row(place, name));
    t_.names[name].attribute = static_cast<Index>(t_.global_attributes.size());
    t_.global_attributes.push_back(row);
  }
  for (Index type = 0; type < t_.types.size(); ++type) TRY(complete(type, 0));
  // Now that every type is known, so are the values that stand for one that is left out.
  for (Index i = 0; i < t_.elements.size(); ++i) {
    Element& row = t_.elements[i];
    const Type& type = t_.types[row.type];
    if (row.value == kNo || type.content == Content::mixed) continue;
    const Place& place = element_places_[i];
    if (type.content != Content::simple) return refuse(place, "such an element has no value");
    TRY_ASSIGN(row.value, value_of(place, type.simple, std::string(t_.view(t_.values[row.value]))));
  }
  return {};
}

Result<Tables> Compiler::run() {
  (void)space("");
  space_numbers_[std::string(kSchemaSpace)] = 1;
  add_builtins(t_);
  for (Index i = 0; i < t_.names.size(); ++i)
    name_numbers_.emplace("1:" + std::string(t_.local(i)), i);
  origins_.resize(t_.types.size());
  for (const File& file : sources_.files()) TRY(collect(file));
  for (const File& file : sources_.files()) abbreviate(file);
  TRY(build_all());
  t_.files = static_cast<std::uint32_t>(sources_.files().size());
  TRY(t_.finish());
  return std::move(t_);
}

Result<Schema> compile(std::span<const std::string> paths, const Open& open) {
  Sources sources;
  TRY(sources.read(paths, open));
  TRY_ASSIGN(Tables tables, Compiler(sources).run());
  return Schema(std::make_shared<const Tables>(std::move(tables)));
}

}  // namespace corridor::xsd
