// SPDX-License-Identifier: Apache-2.0
//
// Segments into the tree of interchange.h, one after the other; with directories also into
// findings. Threads: one interchange, one thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "documents/edifact/characters.h"
#include "documents/edifact/findings.h"
#include "documents/edifact/interchange.h"
#include "documents/edifact/segments.h"

namespace corridor::documents {

class Reader {
 public:
  // `against` may be null: then nothing is checked.
  Reader(View bytes, const edifact::CharacterSet& set, const DirectoryCheck* against);

  void see(const Segments& in);
  Checked finish();

 private:
  struct Group {
    edifact::Tag trigger;
    std::uint32_t instance;  // of Place; 0 for those of the built-in table
  };

  struct TagName {
    edifact::Tag tag = 0;
    xml::NameId name = 0;
  };

  void open(View name) { out_.open(out_.name(0, name), 0, at_); }
  std::uint32_t place(std::uint32_t offset);
  void frame(edifact::Tag tag);
  void begin_message(const Segments& in);
  void find_directory(const Segments& in, View type);
  void close_groups();
  void close_message();
  void close_all();
  void find_group(edifact::Tag tag);
  void follow_groups();
  void open_group(edifact::Tag trigger, std::uint32_t instance);
  void number(std::uint32_t value);
  xml::NodeId segment(const Segments& in);
  xml::NameId tag_name(const Segments& in);
  void text(View text, std::uint32_t at);
  xml::NameId position(std::vector<xml::NameId>& known, char letter, unsigned index);

  void check(const Segments& in, xml::NodeId node);
  void check_message_known(const Segments& in, const edifact::Findings::At& at);
  void check_place(const edifact::Findings::At& at);
  void check_elements(const Segments& in, const edifact::Findings::At& at);
  void check_characters(const Segments& in, const edifact::Findings::At& at);
  void check_encoding(const Segments& in, const edifact::Findings::At& at);

  View bytes_;
  const edifact::CharacterSet& set_;
  edifact::Decoder decoder_;
  const DirectoryCheck* against_;
  xml::Builder out_;
  xml::NameId number_;
  std::vector<xml::NameId> elements_;    // e1, e2, ...
  std::vector<xml::NameId> components_;  // c1, c2, ...
  std::array<TagName, 64> tag_names_{};
  std::vector<Group> groups_;  // open ones
  bool in_group_ = false;      // of messages
  bool in_message_ = false;
  bool built_in_groups_ = false;
  std::uint32_t messages_ = 0;
  std::uint32_t segments_ = 0;
  std::uint32_t at_ = 0;
  std::uint32_t counted_ = 0;
  std::uint32_t wide_ = 0;

  edifact::Findings findings_;
  const edifact::Directory* directory_ = nullptr;  // of the message
  std::string type_;                               // of the message
  std::optional<edifact::Place> place_;
  edifact::Place::Outcome outcome_;
  // The segments before, a ring.
  std::array<edifact::Findings::At, edifact::Place::kBackMax> before_;
  std::size_t checked_ = 0;  // segments
  std::vector<xml::NodeId> part_nodes_;
};

}  // namespace corridor::documents
