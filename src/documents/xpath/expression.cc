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

Binding::Binding(const Vocabulary& vocabulary, const xml::Tree& tree) {
  const auto& names = vocabulary.names();
  ids_.assign(names.size(), kAbsent);
  wild_.assign(names.size(), 0);
  for (std::uint32_t i = 1; i < names.size(); ++i) {
    const Vocabulary::Name& name = names[i];
    if (!name.any_space && !name.any_local) {
      if (const xml::NameId id = tree.find_name(name.space, name.local); id != 0) ids_[i] = id;
      continue;
    }
    auto& set = sets_.emplace_back(tree.name_count(), false);
    for (xml::NameId id = 1; id < tree.name_count(); ++id)
      set[id] = name.any_space ? tree.local(id) == name.local : tree.space(id) == name.space;
    wild_[i] = static_cast<std::uint32_t>(sets_.size());
  }
}

}  // namespace corridor::xpath
