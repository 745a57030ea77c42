// SPDX-License-Identifier: Apache-2.0
//
// The command line: one table of commands (commands.cc) that makes the help, the checks of what was
// typed, and the suggestions; one file a family of commands behind it. A command reads what it
// needs, speaks to the running node of its data folder (node_client.h) or works by itself, prints,
// and returns its exit status: 0 done, 1 an outcome that is a no (findings, a refusal, a receipt
// that does not hold). Whatever else goes wrong is an Error and ends as three lines on stderr,
//
//   corridor send: invoice.xml was not sent
//     why: no partner is called Northlnd
//     do: see them with: corridor peer list, or name a DID
//
// with the exit status of its code (base/base.h). Standard output carries results only; colours and
// progress appear on a terminal only.
//
//   return cli::run_program({argv + 1, argv + argc});
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"

namespace corridor::cli {

struct Option {
  std::string_view name;   // "--to"
  std::string_view value;  // "DID|NAME"; empty: a flag
  std::string_view help;
  bool repeats{};  // may be given more than once
};

class Invocation;

struct Command {
  std::string_view name;      // "send", "inbox show"
  std::string_view operands;  // "FILE..."; empty: none
  std::size_t operands_min;
  std::size_t operands_max;
  std::string_view help;     // one line
  std::string_view example;  // without "corridor"
  std::string_view
      failure;  // what did not come about when it fails, a sentence without a full stop
  std::span<const Option> options;
  Result<int> (*run)(Invocation& asked);
};

// In the order of the help. The first command of a noun is what the bare noun means.
std::span<const Command> commands();
// What every command takes besides its own options.
std::span<const Option> common_options();

// One command as it was typed, checked against its row of the table.
class Invocation {
 public:
  explicit Invocation(const Command& command) : command_(&command), failure_(command.failure) {}

  [[nodiscard]] const Command& command() const { return *command_; }
  [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
  [[nodiscard]] bool has(std::string_view option) const;
  // The value, or the fallback. The option must be in the command's row.
  [[nodiscard]] std::string get(std::string_view option, std::string_view fallback = {}) const;
  // All values, of one that repeats.
  [[nodiscard]] std::vector<std::string> all(std::string_view option) const;
  [[nodiscard]] Result<Duration> duration(std::string_view option, Duration fallback) const;
  // --data, else the environment's, else the user's folder.
  [[nodiscard]] Result<std::string> data() const;
  // "corridor <rest> --data DIR" when --data was given, so that a hint can be typed as it stands.
  [[nodiscard]] std::string hint(std::string_view rest) const;

  // From here on, failing means this.
  void attempt(std::string what) { failure_ = std::move(what); }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  friend Result<Invocation> read_arguments(const Command&, std::span<const std::string>);
  const Command* command_;
  std::string failure_;
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> operands_;
};

// Which command the words name, and how many of the words that takes.
struct Named {
  const Command* command;
  std::size_t words;
};
Result<Named> find_command(std::span<const std::string> words);
Result<Invocation> read_arguments(const Command& command, std::span<const std::string> words);

std::string program_help();
std::string command_help(const Command& command);
// The nearest of the names when it is near enough to be meant, else empty.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);
// The three lines of an error; `command` is empty for the program itself.
std::string error_text(std::string_view command, std::string_view failure, const Error& error);

int run_program(std::span<const std::string> words);

}  // namespace corridor::cli
