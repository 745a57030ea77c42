// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/findings.h"

#include <algorithm>

#include "documents/edifact/service.h"

namespace corridor::edifact {

namespace {

constexpr std::size_t kShown = 60;  // characters of a value, about

// One line, short, whole characters.
std::string shown(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (out.size() >= kShown && (c & 0xC0) != 0x80) return out + "...";
    out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c);
  }
  return out;
}

// A name within a sentence: "Party qualifier" and "NAME AND ADDRESS" as "party qualifier" and
// "name and address".
std::string in_sentence(View name) {
  const bool capitals = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  std::string out(name);
  for (std::size_t i = 0; i < out.size() && (capitals || i == 0); ++i)
    if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<char>(out[i] - 'A' + 'a');
  return out;
}

std::string digits(std::uint16_t number) {
  std::string out = std::to_string(number);
  return std::string(4 - std::min<std::size_t>(4, out.size()), '0') + out;
}

std::string described(const Directory& directory, const Element& element) {
  return in_sentence(directory.text(element.name)) + " (" + digits(element.number) + ")";
}

std::string described(const Directory& directory, const Composite& composite) {
  return in_sentence(directory.text(composite.name)) + " (" +
         std::string(View(composite.tag.data(), 4)) + ")";
}

std::string described(const Directory& directory, const Use& use) {
  return use.composite != 0 ? described(directory, directory.tables().composites[use.index])
                            : described(directory, directory.tables().elements[use.index]);
}

std::string with_name(const Directory& directory, Tag tag) {
  for (const Directory* known : {&directory, &service_directory(4), &service_directory(3)})
    if (const Segment* segment = known->segment(tag); segment && segment->name.bytes > 0)
      return tag_text(tag) + " (" + in_sentence(known->text(segment->name)) + ")";
  return tag_text(tag);
}

View rule_of(Fault fault) {
  switch (fault) {
    case Fault::element_missing: return "EDI-element-missing";
    case Fault::element_extra: return "EDI-element-extra";
    case Fault::component_missing: return "EDI-component-missing";
    case Fault::component_extra: return "EDI-component-extra";
    case Fault::format: return "EDI-format";
    case Fault::length: return "EDI-length";
    case Fault::code: return "EDI-code";
    case Fault::repetition: break;
  }
  return "EDI-repetition";
}

std::string text_of(const Directory& directory, const std::string& tag, const ElementFault& fault,
                    const std::string& value) {
  const auto element = [&] { return described(directory, *fault.element); };
  const auto quoted = [&] { return "'" + shown(value) + "'"; };
  switch (fault.fault) {
    case Fault::element_missing:
      return tag + " has no " + described(directory, *fault.use) + ", which is mandatory";
    case Fault::element_extra:
      return tag + " has no element " + std::to_string(fault.position) + ": " + quoted() +
             " is too much";
    case Fault::component_missing:
      return tag + ": the " + described(directory, *fault.use) + " has no " + element() +
             ", which is mandatory";
    case Fault::component_extra:
      return tag + ": the " + described(directory, *fault.use) +
             " has no further component: " + quoted() + " is too much";
    case Fault::format:
      return tag + ": the " + element() + " must be " +
             (fault.element->format.characters == Characters::numeric ? "a number" : "letters") +
             " and is " + quoted();
    case Fault::length:
      return tag + ": the " + element() + " must have " +
             (fault.element->format.exact != 0 ? "exactly " : "at most ") +
             std::to_string(fault.element->format.length) +
             (fault.element->format.characters == Characters::numeric ? " digits" : " characters") +
             " and is " + quoted();
    case Fault::code:
      return tag + ": " + quoted() + " is no code for " + element() + " in " + directory.name();
    case Fault::repetition: break;
  }
  return tag + ": the " + described(directory, *fault.use) + " is repeated, which is permitted " +
         (fault.limit > 1 ? "up to " + std::to_string(fault.limit) + " times" : "for none here");
}

}  // namespace

// The component that a part is, as a step of the tree; what belongs to the tag is the segment.
Findings::Spot Findings::spot_of(const At& at, Parts parts, std::size_t part) {
  if (part == ElementFault::kNoPart || parts[part].element == 0) return {.place = at.place};
  const Segments::Part& found = parts[part];
  std::size_t nth = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].element != found.element) continue;
    const bool again = i > 0 && parts[i - 1].element == found.element &&
                       parts[i - 1].repetition == parts[i].repetition;
    if (again) continue;
    ++all;
    if (parts[i].repetition <= found.repetition) ++nth;
  }
  Spot out{
      .place = at.place, .offset = found.offset, .within = "/e" + std::to_string(found.element)};
  if (all > 1) out.within += "[" + std::to_string(nth) + "]";
  out.within += "/c" + std::to_string(found.component + 1);
  return out;
}

// One more that is not kept: no words are made for it.
bool Findings::lose() {
  if (full()) ++lost_;
  return full();
}

void Findings::add(View rule, Severity severity, std::string text, std::string values, const At& at,
                   Spot spot) {
  if (lose()) return;
  text += at.number > 0 ? " (segment " + std::to_string(at.number) + ")." : ".";
  Kept kept;
  kept.finding.rule = rule;
  kept.finding.severity = severity;
  kept.finding.text = std::move(text);
  kept.finding.values = std::move(values);
  kept.spot = std::move(spot);
  found_.push_back(std::move(kept));
}

void Findings::add_once(View rule, std::string text, std::string values, const At& at, Spot spot) {
  const auto [entry, is_new] = once_.try_emplace(text, found_.size());
  if (!is_new && entry->second < found_.size()) {
    ++found_[entry->second].more;
    return;
  }
  add(rule, Severity::warning, std::move(text), std::move(values), at, std::move(spot));
}

void Findings::element(const Directory& directory, const At& at, const ElementFault& fault,
                       Parts parts, const std::string& value) {
  Spot spot = spot_of(at, parts, fault.part);
  const std::string tag = tag_text(at.tag);
  std::string text = text_of(directory, tag, fault, value);
  if (fault.fault == Fault::code) {
    add_once(rule_of(fault.fault), std::move(text), shown(value), at, std::move(spot));
  } else {
    add(rule_of(fault.fault), Severity::fatal, std::move(text), shown(value), at, std::move(spot));
  }
}

void Findings::misplaced(const Directory& directory, View type, const At& at, Misplaced what,
                         Tag group, std::uint32_t limit) {
  if (lose()) return;
  const std::string tag = with_name(directory, at.tag);
  const std::string where = std::string(type) + " " + directory.name();
  switch (what) {
    case Misplaced::unknown:
      add("EDI-segment-unknown", Severity::fatal,
          directory.segment(at.tag) == nullptr ? tag + " is not a segment of " + directory.name()
                                               : tag + " is not used in " + where,
          tag_text(at.tag), at);
      return;
    case Misplaced::order:
    case Misplaced::order_before:
      add("EDI-segment-order", Severity::fatal, tag + " cannot stand at this place of " + where,
          tag_text(at.tag), at);
      return;
    case Misplaced::repeated:
      add("EDI-segment-repeated", Severity::fatal,
          tag + " stands more than " + std::to_string(limit) + " times here, which " + where +
              " does not permit",
          tag_text(at.tag), at);
      return;
    default:
      add("EDI-group-repeated", Severity::fatal,
          "the group that begins with " + with_name(directory, group) + " stands more than " +
              std::to_string(limit) + " times here, which " + where + " does not permit",
          tag_text(group), at);
      return;
  }
}

void Findings::missing(const Directory& directory, View type, const At& at, Tag tag, bool group) {
  if (lose()) return;
  const std::string where = std::string(type) + " " + directory.name();
  const std::string before = " is missing before " + tag_text(at.tag) + ": it is mandatory in ";
  add(group ? "EDI-group-missing" : "EDI-segment-missing", Severity::fatal,
      (group ? "the group that begins with " : std::string()) + with_name(directory, tag) + before +
          where,
      tag_text(tag), at);
}

void Findings::without_trigger(const Directory& directory, View type, const At& at, Tag trigger) {
  if (lose()) return;
  add("EDI-segment-missing", Severity::fatal,
      with_name(directory, trigger) + " is missing before " + tag_text(at.tag) +
          ": their group begins with it in " + std::string(type) + " " + directory.name(),
      tag_text(trigger), at);
}

void Findings::unknown_message(const At& at, View type, View version, View release,
                               bool no_directory) {
  const std::string name = shown(std::string(version) + "." + std::string(release));
  std::string text =
      no_directory ? "the directory " + name + " is not here, so that the message " +
                         shown(std::string(type)) + " could not be checked against it"
                   : "the message " + shown(std::string(type)) + " is not in the directory " + name;
  add_once("EDI-message-unknown", std::move(text), shown(std::string(type)), at,
           {.place = at.place});
}

void Findings::characters(const At& at, Parts parts, std::size_t part, View identifier,
                          const std::string& value) {
  add_once(
      "EDI-charset",
      tag_text(at.tag) + " has characters that " + std::string(identifier) + " does not permit",
      shown(value), at, spot_of(at, parts, part));
}

void Findings::encoding(const At& at, View identifier, View read_as) {
  add_once("EDI-charset",
           "the character set " + shown(std::string(identifier)) + " was read as " +
               std::string(read_as),
           shown(std::string(identifier)), at, {.place = at.place});
}

void Findings::not_checked(const At& at) {
  add_once("EDI-service",
           tag_text(at.tag) + " is a segment of ISO 9735 whose elements are not checked here",
           tag_text(at.tag), at, {.place = at.place});
}

// Lines and columns of all findings in one pass over the interchange: it may be a single line.
void Findings::place_all(const Outline& outline, View bytes, bool utf8) {
  std::vector<Kept*> sorted;
  for (Kept& kept : found_) {
    if (kept.spot.offset == 0) kept.spot.offset = outline.offset(kept.spot.place);
    sorted.push_back(&kept);
  }
  std::ranges::sort(sorted, {}, [](const Kept* kept) { return kept->spot.offset; });
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::size_t at = 0;
  for (Kept* kept : sorted) {
    View before = bytes.substr(at, kept->spot.offset - at);
    at = kept->spot.offset;
    for (std::size_t end = before.find('\n'); end != View::npos; end = before.find('\n')) {
      ++line;
      column = 1;
      before.remove_prefix(end + 1);
    }
    for (const char c : before) column += utf8 && (c & 0xC0) == 0x80 ? 0U : 1U;
    kept->finding.line = line;
    kept->finding.column = column;
  }
}

void Findings::path_all(const Outline& outline) {
  std::vector<Outline::Id> places;
  for (const Kept& kept : found_) places.push_back(kept.spot.place);
  std::vector<std::string> paths = outline.paths(places);
  for (std::size_t i = 0; i < found_.size(); ++i)
    found_[i].finding.path = std::move(paths[i]) + found_[i].spot.within;
}

std::vector<Finding> Findings::finish(const Outline& outline, View bytes, bool utf8) {
  if (found_.empty()) return {};
  place_all(outline, bytes, utf8);
  path_all(outline);
  std::vector<Finding> out;
  for (Kept& kept : found_) {
    if (kept.more > 0)
      kept.finding.text += " The same " + std::to_string(kept.more) + " times more.";
    out.push_back(std::move(kept.finding));
  }
  if (lost_ > 0)
    out.push_back({.rule = "EDI-limit",
                   .severity = Severity::warning,
                   .text = std::to_string(lost_) + " more findings are not listed.",
                   .path = {},
                   .term = {},
                   .values = {}});
  for (Finding& finding : out)
    if (!finding.text.empty() && finding.text[0] >= 'a' && finding.text[0] <= 'z')
      finding.text[0] = static_cast<char>(finding.text[0] - 'a' + 'A');
  return out;
}

}  // namespace corridor::edifact
