// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/walk.h"

#include "documents/xsd/lexical.h"
#include "documents/xsd/xsd.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kFramesReserved = 32;
constexpr std::size_t kSpacesRemembered = 30;

bool is_blank(View text) {
  for (const char c : text)
    if (!is_white(c)) return false;
  return true;
}

}  // namespace

Walk::Walk(const Tables& tables, const xml::Tree& tree, std::size_t findings_max)
    : t_(tables), tree_(tree), findings_(tables, tree, findings_max), values_(tables, &tree) {
  frames_.reserve(kFramesReserved);
  learn_names();
}

// Once a document: what its names are to the schema. Names of one namespace share one text, and
// there are few namespaces.
void Walk::learn_names() {
  names_.resize(tree_.name_count());
  std::vector<std::pair<View, Index>> spaces;
  for (xml::NameId name = 1; name < names_.size(); ++name) {
    const View uri = tree_.space(name);
    std::size_t at = spaces.size();
    while (at > 0 && (spaces[at - 1].first.data() != uri.data() ||
                      spaces[at - 1].first.size() != uri.size()))
      --at;
    if (at == 0) {
      // A document of endless namespaces is looked up, not remembered.
      if (spaces.size() >= kSpacesRemembered) spaces.pop_back();
      spaces.emplace_back(uri, t_.find_space(uri));
      at = spaces.size();
      has_instance_ = has_instance_ || uri == kInstanceSpace;
    }
    const Index space = spaces[at - 1].second;
    names_[name].space = space;
    if (space != kNo) names_[name].name = t_.find_name(space, tree_.local(name));
  }
  if (!has_instance_) return;
  nil_ = tree_.find_name(kInstanceSpace, "nil");
  type_ = tree_.find_name(kInstanceSpace, "type");
}

bool Walk::allows(const Wildcard& wildcard, Index space) const {
  if (wildcard.allows == Wildcard::Allows::any) return true;
  for (Index i = 0; i < wildcard.spaces; ++i)
    if (t_.wildcard_spaces[wildcard.spaces_at + i] == space)
      return wildcard.allows == Wildcard::Allows::listed;
  return wildcard.allows == Wildcard::Allows::other && space != 0;
}

std::vector<Finding> Walk::run() {
  const xml::NodeId root = tree_.root();
  if (root == xml::kNone || findings_.full()) return {};
  const Index name = names_[tree_.node(root).name].name;
  const Index element = name == kNo ? kNo : t_.names[name].element;
  if (element == kNo || (t_.elements[element].flags & Element::kDocument) == 0) {
    findings_.unknown_root(root);
    return findings_.take();
  }
  const xml::NodeId end = tree_.node(root).end;
  for (xml::NodeId id = enter(root, element); id < end && !findings_.full();) {
    while (id >= frames_.back().end) leave();
    switch (tree_.node(id).kind) {
      case xml::Kind::element: id = this->element(id); break;
      case xml::Kind::text: text(id++); break;
      default: ++id;
    }
  }
  while (!frames_.empty() && !findings_.full()) leave();
  return findings_.take();
}

void Walk::leave() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.model == nullptr) return;
  switch (frame.model->form) {
    case Model::Form::slots: return end_slots(frame);
    case Model::Form::all: return end_all(frame);
    case Model::Form::states: return end_states(frame);
  }
}

void Walk::text(xml::NodeId node) {
  const Frame& frame = frames_.back();
  if (frame.content == Content::mixed) return;
  const View value = tree_.value(tree_.node(node));
  if (frame.content == Content::elements ? is_blank(value) : value.empty()) return;
  findings_.text(node, frame.node, value);
}

xml::NodeId Walk::element(xml::NodeId node) {
  Frame& frame = frames_.back();
  const Known name = names_[tree_.node(node).name];
  Answer answer;
  if (frame.model == nullptr) {
    findings_.unexpected(node, {});
  } else {
    switch (frame.model->form) {
      case Model::Form::slots: answer = in_slots(frame, node, name); break;
      case Model::Form::all: answer = in_all(frame, node, name); break;
      case Model::Form::states: answer = in_states(frame, node, name); break;
    }
  }
  switch (answer.way) {
    case Answer::Way::declared: return enter(node, answer.element);
    case Answer::Way::judged_lax: return enter_wild(node, Process::lax);
    case Answer::Way::judged_strict: return enter_wild(node, Process::strict);
    default: return tree_.node(node).end;
  }
}

// §3.10.4: a declaration if there is one; without one `lax` still looks inside.
xml::NodeId Walk::enter_wild(xml::NodeId node, Process process) {
  const Known name = names_[tree_.node(node).name];
  if (name.name != kNo && t_.names[name.name].element != kNo)
    return enter(node, t_.names[name.name].element);
  const Instance instance = this->instance(node, kAnyType, nullptr);
  if (instance.broken) return tree_.node(node).end;
  if (instance.type == kAnyType && process == Process::strict) {
    findings_.undeclared(node);
    return tree_.node(node).end;
  }
  return enter_type(node, instance.type, nullptr, instance.nil);
}

xml::NodeId Walk::enter(xml::NodeId node, Index index) {
  const Element& element = t_.elements[index];
  if ((element.flags & Element::kAbstract) != 0) {
    findings_.type(node, findings_.called_node(node) +
                             " stands for others and cannot stand in a document itself.", {});
    return tree_.node(node).end;
  }
  Index type = element.type;
  bool nil = false;
  if (has_instance_ && tree_.node(node).attributes > 0) {
    const Instance instance = this->instance(node, type, &element);
    if (instance.broken) return tree_.node(node).end;
    type = instance.type;
    nil = instance.nil;
  }
  return enter_type(node, type, &element, nil);
}

xml::NodeId Walk::enter_type(xml::NodeId node, Index index, const Element* element, bool nil) {
  const Type& type = t_.types[index];
  if ((type.flags & Type::kAbstract) != 0) {
    findings_.type(node, findings_.called_node(node) +
                             " needs xsi:type: its type only stands for others.", {});
    return tree_.node(node).end;
  }
  const xml::Node& n = tree_.node(node);
  if (n.attributes > 0 || type.required > 0) attributes(node, type);
  if (nil) {
    if (element != nullptr && element->value != kNo && (element->flags & Element::kFixed) != 0)
      findings_.type(node, findings_.called_node(node) + " has a fixed value and cannot be nil.", {});
    frames_.push_back({node, n.end, index, Content::empty, nullptr});
    return node + 1 + n.attributes;
  }
  if (type.content == Content::simple) return simple(node, type, element);
  Frame& frame = frames_.emplace_back();
  frame.node = node;
  frame.end = n.end;
  frame.type = index;
  frame.content = type.content;
  frame.model = type.model == kNo ? nullptr : &t_.models[type.model];
  if (frame.model != nullptr && frame.model->form == Model::Form::states)
    frame.cursor = frame.model->at;
  if (element != nullptr && element->value != kNo && (element->flags & Element::kFixed) != 0) {
    // Mixed content with a fixed value is text, and that text (§3.3.4, 5.2.2).
    const std::string seen = tree_.string_value(node);
    const View wanted = t_.view(t_.values[element->value]);
    if (n.end > node + 1 + n.attributes && seen != wanted) findings_.fixed_value(node, seen, wanted);
  }
  return node + 1 + n.attributes;
}

// Part 2 §3.3.8: an ID stands once in a document.
void Walk::note_id(xml::NodeId node, View value, Index simple) {
  const Simple& row = t_.simples[simple];
  if (row.kind != Kind::id || row.variety != Variety::atomic) return;
  if (!ids_.emplace(trimmed(value)).second) findings_.id_again(node, value);
}

// A value is judged at once, and its text stepped over.
xml::NodeId Walk::simple(xml::NodeId node, const Type& type, const Element* element) {
  const xml::Node& n = tree_.node(node);
  const bool has_value = element != nullptr && element->value != kNo;
  if (!n.mixed && !has_value && t_.simples[type.simple].always) return n.end;
  if (n.mixed)
    for (xml::NodeId child = tree_.first_child(node); child != xml::kNone;
         child = tree_.next_sibling(child))
      if (tree_.node(child).kind == xml::Kind::element) {
        findings_.unexpected(child, {});
        return n.end;
      }
  const View value = n.mixed ? tree_.string_value(node, scratch_) : tree_.value(n);
  if (has_value && value.empty()) return n.end;
  const Unfit unfit = values_.judge(type.simple, value, node);
  if (unfit == Unfit::nothing) note_id(node, value, type.simple);
  if (unfit != Unfit::nothing) {
    findings_.value(node, value, type.simple, unfit);
  } else if (has_value && (element->flags & Element::kFixed) != 0) {
    const View wanted = t_.view(t_.values[element->value]);
    if (values_.canonical_of(type.simple, value) != wanted)
      findings_.fixed_value(node, value, wanted);
  }
  return n.end;
}

bool Schema::knows(View space, View local) const {
  const Index name = tables_->find_name(space, local);
  const Index element = name == kNo ? kNo : tables_->names[name].element;
  return element != kNo && (tables_->elements[element].flags & Element::kDocument) != 0;
}

std::vector<Finding> Schema::check(const xml::Tree& tree, std::size_t findings_max) const {
  return Walk(*tables_, tree, findings_max).run();
}

Facts Schema::facts() const {
  const Tables& t = *tables_;
  const auto bytes = [](const auto& rows) { return rows.size() * sizeof(rows[0]); };
  Facts out;
  out.files = t.files;
  out.elements = t.elements.size();
  out.types = t.types.size();
  out.bytes = t.text.size() + bytes(t.spaces) + bytes(t.names) + bytes(t.elements) +
              bytes(t.global_attributes) + bytes(t.attributes) + bytes(t.wildcards) +
              bytes(t.wildcard_spaces) + bytes(t.slots) + bytes(t.edges) + bytes(t.guards) +
              bytes(t.states) + bytes(t.models) + bytes(t.types) + bytes(t.simples) +
              bytes(t.items) + bytes(t.facets) + bytes(t.patterns) + bytes(t.allowed) +
              bytes(t.values) + bytes(t.name_slots);
  return out;
}

}  // namespace corridor::xsd
