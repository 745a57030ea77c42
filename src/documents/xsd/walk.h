// SPDX-License-Identifier: Apache-2.0
//
// One walk over a tree: a frame for each open element with children, nothing for the others. What is
// wrong is put to a side path that may be slow, and the walk goes on as if the document were right:
// an element that cannot stand where it stands is left out, one that is missing is thought there.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "documents/xsd/findings.h"
#include "documents/xsd/values.h"

namespace corridor::xsd {

class Walk {
 public:
  // What a model says to an element: its declaration, or how to go on without one.
  struct Answer {
    enum class Way : std::uint8_t { declared, judged_lax, judged_strict, skipped } way = Way::skipped;
    Index element = kNo;
  };

  Walk(const Tables& tables, const xml::Tree& tree, std::size_t findings_max);
  std::vector<Finding> run();

 private:
  struct Known {  // a name of the tree, in the words of the schema
    Index name = kNo;
    Index space = kNo;  // kNo: a namespace that no schema mentions
  };
  struct Frame {
    xml::NodeId node = 0;
    xml::NodeId end = 0;
    Index type = 0;
    Content content = Content::empty;
    const Model* model = nullptr;  // none: nothing may stand there
    Index cursor = 0;              // a slot, relative; or a state
    std::uint32_t count = 0;       // in the current slot
    std::uint64_t seen = 0;        // of `all`
  };
  void learn_names();
  [[nodiscard]] bool allows(const Wildcard& wildcard, Index space) const;

  // walk.cc: each gives the next node to look at
  xml::NodeId element(xml::NodeId node);
  xml::NodeId enter(xml::NodeId node, Index element);
  xml::NodeId enter_type(xml::NodeId node, Index type, const Element* element, bool nil);
  xml::NodeId enter_wild(xml::NodeId node, Process process);
  xml::NodeId simple(xml::NodeId node, const Type& type, const Element* element);
  void text(xml::NodeId node);
  void note_id(xml::NodeId node, View value, Index simple);
  void leave();

  // walk_attributes.cc
  struct Instance {  // of xsi: on one element
    Index type = kNo;
    bool nil = false;
    bool broken = false;
  };
  void attributes(xml::NodeId node, const Type& type);
  void wild_attribute(xml::NodeId attribute, xml::NodeId element, const Type& type);
  void missing_attributes(xml::NodeId node, const Type& type);
  void attribute_value(xml::NodeId attribute, xml::NodeId element, const Attribute& row);
  Instance instance(xml::NodeId node, Index declared, const Element* element);
  Index substituted(xml::NodeId attribute, xml::NodeId node, Index declared, const Element* element);
  [[nodiscard]] bool derives(Index type, Index from, std::uint8_t blocked) const;
  [[nodiscard]] bool is_instance_attribute(Known name) const;

  // walk_models.cc
  Answer in_slots(Frame& frame, xml::NodeId node, Known name);
  Answer out_of_slots(Frame& frame, xml::NodeId node, Known name);
  Answer in_all(Frame& frame, xml::NodeId node, Known name);
  Answer in_states(Frame& frame, xml::NodeId node, Known name);
  Answer out_of_states(Frame& frame, xml::NodeId node, Known name);
  bool step(Index& state, Known name, Answer& answer) const;
  void end_slots(const Frame& frame);
  void end_all(const Frame& frame);
  void end_states(const Frame& frame);
  void slot_missing(const Frame& frame, const Slot& slot, Index before);
  [[nodiscard]] std::vector<Index> expected(const Frame& frame) const;
  [[nodiscard]] std::vector<Index> expected_in(Index state) const;
  [[nodiscard]] std::size_t siblings(xml::NodeId parent, Index name, xml::NodeId before) const;

  const Tables& t_;
  const xml::Tree& tree_;
  Findings findings_;
  Values values_;
  std::vector<Known> names_;
  std::vector<Frame> frames_;
  std::string scratch_;
  std::set<std::string, std::less<>> ids_;
  xml::NameId nil_ = 0;  // of the tree; 0: the document does not use it
  xml::NameId type_ = 0;
  bool has_instance_ = false;
};

}  // namespace corridor::xsd
