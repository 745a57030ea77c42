// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a message, in words a trader understands. Places are those of the outline
// that is being made, and of elements within; paths and lines are filled in when it is finished.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "documents/edifact/elements.h"
#include "documents/edifact/outline.h"
#include "documents/edifact/place.h"
#include "model/model.h"

namespace corridor::edifact {

class Findings {
 public:
  static constexpr std::size_t kFindingsMax = 200;

  // The segment that the next findings are about.
  struct At {
    Tag tag = 0;
    std::uint32_t number = 0;  // in its message; 0 outside of one
    Outline::Id place = 0;
  };
  using Parts = std::span<const Segments::Part>;

  void element(const Directory& directory, const At& at, const ElementFault& fault, Parts parts,
               const std::string& value);
  void misplaced(const Directory& directory, View type, const At& at, Misplaced what, Tag group,
                 std::uint32_t limit);
  // `behind`: the tag of what stands there instead.
  void missing(const Directory& directory, View type, const At& at, Tag tag, bool group);
  void without_trigger(const Directory& directory, View type, const At& at, Tag trigger);
  void unknown_message(const At& at, View type, View version, View release, bool no_directory);
  // `part` of them has the characters.
  void characters(const At& at, Parts parts, std::size_t part, View identifier,
                  const std::string& value);
  void encoding(const At& at, View identifier, View read_as);
  void not_checked(const At& at);

  // No more will be kept: finding them is wasted.
  [[nodiscard]] bool full() const { return found_.size() >= kFindingsMax; }
  // `bytes`: the interchange; in UTF-8 a character may be several of them.
  std::vector<Finding> finish(const Outline& outline, View bytes, bool utf8);

 private:
  // A segment, or a component of it.
  struct Spot {
    Outline::Id place = 0;
    std::uint32_t offset = 0;  // of the component; 0: of the segment
    std::string within{};      // "/e1[2]/c1"
  };
  struct Kept {
    Finding finding;
    Spot spot;
    std::uint32_t more = 0;  // times that the same was found again
  };
  static Spot spot_of(const At& at, Parts parts, std::size_t part);
  [[nodiscard]] bool lose();
  void add(View rule, Severity severity, std::string text, std::string values, const At& at) {
    add(rule, severity, std::move(text), std::move(values), at, {.place = at.place});
  }
  void add(View rule, Severity severity, std::string text, std::string values, const At& at,
           Spot spot);
  // Warnings are kept once for each text, with how often.
  void add_once(View rule, std::string text, std::string values, const At& at, Spot spot);

  void place_all(const Outline& outline, View bytes, bool utf8);
  void path_all(const Outline& outline);

  std::vector<Kept> found_;
  std::unordered_map<std::string, std::size_t> once_;
  std::size_t lost_ = 0;
};

}  // namespace corridor::edifact
