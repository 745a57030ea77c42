// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/findings.h"

#include <algorithm>

#include "documents/xsd/lexical.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kValueBytesMax = 80;
constexpr std::size_t kNamesMax = 5;

struct KindWords {
  Kind kind;
  View words;
};

// What a value should have been, after "is not". table
constexpr KindWords kWords[] = {
    {Kind::language, "the code of a language"},
    {Kind::name, "a name"},
    {Kind::nc_name, "a name without colon"},
    {Kind::id, "a name without colon"},
    {Kind::nm_token, "a name token"},
    {Kind::boolean, "true or false"},
    {Kind::decimal, "a decimal number"},
    {Kind::integer, "a whole number"},
    {Kind::float_number, "a number"},
    {Kind::duration, "a duration"},
    {Kind::date_time, "a date with time"},
    {Kind::time, "a time"},
    {Kind::date, "a date"},
    {Kind::g_year_month, "a year with month"},
    {Kind::g_year, "a year"},
    {Kind::g_month_day, "a month with day"},
    {Kind::g_day, "a day of a month"},
    {Kind::g_month, "a month"},
    {Kind::hex_binary, "hexadecimal data"},
    {Kind::base64_binary, "Base64 data"},
    {Kind::any_uri, "an address (URI)"},
    {Kind::qname, "a qualified name"},
};

View words_of(Kind kind) {
  const auto* const found = std::ranges::find(kWords, kind, &KindWords::kind);
  return found == std::end(kWords) ? View("a text") : found->words;
}

}  // namespace

std::string presentable(View text) {
  std::string out;
  for (const char c : text.substr(0, kValueBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
  }
  while (!out.empty() && !is_utf8(out)) out.pop_back();
  if (text.size() > kValueBytesMax) out += "...";
  return out;
}

void Findings::add(View rule, xml::NodeId node, std::string text, View seen) {
  if (full()) return;
  if (!locator_) locator_.emplace(tree_);
  Finding out;
  out.rule = rule;
  out.severity = Severity::fatal;
  out.text = std::move(text);
  out.path = tree_.path(node);
  const xml::Position position = locator_->of(node);
  out.line = position.line;
  out.column = position.column;
  out.values = presentable(seen);
  list_.push_back(std::move(out));
}

// The prefix that this document uses; else the one the schemas use.
std::string Findings::prefix_of(Index space) {
  if (prefixes_.empty()) prefixes_.resize(t_.spaces.size());
  std::optional<std::string>& known = prefixes_[space];
  if (known) return *known;
  const View uri = t_.view(t_.spaces[space].uri);
  if (uri.empty()) return *(known = "");
  for (const xml::Node& n : tree_.nodes())
    if (n.kind == xml::Kind::element && tree_.space(n.name) == uri)
      return *(known = std::string(tree_.prefix(n)));
  return *(known = std::string(t_.view(t_.spaces[space].prefix)));
}

std::string Findings::called(Index name) {
  std::string out = prefix_of(t_.names[name].space);
  if (!out.empty()) out += ':';
  return presentable(out.append(t_.local(name)));
}

std::string Findings::called_node(xml::NodeId node) const { return presentable(tree_.qname(node)); }

std::string Findings::listed(std::span<const Index> names) {
  std::string out;
  const std::size_t shown = std::min(names.size(), kNamesMax);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == shown && shown == names.size() ? " or " : ", ";
    out += called(names[i]);
  }
  return names.size() > shown ? out + " or others" : out;
}

void Findings::unknown_root(xml::NodeId node) {
  add("XSD-root", node,
      called_node(node) + " is not a document of these schemas (namespace \"" +
          presentable(tree_.space(tree_.node(node).name)) + "\").",
      tree_.qname(node));
}

void Findings::unexpected(xml::NodeId node, std::span<const Index> instead) {
  std::string text = called_node(node) + " is not allowed in " +
                     called_node(tree_.node(node).parent);
  if (instead.empty()) text += " here.";
  else text += ": " + listed(instead) + " may stand here.";
  add("XSD-element", node, std::move(text), tree_.qname(node));
}

void Findings::undeclared(xml::NodeId node) {
  add("XSD-element", node,
      called_node(node) + " is not known to these schemas, and only known elements may stand in " +
          called_node(tree_.node(node).parent) + ".",
      tree_.qname(node));
}

void Findings::missing(xml::NodeId parent, std::span<const Index> names, Index before) {
  std::string text = listed(names) + (names.empty() ? "An element is missing: " : " is missing: ") +
                     called_node(parent) + " must have it";
  if (before == kNo) text += '.';
  else text += " before " + called(before) + ".";
  add("XSD-missing", parent, std::move(text));
}

void Findings::repeated(xml::NodeId node, std::uint32_t most) {
  const std::string times = most == 1 ? "once" : std::to_string(most) + " times";
  add("XSD-repeated", node,
      called_node(node) + " may stand " + times + " at most in " +
          called_node(tree_.node(node).parent) + ".",
      tree_.qname(node));
}

void Findings::misplaced(xml::NodeId node, Index before) {
  std::string text = called_node(node) + " stands at the wrong place in " +
                     called_node(tree_.node(node).parent);
  if (before == kNo) text += '.';
  else text += ": it must come before " + called(before) + ".";
  add("XSD-order", node, std::move(text), tree_.qname(node));
}

void Findings::attribute(xml::NodeId attribute, xml::NodeId element,
                         std::span<const Index> instead) {
  std::string text = called_node(element) + " cannot have the attribute " + called_node(attribute);
  if (instead.empty()) text += '.';
  else text += ": it may have " + listed(instead) + ".";
  add("XSD-attribute", attribute, std::move(text), tree_.qname(attribute));
}

void Findings::attribute_missing(xml::NodeId element, Index name) {
  add("XSD-attribute-missing", element,
      called_node(element) + " must have the attribute " + called(name) + ".");
}

std::string Findings::why(Index index, Unfit unfit, View seen) const {
  const Simple& simple = t_.simples[index];
  const std::string quoted = ": \"" + presentable(trimmed(seen)) + "\"";
  const Facets none;
  const Facets& facets = simple.facets == kNo ? none : t_.facets[simple.facets];
  switch (unfit) {
    case Unfit::kind:
      if (simple.variety == Variety::list)
        return " has a part that is not " +
               std::string(words_of(t_.simples[t_.items[simple.items_at]].kind)) + quoted + ".";
      return " is not " + std::string(words_of(simple.kind)) + quoted + ".";
    case Unfit::prefix: return " has a prefix that means nothing here" + quoted + ".";
    case Unfit::not_listed: {
      std::string out = " is not one of the values that are allowed" + quoted + "; allowed are ";
      const Index shown = std::min<Index>(facets.allowed, kNamesMax);
      for (Index i = 0; i < shown; ++i)
        out += (i > 0 ? ", \"" : "\"") + presentable(t_.view(t_.allowed[facets.allowed_at + i])) + "\"";
      return out + (facets.allowed > shown ? " and others." : ".");
    }
    case Unfit::pattern: return " does not have the form it must have" + quoted + ".";
    case Unfit::too_short:
      return " is too short, it must have " + std::to_string(facets.length_min) + " characters" +
             quoted + ".";
    case Unfit::too_long:
      return " is too long, it may have " + std::to_string(facets.length_max) + " characters" +
             quoted + ".";
    case Unfit::too_small:
      return " is too small, the limit is " + presentable(t_.view(facets.low)) + quoted + ".";
    case Unfit::too_large:
      return " is too large, the limit is " + presentable(t_.view(facets.high)) + quoted + ".";
    case Unfit::digits:
      return " may have " + std::to_string(facets.digits_max) + " digits" + quoted + ".";
    case Unfit::fraction:
      return " may have " + std::to_string(facets.fraction_max) + " digits behind the point" +
             quoted + ".";
    default: return " has a value that is not allowed" + quoted + ".";
  }
}

void Findings::value(xml::NodeId node, View seen, Index simple, Unfit unfit) {
  const bool attribute = tree_.node(node).kind == xml::Kind::attribute;
  std::string text = called_node(node);
  if (attribute) text += " of " + called_node(tree_.node(node).parent);
  add("XSD-value", node, text + why(simple, unfit, seen), trimmed(seen));
}

void Findings::fixed_value(xml::NodeId node, View seen, View wanted) {
  add("XSD-value", node,
      called_node(node) + " must be \"" + presentable(wanted) + "\" if it is there: \"" +
          presentable(trimmed(seen)) + "\".",
      trimmed(seen));
}

void Findings::id_again(xml::NodeId node, View seen) {
  const bool attribute = tree_.node(node).kind == xml::Kind::attribute;
  std::string text = called_node(node);
  if (attribute) text += " of " + called_node(tree_.node(node).parent);
  add("XSD-value", node,
      text + " must be unlike all others in the document: \"" + presentable(trimmed(seen)) + "\".",
      trimmed(seen));
}

void Findings::text(xml::NodeId node, xml::NodeId element, View seen) {
  add("XSD-text", node,
      "In " + called_node(element) + " stands text where none may stand: \"" +
          presentable(trimmed(seen)) + "\".",
      trimmed(seen));
}

void Findings::type(xml::NodeId node, std::string sentence, View seen) {
  add("XSD-type", node, std::move(sentence), seen);
}

}  // namespace corridor::xsd
