// SPDX-License-Identifier: Apache-2.0
//
// The syntax by the first characters, the rest by whoever knows the syntax. PDF comes last: its
// mark may stand anywhere in the first kilobyte, so also in a text of another syntax.
#include "documents/recognise/recognise.h"

#include <algorithm>

#include "documents/edifact/interchange.h"
#include "documents/edifact/segments.h"
#include "documents/pdf/pdf.h"
#include "documents/recognise/date.h"
#include "documents/recognise/json_head.h"
#include "documents/recognise/xml_head.h"

namespace corridor::documents {

namespace {

constexpr View kEdifact = "application/edifact";
constexpr View kPdf = "application/pdf";
constexpr View kPdfMark = "%PDF-";
constexpr unsigned kSegmentsMax = 24;  // behind UNH, in which the date is sought

bool is_message_type(View text) {
  return text.size() == 6 && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

// Version, release, agency, association code: S009 of UNH without the type, its empty end left out.
std::string message_profile(const Segments& in) {
  constexpr unsigned kLastComponent = 6;
  std::string out;
  std::size_t used = 0;
  for (unsigned component = 1; component <= kLastComponent; ++component) {
    const View part = in.part(2, component);
    out.append(component == 1 ? "" : ":").append(part);
    if (!part.empty()) used = out.size();
  }
  out.resize(used);
  return is_utf8(out) ? out : std::string();
}

// DTM+137: when the message was issued.
std::string message_day(Segments& in) {
  for (unsigned i = 0; i < kSegmentsMax && in.next() && in.tag() != "UNT"; ++i)
    if (in.tag() == "DTM" && in.part(1, 0) == "137") return day_of(in.part(1, 1), in.part(1, 2));
  return {};
}

Recognition recognise_edifact(View head) {
  Recognition out;
  Segments in(head);
  while (in.next()) {
    if (in.tag() != "UNH") continue;
    out.media_type = kEdifact;
    if (!is_message_type(in.part(2, 0))) return out;
    out.kind = {.syntax = "edifact",
                .type = std::string(in.part(2, 0)),
                .profile = message_profile(in)};
    const View version = in.part(2, 1);
    const View release = in.part(2, 2);
    if (!out.kind.profile.empty() && !version.empty() && !release.empty())
      out.edition = std::string(version) + "." + std::string(release);
    out.issued = message_day(in);
    return out;
  }
  return out;
}

// "%PDF-1.7"
Recognition recognise_pdf(View head) {
  Recognition out{.kind = {.syntax = "pdf", .type = "Document", .profile = {}},
                  .media_type = kPdf,
                  .edition = {},
                  .issued = {},
                  .container = true};
  const View version = head.substr(head.find(kPdfMark) + kPdfMark.size(), 3);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() == 3 && is_digit(version[0]) && version[1] == '.' && is_digit(version[2]))
    out.edition = version;
  return out;
}

}  // namespace

Recognition recognise_head(View bytes) {
  const View head = bytes.substr(0, kHeadBytes);
  if (begins_as_edifact(head)) return recognise_edifact(head);
  if (begins_as_xml_head(head)) return recognise_xml(head);
  if (looks_like_json_head(bytes)) return recognise_json(bytes);
  if (looks_like_jwt(bytes)) return recognise_jwt(bytes);
  if (pdf::begins_as_pdf(head)) return recognise_pdf(head);
  return {};
}

}  // namespace corridor::documents
