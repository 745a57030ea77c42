// SPDX-License-Identifier: Apache-2.0
//
// A document as a page that a person reads, findings in place. Needs no node.
#include <unistd.h>

#include "cli/families.h"
#include "cli/files.h"
#include "cli/packs.h"
#include "cli/terminal.h"

namespace corridor::cli {

namespace {

// On a terminal a page is of no use: it goes to a file. Into a pipe or a file it goes as it is.
std::string where_to(const Invocation& asked, const std::string& file) {
  if (asked.has("--out")) return asked.get("--out");
  if (::isatty(STDOUT_FILENO) == 0) return "-";
  return file_name(file) + ".html";
}

}  // namespace

Result<std::string> language_of(const Invocation& asked) {
  if (asked.has("--language")) {
    const std::string language = asked.get("--language");
    if (documents::is_language(language)) return language;
    return fail(Code::invalid, printable(language) + " is not a language that is spoken here",
                "choose one of en fr es ru zh ar");
  }
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* const set = std::getenv(variable);
    if (set == nullptr || *set == '\0') continue;
    std::string code(set);
    code.resize(std::min(code.size(), code.find_first_of("_.@")));
    return documents::is_language(code) ? code : std::string("en");
  }
  return std::string("en");
}

Result<int> run_view(Invocation& asked) {
  const std::string& file = asked.operands()[0];
  TRY_ASSIGN(const std::string language, language_of(asked));
  TRY_ASSIGN(const Bytes bytes, read_file(file));
  TRY_ASSIGN(const auto local, open_packs(asked));
  const auto viewed = local.packs->library()->view(
      bytes, {.now = SystemEnv().now(), .partner = asked.get("--partner")},
      {.language = language, .name = file_name(file)});
  const std::string out = where_to(asked, file);
  TRY(write_file(out, viewed.page, Existing::replace));
  if (out != "-")
    complain("wrote " + printable(out) + ": " + viewed.examined.report.kind.name() + ", " +
             std::to_string(viewed.examined.report.findings.size()) + " findings\n");
  return viewed.examined.report.refused() ? 1 : 0;
}

}  // namespace corridor::cli
