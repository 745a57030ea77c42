// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange_tree.h"

#include <charconv>

#include "documents/edifact/outline.h"

namespace corridor::documents {

InterchangeTree::InterchangeTree(View bytes, const edifact::Decoder& decoder)
    : bytes_(bytes),
      decoder_(decoder),
      out_(decoder_.decode(bytes)),
      number_(out_.name(0, "number")) {
  open(edifact::Outline::kInterchange, 0);
  out_.attribute("encoding", decoder_.encoding());
}

xml::Tree InterchangeTree::finish() {
  out_.close();
  return out_.finish();
}

// Offsets of the document as offsets of what the tree calls its source.
std::uint32_t InterchangeTree::place(std::uint32_t offset) {
  if (decoder_.utf8()) return offset;
  for (; counted_ < offset; ++counted_)
    if ((bytes_[counted_] & 0x80) != 0)
      wide_ += static_cast<std::uint32_t>(decoder_.size(bytes_[counted_]) - 1);
  return offset + wide_;
}

void InterchangeTree::open(std::uint32_t name, std::uint32_t offset) {
  at_ = place(offset);
  out_.open(name_of(name), 0, at_);
}

void InterchangeTree::number(std::uint32_t value) {
  char digits[12];
  const auto end = std::to_chars(digits, std::end(digits), value);
  const View text(digits, end.ptr);
  out_.attribute(number_, 0, out_.rewrite(text), static_cast<std::uint32_t>(text.size()), at_);
}

void InterchangeTree::segment(const Segments& in, std::uint32_t number_in_message) {
  at_ = place(in.offset());
  out_.open(name_of(in.packed_tag()), 0, at_);
  if (number_in_message > 0) number(number_in_message);
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

// Names are asked for again and again.
xml::NameId InterchangeTree::name_of(std::uint32_t outline_name) {
  KnownName& known = known_names_[(outline_name * 2'654'435'761U) >> 26];
  if (known.outline_name != outline_name)
    known = {outline_name, out_.name(0, edifact::outline_name(outline_name))};
  return known.name;
}

void InterchangeTree::text(View text, std::uint32_t at) {
  const bool stands = text.data() >= bytes_.data() && text.data() < bytes_.data() + bytes_.size();
  if (stands && decoder_.utf8()) {
    out_.leaf(xml::Kind::text, 0, at, static_cast<std::uint32_t>(text.size()), at);
    return;
  }
  const std::string converted = decoder_.decode(text);
  out_.leaf(xml::Kind::text, 0, out_.rewrite(converted),
            static_cast<std::uint32_t>(converted.size()), at);
}

xml::NameId InterchangeTree::position(std::vector<xml::NameId>& known, char letter,
                                      unsigned index) {
  for (; known.size() <= index; known.push_back(0)) continue;
  if (known[index] == 0) known[index] = out_.name(0, letter + std::to_string(index + 1));
  return known[index];
}

}  // namespace corridor::documents
