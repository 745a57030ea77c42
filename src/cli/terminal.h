// SPDX-License-Identifier: Apache-2.0
//
// What a person sees. Results go to standard output, everything else to standard error; colours and
// progress only where it is a terminal. Names, reasons and addresses are words of others: whatever
// is shown of them passes `printable` first, so that no peer commands a terminal.
#pragma once

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace corridor::cli {

void say(std::string_view text);          // standard output
void say_json(const json::Value& value);  // one line of it
void complain(std::string_view text);     // standard error
// `unavailable` when standard output could not be written.
Result<> flush_output();
bool person_is_here();  // standard input and output are a terminal

// Control characters replaced; line ends too.
std::string printable(std::string_view text);
// A member's text, printable; empty when absent or no text.
std::string text_of(const json::Value& object, std::string_view key);
// The names in an array of text, joined by ", "; printable.
std::string names_of(const json::Value& object, std::string_view key);

enum class Tone { good, bad, strong, quiet };
std::string toned(Tone tone, std::string_view text);

std::string milliseconds_text(std::int64_t ms);  // "7 ms", "2.4 s", "3 min", "5 h", "2 d"

// Rows of cells, aligned with two spaces between; the last column is never padded.
class Columns {
 public:
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// A line on a terminal's standard error that goes away with this object.
class Progress {
 public:
  Progress() = default;
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::string_view text);

 private:
  bool shown_ = false;
};

// Keeps SIGINT and SIGTERM for `sigwait`. Threads inherit the mask, so this comes before the first.
sigset_t block_stop_signals();

// Asks y/N on the terminal.
bool confirmed(std::string_view question);

}  // namespace corridor::cli
