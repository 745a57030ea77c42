// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <cstdlib>
#include <filesystem>

#include "cli/files.h"
#include "cli/node_client.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::cli {

TEST_CASE("no control character of others' words reaches a terminal") {
  CHECK(printable("a\x1b[31mb\r\n\tc\x07") == "a [31mb   c ");
  CHECK(printable("caf\xc3\xa9 \xc2\x9b"
                  "31m") ==
        "caf\xc3\xa9 \xc2\xbf"
        "31m");
}

TEST_CASE("columns line up by characters, not bytes, and rows end without spaces") {
  Columns columns;
  columns.add({"é", "x", ""});
  columns.add({"abc", "yy", "z"});
  CHECK(columns.text() == "é    x\nabc  yy  z\n");
  CHECK(Columns().text().empty());
}

TEST_CASE("lengths of time are said in the unit a person would use") {
  CHECK(milliseconds_text(7) == "7 ms");
  CHECK(milliseconds_text(9999) == "9999 ms");
  CHECK(milliseconds_text(12'345) == "12.3 s");
  CHECK(milliseconds_text(125'000) == "2 min");
  CHECK(milliseconds_text(7'300'000) == "2 h");
  CHECK(milliseconds_text(3LL * 86'400'000) == "3 d");
}

TEST_CASE("a file is written whole, and one that is there is kept when that was asked for") {
  std::string folder = (std::filesystem::temp_directory_path() / "corridor-cli-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/a.xml";
  CHECK(check_free(path).has_value());
  CHECK(write_file(path, "one", Existing::keep).has_value());
  CHECK(check_free(path).error().code == Code::conflict);
  CHECK(check_free("-").has_value());
  CHECK(write_file(path, "two", Existing::keep).error().code == Code::conflict);
  CHECK(read_file(path) == Bytes("one"));
  CHECK(write_file(path, "three", Existing::replace).has_value());
  CHECK(read_file(path) == Bytes("three"));
  CHECK(write_file(folder + "/no/a", "x", Existing::replace).error().code == Code::unavailable);
  CHECK(read_file(folder + "/none").error().code == Code::invalid);
  CHECK(read_file(folder).error().code == Code::invalid);
  CHECK(read_file(path, 4).error().code == Code::too_large);
  const auto left = std::filesystem::directory_iterator(folder);
  CHECK(std::distance(begin(left), end(left)) == 1);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a name becomes a plain file name") {
  CHECK(plain_name("Northland Customs") == "northland-customs");
  CHECK(plain_name("../../etc/passwd") == "etc-passwd");
  CHECK(plain_name("税関").empty());
}

TEST_CASE("an answer that refuses becomes the error it says") {
  net::Response response;
  response.status = 409;
  response.body = R"({"code":"conflict","reason":["it is FINALIZED","twice"],"todo":"look"})";
  const Error error = error_of(response);
  CHECK(error.code == Code::conflict);
  CHECK(error.why == "it is FINALIZED; twice");
  CHECK(error.todo == "look");
}

TEST_CASE("an answer that cannot be understood is the peer's error, with its status") {
  net::Response response;
  response.status = 502;
  for (const char* const body : {"", "<html>", "[]", R"({"code":"strange","reason":"x"})"}) {
    response.body = body;
    const Error error = error_of(response);
    CHECK(error.code == Code::peer);
    CHECK(error.why == "the node answered with status 502");
  }
}

TEST_CASE("a folder without a node is unavailable, with the command that starts one") {
  const auto node = NodeClient::open("/nonexistent/corridor");
  REQUIRE_FALSE(node.has_value());
  CHECK(node.error().code == Code::unavailable);
  CHECK(node.error().todo == "start it with: corridor serve --data /nonexistent/corridor");
}

}  // namespace corridor::cli
