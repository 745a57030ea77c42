// SPDX-License-Identifier: Apache-2.0
//
// The elements of one segment against its directory: present where mandatory, not more than there
// are, written as they must be, codes of their lists. Structure is asked of `Place`, not here.
// Threads: one interchange, one thread. Source: ISO 9735:1988 § 7 to § 10, ISO 9735-1:2002 § 8, 10.
#pragma once

#include <algorithm>
#include <cstdint>
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

  // Calls found(ElementFault) for each fault, in the order of the segment.
  template <class Found>
  void check(const Directory& directory, const Segment& segment,
             std::span<const Segments::Part> parts, Found found) const;

 private:
  enum class Written : std::uint8_t { well, wrong_characters, wrong_length };
  [[nodiscard]] Written written(View text, Format format) const;
  [[nodiscard]] Written written_number(View text, Format format) const;
  [[nodiscard]] std::size_t length_of(View text) const;

  template <class Found>
  void check_value(const Directory& directory, const Element& element, bool coded,
                   ElementFault fault, View text, Found& found) const;
  template <class Found>
  void check_composite(const Directory& directory, const Use& use,
                       std::span<const Segments::Part> parts, std::size_t first,
                       Found& found) const;
  template <class Found>
  void check_simple(const Directory& directory, const Use& use,
                    std::span<const Segments::Part> parts, std::size_t first, Found& found) const;
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
  const std::size_t spread = uses.empty() ? 0 : uses.back().spread - 1U;
  std::size_t expected = 0;  // the next position, from 0
  std::size_t at = 0;
  while (at < parts.size() && parts[at].element == 0) ++at;
  while (at < parts.size()) {
    std::size_t end = at + 1;
    while (end < parts.size() && parts[end].element == parts[at].element) ++end;
    const std::size_t position = parts[at].element - 1U;
    check_missing(uses, expected, position, found);
    expected = position + 1;
    if (position >= uses.size() + spread) {
      found({.fault = Fault::element_extra, .part = at, .position = parts[at].element});
      return;
    }
    const Use& use = uses[std::min(position, uses.size() - 1)];
    const std::uint16_t last = parts[end - 1].repetition;
    if (last >= use.repeats)
      found({.fault = Fault::repetition,
             .use = &use,
             .part = end - 1,
             .position = parts[at].element,
             .limit = use.repeats});
    for (std::size_t first = at; first < end;) {
      std::size_t next = first + 1;
      while (next < end && parts[next].repetition == parts[first].repetition) ++next;
      const auto repetition = parts.subspan(first, next - first);
      if (use.composite != 0) {
        check_composite(directory, use, repetition, first, found);
      } else {
        check_simple(directory, use, repetition, first, found);
      }
      first = next;
    }
    at = end;
  }
  check_missing(uses, expected, uses.size(), found);
}

template <class Found>
void ElementCheck::check_simple(const Directory& directory, const Use& use,
                                std::span<const Segments::Part> parts, std::size_t first,
                                Found& found) const {
  const Element& element = directory.tables().elements[use.index];
  for (std::size_t i = 0; i < parts.size(); ++i) {
    ElementFault fault{
        .use = &use, .element = &element, .part = first + i, .position = parts[i].element};
    if (parts[i].component > 0) {
      fault.fault = Fault::component_extra;
      found(fault);
      return;
    }
    check_value(directory, element, element.codes > 0, fault, parts[i].text, found);
  }
}

// The code lists of UNECE are meant where no other list or agency is named beside the value.
template <class Found>
void ElementCheck::check_composite(const Directory& directory, const Use& use,
                                   std::span<const Segments::Part> parts, std::size_t first,
                                   Found& found) const {
  constexpr std::uint16_t kCodeList = 1131;
  constexpr std::uint16_t kAgency = 3055;
  const auto& elements = directory.tables().elements;
  const auto uses = directory.uses(directory.tables().composites[use.index]);
  const std::size_t spread = uses.back().spread - 1U;
  const auto names_list = [&](const Use& other) {
    return elements[other.index].number == kCodeList || elements[other.index].number == kAgency;
  };
  std::size_t expected = 0;
  const auto missing = [&](std::size_t to) {
    for (; expected < to && expected < uses.size(); ++expected)
      if (uses[expected].mandatory != 0)
        found({.fault = Fault::component_missing,
               .use = &use,
               .element = &elements[uses[expected].index],
               .part = first,
               .position = parts[0].element,
               .component = static_cast<std::uint16_t>(expected + 1)});
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t component = parts[i].component;
    missing(component);
    expected = component + 1;
    ElementFault fault{.use = &use,
                       .part = first + i,
                       .position = parts[i].element,
                       .component = static_cast<std::uint16_t>(component + 1)};
    if (component >= uses.size() + spread) {
      fault.fault = Fault::component_extra;
      found(fault);
      return;
    }
    const Element& element = elements[uses[std::min(component, uses.size() - 1)].index];
    fault.element = &element;
    bool coded = element.codes > 0;
    for (std::size_t k = component + 1; coded && k < uses.size() && names_list(uses[k]); ++k)
      coded = std::ranges::find(parts.subspan(i + 1), k, &Segments::Part::component) == parts.end();
    check_value(directory, element, coded, fault, parts[i].text, found);
  }
  missing(uses.size());
}

template <class Found>
void ElementCheck::check_value(const Directory& directory, const Element& element, bool coded,
                               ElementFault fault, View text, Found& found) const {
  const Written how = written(text, element.format);
  if (how != Written::well) {
    fault.fault = how == Written::wrong_length ? Fault::length : Fault::format;
    found(fault);
  } else if (coded && !directory.has_code(element, text) && text != "ZZZ") {
    fault.fault = Fault::code;
    found(fault);
  }
}

}  // namespace corridor::edifact
