// SPDX-License-Identifier: Apache-2.0
//
// The members of one JSON object under their canonical names. Whoever reads takes what it
// understands; what is left over is what it did not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace corridor::rights {

// The text of a term, name or IRI: text, or {"@id": text}, not empty; nullptr otherwise.
const std::string* iri_text(const json::Value& value);

// JSON pointer of a member or item below `pointer` (RFC 6901).
std::string below(std::string_view pointer, std::string_view key);
std::string below(std::string_view pointer, std::size_t index);

class Members {
 public:
  struct Entry {
    std::string name;     // canonical
    std::string pointer;  // with the key as it was written
    const json::Value* value;
    bool taken = false;
  };

  // `invalid` when it is no object or has one term in two spellings. Borrows `node`.
  static Result<Members> of(const json::Value& node, std::string_view pointer);

  // The member, marked as understood; nullptr when absent.
  const Entry* take(std::string_view name);
  // The member if it is a name; else it stays and counts as not understood.
  const Entry* take_iri(std::string_view name);
  [[nodiscard]] const Entry* find(std::string_view name) const;

  [[nodiscard]] const std::vector<Entry>& all() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

// One or many, as JSON-LD writes a set: calls `use(value, pointer)` for each.
template <class Use>
Result<> each(const Members::Entry& entry, Use use) {
  if (!entry.value->is_array()) return use(*entry.value, entry.pointer);
  const auto& items = entry.value->items();
  for (std::size_t i = 0; i < items.size(); ++i) TRY(use(items[i], below(entry.pointer, i)));
  return {};
}

}  // namespace corridor::rights
