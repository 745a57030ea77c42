// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/config.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace corridor::cli {

namespace {

std::string_view noun_of(const Command& command) {
  return command.name.substr(0, command.name.find(' '));
}

std::string_view verb_of(const Command& command) {
  const std::size_t space = command.name.find(' ');
  return space == std::string_view::npos ? std::string_view() : command.name.substr(space + 1);
}

std::string meant(std::string_view word) {
  return word.empty() ? std::string() : "did you mean " + std::string(word) + "? ";
}

const Option* find_option(const Command& command, std::string_view name) {
  for (const auto& options : {command.options, common_options()})
    for (const auto& option : options)
      if (option.name == name) return &option;
  return nullptr;
}

std::string see_help(const Command& command) {
  return "see: corridor " + std::string(command.name) + " --help";
}

Error unknown_option(const Command& command, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& options : {command.options, common_options()})
    for (const auto& option : options) names.push_back(option.name);
  return {Code::invalid, "there is no option " + std::string(name),
          meant(nearest(name, names)) + see_help(command)};
}

Result<> check_operands(const Command& command, std::size_t count) {
  if (count >= command.operands_min && count <= command.operands_max) return {};
  std::string usage = "corridor " + std::string(command.name);
  if (!command.operands.empty()) usage.append(" ").append(command.operands);
  return fail(Code::invalid,
              count < command.operands_min
                  ? "it needs " + std::string(command.operands)
                  : "there is more than it takes: " + std::to_string(count) + " words",
              "write: " + usage + "; " + see_help(command));
}

}  // namespace

bool Invocation::has(std::string_view option) const {
  CHECK(find_option(*command_, option) != nullptr, option);
  return options_.contains(option);
}

std::string Invocation::get(std::string_view option, std::string_view fallback) const {
  CHECK(find_option(*command_, option) != nullptr, option);
  const auto found = options_.find(option);
  return found == options_.end() ? std::string(fallback) : found->second.front();
}

std::vector<std::string> Invocation::all(std::string_view option) const {
  CHECK(find_option(*command_, option) != nullptr, option);
  const auto found = options_.find(option);
  return found == options_.end() ? std::vector<std::string>() : found->second;
}

Result<Duration> Invocation::duration(std::string_view option, Duration fallback) const {
  if (!has(option)) return fallback;
  auto read = parse_duration(get(option));
  if (!read)
    return fail(Code::invalid, std::string(option) + " " + get(option) + " is no length of time",
                "write 250ms, 30s, 15m, 12h or 7d");
  return read;
}

Result<std::string> Invocation::data() const { return app::data_folder(get("--data")); }

std::string Invocation::hint(std::string_view rest) const {
  std::string text = "corridor " + std::string(rest);
  if (const std::string data = get("--data"); !data.empty()) text += " --data " + data;
  return text;
}

Result<Named> find_command(std::span<const std::string> words) {
  CHECK(!words.empty());
  const std::string& noun = words.front();
  const Command* first = nullptr;
  std::vector<std::string_view> verbs;
  for (const auto& command : commands()) {
    if (noun_of(command) != noun) continue;
    if (first == nullptr) first = &command;
    if (words.size() > 1 && verb_of(command) == words[1]) return Named{&command, 2};
    if (!verb_of(command).empty()) verbs.push_back(verb_of(command));
  }
  // A noun that is a command by itself takes whatever is no verb of its family.
  if (first != nullptr && verb_of(*first).empty()) return Named{first, 1};
  if (first == nullptr) {
    std::vector<std::string_view> nouns;
    for (const auto& command : commands()) nouns.push_back(noun_of(command));
    return fail(Code::invalid, "there is no command " + noun,
                meant(nearest(noun, nouns)) + "see: corridor --help");
  }
  if (words.size() == 1 || words[1].starts_with('-')) return Named{first, 1};
  return fail(Code::invalid, "there is no command " + noun + " " + words[1],
              meant(nearest(words[1], verbs)) + "see: corridor " + noun + " --help");
}

Result<Invocation> read_arguments(const Command& command, std::span<const std::string> words) {
  Invocation asked(command);
  bool options_ended = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (options_ended || word == "-" || !word.starts_with('-')) {
      asked.operands_.push_back(word);
      continue;
    }
    if (word == "--") {
      options_ended = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word == "-h"   ? "--help"
                             : word == "-o" ? "--out"
                                            : word.substr(0, equals);
    const Option* const option = find_option(command, name);
    if (option == nullptr) return std::unexpected(unknown_option(command, name));
    std::string value;
    if (option->value.empty()) {
      if (equals != std::string::npos)
        return fail(Code::invalid, name + " takes no value", see_help(command));
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (++i < words.size()) {
      value = words[i];
    } else {
      return fail(Code::invalid, name + " needs a value",
                  "write: " + name + " " + std::string(option->value));
    }
    auto& values = asked.options_[name];
    if (!values.empty() && !option->repeats)
      return fail(Code::invalid, name + " was given twice", "give it once");
    values.push_back(std::move(value));
  }
  if (!asked.options_.contains("--help")) TRY(check_operands(command, asked.operands_.size()));
  return asked;
}

namespace {

// What to do when whoever failed could not say.
std::string_view usual_remedy(Code code) {
  switch (code) {
    case Code::invalid: return "mend what was given, and run the command again";
    case Code::not_found: return "look for the right name or id: corridor --help names the lists";
    case Code::conflict: return "look at its state with: corridor explain ID";
    case Code::busy:
    case Code::unavailable:
    case Code::timeout: return "try again in a moment; if it stays so: corridor doctor";
    default: return "see: corridor doctor, and the node's own messages";
  }
}

}  // namespace

std::string error_text(std::string_view command, std::string_view failure, const Error& error) {
  std::string text = "corridor";
  if (!command.empty()) text.append(" ").append(command);
  text.append(": ").append(failure).append("\n  why: ").append(printable(error.why));
  text.append("\n  do: ");
  text += error.todo.empty() ? std::string(usual_remedy(error.code)) : printable(error.todo);
  return text + "\n";
}

namespace {

int report_error(std::string_view command, std::string_view failure, const Error& error) {
  complain(error_text(command, failure, error));
  return code_facts(error.code).exit_status;
}

// What the words ask for; `command` is set as soon as it is known.
Result<int> run_words(std::vector<std::string> words, std::string_view& command,
                      std::string& failure) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" ||
      (words[0] == "help" && words.size() == 1)) {
    say(program_help());
    return 0;
  }
  if (words[0] == "--version") words[0] = "version";
  if (words[0] == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  TRY_ASSIGN(const Named named, find_command(words));
  command = named.command->name;
  TRY_ASSIGN(Invocation asked,
             read_arguments(*named.command, std::span(words).subspan(named.words)));
  if (asked.has("--help")) {
    say(command_help(*named.command));
    return 0;
  }
  auto status = named.command->run(asked);
  failure = asked.failure();
  return status;
}

}  // namespace

int run_program(std::span<const std::string> words) {
  std::string_view command;
  std::string failure = "the command line was not understood";
  const auto status = run_words({words.begin(), words.end()}, command, failure);
  const auto flushed = flush_output();
  if (!status) return report_error(command, failure, status.error());
  if (!flushed) return report_error(command, "its output was lost", flushed.error());
  return *status;
}

}  // namespace corridor::cli
