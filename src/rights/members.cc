// SPDX-License-Identifier: Apache-2.0
#include "rights/members.h"

#include "rights/vocabulary.h"

#include <algorithm>

namespace corridor::rights {

const std::string* iri_text(const json::Value& value) {
  const json::Value* const name = value.is_text()               ? &value
                                  : value.members().size() == 1 ? value.find("@id")
                                                                : nullptr;
  return name != nullptr && name->is_text() && !name->text().empty() ? &name->text() : nullptr;
}

std::string below(std::string_view pointer, std::string_view key) {
  std::string out(pointer);
  out.push_back('/');
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string below(std::string_view pointer, std::size_t index) {
  return std::string(pointer).append("/").append(std::to_string(index));
}

Result<Members> Members::of(const json::Value& node, std::string_view pointer) {
  const std::string where = pointer.empty() ? "the policy" : std::string(pointer);
  if (!node.is_object())
    return fail(Code::invalid, where + " is not a JSON object", "write it as {...}");
  Members out;
  out.entries_.reserve(node.members().size());
  for (const auto& [key, value] : node.members()) {
    Entry entry{.name = canonical_term(key), .pointer = below(pointer, key), .value = &value};
    if (out.find(entry.name) != nullptr)
      return fail(Code::invalid, where + " has " + entry.name + " twice, in two spellings",
                  "write each term once");
    out.entries_.push_back(std::move(entry));
  }
  return out;
}

const Members::Entry* Members::find(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  return found == entries_.end() ? nullptr : &*found;
}

const Members::Entry* Members::take(std::string_view name) {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  if (found == entries_.end()) return nullptr;
  found->taken = true;
  return &*found;
}

const Members::Entry* Members::take_iri(std::string_view name) {
  const Entry* const entry = find(name);
  if (entry == nullptr || iri_text(*entry->value) == nullptr) return nullptr;
  return take(name);
}

}  // namespace corridor::rights
