// SPDX-License-Identifier: Apache-2.0
//
// Messages, and from everything that was read the rows of a directory.
#include "documents/edifact/directory_import.h"

#include <algorithm>

#include "documents/edifact/service.h"

namespace corridor::edifact {

namespace {

constexpr View kGroup = "- Segment group ";

// The value of `Message Type : INVOIC`; empty for another line.
View heading(View line, View label) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  if (!line.starts_with(label)) return {};
  const std::size_t colon = line.find(':');
  if (colon == View::npos || !trimmed(line.substr(label.size(), colon - label.size())).empty())
    return {};
  line.remove_prefix(colon + 1);
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

// The segment table: `0020   BGM Beginning of message   M   1   |` with the ends of groups drawn
// at the right, and `0090  ---- Segment group 1  ---- C   99------+|`.
class TableReader {
 public:
  TableReader(const DirectoryText& text, ReadMessage& out) : text_(text), out_(out) {}

  Result<> read(std::size_t at) {
    const auto& lines = text_.lines();
    for (; at < lines.size() && !ended_; ++at) {
      const Line& line = lines[at];
      if (out_.slots.size() >= Directory::kSlotsMax)
        return text_.refuse(line, "the message has too many segments");
      const View plain = drawn_from(line.text, 0);
      if (plain.empty()) {
        if (!pending_.empty()) return text_.refuse(line, "a segment has no status (M or C)");
        continue;
      }
      if (pending_.empty() && is_section(plain)) continue;
      TRY(row(line));
    }
    if (!ended_) return text_.refuse(lines.back(), "the segment table does not end with UNT");
    return {};
  }

  [[nodiscard]] bool is_interactive() const { return interactive_; }

 private:
  static bool is_section(View line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return line == "HEADER SECTION" || line == "DETAIL SECTION" || line == "SUMMARY SECTION";
  }
  // Without the drawing at its end.
  static View drawn_from(View line, std::size_t least) {
    const std::size_t last = line.find_last_not_of("|+- ");
    return last == View::npos || last < least ? View() : line.substr(0, last + 1);
  }

  Result<> row(const Line& line) {
    const View text = drawn_from(line.text, 0);
    const View drawing = line.text.substr(text.size());
    std::string whole = pending_.empty() ? std::string(text) : pending_ + " " + std::string(text);
    const bool group = whole.contains(kGroup);
    if (group) std::ranges::replace(whole, '-', ' ');
    const auto tail = tail_of(whole);
    if (!tail) {
      if (group || !pending_.empty() || !number_of(View(whole).substr(0, whole.find(' '))))
        return text_.refuse(line, "what stands here is not a row of a segment table");
      pending_ = whole;
      return {};
    }
    pending_.clear();
    ReadSlot slot;
    slot.mandatory = tail->mandatory;
    slot.repeats = tail->repeats;
    const View before = tail->before;
    const std::size_t digits = std::min(before.find_first_not_of("0123456789"), before.size());
    const auto number = number_of(before.substr(0, digits));
    if (!number || tail->format) return text_.refuse(line, "the row has no position");
    slot.number = *number;
    const View rest = before.substr(digits + indent_of(before.substr(digits)));
    return group ? open_group(line, rest, drawing, slot) : segment(line, rest, drawing, slot);
  }

  Result<> open_group(const Line& line, View rest, View drawing, ReadSlot slot) {
    const std::size_t named = rest.find("Segment group ");
    const auto number =
        named == View::npos ? std::nullopt : number_of(trimmed(rest.substr(named + 14)));
    if (!number) return text_.refuse(line, "the segment group has no number");
    if (std::ranges::count(drawing, '+') != 1 ||
        std::ranges::count(drawing, '|') != static_cast<std::ptrdiff_t>(open_.size()))
      return text_.refuse(line, "the lines at the right do not say where the group ends");
    if (open_.size() == Directory::kDepthMax)
      return text_.refuse(line, "groups are nested too deeply");
    slot.number = *number;
    add(slot);
    open_.push_back(static_cast<std::uint32_t>(out_.slots.size() - 1));
    return {};
  }

  Result<> segment(const Line& line, View rest, View drawing, ReadSlot slot) {
    if (rest.size() < 3 || (rest.size() > 3 && rest[3] != ' '))
      return text_.refuse(line, "the row has no segment tag");
    slot.tag = rest.substr(0, 3);
    const auto ends = static_cast<std::size_t>(std::ranges::count(drawing, '+'));
    if (ends + static_cast<std::size_t>(std::ranges::count(drawing, '|')) != open_.size())
      return text_.refuse(line, "the lines at the right do not say which groups are open");
    const bool trigger = !open_.empty() && open_.back() + 1 == out_.slots.size();
    if (trigger && (!slot.mandatory || slot.repeats != 1))
      return text_.refuse(line, "the first segment of a group is not mandatory and single");
    interactive_ = interactive_ || slot.tag == "UIH";
    ended_ = slot.tag == "UNT" || slot.tag == "UIT";
    add(slot);
    for (std::size_t i = 0; i < ends; ++i) {
      out_.slots[open_.back()].end = static_cast<std::uint32_t>(out_.slots.size());
      open_.pop_back();
    }
    if (ended_ && !open_.empty()) return text_.refuse(line, "the message ends within a group");
    return {};
  }

  void add(ReadSlot slot) {
    slot.end = static_cast<std::uint32_t>(out_.slots.size() + 1);
    slot.parent = open_.empty() ? kNoSlot : open_.back();
    out_.slots.push_back(std::move(slot));
  }

  const DirectoryText& text_;
  ReadMessage& out_;
  std::vector<std::uint32_t> open_;
  std::string pending_;  // a row whose name goes on in the next line
  bool ended_ = false;
  bool interactive_ = false;
};

bool is_table_head(View line) {
  if (!line.starts_with("Pos ")) return false;
  return name_of(line) == "Pos Tag Name S R";
}

// The title of a message stands below CONTENTS.
std::string title_of(const DirectoryText& text, const std::string& type) {
  std::string out;
  bool below = false;
  for (const Line& line : text.lines()) {
    const std::string name = name_of(line.text);
    if (below && name.empty() && !out.empty()) break;
    if (below && !name.empty()) out.append(out.empty() ? "" : " ").append(name);
    below = below || name == "CONTENTS";
  }
  return out.empty() ? type : out;
}

// From names to indexes.
class RowMaker {
 public:
  Result<Directory> make(const ReadDirectory& in, std::string version, std::string release) {
    out_.version = std::move(version);
    out_.release = std::move(release);
    for (const auto& [tag, element] : in.elements) add_element(tag, element);
    for (const auto& [tag, row] : in.composites) {
      composites_[tag] = static_cast<std::uint16_t>(out_.composites.size());
      Composite composite;
      std::ranges::copy(tag, composite.tag.begin());
      composite.name = keep(row.name);
      composite.first_use = static_cast<std::uint32_t>(out_.uses.size());
      composite.uses = static_cast<std::uint32_t>(row.uses.size());
      add_uses(row);
      out_.composites.push_back(composite);
    }
    add_segments(in);
    for (const auto& [type, message] : in.messages) add_message(type, message);
    auto made = Directory::of(std::move(out_));
    if (!made)
      return fail(Code::invalid, made.error().why, "give the files as UNECE publishes them");
    return made;
  }

 private:
  Piece keep(const std::string& text) {
    const Piece out{static_cast<std::uint32_t>(out_.text.size()),
                    static_cast<std::uint32_t>(text.size())};
    out_.text += text;
    return out;
  }

  void add_element(const std::string& tag, const ReadElement& in) {
    Element element;
    element.number = static_cast<std::uint16_t>(*number_of(tag));
    element.name = keep(in.name);
    element.format = in.format;
    element.first_code = static_cast<std::uint32_t>(out_.codes.size());
    element.codes = static_cast<std::uint32_t>(in.codes.size());
    for (const auto& [value, name] : in.codes) {
      CodeValue code;
      std::ranges::copy(value, code.value.begin());
      code.name = keep(name);
      code.element = static_cast<std::uint32_t>(out_.elements.size());
      out_.codes.push_back(code);
    }
    elements_[tag] = static_cast<std::uint16_t>(out_.elements.size());
    out_.elements.push_back(element);
  }

  void add_uses(const ReadRow& row) {
    for (const ReadUse& in : row.uses) {
      const auto composite = composites_.find(in.tag);
      Use use;
      use.composite = composite == composites_.end() ? 0 : 1;
      use.index = use.composite != 0 ? composite->second : elements_.at(in.tag);
      use.mandatory = in.mandatory ? 1 : 0;
      use.repeats = static_cast<std::uint16_t>(in.repeats);
      use.spread = static_cast<std::uint16_t>(in.spread);
      out_.uses.push_back(use);
    }
  }

  // Those of the directory and, by tag only, those of ISO 9735.
  void add_segments(const ReadDirectory& in) {
    std::map<std::string, ReadRow> all = in.segments;
    for (const View tag : service_tags()) all.emplace(tag, ReadRow{});
    for (const auto& [tag, row] : all) {
      segments_[tag] = static_cast<std::uint16_t>(out_.segments.size());
      Segment segment;
      segment.tag = pack_tag(tag);
      segment.name = keep(row.name);
      segment.first_use = static_cast<std::uint32_t>(out_.uses.size());
      segment.uses = static_cast<std::uint16_t>(row.uses.size());
      segment.service = row.uses.empty() ? 1 : 0;
      add_uses(row);
      out_.segments.push_back(segment);
    }
  }

  void add_message(const std::string& type, const ReadMessage& in) {
    Message message;
    std::ranges::copy(type, message.type.begin());
    message.name = keep(in.name);
    message.first_slot = static_cast<std::uint32_t>(out_.slots.size());
    message.slots = static_cast<std::uint32_t>(in.slots.size());
    for (std::size_t i = 0; i < in.slots.size(); ++i) {
      const ReadSlot& read = in.slots[i];
      Slot slot;
      slot.group = read.tag.empty() ? 1 : 0;
      slot.segment = segments_.at(slot.group != 0 ? in.slots[i + 1].tag : read.tag);
      slot.mandatory = read.mandatory ? 1 : 0;
      slot.repeats = read.repeats;
      slot.number = read.number;
      slot.end = static_cast<std::uint16_t>(read.end);
      slot.parent = static_cast<std::uint16_t>(read.parent);
      out_.slots.push_back(slot);
    }
    out_.messages.push_back(message);
  }

  Tables out_;
  std::map<std::string, std::uint16_t> elements_;
  std::map<std::string, std::uint16_t> composites_;
  std::map<std::string, std::uint16_t> segments_;
};

Result<> check_tags(const DirectoryText& text, const ReadMessage& message,
                    const ReadDirectory& out) {
  for (std::size_t i = 0; i < message.slots.size(); ++i) {
    const ReadSlot& slot = message.slots[i];
    if (slot.tag.empty()) {
      if (i + 1 == message.slots.size() || message.slots[i + 1].tag.empty())
        return text.refuse(text.lines().back(), "a segment group has no first segment");
      continue;
    }
    if (!out.segments.contains(slot.tag) &&
        std::ranges::find(service_tags(), slot.tag) == service_tags().end())
      return text.refuse(text.lines().back(),
                         "segment " + slot.tag + " is not in the directory of segments");
  }
  return {};
}

using Reader = Result<> (*)(const DirectoryText&, ReadDirectory&);

Result<std::size_t> read_role(std::span<const DirectoryFile> files, FileRole role, Reader reader,
                              ReadDirectory& out) {
  std::size_t count = 0;
  for (const DirectoryFile& file : files) {
    if (role_of(file.path) != role) continue;
    TRY_ASSIGN(const DirectoryText text, DirectoryText::of(file));
    TRY(reader(text, out));
    ++count;
  }
  return count;
}

}  // namespace

Result<Directory> make_directory(const ReadDirectory& in, std::string version,
                                 std::string release) {
  return RowMaker().make(in, std::move(version), std::move(release));
}

Result<> read_message(const DirectoryText& text, ReadDirectory& out) {
  ReadMessage message;
  std::string type;
  const auto& lines = text.lines();
  std::size_t at = 0;
  for (; at < lines.size() && !is_table_head(lines[at].text); ++at) {
    const auto take = [&](View label, std::string& value) {
      if (value.empty()) value = heading(lines[at].text, label);
    };
    take("Message Type", type);
    take("Version", message.version);
    take("Release", message.release);
  }
  if (lines.empty() || at == lines.size())
    return fail(Code::invalid, text.name() + ", line 1: the message has no segment table",
                "give the files as UNECE publishes them, or leave this directory out");
  const bool named =
      type.size() == 6 && std::ranges::all_of(type, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!named || message.version.empty() || message.release.empty() || message.version.size() > 3 ||
      message.release.size() > 3)
    return text.refuse(lines[at], "the message does not state its type, version and release");
  TableReader table(text, message);
  TRY(table.read(at + 1));
  if (table.is_interactive()) return {};
  if (message.slots[0].tag != "UNH")
    return text.refuse(lines[at], "the segment table does not begin with UNH");
  TRY(check_tags(text, message, out));
  message.name = title_of(text, type);
  if (!out.messages.emplace(type, std::move(message)).second)
    return text.refuse(lines[at], "the message " + type + " is defined twice");
  return {};
}

Result<Directory> Directory::import(std::span<const DirectoryFile> files) {
  if (files.size() > kFilesMax)
    return fail(Code::too_large, "a directory does not have so many files",
                "give the files of one directory");
  struct Step {
    FileRole role;
    Reader reader;
    const char* missing;
  };
  constexpr Step kSteps[] = {
      {FileRole::elements, read_elements, "elements (EDED or TRED)"},
      {FileRole::codes, read_codes, "codes (UNCL)"},
      {FileRole::composites, read_composites, "composites (EDCD or TRCD)"},
      {FileRole::segments, read_segments, "segments (EDSD or TRSD)"},
      {FileRole::message, read_message, "messages (EDMD or TRMD)"},
  };
  ReadDirectory in;
  for (const Step& step : kSteps) {
    TRY_ASSIGN(const std::size_t count, read_role(files, step.role, step.reader, in));
    if (count == 0)
      return fail(Code::invalid, std::string("the directory has no file of ") + step.missing,
                  "give all text files of the directory, unpacked");
  }
  if (in.messages.empty())
    return fail(Code::invalid, "the directory has no batch message",
                "give all text files of the directory, unpacked");
  const ReadMessage& first = in.messages.begin()->second;
  for (const auto& [type, message] : in.messages)
    if (message.version != first.version || message.release != first.release)
      return fail(Code::invalid,
                  type + " is of " + message.version + "." + message.release + ", " +
                      in.messages.begin()->first + " of " + first.version + "." + first.release,
                  "give the files of one directory");
  return make_directory(in, first.version, first.release);
}

}  // namespace corridor::edifact
