// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/elements.h"

#include <algorithm>

namespace corridor::edifact {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::size_t ElementCheck::length_of(View text) const {
  if (!writing_.utf8) return text.size();
  std::size_t out = 0;
  for (const char c : text) out += (c & 0xC0) != 0x80 ? 1U : 0U;
  return out;
}

ElementCheck::Written ElementCheck::written(View text, Format format) const {
  if (format.characters == Characters::numeric) return written_number(text, format);
  if (format.characters == Characters::alphabetic && std::ranges::any_of(text, is_digit))
    return Written::wrong_characters;
  // As bytes it is never shorter than as characters.
  if (format.exact == 0 && text.size() <= format.length) return Written::well;
  const std::size_t length = length_of(text);
  const bool fits = format.exact != 0 ? length == format.length : length <= format.length;
  return fits ? Written::well : Written::wrong_length;
}

bool ElementCheck::accepts(const Directory& directory, const Directory::SegmentPlan& plan,
                           std::span<const Segments::Part> parts) const {
  const Segments::Part* at = parts.data();
  const Segments::Part* const end = at + parts.size();
  const Directory::PositionPlan* const positions = directory.positions(plan);
  std::uint64_t positions_seen = 0;
  while (at != end && at->element == 0) ++at;
  while (at != end) {
    const std::uint16_t element = at->element;
    const std::uint16_t repetition = at->repetition;
    if (element > plan.positions) return false;
    const Directory::PositionPlan& position = positions[element - 1U];
    if (repetition >= position.repeats) return false;
    positions_seen |= std::uint64_t{1} << (element - 1U);
    const Directory::ValuePlan* const values = directory.values(position);
    std::uint64_t seen = 0;
    for (bool more = true; more;) {
      const std::uint16_t component = at->component;
      if (component >= position.components) return false;
      seen |= std::uint64_t{1} << component;
      const Directory::ValuePlan& value = values[component];
      const View text = at->text;
      if (value.format.characters == Characters::any && value.format.exact == 0) {
        if (text.size() > value.format.length) return false;
      } else if (written(text, value.format) != Written::well) {
        return false;
      }
      ++at;
      more = at != end && at->element == element && at->repetition == repetition;
      const bool listed = !(more && at->component <= component + value.lists);
      if (value.coded != 0 && listed && !directory.has_code(value.element, text) && text != "ZZZ")
        return false;
    }
    if ((position.required & ~seen) != 0) return false;
  }
  return (plan.required & ~positions_seen) == 0;
}

// ISO 9735 § 10: digits, a minus before them, one decimal mark with a digit behind it; in version 4
// an exponent. Only the digits count.
ElementCheck::Written ElementCheck::written_number(View text, Format format) const {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  std::size_t digits = 0;
  const auto take_digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    digits += at - from;
    return at - from;
  };
  take_digits();
  if (at < text.size() && (text[at] == '.' || text[at] == ',') &&
      (writing_.decimal_mark == '\0' || text[at] == writing_.decimal_mark)) {
    ++at;
    if (take_digits() == 0) return Written::wrong_characters;
  }
  if (writing_.syntax_version >= 4 && digits > 0 && at < text.size() &&
      (text[at] == 'E' || text[at] == 'e')) {
    ++at;
    if (at < text.size() && text[at] == '-') ++at;
    if (take_digits() == 0) return Written::wrong_characters;
  }
  if (at != text.size() || digits == 0) return Written::wrong_characters;
  const bool fits = format.exact != 0 ? digits == format.length : digits <= format.length;
  return fits ? Written::well : Written::wrong_length;
}

}  // namespace corridor::edifact
