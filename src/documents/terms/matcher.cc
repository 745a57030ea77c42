// SPDX-License-Identifier: Apache-2.0
//
// The tables' paths, cut into steps once, and followed node by node: a state is the set of paths
// that the nodes so far agree with, so a walk of a tree compares names only where a path goes on.
#include <algorithm>
#include <array>

#include "base/base.h"
#include "documents/terms/places.h"

namespace corridor::documents {

namespace {

constexpr View kAccounting = "$accounting";

std::vector<View> cut(View text, char at) {
  std::vector<View> out;
  while (true) {
    const std::size_t next = text.find(at);
    out.push_back(text.substr(0, next));
    if (next == View::npos) return out;
    text.remove_prefix(next + 1);
  }
}

// The steps of a path; a slash in a condition does not end one.
std::vector<View> cut_steps(View path) {
  std::vector<View> out;
  std::size_t start = 0;
  bool inside = false;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    if (i < path.size() && path[i] == '[') inside = true;
    if (i < path.size() && path[i] == ']') inside = false;
    if (i < path.size() && (path[i] != '/' || inside)) continue;
    out.push_back(path.substr(start, i - start));
    start = i + 1;
  }
  return out;
}

View trimmed(View text) {
  constexpr View kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == View::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Calls `see` with the value of every node that the relative path leads to.
template <class See>
void values_at(const xml::Tree& tree, xml::NodeId node, std::span<const View> path,
               const See& see) {
  if (path.empty() || path.front() == ".") {
    std::string scratch;
    see(trimmed(tree.string_value(node, scratch)));
    return;
  }
  if (path.front().starts_with('@')) {
    const xml::NodeId last = node + tree.node(node).attributes;
    for (xml::NodeId id = node + 1; id <= last; ++id)
      if (tree.local(tree.node(id).name) == path.front().substr(1)) see(tree.value(tree.node(id)));
    return;
  }
  for (xml::NodeId id = tree.first_child(node); id != xml::kNone; id = tree.next_sibling(id))
    if (tree.node(id).kind == xml::Kind::element && tree.local(tree.node(id).name) == path.front())
      values_at(tree, id, path.subspan(1), see);
}

}  // namespace

Matcher::Matcher(std::span<const Place> places) {
  for (const Place& place : places) {
    Path path{.term = nullptr, .steps = {}, .conditions = 0};
    if (place.term != "-") {
      path.term = find_term(place.term);
      CHECK(path.term != nullptr, place.term);
    }
    for (const View text : cut_steps(place.path)) {
      Step step{.name = text.substr(0, text.find('[')), .condition = {}, .values = {}};
      if (step.name.size() < text.size()) {
        View condition = text.substr(step.name.size() + 1);
        condition.remove_suffix(1);
        const std::size_t equals = condition.find('=');
        step.negated = condition[equals - 1] == '!';
        step.condition = cut(condition.substr(0, equals - (step.negated ? 1 : 0)), '/');
        step.values = cut(condition.substr(equals + 2, condition.size() - equals - 3), '|');
        ++path.conditions;
      }
      path.steps.push_back(std::move(step));
    }
    paths_.push_back(std::move(path));
  }
}

const Matcher& Matcher::of(Shape shape) {
  static const std::array<Matcher, 10> kMatchers = {
      Matcher({}),
      Matcher(places_of(Shape::ubl_invoice)),
      Matcher(places_of(Shape::ubl_credit_note)),
      Matcher(places_of(Shape::ubl_order)),
      Matcher(places_of(Shape::ubl_despatch)),
      Matcher(places_of(Shape::cii)),
      Matcher(places_of(Shape::edifact_invoic)),
      Matcher(places_of(Shape::edifact_orders)),
      Matcher(places_of(Shape::edifact_desadv)),
      Matcher({}),
  };
  return kMatchers.at(static_cast<std::size_t>(shape));
}

Matcher::State Matcher::start() const {
  State out;
  for (std::size_t i = 0; i < paths_.size(); ++i) out.push_back({static_cast<std::uint16_t>(i), 0});
  return out;
}

Matcher::State Matcher::advance(const State& state, const xml::Tree& tree, xml::NodeId around,
                                View name, View accounting) const {
  State out;
  for (const Spot spot : state) {
    const Path& path = paths_[spot.path];
    if (spot.step >= path.steps.size()) continue;
    const Step& step = path.steps[spot.step];
    if (step.name != name && (step.name != "*" || name.starts_with('@'))) continue;
    if (!step.condition.empty()) {
      bool met = false;
      // A group that only the walk sees is its first segment: what asks for that is there already.
      const bool opener = tree.local(tree.node(around).name) == step.condition.front();
      const auto condition = std::span(step.condition).subspan(opener ? 1 : 0);
      values_at(tree, around, condition, [&](View value) {
        for (const View wanted : step.values)
          met = met || (wanted == kAccounting ? !accounting.empty() && value == accounting
                                              : value == wanted);
      });
      if (met == step.negated) continue;
    }
    out.push_back({spot.path, static_cast<std::uint16_t>(spot.step + 1)});
  }
  return out;
}

bool Matcher::names(const State& state, View name) const {
  return std::ranges::any_of(state, [&](Spot spot) {
    const Path& path = paths_[spot.path];
    return spot.step < path.steps.size() && path.steps[spot.step].name == name;
  });
}

Matcher::Found Matcher::found(const State& state) const {
  Found out;
  std::size_t best = 0;
  std::size_t best_group = 0;
  for (const Spot spot : state) {
    const Path& path = paths_[spot.path];
    if (spot.step != path.steps.size()) continue;
    const bool group = path.term != nullptr && path.term->type == TermType::group;
    if (group && (out.group == nullptr || path.conditions > best_group)) {
      out.group = path.term;
      best_group = path.conditions;
    }
    if (group || ((out.leaf != nullptr || out.structural) && path.conditions <= best)) continue;
    out.leaf = path.term;
    out.structural = path.term == nullptr;
    best = path.conditions;
  }
  return out;
}

std::string_view Matcher::term_of_steps(std::span<const View> steps) const {
  std::string_view leaf;
  std::string_view group;
  bool several = false;
  for (const Path& path : paths_) {
    if (path.term == nullptr || path.steps.size() > steps.size()) continue;
    bool same = true;
    for (std::size_t i = 0; same && i < path.steps.size(); ++i)
      same = path.steps[i].name == steps[i];
    if (!same) continue;
    if (path.steps.size() == steps.size() && path.term->type != TermType::group) {
      several = several || (!leaf.empty() && leaf != path.term->id);
      if (leaf.empty()) leaf = path.term->id;
    } else if (path.term->type == TermType::group && path.conditions == 0) {
      group = path.term->id;
    }
  }
  return leaf.empty() || several ? group : leaf;
}

}  // namespace corridor::documents
