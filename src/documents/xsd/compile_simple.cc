// SPDX-License-Identifier: Apache-2.0
// Simple types and facets (XML Schema part 1 §3.14, part 2 §4).
#include <algorithm>

#include "documents/xsd/compiler.h"
#include "documents/xsd/lexical.h"
#include "documents/xsd/values.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kMembersMax = 500;
constexpr std::size_t kLengthDigitsMax = 9;

Result<std::uint32_t> number_of(const Place& place) {
  const View text = place.attribute("value").value_or("");
  if (text.empty() || text.size() > kLengthDigitsMax ||
      text.find_first_not_of("0123456789") != View::npos)
    return refuse(place, "the value of " + std::string(place.local()) + " is no number of at most " +
                             std::to_string(kLengthDigitsMax) + " digits");
  std::uint32_t out = 0;
  for (const char c : text) out = out * 10 + static_cast<std::uint32_t>(c - '0');
  return out;
}

// The value of a facet as written: white space in it counts.
View raw_value(const Place& place) {
  const xml::Tree& tree = place.tree();
  const xml::Node& n = tree.node(place.node);
  for (xml::NodeId id = place.node + 1; id <= place.node + n.attributes; ++id)
    if (tree.local(tree.node(id).name) == "value" && tree.space(tree.node(id).name).empty())
      return tree.value(tree.node(id));
  return {};
}

// In XML Schema ^ and $ are characters; in XPath, whose translation is used, they are anchors.
std::string as_xpath(View pattern) {
  std::string out;
  int depth = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out += c;
      out += pattern[++i];
      continue;
    }
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (depth == 0 && (c == '^' || c == '$')) out += '\\';
    out += c;
  }
  return out;
}

bool has_bounds(Kind kind) {
  return kind == Kind::decimal || kind == Kind::integer || kind == Kind::float_number ||
         (kind >= Kind::date_time && kind <= Kind::g_month);
}

}  // namespace

Result<Index> Compiler::simple_of(const Place& from, Index type, std::size_t depth) {
  TRY(complete(type, depth + 1));
  if ((t_.types[type].flags & Type::kSimple) == 0) return refuse(from, "this is no simple type");
  return t_.types[type].simple;
}

Result<> Compiler::simple_type(Index type, std::size_t depth) {
  const Place place = origins_[type].place;
  TRY_ASSIGN(const auto children, children_of(place));
  if (children.size() != 1) return refuse(place, "a simple type is one restriction, list or union");
  Type row = t_.types[type];
  row.content = Content::simple;
  row.method = kByRestriction;
  row.base = kAnySimpleType;
  Result<Simple> simple;
  if (children[0].is("restriction")) simple = restricted(children[0], row, depth);
  else if (children[0].is("list")) simple = list_of(children[0], row, depth);
  else if (children[0].is("union")) simple = union_of(children[0], row, depth);
  else return refuse(children[0], "a simple type is one restriction, list or union");
  if (!simple) return std::unexpected(std::move(simple).error());
  row.simple = static_cast<Index>(t_.simples.size());
  t_.simples.push_back(*simple);
  t_.types[type] = row;
  return {};
}

// The type an attribute names, or the one that stands inside.
Result<Index> Compiler::item_type(const Place& place, View attribute) {
  const auto named = place.attribute(attribute);
  TRY_ASSIGN(const auto children, children_of(place));
  for (const Place& child : children) {
    if (!child.is("simpleType")) continue;
    if (named) return refuse(child, "a type cannot be named and given");
    return anonymous_type(child);
  }
  if (!named) return refuse(place, "the type is missing");
  TRY_ASSIGN(const Index name, name_of(place, *named));
  return type_named(place, name);
}

Result<Simple> Compiler::restricted(const Place& place, Type& type, std::size_t depth) {
  TRY_ASSIGN(type.base, item_type(place, "base"));
  TRY_ASSIGN(const Index base, simple_of(place, type.base, depth));
  return with_facets(place, base);
}

Result<Simple> Compiler::list_of(const Place& place, Type&, std::size_t depth) {
  TRY_ASSIGN(const Index type, item_type(place, "itemType"));
  TRY_ASSIGN(const Index item, simple_of(place, type, depth));
  if (t_.simples[item].variety == Variety::list)
    return refuse(place, "a list cannot have lists in it");
  Simple out;
  out.variety = Variety::list;
  out.white = White::collapse;
  out.builtin = t_.simples[item].builtin;
  out.items_at = static_cast<Index>(t_.items.size());
  out.items = 1;
  t_.items.push_back(item);
  return out;
}

Result<Simple> Compiler::union_of(const Place& place, Type&, std::size_t depth) {
  std::vector<Index> members;
  View text = place.attribute("memberTypes").value_or("");
  while (!(text = trimmed(text)).empty()) {
    std::size_t end = 0;
    while (end < text.size() && !is_white(text[end])) ++end;
    TRY_ASSIGN(const Index name, name_of(place, text.substr(0, end)));
    TRY_ASSIGN(const Index type, type_named(place, name));
    TRY_ASSIGN(const Index simple, simple_of(place, type, depth));
    members.push_back(simple);
    text.remove_prefix(end);
  }
  TRY_ASSIGN(const auto children, children_of(place));
  for (const Place& child : children) {
    if (!child.is("simpleType")) return refuse(child, "this cannot stand in a union");
    TRY_ASSIGN(const Index type, anonymous_type(child));
    TRY_ASSIGN(const Index simple, simple_of(child, type, depth));
    members.push_back(simple);
  }
  if (members.empty() || members.size() > kMembersMax)
    return refuse(place, "a union has one type at least and " + std::to_string(kMembersMax) +
                             " at most");
  Simple out;
  out.variety = Variety::any_of;
  out.builtin = kAnySimpleType;
  out.items_at = static_cast<Index>(t_.items.size());
  out.items = static_cast<Index>(members.size());
  t_.items.insert(t_.items.end(), members.begin(), members.end());
  return out;
}

// A restriction of `base`: facets narrow those it has; patterns and the enumeration come on top.
Result<Simple> Compiler::with_facets(const Place& place, Index base) {
  Simple out = t_.simples[base];
  Facets facets = out.facets == kNo ? Facets{} : t_.facets[out.facets];
  std::vector<View> patterns;
  std::vector<Place> values;
  bool any = false;
  TRY_ASSIGN(const auto children, children_of(place));
  for (const Place& child : children) {
    if (child.is("simpleType") || child.is("attribute") || child.is("attributeGroup") ||
        child.is("anyAttribute"))
      continue;
    if (!child.attribute("value")) return refuse(child, "a facet has no value");
    any = any || !child.is("whiteSpace");
    if (child.is("pattern")) patterns.push_back(raw_value(child));
    else if (child.is("enumeration")) values.push_back(child);
    else TRY(facet(child, out, facets));
  }
  if (!any) return out;
  if (!patterns.empty()) TRY(pattern_facets(place, patterns, facets));
  if (!values.empty()) TRY(enumeration(place, base, values, facets));
  out.always = false;
  out.facets = static_cast<Index>(t_.facets.size());
  t_.facets.push_back(facets);
  return out;
}

Result<> Compiler::length_facet(const Place& place, Facets& facets) {
  TRY_ASSIGN(const std::uint32_t number, number_of(place));
  if (!place.is("maxLength")) facets.length_min = std::max(facets.length_min, number);
  if (!place.is("minLength")) facets.length_max = std::min(facets.length_max, number);
  return {};
}

Result<> Compiler::white_facet(const Place& place, Simple& simple) {
  const View value = *place.attribute("value");
  if (simple.variety != Variety::atomic) {
    if (value == "collapse") return {};
    return refuse(place, "white space of lists and unions is collapsed");
  }
  White white = White::preserve;
  if (value == "replace") white = White::replace;
  else if (value == "collapse") white = White::collapse;
  else if (value != "preserve") return refuse(place, "this is no way to treat white space");
  if (white < simple.white) return refuse(place, "white space cannot be widened");
  simple.white = white;
  return {};
}

Result<> Compiler::bound_facet(const Place& place, const Simple& simple, Facets& facets) {
  using Bound = Facets::Bound;
  const View value = *place.attribute("value");
  if (simple.variety != Variety::atomic || !has_bounds(simple.kind))
    return refuse(place, std::string(place.local()) + " of such a type is not supported");
  if (!is_lexical(simple.kind, value))
    return refuse(place, "\"" + std::string(value.substr(0, 100)) + "\" is no value of the type");
  const bool low = place.is("minInclusive") || place.is("minExclusive");
  const bool inclusive = place.is("minInclusive") || place.is("maxInclusive");
  Bound& bound = low ? facets.low_bound : facets.high_bound;
  Piece& limit = low ? facets.low : facets.high;
  if (bound != Bound::none) {
    // A restriction can only narrow; what does not is already said by the base.
    const auto order = compare_values(simple.kind, value, t_.view(limit));
    if (low ? order < 0 : order > 0) return refuse(place, "a bound cannot be widened");
    if (order == 0 && bound == Bound::exclusive) return {};
  }
  bound = inclusive ? Bound::inclusive : Bound::exclusive;
  limit = keep(value);
  return {};
}

Result<> Compiler::facet(const Place& place, Simple& simple, Facets& facets) {
  if (place.is("whiteSpace")) return white_facet(place, simple);
  if (place.is("length") || place.is("minLength") || place.is("maxLength")) {
    if (simple.variety == Variety::any_of ||
        (simple.variety == Variety::atomic && has_bounds(simple.kind)))
      return refuse(place, std::string(place.local()) + " of such a type is not supported");
    return length_facet(place, facets);
  }
  if (place.is("totalDigits") || place.is("fractionDigits")) {
    if (simple.variety != Variety::atomic ||
        (simple.kind != Kind::decimal && simple.kind != Kind::integer))
      return refuse(place, std::string(place.local()) + " of such a type is not supported");
    TRY_ASSIGN(const std::uint32_t number, number_of(place));
    std::uint32_t& limit = place.is("totalDigits") ? facets.digits_max : facets.fraction_max;
    limit = std::min(limit, number);
    return {};
  }
  if (place.is("minInclusive") || place.is("minExclusive") || place.is("maxInclusive") ||
      place.is("maxExclusive"))
    return bound_facet(place, simple, facets);
  return refuse(place, place.tree().qname(place.node) + " cannot stand here");
}

// Those of one restriction are alternatives; those of its base must hold as well.
Result<> Compiler::pattern_facets(const Place& place, const std::vector<View>& patterns,
                                  Facets& facets) {
  std::string all;
  for (const View pattern : patterns)
    all += (all.empty() ? "^(?:(?:" : "|(?:") + as_xpath(pattern) + ")";
  all += ")$";
  const Index more = facets.patterns + 1;
  if (all.size() > kPatternBytesMax || t_.patterns.size() + more > kPatternsMax)
    return refuse(place, "there are too many patterns, or one is too long", Code::too_large);
  auto regex = xpath::Regex::compile(all, {});
  if (!regex) return refuse(place, "a pattern is not supported: " + regex.error().why);
  const auto at = static_cast<Index>(t_.patterns.size());
  for (Index i = 0; i < facets.patterns; ++i) {
    t_.patterns.push_back(t_.patterns[facets.patterns_at + i]);
    t_.regexes.push_back(t_.regexes[facets.patterns_at + i]);
  }
  t_.patterns.push_back(keep(all));
  t_.regexes.push_back(std::move(*regex));
  facets.patterns_at = at;
  facets.patterns = more;
  return {};
}

Result<> Compiler::enumeration(const Place& place, Index base, const std::vector<Place>& values,
                               Facets& facets) {
  if (t_.allowed.size() + values.size() > kAllowedMax)
    return refuse(place, "the enumerations are too large", Code::too_large);
  Values judge(t_, nullptr);
  std::vector<std::string> texts;
  for (const Place& value : values) {
    const View text = raw_value(value);
    if (judge.judge(base, text, 0) != Unfit::nothing)
      return refuse(value, "\"" + std::string(text.substr(0, 100)) + "\" is no value of the type");
    texts.push_back(judge.canonical_of(base, text));
  }
  std::ranges::sort(texts);
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  facets.allowed_at = static_cast<Index>(t_.allowed.size());
  facets.allowed = static_cast<Index>(texts.size());
  for (const std::string& text : texts) t_.allowed.push_back(keep(text));
  return {};
}

Result<Index> Compiler::value_of(const Place& place, Index simple, View text) {
  Values judge(t_, nullptr);
  if (judge.judge(simple, text, 0) != Unfit::nothing)
    return refuse(place, "\"" + std::string(text.substr(0, 100)) + "\" is no value of the type");
  t_.values.push_back(keep(judge.canonical_of(simple, text)));
  return static_cast<Index>(t_.values.size() - 1);
}

}  // namespace corridor::xsd
