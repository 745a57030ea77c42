// SPDX-License-Identifier: Apache-2.0
//
// The history of what rows look like, oldest first. A step once released is never changed.
#include "engine/tables.h"

namespace corridor::engine {

namespace {

constexpr View kVersionKey{"\x00\x00version", 9};  // participant 0, which every store has

// Version 1: the first one. A fresh node accepts, from partners, the kinds they were invited for.
Result<std::vector<store::Write>> first(const store::View&) {
  return std::vector<store::Write>{
      {table_id(Table::instruction), row_key(0, "0-partners"),
       R"({"v":1,"id":"0-partners","peer":"partner","kind":"agreed","on":"OFFERED","do":"accept"})"}};
}

// table
const std::vector<store::Migration>& migrations() {
  static const std::vector<store::Migration> kMigrations{
      {"the first version: partners' agreed kinds are accepted", first}};
  return kMigrations;
}

}  // namespace

Result<> bring_forward(store::Store& store, const store::BeforeFirst& back_up) {
  return store::migrate(store, table_id(Table::meta), kVersionKey, migrations(), back_up);
}

}  // namespace corridor::engine
