// SPDX-License-Identifier: Apache-2.0
#include "documents/terms/terms.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/base.h"
#include "documents/terms/places.h"
#include "documents/terms/term_table.h"

namespace corridor::documents {

namespace {

constexpr std::array<std::string_view, kLanguages> kCodes = {"en", "fr", "es", "ru", "zh", "ar"};

std::span<const Label> labels(Language language) {
  switch (language) {
    case Language::en: return labels_en();
    case Language::fr: return labels_fr();
    case Language::es: return labels_es();
    case Language::ru: return labels_ru();
    case Language::zh: return labels_zh();
    case Language::ar: return labels_ar();
  }
  return labels_en();
}

// The elements from the document element down to a node.
std::vector<xml::NodeId> chain(const xml::Tree& tree, xml::NodeId node) {
  std::vector<xml::NodeId> out;
  for (xml::NodeId id = node; id != 0 && id != xml::kNone; id = tree.node(id).parent)
    if (tree.node(id).kind == xml::Kind::element) out.push_back(id);
  std::ranges::reverse(out);
  return out;
}

}  // namespace

std::optional<Language> language_from_code(std::string_view code) {
  std::string low;
  for (const char c : code.substr(0, code.find_first_of("-_")))
    low.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  const auto at = std::ranges::find(kCodes, low);
  if (at == kCodes.end()) return std::nullopt;
  return static_cast<Language>(at - kCodes.begin());
}

std::string_view language_code(Language language) {
  return kCodes.at(static_cast<std::size_t>(language));
}

bool is_right_to_left(Language language) { return language == Language::ar; }

const Term* find_term(std::string_view id) {
  static const auto kById = [] {
    std::map<std::string_view, const Term*> out;
    for (const Term& term : terms()) out.emplace(term.id, &term);
    return out;
  }();
  const auto at = kById.find(id);
  return at == kById.end() ? nullptr : at->second;
}

std::string_view label(const Term& term, Language language) {
  const auto index = static_cast<std::size_t>(&term - terms().data());
  const auto all = labels(language);
  CHECK(index < all.size() && all[index].id == term.id, term.id);
  return all[index].text;
}

std::string term_at(const xml::Tree& tree, xml::NodeId node, const DocumentKind& kind) {
  const Shape shape = shape_of(tree, kind);
  const Matcher& matcher = Matcher::of(shape);
  const std::string accounting = accounting_currency(tree, shape);
  const std::vector<xml::NodeId> nodes = chain(tree, node);
  std::size_t at = 1;  // the document element is where the paths start
  if (is_edifact(shape))
    while (at < nodes.size() && tree.local(tree.node(nodes[at - 1]).name) != "message") ++at;
  Matcher::State state = matcher.start();
  const Term* group = nullptr;
  const Term* leaf = nullptr;
  const auto step = [&](xml::NodeId around, View name) {
    Matcher::State next = matcher.advance(state, tree, around, name, accounting);
    if (next.empty() && name.ends_with("-group") && !matcher.names(state, name)) return;
    state = std::move(next);
    const Matcher::Found found = matcher.found(state);
    if (found.group != nullptr) group = found.group;
    leaf = found.leaf;
  };
  if (is_edifact(shape) && at < nodes.size() && !has_real_groups(tree, nodes[at - 1])) {
    VirtualGroups virtual_groups;
    for (xml::NodeId id = tree.first_child(nodes[at - 1]); id <= nodes[at];
         id = tree.next_sibling(id))
      virtual_groups.see(tree.local(tree.node(id).name), id);
    for (const auto& open : virtual_groups.open()) step(open.segment, open.name);
  }
  for (; at < nodes.size(); ++at) step(nodes[at], tree.local(tree.node(nodes[at]).name));
  if (node < tree.size() && tree.node(node).kind == xml::Kind::attribute) {
    const std::string name = "@" + std::string(tree.local(tree.node(node).name));
    const auto own = matcher.found(matcher.advance(state, tree, node, name, accounting));
    if (own.leaf != nullptr) leaf = own.leaf;
  }
  if (leaf != nullptr) return std::string(leaf->id);
  return group != nullptr ? std::string(group->id) : std::string();
}

std::string term_of_path(std::string_view path, const DocumentKind& kind) {
  const Shape shape = shape_of(kind);
  std::vector<View> steps;
  while (path.starts_with('/') && steps.size() < 64) {
    path.remove_prefix(1);
    View step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    step = step.substr(0, step.find('['));
    const bool attribute = step.starts_with('@');
    const std::size_t colon = step.find(':');
    if (colon != View::npos && !attribute) step.remove_prefix(colon + 1);
    if (step != "text()") steps.push_back(step);
  }
  const View start = is_edifact(shape) ? View("message") : View();
  const auto first = start.empty() ? steps.begin() : std::ranges::find(steps, start);
  if (first == steps.end()) return {};
  return std::string(Matcher::of(shape).term_of_steps({first + 1, steps.end()}));
}

}  // namespace corridor::documents
