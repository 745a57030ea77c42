// SPDX-License-Identifier: Apache-2.0
//
// Standing instructions for people and programs of this node.
#include "api/call.h"

namespace corridor::api {

namespace {

struct FieldNames {
  std::vector<std::string_view> names;
  template <class T>
  void operator()(const char* name, const T&) {
    names.emplace_back(name);
  }
};

// A condition that is misspelt must not become none at all.
Result<> check_members(const json::Value& item) {
  FieldNames known;
  const exchange::InstructionRecord record;
  fields(known, record);
  for (const auto& [name, value] : item.members())
    if (std::ranges::find(known.names, name) == known.names.end())
      return fail(Code::invalid, "an instruction has no member \"" + name + "\"",
                  "see its members with: corridor instruction add --help");
  return {};
}

}  // namespace

void manage_instructions(Call call) {
  list_table<exchange::InstructionRecord>(
      std::move(call), Table::instruction,
      [](const exchange::InstructionRecord& record) { return record_json(record); });
}

// One instruction, or {"items": [...]}: all of them or none.
void manage_instruction_put(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  exchange::PutInstructions command;
  const json::Value* const items = body->find("items");
  const auto add = [&](const json::Value& item) -> Result<> {
    TRY(check_members(item));
    TRY_ASSIGN(auto record, record_of<exchange::InstructionRecord>(item));
    command.instructions.push_back(std::move(record));
    return {};
  };
  if (items == nullptr) {
    if (auto good = add(*body); !good) return call.fail(good.error());
  } else {
    for (const auto& item : items->items())
      if (auto good = add(item); !good) return call.fail(good.error());
  }
  if (command.instructions.empty() || command.instructions.size() > limits::kScanRowsMax)
    return call.fail({Code::invalid, "there are no instructions, or more than 256 at once", {}});
  submit(std::move(call), std::move(command));
}

void manage_instruction_remove(Call call) {
  exchange::RemoveInstruction command{call.params["id"]};
  submit(std::move(call), std::move(command));
}

}  // namespace corridor::api
