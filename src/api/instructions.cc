// SPDX-License-Identifier: Apache-2.0
//
// Standing instructions for people and programs of this node.
#include "api/call.h"

namespace corridor::api {

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
