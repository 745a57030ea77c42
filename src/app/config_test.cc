// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include "app/app.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace corridor::app {

namespace {

class Folder {
 public:
  Folder() {
    char pattern[] = "/tmp/corridor-config-XXXXXX";
    path_ = ::mkdtemp(pattern);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
  }

 private:
  std::string path_;
};

Overrides in(const Folder& folder) {
  Overrides overrides;
  overrides.data = folder.path();
  return overrides;
}

}  // namespace

TEST_CASE("nothing needs to be set") {
  const Folder folder;
  const auto config = load_config(in(folder));
  REQUIRE(config);
  CHECK(config->host == "127.0.0.1");
  CHECK(config->port == kDefaultPort);
  CHECK_FALSE(config->listen_given);
}

TEST_CASE("the command line goes before the file, the file before the defaults") {
  const Folder folder;
  folder.write("corridor.toml", "listen = \"127.0.0.1:7500\"\nname = \"From the file\"\nlog-level = \"error\"\n");
  auto config = load_config(in(folder));
  REQUIRE(config);
  CHECK(config->port == 7500);
  CHECK(config->name == "From the file");
  CHECK(config->log_level == Level::error);
  Overrides overrides = in(folder);
  overrides.name = "From the command line";
  overrides.listen = "[::1]:7600";
  config = load_config(overrides);
  REQUIRE(config);
  CHECK(config->name == "From the command line");
  CHECK(config->host == "::1");
  CHECK(config->port == 7600);
}

TEST_CASE("what config prints can be read again") {
  const Folder folder;
  Overrides overrides = in(folder);
  overrides.name = R"(Quotes " and \ slashes)";
  overrides.listen = "[::1]:7600";
  const auto first = load_config(overrides);
  REQUIRE(first);
  std::string text = config_toml(*first);
  text.erase(text.find("public-url"), text.find("log-level") - text.find("public-url"));
  folder.write("corridor.toml", text);
  const auto again = load_config(in(folder));
  REQUIRE(again);
  CHECK(again->name == first->name);
  CHECK(config_toml(*again) == config_toml(*first));
}

TEST_CASE("a setting that is wrong is named, with what would be right") {
  const Folder folder;
  for (const char* const listen : {"7411", ":7411", "localhost:", "localhost:99999", "localhost:7x"}) {
    Overrides overrides = in(folder);
    overrides.listen = listen;
    const auto config = load_config(overrides);
    REQUIRE_FALSE(config);
    CHECK(config.error().why.contains(listen));
    CHECK_FALSE(config.error().todo.empty());
  }
  for (const char* const text : {"listen = 7411", "colour = \"red\"", "name = \"unfinished", "log-level = \"loud\""}) {
    folder.write("corridor.toml", text);
    CHECK_FALSE(load_config(in(folder)));
  }
}

TEST_CASE("a folder without a node says how to make one") {
  const Folder folder;
  const auto info = read_node_info(folder.path());
  REQUIRE_FALSE(info);
  CHECK(info.error().code == Code::not_found);
  CHECK(info.error().todo.contains("corridor serve"));
  for (const char* const text : {"", "{}", R"({"did":"d","host":"h","port":"7"})", R"({"did":"d","host":"h","port":0})"}) {
    folder.write("node.json", text);
    CHECK_FALSE(read_node_info(folder.path()));
  }
}

}  // namespace corridor::app
