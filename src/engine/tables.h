// SPDX-License-Identifier: Apache-2.0
//
// Where rows lie in the store: the one table of all tables, and how a key is spelled on disk (the
// participant number in front, so that one store can serve several).
#pragma once

#include <span>

#include "model/step.h"
#include "store/store.h"

namespace corridor::engine {

struct TableFacts {
  Table table;
  std::string_view name;
  std::string_view key;  // what its key is made of
};
std::span<const TableFacts> tables();

inline store::TableId table_id(Table table) { return static_cast<store::TableId>(table); }
Bytes row_key(ParticipantNumber participant, View key);
constexpr std::size_t kParticipantBytes = 2;

// Reads rows of one participant from a view of the store, keys without the participant number.
class Rows {
 public:
  Rows(const store::View& view, ParticipantNumber participant)
      : view_(view), participant_(participant) {}
  Result<std::optional<Bytes>> get(Table table, View key) const;
  Result<std::vector<KnownRow>> scan(const Scan& scan) const;
  // Backwards: `scan.after` is what the rows come before.
  Result<std::vector<KnownRow>> scan_back(const Scan& scan) const;

 private:
  const store::View& view_;
  ParticipantNumber participant_;
};

// Row 0 of every store: its version, moved forward by engine/migrations.cc.
Result<> bring_forward(store::Store& store, const store::BeforeFirst& back_up);

}  // namespace corridor::engine
