// SPDX-License-Identifier: Apache-2.0
// Element declarations, particles and wildcards (XML Schema part 1 §3.3, §3.7 to §3.10).
#include <algorithm>

#include "documents/xsd/compiler.h"
#include "documents/xsd/lexical.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kOccursDigitsMax = 9;
constexpr std::size_t kSubstitutesMax = 10'000;
constexpr std::size_t kWildcardsMax = 10'000;
constexpr std::uint8_t kBySubstitution = 4;

std::vector<View> words(View text) {
  std::vector<View> out;
  while (!(text = trimmed(text)).empty()) {
    std::size_t end = 0;
    while (end < text.size() && !is_white(text[end])) ++end;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

Place schema_of(const Place& place) { return {place.file, place.tree().root()}; }

Result<bool> is_qualified(const Place& place, View default_name) {
  auto form = place.attribute("form");
  if (!form) form = schema_of(place).attribute(default_name);
  if (!form || *form == "unqualified") return false;
  if (*form == "qualified") return true;
  return refuse(place, "\"" + std::string(*form) + "\" is no form of a name");
}

}  // namespace

Result<std::uint8_t> Compiler::blocks(const Place& place) {
  auto text = place.attribute("block");
  if (!text) text = schema_of(place).attribute("blockDefault");
  std::uint8_t out = 0;
  for (const View word : words(text.value_or(""))) {
    if (word == "#all") out = kByExtension | kByRestriction | kBySubstitution;
    else if (word == "extension") out |= kByExtension;
    else if (word == "restriction") out |= kByRestriction;
    else if (word == "substitution") out |= kBySubstitution;
    else return refuse(place, "\"" + std::string(word) + "\" cannot be blocked");
  }
  return out;
}

Result<> Compiler::collect_substitutes() {
  std::size_t count = 0;
  for (const auto& key : order_) {
    if (key.first != Sort::element) continue;
    const Place place = globals_.at(key);
    const auto head = place.attribute("substitutionGroup");
    if (!head) continue;
    TRY_ASSIGN(const Index name, name_of(place, *head));
    TRY(find(Sort::element, place, name, "element"));
    if (++count > kSubstitutesMax)
      return refuse(place, "there are too many substitution groups", Code::too_large);
    substitutes_[name].push_back(key.second);
  }
  return {};
}

Result<Index> Compiler::global_element(const Place& from, Index name) {
  if (t_.names[name].element != kNo) return t_.names[name].element;
  TRY_ASSIGN(const Place place, find(Sort::element, from, name, "element"));
  return element_row(place, name, 0);
}

Result<Index> Compiler::element_type(const Place& place, std::size_t depth) {
  TRY_ASSIGN(const auto children, children_of(place));
  const auto type = place.attribute("type");
  Index out = kNo;
  for (const Place& child : children) {
    if (child.is("key") || child.is("keyref") || child.is("unique"))
      return refuse(child, "xs:" + std::string(child.local()) + " is not supported");
    if ((!child.is("complexType") && !child.is("simpleType")) || out != kNo || type)
      return refuse(child, "an element cannot have this here: " + std::string(child.local()));
    TRY_ASSIGN(out, anonymous_type(child));
  }
  if (out != kNo) return out;
  if (type) {
    TRY_ASSIGN(const Index name, name_of(place, *type));
    return type_named(place, name);
  }
  const auto head = place.attribute("substitutionGroup");
  if (!head) return kAnyType;
  if (depth > kDerivationsMax) return refuse(place, "substitution groups are circular");
  TRY_ASSIGN(const Index name, name_of(place, *head));
  TRY_ASSIGN(const Place above, find(Sort::element, place, name, "element"));
  if (t_.names[name].element != kNo) {
    const Index type_of_head = t_.elements[t_.names[name].element].type;
    if (type_of_head == kNo) return refuse(place, "substitution groups are circular");
    return type_of_head;
  }
  return element_type(above, depth + 1);
}

Result<> Compiler::element_value(const Place& place, Element& row) {
  const auto fixed = place.attribute("fixed");
  const auto otherwise = place.attribute("default");
  if (fixed && otherwise) return refuse(place, "a value cannot be fixed and a default");
  if (!fixed && !otherwise) return {};
  if (fixed) row.flags |= Element::kFixed;
  row.value = static_cast<Index>(t_.values.size());
  t_.values.push_back(keep(fixed ? *fixed : *otherwise));
  return {};
}

Result<Index> Compiler::element_row(const Place& place, Index name, std::size_t depth) {
  const bool global = place.tree().node(place.node).parent == place.tree().root();
  if (t_.elements.size() >= kElementsMax)
    return refuse(place, "there are too many elements", Code::too_large);
  const auto index = static_cast<Index>(t_.elements.size());
  t_.elements.push_back({});
  element_places_.push_back(place);
  if (global) t_.names[name].element = index;
  Element row;
  row.name = name;
  TRY_ASSIGN(const bool nillable, flag(place, "nillable"));
  TRY_ASSIGN(const bool abstract, flag(place, "abstract"));
  if (nillable) row.flags |= Element::kNillable;
  if (abstract) row.flags |= Element::kAbstract;
  if (global && place.file->is_document) row.flags |= Element::kDocument;
  TRY_ASSIGN(row.block, blocks(place));
  TRY(element_value(place, row));
  TRY_ASSIGN(row.type, element_type(place, depth));
  t_.elements[index] = row;
  return index;
}

Result<> Compiler::occurs(const Place& place, Particle& particle) {
  const auto number = [&](View attribute, std::uint32_t& out) -> Result<> {
    const auto text = place.attribute(attribute);
    if (!text) return {};
    if (*text == "unbounded" && attribute == "maxOccurs") {
      out = kUnbounded;
      return {};
    }
    if (text->empty() || text->size() > kOccursDigitsMax ||
        text->find_first_not_of("0123456789") != View::npos)
      return refuse(place, std::string(attribute) + " is no number of at most " +
                               std::to_string(kOccursDigitsMax) + " digits");
    out = 0;
    for (const char c : *text) out = out * 10 + static_cast<std::uint32_t>(c - '0');
    return {};
  };
  TRY(number("minOccurs", particle.min));
  TRY(number("maxOccurs", particle.max));
  if (particle.min > particle.max) return refuse(place, "minOccurs is more than maxOccurs");
  return {};
}

Result<ParticlePtr> Compiler::element_particle(const Place& place) {
  Particle out;
  out.kind = Particle::Kind::element;
  TRY(occurs(place, out));
  const auto ref = place.attribute("ref");
  if (!ref) {
    TRY_ASSIGN(const bool qualified, is_qualified(place, "elementFormDefault"));
    TRY_ASSIGN(const Index name, declared_name(place, qualified));
    TRY_ASSIGN(const Index element, element_row(place, name, 0));
    out.elements.emplace_back(name, element);
    return make_particle(std::move(out));
  }
  if (place.attribute("name") || place.attribute("type"))
    return refuse(place, "an element that refers to another cannot declare anything");
  TRY_ASSIGN(const Index head, name_of(place, *ref));
  std::vector<Index> queue{head};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    TRY_ASSIGN(const Index element, global_element(place, queue[i]));
    out.elements.emplace_back(queue[i], element);
    const auto members = substitutes_.find(queue[i]);
    if (members == substitutes_.end()) continue;
    const std::uint8_t block = t_.elements[element].block;
    if ((block & kBySubstitution) != 0) continue;
    if (block != 0) return refuse(place, "a block of derivations in a substitution group is not "
                                         "supported");
    for (const Index member : members->second)
      if (std::ranges::find(queue, member) == queue.end()) queue.push_back(member);
  }
  return make_particle(std::move(out));
}

Result<ParticlePtr> Compiler::parts_particle(const Place& place, std::size_t depth) {
  Particle out;
  out.kind = place.is("choice") ? Particle::Kind::choice
             : place.is("all")  ? Particle::Kind::all
                                : Particle::Kind::sequence;
  TRY(occurs(place, out));
  TRY_ASSIGN(const auto children, children_of(place));
  for (const Place& child : children) {
    TRY_ASSIGN(auto part, particle(child, depth + 1));
    out.parts.push_back(std::move(part));
  }
  return make_particle(std::move(out));
}

Result<ParticlePtr> Compiler::particle(const Place& place, std::size_t depth) {
  if (depth > kSchemaDepthMax + kGroupDepthMax)
    return refuse(place, "groups are nested too deep", Code::too_large);
  if (place.is("element")) return element_particle(place);
  if (place.is("sequence") || place.is("choice") || place.is("all"))
    return parts_particle(place, depth);
  Particle out;
  TRY(occurs(place, out));
  if (place.is("any")) {
    out.kind = Particle::Kind::any;
    TRY_ASSIGN(out.wildcard, wildcard(place));
    return make_particle(std::move(out));
  }
  const auto ref = place.attribute("ref");
  if (!place.is("group") || !ref)
    return refuse(place, place.tree().qname(place.node) + " cannot stand here");
  TRY_ASSIGN(const Index name, name_of(place, *ref));
  TRY_ASSIGN(const Place group, find(Sort::group, place, name, "group"));
  TRY_ASSIGN(auto part, group_particle(group, depth + 1));
  out.parts.push_back(std::move(part));
  return make_particle(std::move(out));
}

Result<ParticlePtr> Compiler::group_particle(const Place& place, std::size_t depth) {
  TRY_ASSIGN(const Index name, declared_name(place, true));
  {
    auto& [progress, known] = groups_[name];
    if (progress == Progress::done) return known;
    if (progress == Progress::busy)
      return refuse(place, "the group " + std::string(t_.local(name)) + " contains itself");
    progress = Progress::busy;
  }
  TRY_ASSIGN(const auto children, children_of(place));
  if (children.size() != 1 || children[0].is("element") || children[0].is("any") ||
      children[0].is("group"))
    return refuse(place, "a group is one sequence, choice or all");
  TRY_ASSIGN(auto out, particle(children[0], depth + 1));
  groups_[name] = {Progress::done, out};
  return out;
}

Result<Index> Compiler::wildcard(const Place& place) {
  Wildcard out;
  std::vector<Index> spaces;
  const View process = place.attribute("processContents").value_or("strict");
  if (process == "lax") out.process = Process::lax;
  else if (process == "skip") out.process = Process::skip;
  else if (process != "strict")
    return refuse(place, "\"" + std::string(process) + "\" is no way to process contents");
  const View text = place.attribute("namespace").value_or("##any");
  if (text == "##other") {
    out.allows = Wildcard::Allows::other;
    spaces.push_back(space(place.file->target));
  } else if (text != "##any") {
    out.allows = Wildcard::Allows::listed;
    for (const View word : words(text)) {
      if (word == "##targetNamespace") spaces.push_back(space(place.file->target));
      else if (word == "##local") spaces.push_back(space(""));
      else if (word.starts_with("##"))
        return refuse(place, "\"" + std::string(word) + "\" is no namespace");
      else spaces.push_back(space(word));
    }
  }
  for (Index i = 0; i < t_.wildcards.size(); ++i) {
    const Wildcard& row = t_.wildcards[i];
    if (row.allows == out.allows && row.process == out.process &&
        std::equal(spaces.begin(), spaces.end(), t_.wildcard_spaces.begin() + row.spaces_at,
                   t_.wildcard_spaces.begin() + row.spaces_at + row.spaces))
      return i;
  }
  if (t_.wildcards.size() >= kWildcardsMax)
    return refuse(place, "there are too many wildcards", Code::too_large);
  out.spaces_at = static_cast<Index>(t_.wildcard_spaces.size());
  out.spaces = static_cast<Index>(spaces.size());
  t_.wildcard_spaces.insert(t_.wildcard_spaces.end(), spaces.begin(), spaces.end());
  t_.wildcards.push_back(out);
  return static_cast<Index>(t_.wildcards.size() - 1);
}

}  // namespace corridor::xsd
