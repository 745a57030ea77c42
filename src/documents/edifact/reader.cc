// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/reader.h"

#include <algorithm>

#include "documents/edifact/service.h"

namespace corridor::documents {

namespace {

using edifact::Outline;
using edifact::pack_tag;
using edifact::Tag;

constexpr View kInvoice = "INVOIC";

constexpr Tag kUnb = pack_tag("UNB");
constexpr Tag kUnz = pack_tag("UNZ");
constexpr Tag kUng = pack_tag("UNG");
constexpr Tag kUne = pack_tag("UNE");
constexpr Tag kUnh = pack_tag("UNH");
constexpr Tag kUnt = pack_tag("UNT");
constexpr Tag kDtm = pack_tag("DTM");

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

Reader::Reader(View bytes, const edifact::CharacterSet& set, const DirectoryCheck& against,
               bool with_tree)
    : bytes_(bytes),
      set_(set),
      decoder_(set, bytes),
      against_(against),
      checks_(static_cast<bool>(against.directory)),
      outline_(checks_ ? bytes.size() : 0) {
  if (with_tree) tree_.emplace(bytes, decoder_);
  if (checks_) outline_.open(Outline::kInterchange, 0);
}

void Reader::open(std::uint32_t name) {
  if (tree_) tree_->open(name, at_);
  if (checks_) outline_.open(name, at_);
}

void Reader::close() {
  if (tree_) tree_->close();
  if (checks_) outline_.close();
}

void Reader::see(const Segments& in) {
  at_ = in.offset();
  const Tag tag = in.packed_tag();
  fits_ = true;
  if ((tag >> 8) == (kUnb >> 8)) {
    frame(tag);
    if (tag == kUnh) begin_message(in);
  }
  segment_index_ = directory_ == nullptr ? -1 : directory_->segment_index(tag);
  if (in_message_ && tag != kUnh) {
    const bool unchecked = place_ && (tag >> 16) == 'U' &&
                           edifact::service_kind(in.tag()) == edifact::ServiceKind::unchecked;
    const SegmentsAhead ahead(in);
    if (place_ && !unchecked)
      fits_ = place_->next(segment_index_, findings_.full() ? nullptr : &ahead);
    if (tag == kUnt) {
      close_groups();
    } else if (built_in_groups_) {
      find_group(tag);
    } else if (place_ && !in_same_group()) {
      follow_groups();
    }
  }
  if (in_message_) ++segments_;
  if (tree_) tree_->segment(in, in_message_ ? segments_ : 0);
  if (tag == kDtm && !date_seen_) note_date(in);
  if (checks_) check(in);
  if (tag == kUnt) close_message();
  if (tag == kUne) close_all();
}

// The date of the document (137) is what stands beside its qualifier.
void Reader::note_date(const Segments& in) {
  const auto parts = in.parts();
  const auto first = std::ranges::find(parts, 1, &Segments::Part::element);
  if (first == parts.end()) return;
  const View date = in.part(1, 1, first->repetition);
  if (date.empty() || in.part(1, 0, first->repetition) != "137") return;
  date_seen_ = true;
  document_date_ = decoder_.decode(date);
}

// What the segments that frame messages end.
void Reader::frame(Tag tag) {
  if (tag == kUnb || tag == kUnz) {
    close_all();
  } else if (tag == kUng) {
    close_all();
    open(Outline::kGroup);
    in_group_ = true;
  } else if (tag == kUne) {
    close_message();
  }
}

Checked Reader::finish() {
  close_all();
  if (checks_) outline_.close();
  Checked out{tree_ ? tree_->finish() : xml::Tree(), {}, std::move(document_date_)};
  out.findings = findings_.finish(outline_, bytes_, decoder_.utf8());
  return out;
}

void Reader::begin_message(const Segments& in) {
  close_message();
  open(Outline::kMessage);
  ++messages_;
  if (tree_) tree_->number(messages_);
  in_message_ = true;
  segments_ = 0;
  const View type = in.part(2, 0);
  built_in_groups_ = type == kInvoice;
  if (checks_) find_directory(in, type);
}

void Reader::find_directory(const Segments& in, View type) {
  type_ = decoder_.decode(type);
  directory_ = against_.directory(in.part(2, 1), in.part(2, 2));
  const edifact::Message* message = directory_ == nullptr ? nullptr : directory_->message(type);
  if (message == nullptr) return;
  place_.emplace(*directory_, *message);
  built_in_groups_ = built_in_groups_ && against_.invoice_groups_built_in;
}

void Reader::close_groups() {
  for (; !groups_.empty(); groups_.pop_back()) close();
}

void Reader::close_message() {
  close_groups();
  place_.reset();
  directory_ = nullptr;
  built_in_groups_ = false;
  if (std::exchange(in_message_, false)) close();
}

void Reader::close_all() {
  close_message();
  if (std::exchange(in_group_, false)) close();
}

// Leaves the groups that the segment cannot stand in, and opens its own.
void Reader::find_group(Tag tag) {
  const auto* const standing = std::ranges::find_if(
      kStandings, [tag](const Standing& known) { return pack_tag(known.tag) == tag; });
  if (standing == std::end(kStandings)) return;
  if (is_section(tag)) close_groups();
  while (!groups_.empty() && !is_section(groups_.back().trigger) &&
         !may_stand(*standing, groups_.back().trigger)) {
    close();
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
  for (; groups_.size() > same; groups_.pop_back()) close();
  for (; groups_.size() < place_->depth();) {
    const edifact::Place::OpenGroup group = place_->open(groups_.size());
    open_group(place_->tag(group.slot), group.instance);
  }
}

void Reader::open_group(Tag trigger, std::uint32_t instance) {
  open(Outline::kSegmentGroup | trigger);
  groups_.push_back({trigger, instance});
}

void Reader::check(const Segments& in) {
  const Tag tag = in.packed_tag();
  const edifact::Findings::At at{tag, in_message_ ? segments_ : 0, outline_.segment(tag, at_)};
  if (tag == kUnb) check_encoding(in, at);
  if (tag == kUnh && place_ == std::nullopt) check_message_known(in, at);
  if (set_.level != edifact::Level::any) check_characters(in, at);
  if (!fits_) check_place(at);
  check_elements(in, at);
  before_[checked_++ % before_.size()] = at;
}

void Reader::check_message_known(const Segments& in, const edifact::Findings::At& at) {
  findings_.unknown_message(at, type_, decoder_.decode(in.part(2, 1)),
                            decoder_.decode(in.part(2, 2)), directory_ == nullptr);
}

void Reader::check_place(const edifact::Findings::At& at) {
  using edifact::Misplaced;
  const edifact::Place::Outcome& outcome = place_->outcome();
  switch (outcome.misplaced) {
    case Misplaced::none: break;
    case Misplaced::without_trigger:
      findings_.without_trigger(*directory_, type_, at, place_->tag(outcome.about));
      break;
    case Misplaced::repeated:
    case Misplaced::repeated_group:
      findings_.misplaced(*directory_, type_, at, outcome.misplaced, place_->tag(outcome.about),
                          place_->slot(outcome.about).repeats);
      break;
    case Misplaced::order_before:
      findings_.misplaced(*directory_, type_, before_[(checked_ - outcome.back) % before_.size()],
                          outcome.misplaced, 0, 0);
      break;
    default: findings_.misplaced(*directory_, type_, at, outcome.misplaced, 0, 0);
  }
  for (const std::uint16_t slot : outcome.missing)
    findings_.missing(*directory_, type_, at, place_->tag(slot), place_->slot(slot).group != 0);
}

void Reader::check_elements(const Segments& in, const edifact::Findings::At& at) {
  const edifact::Directory* directory = directory_;
  int index = segment_index_;
  const auto is_service = [&] {
    return index < 0 || directory->tables().segments[static_cast<std::size_t>(index)].service != 0;
  };
  if ((at.tag >> 16) == 'U' && is_service()) {
    directory = &edifact::service_directory(in.syntax_version());
    index = directory->segment_index(at.tag);
    if (is_service()) {
      if (edifact::service_kind(in.tag()) == edifact::ServiceKind::unchecked)
        findings_.not_checked(at);
      return;
    }
  }
  if (index < 0 || findings_.full()) return;
  const edifact::ElementCheck elements(
      {in.syntax_version(), in.syntax_version() < 4 ? in.decimal_mark() : '\0', decoder_.utf8()});
  if (!elements.accepts(*directory, directory->plan(index), in.parts()))
    tell_elements(in, at, *directory, elements);
}

void Reader::tell_elements(const Segments& in, const edifact::Findings::At& at,
                           const edifact::Directory& directory,
                           const edifact::ElementCheck& elements) {
  elements.check(
      directory, *directory.segment(at.tag), in.parts(), [&](const edifact::ElementFault& fault) {
        const bool placed = fault.part != edifact::ElementFault::kNoPart;
        findings_.element(directory, at, fault, in.parts(),
                          placed ? decoder_.decode(in.parts()[fault.part].text) : std::string());
      });
}

void Reader::check_characters(const Segments& in, const edifact::Findings::At& at) {
  const auto parts = in.parts();
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!edifact::within(set_.level, parts[i].text))
      findings_.characters(at, parts, i, set_.identifier, decoder_.decode(parts[i].text));
}

void Reader::check_encoding(const Segments& in, const edifact::Findings::At& at) {
  if (set_.identifier.empty() || decoder_.wrong())
    findings_.encoding(at, decoder_.decode(in.part(1, 0)), decoder_.encoding());
}

}  // namespace corridor::documents
