// SPDX-License-Identifier: Apache-2.0
//
// Elements, codes, composites and segments: files of blocks between ruled lines, each beginning
// with a tag and a name. The columns differ between the layouts, the order of what stands in a
// line does not; so lines are read by their words, and only code lists by columns.
#include <algorithm>

#include "documents/edifact/directory_import.h"

namespace corridor::edifact {

namespace {

using Block = std::vector<Line>;

constexpr std::size_t kContinuation = 11;  // the column of the rest of a name, or behind it

bool is_digits(View text, std::size_t count) {
  return text.size() >= count &&
         std::ranges::all_of(text.substr(0, count), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_element_tag(View text) {
  return is_digits(text, 4) && (text.size() == 4 || text[4] == ' ');
}
bool is_composite_tag(View text) {
  return text.size() >= 4 && (text[0] == 'C' || text[0] == 'S' || text[0] == 'E') &&
         is_digits(text.substr(1), 3) && (text.size() == 4 || text[4] == ' ');
}
bool is_segment_tag(View text) {
  return text.size() > 3 && text[3] == ' ' && std::ranges::all_of(text.substr(0, 3), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

View unmarked(View line) { return line.substr(indent_of(line)); }

View without_leading_spaces(View text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

// The name behind a tag of `size` characters, with the lines that continue it.
std::string block_name(const Block& block, std::size_t size, std::size_t& at) {
  std::string out(unmarked(block[0].text).substr(size));
  for (at = 1; at < block.size() && !block[at].text.empty(); ++at)
    out.append(" ").append(block[at].text);
  for (const View usage : {"[B]", "[I]", "[C]"})
    if (const std::size_t found = out.find(usage); found != std::string::npos)
      out.erase(found, usage.size());
  std::string name = name_of(out);
  return name;
}

bool is_preamble(const Block& block, bool (*is_tag)(View)) {
  return !is_tag(unmarked(block[0].text));
}

// One element in a row: `010   C817  ADDRESS USAGE   C  ` or `3299   Address purpose   C  an..3`,
// which may go on in the next line.
class RowReader {
 public:
  RowReader(const DirectoryText& text, const Block& block) : text_(text), block_(block) {}

  // Reads the line at `at` (and its continuations, moving `at` behind them).
  Result<ReadUse> use(std::size_t& at, std::optional<Format>& format) {
    const Line& first = block_[at];
    std::string line(without_leading_spaces(unmarked_position(first.text)));
    ReadUse out;
    out.tag = line.substr(0, 4);
    auto tail = tail_of(line);
    for (++at; !tail && at < block_.size() && !block_[at].text.empty(); ++at) {
      line.append(" ").append(block_[at].text);
      tail = tail_of(line);
    }
    if (!tail) return text_.refuse(first, "an element has no status (M or C)");
    // In the old layout a long name goes on below a line that is complete.
    while (at < block_.size() && indent_of(block_[at].text) >= kContinuation &&
           !block_[at].text.empty())
      ++at;
    if (tail->repeats > 0xffff) return text_.refuse(first, "an element occurs too often");
    out.mandatory = tail->mandatory;
    out.repeats = tail->repeats;
    format = tail->format;
    return out;
  }

  // Without the position and the change indicators around it.
  static View unmarked_position(View line) {
    if (is_digits(line, 3) && (line.size() == 3 || line[3] == ' ')) line.remove_prefix(3);
    return unmarked(line);
  }

 private:
  const DirectoryText& text_;
  const Block& block_;
};

Result<> check_format(const DirectoryText& text, const Line& line, const std::string& tag,
                      std::optional<Format> format, const ReadDirectory& out) {
  const auto element = out.elements.find(tag);
  if (element == out.elements.end())
    return text.refuse(line, "element " + tag + " is not in the directory of elements");
  if (!format) return text.refuse(line, "element " + tag + " has no representation");
  if (*format != element->second.format)
    return text.refuse(line, "element " + tag + " is " + format_text(*format) + " here and " +
                                 format_text(element->second.format) + " where it is defined");
  return {};
}

// "The composite C770 - array cell details - occurs 100 times in the segment."
std::uint32_t occurrences(View note, View tag) {
  const std::size_t named = note.find(tag);
  if (named == View::npos) return 1;
  const View rest = note.substr(named);
  const std::size_t occurs = rest.find("occurs ");
  if (occurs == View::npos || rest.substr(0, occurs).contains('.')) return 1;
  std::uint32_t out = 0;
  for (const char c : rest.substr(occurs + 7)) {
    if (c >= '0' && c <= '9' && out < 10'000) {
      out = out * 10 + static_cast<std::uint32_t>(c - '0');
    } else if (c != ',') {
      break;
    }
  }
  return out > 0 && out <= 10'000 ? out : 1;
}

// What a block says beside its elements, as one line.
std::string note_of(const Block& block) {
  std::string out;
  bool in_note = false;
  for (const Line& line : block) {
    const View text = without_leading_spaces(line.text);
    in_note = in_note || text.starts_with("Note:");
    if (is_digits(line.text, 3)) in_note = false;
    if (in_note) out.append(text).append(" ");
  }
  return out;
}

void spread_last(ReadRow& row, const Block& block, View what) {
  if (row.uses.empty()) return;
  const std::string note = note_of(block);
  row.uses.back().spread = occurrences(note, std::string(what) + " " + row.uses.back().tag);
}

Result<ReadRow> read_composite(const DirectoryText& text, const Block& block,
                               const ReadDirectory& out) {
  std::size_t at = 0;
  ReadRow row{block_name(block, 4, at), {}};
  RowReader reader(text, block);
  while (at < block.size()) {
    const Line& line = block[at];
    if (!is_digits(line.text, 3)) {
      ++at;
      continue;
    }
    if (!is_element_tag(RowReader::unmarked_position(line.text)))
      return text.refuse(line, "what stands here is not an element of the composite");
    std::optional<Format> format;
    TRY_ASSIGN(ReadUse use, reader.use(at, format));
    TRY(check_format(text, line, use.tag, format, out));
    row.uses.push_back(std::move(use));
  }
  spread_last(row, block, "component");
  if (row.uses.empty()) return text.refuse(block[0], "the composite has no elements");
  return row;
}

// The elements of a composite are repeated where a segment has it: they must be the same.
Result<> read_components(const DirectoryText& text, const Block& block, std::size_t& at,
                         const ReadUse& composite, const ReadDirectory& out) {
  const auto known = out.composites.find(composite.tag);
  const Line& first = block[at - 1];
  if (known == out.composites.end())
    return text.refuse(first, "composite " + composite.tag + " is not in the directory of them");
  RowReader reader(text, block);
  std::size_t count = 0;
  for (; at < block.size() && !block[at].text.empty(); ++count) {
    const Line& line = block[at];
    if (is_digits(line.text, 3) || !is_element_tag(unmarked(line.text))) break;
    std::optional<Format> format;
    TRY_ASSIGN(const ReadUse use, reader.use(at, format));
    TRY(check_format(text, line, use.tag, format, out));
    if (count >= known->second.uses.size() || known->second.uses[count].tag != use.tag ||
        known->second.uses[count].mandatory != use.mandatory)
      return text.refuse(line, "composite " + composite.tag + " is not what it is defined to be");
  }
  if (count != known->second.uses.size())
    return text.refuse(first, "composite " + composite.tag + " is not what it is defined to be");
  return {};
}

Result<ReadRow> read_segment(const DirectoryText& text, const Block& block,
                             const ReadDirectory& out) {
  std::size_t at = 0;
  ReadRow row{block_name(block, 3, at), {}};
  RowReader reader(text, block);
  while (at < block.size()) {
    const Line& line = block[at];
    if (!is_digits(line.text, 3)) {
      if (is_element_tag(unmarked(line.text)) && tail_of(line.text))
        return text.refuse(line, "an element stands outside of a composite");
      ++at;
      continue;
    }
    const View tag = RowReader::unmarked_position(line.text);
    const bool composite = is_composite_tag(tag);
    if (!composite && !is_element_tag(tag))
      return text.refuse(line, "what stands here is not an element of the segment");
    std::optional<Format> format;
    TRY_ASSIGN(ReadUse use, reader.use(at, format));
    if (composite) {
      TRY(read_components(text, block, at, use, out));
    } else {
      TRY(check_format(text, line, use.tag, format, out));
    }
    row.uses.push_back(std::move(use));
  }
  spread_last(row, block, "composite");
  if (row.uses.empty()) return text.refuse(block[0], "the segment has no elements");
  return row;
}

// Where codes, their names and their descriptions stand: the columns of the two layouts.
struct CodeColumns {
  std::size_t code;
  std::size_t name;
};
constexpr CodeColumns kOldColumns{3, 10};
constexpr CodeColumns kNewColumns{5, 11};

class CodeReader {
 public:
  CodeReader(const DirectoryText& text, const Block& block, bool old_layout)
      : text_(text), block_(block), columns_(old_layout ? kOldColumns : kNewColumns) {}

  Result<> read(std::size_t at, ReadElement& element) {
    for (; at < block_.size(); ++at) {
      const Line& line = block_[at];
      if (line.text.empty()) {
        in_note_ = false;
        continue;
      }
      if (without_leading_spaces(line.text).starts_with("Note:")) in_note_ = true;
      if (in_note_) continue;
      const std::size_t indent = without_marks(line.text);
      if (indent > columns_.name) continue;  // a description
      if (indent == columns_.name) {
        if (name_ == nullptr) return text_.refuse(line, "a name stands before its code");
        *name_ += " " + name_of(line.text);
      } else {
        TRY(code(line, indent, element));
      }
    }
    return {};
  }

 private:
  // The first column behind the change indicators, which end before the codes begin.
  [[nodiscard]] std::size_t without_marks(View line) const {
    std::size_t at = 0;
    while (at < columns_.code && at < line.size() && View(" +*#|X-").contains(line[at])) ++at;
    return at < columns_.code ? at : std::min(line.find_first_not_of(' ', at), line.size());
  }

  Result<> code(const Line& line, std::size_t indent, ReadElement& element) {
    const std::size_t end = std::min(line.text.find(' ', indent), line.text.size());
    const std::string value(line.text.substr(indent, end - indent));
    const std::size_t name_at = line.text.find_first_not_of(' ', end);
    if (indent < columns_.code || name_at == View::npos || !is_utf8(value))
      return text_.refuse(line, "what stands here is not a code with its name");
    if (value.size() > 16) return text_.refuse(line, "a code is longer than 16 characters");
    const auto [entry, is_new] = element.codes.emplace(value, name_of(line.text.substr(name_at)));
    if (!is_new) return text_.refuse(line, "the code " + value + " is listed twice");
    name_ = &entry->second;
    return {};
  }

  const DirectoryText& text_;
  const Block& block_;
  CodeColumns columns_;
  std::string* name_ = nullptr;
  bool in_note_ = false;
};

// The line that states the representation.
Result<std::size_t> find_format(const DirectoryText& text, const Block& block, Format& out) {
  for (std::size_t at = 1; at < block.size(); ++at) {
    const View line = without_leading_spaces(unmarked(block[at].text));
    if (!line.starts_with("Repr:")) continue;
    const auto format = format_of(without_leading_spaces(line.substr(5)));
    if (!format) return text.refuse(block[at], "the representation is not one of ISO 9735");
    out = *format;
    return at;
  }
  return text.refuse(block[0], "the element has no representation");
}

template <class Read>
Result<> read_blocks(const DirectoryText& text, bool (*is_tag)(View), Read read) {
  bool first = true;
  for (const Block& block : text.blocks()) {
    const bool preamble = is_preamble(block, is_tag);
    if (preamble && !first) return text.refuse(block[0], "a block does not begin with a tag");
    first = false;
    if (!preamble) TRY(read(block));
  }
  return {};
}

}  // namespace

Result<> read_elements(const DirectoryText& text, ReadDirectory& out) {
  return read_blocks(text, is_element_tag, [&](const Block& block) -> Result<> {
    std::size_t at = 0;
    const std::string tag(unmarked(block[0].text).substr(0, 4));
    ReadElement element{block_name(block, 4, at), {}, {}};
    TRY(find_format(text, block, element.format));
    if (!out.elements.emplace(tag, std::move(element)).second)
      return text.refuse(block[0], "element " + tag + " is defined twice");
    return {};
  });
}

Result<> read_codes(const DirectoryText& text, ReadDirectory& out) {
  return read_blocks(text, is_element_tag, [&](const Block& block) -> Result<> {
    const std::string tag(unmarked(block[0].text).substr(0, 4));
    const bool old_layout = indent_of(block[0].text) < kNewColumns.code;
    Format format;
    TRY_ASSIGN(const std::size_t at, find_format(text, block, format));
    const auto known = out.elements.find(tag);
    if (known == out.elements.end())
      return text.refuse(block[0], "element " + tag + " is not in the directory of elements");
    if (!known->second.codes.empty())
      return text.refuse(block[0], "the codes of element " + tag + " are listed twice");
    CodeReader reader(text, block, old_layout);
    return reader.read(at + 1, known->second);
  });
}

Result<> read_composites(const DirectoryText& text, ReadDirectory& out) {
  return read_blocks(text, is_composite_tag, [&](const Block& block) -> Result<> {
    const std::string tag(unmarked(block[0].text).substr(0, 4));
    TRY_ASSIGN(ReadRow row, read_composite(text, block, out));
    if (!out.composites.emplace(tag, std::move(row)).second)
      return text.refuse(block[0], "composite " + tag + " is defined twice");
    return {};
  });
}

Result<> read_segments(const DirectoryText& text, ReadDirectory& out) {
  return read_blocks(text, is_segment_tag, [&](const Block& block) -> Result<> {
    const std::string tag(unmarked(block[0].text).substr(0, 3));
    TRY_ASSIGN(ReadRow row, read_segment(text, block, out));
    if (!out.segments.emplace(tag, std::move(row)).second)
      return text.refuse(block[0], "segment " + tag + " is defined twice");
    return {};
  });
}

}  // namespace corridor::edifact
