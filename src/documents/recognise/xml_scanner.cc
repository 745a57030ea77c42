// SPDX-License-Identifier: Apache-2.0
#include "documents/recognise/xml_scanner.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "documents/xml/encoding.h"
#include "documents/xpath/atomic.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kBindingsMax = 256;
constexpr std::size_t kReferenceBytesMax = 12;

constexpr std::array<bool, 256> kEndsName = [] {
  std::array<bool, 256> out{};
  for (const char c : View(" \t\r\n/>=<")) out[static_cast<unsigned char>(c)] = true;
  return out;
}();
bool ends_name(char c) { return kEndsName[static_cast<unsigned char>(c)]; }

// &lt; &#60; &#x3C;
bool append_reference(std::string& out, View name) {
  if (name == "lt") return out.push_back('<'), true;
  if (name == "gt") return out.push_back('>'), true;
  if (name == "amp") return out.push_back('&'), true;
  if (name == "quot") return out.push_back('"'), true;
  if (name == "apos") return out.push_back('\''), true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data(), end, code, hexadecimal ? 16 : 10);
  if (name.empty() || read.ec != std::errc() || read.ptr != end || !xml::is_character(code))
    return false;
  xml::append_utf8(out, code);
  return true;
}

}  // namespace

bool append_text(std::string& out, View text, bool cdata) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t stop = std::min(text.find_first_of("&\r", at), text.size());
    out.append(text.substr(at, stop - at));
    at = stop;
    if (at == text.size()) break;
    if (text[at] == '\r') {
      out.push_back('\n');
      at += text.substr(at).starts_with("\r\n") ? 2 : 1;
      continue;
    }
    if (cdata) {
      out.push_back(text[at++]);
      continue;
    }
    const std::size_t semicolon = text.substr(at, kReferenceBytesMax).find(';');
    if (semicolon == View::npos || !append_reference(out, text.substr(at + 1, semicolon - 1)))
      return false;
    at += semicolon + 1;
  }
  return true;
}

XmlScanner::Event XmlScanner::stop() {
  at_ = text_.size();
  leaving_ = empty_ = false;
  return Event::end;
}

void XmlScanner::leave() {
  leaving_ = false;
  while (!bindings_.empty() && bindings_.back().depth == depth_) bindings_.pop_back();
  --depth_;
}

XmlScanner::Event XmlScanner::next() {
  if (leaving_) {
    leave();
    if (depth_ == 0) return stop();  // nothing behind the document element matters
  }
  if (empty_) {
    empty_ = false;
    leaving_ = true;
    return Event::close;
  }
  for (;;) {
    const std::size_t open = text_.find('<', at_);
    if (open == View::npos) return stop();
    if (open > at_ && depth_ > 0) {
      piece_ = text_.substr(at_, open - at_);
      cdata_ = false;
      at_ = open;
      return Event::text;
    }
    at_ = open + 1;
    if (at_ == text_.size()) return stop();
    const char kind = text_[at_];
    if (kind == '/') return close_element();
    if (kind != '?' && kind != '!') return open_element();
    const View rest = text_.substr(at_);
    if (kind == '?') {
      if (!skip_past("?>")) return stop();
    } else if (rest.starts_with("!--")) {
      at_ += 3;
      if (!skip_past("-->")) return stop();
    } else if (rest.starts_with("![CDATA[") && depth_ > 0) {
      const std::size_t first = at_ + 8;
      if (!skip_past("]]>")) return stop();
      piece_ = text_.substr(first, at_ - 3 - first);
      cdata_ = true;
      return Event::text;
    } else if (!rest.starts_with("!DOCTYPE") || depth_ > 0 || !skip_doctype()) {
      return stop();
    }
  }
}

bool XmlScanner::skip_past(View end) {
  const std::size_t found = text_.find(end, at_);
  if (found == View::npos) return false;
  at_ = found + end.size();
  return true;
}

// Its declarations are passed over; quoted texts and comments may hold any bracket.
bool XmlScanner::skip_doctype() {
  bool subset = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      at_ = text_.find(c, at_ + 1);
      if (at_ == View::npos) return false;
    } else if (text_.substr(at_).starts_with("<!--")) {
      at_ += 4;
      if (!skip_past("-->")) return false;
      --at_;
    } else if (c == '[' || c == ']') {
      subset = c == '[';
    } else if (c == '>' && !subset) {
      return ++at_, true;
    }
  }
  return false;
}

XmlScanner::Event XmlScanner::close_element() {
  const std::size_t end = text_.find('>', at_);
  if (depth_ == 0 || end == View::npos) return stop();
  at_ = end + 1;
  leaving_ = true;
  return Event::close;
}

XmlScanner::Event XmlScanner::open_element() {
  std::size_t end = at_;
  while (end < text_.size() && !ends_name(text_[end])) ++end;
  const View name = text_.substr(at_, end - at_);
  if (name.empty()) return stop();
  at_ = end;
  ++depth_;
  if (!read_attributes()) return stop();
  const std::size_t colon = name.find(':');
  local_ = colon == View::npos ? name : name.substr(colon + 1);
  space_ = resolve(colon == View::npos ? View() : name.substr(0, colon));
  return Event::open;
}

// Up to the end of the start tag; only declarations of namespaces are kept.
bool XmlScanner::read_attributes() {
  const auto skip_space = [this] {
    while (at_ < text_.size() && xpath::is_xml_space(text_[at_])) ++at_;
    return at_ < text_.size();
  };
  while (skip_space()) {
    if (text_[at_] == '>') return ++at_, true;
    if (text_[at_] == '/') {
      empty_ = text_.substr(at_).starts_with("/>");
      at_ += 2;
      return empty_;
    }
    std::size_t end = at_;
    while (end < text_.size() && !ends_name(text_[end])) ++end;
    const View name = text_.substr(at_, end - at_);
    at_ = end;
    if (name.empty() || !skip_space() || text_[at_] != '=') return false;
    ++at_;
    if (!skip_space()) return false;
    const char quote = text_[at_];
    if (quote != '"' && quote != '\'') return false;
    const std::size_t close = text_.find(quote, ++at_);
    if (close == View::npos) return false;
    const View value = text_.substr(at_, close - at_);
    at_ = close + 1;
    if (name.starts_with("xmlns") && !bind(name.substr(5), value)) return false;
  }
  return false;
}

bool XmlScanner::bind(View name, View value) {
  if (!name.empty() && name[0] != ':') return true;  // an attribute like any other
  if (bindings_.size() == kBindingsMax) return false;
  if (value.contains('&')) {
    std::string plain;
    if (!append_text(plain, value, false)) return false;
    value = rewritten_.emplace_back(std::move(plain));
  }
  bindings_.push_back({name.empty() ? name : name.substr(1), value, depth_});
  return true;
}

View XmlScanner::resolve(View prefix) const {
  for (std::size_t i = bindings_.size(); i > 0; --i)
    if (bindings_[i - 1].prefix == prefix) return bindings_[i - 1].space;
  return {};
}

}  // namespace corridor::documents
