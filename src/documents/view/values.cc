// SPDX-License-Identifier: Apache-2.0
//
// One value: formatted for the reader where it is what its term says, as it stands where it is not.
#include <algorithm>
#include <array>

#include "documents/terms/format.h"
#include "documents/view/renderer.h"

namespace corridor::documents {

namespace {

View trimmed(View text) {
  constexpr View kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == View::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

constexpr std::size_t kWideBytes = 120;  // what is longer takes a row of its own

struct CodeTerm {
  View term;
  CodeList list;
};

// table
constexpr CodeTerm kCodeTerms[] = {
    {"BT-3", CodeList::document_types},   {"OR-4", CodeList::document_types},
    {"DA-4", CodeList::document_types},   {"BT-5", CodeList::currencies},
    {"OR-25", CodeList::currencies},      {"BT-6", CodeList::currencies},
    {"BT-8", CodeList::vat_points},       {"BT-40", CodeList::countries},
    {"BT-55", CodeList::countries},       {"BT-69", CodeList::countries},
    {"BT-80", CodeList::countries},       {"BT-159", CodeList::countries},
    {"PT-9", CodeList::countries},        {"BT-81", CodeList::payment_means},
    {"BT-95", CodeList::vat_categories},  {"BT-102", CodeList::vat_categories},
    {"BT-118", CodeList::vat_categories}, {"BT-151", CodeList::vat_categories},
    {"BT-130", CodeList::units},          {"BT-150", CodeList::units},
    {"OR-22", CodeList::units},           {"DA-23", CodeList::units},
};

// table: in a party's card the party need not be named again
constexpr std::array<View, 2> kBrief[] = {
    {"BT-27", "PT-1"},  {"BT-28", "PT-16"}, {"BT-29", "PT-2"},  {"BT-30", "PT-14"},
    {"BT-31", "PT-13"}, {"BT-32", "PT-17"}, {"BT-33", "PT-18"}, {"BT-34", "PT-15"},
    {"BT-41", "PT-10"}, {"BT-42", "PT-11"}, {"BT-43", "PT-12"}, {"BT-44", "PT-1"},
    {"BT-45", "PT-16"}, {"BT-46", "PT-2"},  {"BT-47", "PT-14"}, {"BT-48", "PT-13"},
    {"BT-49", "PT-15"}, {"BT-56", "PT-10"}, {"BT-57", "PT-11"}, {"BT-58", "PT-12"},
    {"BT-59", "PT-1"},  {"BT-60", "PT-2"},  {"BT-61", "PT-14"}, {"BT-62", "PT-1"},
    {"BT-63", "PT-13"}, {"BT-75", "PT-3"},  {"BT-76", "PT-4"},  {"BT-165", "PT-5"},
    {"BT-77", "PT-6"},  {"BT-78", "PT-7"},  {"BT-79", "PT-8"},  {"BT-80", "PT-9"},
};

// Attributes that a value is shown with anyway.
bool is_shown_with_value(View name) {
  return name == "currencyID" || name == "unitCode" || name == "filename" || name == "mimeCode" ||
         name == "format";
}

}  // namespace

std::string words_of_name(View name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool capital = c >= 'A' && c <= 'Z';
    const bool after_small = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    const bool before_small = i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
    const bool starts = capital && i > 0 && (after_small || before_small);
    if (starts) out += ' ';
    out += starts && before_small ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string Renderer::raw_value(Index leaf) const {
  std::string scratch;
  return std::string(trimmed(tree_.string_value(out_.leaves[leaf].node, scratch)));
}

std::string Renderer::attribute_value(Index leaf, View name) const {
  const xml::NodeId node = out_.leaves[leaf].node;
  const xml::NodeId last = node + tree_.node(node).attributes;
  for (xml::NodeId id = node + 1; id <= last; ++id)
    if (tree_.local(tree_.node(id).name) == name) return std::string(tree_.value(tree_.node(id)));
  return {};
}

// Beside a component of an EDIFACT element.
xml::NodeId Renderer::component_node(Index leaf, View name) const {
  const xml::NodeId element = tree_.node(out_.leaves[leaf].node).parent;
  for (xml::NodeId id = tree_.first_child(element); id != xml::kNone; id = tree_.next_sibling(id))
    if (tree_.local(tree_.node(id).name) == name) return id;
  return xml::kNone;
}

std::string Renderer::component(Index leaf, View name) const {
  const xml::NodeId node = component_node(leaf, name);
  return node == xml::kNone ? std::string() : tree_.string_value(node);
}

std::string Renderer::currency_of(Index leaf) const {
  if (!edifact()) return attribute_value(leaf, "currencyID");
  const bool money =
      tree_.local(tree_.node(tree_.node(tree_.node(out_.leaves[leaf].node).parent).parent).name) ==
      "MOA";
  return money ? component(leaf, "c3") : std::string();
}

// What the document itself calls a value.
std::string Renderer::name_of(Index leaf) const {
  const xml::Node& n = tree_.node(out_.leaves[leaf].node);
  if (n.kind == xml::Kind::text) return "Text";
  const View local = tree_.local(n.name);
  if (n.kind == xml::Kind::attribute)
    return words_of_name(tree_.local(tree_.node(n.parent).name)) + " " + std::string(local);
  constexpr View kVague[] = {"ID",   "Name",        "Value", "Note",
                             "Code", "Description", "Line",  "Content"};
  if (std::ranges::find(kVague, local) == std::end(kVague) || n.parent == 0)
    return words_of_name(local);
  const std::string outer = words_of_name(tree_.local(tree_.node(n.parent).name));
  std::string inner = words_of_name(local);
  std::string small = inner;
  if (!small.empty()) small[0] = static_cast<char>(small[0] | 0x20);
  if (inner != "ID" && outer.ends_with(" " + small)) return outer;
  if (inner != "ID" && !inner.empty()) inner[0] = static_cast<char>(inner[0] - 'A' + 'a');
  return outer + " " + inner;
}

// Attributes come with their element, but for those that have a term and a label of their own.
void Renderer::mark_shown(Index leaf) {
  shown_[leaf] = true;
  const xml::NodeId node = out_.leaves[leaf].node;
  for (Index i = leaf + 1; i < out_.leaves.size(); ++i) {
    const xml::Node& n = tree_.node(out_.leaves[i].node);
    if (n.kind != xml::Kind::attribute || n.parent != node) break;
    if (out_.leaves[i].term == nullptr || tree_.local(n.name) == "unitCode") shown_[i] = true;
  }
}

std::string_view Renderer::label_of(View id) const {
  const Term* const term = find_term(id);
  return term == nullptr ? id : label(*term, options_.language);
}

bool Renderer::is_term(Index leaf, View id) const {
  return out_.leaves[leaf].term != nullptr && out_.leaves[leaf].term->id == id;
}

Renderer::Indices Renderer::taken(Indices& leaves, std::initializer_list<View> terms) const {
  Indices out;
  for (const View term : terms)
    for (const Index leaf : leaves)
      if (is_term(leaf, term)) out.push_back(leaf);
  Indices sorted = out;
  std::ranges::sort(sorted);
  std::erase_if(leaves, [&](Index leaf) { return std::ranges::binary_search(sorted, leaf); });
  return out;
}

void Renderer::more_characters(std::size_t bytes) {
  if (bytes == 0) return;
  body_.raw(" <span class=\"muted\">… ").number(bytes).raw(" ").raw(say(Say::more_characters));
  body_.raw("</span>");
}

// A number is read from left to right in every language.
void Renderer::numeral(const std::string& raw, const std::string& title) {
  const auto number = format_number(raw, options_.language, edifact());
  if (!number) {
    body_.raw("<bdi dir=\"auto\">");
    more_characters(body_.text(raw));
    body_.raw("</bdi>");
    return;
  }
  body_.raw("<bdi dir=\"ltr\" class=\"n\"").attribute("title", title).raw(">").text(*number);
  body_.raw("</bdi>");
}

void Renderer::percentage(const std::string& raw) {
  const auto number = format_number(raw, options_.language, edifact());
  if (!number) return numeral(raw, raw);
  const Language in = options_.language;
  const bool apart = in == Language::fr || in == Language::es || in == Language::ru;
  body_.raw("<bdi dir=\"ltr\" class=\"n\"").attribute("title", raw).raw(">").text(*number);
  body_.raw(apart ? "&#160;%</bdi>" : "%</bdi>");
}

void Renderer::amount(Index leaf, const std::string& raw) {
  const std::string currency = currency_of(leaf);
  numeral(raw, currency.empty() ? raw : raw + " " + currency);
  if (currency.empty() || currency == currency_) return;
  body_.raw(" <bdi class=\"code\">").text(currency, 40);
  body_.raw("</bdi>");
}

void Renderer::quantity(Index leaf, const std::string& raw) {
  std::string unit = attribute_value(leaf, "unitCode");
  if (edifact()) {
    const xml::NodeId node = component_node(leaf, is_term(leaf, "BT-149") ? "c6" : "c3");
    if (node != xml::kNone) {
      unit = tree_.string_value(node);
      shown_[leaf_in(node)] = true;
    }
  }
  numeral(raw, unit.empty() ? raw : raw + " " + unit);
  if (unit.empty()) return;
  const View word = code_word(CodeList::units, unit, options_.language);
  if (!word.empty()) body_.raw(" <span class=\"unit\">").raw(word).raw("</span>");
  body_.raw(" <bdi class=\"code\">").text(unit, 40);
  body_.raw("</bdi>");
}

void Renderer::code(Index leaf, const std::string& raw) {
  View word;
  for (const CodeTerm& known : kCodeTerms)
    if (is_term(leaf, known.term)) word = code_word(known.list, raw, options_.language);
  if (!word.empty()) body_.raw("<span>").raw(word).raw("</span> ");
  body_.raw(word.empty() ? "<bdi>" : "<bdi class=\"code\">");
  more_characters(body_.text(raw));
  body_.raw("</bdi>");
}

void Renderer::binary(Index leaf, const std::string& raw) {
  std::size_t letters = 0;
  for (const char c : raw) letters += c != ' ' && c != '\n' && c != '\r' && c != '\t' && c != '=';
  const std::string name = attribute_value(leaf, "filename");
  const std::string mime = attribute_value(leaf, "mimeCode");
  if (!name.empty()) {
    body_.raw("<bdi class=\"file\">").text(name, 400);
    body_.raw("</bdi> ");
  }
  body_.raw("<span class=\"muted\">");
  if (!mime.empty()) {
    body_.raw("<bdi>").text(mime, 100);
    body_.raw("</bdi> · ");
  }
  body_.raw("<bdi>").text(*format_number(std::to_string(letters * 3 / 4), options_.language));
  body_.raw("</bdi> ").raw(say(Say::bytes)).raw(" · ").raw(say(Say::not_opened)).raw("</span>");
}

bool Renderer::dated(Index leaf, const std::string& raw) {
  const std::string form = edifact() ? component(leaf, "c3") : attribute_value(leaf, "format");
  const auto day = format_date(raw, form, options_.language);
  if (!day) return false;
  body_.raw("<bdi").attribute("title", form.empty() ? raw : raw + " · " + form).raw(">").text(*day);
  body_.raw("</bdi>");
  return true;
}

// Attributes that say more about a value: "schemeID 0088".
void Renderer::chips(Index leaf) {
  const xml::NodeId node = out_.leaves[leaf].node;
  const bool known = out_.leaves[leaf].term != nullptr;
  for (Index i = leaf + 1; i < out_.leaves.size(); ++i) {
    const Leaf& attribute = out_.leaves[i];
    const xml::Node& n = tree_.node(attribute.node);
    if (n.kind != xml::Kind::attribute || n.parent != node) break;
    const View name = tree_.local(n.name);
    if (attribute.term != nullptr || (known && is_shown_with_value(name))) continue;
    body_.raw(" <span class=\"chip\" dir=\"ltr\">").text(name, 100);
    body_.raw(" <bdi>");
    more_characters(body_.text(tree_.value(n)));
    body_.raw("</bdi></span>");
  }
}

void Renderer::plain(Index leaf, std::string_view element) {
  body_.raw("<").raw(element).raw(" dir=\"auto\" class=\"v\">");
  more_characters(body_.text(raw_value(leaf)));
  body_.raw("</").raw(element).raw(">");
}

void Renderer::value(Index leaf) {
  mark_shown(leaf);
  const std::string raw = raw_value(leaf);
  const Term* const term = out_.leaves[leaf].term;
  const TermType type = term == nullptr ? TermType::text : term->type;
  const std::string_view wrong = flag_class(leaf);
  if (!wrong.empty()) body_.raw("<span class=\"mark ").raw(wrong).raw("\">");
  if (raw.empty() && type != TermType::binary) {
    body_.raw("<span class=\"muted\">(").raw(say(Say::empty)).raw(")</span>");
  } else if (type == TermType::amount || type == TermType::unit_price) {
    amount(leaf, raw);
  } else if (type == TermType::quantity) {
    quantity(leaf, raw);
  } else if (type == TermType::percentage) {
    percentage(raw);
  } else if (type == TermType::code) {
    code(leaf, raw);
  } else if (type == TermType::binary) {
    binary(leaf, raw);
  } else if (type == TermType::indicator && (raw == "true" || raw == "false")) {
    body_.raw("<span").attribute("title", raw).raw(">");
    body_.raw(say(raw == "true" ? Say::yes : Say::no)).raw("</span>");
  } else if (type != TermType::date || !dated(leaf, raw)) {
    plain(leaf, "bdi");
  }
  chips(leaf);
  if (!wrong.empty()) body_.raw("</span>");
  flag(leaf);
}

void Renderer::values(const Indices& leaves, std::string_view between) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (full()) {
      mark_shown(leaves[i]);
      continue;
    }
    if (i > 0) body_.raw(between);
    value(leaves[i]);
  }
}

void Renderer::field_label(Index leaf, Label how) {
  const Term* const term = out_.leaves[leaf].term;
  if (term == nullptr) {
    body_.raw("<dt lang=\"en\" class=\"named\"><bdi>").text(name_of(leaf), 400);
    body_.raw("</bdi></dt>");
    return;
  }
  View id = term->id;
  for (const auto& [full, brief] : kBrief)
    if (how == Label::brief && id == full) id = brief;
  body_.raw("<dt").attribute("title", term->id).raw(">").raw(label_of(id)).raw("</dt>");
}

void Renderer::field(Index leaf, Label how) {
  if (full()) return mark_shown(leaf);
  const bool wide = tree_.node(out_.leaves[leaf].node).value_bytes > kWideBytes;
  body_.raw(wide ? "<div class=\"field wide\">" : "<div class=\"field\">");
  field_label(leaf, how);
  body_.raw("<dd>");
  value(leaf);
  findings_at_leaf(leaf);
  body_.raw("</dd></div>\n");
}

}  // namespace corridor::documents
