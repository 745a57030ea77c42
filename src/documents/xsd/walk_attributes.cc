// SPDX-License-Identifier: Apache-2.0
// Attributes, and what xsi:type and xsi:nil make of an element (XML Schema part 1 §3.3.4, §3.4.4).
#include "documents/xsd/lexical.h"
#include "documents/xsd/walk.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kBasesMax = 200;  // more than the compiler lets through

}  // namespace

void Walk::attributes(xml::NodeId node, const Type& type) {
  const xml::Node& n = tree_.node(node);
  const Attribute* const rows = t_.attributes.data() + type.attributes_at;
  Index required = 0;
  for (xml::NodeId id = node + 1; id <= node + n.attributes; ++id) {
    const Index name = names_[tree_.node(id).name].name;
    Index i = 0;
    while (i < type.attributes && rows[i].name != name) ++i;
    if (i == type.attributes || name == kNo) {
      wild_attribute(id, node, type);
      continue;
    }
    if ((rows[i].flags & Attribute::kRequired) != 0) ++required;
    attribute_value(id, node, rows[i]);
  }
  if (required < type.required) missing_attributes(node, type);
}

void Walk::attribute_value(xml::NodeId attribute, xml::NodeId element, const Attribute& row) {
  if (t_.simples[row.simple].always && (row.flags & Attribute::kFixed) == 0) return;
  const View value = tree_.value(tree_.node(attribute));
  const Unfit unfit = values_.judge(row.simple, value, element);
  if (unfit != Unfit::nothing) return findings_.value(attribute, value, row.simple, unfit);
  note_id(attribute, value, row.simple);
  if ((row.flags & Attribute::kFixed) == 0) return;
  const View wanted = t_.view(t_.values[row.value]);
  if (values_.canonical_of(row.simple, value) != wanted)
    findings_.fixed_value(attribute, value, wanted);
}

// What is not declared: one of xsi:, one that a wildcard lets in, or one too many.
void Walk::wild_attribute(xml::NodeId attribute, xml::NodeId element, const Type& type) {
  const xml::NameId name = tree_.node(attribute).name;
  if (has_instance_ && tree_.space(name) == kInstanceSpace) {
    const View local = tree_.local(name);
    if (local == "type" || local == "nil" || local == "schemaLocation" ||
        local == "noNamespaceSchemaLocation")
      return;
  }
  if (type.wildcard != kNo && allows(t_.wildcards[type.wildcard], names_[name].space)) {
    const Process process = t_.wildcards[type.wildcard].process;
    if (process == Process::skip) return;
    const Index known = names_[name].name;
    const Index row = known == kNo ? kNo : t_.names[known].attribute;
    if (row != kNo) return attribute_value(attribute, element, t_.global_attributes[row]);
    if (process == Process::lax) return;
  }
  std::vector<Index> instead;
  for (Index i = 0; i < type.attributes; ++i)
    instead.push_back(t_.attributes[type.attributes_at + i].name);
  findings_.attribute(attribute, element, instead);
}

void Walk::missing_attributes(xml::NodeId node, const Type& type) {
  const xml::Node& n = tree_.node(node);
  for (Index i = 0; i < type.attributes; ++i) {
    const Attribute& row = t_.attributes[type.attributes_at + i];
    if ((row.flags & Attribute::kRequired) == 0) continue;
    bool there = false;
    for (xml::NodeId id = node + 1; id <= node + n.attributes; ++id)
      there = there || names_[tree_.node(id).name].name == row.name;
    if (!there) findings_.attribute_missing(node, row.name);
  }
}

// §3.4.6, §3.14.6: by steps that are not blocked.
bool Walk::derives(Index type, Index from, std::uint8_t blocked) const {
  for (std::size_t steps = 0; steps < kBasesMax; ++steps) {
    if (type == from) return true;
    const Type& row = t_.types[type];
    // A simple type and anyType are one restriction apart, however many rows lie between.
    if (row.base == kNo || (row.method & blocked) != 0) return false;
    type = row.base;
  }
  return false;
}

Index Walk::substituted(xml::NodeId attribute, xml::NodeId node, Index declared,
                        const Element* element) {
  const View value = trimmed(tree_.value(tree_.node(attribute)));
  const std::size_t colon = value.find(':');
  const View prefix = colon == View::npos ? View() : value.substr(0, colon);
  const View local = colon == View::npos ? value : value.substr(colon + 1);
  const auto uri = tree_.space_of_prefix(node, prefix);
  Index name = kNo;
  if (is_lexical(Kind::qname, value) && (uri || colon == View::npos))
    name = t_.find_name(uri.value_or(""), local);
  const Index type = name == kNo ? kNo : t_.names[name].type;
  const std::string called = findings_.called_node(node);
  if (type == kNo) {
    findings_.type(attribute, called + " names a type that these schemas do not know: \"" +
                                  presentable(value) + "\".", value);
    return kNo;
  }
  std::uint8_t blocked = t_.types[declared].block;
  if (element != nullptr) blocked |= element->block;
  if (derives(type, declared, blocked)) return type;
  findings_.type(attribute, called + " cannot be of the type \"" + presentable(value) +
                                "\": it is not made from the one it has by declaration.", value);
  return kNo;
}

Walk::Instance Walk::instance(xml::NodeId node, Index declared, const Element* element) {
  Instance out;
  out.type = declared;
  if (type_ == 0 && nil_ == 0) return out;
  const xml::Node& n = tree_.node(node);
  for (xml::NodeId id = node + 1; id <= node + n.attributes; ++id) {
    const xml::NameId name = tree_.node(id).name;
    if (name == nil_ && nil_ != 0) {
      const View value = trimmed(tree_.value(tree_.node(id)));
      const bool nillable = element != nullptr && (element->flags & Element::kNillable) != 0;
      if (!is_lexical(Kind::boolean, value) || (element != nullptr && !nillable)) {
        findings_.type(id, nillable ? "xsi:nil is neither true nor false."
                                    : findings_.called_node(node) + " cannot be nil.", value);
        out.broken = true;
      }
      out.nil = nillable && (value == "true" || value == "1");
    } else if (name == type_ && type_ != 0) {
      out.type = substituted(id, node, declared, element);
      out.broken = out.broken || out.type == kNo;
    }
  }
  return out;
}

}  // namespace corridor::xsd
