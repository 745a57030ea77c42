// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/uri.h"

#include <algorithm>

namespace corridor::xsd {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Unreserved, a sub-delimiter, or a character that would be escaped.
bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return is_letter(c) || is_digit(c) || byte <= 0x20 || byte >= 0x7f ||
         View("-._~!$&'()*+,;=<>\"{}|\\^`").find(c) != View::npos;
}

bool all_of(View text, View besides) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2]))
        return false;
      i += 2;
    } else if (!is_plain(text[i]) && besides.find(text[i]) == View::npos) {
      return false;
    }
  }
  return true;
}

bool is_authority(View text) {
  if (const std::size_t at = text.find('@'); at != View::npos) {
    if (!all_of(text.substr(0, at), ":")) return false;
    text.remove_prefix(at + 1);
  }
  View host = text;
  View port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == View::npos) return false;
    host = {};
    const View rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return false;
    if (!rest.empty()) port = rest.substr(1);
  } else if (const std::size_t colon = text.find(':'); colon != View::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  return all_of(host, "") && std::ranges::all_of(port, is_digit);
}

std::size_t scheme_length(View text) {
  const std::size_t colon = text.find_first_of(":/?#");
  if (colon == View::npos || text[colon] != ':' || colon == 0 || !is_letter(text[0])) return 0;
  for (const char c : text.substr(0, colon))
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
  return colon + 1;
}

}  // namespace

bool is_uri_reference(View text) {
  if (const std::size_t hash = text.find('#'); hash != View::npos) {
    if (!all_of(text.substr(hash + 1), ":@/?[]")) return false;
    text = text.substr(0, hash);
  }
  if (const std::size_t query = text.find('?'); query != View::npos) {
    if (!all_of(text.substr(query + 1), ":@/?")) return false;
    text = text.substr(0, query);
  }
  const std::size_t scheme = scheme_length(text);
  View path = text.substr(scheme);
  if (path.starts_with("//")) {
    const std::size_t end = std::min(path.find('/', 2), path.size());
    if (!is_authority(path.substr(2, end - 2))) return false;
    path.remove_prefix(end);
  } else if (scheme == 0) {
    // §4.2: a colon in the first segment would make it a scheme.
    const View first = path.substr(0, path.find('/'));
    if (first.find(':') != View::npos) return false;
  }
  return all_of(path, ":@/");
}

}  // namespace corridor::xsd
