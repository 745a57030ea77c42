// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/directory_text.h"

#include <algorithm>
#include <charconv>

namespace corridor::edifact {

namespace {

constexpr std::uint32_t kRepeatsMax = 99'999'999;
constexpr std::size_t kRuleLength = 30;  // of a line that divides a file

// What a byte is read as: the drawing characters of DOS as what the later files use for them.
char plain(char c) {
  switch (static_cast<unsigned char>(c)) {
    case 0xB3: return '|';
    case 0xC4: return '-';
    case 0xB4:
    case 0xBF:
    case 0xC0:
    case 0xC1:
    case 0xC2:
    case 0xC3:
    case 0xC5:
    case 0xD9:
    case 0xDA: return '+';
    case '\f':
    case '\t':
    case '\r': return ' ';
    default: return c;
  }
}

bool is_rule(View line) {
  return line.size() >= kRuleLength && std::ranges::all_of(line, [](char c) { return c == '-'; });
}

View last_word(View text) {
  const std::size_t space = text.find_last_of(' ');
  return space == View::npos ? text : text.substr(space + 1);
}

View without_word(View text, View word) {
  text.remove_suffix(word.size());
  return trimmed(text);
}

}  // namespace

View trimmed(View text) {
  const std::size_t last = text.find_last_not_of(' ');
  return last == View::npos ? View() : text.substr(0, last + 1);
}

std::size_t indent_of(View line) {
  return std::min(line.find_first_not_of(" +*#|X-"), line.size());
}

Result<DirectoryText> DirectoryText::of(const DirectoryFile& file) {
  DirectoryText out;
  const std::size_t slash = file.path.find_last_of("/\\");
  out.name_ = slash == std::string::npos ? file.path : file.path.substr(slash + 1);
  if (!is_utf8(out.name_)) out.name_ = "(a file)";
  if (file.bytes.size() > Directory::kFileBytesMax)
    return fail(Code::too_large, out.name_ + " is larger than a directory's file can be",
                "give the text files of the directory, unpacked");
  const View kept = file.bytes.substr(0, file.bytes.find('\x1a'));
  out.text_.resize(kept.size());
  std::ranges::transform(kept, out.text_.begin(), plain);
  const View all(out.text_.data(), out.text_.size());
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    const Line line{trimmed(all.substr(at, end - at)), ++number};
    if (line.text.size() > Directory::kLineBytesMax)
      return out.refuse(line, "the line is too long");
    out.lines_.push_back(line);
    at = end + 1;
  }
  return out;
}

// What is quoted comes from the file, whose bytes may be of any code page.
std::unexpected<Error> DirectoryText::refuse(const Line& line, View why) const {
  std::string said = name_ + ", line " + std::to_string(line.number) + ": " + std::string(why);
  if (!is_utf8(said))
    std::ranges::replace_if(said, [](char c) { return (c & 0x80) != 0; }, '?');
  return fail(Code::invalid, std::move(said),
              "give the files as UNECE publishes them, or leave this directory out");
}

std::vector<std::vector<Line>> DirectoryText::blocks() const {
  std::vector<std::vector<Line>> out(1);
  for (const Line& line : lines_) {
    if (is_rule(line.text)) {
      out.emplace_back();
    } else if (!line.text.empty() || !out.back().empty()) {
      out.back().push_back(line);
    }
  }
  for (auto& block : out)
    while (!block.empty() && block.back().text.empty()) block.pop_back();
  std::erase_if(out, [](const auto& block) { return block.empty(); });
  return out;
}

std::optional<std::uint32_t> number_of(View digits) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty())
    return std::nullopt;
  return out;
}

std::optional<Format> format_of(View text) {
  Format out;
  if (text.starts_with("an")) {
    text.remove_prefix(2);
  } else if (text.starts_with('a') || text.starts_with('n')) {
    out.characters = text[0] == 'a' ? Characters::alphabetic : Characters::numeric;
    text.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  out.exact = text.starts_with("..") ? 0 : 1;
  if (out.exact == 0) text.remove_prefix(2);
  const auto length = number_of(text);
  if (!length || *length == 0 || *length > 9'999) return std::nullopt;
  out.length = static_cast<std::uint16_t>(*length);
  return out;
}

std::optional<Tail> tail_of(View line) {
  Tail out;
  View rest = trimmed(line);
  View word = last_word(rest);
  out.format = format_of(word);
  if (out.format) {
    rest = without_word(rest, word);
    word = last_word(rest);
  }
  if (const auto repeats = number_of(word)) {
    if (*repeats == 0 || *repeats > kRepeatsMax) return std::nullopt;
    out.repeats = *repeats;
    rest = without_word(rest, word);
    word = last_word(rest);
  }
  // A name may end in a lone letter; in front of a format there is no doubt.
  const std::string gap = out.format ? " " : "  ";
  if ((word != "M" && word != "C") || !rest.ends_with(gap + std::string(word))) return std::nullopt;
  out.mandatory = word == "M";
  out.before = without_word(rest, word);
  return out;
}

std::string name_of(View text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      out.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    } else if (byte < 0x20 || c == ' ') {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c);
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace corridor::edifact
