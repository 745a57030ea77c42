// SPDX-License-Identifier: Apache-2.0
//
// Segments into the tree of interchange.h, where one is wanted, one after the other; with
// directories also into findings. Threads: one interchange, one thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "documents/edifact/characters.h"
#include "documents/edifact/findings.h"
#include "documents/edifact/interchange.h"
#include "documents/edifact/interchange_tree.h"
#include "documents/edifact/outline.h"
#include "documents/edifact/segments.h"

namespace corridor::documents {

class Reader {
 public:
  // `against` without a function: nothing is checked. `with_tree` false: no tree is made.
  Reader(View bytes, const edifact::CharacterSet& set, const DirectoryCheck& against,
         bool with_tree);

  void see(const Segments& in);
  Checked finish();  // an empty tree when none was made

 private:
  struct Group {
    edifact::Tag trigger;
    std::uint32_t instance;  // of Place; 0 for those of the built-in table
  };

  void open(std::uint32_t name);
  void close();
  void frame(edifact::Tag tag);
  void begin_message(const Segments& in);
  void find_directory(const Segments& in, View type);
  void close_groups();
  void close_message();
  void close_all();
  void find_group(edifact::Tag tag);
  // Is the innermost group still the one that the directory says? Then the others are, too.
  [[nodiscard]] bool in_same_group() const {
    const std::size_t depth = place_->depth();
    return groups_.size() == depth &&
           (depth == 0 || groups_.back().instance == place_->open(depth - 1).instance);
  }
  void follow_groups();
  void open_group(edifact::Tag trigger, std::uint32_t instance);
  void note_date(const Segments& in);

  void check(const Segments& in);
  void check_message_known(const Segments& in, const edifact::Findings::At& at);
  void check_place(const edifact::Findings::At& at);
  void check_elements(const Segments& in, const edifact::Findings::At& at);
  void tell_elements(const Segments& in, const edifact::Findings::At& at,
                     const edifact::Directory& directory, const edifact::ElementCheck& elements);
  void check_characters(const Segments& in, const edifact::Findings::At& at);
  void check_encoding(const Segments& in, const edifact::Findings::At& at);

  View bytes_;
  const edifact::CharacterSet& set_;
  edifact::Decoder decoder_;
  const DirectoryCheck& against_;
  const bool checks_;
  std::optional<InterchangeTree> tree_;
  edifact::Outline outline_;   // where something is checked
  std::string document_date_;  // of the first DTM that states it
  bool date_seen_ = false;
  std::vector<Group> groups_;  // open ones
  bool in_group_ = false;      // of messages
  bool in_message_ = false;
  bool built_in_groups_ = false;
  std::uint32_t messages_ = 0;
  std::uint32_t segments_ = 0;
  std::uint32_t at_ = 0;  // the segment, in the interchange

  edifact::Findings findings_;
  const edifact::Directory* directory_ = nullptr;  // of the message
  std::string type_;                               // of the message
  std::optional<edifact::Place> place_;
  int segment_index_ = -1;  // of the segment in directory_
  bool fits_ = true;        // the segment, where it stands
  // The segments before, a ring.
  std::array<edifact::Findings::At, edifact::Place::kBackMax> before_;
  std::size_t checked_ = 0;  // segments
};

}  // namespace corridor::documents
