// SPDX-License-Identifier: Apache-2.0
#include "documents/view/html.h"

#include "documents/terms/format.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kAttributeBytesMax = 400;
constexpr char32_t kIsolate = 0x2068;
constexpr char32_t kEndOfIsolate = 0x2069;

}  // namespace

void Html::character(char32_t c, bool in_attribute) {
  switch (c) {
    case '&': out_ += "&amp;"; return;
    case '<': out_ += "&lt;"; return;
    case '>': out_ += "&gt;"; return;
    case '"': out_ += "&quot;"; return;
    case '\'': out_ += "&#39;"; return;
    case '\t': out_ += ' '; return;
    case '\n': out_ += in_attribute ? ' ' : '\n'; return;
    default: break;
  }
  if (!is_invisible(c)) return append_utf8(out_, c);
  const std::string name = spelled(c);
  if (in_attribute) {
    out_ += name;
  } else {
    out_.append("<span class=\"unseen\">").append(name).append("</span>");
  }
}

std::size_t Html::text(View value, std::size_t bytes_max) {
  for (std::size_t at = 0; at < value.size();) {
    if (at >= bytes_max) return value.size() - at;
    const char32_t c = next_code_point(value, at);
    if (c == '\r') {
      if (at >= value.size() || value[at] != '\n') out_ += '\n';
      continue;
    }
    character(c, false);
  }
  return 0;
}

void Html::sentence(View value) {
  std::size_t open = 0;
  for (std::size_t at = 0; at < value.size();) {
    const char32_t c = next_code_point(value, at);
    if (c == kIsolate) {
      ++open;
      out_ += "<bdi>";
    } else if (c == kEndOfIsolate) {
      if (open == 0) continue;
      --open;
      out_ += "</bdi>";
    } else {
      character(c, false);
    }
  }
  for (; open > 0; --open) out_ += "</bdi>";
}

Html& Html::attribute(std::string_view name, View value) {
  out_.append(" ").append(name).append("=\"");
  for (std::size_t at = 0; at < value.size() && at < kAttributeBytesMax;)
    character(next_code_point(value, at), true);
  if (value.size() > kAttributeBytesMax) out_ += "…";
  out_ += '"';
  return *this;
}

Html& Html::number(std::size_t value) {
  out_ += std::to_string(value);
  return *this;
}

}  // namespace corridor::documents
