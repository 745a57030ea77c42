// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace corridor::cli {

namespace {

bool colours() {
  static const bool wanted = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

// Characters shown: escape sequences and continuation bytes take no room.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  bool escape = false;
  for (const char c : text) {
    if (c == '\x1b') escape = true;
    if (!escape && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++width;
    if (escape && c == 'm') escape = false;
  }
  return width;
}

}  // namespace

void say(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void say_json(const json::Value& value) { say(json::write(value) + "\n"); }

void complain(std::string_view text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

Result<> flush_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  return fail(Code::unavailable, "standard output cannot be written", "make room where it goes");
}

bool person_is_here() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1; }

std::string printable(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto c = static_cast<unsigned char>(out[i]);
    const bool c1 = c >= 0x80 && c <= 0x9f && i > 0 && out[i - 1] == '\xc2';
    if (c1) out[i] = '\xbf';  // U+00BF in place of U+0080...U+009F
    if (c < 0x20 || c == 0x7f) out[i] = ' ';
  }
  return out;
}

std::string text_of(const json::Value& object, std::string_view key) {
  return printable(object.text_or(key));
}

std::string names_of(const json::Value& object, std::string_view key) {
  std::string out;
  const json::Value* const list = object.find(key);
  if (list == nullptr) return out;
  for (const auto& item : list->items()) {
    if (!item.is_text()) continue;
    if (!out.empty()) out += ", ";
    out += printable(item.text());
  }
  return out;
}

std::string toned(Tone tone, std::string_view text) {
  if (!colours() || text.empty()) return std::string(text);
  constexpr std::array<std::string_view, 4> kCodes{"\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[2m"};
  std::string out(kCodes[static_cast<std::size_t>(tone)]);
  return out.append(text).append("\x1b[0m");
}

std::string milliseconds_text(std::int64_t ms) {
  if (ms < 10'000) return std::to_string(ms) + " ms";
  if (ms < 120'000) {
    const std::int64_t tenths = ms / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  }
  const std::int64_t minutes = ms / 60'000;
  if (minutes < 120) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h";
  return std::to_string(minutes / (24 * 60)) + " d";
}

std::string Columns::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  }
  return out;
}

Progress::~Progress() {
  if (shown_) complain("\r\x1b[K");
}

void Progress::show(std::string_view text) {
  if (::isatty(STDERR_FILENO) != 1) return;
  complain("\r\x1b[K" + printable(text));
  shown_ = true;
}

sigset_t block_stop_signals() {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  return stops;
}

bool confirmed(std::string_view question) {
  say(question);
  say(" [y/N] ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace corridor::cli
