// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cli/command.h"
#include "cli/terminal.h"

namespace corridor::cli {

namespace {

// The edit distance of two words (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

std::string spelled(const Option& option) {
  std::string text(option.name);
  if (option.name == "--out") text.insert(0, "-o, ");
  if (!option.value.empty()) text.append(" ").append(option.value);
  if (option.repeats) text.append(" ...");
  return text;
}

// Commands of one noun that follow each other.
std::vector<const Command*> family_of(const Command& command) {
  const auto noun = command.name.substr(0, command.name.find(' '));
  std::vector<const Command*> family;
  for (const auto& other : commands())
    if (other.name.substr(0, other.name.find(' ')) == noun) family.push_back(&other);
  return family;
}

// As it is typed: what a bare noun means needs no verb.
std::string usage_of(const Command& command) {
  std::string usage(command.name);
  const std::size_t space = command.name.find(' ');
  if (space != std::string_view::npos && family_of(command).front() == &command)
    usage = command.name.substr(0, space);
  if (!command.operands.empty()) usage.append(" ").append(command.operands);
  return usage;
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 2;  // further away, something else was meant
  for (const auto& name : names) {
    const std::size_t steps = distance(word, name);
    if (steps >= best_distance) continue;
    best = name;
    best_distance = steps;
  }
  return best;
}

std::string program_help() {
  std::string out = "corridor " CORRIDOR_VERSION
                    ": trade documents from node to node, under terms, with receipts.\n\n"
                    "usage: corridor COMMAND [options]\n\n";
  Columns columns;
  for (const auto& command : commands())
    columns.add({"  " + usage_of(command), std::string(command.help)});
  out += columns.text();
  out +=
      "\nAn empty machine: corridor serve, or: corridor demo\n"
      "One command:      corridor COMMAND --help\n";
  return out;
}

std::string command_help(const Command& command) {
  std::string out(command.help);
  out += "\n\nusage: corridor " + usage_of(command);
  out += " [options]\n\n";
  Columns options;
  for (const auto& some : {command.options, common_options()})
    for (const auto& option : some) options.add({"  " + spelled(option), std::string(option.help)});
  out += options.text();
  if (const auto family = family_of(command); family.size() > 1) {
    out += "\nalso:\n";
    Columns columns;
    for (const auto* const other : family)
      columns.add({"  corridor " + usage_of(*other), std::string(other->help)});
    out += columns.text();
  }
  out += "\nexample: corridor " + std::string(command.example) + "\n";
  return out;
}

}  // namespace corridor::cli
