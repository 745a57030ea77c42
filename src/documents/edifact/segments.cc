// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/segments.h"

#include <algorithm>

namespace corridor::documents {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

bool is_tag(View text) {
  return text.size() == 3 && is_upper(text[0]) &&
         std::ranges::all_of(text, [](char c) { return is_upper(c) || is_digit(c); });
}

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

bool Segments::fail_at(std::size_t offset, std::string reason) {
  offset_ = static_cast<std::uint32_t>(offset);
  failure_ = std::move(reason);
  return false;
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
  special_.fill(false);
  for (const char c : {component_, element_, release_, repetition_, terminator_})
    if (c != '\0') special_[static_cast<unsigned char>(c)] = true;
}

void Segments::skip_between() {
  while (at_ < bytes_.size() && is_space(bytes_[at_])) ++at_;
}

bool Segments::next() {
  if (!failure_.empty()) return false;
  if (!started_ && !read_service_characters()) return false;
  skip_between();
  if (at_ == bytes_.size()) return false;
  if (count_ == kSegmentsMax)
    return fail_at(at_, "it has more than " + std::to_string(kSegmentsMax) + " segments");
  ++count_;
  offset_ = static_cast<std::uint32_t>(at_);
  if (!read_segment() || !accept_tag()) return false;
  if (tag_ == "UNB") apply_version();
  return tag_ != "UNO" || skip_package();
}

bool Segments::read_segment() {
  parts_.clear();
  element_now_ = repetition_now_ = component_now_ = 0;
  const std::size_t start = at_;
  std::size_t first = at_;
  bool released = false;
  for (; at_ < bytes_.size(); ++at_) {
    const char c = bytes_[at_];
    if (!special_[static_cast<unsigned char>(c)]) continue;
    if (c == release_) {
      released = true;
      if (++at_ == bytes_.size()) break;
      continue;
    }
    if (!add_part(first, at_, released)) return false;
    first = at_ + 1;
    released = false;
    if (c == terminator_) {
      const std::size_t size = at_++ - start;
      if (size <= kSegmentBytesMax) return true;
      return fail_at(start,
                     "a segment is longer than " + std::to_string(kSegmentBytesMax) + " bytes");
    }
    begin_part(c);
  }
  return fail_at(start, "its last segment has no terminator");
}

bool Segments::add_part(std::size_t first, std::size_t last, bool released) {
  if (parts_.size() == kPartsMax)
    return fail_at(offset_, "a segment has more than " + std::to_string(kPartsMax) + " components");
  View text = bytes_.substr(first, last - first);
  if (released) {
    if (released_.capacity() < bytes_.size()) released_.reserve(bytes_.size());
    const std::size_t start = released_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == release_) ++i;
      released_.push_back(text[i]);
    }
    text = View(released_).substr(start);
  }
  // Empty parts carry nothing; leaving them out keeps the search in part() short.
  if (!text.empty())
    parts_.push_back(
        {text, static_cast<std::uint32_t>(first), element_now_, repetition_now_, component_now_});
  return true;
}

void Segments::begin_part(char separator) {
  if (separator == component_) {
    ++component_now_;
  } else if (separator == repetition_) {
    ++repetition_now_;
    component_now_ = 0;
  } else {
    ++element_now_;
    repetition_now_ = component_now_ = 0;
  }
}

// Three capital letters or digits; components behind it are the explicit nesting of version 3.
bool Segments::accept_tag() {
  tag_ = part(0, 0);
  return is_tag(tag_) || fail_at(offset_, "what stands here is not a segment tag");
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
  return true;
}

std::uint32_t Segments::packed_tag() const {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(tag_[i] & 0xFF); };
  return byte(0) << 16 | byte(1) << 8 | byte(2);
}

void Segments::tags_ahead(std::vector<std::uint32_t>& out, std::size_t count) const {
  std::size_t at = at_;
  while (out.size() < count) {
    while (at < bytes_.size() && is_space(bytes_[at])) ++at;
    const View tag = bytes_.substr(at, 3);
    if (!is_tag(tag)) return;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(tag[i] & 0xFF); };
    out.push_back(byte(0) << 16 | byte(1) << 8 | byte(2));
    if (tag == "UNT" || tag == "UNO" || tag == "UNZ") return;
    for (; at < bytes_.size() && bytes_[at] != terminator_; ++at)
      if (bytes_[at] == release_ && release_ != '\0') ++at;
    if (at >= bytes_.size()) return;
    ++at;
  }
}

View Segments::part(unsigned element, unsigned component, unsigned repetition) const {
  for (const Part& p : parts_)
    if (p.element == element && p.component == component && p.repetition == repetition)
      return p.text;
  return {};
}

}  // namespace corridor::documents
