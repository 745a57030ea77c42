// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a message, in words a trader understands. Places are nodes of the tree that is
// being made; paths and lines are filled in when it is finished.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "documents/edifact/elements.h"
#include "documents/edifact/place.h"
#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::edifact {

class Findings {
 public:
  static constexpr std::size_t kFindingsMax = 200;

  // The segment that the next findings are about.
  struct At {
    Tag tag = 0;
    std::uint32_t number = 0;  // in its message; 0 outside of one
    xml::NodeId node = 0;
  };

  void element(const Directory& directory, const At& at, const ElementFault& fault,
               xml::NodeId node, const std::string& value);
  void misplaced(const Directory& directory, View type, const At& at, Misplaced what, Tag group,
                 std::uint32_t limit);
  // `behind`: the tag of what stands there instead.
  void missing(const Directory& directory, View type, const At& at, Tag tag, bool group);
  void without_trigger(const Directory& directory, View type, const At& at, Tag trigger);
  void unknown_message(const At& at, View type, View version, View release, bool no_directory);
  void characters(const At& at, xml::NodeId node, View identifier, const std::string& value);
  void encoding(const At& at, View identifier, View read_as);
  void not_checked(const At& at);

  // No more will be kept: finding them is wasted.
  [[nodiscard]] bool full() const { return found_.size() >= kFindingsMax; }
  std::vector<Finding> finish(const xml::Tree& tree);

 private:
  struct Kept {
    Finding finding;
    xml::NodeId node = 0;
    std::uint32_t more = 0;  // times that the same was found again
  };
  void add(View rule, Severity severity, std::string text, std::string values, const At& at,
           xml::NodeId node);
  // Warnings are kept once for each `key`, with how often.
  void add_once(View rule, std::string text, std::string values, const At& at, xml::NodeId node);

  void place_all(const xml::Tree& tree);
  void path_all(const xml::Tree& tree);

  std::vector<Kept> found_;
  std::unordered_map<std::string, std::size_t> once_;
  std::size_t lost_ = 0;
};

}  // namespace corridor::edifact
