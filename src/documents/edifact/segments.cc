// SPDX-License-Identifier: Apache-2.0
//
// Service characters are found 64 bytes at a time, as the bits of a number: parts are short, and
// most of the time would be spent in looking at one byte after the other.
#include "documents/edifact/segments.h"

#include <algorithm>
#include <bit>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace corridor::documents {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

bool is_tag(View text) {
  const auto fits = [](char c) { return is_upper(c) || is_digit(c); };
  return text.size() == 3 && is_upper(text[0]) && fits(text[1]) && fits(text[2]);
}

constexpr std::uint32_t packed(View tag) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(tag[i] & 0xFF); };
  return byte(0) << 16 | byte(1) << 8 | byte(2);
}
constexpr std::uint32_t kUnb = packed("UNB");
constexpr std::uint32_t kUno = packed("UNO");

// Byte order mark and white space that some systems put before an interchange.
std::size_t start_of(View bytes) {
  std::size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < bytes.size() && is_space(bytes[at])) ++at;
  return at;
}

}  // namespace

bool begins_as_edifact(View bytes) {
  const View start = bytes.substr(start_of(bytes));
  if (start.starts_with("UNA")) return start.size() >= 9 && !is_alphanumeric(start[3]);
  return start.size() > 3 && start.starts_with("UNB") && !is_alphanumeric(start[3]) &&
         !is_space(start[3]);
}

Segments::Segments(View bytes) : bytes_(bytes), at_(start_of(bytes)) {}

bool Segments::fail_at(std::size_t offset, View reason) {
  offset_ = static_cast<std::uint32_t>(offset);
  failure_ = reason;
  return false;
}

bool Segments::fail_limit(std::size_t offset, View what, std::size_t limit, View unit) {
  return fail_at(offset, std::string(what) + std::to_string(limit) + std::string(unit));
}

// ISO 9735-1 §6: UNA and the six characters after it; without it, the defaults.
bool Segments::read_service_characters() {
  started_ = true;
  if (bytes_.substr(at_).starts_with("UNA")) {
    const View chars = bytes_.substr(at_ + 3, 6);
    if (chars.size() < 6) return fail_at(at_, "the UNA segment is cut off");
    has_una_ = true;
    component_ = chars[0];
    element_ = chars[1];
    decimal_ = chars[2];
    release_ = chars[3] == ' ' ? '\0' : chars[3];
    repetition_ = chars[4] == ' ' ? '\0' : chars[4];
    terminator_ = chars[5];
    std::string used{component_, element_, terminator_};
    if (release_ != '\0') used.push_back(release_);
    if (repetition_ != '\0') used.push_back(repetition_);
    std::ranges::sort(used);
    if (std::ranges::adjacent_find(used) != used.end() ||
        std::ranges::any_of(used, is_alphanumeric))
      return fail_at(at_, "the service characters of UNA are not distinct special characters");
    at_ += 9;
  }
  note_special_characters();
  return true;
}

void Segments::note_special_characters() {
  const std::array<char, 5> all{component_, element_, terminator_, release_, repetition_};
  special_ = all;
  for (char& c : special_)
    if (c == '\0') c = all[0] != '\0' ? all[0] : all[1];  // they are distinct
  space_is_special_ = std::ranges::any_of(special_, is_space);
  seek(at_);
}

// The special characters of a block, the first byte in the lowest bit.
inline std::uint64_t Segments::marks_in(const char* block) const {
  std::uint64_t out = 0;
#ifdef __SSE2__
  const auto all = [this](std::size_t i) { return _mm_set1_epi8(special_[i]); };
  const __m128i special[] = {all(0), all(1), all(2), all(3), all(4)};
  for (std::size_t i = 0; i < kBlock; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + i));
    __m128i found = _mm_cmpeq_epi8(bytes, special[0]);
    for (std::size_t k = 1; k < 5; ++k)
      found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, special[k]));
    out |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(found))) << i;
  }
#else
  for (std::size_t i = 0; i < kBlock; ++i)
    out |= std::uint64_t{std::ranges::find(special_, block[i]) != special_.end()} << i;
#endif
  return out;
}

// Nothing is read behind the end of the document.
[[gnu::noinline]] std::uint64_t Segments::marks_in_last(std::size_t block) const {
  const std::size_t size = bytes_.size() - block;
  std::array<char, kBlock> last{};
  std::memcpy(last.data(), bytes_.data() + block, size);
  return marks_in(last.data()) & ((std::uint64_t{1} << size) - 1);
}

// What comes before `at` has been seen.
void Segments::seek(std::size_t at) {
  block_ = at - at % kBlock;
  marks_ = at < bytes_.size() ? marks_of(block_) & (~std::uint64_t{0} << at % kBlock) : 0;
}

inline void Segments::skip_between() {
  const std::size_t from = at_;
  while (at_ < bytes_.size() && is_space(bytes_[at_])) ++at_;
  if (space_is_special_ && at_ != from) seek(at_);
}

// Three capital letters or digits; components behind it are the explicit nesting of version 3.
inline bool Segments::accept_tag() {
  if (part_count_ == 0) return fail_at(offset_, "what stands here is not a segment tag");
  const Part& first = parts_[0];
  const bool present = first.element == 0 && first.component == 0 && first.repetition == 0;
  if (!present || !is_tag(first.text))
    return fail_at(offset_, "what stands here is not a segment tag");
  tag_ = View(first.text.data(), 3);
  packed_tag_ = packed(tag_);
  return true;
}

bool Segments::next() {
  if (!failure_.empty()) return false;
  if (!started_ && !read_service_characters()) return false;
  skip_between();
  if (at_ == bytes_.size()) return false;
  if (count_ == kSegmentsMax)
    return fail_limit(at_, "it has more than ", kSegmentsMax, " segments");
  ++count_;
  offset_ = static_cast<std::uint32_t>(at_);
  if (!read_segment() || !accept_tag()) return false;
  if (packed_tag_ == kUnb) apply_version();
  return packed_tag_ != kUno || skip_package();
}

bool Segments::read_segment() {
  const std::size_t start = at_;
  std::size_t first = at_;
  bool released = false;
  std::uint16_t element = 0;
  std::uint16_t repetition = 0;
  std::uint16_t component = 0;
  part_count_ = 0;
  std::size_t count = 0;
  std::uint64_t marks = marks_;
  for (;;) {
    while (marks == 0) {
      block_ += kBlock;
      if (block_ >= bytes_.size()) return fail_at(start, "its last segment has no terminator");
      marks = marks_of(block_);
    }
    const std::size_t at = block_ + static_cast<std::size_t>(std::countr_zero(marks));
    marks &= marks - 1;
    const char c = bytes_.data()[at];  // a mark is within, and this is read for every part
    if (c == release_) {
      released = true;
      seek(at + 2);
      marks = marks_;
      continue;
    }
    if (count == parts_.size() && !more_parts()) return false;
    View text(bytes_.data() + first, at - first);
    if (released) text = without_release(text);
    // Empty parts carry nothing; leaving them out keeps the search in part() short.
    parts_.data()[count] = {text, static_cast<std::uint32_t>(first), element, repetition,
                            component};
    count += text.empty() ? 0U : 1U;
    first = at + 1;
    released = false;
    if (c == terminator_) {
      at_ = at + 1;
      marks_ = marks;
      part_count_ = count;
      if (at - start <= kSegmentBytesMax) return true;
      return fail_limit(start, "a segment is longer than ", kSegmentBytesMax, " bytes");
    }
    const bool within = c == component_;
    const bool again = c == repetition_;
    component = within ? static_cast<std::uint16_t>(component + 1) : std::uint16_t{0};
    repetition = static_cast<std::uint16_t>(within || again ? repetition + again : 0);
    element = static_cast<std::uint16_t>(element + (within || again ? 0 : 1));
  }
}

bool Segments::more_parts() {
  if (parts_.size() == kPartsMax)
    return fail_limit(offset_, "a segment has more than ", kPartsMax, " components");
  parts_.resize(std::clamp<std::size_t>(parts_.size() * 2, 32, kPartsMax));
  return true;
}

View Segments::without_release(View text) {
  if (released_.capacity() < bytes_.size()) released_.reserve(bytes_.size());
  const std::size_t start = released_.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == release_) ++i;
    released_.push_back(text[i]);
  }
  return View(released_).substr(start);
}

// Without UNA, repetition exists from syntax version 4 on (ISO 9735-1:2002 §6).
void Segments::apply_version() {
  const View version = part(1, 1);
  if (version.size() == 1 && is_digit(version[0])) version_ = version[0] - '0';
  if (has_una_ || version.empty() || version[0] < '4') return;
  repetition_ = '*';
  note_special_characters();
}

// ISO 9735-8: the object stands as it is between UNO and UNP; element 4 states its bytes.
bool Segments::skip_package() {
  const View length = part(4, 0);
  std::size_t bytes = 0;
  if (length.empty() || length.size() > 9 || !std::ranges::all_of(length, is_digit))
    return fail_at(offset_, "the package (UNO) does not state its length");
  for (const char c : length) bytes = bytes * 10 + static_cast<std::size_t>(c - '0');
  if (bytes > bytes_.size() - at_ || !bytes_.substr(at_ + bytes).starts_with("UNP"))
    return fail_at(offset_, "the package (UNO) does not have the length it states");
  at_ += bytes;
  seek(at_);
  return true;
}

void Segments::tags_ahead(std::vector<std::uint32_t>& out, std::size_t count) const {
  std::size_t at = at_;
  while (out.size() < count) {
    while (at < bytes_.size() && is_space(bytes_[at])) ++at;
    const View tag = bytes_.substr(at, 3);
    if (!is_tag(tag)) return;
    out.push_back(packed(tag));
    if (tag == "UNT" || tag == "UNO" || tag == "UNZ") return;
    for (; at < bytes_.size() && bytes_[at] != terminator_; ++at)
      if (bytes_[at] == release_ && release_ != '\0') ++at;
    if (at >= bytes_.size()) return;
    ++at;
  }
}

View Segments::part(unsigned element, unsigned component, unsigned repetition) const {
  for (const Part& p : parts())
    if (p.element == element && p.component == component && p.repetition == repetition)
      return p.text;
  return {};
}

}  // namespace corridor::documents
