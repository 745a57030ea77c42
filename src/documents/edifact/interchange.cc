// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange.h"

#include <algorithm>
#include <optional>

#include "documents/edifact/invoic.h"

namespace corridor::documents {

namespace {

constexpr View kWanted = "INVOIC";

bool is_number(View text, std::size_t number) {
  const std::size_t zeros = std::min(text.find_first_not_of('0'), text.size());
  text.remove_prefix(text.empty() ? 0 : std::min(zeros, text.size() - 1));
  return text == std::to_string(number);
}

std::string or_none(View text) { return text.empty() ? "none" : std::string(text); }

bool in_level_a(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         View(" .,-()/=!\"%&*;<>'+:?").contains(static_cast<char>(c));
}

bool in_level_b(unsigned char c) { return in_level_a(c) || (c >= 'a' && c <= 'z'); }
bool in_eight_bits(unsigned char c) { return (c >= 0x20 && c < 0x7F) || c >= 0xA0; }
bool is_printing(unsigned char c) { return c >= 0x20 && c != 0x7F; }

// ISO 9735-1 annex A: what a segment contains that its level does not have; empty for nothing.
std::string outside_set(View segment, View set) {
  bool (*has)(unsigned char) = is_printing;
  if (set == "UNOA") has = in_level_a;
  if (set == "UNOB") has = in_level_b;
  if (set >= "UNOC" && set <= "UNOK") has = in_eight_bits;
  const auto bad = std::ranges::find_if_not(
      segment, [has](char c) { return has(static_cast<unsigned char>(c)); });
  if (bad != segment.end()) return "the byte 0x" + hex(View(&*bad, 1));
  if ((set == "UNOW" || set == "UNOY") && !is_utf8(segment)) return "bytes that are not UTF-8";
  return {};
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

void check_interchange(View bytes, Findings& findings) {
  Segments in(bytes);
  const SegmentLocator places(in);
  ServiceSegments service(findings, places);
  std::optional<InvoicReader> reader;
  while (in.next()) {
    service.see(in);
    if (in.tag() == "UNH" && in.part(2, 0) == kWanted) {
      reader.emplace(in.where());
    } else if (in.tag() == "UNT" && reader) {
      judge(reader->finish(), places, findings);
      reader.reset();
    } else if (reader) {
      reader->see(in);
    }
  }
  if (in.failure().empty()) return service.end(in);
  Finder(findings, places, reading_rule("CB-03")).at(in.where(), {{"reason", in.failure()}});
}

void ServiceSegments::misplaced(const Segments& in, std::string reason) {
  found("CB-08").at(in.where(), {{"tag", std::string(in.tag())}, {"reason", std::move(reason)}});
}

void ServiceSegments::open(const Segments& in, Envelope& envelope, View reference) {
  if (envelope.open) misplaced(in, "the one before it is not closed");
  envelope = {.open = true, .reference = std::string(reference)};
}

// UNT, UNE and UNZ alike: element 1 is the count, element 2 the reference of the opening segment.
void ServiceSegments::close(const Segments& in, Envelope& envelope, View opening, View what) {
  const std::string tag(in.tag());
  if (!envelope.open)
    return misplaced(in, "there is no " + std::string(opening) + " that it would close");
  if (!is_number(in.part(1, 0), envelope.contents))
    found("CB-05").at(in.where(), {{"closing", tag},
                                   {"stated", or_none(in.part(1, 0))},
                                   {"what", std::string(what)},
                                   {"counted", std::to_string(envelope.contents)}});
  if (in.part(2, 0) != envelope.reference)
    found(in.tag() == "UNT" ? "CB-06" : "CB-07")
        .at(in.where(), {{"closing", tag},
                         {"stated", or_none(in.part(2, 0))},
                         {"opening", std::string(opening)},
                         {"opened", or_none(envelope.reference)}});
  envelope.open = false;
}

void ServiceSegments::see(const Segments& in) {
  const View tag = in.tag();
  if (message_.open) ++message_.contents;
  if (tag == "UNB") {
    if (seen_interchange_) misplaced(in, "an interchange begins once");
    open(in, interchange_, in.part(5, 0));
    seen_interchange_ = true;
    set_ = in.part(1, 0);
  } else if (!interchange_.open) {
    misplaced(in, seen_interchange_ ? "the interchange has ended" : "there is no UNB before it");
  } else if (tag == "UNG") {
    open(in, group_, in.part(5, 0));
    ++groups_;
  } else if (tag == "UNH") {
    open(in, message_, in.part(1, 0));
    message_.contents = 1;
    ++(group_.open ? group_ : interchange_).contents;
    if (in.part(2, 0) != kWanted) misplaced(in, "the interchange began with another type");
  } else if (tag == "UNT") {
    close(in, message_, "UNH", "segments");
  } else if (tag == "UNE") {
    close(in, group_, "UNG", "messages");
  } else if (tag == "UNZ") {
    if (message_.open || group_.open) misplaced(in, "a message or group is not closed");
    // Groups are counted where there are any; whether packages count is done either way.
    if (groups_ > 0) interchange_.contents = groups_;
    if (is_number(in.part(1, 0), interchange_.contents + packages_))
      interchange_.contents += packages_;
    close(in, interchange_, "UNB", groups_ > 0 ? "groups" : "messages");
  } else if (tag == "UNO") {
    ++packages_;
  } else if (tag != "UNP" && !message_.open) {
    misplaced(in, "it is not in a message");
  }
  note_characters(in);
}

void ServiceSegments::note_characters(const Segments& in) {
  if (characters_noted_) return;
  const std::string what = outside_set(in.raw(), set_);
  if (what.empty()) return;
  characters_noted_ = true;
  found("CB-09").at(in.where(), {{"what", what}, {"set", or_none(set_)}});
}

void ServiceSegments::end(const Segments& in) {
  if (!interchange_.open) return;
  misplaced(in, message_.open ? "the message that it belongs to is not closed by UNT"
                              : "the interchange is not closed by UNZ behind it");
}

}  // namespace corridor::documents
