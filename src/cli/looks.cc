// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cli/doctor.h"
#include "cli/terminal.h"

namespace corridor::cli {

namespace {

std::string_view turn_name(Turn turn) {
  switch (turn) {
    case Turn::ours: return "ours";
    case Turn::theirs: return "theirs";
    case Turn::nobody: break;
  }
  return {};
}

json::Value look_json(const Look& look) {
  auto item = json::Value::object(
      {{"check", look.name}, {"ok", look.ok}, {"text", look.text}, {"todo", look.todo}});
  if (look.turn != Turn::nobody) item.set("turn", turn_name(look.turn));
  return item;
}

std::string look_text(const Look& look) {
  if (look.todo.empty()) return look.text;
  const std::string_view who = look.turn == Turn::theirs ? "their turn" : "do";
  return look.text + "; " + std::string(who) + ": " + look.todo;
}

}  // namespace

Look good(std::string name, std::string text) {
  return {std::move(name), true, std::move(text), {}, Turn::nobody};
}

Look bad(std::string name, const Error& error, Turn turn) {
  return {std::move(name), false, printable(error.why),
          error.todo.empty() ? "see the node's own messages" : printable(error.todo), turn};
}

int say_looks(const Invocation& asked, const std::vector<Look>& looks) {
  const bool well = std::ranges::all_of(looks, &Look::ok);
  if (asked.has("--json")) {
    auto list = json::Value::array();
    for (const auto& look : looks) list.push(look_json(look));
    say_json(json::Value::object({{"well", well}, {"checks", std::move(list)}}));
    return well ? 0 : 1;
  }
  Columns columns;
  for (const auto& look : looks)
    columns.add({look.ok ? toned(Tone::good, "ok") : toned(Tone::bad, "problem"), look.name,
                 look_text(look)});
  say(columns.text());
  return well ? 0 : 1;
}

}  // namespace corridor::cli
