// SPDX-License-Identifier: Apache-2.0
//
// Rows in vectors and, beside them, what is computed from the rows whenever a directory comes to
// be: hashes of tags and codes, and for each message a table that answers "where does this segment
// go from here" with one look.
#include "documents/edifact/directory.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstring>

#include "documents/edifact/service.h"

namespace corridor::edifact {

namespace {

View file_name(View path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == View::npos ? path : path.substr(slash + 1);
}

std::string upper(View text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// "96A": two digits and a letter.
bool is_release(View text) {
  return text.size() == 3 && std::isdigit(static_cast<unsigned char>(text[0])) != 0 &&
         std::isdigit(static_cast<unsigned char>(text[1])) != 0 && text[2] >= 'A' && text[2] <= 'Z';
}

bool is_letters(View text) {
  return std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

struct NamedRole {
  View name;
  FileRole role;
};

// table: the names of the files before their release
constexpr NamedRole kRoles[] = {
    {"EDSD", FileRole::segments},      {"TRSD", FileRole::segments},
    {"EDCD", FileRole::composites},    {"TRCD", FileRole::composites},
    {"EDED", FileRole::elements},      {"TRED", FileRole::elements},
    {"UNCL", FileRole::codes},         {"UNCL-1", FileRole::codes},
    {"UNCL-2", FileRole::codes},       {"UNSL", FileRole::service_codes},
    {"IDSD", FileRole::interactive},   {"IDCD", FileRole::interactive},
    {"IDMDI1", FileRole::interactive}, {"IDMDI2", FileRole::interactive},
    {"IDSDI1", FileRole::interactive}, {"IDSDI2", FileRole::interactive},
    {"IDCDI1", FileRole::interactive}, {"IDCDI2", FileRole::interactive},
};

bool is_index(View stem) {
  if (stem.size() != 6 || !(stem.ends_with("I1") || stem.ends_with("I2"))) return false;
  const View which = stem.substr(0, 4);
  return (which.starts_with("ED") || which.starts_with("TR")) && which[3] == 'D' &&
         View("MSCE").contains(which[2]);
}

template <class Word>
std::uint64_t load(const char* from) {
  Word out = 0;
  std::memcpy(&out, from, sizeof out);
  return std::endian::native == std::endian::big ? std::byteswap(out) : out;
}

// Up to eight bytes as a number, the first in the lowest one.
inline std::uint64_t word_of(const char* from, std::size_t size) {
  if (size >= 8) return load<std::uint64_t>(from);
  if (size >= 4)
    return load<std::uint32_t>(from) | load<std::uint32_t>(from + size - 4) << (8 * (size - 4));
  const auto byte = [&](std::size_t i) {
    return std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  };
  return size == 0 ? 0 : byte(0) | byte(size / 2) | byte(size - 1);
}

// A code, of at most 16 characters, in two numbers.
struct CodeKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const CodeKey&) const = default;
};

CodeKey key_of(View value) {
  if (value.size() <= 8) return {word_of(value.data(), value.size()), 0};
  return {word_of(value.data(), 8), word_of(value.data() + 8, value.size() - 8)};
}

CodeKey key_of(const CodeValue& code) { return key_of(View(code.value.data(), 16)); }

std::uint64_t hash_code(std::uint32_t element, const CodeKey& key) {
  std::uint64_t out = (key.low ^ (key.high * 0x9e3779b97f4a7c15U)) + element * 0xd6e8feb86659fd93U;
  out = (out ^ (out >> 32)) * 0xd6e8feb86659fd93U;
  return out ^ (out >> 32);
}

template <class Row, class Key, class Projection>
const Row* find_row(const std::vector<Row>& rows, const Key& key, Projection projection) {
  const auto at = std::ranges::lower_bound(rows, key, {}, projection);
  return at != rows.end() && std::invoke(projection, *at) == key ? &*at : nullptr;
}

template <std::size_t N>
std::array<char, N> padded(View text) {
  std::array<char, N> out{};
  std::copy_n(text.begin(), std::min(text.size(), N), out.begin());
  return out;
}

}  // namespace

FileRole role_of(View path) {
  const std::string whole = upper(path);
  const View name = file_name(whole);
  const std::size_t dot = name.rfind('.');
  if (dot == View::npos || !is_release(name.substr(dot + 1))) return FileRole::other;
  const View stem = name.substr(0, dot);
  for (const NamedRole& known : kRoles)
    if (stem == known.name) return known.role;
  if (is_index(stem)) return FileRole::index;
  if (stem.size() != 8 || stem[6] != '_' || !is_letters(stem.substr(0, 6)) ||
      !is_letters(stem.substr(7)))
    return FileRole::other;
  const View folder = View(whole).substr(0, whole.size() - name.size());
  return folder.contains("IDMD") ? FileRole::interactive : FileRole::message;
}

std::string tag_text(Tag tag) {
  return {static_cast<char>(tag >> 16), static_cast<char>(tag >> 8), static_cast<char>(tag)};
}

std::string format_text(Format format) {
  const char* const letters = format.characters == Characters::numeric      ? "n"
                              : format.characters == Characters::alphabetic ? "a"
                                                                            : "an";
  return std::string(letters) + (format.exact != 0 ? "" : "..") + std::to_string(format.length);
}

const Message* Directory::message(View type) const {
  if (type.size() > 8) return nullptr;
  return find_row(t_.messages, padded<8>(type), &Message::type);
}

const Segment* Directory::segment(Tag tag) const {
  const int index = segment_index(tag);
  return index < 0 ? nullptr : &t_.segments[static_cast<std::size_t>(index)];
}

const Composite* Directory::composite(View tag) const {
  if (tag.size() != 4) return nullptr;
  return find_row(t_.composites, padded<4>(tag), &Composite::tag);
}

const Element* Directory::element(std::uint16_t number) const {
  return find_row(t_.elements, number, &Element::number);
}

View Directory::value(const CodeValue& code) {
  const View all(code.value.data(), code.value.size());
  return all.substr(0, std::min(all.find('\0'), all.size()));
}

bool Directory::has_code(std::uint32_t element, View value) const {
  if (value.size() > 16 || code_slots_.empty()) return false;
  const CodeKey key = key_of(value);
  const std::uint32_t* const slots = code_slots_.data();
  const std::size_t mask = code_slots_.size() - 1;
  for (std::size_t at = hash_code(element, key) & mask; slots[at] != 0; at = (at + 1) & mask) {
    const CodeValue& code = t_.codes.data()[slots[at] - 1];
    if (code.element == element && key_of(code) == key) return true;
  }
  return false;
}

Directory::Machine Directory::machine(const Message& message) const {
  const MachineAt& at = machines_[static_cast<std::size_t>(&message - t_.messages.data())];
  return {slots(message), next_.data() + at.next, required_.data() + at.required,
          tags_of_.data() + at.tags_of, at.tags};
}

Result<Directory> Directory::of(Tables tables) {
  Directory out;
  out.t_ = std::move(tables);
  std::string why = out.unsound();
  if (!why.empty())
    return fail(Code::corrupt, "the directory does not hold together: " + why,
                "import it again from its files");
  out.index();
  return out;
}

std::string Directory::unsound() const {
  const auto in_text = [&](Piece p) {
    return p.at <= t_.text.size() && p.bytes <= t_.text.size() - p.at;
  };
  const auto in_range = [](std::size_t first, std::size_t count, std::size_t size) {
    return first <= size && count <= size - first;
  };
  if (!is_utf8(t_.text) || t_.version.empty() || t_.version.size() > 3 || t_.release.empty() ||
      t_.release.size() > 3 || !is_utf8(t_.version) || !is_utf8(t_.release))
    return "its texts are not texts";
  if (t_.elements.size() >= kNoSlot || t_.composites.size() >= kNoSlot ||
      t_.segments.size() > kSegmentsMax || t_.codes.size() > kRowsMax ||
      t_.uses.size() > kRowsMax || t_.slots.size() > kRowsMax || t_.messages.size() > kFilesMax)
    return "it has too many rows";
  for (std::size_t i = 0; i < t_.elements.size(); ++i) {
    const Element& e = t_.elements[i];
    if ((i > 0 && t_.elements[i - 1].number >= e.number) || !in_text(e.name) ||
        !in_range(e.first_code, e.codes, t_.codes.size()) || e.format.length == 0 ||
        e.format.characters > Characters::numeric || e.number > 9999)
      return "element " + std::to_string(i);
    for (std::size_t k = 0; k < e.codes; ++k)
      if (t_.codes[e.first_code + k].element != i) return "codes of element " + std::to_string(i);
  }
  for (std::size_t i = 0; i < t_.codes.size(); ++i)
    if (!in_text(t_.codes[i].name) || t_.codes[i].element >= t_.elements.size() ||
        !is_utf8(value(t_.codes[i])) || padded<16>(value(t_.codes[i])) != t_.codes[i].value)
      return "code " + std::to_string(i);
  const auto sound_uses = [&](std::size_t first, std::size_t count, bool composites) {
    if (!in_range(first, count, t_.uses.size()) || count > 1'000) return false;
    for (std::size_t k = 0; k < count; ++k) {
      const Use& use = t_.uses[first + k];
      const bool found = use.composite == 0 ? use.index < t_.elements.size()
                                            : composites && use.index < t_.composites.size();
      if (!found || use.repeats == 0 || use.spread == 0 || (use.spread > 1 && k + 1 != count))
        return false;
    }
    return true;
  };
  for (std::size_t i = 0; i < t_.composites.size(); ++i) {
    const Composite& c = t_.composites[i];
    if ((i > 0 && t_.composites[i - 1].tag >= c.tag) || !in_text(c.name) || c.uses == 0 ||
        !sound_uses(c.first_use, c.uses, false) || !is_utf8(View(c.tag.data(), 4)))
      return "composite " + std::to_string(i);
  }
  for (std::size_t i = 0; i < t_.segments.size(); ++i) {
    const Segment& s = t_.segments[i];
    if ((i > 0 && t_.segments[i - 1].tag >= s.tag) || !in_text(s.name) || s.tag > 0x7f7f7f ||
        !is_utf8(tag_text(s.tag)) || !sound_uses(s.first_use, s.uses, true))
      return "segment " + std::to_string(i);
  }
  std::size_t cells = 0;
  for (std::size_t i = 0; i < t_.messages.size(); ++i) {
    const Message& m = t_.messages[i];
    if ((i > 0 && t_.messages[i - 1].type >= m.type) || !in_text(m.name) ||
        !in_range(m.first_slot, m.slots, t_.slots.size()) || m.slots == 0 || m.slots > kSlotsMax ||
        !is_utf8(View(m.type.data(), m.type.size())))
      return "message " + std::to_string(i);
    if (std::string why = unsound_message(m); !why.empty()) return why;
    const std::size_t tags = tags_in(m);
    cells += tags * m.slots;
    if (tags >= kNoTag || cells > kCellsMax) return "its messages are too large";
  }
  return {};
}

std::size_t Directory::tags_in(const Message& message) const {
  std::vector<bool> seen(t_.segments.size());
  for (const Slot& slot : slots(message)) seen[slot.segment] = true;
  return static_cast<std::size_t>(std::ranges::count(seen, true));
}

// Groups are nested, begin with a mandatory single segment, and a message with UNH.
std::string Directory::unsound_message(const Message& message) const {
  const std::string name(View(message.type.data(), 6));
  const auto slots = this->slots(message);
  std::vector<std::uint16_t> open;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    while (!open.empty() && slots[open.back()].end == i) open.pop_back();
    const std::uint16_t parent = open.empty() ? kNoSlot : open.back();
    const std::size_t limit = open.empty() ? slots.size() : slots[parent].end;
    if (slot.segment >= t_.segments.size() || slot.repeats == 0 || slot.parent != parent)
      return name + ", slot " + std::to_string(i);
    const bool trigger = parent != kNoSlot && i == parent + 1U;
    if (trigger && (slot.group != 0 || slot.mandatory == 0 || slot.repeats != 1 ||
                    slot.segment != slots[parent].segment))
      return name + ", trigger " + std::to_string(i);
    if (slot.group == 0) {
      if (slot.end != i + 1) return name + ", slot " + std::to_string(i);
      continue;
    }
    if (slot.end <= i + 1 || slot.end > limit || open.size() == kDepthMax)
      return name + ", group " + std::to_string(i);
    open.push_back(static_cast<std::uint16_t>(i));
  }
  if (slots[0].group != 0 || t_.segments[slots[0].segment].tag != pack_tag("UNH"))
    return name + " does not begin with UNH";
  return {};
}

void Directory::index() {
  tag_slots_.assign(kTagSlots, 0);
  for (std::size_t i = 0; i < t_.segments.size(); ++i) {
    std::size_t at = tag_slot(t_.segments[i].tag);
    while (tag_slots_[at] != 0) at = (at + 1) & (kTagSlots - 1);
    tag_slots_[at] = static_cast<std::uint16_t>(i + 1);
  }
  index_codes();
  for (const Message& message : t_.messages) index_message(message);
  for (const Segment& segment : t_.segments) plan_segment(segment);
}

// What has more positions or components than a mask has bits is left without a plan: nothing of it
// is accepted at once.
void Directory::plan_segment(const Segment& segment) {
  const auto uses = this->uses(segment);
  SegmentPlan out{.first = static_cast<std::uint32_t>(positions_.size())};
  const std::size_t count = uses.empty() ? 0 : uses.size() + uses.back().spread - 1U;
  if (count <= kPlannedMax) {
    out.positions = static_cast<std::uint32_t>(count);
    for (std::size_t i = 0; i < count; ++i) plan_position(uses[std::min(i, uses.size() - 1)]);
    for (std::size_t i = 0; i < uses.size(); ++i)
      if (uses[i].mandatory != 0) out.required |= std::uint64_t{1} << i;
  } else {
    out.required = ~std::uint64_t{0};
  }
  plans_.push_back(out);
}

void Directory::plan_position(const Use& use) {
  constexpr std::uint16_t kCodeList = 1131;
  constexpr std::uint16_t kAgency = 3055;
  PositionPlan out{.first = static_cast<std::uint32_t>(values_.size()), .repeats = use.repeats};
  const auto uses =
      use.composite != 0 ? this->uses(t_.composites[use.index]) : std::span<const Use>(&use, 1);
  const std::size_t count = use.composite != 0 ? uses.size() + uses.back().spread - 1U : 1;
  const auto names_list = [&](std::size_t i) {
    const std::uint16_t number = t_.elements[uses[i].index].number;
    return number == kCodeList || number == kAgency;
  };
  for (std::size_t i = 0; i < count && count <= kPlannedMax; ++i) {
    const std::uint16_t index = uses[std::min(i, uses.size() - 1)].index;
    const Element& element = t_.elements[index];
    ValuePlan value{index, element.format, element.codes > 0, 0};
    while (use.composite != 0 && i + 1U + value.lists < uses.size() &&
           names_list(i + 1U + value.lists))
      ++value.lists;
    values_.push_back(value);
    ++out.components;
  }
  for (std::size_t i = 0; use.composite != 0 && i < std::min(count, uses.size()); ++i)
    if (uses[i].mandatory != 0) out.required |= std::uint64_t{1} << (i % kPlannedMax);
  positions_.push_back(out);
}

void Directory::index_codes() {
  std::size_t size = 16;
  while (size < t_.codes.size() * 2) size *= 2;
  code_slots_.assign(size, 0);
  for (std::size_t i = 0; i < t_.codes.size(); ++i) {
    std::size_t at = hash_code(t_.codes[i].element, key_of(t_.codes[i])) & (size - 1);
    while (code_slots_[at] != 0) at = (at + 1) & (size - 1);
    code_slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

void Directory::index_message(const Message& message) {
  const auto slots = this->slots(message);
  MachineAt at{next_.size(), required_.size(), tags_of_.size(), 0};
  tags_of_.resize(at.tags_of + t_.segments.size(), kNoTag);
  for (const Slot& slot : slots) {
    std::uint8_t& tag = tags_of_[at.tags_of + slot.segment];
    if (tag == kNoTag) tag = static_cast<std::uint8_t>(at.tags++);
  }
  next_.resize(at.next + slots.size() * at.tags, kNoSlot);
  required_.resize(at.required + slots.size(), kNoSlot);
  for (std::size_t i = slots.size(); i-- > 0;) {
    const std::size_t behind = slots[i].end;
    const std::size_t limit =
        slots[i].parent == kNoSlot ? slots.size() : slots[slots[i].parent].end;
    if (behind >= limit) continue;
    std::uint16_t* const mine = next_.data() + at.next + i * at.tags;
    std::copy_n(next_.data() + at.next + behind * at.tags, at.tags, mine);
    mine[tags_of_[at.tags_of + slots[behind].segment]] = static_cast<std::uint16_t>(behind);
    required_[at.required + i] = slots[behind].mandatory != 0 ? static_cast<std::uint16_t>(behind)
                                                              : required_[at.required + behind];
  }
  machines_.push_back(at);
}

}  // namespace corridor::edifact
