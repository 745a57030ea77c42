// SPDX-License-Identifier: Apache-2.0
// Complex types and attributes (XML Schema part 1 §3.2, §3.4, §3.6).
#include <algorithm>

#include "documents/xsd/compiler.h"
#include "documents/xsd/lexical.h"
#include "documents/xsd/values.h"

namespace corridor::xsd {

namespace {

bool is_attribute(const Place& place) {
  return place.is("attribute") || place.is("attributeGroup") || place.is("anyAttribute");
}

bool is_particle(const Place& place) {
  return place.is("sequence") || place.is("choice") || place.is("all") || place.is("group");
}

}  // namespace

Result<Index> Compiler::new_type(const Place& place, Index name) {
  if (t_.types.size() >= kTypesMax)
    return refuse(place, "there are too many types", Code::too_large);
  Type row;
  row.name = name;
  if (place.is("simpleType")) row.flags = Type::kSimple;
  t_.types.push_back(row);
  origins_.push_back({place, Progress::fresh, nullptr});
  return static_cast<Index>(t_.types.size() - 1);
}

Result<Index> Compiler::type_named(const Place& from, Index name) {
  if (t_.names[name].type != kNo) return t_.names[name].type;
  TRY_ASSIGN(const Place place, find(Sort::type, from, name, "type"));
  TRY_ASSIGN(const Index type, new_type(place, name));
  t_.names[name].type = type;
  return type;
}

Result<Index> Compiler::anonymous_type(const Place& place) { return new_type(place, kNo); }

Result<> Compiler::complete(Index type, std::size_t depth) {
  if (origins_[type].progress == Progress::done) return {};
  const Place place = origins_[type].place;
  if (origins_[type].progress == Progress::busy)
    return refuse(place, "the type is made from itself");
  if (depth > kDerivationsMax)
    return refuse(place, "types are made from each other more than " +
                             std::to_string(kDerivationsMax) + " times", Code::too_large);
  origins_[type].progress = Progress::busy;
  if (place.is("simpleType")) TRY(simple_type(type, depth));
  else TRY(complex_type(type, depth));
  origins_[type].progress = Progress::done;
  return {};
}

Result<> Compiler::complex_type(Index type, std::size_t depth) {
  const Place place = origins_[type].place;
  Draft draft;
  draft.type = t_.types[type];
  draft.type.base = kAnyType;
  draft.type.method = kByRestriction;
  TRY_ASSIGN(const bool abstract, flag(place, "abstract"));
  TRY_ASSIGN(const bool mixed, flag(place, "mixed"));
  TRY_ASSIGN(draft.type.block, blocks(place));
  if (abstract) draft.type.flags |= Type::kAbstract;
  draft.type.content = mixed ? Content::mixed : Content::elements;
  TRY_ASSIGN(const auto children, children_of(place));
  if (children.size() == 1 &&
      (children[0].is("simpleContent") || children[0].is("complexContent")))
    TRY(derived(children[0], draft, depth));
  else
    TRY(content(place, draft));
  return finish_type(place, type, draft);
}

// An optional particle, then attributes.
Result<> Compiler::content(const Place& place, Draft& draft) {
  TRY_ASSIGN(const auto children, children_of(place));
  bool first = true;
  for (const Place& child : children) {
    if (first && is_particle(child)) {
      TRY_ASSIGN(draft.particle, particle(child, 0));
    } else if (!is_attribute(child)) {
      return refuse(child, place.tree().qname(child.node) + " cannot stand here");
    }
    first = false;
  }
  return attributes(place, draft.attributes, 0);
}

Result<> Compiler::derived(const Place& place, Draft& draft, std::size_t depth) {
  TRY_ASSIGN(const auto children, children_of(place));
  if (children.size() != 1 || (!children[0].is("extension") && !children[0].is("restriction")))
    return refuse(place, "this is neither an extension nor a restriction");
  const Place& way = children[0];
  const auto base = way.attribute("base");
  if (!base) return refuse(way, "the base is missing");
  TRY_ASSIGN(const Index name, name_of(way, *base));
  TRY_ASSIGN(draft.type.base, type_named(way, name));
  TRY(complete(draft.type.base, depth + 1));
  draft.type.method = way.is("extension") ? kByExtension : kByRestriction;
  if (place.is("simpleContent")) return simple_content(way, draft, depth);
  TRY_ASSIGN(const bool mixed, flag(place, "mixed"));
  if (mixed) draft.type.content = Content::mixed;
  return complex_content(way, draft, depth);
}

Result<> Compiler::simple_content(const Place& place, Draft& draft, std::size_t depth) {
  const Type base = t_.types[draft.type.base];
  draft.type.content = Content::simple;
  if (base.content != Content::simple)
    return refuse(place, "the base has no simple content");
  draft.type.simple = base.simple;
  if (place.is("restriction")) {
    if ((base.flags & Type::kSimple) != 0)
      return refuse(place, "simple content can only restrict a complex type");
    Index from = base.simple;
    TRY_ASSIGN(const auto children, children_of(place));
    for (const Place& child : children) {
      if (!child.is("simpleType")) continue;
      TRY_ASSIGN(const Index inner, anonymous_type(child));
      TRY_ASSIGN(from, simple_of(child, inner, depth + 1));
    }
    TRY_ASSIGN(Simple simple, with_facets(place, from));
    draft.type.simple = static_cast<Index>(t_.simples.size());
    t_.simples.push_back(simple);
  } else {
    TRY_ASSIGN(const auto children, children_of(place));
    for (const Place& child : children)
      if (!is_attribute(child))
        return refuse(child, place.tree().qname(child.node) + " cannot stand here");
  }
  TRY(attributes(place, draft.attributes, 0));
  return inherit_attributes(place, draft, draft.type.base);
}

Result<> Compiler::complex_content(const Place& place, Draft& draft, std::size_t) {
  const Type base = t_.types[draft.type.base];
  if (base.content == Content::simple)
    return refuse(place, "the base has simple content");
  TRY(content(place, draft));
  if (draft.type.method == kByExtension) {
    if (draft.type.base == kAnyType) return refuse(place, "xs:anyType cannot be extended");
    const ParticlePtr above = origins_[draft.type.base].particle;
    if (above != nullptr && draft.particle != nullptr) {
      Particle both;
      both.parts = {above, draft.particle};
      TRY_ASSIGN(draft.particle, make_particle(std::move(both)));
    } else if (above != nullptr) {
      draft.particle = above;
    }
    if (base.content == Content::mixed) draft.type.content = Content::mixed;
  }
  return inherit_attributes(place, draft, draft.type.base);
}

Result<> Compiler::inherit_attributes(const Place& place, Draft& draft, Index base) {
  const Type above = t_.types[base];
  AttributeSet& own = draft.attributes;
  const bool extends = draft.type.method == kByExtension;
  for (Index i = 0; i < above.attributes; ++i) {
    const Attribute use = t_.attributes[above.attributes_at + i];
    const bool again = std::ranges::find(own.uses, use.name, &Attribute::name) != own.uses.end();
    if (again && extends)
      return refuse(place, "the attribute " + std::string(t_.local(use.name)) +
                               " is declared again");
    const bool prohibited = std::ranges::find(own.prohibited, use.name) != own.prohibited.end();
    if (!again && !(prohibited && !extends)) own.uses.push_back(use);
  }
  if (!extends || above.wildcard == kNo || own.wildcard == above.wildcard) return {};
  if (own.wildcard == kNo) {
    own.wildcard = above.wildcard;
    return {};
  }
  // §3.4.2: the union, which is one of the two when that allows anything.
  if (t_.wildcards[own.wildcard].allows == Wildcard::Allows::any) return {};
  return refuse(place, "a union of two attribute wildcards is not supported");
}

Result<> Compiler::finish_type(const Place& place, Index type, Draft& draft) {
  Type& row = draft.type;
  if (row.content != Content::simple) {
    auto model = add_model(t_, draft.particle, budget_);
    if (!model) return refuse(place, model.error().why, model.error().code);
    row.model = *model;
    if (row.model == kNo && row.content == Content::elements) row.content = Content::empty;
    origins_[type].particle = draft.particle;
  }
  if (t_.attributes.size() + draft.attributes.uses.size() > kAttributesMax)
    return refuse(place, "there are too many attributes", Code::too_large);
  row.attributes_at = static_cast<Index>(t_.attributes.size());
  row.attributes = static_cast<Index>(draft.attributes.uses.size());
  row.required = static_cast<Index>(std::ranges::count_if(
      draft.attributes.uses, [](const auto& use) { return (use.flags & Attribute::kRequired) != 0; }));
  row.wildcard = draft.attributes.wildcard;
  for (const Attribute& use : draft.attributes.uses) t_.attributes.push_back(use);
  t_.types[type] = row;
  return {};
}

Result<> Compiler::attributes(const Place& place, AttributeSet& out, std::size_t depth) {
  if (depth > kGroupDepthMax)
    return refuse(place, "attribute groups are nested too deep", Code::too_large);
  TRY_ASSIGN(const auto children, children_of(place));
  for (const Place& child : children) {
    if (child.is("attribute")) TRY(add_attribute(child, out));
    if (child.is("anyAttribute")) TRY(add_wildcard(child, out));
    if (!child.is("attributeGroup")) continue;
    const auto ref = child.attribute("ref");
    if (!ref) return refuse(child, "the group is not named");
    TRY_ASSIGN(const Index name, name_of(child, *ref));
    TRY_ASSIGN(const Place group, find(Sort::attribute_group, child, name, "attribute group"));
    TRY(attribute_group(group, out, depth + 1));
  }
  return {};
}

Result<> Compiler::attribute_group(const Place& place, AttributeSet& out, std::size_t depth) {
  TRY_ASSIGN(const Index name, declared_name(place, true));
  if (attribute_groups_[name].first == Progress::busy)
    return refuse(place, "the attribute group contains itself");
  if (attribute_groups_[name].first == Progress::fresh) {
    attribute_groups_[name].first = Progress::busy;
    AttributeSet own;
    TRY_ASSIGN(const auto children, children_of(place));
    for (const Place& child : children)
      if (!is_attribute(child))
        return refuse(child, place.tree().qname(child.node) + " cannot stand here");
    TRY(attributes(place, own, depth));
    attribute_groups_[name] = {Progress::done, std::move(own)};
  }
  const AttributeSet& group = attribute_groups_[name].second;
  for (const Attribute& use : group.uses) {
    TRY(budget_.spend(out.uses.size()));
    if (std::ranges::find(out.uses, use.name, &Attribute::name) != out.uses.end())
      return refuse(place, "the attribute " + std::string(t_.local(use.name)) +
                               " is declared twice in a type");
    out.uses.push_back(use);
  }
  out.prohibited.insert(out.prohibited.end(), group.prohibited.begin(), group.prohibited.end());
  if (group.wildcard == kNo) return {};
  if (out.wildcard != kNo && out.wildcard != group.wildcard)
    return refuse(place, "an intersection of attribute wildcards is not supported");
  out.wildcard = group.wildcard;
  return {};
}

Result<> Compiler::add_wildcard(const Place& place, AttributeSet& out) {
  TRY_ASSIGN(const Index own, wildcard(place));
  if (out.wildcard != kNo && out.wildcard != own)
    return refuse(place, "an intersection of attribute wildcards is not supported");
  out.wildcard = own;
  return {};
}

// What the declaration itself says: type and value.
Result<Attribute> Compiler::attribute_row(const Place& place, Index name) {
  Attribute out;
  out.name = name;
  Index type = kAnySimpleType;
  const auto named = place.attribute("type");
  if (named) {
    TRY_ASSIGN(const Index type_name, name_of(place, *named));
    TRY_ASSIGN(type, type_named(place, type_name));
  }
  TRY_ASSIGN(const auto children, children_of(place));
  for (const Place& child : children) {
    if (!child.is("simpleType") || named)
      return refuse(child, "an attribute cannot have this here");
    TRY_ASSIGN(type, anonymous_type(child));
  }
  TRY_ASSIGN(out.simple, simple_of(place, type, 0));
  const auto fixed = place.attribute("fixed");
  const auto otherwise = place.attribute("default");
  if (fixed && otherwise) return refuse(place, "a value cannot be fixed and a default");
  if (fixed) out.flags |= Attribute::kFixed;
  if (fixed || otherwise) {
    TRY_ASSIGN(out.value, value_of(place, out.simple, fixed ? *fixed : *otherwise));
  }
  return out;
}

Result<> Compiler::add_attribute(const Place& place, AttributeSet& out) {
  const auto ref = place.attribute("ref");
  Attribute row;
  if (ref) {
    TRY_ASSIGN(const Index name, name_of(place, *ref));
    TRY_ASSIGN(const Place global, find(Sort::attribute, place, name, "attribute"));
    TRY_ASSIGN(row, attribute_row(global, name));
    if (const auto fixed = place.attribute("fixed")) {
      TRY_ASSIGN(row.value, value_of(place, row.simple, *fixed));
      row.flags |= Attribute::kFixed;
    }
  } else {
    auto form = place.attribute("form");
    if (!form) form = Place{place.file, place.tree().root()}.attribute("attributeFormDefault");
    if (form && *form != "qualified" && *form != "unqualified")
      return refuse(place, "\"" + std::string(*form) + "\" is no form of a name");
    TRY_ASSIGN(const Index name, declared_name(place, form && *form == "qualified"));
    TRY_ASSIGN(row, attribute_row(place, name));
  }
  const View use = place.attribute("use").value_or("optional");
  if (use == "prohibited") {
    out.prohibited.push_back(row.name);
    return {};
  }
  if (use == "required") row.flags |= Attribute::kRequired;
  else if (use != "optional")
    return refuse(place, "\"" + std::string(use) + "\" is no use of an attribute");
  TRY(budget_.spend(out.uses.size()));
  if (std::ranges::find(out.uses, row.name, &Attribute::name) != out.uses.end())
    return refuse(place, "the attribute " + std::string(t_.local(row.name)) +
                             " is declared twice");
  out.uses.push_back(row);
  return {};
}

}  // namespace corridor::xsd
