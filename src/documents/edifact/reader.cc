// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/reader.h"

#include <algorithm>
#include <charconv>

#include "documents/edifact/service.h"

namespace corridor::documents {

namespace {

using edifact::pack_tag;
using edifact::Tag;

constexpr View kMessage = "message";
constexpr View kInvoice = "INVOIC";

constexpr Tag kUnb = pack_tag("UNB");
constexpr Tag kUnz = pack_tag("UNZ");
constexpr Tag kUng = pack_tag("UNG");
constexpr Tag kUne = pack_tag("UNE");
constexpr Tag kUnh = pack_tag("UNH");
constexpr Tag kUnt = pack_tag("UNT");

// Where a segment stands in an INVOIC. Those that are not listed stay in the innermost group.
struct Standing {
  View tag;
  bool opens;   // a group
  View within;  // the groups it may stand in, or the message itself (UNH)
};

// table: from the use of INVOIC in D.96A to D.16B, which agree as far as this goes
constexpr Standing kStandings[] = {
    {"ALC", true, "UNH LIN UNS"},
    {"CTA", true, "NAD"},
    {"CUX", true, "UNH"},
    {"DOC", true, "UNH NAD"},
    {"IMD", false, "UNH LIN"},
    {"LIN", true, "UNH"},
    {"MOA", false, "UNH ALC LIN PAT PYT TAX UNS"},
    {"NAD", true, "UNH LIN"},
    {"PAC", true, "UNH LIN"},
    {"PAT", true, "UNH LIN"},
    {"PIA", false, "UNH LIN"},
    {"PRI", false, "LIN"},
    {"PYT", true, "UNH LIN"},
    {"QTY", false, "ALC LIN"},
    {"RFF", true, "UNH LIN NAD"},
    {"TAX", true, "UNH ALC LIN UNS"},
    {"TDT", true, "UNH LIN"},
    {"TOD", true, "UNH LIN"},
    {"UNS", true, "UNH"},
};

// The parts that a message is divided into: only the next one ends them.
bool is_section(Tag tag) { return tag == pack_tag("LIN") || tag == pack_tag("UNS"); }

bool may_stand(const Standing& standing, Tag group) {
  for (std::size_t i = 0; i < standing.within.size(); i += 4)
    if (pack_tag(standing.within.substr(i, 3)) == group) return true;
  return false;
}

class SegmentsAhead final : public edifact::Ahead {
 public:
  explicit SegmentsAhead(const Segments& in) : in_(in) {}
  void tags(std::vector<Tag>& out, std::size_t count) const override { in_.tags_ahead(out, count); }

 private:
  const Segments& in_;
};

}  // namespace

Reader::Reader(View bytes, const edifact::CharacterSet& set, const DirectoryCheck* against)
    : bytes_(bytes),
      set_(set),
      decoder_(set, bytes),
      against_(against),
      out_(decoder_.decode(bytes)),
      number_(out_.name(0, "number")) {
  open("interchange");
  out_.attribute("encoding", decoder_.encoding());
}

// Offsets of the document as offsets of what the tree calls its source; they only grow.
std::uint32_t Reader::place(std::uint32_t offset) {
  if (decoder_.utf8()) return offset;
  for (; counted_ < offset; ++counted_)
    if ((bytes_[counted_] & 0x80) != 0)
      wide_ += static_cast<std::uint32_t>(decoder_.size(bytes_[counted_]) - 1);
  return offset + wide_;
}

void Reader::see(const Segments& in) {
  at_ = place(in.offset());
  const Tag tag = in.packed_tag();
  outcome_ = {};
  if ((tag >> 8) == (kUnb >> 8)) {
    frame(tag);
    if (tag == kUnh) begin_message(in);
  }
  if (in_message_ && tag != kUnh) {
    const bool unchecked = place_ && (tag >> 16) == 'U' &&
                           edifact::service_kind(in.tag()) == edifact::ServiceKind::unchecked;
    const SegmentsAhead ahead(in);
    if (place_ && !unchecked) outcome_ = place_->next(tag, findings_.full() ? nullptr : &ahead);
    if (tag == kUnt) {
      close_groups();
    } else if (built_in_groups_) {
      find_group(tag);
    } else if (place_) {
      follow_groups();
    }
  }
  const xml::NodeId node = segment(in);
  if (against_ != nullptr) check(in, node);
  if (tag == kUnt) close_message();
  if (tag == kUne) close_all();
}

// What the segments that frame messages end.
void Reader::frame(Tag tag) {
  if (tag == kUnb || tag == kUnz) {
    close_all();
  } else if (tag == kUng) {
    close_all();
    open("group");
    in_group_ = true;
  } else if (tag == kUne) {
    close_message();
  }
}

Checked Reader::finish() {
  close_all();
  out_.close();
  Checked out{out_.finish(), {}};
  out.findings = findings_.finish(out.tree);
  return out;
}

void Reader::begin_message(const Segments& in) {
  close_message();
  open(kMessage);
  number(++messages_);
  in_message_ = true;
  segments_ = 0;
  const View type = in.part(2, 0);
  built_in_groups_ = type == kInvoice;
  if (against_ != nullptr) find_directory(in, type);
}

void Reader::find_directory(const Segments& in, View type) {
  type_ = decoder_.decode(type);
  directory_ = against_->directory ? against_->directory(in.part(2, 1), in.part(2, 2)) : nullptr;
  const edifact::Message* message = directory_ == nullptr ? nullptr : directory_->message(type);
  if (message == nullptr) return;
  place_.emplace(*directory_, *message);
  built_in_groups_ = built_in_groups_ && against_->invoice_groups_built_in;
}

void Reader::close_groups() {
  for (; !groups_.empty(); groups_.pop_back()) out_.close();
}

void Reader::close_message() {
  close_groups();
  place_.reset();
  directory_ = nullptr;
  built_in_groups_ = false;
  if (std::exchange(in_message_, false)) out_.close();
}

void Reader::close_all() {
  close_message();
  if (std::exchange(in_group_, false)) out_.close();
}

// Leaves the groups that the segment cannot stand in, and opens its own.
void Reader::find_group(Tag tag) {
  const auto* const standing = std::ranges::find_if(
      kStandings, [tag](const Standing& known) { return pack_tag(known.tag) == tag; });
  if (standing == std::end(kStandings)) return;
  if (is_section(tag)) close_groups();
  while (!groups_.empty() && !is_section(groups_.back().trigger) &&
         !may_stand(*standing, groups_.back().trigger)) {
    out_.close();
    groups_.pop_back();
  }
  const Tag around = groups_.empty() ? kUnh : groups_.back().trigger;
  if (standing->opens && may_stand(*standing, around)) open_group(tag, 0);
}

// Makes the open groups those that the directory says are open.
void Reader::follow_groups() {
  std::size_t same = 0;
  while (same < groups_.size() && same < place_->depth() &&
         groups_[same].instance == place_->open(same).instance)
    ++same;
  for (; groups_.size() > same; groups_.pop_back()) out_.close();
  for (; groups_.size() < place_->depth();) {
    const edifact::Place::OpenGroup group = place_->open(groups_.size());
    open_group(place_->tag(group.slot), group.instance);
  }
}

void Reader::open_group(Tag trigger, std::uint32_t instance) {
  open(edifact::tag_text(trigger) + "-group");
  groups_.push_back({trigger, instance});
}

void Reader::number(std::uint32_t value) {
  char digits[12];
  const auto end = std::to_chars(digits, std::end(digits), value);
  const View text(digits, end.ptr);
  out_.attribute(number_, 0, out_.rewrite(text), static_cast<std::uint32_t>(text.size()), at_);
}

xml::NodeId Reader::segment(const Segments& in) {
  const xml::NodeId node = out_.open(tag_name(in), 0, at_);
  if (in_message_) number(++segments_);
  part_nodes_.clear();
  const Segments::Part* before = nullptr;
  for (const Segments::Part& part : in.parts()) {
    part_nodes_.push_back(node);
    if (part.element == 0) continue;
    const std::uint32_t at = place(part.offset);
    const bool same = before != nullptr && before->element == part.element &&
                      before->repetition == part.repetition;
    if (before != nullptr && !same) out_.close();
    if (!same) out_.open(position(elements_, 'e', part.element - 1U), 0, at);
    part_nodes_.back() = out_.open(position(components_, 'c', part.component), 0, at);
    text(part.text, at);
    out_.close();
    before = &part;
  }
  if (before != nullptr) out_.close();
  out_.close();
  return node;
}

// Names of tags are asked for again and again.
xml::NameId Reader::tag_name(const Segments& in) {
  const Tag tag = in.packed_tag();
  TagName& known = tag_names_[(tag * 2'654'435'761U) >> 26];
  if (known.tag != tag) known = {tag, out_.name(0, in.tag())};
  return known.name;
}

void Reader::text(View text, std::uint32_t at) {
  const bool stands = text.data() >= bytes_.data() && text.data() < bytes_.data() + bytes_.size();
  if (stands && decoder_.utf8()) {
    out_.leaf(xml::Kind::text, 0, at, static_cast<std::uint32_t>(text.size()), at);
    return;
  }
  const std::string converted = decoder_.decode(text);
  out_.leaf(xml::Kind::text, 0, out_.rewrite(converted),
            static_cast<std::uint32_t>(converted.size()), at);
}

xml::NameId Reader::position(std::vector<xml::NameId>& known, char letter, unsigned index) {
  for (; known.size() <= index; known.push_back(0)) continue;
  if (known[index] == 0) known[index] = out_.name(0, letter + std::to_string(index + 1));
  return known[index];
}

void Reader::check(const Segments& in, xml::NodeId node) {
  const Tag tag = in.packed_tag();
  const edifact::Findings::At at{tag, in_message_ ? segments_ : 0, node};
  if (tag == kUnb) check_encoding(in, at);
  if (tag == kUnh && place_ == std::nullopt) check_message_known(in, at);
  if (set_.level != edifact::Level::any) check_characters(in, at);
  check_place(at);
  check_elements(in, at);
  before_[checked_++ % before_.size()] = at;
}

void Reader::check_message_known(const Segments& in, const edifact::Findings::At& at) {
  findings_.unknown_message(at, type_, decoder_.decode(in.part(2, 1)),
                            decoder_.decode(in.part(2, 2)), directory_ == nullptr);
}

void Reader::check_place(const edifact::Findings::At& at) {
  if (outcome_.misplaced == edifact::Misplaced::none && outcome_.missing.empty()) return;
  using edifact::Misplaced;
  switch (outcome_.misplaced) {
    case Misplaced::none: break;
    case Misplaced::without_trigger:
      findings_.without_trigger(*directory_, type_, at, place_->tag(outcome_.about));
      break;
    case Misplaced::repeated:
    case Misplaced::repeated_group:
      findings_.misplaced(*directory_, type_, at, outcome_.misplaced, place_->tag(outcome_.about),
                          place_->slot(outcome_.about).repeats);
      break;
    case Misplaced::order_before:
      findings_.misplaced(*directory_, type_, before_[(checked_ - outcome_.back) % before_.size()],
                          outcome_.misplaced, 0, 0);
      break;
    default: findings_.misplaced(*directory_, type_, at, outcome_.misplaced, 0, 0);
  }
  for (const std::uint16_t slot : outcome_.missing)
    findings_.missing(*directory_, type_, at, place_->tag(slot), place_->slot(slot).group != 0);
}

void Reader::check_elements(const Segments& in, const edifact::Findings::At& at) {
  const edifact::Directory* directory = directory_;
  const edifact::Segment* segment = directory == nullptr ? nullptr : directory->segment(at.tag);
  if ((at.tag >> 16) == 'U' && (segment == nullptr || segment->service != 0)) {
    directory = &edifact::service_directory(in.syntax_version());
    segment = directory->segment(at.tag);
    const bool checked = segment != nullptr && segment->service == 0;
    if (!checked && edifact::service_kind(in.tag()) == edifact::ServiceKind::unchecked)
      findings_.not_checked(at);
    if (!checked) return;
  }
  if (segment == nullptr || findings_.full()) return;
  const edifact::Writing writing{
      in.syntax_version(), in.syntax_version() < 4 ? in.decimal_mark() : '\0', decoder_.utf8()};
  edifact::ElementCheck(writing).check(
      *directory, *segment, in.parts(), [&](const edifact::ElementFault& fault) {
        const bool placed = fault.part != edifact::ElementFault::kNoPart;
        findings_.element(*directory, at, fault, placed ? part_nodes_[fault.part] : at.node,
                          placed ? decoder_.decode(in.parts()[fault.part].text) : std::string());
      });
}

void Reader::check_characters(const Segments& in, const edifact::Findings::At& at) {
  const auto parts = in.parts();
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!edifact::within(set_.level, parts[i].text))
      findings_.characters(at, part_nodes_[i], set_.identifier, decoder_.decode(parts[i].text));
}

void Reader::check_encoding(const Segments& in, const edifact::Findings::At& at) {
  if (set_.identifier.empty() || decoder_.wrong())
    findings_.encoding(at, decoder_.decode(in.part(1, 0)), decoder_.encoding());
}

}  // namespace corridor::documents
