// SPDX-License-Identifier: Apache-2.0
// Functions on strings (F&O §7). Signatures in the comments are the specification's.
#include <algorithm>
#include <array>
#include <cmath>

#include "documents/xml/encoding.h"
#include "documents/xpath/functions.h"
#include "documents/xpath/regex_cache.h"
#include "documents/xpath/unicode.h"

namespace corridor::xpath {

namespace {

using Args = std::span<const Seq>;

Seq text(Runtime& runtime, View value) { return one(*runtime.arena, text_item(value)); }
Seq copied(Runtime& runtime, View value) { return text(runtime, runtime.arena->copy(value)); }
Seq truth(Runtime& runtime, bool value) { return one(*runtime.arena, boolean_item(value)); }

// Only the code point collation exists here (F&O §7.3.1).
bool collation(Runtime& runtime, Args args, std::size_t at) {
  if (args.size() <= at) return true;
  const View uri = string_argument(runtime, args[at], "collation");
  if (uri == "http://www.w3.org/2005/xpath-functions/collation/codepoint") return true;
  runtime.raise("FOCH0002",
                "the collation \"" + std::string(uri.substr(0, 80)) + "\" does not exist");
  return false;
}

std::size_t length_of(View value) {
  return static_cast<std::size_t>(std::ranges::count_if(
      value, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// fn:string($arg as item()?) as xs:string
Seq fn_string(Runtime& runtime, Args args) {
  if (args[0].size() > 1) return (void)single(runtime, args[0], "the argument of string()"), Seq{};
  if (args[0].empty()) return text(runtime, {});
  return text(runtime, text_of(runtime, args[0][0]));
}

// fn:concat($arg1 as xs:anyAtomicType?, $arg2 as xs:anyAtomicType?, ...) as xs:string
Seq fn_concat(Runtime& runtime, Args args) {
  std::string out;
  for (const Seq argument : args) {
    const auto item = single(runtime, argument, "an argument of concat()");
    if (runtime.failed()) return {};
    if (item) out += text_of(runtime, *item);
  }
  return copied(runtime, out);
}

// fn:string-join($arg1 as xs:string*, $arg2 as xs:string) as xs:string
Seq fn_string_join(Runtime& runtime, Args args) {
  const View separator =
      args.size() > 1 ? string_argument(runtime, args[1], "string-join") : View{};
  std::string out;
  bool first = true;
  for (const Item& item : args[0]) {
    if (!first) out += separator;
    first = false;
    out += string_argument(runtime, {&item, 1}, "string-join");
  }
  return copied(runtime, out);
}

// fn:substring($sourceString as xs:string?, $startingLoc as xs:double, $length as xs:double)
Seq fn_substring(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "substring");
  const double start = double_argument(runtime, args[1], "substring");
  double end = std::numeric_limits<double>::infinity();
  const auto round = [](double d) { return std::floor(d + 0.5); };
  if (args.size() > 2) end = round(start) + round(double_argument(runtime, args[2], "substring"));
  if (runtime.failed()) return {};
  std::size_t at = 0;
  std::size_t first = value.size();
  std::size_t last = value.size();
  bool inside = false;
  for (double position = 1; at < value.size(); ++position) {
    const bool taken = position >= round(start) && position < end;
    if (taken && !inside) first = at;
    if (!taken && inside) {
      last = at;
      break;
    }
    inside = taken;
    (void)xml::next_character(value, at);
  }
  return text(runtime, first < last ? value.substr(first, last - first) : View{});
}

// fn:string-length($arg as xs:string?) as xs:integer
Seq fn_string_length(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "string-length");
  return one(*runtime.arena, integer_item(static_cast<std::int64_t>(length_of(value))));
}

// fn:normalize-space($arg as xs:string?) as xs:string
Seq fn_normalize_space(Runtime& runtime, Args args) {
  return text(runtime, normalize_space(*runtime.arena,
                                       string_argument(runtime, args[0], "normalize-space")));
}

Seq mapped(Runtime& runtime, View value, void (*append)(std::string&, char32_t)) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t at = 0; at < value.size();) append(out, xml::next_character(value, at));
  return copied(runtime, out);
}

// fn:upper-case($arg as xs:string?) as xs:string
Seq fn_upper_case(Runtime& runtime, Args args) {
  return mapped(runtime, string_argument(runtime, args[0], "upper-case"), append_upper);
}

// fn:lower-case($arg as xs:string?) as xs:string
Seq fn_lower_case(Runtime& runtime, Args args) {
  return mapped(runtime, string_argument(runtime, args[0], "lower-case"), append_lower);
}

// fn:translate($arg as xs:string?, $mapString as xs:string, $transString as xs:string) as xs:string
Seq fn_translate(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "translate");
  const auto characters = [](View from) {
    std::u32string out;
    for (std::size_t at = 0; at < from.size();) out += xml::next_character(from, at);
    return out;
  };
  const std::u32string from = characters(string_argument(runtime, args[1], "translate"));
  const std::u32string to = characters(string_argument(runtime, args[2], "translate"));
  std::string out;
  for (std::size_t at = 0; at < value.size();) {
    const char32_t c = xml::next_character(value, at);
    const std::size_t found = from.find(c);
    if (found == std::u32string::npos) {
      xml::append_utf8(out, c);
    } else if (found < to.size()) {
      xml::append_utf8(out, to[found]);
    }
  }
  return copied(runtime, out);
}

Seq escaped(Runtime& runtime, View value, bool (*keeps)(unsigned char)) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (keeps(byte)) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return copied(runtime, out);
}

bool unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

// fn:encode-for-uri($uri-part as xs:string?) as xs:string
Seq fn_encode_for_uri(Runtime& runtime, Args args) {
  return escaped(runtime, string_argument(runtime, args[0], "encode-for-uri"), unreserved);
}

// fn:iri-to-uri($iri as xs:string?) as xs:string
Seq fn_iri_to_uri(Runtime& runtime, Args args) {
  return escaped(runtime, string_argument(runtime, args[0], "iri-to-uri"), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && View("<>\"{}|\\^`").find(static_cast<char>(c)) == View::npos;
  });
}

// fn:escape-html-uri($uri as xs:string?) as xs:string
Seq fn_escape_html_uri(Runtime& runtime, Args args) {
  return escaped(runtime, string_argument(runtime, args[0], "escape-html-uri"),
                 [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

// fn:contains($arg1 as xs:string?, $arg2 as xs:string?) as xs:boolean, and its like
Seq fn_contains(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "contains");
  const View part = string_argument(runtime, args[1], "contains");
  return collation(runtime, args, 2) ? truth(runtime, value.find(part) != View::npos) : Seq{};
}

Seq fn_starts_with(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "starts-with");
  const View part = string_argument(runtime, args[1], "starts-with");
  return collation(runtime, args, 2) ? truth(runtime, value.starts_with(part)) : Seq{};
}

Seq fn_ends_with(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "ends-with");
  const View part = string_argument(runtime, args[1], "ends-with");
  return collation(runtime, args, 2) ? truth(runtime, value.ends_with(part)) : Seq{};
}

Seq fn_substring_before(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "substring-before");
  const std::size_t at = value.find(string_argument(runtime, args[1], "substring-before"));
  if (!collation(runtime, args, 2)) return {};
  return text(runtime, at == View::npos ? View{} : value.substr(0, at));
}

Seq fn_substring_after(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "substring-after");
  const View part = string_argument(runtime, args[1], "substring-after");
  const std::size_t at = value.find(part);
  if (!collation(runtime, args, 2)) return {};
  return text(runtime, at == View::npos ? View{} : value.substr(at + part.size()));
}

// fn:compare($comparand1 as xs:string?, $comparand2 as xs:string?) as xs:integer?
Seq fn_compare(Runtime& runtime, Args args) {
  if (args[0].empty() || args[1].empty()) return {};
  const View a = string_argument(runtime, args[0], "compare");
  const View b = string_argument(runtime, args[1], "compare");
  if (!collation(runtime, args, 2)) return {};
  const int order = a.compare(b);
  return one(*runtime.arena, integer_item(order < 0 ? -1 : order > 0 ? 1 : 0));
}

// fn:codepoint-equal($comparand1 as xs:string?, $comparand2 as xs:string?) as xs:boolean?
Seq fn_codepoint_equal(Runtime& runtime, Args args) {
  if (args[0].empty() || args[1].empty()) return {};
  return truth(runtime, string_argument(runtime, args[0], "codepoint-equal") ==
                            string_argument(runtime, args[1], "codepoint-equal"));
}

// fn:codepoints-to-string($arg as xs:integer*) as xs:string
Seq fn_codepoints_to_string(Runtime& runtime, Args args) {
  std::string out;
  for (const Item& item : args[0]) {
    const std::int64_t c = integer_argument(runtime, {&item, 1}, "codepoints-to-string");
    if (runtime.failed()) return {};
    if (c < 0 || c > 0x10ffff || !xml::is_character(static_cast<char32_t>(c))) {
      runtime.raise("FOCH0001", std::to_string(c) + " is no character of XML");
      return {};
    }
    xml::append_utf8(out, static_cast<char32_t>(c));
  }
  return copied(runtime, out);
}

// fn:string-to-codepoints($arg as xs:string?) as xs:integer*
Seq fn_string_to_codepoints(Runtime& runtime, Args args) {
  const View value = string_argument(runtime, args[0], "string-to-codepoints");
  Items out(*runtime.arena);
  for (std::size_t at = 0; at < value.size();)
    out.push(integer_item(static_cast<std::int64_t>(xml::next_character(value, at))));
  return out.seq();
}

// fn:matches, fn:replace, fn:tokenize with a pattern that was not known when the rule was compiled.
std::shared_ptr<const Regex> dynamic_regex(Runtime& runtime, Args args, std::size_t flags_at) {
  const View pattern = string_argument(runtime, args[1], "matches");
  const View flags =
      args.size() > flags_at ? string_argument(runtime, args[flags_at], "matches") : View{};
  if (runtime.failed()) return nullptr;
  return cached_regex(runtime, pattern, flags);
}

Seq fn_matches(Runtime& runtime, Args args) {
  const auto regex = dynamic_regex(runtime, args, 2);
  return regex ? regex_matches(runtime, args, *regex) : Seq{};
}

Seq fn_replace(Runtime& runtime, Args args) {
  const auto regex = dynamic_regex(runtime, args, 3);
  return regex ? regex_replace(runtime, args, *regex) : Seq{};
}

Seq fn_tokenize(Runtime& runtime, Args args) {
  if (args.size() == 1) {  // XPath 3.1: at white space
    const View value =
        normalize_space(*runtime.arena, string_argument(runtime, args[0], "tokenize"));
    Items out(*runtime.arena);
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end = std::min(value.find(' ', at), value.size());
      out.push(text_item(value.substr(at, end - at)));
      at = end + 1;
    }
    return out.seq();
  }
  const auto regex = dynamic_regex(runtime, args, 2);
  return regex ? regex_tokenize(runtime, args, *regex) : Seq{};
}

constexpr auto kNone = Special::none;
constexpr std::array kTable{
    FunctionFacts{"string", 1, 1, fn_string, true, kNone, false, true},
    FunctionFacts{"concat", 2, 255, fn_concat, false, kNone, false, true},
    FunctionFacts{"string-join", 1, 2, fn_string_join, false, kNone, false, true},
    FunctionFacts{"substring", 2, 3, fn_substring, false, kNone, false, true},
    FunctionFacts{"string-length", 1, 1, fn_string_length, true},
    FunctionFacts{"normalize-space", 1, 1, fn_normalize_space, true, kNone, false, true},
    FunctionFacts{"upper-case", 1, 1, fn_upper_case, false, kNone, false, true},
    FunctionFacts{"lower-case", 1, 1, fn_lower_case, false, kNone, false, true},
    FunctionFacts{"translate", 3, 3, fn_translate, false, kNone, false, true},
    FunctionFacts{"encode-for-uri", 1, 1, fn_encode_for_uri, false, kNone, false, true},
    FunctionFacts{"iri-to-uri", 1, 1, fn_iri_to_uri, false, kNone, false, true},
    FunctionFacts{"escape-html-uri", 1, 1, fn_escape_html_uri, false, kNone, false, true},
    FunctionFacts{"contains", 2, 3, fn_contains, false, kNone, true},
    FunctionFacts{"starts-with", 2, 3, fn_starts_with, false, kNone, true},
    FunctionFacts{"ends-with", 2, 3, fn_ends_with, false, kNone, true},
    FunctionFacts{"substring-before", 2, 3, fn_substring_before, false, kNone, false, true},
    FunctionFacts{"substring-after", 2, 3, fn_substring_after, false, kNone, false, true},
    FunctionFacts{"compare", 2, 3, fn_compare, false},
    FunctionFacts{"codepoint-equal", 2, 2, fn_codepoint_equal, false, kNone, true},
    FunctionFacts{"codepoints-to-string", 1, 1, fn_codepoints_to_string, false, kNone, false, true},
    FunctionFacts{"string-to-codepoints", 1, 1, fn_string_to_codepoints, false},
    FunctionFacts{"matches", 2, 3, fn_matches, false, Special::regex, true},
    FunctionFacts{"replace", 3, 4, fn_replace, false, Special::regex, false, true},
    FunctionFacts{"tokenize", 1, 3, fn_tokenize, false, Special::regex, false, true},
};

}  // namespace

View normalize_space(Arena& arena, View value) {
  value = trim(value);
  bool clean = true;
  for (std::size_t i = 0; i < value.size() && clean; ++i) {
    const char c = value[i];
    clean = !is_xml_space(c) || (c == ' ' && value[i + 1] != ' ');
  }
  if (clean) return value;
  char* out = arena.array<char>(value.size());
  std::size_t size = 0;
  for (const char c : value) {
    if (!is_xml_space(c)) {
      out[size++] = c;
    } else if (out[size - 1] != ' ') {
      out[size++] = ' ';
    }
  }
  return {out, size};
}

Seq regex_matches(Runtime& runtime, Args args, const Regex& regex) {
  const View value = string_argument(runtime, args[0], "matches");
  return truth(runtime, regex.matches(value));
}

Seq regex_replace(Runtime& runtime, Args args, const Regex& regex) {
  const View value = string_argument(runtime, args[0], "replace");
  const View replacement = string_argument(runtime, args[2], "replace");
  if (regex.matches_empty()) {
    runtime.raise("FORX0003", "the pattern of replace() matches the empty string");
    return {};
  }
  const auto out = regex.replace(value, replacement);
  if (out) return copied(runtime, *out);
  raise_regex(runtime, out.error());
  return {};
}

Seq regex_tokenize(Runtime& runtime, Args args, const Regex& regex) {
  const View value = string_argument(runtime, args[0], "tokenize");
  if (regex.matches_empty()) {
    runtime.raise("FORX0003", "the pattern of tokenize() matches the empty string");
    return {};
  }
  Items out(*runtime.arena);
  regex.split(value, [&](View piece) { out.push(text_item(piece)); });
  return out.seq();
}

void raise_regex(Runtime& runtime, const Error& error) {
  runtime.raise(View(error.why).substr(0, 8), error.why.substr(9));
}

std::shared_ptr<const Regex> cached_regex(Runtime& runtime, View pattern, View flags) {
  constexpr std::size_t kCachedMax = 256;
  std::string key(flags);
  key += '/';
  key += pattern;
  auto& cache = runtime.regexes;
  if (const auto found = cache.find(key); found != cache.end()) return found->second;
  auto regex = Regex::compile(pattern, flags);
  if (!regex) return raise_regex(runtime, regex.error()), nullptr;
  if (cache.size() >= kCachedMax) cache.clear();
  cache.emplace(std::move(key), *regex);
  return *regex;
}

std::span<const FunctionFacts> text_functions() { return kTable; }

}  // namespace corridor::xpath
