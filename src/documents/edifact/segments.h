// SPDX-License-Identifier: Apache-2.0
//
// EDIFACT as a stream of segments: UNA or the default service characters, release characters,
// components, repetitions (syntax version 4), and the packages of syntax version 4 (UNO to UNP),
// whose content is skipped by its stated length. Strict: what is not a segment is a failure with
// its place, not a guess. One segment is held at a time; memory does not grow with the message,
// but for four bytes a segment, so that places can be named afterwards.
//
//   Segments in(bytes);
//   while (in.next()) if (in.tag() == "BGM") number = in.part(2, 0);
//   if (!in.failure().empty()) ...
//
// Texts are views into the document, or into what had to be written without release characters;
// both live as long as the Segments. Source: ISO 9735-1:2002 §5 to §8, ISO 9735-8.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "documents/basic/invoice.h"
#include "documents/basic/line_index.h"

namespace corridor::documents {

// Does the document begin as an interchange (UNA, or UNB with a separator)?
bool begins_as_edifact(View bytes);

class Segments {
 public:
  static constexpr std::size_t kSegmentsMax = 2'000'000;
  static constexpr std::size_t kSegmentBytesMax = 64 * 1024;
  static constexpr std::size_t kPartsMax = 2'000;  // components of one segment

  explicit Segments(View bytes);
  Segments(const Segments&) = delete;
  Segments& operator=(const Segments&) = delete;

  // Moves to the next segment; false at the end and at a failure.
  bool next();
  // Why it stopped before the end; empty when it did not.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // The current segment, or the place of the failure.
  [[nodiscard]] Where where() const { return static_cast<Where>(offsets_.size() - 1); }

  [[nodiscard]] View tag() const { return tag_; }
  // Element 0 is the tag, 1 the first after it; components and repetitions count from 0. Empty when
  // the segment does not have it.
  [[nodiscard]] View part(unsigned element, unsigned component, unsigned repetition = 0) const;
  [[nodiscard]] std::size_t element_count() const { return element_count_; }
  // The segment with its separators, for rules about characters.
  [[nodiscard]] View raw() const { return raw_; }

  [[nodiscard]] const std::vector<std::uint32_t>& offsets() const { return offsets_; }
  [[nodiscard]] View bytes() const { return bytes_; }

 private:
  struct Part {
    View text;
    std::uint16_t element;
    std::uint16_t repetition;
    std::uint16_t component;
  };

  bool fail_at(std::size_t offset, std::string reason);
  bool read_service_characters();
  void note_special_characters();
  void skip_between();
  bool read_segment();
  bool add_part(std::size_t first, std::size_t last, bool released);
  void begin_part(char separator);
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
  std::array<bool, 256> special_{};  // ends a part, or releases
  bool has_una_ = false;
  bool started_ = false;
  View tag_;
  View raw_;
  std::vector<Part> parts_;
  std::uint16_t element_now_ = 0;
  std::uint16_t repetition_now_ = 0;
  std::uint16_t component_now_ = 0;
  std::size_t element_count_ = 0;
  std::vector<std::uint32_t> offsets_;
  std::string failure_;
  std::string released_;  // parts without their release characters; never reallocated
};

// Names a segment by message and number ("message[1]/segment[47]/MOA"), line and column (bytes).
class SegmentLocator final : public Locator {
 public:
  explicit SegmentLocator(const Segments& segments)
      : segments_(segments), lines_(segments.bytes(), Columns::bytes) {}
  [[nodiscard]] Location locate(Where where) const override;

 private:
  const Segments& segments_;
  // Made as places are asked for.
  mutable LineIndex lines_;
  mutable std::vector<Where> messages_;  // each UNH
  mutable Where looked_at_ = 0;          // segments searched for it
};

}  // namespace corridor::documents
