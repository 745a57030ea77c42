// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "documents/edifact/segments.h"

namespace corridor::documents {

namespace {

constexpr View kWanted = "INVOIC";
constexpr View kMessage = "message";

// Where a segment stands in an INVOIC. Those that are not listed stay in the innermost group.
struct Standing {
  View tag;
  bool opens;     // a group
  View within;    // the groups it may stand in, or the message itself
};

// table: from the use of INVOIC in D.96A to D.16B, which agree as far as this goes
constexpr Standing kStandings[] = {
    {"ALC", true, "message LIN UNS"},
    {"CTA", true, "NAD"},
    {"CUX", true, "message"},
    {"DOC", true, "message NAD"},
    {"IMD", false, "message LIN"},
    {"LIN", true, "message"},
    {"MOA", false, "message ALC LIN PAT PYT TAX UNS"},
    {"NAD", true, "message LIN"},
    {"PAC", true, "message LIN"},
    {"PAT", true, "message LIN"},
    {"PIA", false, "message LIN"},
    {"PRI", false, "LIN"},
    {"PYT", true, "message LIN"},
    {"QTY", false, "ALC LIN"},
    {"RFF", true, "message LIN NAD"},
    {"TAX", true, "message ALC LIN UNS"},
    {"TDT", true, "message LIN"},
    {"TOD", true, "message LIN"},
    {"UNS", true, "message"},
};

// The parts that a message is divided into: only the next one ends them.
bool is_section(View tag) { return tag == "LIN" || tag == "UNS"; }

bool may_stand(const Standing& standing, View group) {
  return (" " + std::string(standing.within) + " ").contains(" " + std::string(group) + " ");
}

std::string as_utf8(View latin1) {
  std::string out;
  out.reserve(latin1.size() + latin1.size() / 8);
  for (const char c : latin1) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return out;
}

class TreeMaker {
 public:
  explicit TreeMaker(View bytes)
      : bytes_(bytes),
        utf8_(is_utf8(bytes)),
        out_(utf8_ ? std::string(bytes) : as_utf8(bytes)),
        number_(out_.name(0, "number")) {
    open("interchange", 0);
    out_.attribute("encoding", utf8_ ? "UTF-8" : "ISO-8859-1");
  }

  void see(const Segments& in) {
    at_ = place(in.offset());
    const View tag = in.tag();
    if (tag == "UNB" || tag == "UNZ") {
      close_all();
    } else if (tag == "UNG") {
      close_all();
      open("group", at_);
      in_group_ = true;
    } else if (tag == "UNE") {
      close_message();
    } else if (tag == "UNH") {
      begin_message(in);
    } else if (tag == "UNT") {
      close_groups();
    } else if (has_groups_ && in_message_) {
      find_group(tag);
    }
    segment(in);
    if (tag == "UNT") close_message();
    if (tag == "UNE") close_all();
  }

  xml::Tree finish() {
    close_all();
    out_.close();
    return out_.finish();
  }

  // Offsets of the document as offsets of what the tree calls its source; they only grow.
  std::uint32_t place(std::uint32_t offset) {
    if (utf8_) return offset;
    for (; counted_ < offset; ++counted_)
      if ((bytes_[counted_] & 0x80) != 0) ++wide_;
    return offset + wide_;
  }

 private:
  void open(View name, std::uint32_t at) { out_.open(out_.name(0, name), 0, at); }

  void begin_message(const Segments& in) {
    close_message();
    open(kMessage, at_);
    number(++messages_);
    in_message_ = true;
    has_groups_ = in.part(2, 0) == kWanted;
    segments_ = 0;
  }

  void close_groups() {
    for (; !groups_.empty(); groups_.pop_back()) out_.close();
  }
  void close_message() {
    close_groups();
    if (std::exchange(in_message_, false)) out_.close();
  }
  void close_all() {
    close_message();
    if (std::exchange(in_group_, false)) out_.close();
  }

  // Leaves the groups that the segment cannot stand in, and opens its own.
  void find_group(View tag) {
    const auto* const standing = std::ranges::find(kStandings, tag, &Standing::tag);
    if (standing == std::end(kStandings)) return;
    if (is_section(tag)) close_groups();
    while (!groups_.empty() && !is_section(groups_.back()) &&
           !may_stand(*standing, groups_.back())) {
      out_.close();
      groups_.pop_back();
    }
    const View around = groups_.empty() ? kMessage : View(groups_.back());
    if (!standing->opens || !may_stand(*standing, around)) return;
    open(std::string(tag) + "-group", at_);
    groups_.push_back(standing->tag);
  }

  void number(std::uint32_t value) {
    char digits[12];
    const auto end = std::to_chars(digits, std::end(digits), value);
    const View text(digits, end.ptr);
    out_.attribute(number_, 0, out_.rewrite(text), static_cast<std::uint32_t>(text.size()), at_);
  }

  void segment(const Segments& in) {
    open(in.tag(), at_);
    if (in_message_) number(++segments_);
    const Segments::Part* before = nullptr;
    for (const Segments::Part& part : in.parts()) {
      if (part.element == 0) continue;
      const std::uint32_t at = place(part.offset);
      const bool same = before != nullptr && before->element == part.element &&
                        before->repetition == part.repetition;
      if (before != nullptr && !same) out_.close();
      if (!same) out_.open(position(elements_, 'e', part.element - 1U), 0, at);
      out_.open(position(components_, 'c', part.component), 0, at);
      text(part.text, at);
      out_.close();
      before = &part;
    }
    if (before != nullptr) out_.close();
    out_.close();
  }

  void text(View text, std::uint32_t at) {
    const bool stands =
        text.data() >= bytes_.data() && text.data() < bytes_.data() + bytes_.size();
    if (stands && utf8_) {
      out_.leaf(xml::Kind::text, 0, at, static_cast<std::uint32_t>(text.size()), at);
      return;
    }
    const std::string converted = utf8_ ? std::string(text) : as_utf8(text);
    out_.leaf(xml::Kind::text, 0, out_.rewrite(converted),
              static_cast<std::uint32_t>(converted.size()), at);
  }

  xml::NameId position(std::vector<xml::NameId>& known, char letter, unsigned index) {
    for (; known.size() <= index; known.push_back(0)) continue;
    if (known[index] == 0) known[index] = out_.name(0, letter + std::to_string(index + 1));
    return known[index];
  }

  View bytes_;
  bool utf8_;
  xml::Builder out_;
  xml::NameId number_;
  std::vector<xml::NameId> elements_;
  std::vector<xml::NameId> components_;
  std::vector<View> groups_;  // open ones, by their triggers
  bool in_group_ = false;     // of messages
  bool in_message_ = false;
  bool has_groups_ = false;
  std::uint32_t messages_ = 0;
  std::uint32_t segments_ = 0;
  std::uint32_t at_ = 0;
  std::uint32_t counted_ = 0;
  std::uint32_t wide_ = 0;
};

xml::Position position_of(View bytes, std::uint32_t offset) {
  xml::Position out{1, 1};
  const bool utf8 = is_utf8(bytes);
  for (const char c : bytes.substr(0, offset)) {
    if (c == '\n') {
      ++out.line;
      out.column = 1;
    } else if (!utf8 || (c & 0xC0) != 0x80) {
      ++out.column;
    }
  }
  return out;
}

}  // namespace

std::optional<DocumentKind> edifact_kind(View bytes, std::string& reason) {
  Segments in(bytes);
  while (in.next()) {
    if (in.tag() != "UNH") continue;
    if (in.part(2, 0) != kWanted) return DocumentKind{};
    DocumentKind kind{.syntax = "edifact", .type = std::string(kWanted), .profile = {}};
    std::size_t used = 0;
    for (unsigned component = 1; component < 7; ++component) {
      const View part = in.part(2, component);
      kind.profile.append(component == 1 ? "" : ":").append(part);
      if (!part.empty()) used = kind.profile.size();
    }
    kind.profile.resize(used);
    if (!is_utf8(kind.profile)) kind.profile.clear();
    return kind;
  }
  reason = in.failure().empty() ? "it has no message" : in.failure();
  return std::nullopt;
}

std::expected<xml::Tree, NoInterchange> read_interchange(View bytes) {
  Segments in(bytes);
  TreeMaker out(bytes);
  while (in.next()) out.see(in);
  if (in.failure().empty()) return out.finish();
  return std::unexpected(NoInterchange{in.failure(), position_of(bytes, in.offset())});
}

}  // namespace corridor::documents
