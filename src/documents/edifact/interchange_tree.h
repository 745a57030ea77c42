// SPDX-License-Identifier: Apache-2.0
//
// The tree of interchange.h, written from segments and from what opens and closes around them.
// Threads: one interchange, one thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "documents/edifact/characters.h"
#include "documents/edifact/segments.h"
#include "documents/xml/tree.h"

namespace corridor::documents {

class InterchangeTree {
 public:
  InterchangeTree(View bytes, const edifact::Decoder& decoder);

  // Offsets are those of the interchange, and only grow. `name`: of an outline (outline.h).
  void open(std::uint32_t name, std::uint32_t offset);
  void close() { out_.close(); }
  void number(std::uint32_t value);
  // With its number in the message; 0: it is in none.
  void segment(const Segments& in, std::uint32_t number);
  xml::Tree finish();

 private:
  struct KnownName {
    std::uint32_t outline_name = 0;
    xml::NameId name = 0;
  };

  std::uint32_t place(std::uint32_t offset);
  xml::NameId name_of(std::uint32_t outline_name);
  void text(View text, std::uint32_t at);
  xml::NameId position(std::vector<xml::NameId>& known, char letter, unsigned index);

  View bytes_;
  const edifact::Decoder& decoder_;
  xml::Builder out_;
  xml::NameId number_;
  std::vector<xml::NameId> elements_;    // e1, e2, ...
  std::vector<xml::NameId> components_;  // c1, c2, ...
  std::array<KnownName, 64> known_names_{};
  std::uint32_t at_ = 0;
  std::uint32_t counted_ = 0;
  std::uint32_t wide_ = 0;
};

}  // namespace corridor::documents
