// SPDX-License-Identifier: Apache-2.0
// One pass over text that to_utf8 has already examined, so no character is looked at for validity
// here. The hot loop does no allocation: names that were seen before in the same namespace context
// are found by a small direct-mapped cache of their raw spelling.
#include <algorithm>
#include <array>
#include <cstring>

#include "documents/xml/encoding.h"
#include "documents/xml/tree.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace corridor::xml {

namespace {

constexpr View kXmlSpace = "http://www.w3.org/XML/1998/namespace";
constexpr View kXmlnsSpace = "http://www.w3.org/2000/xmlns/";
// Distinct namespaces, distinct prefixes, and bindings in scope at once: they are looked through
// one by one, so this bounds the work of a hostile document.
constexpr std::size_t kSpacesMax = 256;

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Bytes that may stand in a name: ASCII name characters, the colon, everything beyond ASCII.
constexpr std::array<bool, 256> kNameByte = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c)
    table[c] = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':';
  return table;
}();

struct Binding {
  View prefix;
  std::uint32_t space = 0;
};

struct Open {
  View raw;                    // the qualified name as written
  std::uint32_t bindings = 0;  // how many were in scope before it
  std::uint32_t context = 0;   // the namespace context before it
};

struct Resolved {
  NameId name = 0;
  std::uint16_t prefix = 0;
};

struct Cached {
  View raw;
  std::uint32_t context = 0;
  Resolved resolved;
};

struct RawAttribute {
  View raw;
  std::size_t at = 0;  // of the name in the source
  std::uint32_t value_at = 0;
  std::uint32_t value_bytes = 0;
};

std::size_t hash_of(View raw) {
  std::uint64_t last = 0;
  const std::size_t n = std::min<std::size_t>(raw.size(), 8);
  std::memcpy(&last, raw.data() + raw.size() - n, n);
  return static_cast<std::size_t>(((last + raw.size()) * 0x9e3779b97f4a7c15u) >> 40);
}

class Parser {
 public:
  Parser(std::string text, const Limits& limits)
      : limits_(limits), builder_(std::move(text)), text_(builder_.source()) {
    bindings_.push_back({"xml", builder_.space(kXmlSpace)});
  }

  Result<Tree> run();

 private:
  [[nodiscard]] std::unexpected<Error> wrong(std::string what, std::size_t at) const {
    return fail(Code::invalid, std::move(what) + at_position(text_, at));
  }
  [[nodiscard]] std::unexpected<Error> limit(std::string what, std::size_t at) const {
    return fail(Code::too_large, std::move(what) + at_position(text_, at));
  }
  [[nodiscard]] bool looking_at(View what) const { return text_.substr(at_).starts_with(what); }
  [[nodiscard]] static std::uint32_t u32(std::size_t n) { return static_cast<std::uint32_t>(n); }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  View scan_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && kNameByte[static_cast<unsigned char>(text_[at_])]) ++at_;
    return text_.substr(start, at_ - start);
  }
  [[nodiscard]] std::size_t find_markup(std::size_t at) const;

  Result<> declaration();
  Result<> markup();
  Result<> text();
  Result<std::uint32_t> rewrite_text(std::size_t& bytes);
  Result<> comment();
  Result<> instruction();
  Result<> start_tag();
  Result<> read_attributes();
  Result<> attribute_value(RawAttribute& attribute);
  Result<> declare(const RawAttribute& attribute);
  Result<> add_attributes(NodeId element);
  Result<> end_tag();
  void close();
  Result<> reference(std::string& out);
  Result<Resolved> resolve(View raw, bool is_element, std::size_t at);
  Result<std::uint32_t> space_of(View prefix, std::size_t at) const;

  const Limits& limits_;
  Builder builder_;
  View text_;
  std::size_t at_ = 0;
  bool root_seen_ = false;
  std::vector<Open> open_;
  std::vector<Binding> bindings_;
  std::vector<RawAttribute> attributes_;
  std::vector<NameId> sorted_;  // attribute names of one element, to find a double one
  std::uint32_t context_ = 0;
  std::uint32_t contexts_ = 0;
  std::array<Cached, 256> element_cache_{};
  std::array<Cached, 64> attribute_cache_{};
};

Result<Tree> Parser::run() {
  TRY(declaration());
  while (at_ < text_.size()) {
    if (text_[at_] == '<') {
      TRY(markup());
    } else {
      TRY(text());
    }
    if (builder_.size() > limits_.nodes_max)
      return limit("the document has more than " + std::to_string(limits_.nodes_max) + " nodes",
                   at_);
  }
  if (!open_.empty())
    return wrong("the document ends within the element \"" + std::string(open_.back().raw) + "\"",
                 at_);
  if (!root_seen_) return wrong("the document has no element", at_);
  return builder_.finish();
}

// [23] XMLDecl, when there is one. Its encoding has been heeded by to_utf8.
Result<> Parser::declaration() {
  if (!looking_at("<?xml") || at_ + 5 >= text_.size() || !is_space(text_[at_ + 5])) return {};
  const std::size_t end = text_.find("?>");
  if (end == View::npos) return wrong("the XML declaration does not end", at_);
  View rest = text_.substr(5, end - 5);
  static constexpr std::array<View, 3> kOrder{"version", "encoding", "standalone"};
  std::size_t expected = 0;
  while (true) {
    const std::size_t skipped = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
    const bool spaced = skipped > 0;
    rest.remove_prefix(skipped);
    if (rest.empty()) break;
    std::size_t nth = expected;
    while (nth < kOrder.size() && !rest.starts_with(kOrder[nth])) ++nth;
    if (!spaced || nth == kOrder.size() || (expected == 0 && nth != 0))
      return wrong("the XML declaration is malformed", at_);
    rest.remove_prefix(kOrder[nth].size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    if (!rest.starts_with('=')) return wrong("the XML declaration is malformed", at_);
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    const std::size_t close =
        rest.empty() || (rest[0] != '"' && rest[0] != '\'') ? View::npos : rest.find(rest[0], 1);
    if (close == View::npos) return wrong("the XML declaration is malformed", at_);
    const View value = rest.substr(1, close - 1);
    if (nth == 0 && value != "1.0")
      return wrong("XML version \"" + std::string(value.substr(0, 20)) + "\" is not read", at_);
    if (nth == 2 && value != "yes" && value != "no")
      return wrong("the XML declaration is malformed", at_);
    rest.remove_prefix(close + 1);
    expected = nth + 1;
  }
  if (expected == 0) return wrong("the XML declaration has no version", at_);
  at_ = end + 2;
  return {};
}

Result<> Parser::markup() {
  const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (next == '/') return end_tag();
  if (next == '?') return instruction();
  if (next != '!') return start_tag();
  if (looking_at("<!--")) return comment();
  if (looking_at("<![CDATA[")) return text();
  if (looking_at("<!DOCTYPE")) {
    return fail(Code::invalid,
                "a document type declaration (DOCTYPE) is refused" + at_position(text_, at_),
                "send the document without DOCTYPE and entity declarations");
  }
  return wrong("markup that XML does not know starts", at_);
}

// The next byte of character data that needs a closer look: < & ] or a carriage return.
std::size_t Parser::find_markup(std::size_t at) const {
#ifdef __SSE2__
  for (; at + 16 <= text_.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text_.data() + at));
    const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('<')),
                                                  _mm_cmpeq_epi8(block, _mm_set1_epi8('&'))),
                                     _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('\r')),
                                                  _mm_cmpeq_epi8(block, _mm_set1_epi8(']'))));
    if (const int mask = _mm_movemask_epi8(hit); mask != 0)
      return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (at < text_.size() && text_[at] != '<' && text_[at] != '&' && text_[at] != '\r' &&
         text_[at] != ']')
    ++at;
  return at;
}

Result<> Parser::text() {
  const std::size_t start = at_;
  if (open_.empty()) {
    skip_space();
    if (at_ == start || (at_ < text_.size() && text_[at_] != '<'))
      return wrong("there is text outside the document element", at_);
    return {};
  }
  std::size_t end = find_markup(start);
  std::uint32_t value_at = u32(start);
  std::size_t bytes = end - start;
  const bool plain =
      end < text_.size() && text_[end] == '<' && !text_.substr(end).starts_with("<![CDATA[");
  if (plain) {
    at_ = end;
  } else {
    TRY_ASSIGN(value_at, rewrite_text(bytes));
  }
  if (bytes > limits_.text_bytes_max)
    return limit("a text is longer than " + std::to_string(limits_.text_bytes_max) + " bytes",
                 start);
  if (bytes > 0) builder_.leaf(Kind::text, 0, value_at, u32(bytes), u32(start));
  return {};
}

// Character data with references, CDATA sections or line ends to normalise (§2.11), up to the next
// markup that ends a text node.
Result<std::uint32_t> Parser::rewrite_text(std::size_t& bytes) {
  std::string out;
  while (at_ < text_.size()) {
    const std::size_t stop = find_markup(at_);
    out.append(text_.substr(at_, stop - at_));
    at_ = stop;
    if (at_ == text_.size()) break;
    if (text_[at_] == '&') {
      TRY(reference(out));
    } else if (text_[at_] == '\r') {
      out += '\n';
      at_ += looking_at("\r\n") ? 2 : 1;
    } else if (text_[at_] == ']') {
      if (looking_at("]]>")) return wrong("\"]]>\" stands in text", at_);
      out += ']';
      ++at_;
    } else if (looking_at("<![CDATA[")) {
      const std::size_t end = text_.find("]]>", at_);
      if (end == View::npos) return wrong("a CDATA section does not end", at_);
      for (at_ += 9; at_ < end; ++at_) {
        if (text_[at_] != '\r') {
          out += text_[at_];
        } else if (text_[at_ + 1] != '\n') {
          out += '\n';
        }
      }
      at_ = end + 3;
    } else {
      break;
    }
  }
  bytes = out.size();
  return builder_.rewrite(out);
}

// &lt; &gt; &amp; &quot; &apos; and character references (§4.1, §4.6); nothing else exists.
Result<> Parser::reference(std::string& out) {
  const std::size_t start = at_;
  const std::size_t end = text_.substr(at_, 64).find(';');
  if (end == View::npos) return wrong("a \"&\" does not start a reference", start);
  const View name = text_.substr(at_ + 1, end - 1);
  at_ += end + 1;
  static constexpr std::array<std::pair<View, char>, 5> kKnown{
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, character] : kKnown)
    if (name == known) return out += character, Result<>{};
  if (!name.starts_with('#')) {
    if (!is_ncname(name)) return wrong("a \"&\" does not start a reference", start);
    return wrong("the entity \"&" + std::string(name) + ";\" is not one of the five of XML", start);
  }
  const bool hexadecimal = name.starts_with("#x");
  const View digits = name.substr(hexadecimal ? 2 : 1);
  std::uint32_t value = 0;
  const auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size() ||
      !is_character(value)) {
    return wrong("\"&" + std::string(name) + ";\" is no character of XML", start);
  }
  append_utf8(out, value);
  return {};
}

Result<> Parser::comment() {
  const std::size_t start = at_;
  const std::size_t end = text_.find("--", at_ + 4);
  if (end == View::npos) return wrong("a comment does not end", start);
  if (end + 2 >= text_.size() || text_[end + 2] != '>')
    return wrong("\"--\" stands within a comment", end);
  builder_.leaf(Kind::comment, 0, u32(start + 4), u32(end - start - 4), u32(start));
  at_ = end + 3;
  return {};
}

Result<> Parser::instruction() {
  const std::size_t start = at_;
  at_ += 2;
  const View target = scan_name();
  if (!is_ncname(target)) return wrong("a processing instruction has no proper target", start);
  if (target.size() == 3 && (target[0] | 32) == 'x' && (target[1] | 32) == 'm' &&
      (target[2] | 32) == 'l') {
    return wrong("an XML declaration stands where it may not", start);
  }
  const std::size_t end = text_.find("?>", at_);
  if (end == View::npos) return wrong("a processing instruction does not end", start);
  if (end > at_ && !is_space(text_[at_]))
    return wrong("a processing instruction has no proper target", start);
  skip_space();
  const std::size_t from = std::min(at_, end);
  if (builder_.name_count() >= limits_.names_max)
    return limit("the document has too many names", start);
  builder_.leaf(Kind::instruction, builder_.name(0, target), u32(from), u32(end - from),
                u32(start));
  at_ = end + 2;
  return {};
}

Result<> Parser::start_tag() {
  const std::size_t start = at_;
  if (open_.empty() && root_seen_) return wrong("a second document element starts", start);
  if (open_.size() >= limits_.depth_max)
    return limit("elements are nested deeper than " + std::to_string(limits_.depth_max), start);
  ++at_;
  const View raw = scan_name();
  if (raw.empty()) return wrong("a \"<\" does not start a tag", start);
  open_.push_back({raw, u32(bindings_.size()), context_});
  attributes_.clear();
  if (at_ < text_.size() && is_space(text_[at_])) TRY(read_attributes());
  TRY_ASSIGN(const Resolved resolved, resolve(raw, true, start));
  const NodeId element = builder_.open(resolved.name, resolved.prefix, u32(start));
  root_seen_ = true;
  if (!attributes_.empty()) TRY(add_attributes(element));
  if (at_ < text_.size() && text_[at_] == '>') return ++at_, Result<>{};
  if (looking_at("/>")) {
    at_ += 2;
    close();
    return {};
  }
  return wrong("the start tag of \"" + std::string(raw) + "\" is malformed", at_);
}

// Reads all attributes of a tag into attributes_; namespace declarations take effect at once.
Result<> Parser::read_attributes() {
  std::size_t count = 0;
  while (true) {
    const std::size_t before = at_;
    skip_space();
    if (at_ >= text_.size() || text_[at_] == '>' || text_[at_] == '/') return {};
    if (at_ == before) return wrong("white space is missing before an attribute", at_);
    RawAttribute attribute;
    attribute.at = at_;
    attribute.raw = scan_name();
    if (attribute.raw.empty()) return wrong("an attribute has no name", at_);
    if (++count > limits_.attributes_max) {
      return limit(
          "an element has more than " + std::to_string(limits_.attributes_max) + " attributes",
          attribute.at);
    }
    skip_space();
    if (at_ >= text_.size() || text_[at_] != '=')
      return wrong("the attribute \"" + std::string(attribute.raw) + "\" has no value",
                   attribute.at);
    ++at_;
    skip_space();
    TRY(attribute_value(attribute));
    if (attribute.raw.starts_with("xmlns") &&
        (attribute.raw.size() == 5 || attribute.raw[5] == ':')) {
      TRY(declare(attribute));
    } else {
      attributes_.push_back(attribute);
    }
  }
}

// §3.3.3: references are expanded, white space becomes a space.
Result<> Parser::attribute_value(RawAttribute& attribute) {
  const char quote = at_ < text_.size() ? text_[at_] : '\0';
  if (quote != '"' && quote != '\'')
    return wrong("the value of \"" + std::string(attribute.raw) + "\" is not quoted", at_);
  const std::size_t start = ++at_;
  const std::size_t end = text_.find(quote, start);
  if (end == View::npos)
    return wrong("the value of \"" + std::string(attribute.raw) + "\" does not end", start);
  const View raw = text_.substr(start, end - start);
  if (raw.size() > limits_.text_bytes_max)
    return limit("a value is longer than " + std::to_string(limits_.text_bytes_max) + " bytes",
                 start);
  bool plain = true;
  for (const char c : raw) {
    if (c == '<')
      return wrong("\"<\" stands in the value of \"" + std::string(attribute.raw) + "\"", start);
    if (c == '&' || c == '\t' || c == '\n' || c == '\r') plain = false;
  }
  if (plain) {
    attribute.value_at = u32(start);
    attribute.value_bytes = u32(raw.size());
    at_ = end + 1;
    return {};
  }
  std::string out;
  while (at_ < end) {
    const char c = text_[at_];
    if (c == '&') {
      TRY(reference(out));
      if (at_ > end) return wrong("a \"&\" does not start a reference", start);
    } else {
      out += is_space(c) ? ' ' : c;
      at_ += looking_at("\r\n") ? 2 : 1;
    }
  }
  attribute.value_at = builder_.rewrite(out);
  attribute.value_bytes = u32(out.size());
  at_ = end + 1;
  return {};
}

// Namespaces in XML 1.0, §3 and §5.
Result<> Parser::declare(const RawAttribute& attribute) {
  const View uri = builder_.spelling(attribute.value_at, attribute.value_bytes);
  const View prefix = attribute.raw.size() == 5 ? View{} : attribute.raw.substr(6);
  const std::string shown(attribute.raw);
  if (attribute.raw.size() > 5 && !is_ncname(prefix))
    return wrong("\"" + shown + "\" declares no proper prefix", attribute.at);
  if (!prefix.empty() && uri.empty())
    return wrong("\"" + shown + "\" binds a prefix to no namespace", attribute.at);
  if (prefix == "xmlns" || uri == kXmlnsSpace || ((prefix == "xml") != (uri == kXmlSpace)))
    return wrong("\"" + shown + "\" redefines what XML reserves", attribute.at);
  if (prefix == "xml") return {};
  for (std::size_t i = open_.back().bindings; i < bindings_.size(); ++i)
    if (bindings_[i].prefix == prefix)
      return wrong("\"" + shown + "\" stands twice in one tag", attribute.at);
  if (builder_.space_count() >= kSpacesMax || bindings_.size() >= kSpacesMax)
    return limit("the document has too many namespaces", attribute.at);
  const std::uint32_t space = uri.empty() ? 0 : builder_.space(uri);
  bindings_.push_back({prefix, space});
  builder_.declare(prefix, space);
  context_ = ++contexts_;
  return {};
}

Result<std::uint32_t> Parser::space_of(View prefix, std::size_t at) const {
  for (auto it = bindings_.rbegin(); it != bindings_.rend(); ++it)
    if (it->prefix == prefix) return it->space;
  if (prefix.empty()) return 0u;
  return wrong("the prefix \"" + std::string(prefix) + "\" is bound to no namespace", at);
}

Result<Resolved> Parser::resolve(View raw, bool is_element, std::size_t at) {
  const std::size_t hash = hash_of(raw);
  Cached& cached = is_element ? element_cache_[hash % element_cache_.size()]
                              : attribute_cache_[hash % attribute_cache_.size()];
  if (cached.context == context_ && cached.raw == raw) return cached.resolved;
  const std::size_t colon = raw.find(':');
  const View prefix = colon == View::npos ? View{} : raw.substr(0, colon);
  const View local = colon == View::npos ? raw : raw.substr(colon + 1);
  if (!is_ncname(local) || (colon != View::npos && !is_ncname(prefix)))
    return wrong("\"" + std::string(raw.substr(0, 80)) + "\" is no proper name", at);
  if (builder_.name_count() >= limits_.names_max || builder_.prefix_count() >= kSpacesMax)
    return limit("the document has too many different names", at);
  std::uint32_t space = 0;
  if (is_element || !prefix.empty()) {
    TRY_ASSIGN(space, space_of(prefix, at));
  }
  cached = {
      raw,
      context_,
      {builder_.name(space, local), prefix.empty() ? std::uint16_t{0} : builder_.prefix(prefix)}};
  return cached.resolved;
}

Result<> Parser::add_attributes(NodeId element) {
  for (const RawAttribute& attribute : attributes_) {
    TRY_ASSIGN(const Resolved resolved, resolve(attribute.raw, false, attribute.at));
    builder_.attribute(resolved.name, resolved.prefix, attribute.value_at, attribute.value_bytes,
                       u32(attribute.at));
  }
  if (attributes_.size() < 2) return {};
  sorted_.clear();
  for (std::size_t i = 1; i <= attributes_.size(); ++i)
    sorted_.push_back(builder_.node(element + u32(i)).name);
  std::ranges::sort(sorted_);
  if (std::ranges::adjacent_find(sorted_) == sorted_.end()) return {};
  for (std::size_t i = 1; i < attributes_.size(); ++i) {
    const NameId name = builder_.node(element + u32(i) + 1).name;
    for (std::size_t j = 0; j < i; ++j) {
      if (builder_.node(element + u32(j) + 1).name != name) continue;
      return wrong(
          "the attribute \"" + std::string(attributes_[i].raw) + "\" stands twice in one tag",
          attributes_[i].at);
    }
  }
  return {};
}

Result<> Parser::end_tag() {
  const std::size_t start = at_;
  at_ += 2;
  if (open_.empty()) return wrong("an end tag closes nothing", start);
  const View raw = open_.back().raw;
  if (!looking_at(raw) || (at_ + raw.size() < text_.size() &&
                           kNameByte[static_cast<unsigned char>(text_[at_ + raw.size()])])) {
    return wrong("\"</" + std::string(scan_name().substr(0, 80)) + ">\" does not close \"" +
                     std::string(raw.substr(0, 80)) + "\"",
                 start);
  }
  at_ += raw.size();
  skip_space();
  if (at_ >= text_.size() || text_[at_] != '>')
    return wrong("the end tag of \"" + std::string(raw) + "\" is malformed", start);
  ++at_;
  close();
  return {};
}

void Parser::close() {
  builder_.close();
  bindings_.resize(open_.back().bindings);
  context_ = open_.back().context;
  open_.pop_back();
}

}  // namespace

Result<Tree> parse(View bytes, Limits limits) {
  if (bytes.size() > limits.bytes_max || bytes.size() > 0x3fffffff) {
    return fail(Code::too_large, "the document has " + std::to_string(bytes.size()) +
                                     " bytes, more than the " + std::to_string(limits.bytes_max) +
                                     " that are read");
  }
  TRY_ASSIGN(std::string text, to_utf8(bytes));
  return Parser(std::move(text), limits).run();
}

}  // namespace corridor::xml
