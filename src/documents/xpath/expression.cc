// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/expression.h"

namespace corridor::xpath {

std::uint32_t Vocabulary::add(Name name) {
  std::string key = name.any_space ? "*" : "{" + name.space + "}";
  key += name.any_local ? "*" : ":" + name.local;
  const auto [at, fresh] = ids_.emplace(std::move(key), static_cast<std::uint32_t>(names_.size()));
  if (fresh) names_.push_back(std::move(name));
  return at->second;
}

namespace {

std::size_t hash_of(View local) { return std::hash<View>{}(local); }

}  // namespace

void Vocabulary::finish() {
  wildcards_.clear();
  std::size_t size = 64;
  while (size < names_.size() * 3) size *= 2;
  slots_.assign(size, 0);
  for (std::uint32_t i = 1; i < names_.size(); ++i) {
    if (names_[i].any_space || names_[i].any_local) {
      wildcards_.push_back(i);
      continue;
    }
    std::size_t slot = hash_of(names_[i].local) & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = i;
  }
}

std::uint32_t Vocabulary::find(View space, View local) const {
  if (slots_.empty()) return 0;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash_of(local) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Name& name = names_[slots_[slot]];
    if (name.local == local && name.space == space) return slots_[slot];
  }
  return 0;
}

Binding::Binding(const Vocabulary& vocabulary, const xml::Tree& tree) {
  const auto& names = vocabulary.names();
  ids_.assign(names.size(), kAbsent);
  wild_.assign(names.size(), 0);
  for (xml::NameId id = 1; id < tree.name_count(); ++id)
    if (const std::uint32_t name = vocabulary.find(tree.space(id), tree.local(id)); name != 0)
      ids_[name] = id;
  for (const std::uint32_t i : vocabulary.wildcards()) {
    const Vocabulary::Name& name = names[i];
    auto& set = sets_.emplace_back(tree.name_count(), false);
    for (xml::NameId id = 1; id < tree.name_count(); ++id)
      set[id] = name.any_space ? tree.local(id) == name.local : tree.space(id) == name.space;
    wild_[i] = static_cast<std::uint32_t>(sets_.size());
  }
}

}  // namespace corridor::xpath
