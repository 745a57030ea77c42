// SPDX-License-Identifier: Apache-2.0
#include "documents/edifact/interchange.h"

#include <algorithm>

#include "documents/edifact/reader.h"

namespace corridor::documents {

namespace {

constexpr View kWanted = "INVOIC";

// The character set that UNB states, where the interchange begins with it.
const edifact::CharacterSet& set_of(View bytes) {
  Segments in(bytes);
  return edifact::character_set(in.next() && in.tag() == "UNB" ? in.part(1, 0) : View());
}

xml::Position position_of(View bytes, std::uint32_t offset) {
  xml::Position out{1, 1};
  const bool utf8 = edifact::Decoder(set_of(bytes), bytes).utf8();
  for (const char c : bytes.substr(0, offset)) {
    if (c == '\n') {
      ++out.line;
      out.column = 1;
    } else if (!utf8 || (c & 0xC0) != 0x80) {
      ++out.column;
    }
  }
  return out;
}

std::expected<Checked, NoInterchange> read(View bytes, const DirectoryCheck& against,
                                           bool with_tree) {
  Segments in(bytes);
  Reader out(bytes, set_of(bytes), against, with_tree);
  while (in.next()) {
    if (in.packed_tag() == edifact::pack_tag("UIB"))
      return std::unexpected(
          NoInterchange{"it is an interactive interchange (UIB), which is not read",
                        position_of(bytes, in.offset())});
    out.see(in);
  }
  if (in.failure().empty()) return out.finish();
  return std::unexpected(NoInterchange{in.failure(), position_of(bytes, in.offset())});
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

std::expected<xml::Tree, NoInterchange> read_interchange(View bytes) {
  auto out = read_and_check(bytes, {});
  if (!out) return std::unexpected(std::move(out.error()));
  return std::move(out->tree);
}

std::expected<Checked, NoInterchange> read_and_check(View bytes, const DirectoryCheck& against) {
  return read(bytes, against, true);
}

std::expected<CheckedOnly, NoInterchange> check_interchange(View bytes,
                                                            const DirectoryCheck& against) {
  auto out = read(bytes, against, false);
  if (!out) return std::unexpected(std::move(out.error()));
  return CheckedOnly{std::move(out->findings), std::move(out->document_date)};
}

}  // namespace corridor::documents
