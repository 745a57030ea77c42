// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <set>

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::cli {

namespace {

std::vector<std::string> words(std::initializer_list<const char*> list) {
  return {list.begin(), list.end()};
}

const Command& named(std::initializer_list<const char*> list) {
  const auto found = find_command(words(list));
  REQUIRE(found.has_value());
  return *found->command;
}

Result<Invocation> read(std::initializer_list<const char*> command,
                        std::initializer_list<const char*> arguments) {
  return read_arguments(named(command), words(arguments));
}

}  // namespace

TEST_CASE("every command of the table says what it is, shows an example, and names its failure") {
  std::set<std::string_view> names;
  for (const auto& command : commands()) {
    CAPTURE(command.name);
    CHECK(names.insert(command.name).second);
    CHECK_FALSE(command.help.empty());
    CHECK_FALSE(command.failure.empty());
    CHECK((command.run != nullptr));
    CHECK(command.operands.empty() == (command.operands_max == 0));
    CHECK(command.operands_min <= command.operands_max);
  }
}

TEST_CASE("every example of the table is a command line that is understood") {
  for (const auto& command : commands()) {
    CAPTURE(command.name);
    std::vector<std::string> example;
    std::string word;
    bool quoted = false;
    for (const char c : std::string(command.example) + " ") {
      if (c == '"') quoted = !quoted;
      if (c == ' ' && !quoted) {
        if (!word.empty()) example.push_back(std::move(word));
        word.clear();
      } else if (c != '"') {
        word += c;
      }
    }
    const auto found = find_command(example);
    REQUIRE(found.has_value());
    CHECK(found->command == &command);
    const auto asked = read_arguments(command, std::span(example).subspan(found->words));
    CHECK_MESSAGE(asked.has_value(), (asked ? "" : asked.error().why));
  }
}

TEST_CASE("every option has a help line, and none is there twice or shadows a common one") {
  for (const auto& command : commands()) {
    std::set<std::string_view> names;
    for (const auto& options : {command.options, common_options()})
      for (const auto& option : options) {
        CAPTURE(command.name);
        CAPTURE(option.name);
        CHECK(option.name.starts_with("--"));
        CHECK_FALSE(option.help.empty());
        CHECK(names.insert(option.name).second);
      }
  }
}

TEST_CASE("a bare noun means its first command, and a verb after it another") {
  CHECK(named({"inbox"}).name == "inbox list");
  CHECK(named({"inbox", "--json"}).name == "inbox list");
  CHECK(named({"inbox", "save", "X"}).name == "inbox save");
  CHECK(named({"config"}).name == "config print");
  CHECK(find_command(words({"inbox", "save"}))->words == 2);
  CHECK(find_command(words({"send", "list"}))->words == 1);
}

TEST_CASE("an unknown command or verb is refused with the nearest that there is") {
  const auto send = find_command(words({"sned"}));
  REQUIRE_FALSE(send.has_value());
  CHECK(send.error().code == Code::invalid);
  CHECK(send.error().todo.starts_with("did you mean send? "));
  const auto verb = find_command(words({"inbox", "shwo"}));
  REQUIRE_FALSE(verb.has_value());
  CHECK(verb.error().todo.starts_with("did you mean show? "));
  const auto strange = find_command(words({"photosynthesis"}));
  REQUIRE_FALSE(strange.has_value());
  CHECK(strange.error().todo == "see: corridor --help");
}

TEST_CASE("an unknown option is refused with the nearest that there is") {
  const auto asked = read({"send"}, {"a.xml", "--too", "echo"});
  REQUIRE_FALSE(asked.has_value());
  CHECK(asked.error().code == Code::invalid);
  CHECK(asked.error().why == "there is no option --too");
  CHECK(asked.error().todo == "did you mean --to? see: corridor send --help");
}

TEST_CASE("values come after a space or an equals sign, and -- ends the options") {
  const auto asked = read({"send"}, {"a.xml", "--to", "echo", "--wait=logged", "--", "--b.xml"});
  REQUIRE(asked.has_value());
  CHECK(asked->get("--to") == "echo");
  CHECK(asked->get("--wait") == "logged");
  CHECK(asked->get("--purpose", "none") == "none");
  CHECK_FALSE(asked->has("--json"));
  CHECK(asked->operands() == words({"a.xml", "--b.xml"}));
}

TEST_CASE("a value that is empty, or begins with a hyphen, is a value") {
  const auto asked = read({"send"}, {"-", "--purpose=", "--to", "-x"});
  REQUIRE(asked.has_value());
  CHECK(asked->has("--purpose"));
  CHECK(asked->get("--purpose", "none").empty());
  CHECK(asked->get("--to") == "-x");
  CHECK(asked->operands() == words({"-"}));
}

TEST_CASE("missing values, values of flags, and repetitions are refused") {
  CHECK(read({"send"}, {"a.xml", "--to"}).error().why == "--to needs a value");
  CHECK(read({"send"}, {"a.xml", "--json=yes"}).error().why == "--json takes no value");
  CHECK(read({"send"}, {"a.xml", "--to", "a", "--to", "b"}).error().why == "--to was given twice");
}

TEST_CASE("an option that repeats keeps all its values") {
  const auto asked = read({"dataset", "add"}, {"f.csv", "--to", "a", "--to=b", "--to", "*"});
  REQUIRE(asked.has_value());
  CHECK(asked->all("--to") == words({"a", "b", "*"}));
  CHECK(asked->get("--to") == "a");
  CHECK(read({"dataset", "add"}, {"f.csv"})->all("--to").empty());
  CHECK(command_help(named({"dataset", "add"})).contains("--to PEER|partner|* ..."));
}

TEST_CASE("a noun that is a command by itself takes what is no verb of its family") {
  CHECK(named({"fetch", "Northland", "urn:x"}).name == "fetch");
  CHECK(named({"fetch", "list"}).name == "fetch list");
  CHECK(named({"fetch"}).name == "fetch");
  CHECK(read({"fetch"}, {"Northland", "urn:x", "-o", "f"})->get("--out") == "f");
  CHECK(command_help(named({"fetch"})).contains("-o, --out FILE"));
}

TEST_CASE("too few and too many words are refused, except when help is asked for") {
  CHECK(read({"send"}, {}).error().why == "it needs FILE...");
  CHECK(read({"verify"}, {"a", "b"}).error().code == Code::invalid);
  CHECK(read({"version"}, {"a"}).error().todo ==
        "write: corridor version; see: corridor version --help");
  CHECK(read({"send"}, {"--help"}).has_value());
}

TEST_CASE("a hint can be typed as it stands, with the data folder that was named") {
  CHECK(read({"inbox"}, {})->hint("doctor") == "corridor doctor");
  CHECK(read({"inbox"}, {"--data", "/tmp/n"})->hint("doctor") == "corridor doctor --data /tmp/n");
}

TEST_CASE("lengths of time are read, and named when they cannot be") {
  const auto asked = read({"send"}, {"a", "--timeout", "5s", "--deadline", "soon"});
  REQUIRE(asked.has_value());
  CHECK(asked->duration("--timeout", {}) == seconds(5));
  const auto wrong = asked->duration("--deadline", {});
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().why == "--deadline soon is no length of time");
  CHECK(read({"send"}, {"a"})->duration("--timeout", seconds(30)) == seconds(30));
}

TEST_CASE("an error is three lines, always with something to do") {
  CHECK(error_text("send", "a.xml was not sent",
                   {Code::not_found, "no partner is called x", "see: corridor peer list"}) ==
        "corridor send: a.xml was not sent\n"
        "  why: no partner is called x\n"
        "  do: see: corridor peer list\n");
  CHECK(error_text("", "it failed", {Code::busy, "full", ""}) ==
        "corridor: it failed\n  why: full\n"
        "  do: try again in a moment; if it stays so: corridor doctor\n");
  CHECK(error_text("send", "it failed", {Code::internal, "x", ""}) ==
        "corridor send: it failed\n  why: x\n"
        "  do: see: corridor doctor, and the node's own messages\n");
}

TEST_CASE("what a peer says cannot add lines or commands to an error") {
  const std::string text = error_text("send", "f", {Code::peer, "a\nb\x1b[2Jc\x7f", "d\re"});
  CHECK(text == "corridor send: f\n  why: a b [2Jc \n  do: d e\n");
}

TEST_CASE("exit statuses come from the table of codes; usage is 2 and nothing is 1") {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const auto& facts = code_facts(static_cast<Code>(i));
    CAPTURE(facts.name);
    CHECK(facts.exit_status >= 2);
    CHECK(facts.exit_status < 64);
  }
  CHECK(code_facts(Code::invalid).exit_status == 2);
  CHECK(code_facts(Code::unavailable).exit_status == 9);
}

TEST_CASE("the help of the program names every command, that of a command every option") {
  const std::string help = program_help();
  for (const auto& command : commands()) {
    CHECK(help.contains(command.help));
    const std::string own = command_help(command);
    CAPTURE(command.name);
    CHECK(own.contains("example: corridor "));
    CHECK(own.contains("--data DIR"));
    for (const auto& option : command.options) CHECK(own.contains(option.name));
    std::string_view rest = own;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      CHECK(rest.substr(0, end).size() <= 120);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

TEST_CASE("a bare noun is shown as it is typed, other verbs with theirs") {
  const std::string help = program_help();
  CHECK(help.contains("\n  inbox  "));
  CHECK(help.contains("\n  inbox show ID  "));
  CHECK_FALSE(help.contains("inbox list"));
  CHECK(command_help(named({"inbox"})).contains("usage: corridor inbox [options]\n"));
}

TEST_CASE("the nearest name is offered only when it is near") {
  constexpr std::array<std::string_view, 3> kNames{"send", "serve", "verify"};
  CHECK(nearest("sedn", kNames) == "send");
  CHECK(nearest("serv", kNames) == "serve");
  CHECK(nearest("", kNames).empty());
  CHECK(nearest("q", kNames).empty());
  CHECK(nearest("photosynthesis", kNames).empty());
}

}  // namespace corridor::cli
