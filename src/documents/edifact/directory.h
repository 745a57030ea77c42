// SPDX-License-Identifier: Apache-2.0
//
// A UN/EDIFACT directory as facts: which messages there are and in which order their segments
// stand, which elements a segment has, how an element is written, which codes it knows. Read from
// the text files that UNECE publishes, in the old layout (TRMD, TRSD, TRCD, TRED) and the new one
// (EDMD, EDSD, EDCD, EDED), with UNCL; batch messages only. What cannot be understood is a refusal
// that names the file and the line; nothing is skipped. Descriptions are not kept.
//
//   TRY_ASSIGN(const Directory directory, Directory::import(files));
//   directory.name();                                           // "D.96A"
//   const Message* invoice = directory.message("INVOIC");
//   for (const Slot& slot : directory.slots(*invoice)) ...      // with groups, in document order
//
// `save` writes what was imported, `restore` reads it back in milliseconds and trusts nothing: what
// is not a sound directory is `corrupt`. Service segments are not in the directories; theirs are
// the facts of ISO 9735 (service.h), which a directory knows by tag only.
//
// Threads: immutable; may be read by any number of them. Sources: the introduction of each
// directory; ISO 9735:1988 and ISO 9735-1:2002 for formats (§ 10) and structure (§ 8).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::edifact {

struct DirectoryFile {
  std::string path;
  View bytes;
};

// What a file of a directory is, by its name.
enum class FileRole : std::uint8_t {
  message,
  segments,
  composites,
  elements,
  codes,
  service_codes,  // UNSL: the codes of service segments
  index,          // of messages, segments, composites, elements: what is found there is elsewhere
  interactive,    // IDMD, IDSD, IDCD: not read
  other,          // introductions, licences, forms
};
FileRole role_of(View path);

// The letters of a segment's tag in one number, the first in the highest byte.
using Tag = std::uint32_t;
constexpr Tag pack_tag(View tag) {
  Tag out = 0;
  for (std::size_t i = 0; i < 3; ++i)
    out = (out << 8) | (i < tag.size() ? static_cast<unsigned char>(tag[i]) : 0U);
  return out;
}
std::string tag_text(Tag tag);

enum class Characters : std::uint8_t { any, alphabetic, numeric };

// "an..35": any, up to 35; "n3": numeric, exactly 3.
struct Format {
  Characters characters = Characters::any;
  std::uint8_t exact = 0;  // 1: the length is exactly `length`
  std::uint16_t length = 0;
  bool operator==(const Format&) const = default;
};
std::string format_text(Format format);

struct Piece {  // of the directory's text
  std::uint32_t at = 0;
  std::uint32_t bytes = 0;
};

struct Element {
  Piece name;
  std::uint32_t first_code = 0;
  std::uint32_t codes = 0;
  std::uint16_t number = 0;  // 3035
  Format format;
  std::uint16_t unused = 0;
};

struct CodeValue {
  std::array<char, 16> value{};  // ends at the first zero
  Piece name;
  std::uint32_t element = 0;  // its index
  std::uint32_t unused = 0;
};

// An element or composite of a segment, or an element of a composite.
struct Use {
  std::uint16_t index = 0;     // of the element or of the composite
  std::uint8_t composite = 0;  // 1: a composite
  std::uint8_t mandatory = 0;
  std::uint16_t repeats = 1;  // in syntax version 4, with the repetition separator
  std::uint16_t spread = 1;   // at so many positions one after the other, this being the last use
};

struct Composite {
  std::array<char, 4> tag{};
  Piece name;
  std::uint32_t first_use = 0;
  std::uint32_t uses = 0;
};

struct Segment {
  Tag tag = 0;
  Piece name;
  std::uint32_t first_use = 0;
  std::uint16_t uses = 0;
  std::uint16_t service = 0;  // 1: of ISO 9735, its elements are in service.h
};

// A place for a segment, or for a group, whose slots follow it up to `end`. The first of them is
// its trigger: mandatory and single.
struct Slot {
  std::uint16_t segment = 0;  // index; of a group its trigger's
  std::uint8_t group = 0;     // 1: a group
  std::uint8_t mandatory = 0;
  std::uint32_t repeats = 0;
  std::uint32_t number = 0;  // the position the directory prints (0010), of a group its number
  std::uint16_t end = 0;     // one past the last slot of the group, within the message
  std::uint16_t parent = 0;  // the group around it, or kNoSlot
};
inline constexpr std::uint16_t kNoSlot = 0xffff;

struct Message {
  std::array<char, 8> type{};  // six letters
  Piece name;
  std::uint32_t first_slot = 0;
  std::uint32_t slots = 0;
};

// The rows; sorted by tag, number, type, codes by element and value.
struct Tables {
  std::string version;  // "D"
  std::string release;  // "96A"
  std::string text;
  std::vector<Element> elements;
  std::vector<CodeValue> codes;
  std::vector<Composite> composites;
  std::vector<Segment> segments;
  std::vector<Use> uses;
  std::vector<Message> messages;
  std::vector<Slot> slots;
};

class Directory {
 public:
  static constexpr std::size_t kFilesMax = 4'000;
  static constexpr std::size_t kFileBytesMax = 16 * 1024 * 1024;
  static constexpr std::size_t kLineBytesMax = 1'000;
  static constexpr std::size_t kDepthMax = 16;  // of groups
  static constexpr std::size_t kSlotsMax = 4'000;
  static constexpr std::size_t kRowsMax = 2'000'000;    // of one table
  static constexpr std::size_t kCellsMax = 16'000'000;  // of all machines

  // `invalid` names the file and the line.
  static Result<Directory> import(std::span<const DirectoryFile> files);
  // `corrupt` when it was not written by `save`.
  static Result<Directory> restore(View saved);
  [[nodiscard]] Bytes save() const;
  // For tests: the bytes with the sum at their end made right.
  static Bytes with_sum(View saved);
  // Of rows that the caller made; `corrupt` when they do not hold together.
  static Result<Directory> of(Tables tables);

  [[nodiscard]] std::string name() const { return t_.version + "." + t_.release; }
  [[nodiscard]] View version() const { return t_.version; }
  [[nodiscard]] View release() const { return t_.release; }
  [[nodiscard]] const Tables& tables() const { return t_; }
  [[nodiscard]] View text(Piece piece) const { return View(t_.text).substr(piece.at, piece.bytes); }

  [[nodiscard]] const Message* message(View type) const;
  [[nodiscard]] const Segment* segment(Tag tag) const;
  [[nodiscard]] const Composite* composite(View tag) const;
  [[nodiscard]] const Element* element(std::uint16_t number) const;
  [[nodiscard]] std::span<const Slot> slots(const Message& message) const {
    return std::span(t_.slots).subspan(message.first_slot, message.slots);
  }
  [[nodiscard]] std::span<const Use> uses(const Segment& segment) const {
    return std::span(t_.uses).subspan(segment.first_use, segment.uses);
  }
  [[nodiscard]] std::span<const Use> uses(const Composite& composite) const {
    return std::span(t_.uses).subspan(composite.first_use, composite.uses);
  }
  [[nodiscard]] std::span<const CodeValue> codes(const Element& element) const {
    return std::span(t_.codes).subspan(element.first_code, element.codes);
  }
  [[nodiscard]] bool has_code(const Element& element, View value) const {
    return has_code(static_cast<std::uint32_t>(&element - t_.elements.data()), value);
  }
  [[nodiscard]] bool has_code(std::uint32_t element, View value) const;
  [[nodiscard]] static View value(const CodeValue& code);

  // The grammar of a message as a machine: where a segment goes from a slot (check.h).
  struct Machine {
    std::span<const Slot> slots;
    const std::uint16_t* next = nullptr;      // [slot * tags + tag]: the first behind it, its level
    const std::uint16_t* required = nullptr;  // [slot]: the next mandatory one, its level
    const std::uint8_t* tags_of = nullptr;    // [segment]: its tag in this message, or kNoTag
    std::size_t tags = 0;
    [[nodiscard]] std::uint16_t behind(std::uint16_t slot, std::uint8_t tag) const {
      return next[slot * tags + tag];
    }
  };
  static constexpr std::uint8_t kNoTag = 0xff;

  // What the elements of a segment must be, laid out by position and component, so that a segment
  // without a fault is accepted with one look for each of its values.
  struct ValuePlan {
    std::uint32_t element = 0;  // its index
    Format format;
    std::uint8_t coded = 0;
    std::uint8_t lists = 0;  // so many components behind it name another code list
  };
  struct PositionPlan {
    std::uint32_t first = 0;  // of its components
    std::uint16_t components = 0;
    std::uint16_t repeats = 0;
    std::uint64_t required = 0;  // components, the first in the lowest bit
  };
  struct SegmentPlan {
    std::uint32_t first = 0;  // of its positions
    std::uint32_t positions = 0;
    std::uint64_t required = 0;
  };
  [[nodiscard]] const SegmentPlan& plan(int segment) const {
    return plans_[static_cast<std::size_t>(segment)];
  }
  [[nodiscard]] const PositionPlan* positions(const SegmentPlan& plan) const {
    return positions_.data() + plan.first;
  }
  [[nodiscard]] const ValuePlan* values(const PositionPlan& position) const {
    return values_.data() + position.first;
  }
  [[nodiscard]] Machine machine(const Message& message) const;
  // The index of a segment, or -1.
  [[nodiscard]] int segment_index(Tag tag) const {
    std::size_t at = tag_slot(tag);
    while (tag_slots_[at] != 0) {
      const int index = tag_slots_[at] - 1;
      if (t_.segments[static_cast<std::size_t>(index)].tag == tag) return index;
      at = (at + 1) & (kTagSlots - 1);
    }
    return -1;
  }

 private:
  static constexpr std::size_t kTagSlots = 4096;
  static constexpr std::size_t kSegmentsMax = 2'000;
  static constexpr std::size_t kPlannedMax = 64;  // positions, or components
  static std::size_t tag_slot(Tag tag) { return (tag * 2'654'435'761U) >> 20; }
  Directory() = default;
  [[nodiscard]] std::string unsound() const;  // why the rows do not hold together, or empty
  [[nodiscard]] std::string unsound_message(const Message& message) const;
  [[nodiscard]] std::size_t tags_in(const Message& message) const;
  void index();
  void index_codes();
  void index_message(const Message& message);
  void plan_segment(const Segment& segment);
  void plan_position(const Use& use);

  struct MachineAt {
    std::size_t next = 0;
    std::size_t required = 0;
    std::size_t tags_of = 0;
    std::size_t tags = 0;
  };

  Tables t_;
  std::vector<std::uint16_t> tag_slots_;   // index + 1, by hash
  std::vector<std::uint32_t> code_slots_;  // index + 1, by hash
  std::vector<MachineAt> machines_;        // of each message
  std::vector<std::uint16_t> next_;
  std::vector<std::uint16_t> required_;
  std::vector<std::uint8_t> tags_of_;
  std::vector<SegmentPlan> plans_;  // of each segment
  std::vector<PositionPlan> positions_;
  std::vector<ValuePlan> values_;
};

}  // namespace corridor::edifact
