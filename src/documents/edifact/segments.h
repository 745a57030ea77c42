// SPDX-License-Identifier: Apache-2.0
//
// EDIFACT as a stream of segments: UNA or the default service characters, release characters,
// components, repetitions (syntax version 4), and the packages of syntax version 4 (UNO to UNP),
// whose content is skipped by its stated length. Strict: what is not a segment is a failure with
// its place, not a guess. One segment is held at a time; memory does not grow with the message.
//
//   Segments in(bytes);
//   while (in.next()) if (in.tag() == "BGM") number = in.part(2, 0);
//   if (!in.failure().empty()) ... in.offset() ...
//
// Texts are views into the document, or into what had to be written without release characters;
// both live as long as the Segments. Source: ISO 9735-1:2002 §5 to §8, ISO 9735-8.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace corridor::documents {

class Segments {
 public:
  static constexpr std::size_t kSegmentsMax = 2'000'000;
  static constexpr std::size_t kSegmentBytesMax = 64 * 1024;
  static constexpr std::size_t kPartsMax = 2'000;  // components of one segment

  // A component that is not empty. Element 0 is the tag, 1 the first after it; repetitions and
  // components count from 0.
  struct Part {
    View text;
    std::uint32_t offset;  // in the document
    std::uint16_t element;
    std::uint16_t repetition;
    std::uint16_t component;
  };

  explicit Segments(View bytes);
  Segments(const Segments&) = delete;
  Segments& operator=(const Segments&) = delete;

  // Moves to the next segment; false at the end and at a failure.
  bool next();
  // Why it stopped before the end; empty when it did not.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // Where the current segment begins, or the failure is.
  [[nodiscard]] std::uint32_t offset() const { return offset_; }

  [[nodiscard]] View tag() const { return tag_; }
  // Empty when the segment does not have it.
  [[nodiscard]] View part(unsigned element, unsigned component, unsigned repetition = 0) const;
  [[nodiscard]] std::span<const Part> parts() const { return {parts_.data(), part_count_}; }
  // The letters of the tag in one number, the first in the highest byte.
  [[nodiscard]] std::uint32_t packed_tag() const { return packed_tag_; }
  // The tags of the next segments, packed, up to UNT: what stands there is not read, only found.
  void tags_ahead(std::vector<std::uint32_t>& out, std::size_t count) const;

  // As UNB states it; 3 when it does not. (ISO 9735-1:2002 §6: from 4 on UNA's mark is ignored.)
  [[nodiscard]] int syntax_version() const { return version_; }
  // Of UNA; 0 when there is none.
  [[nodiscard]] char decimal_mark() const { return decimal_; }

 private:
  [[gnu::cold, gnu::noinline]] bool fail_at(std::size_t offset, View reason);
  [[gnu::cold, gnu::noinline]] bool fail_limit(std::size_t offset, View what, std::size_t limit,
                                               View unit);
  bool read_service_characters();
  void note_special_characters();
  void skip_between();
  bool read_segment();
  [[nodiscard]] std::uint64_t marks_in(const char* block) const;
  [[nodiscard]] std::uint64_t marks_in_last(std::size_t block) const;
  [[nodiscard]] std::uint64_t marks_of(std::size_t block) const {
    return bytes_.size() - block >= kBlock ? marks_in(bytes_.data() + block) : marks_in_last(block);
  }
  void seek(std::size_t at);
  bool more_parts();
  View without_release(View text);
  bool accept_tag();
  void apply_version();
  bool skip_package();

  View bytes_;
  std::size_t at_ = 0;
  char component_ = ':';
  char element_ = '+';
  char release_ = '?';
  char repetition_ = '\0';  // none
  char terminator_ = '\'';
  char decimal_ = '\0';
  int version_ = 3;
  static constexpr std::size_t kBlock = 64;
  std::array<char, 5> special_{};  // what ends a part, or releases; one may be there twice
  bool space_is_special_ = false;
  std::size_t block_ = 0;    // of the document, of kBlock bytes
  std::uint64_t marks_ = 0;  // where special characters are in it that were not yet seen
  bool has_una_ = false;
  bool started_ = false;
  View tag_;
  std::uint32_t packed_tag_ = 0;
  std::vector<Part> parts_;  // the first part_count_ are those of the segment
  std::size_t part_count_ = 0;
  std::size_t count_ = 0;  // of segments
  std::uint32_t offset_ = 0;
  std::string failure_;
  std::string released_;  // parts without their release characters; never reallocated
};

}  // namespace corridor::documents
