// SPDX-License-Identifier: Apache-2.0
//
// The history of what rows look like, oldest first. A step once released is never changed.
#include "engine/tables.h"
#include "exchange/records.h"

namespace corridor::engine {

namespace {

constexpr View kVersionKey{"\x00\x00version", 9};  // participant 0, which every store has

// Version 1: the first one. A fresh node accepts, from partners, the kinds they were invited for.
Result<std::vector<store::Write>> first(const store::View&) {
  return std::vector<store::Write>{
      {table_id(Table::instruction), row_key(0, "0-partners"),
       R"({"v":1,"id":"0-partners","peer":"partner","kind":"agreed","on":"OFFERED","do":"accept"})"}};
}

// Version 2: instructions are found by the state they wait for. Those of version 1 were all about an
// offer to us.
Result<std::vector<store::Write>> instructions_by_state(const store::View& before) {
  std::vector<store::Write> writes;
  Bytes after;
  for (;;) {
    TRY_ASSIGN(const auto rows, Rows(before, 0).scan({Table::instruction, {}, after, limits::kScanRowsMax}));
    if (rows.empty()) return writes;
    after = rows.back().key;
    for (const auto& row : rows) {
      TRY_ASSIGN(auto instruction, from_bytes<exchange::InstructionRecord>(row.value));
      instruction.role = "consumer";
      const Bytes bytes = to_bytes(instruction);
      writes.push_back({table_id(Table::instruction), row_key(0, row.key), bytes});
      writes.push_back({table_id(Table::instruction_for),
                        row_key(0, exchange::instruction_for_key(instruction)), bytes});
    }
  }
}

// table
const std::vector<store::Migration>& migrations() {
  static const std::vector<store::Migration> kMigrations{
      {"the first version: partners' agreed kinds are accepted", first},
      {"instructions are found by the state they wait for", instructions_by_state}};
  return kMigrations;
}

}  // namespace

Result<> bring_forward(store::Store& store, const store::BeforeFirst& back_up) {
  return store::migrate(store, table_id(Table::meta), kVersionKey, migrations(), back_up);
}

}  // namespace corridor::engine
