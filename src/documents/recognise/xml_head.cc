// SPDX-License-Identifier: Apache-2.0
//
// Each syntax says where it is that a document names its profile, edition and date: a path of
// elements below the document element, of which the first of each name counts, as in the tree.
#include "documents/recognise/xml_head.h"

#include <algorithm>
#include <array>
#include <span>

#include "documents/recognise/date.h"
#include "documents/recognise/xml_scanner.h"
#include "documents/xml/encoding.h"
#include "documents/xpath/atomic.h"

namespace corridor::documents {

namespace {

constexpr View kXml = "application/xml";
constexpr View kUbl = "urn:oasis:names:specification:ubl:schema:xsd:";
constexpr View kCbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
constexpr View kCac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
constexpr View kUnece = "urn:un:unece:uncefact:data:";
constexpr View kStandard = "standard:";
constexpr View kRam = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:";
constexpr View kUdt = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:";
constexpr std::size_t kSpaceBeforeMax = 256;
constexpr std::size_t kFirstUnitsBytes = 2 * 1024;  // of UTF-16: enough for most
constexpr std::size_t kStepsMax = 3;

enum class Field { profile, edition, issued };

// `space` is how the namespace begins; empty: that of the document element.
struct Step {
  View space;
  View local;
};
struct Sought {
  Field field;
  std::size_t size;
  std::array<Step, kStepsMax> steps;
};
constexpr Sought kUblSought[] = {
    {Field::edition, 1, {{{kCbc, "UBLVersionID"}}}},
    {Field::profile, 1, {{{kCbc, "CustomizationID"}}}},
    {Field::issued, 1, {{{kCbc, "IssueDate"}}}},
};
constexpr Sought kCiiSought[] = {
    {Field::profile, 3,
     {{{"", "ExchangedDocumentContext"},
       {kRam, "GuidelineSpecifiedDocumentContextParameter"},
       {kRam, "ID"}}}},
    {Field::issued, 3,
     {{{"", "ExchangedDocument"}, {kRam, "IssueDateTime"}, {kUdt, "DateTimeString"}}}},
};

bool is_digits(View text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
bool is_letters(View text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

// urn:oasis:names:specification:ubl:schema:xsd:Order-2, its libraries left out.
bool is_ubl(View space, View local) {
  if (!space.starts_with(kUbl) || !is_letters(local)) return false;
  space.remove_prefix(kUbl.size());
  return space.size() == local.size() + 2 && space.starts_with(local) && space.ends_with("-2") &&
         !local.ends_with("Components") && !local.ends_with("DataTypes");
}

// urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100, and without "standard:" where a
// message is a subset of the reference model (Order-X).
bool is_unece(View space, View local) {
  if (!space.starts_with(kUnece) || !is_letters(local)) return false;
  space.remove_prefix(kUnece.size());
  if (space.starts_with(kStandard)) space.remove_prefix(kStandard.size());
  return space.starts_with(local) && space.substr(local.size()).starts_with(':') &&
         is_digits(space.substr(local.size() + 1));
}

bool is_latin1(View head) {
  if (!head.starts_with("<?xml")) return false;
  const View declaration = head.substr(0, std::min<std::size_t>(head.find("?>"), 256));
  return declaration.contains("8859-1\"") || declaration.contains("8859-1'");
}

std::string as_utf8(View latin1) {
  std::string out;
  for (const char c : latin1) xml::append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

// Follows the sought paths through the events of the scanner.
class Follower {
 public:
  Follower(std::span<const Sought> sought, View root_space)
      : sought_(sought), root_space_(root_space) {}

  void open(unsigned depth, View space, View local) {
    for (std::size_t i = 0; i < sought_.size(); ++i) {
      Track& track = tracks_[i];
      const std::size_t step = depth - 2;  // of an element below the document element
      if (track.matched != step || step >= sought_[i].size || track.taken[step]) continue;
      const Step& wanted = sought_[i].steps[step];
      if (local != wanted.local) continue;
      if (wanted.space.empty() ? space != root_space_ : !space.starts_with(wanted.space)) continue;
      track.taken[step] = true;
      track.matched = step + 1;
    }
  }
  void close(unsigned depth) {
    for (std::size_t i = 0; i < sought_.size(); ++i) {
      Track& track = tracks_[i];
      if (track.matched == 0 || track.matched != depth - 1) continue;
      if (track.matched == sought_[i].size) track.done = true;
      --track.matched;
    }
  }
  bool text(View piece, bool cdata) {
    for (std::size_t i = 0; i < sought_.size(); ++i)
      if (tracks_[i].matched == sought_[i].size && !append_text(tracks_[i].value, piece, cdata))
        return false;
    return true;
  }
  [[nodiscard]] bool all_found() const {
    return std::all_of(tracks_.begin(), tracks_.begin() + static_cast<long>(sought_.size()),
                       [](const Track& track) { return track.done; });
  }
  // What a finished element held; nothing of one that was cut off.
  [[nodiscard]] View value(Field field) const {
    for (std::size_t i = 0; i < sought_.size(); ++i)
      if (sought_[i].field == field && tracks_[i].done) return xpath::trim(tracks_[i].value);
    return {};
  }

 private:
  struct Track {
    std::size_t matched = 0;
    std::array<bool, kStepsMax> taken{};
    bool done = false;
    std::string value;
  };
  std::span<const Sought> sought_;
  View root_space_;
  std::array<Track, 3> tracks_;
};

// A release of the UN/CEFACT directories ("D16B") as a word of its own in a guideline.
std::string release_in(View guideline) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = guideline.find('D'); at != View::npos; at = guideline.find('D', at + 1)) {
    const View word = guideline.substr(at, 4);
    const bool ends = at + 4 >= guideline.size() || !is_letters(guideline.substr(at + 4, 1));
    if (word.size() == 4 && is_digit(word[1]) && is_digit(word[2]) &&
        (word[3] == 'A' || word[3] == 'B') && ends)
      return std::string(word);
  }
  return {};
}

// The parts that end what is sought: they follow it in every document of the syntax.
bool is_behind(bool ubl, View space, View local) {
  return ubl ? space == kCac : local.ends_with("TradeTransaction");
}

// `settled` tells that no more text would have changed the answer.
Recognition recognise_text(View text, bool& settled) {
  Recognition out;
  settled = false;
  XmlScanner in(text);
  if (in.next() != XmlScanner::Event::open) return out;
  out.media_type = kXml;
  const View local = in.local();
  const View space = in.space();
  const bool ubl = is_ubl(space, local);
  settled = !ubl && !is_unece(space, local);
  if (settled) return out;
  out.kind.syntax = ubl ? "ubl" : "cii";
  out.kind.type = local;
  Follower follower(ubl ? std::span<const Sought>(kUblSought) : std::span<const Sought>(kCiiSought),
                    space);
  for (auto event = in.next(); event != XmlScanner::Event::end; event = in.next()) {
    if (event == XmlScanner::Event::open) {
      settled = in.depth() == 2 && is_behind(ubl, in.space(), in.local());
      if (settled) break;
      follower.open(in.depth(), in.space(), in.local());
    } else if (event == XmlScanner::Event::close) {
      follower.close(in.depth());
      settled = follower.all_found();
      if (settled) break;
    } else if (!follower.text(in.text(), in.is_cdata())) {
      break;
    }
  }
  const bool latin1 = is_latin1(text);
  const auto said = [&](Field field) {
    const View value = follower.value(field);
    if (latin1) return as_utf8(value);
    return is_utf8(value) ? std::string(value) : std::string();
  };
  out.kind.profile = said(Field::profile);
  out.edition = ubl ? said(Field::edition) : release_in(out.kind.profile);
  out.issued = day_of(follower.value(Field::issued));
  return out;
}

// Up to the first half of a pair that has no other half.
std::string from_utf16(View units, bool big_endian) {
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(units[at]);
    const auto second = static_cast<unsigned char>(units[at + 1]);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string out;
  out.reserve(units.size());
  for (std::size_t at = 0; at + 1 < units.size(); at += 2) {
    char32_t c = unit(at);
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
      continue;
    }
    if (c >= 0xDC00 && c <= 0xDFFF) break;
    if (c >= 0xD800 && c <= 0xDBFF) {
      if (at + 3 >= units.size()) break;
      const char32_t low = unit(at + 2);
      if (low < 0xDC00 || low > 0xDFFF) break;
      c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
      at += 2;
    }
    xml::append_utf8(out, c);
  }
  return out;
}

bool is_utf16(View bytes) {
  return bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE");
}

}  // namespace

bool begins_as_xml_head(View bytes) {
  if (is_utf16(bytes)) return true;
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return xpath::trim(bytes.substr(0, kSpaceBeforeMax)).starts_with('<');
}

Recognition recognise_xml(View head) {
  bool settled = false;
  if (!is_utf16(head)) {
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    return recognise_text(head, settled);
  }
  const bool big_endian = head.starts_with("\xFE\xFF");
  head.remove_prefix(2);
  Recognition out = recognise_text(from_utf16(head.substr(0, kFirstUnitsBytes), big_endian), settled);
  if (settled || head.size() <= kFirstUnitsBytes) return out;
  return recognise_text(from_utf16(head, big_endian), settled);
}

}  // namespace corridor::documents
