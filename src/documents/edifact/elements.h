// SPDX-License-Identifier: Apache-2.0
//
// The elements of one segment against its directory: present where mandatory, not more than there
// are, written as they must be, codes of their lists. Structure is asked of `Place`, not here.
// Threads: one interchange, one thread. Source: ISO 9735:1988 § 7 to § 10, ISO 9735-1:2002 § 8, 10.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "documents/edifact/directory.h"
#include "documents/edifact/segments.h"

namespace corridor::edifact {

using documents::Segments;

enum class Fault : std::uint8_t {
  element_missing,
  element_extra,
  component_missing,
  component_extra,
  format,
  length,
  code,
  repetition,
};

// How values are written in this interchange.
struct Writing {
  int syntax_version = 3;
  char decimal_mark = '\0';  // the only one; none: point and comma
  bool utf8 = false;         // a character may be several bytes
};

// What was found, still without words.
struct ElementFault {
  Fault fault = Fault::format;
  const Use* use = nullptr;  // the element or composite; null when there is none
  const Element* element = nullptr;
  std::size_t part = kNoPart;   // of the segment; kNoPart: what is missing is in no part
  std::uint16_t position = 0;   // of the element behind the tag, from 1
  std::uint16_t component = 0;  // from 1; 0: the element as a whole
  std::uint32_t limit = 0;      // what was permitted, for repetition
  static constexpr std::size_t kNoPart = static_cast<std::size_t>(-1);
};

class ElementCheck {
 public:
  explicit ElementCheck(const Writing& writing) : writing_(writing) {}

  // Is there no fault at all? Where the answer is no, `check` may still find none: this is for the
  // many segments that are as they should be.
  [[nodiscard]] bool accepts(const Directory& directory, const Directory::SegmentPlan& plan,
                             std::span<const Segments::Part> parts) const;
  // Calls found(ElementFault) for each fault, in the order of the segment.
  template <class Found>
  void check(const Directory& directory, const Segment& segment,
             std::span<const Segments::Part> parts, Found found) const;

 private:
  // Parts that stand one after the other.
  struct Run {
    const Segments::Part* first;
    const Segments::Part* last;        // one past
    const Segments::Part* of_segment;  // its first part
    [[nodiscard]] std::size_t part(const Segments::Part* at) const {
      return static_cast<std::size_t>(at - of_segment);
    }
  };
  enum class Written : std::uint8_t { well, wrong_characters, wrong_length };
  [[nodiscard]] Written written(View text, Format format) const;
  [[nodiscard]] Written written_number(View text, Format format) const;
  [[nodiscard]] std::size_t length_of(View text) const;

  // What is wrong with a value; `coded`: it must be one of the element's codes.
  [[nodiscard]] std::optional<Fault> fault_of(const Directory& directory, const Element& element,
                                              bool coded, View text) const {
    const Format format = element.format;
    const bool short_text =
        format.characters == Characters::any && format.exact == 0 && text.size() <= format.length;
    if (!short_text)
      if (const Written how = written(text, format); how != Written::well)
        return how == Written::wrong_length ? Fault::length : Fault::format;
    if (coded && !directory.has_code(element, text) && text != "ZZZ") return Fault::code;
    return std::nullopt;
  }
  // Is the list or agency named behind a component, in the same element? The code lists of UNECE
  // are meant where it is not.
  static bool names_other_list(const Directory& directory, std::span<const Use> uses,
                               std::size_t component, Run rest);

  // The parts of one repetition of an element, in `parts`.
  template <class Found>
  void check_composite(const Directory& directory, const Use& use, Run run, Found& found) const;
  template <class Found>
  void check_simple(const Directory& directory, const Use& use, Run run, Found& found) const;
  template <class Found>
  static void check_missing(std::span<const Use> uses, std::size_t from, std::size_t to,
                            Found& found) {
    for (; from < to && from < uses.size(); ++from)
      if (uses[from].mandatory != 0)
        found({.fault = Fault::element_missing,
               .use = &uses[from],
               .position = static_cast<std::uint16_t>(from + 1)});
  }

  Writing writing_;
};

template <class Found>
void ElementCheck::check(const Directory& directory, const Segment& segment,
                         std::span<const Segments::Part> parts, Found found) const {
  const auto uses = directory.uses(segment);
  const std::size_t most = uses.empty() ? 0 : uses.size() + uses.back().spread - 1U;
  std::size_t expected = 0;  // the next position, from 0
  const Segments::Part* at = parts.data();
  const Segments::Part* const end = at + parts.size();
  while (at != end && at->element == 0) ++at;
  while (at != end) {
    const Segments::Part* next = at + 1;
    while (next != end && next->element == at->element) ++next;
    const std::size_t position = at->element - 1U;
    if (expected < position) check_missing(uses, expected, position, found);
    expected = position + 1;
    if (position >= most) {
      found({.fault = Fault::element_extra,
             .part = static_cast<std::size_t>(at - parts.data()),
             .position = at->element});
      return;
    }
    const Use& use = uses[std::min(position, uses.size() - 1)];
    if (next[-1].repetition >= use.repeats)
      found({.fault = Fault::repetition,
             .use = &use,
             .part = static_cast<std::size_t>(next - 1 - parts.data()),
             .position = at->element,
             .limit = use.repeats});
    while (at != next) {
      Run run{at, at + 1, parts.data()};
      while (run.last != next && run.last->repetition == at->repetition) ++run.last;
      if (use.composite != 0) {
        check_composite(directory, use, run, found);
      } else {
        check_simple(directory, use, run, found);
      }
      at = run.last;
    }
  }
  check_missing(uses, expected, uses.size(), found);
}

template <class Found>
void ElementCheck::check_simple(const Directory& directory, const Use& use, Run run,
                                Found& found) const {
  const Element& element = directory.tables().elements[use.index];
  for (const Segments::Part* at = run.first; at != run.last; ++at) {
    const bool extra = at->component > 0;
    const auto fault =
        extra ? Fault::component_extra : fault_of(directory, element, element.codes > 0, at->text);
    if (fault)
      found({.fault = *fault,
             .use = &use,
             .element = &element,
             .part = run.part(at),
             .position = at->element});
    if (extra) return;
  }
}

inline bool ElementCheck::names_other_list(const Directory& directory, std::span<const Use> uses,
                                           std::size_t component, Run rest) {
  constexpr std::uint16_t kCodeList = 1131;
  constexpr std::uint16_t kAgency = 3055;
  for (std::size_t k = component + 1; k < uses.size(); ++k) {
    const std::uint16_t number = directory.tables().elements[uses[k].index].number;
    if (number != kCodeList && number != kAgency) return false;
    for (const Segments::Part* at = rest.first; at != rest.last; ++at)
      if (at->component == k) return true;
  }
  return false;
}

template <class Found>
void ElementCheck::check_composite(const Directory& directory, const Use& use, Run run,
                                   Found& found) const {
  const Element* const elements = directory.tables().elements.data();
  const auto uses = directory.uses(directory.tables().composites[use.index]);
  const std::size_t most = uses.size() + uses.back().spread - 1U;
  std::size_t expected = 0;
  const auto missing = [&](std::size_t to) {
    for (; expected < to && expected < uses.size(); ++expected)
      if (uses[expected].mandatory != 0)
        found({.fault = Fault::component_missing,
               .use = &use,
               .element = &elements[uses[expected].index],
               .part = run.part(run.first),
               .position = run.first->element,
               .component = static_cast<std::uint16_t>(expected + 1)});
  };
  for (const Segments::Part* at = run.first; at != run.last; ++at) {
    const std::size_t component = at->component;
    if (expected < component) missing(component);
    expected = component + 1;
    const bool extra = component >= most;
    const Element* const element =
        extra ? nullptr : &elements[uses[std::min(component, uses.size() - 1)].index];
    const auto fault = [&]() -> std::optional<Fault> {
      if (extra) return Fault::component_extra;
      const bool coded = element->codes > 0 &&
                         !names_other_list(directory, uses, component, {at + 1, run.last, nullptr});
      return fault_of(directory, *element, coded, at->text);
    }();
    if (fault)
      found({.fault = *fault,
             .use = &use,
             .element = element,
             .part = run.part(at),
             .position = at->element,
             .component = static_cast<std::uint16_t>(component + 1)});
    if (extra) return;
  }
  missing(uses.size());
}

}  // namespace corridor::edifact
