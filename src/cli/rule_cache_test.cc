// SPDX-License-Identifier: Apache-2.0
#include "cli/rule_cache.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/files.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::cli {

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "corridor-rules-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::permissions(path_, fs::perms::owner_all, ignored);
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::vector<fs::path> entries(const std::string& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) out.push_back(entry.path());
  return out;
}

std::string schema(const std::string& body) {
  return "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>" + body +
         "</schema>";
}
std::string pattern(const std::string& test) {
  return "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'><rule context='a'><assert id='X' "
         "test=\"" +
         test + "\">no</assert></rule></pattern>";
}

bool allows(const Folder& folder, const std::string& document) {
  const auto rules = load_rules(folder.at("main.sch"), folder.at("cache/rules"));
  REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : rules.error().why));
  return rules->check(document, {})->valid();
}

}  // namespace

TEST_CASE("rules are kept once, and what was kept is used while the files are the same") {
  const Folder folder;
  folder.write("main.sch", schema(pattern(". = '1'")));
  CHECK(allows(folder, "<a>1</a>"));
  const auto kept = entries(folder.at("cache/rules"));
  REQUIRE(kept.size() == 1);
  const auto written = fs::last_write_time(kept[0]);
  CHECK(allows(folder, "<a>1</a>"));
  CHECK_FALSE(allows(folder, "<a>2</a>"));
  CHECK(fs::last_write_time(kept[0]) == written);
}

TEST_CASE("a change in an included file makes other rules, and going back finds the first again") {
  const Folder folder;
  folder.write("main.sch", schema("<include href='part.sch'/>"));
  folder.write("part.sch", pattern(". = '1'"));
  CHECK(allows(folder, "<a>1</a>"));
  folder.write("part.sch", pattern(". = '2'"));
  CHECK_FALSE(allows(folder, "<a>1</a>"));
  CHECK(allows(folder, "<a>2</a>"));
  const std::size_t kept = entries(folder.at("cache/rules")).size();
  folder.write("part.sch", pattern(". = '1'"));
  CHECK(allows(folder, "<a>1</a>"));
  CHECK(entries(folder.at("cache/rules")).size() == kept);
}

TEST_CASE("an entry that was cut, altered or replaced is not used") {
  const Folder folder;
  folder.write("main.sch", schema(pattern(". = '1'")));
  CHECK(allows(folder, "<a>1</a>"));
  const fs::path entry = entries(folder.at("cache/rules")).at(0);
  const Bytes good = *read_file(entry.string());
  const auto try_with = [&](const Bytes& bytes) {
    std::ofstream(entry, std::ios::binary) << bytes;
    CHECK(allows(folder, "<a>1</a>"));
    CHECK_FALSE(allows(folder, "<a>2</a>"));
    CHECK(*read_file(entry.string()) == good);  // made anew
  };
  try_with({});
  try_with(good.substr(0, good.size() / 2));
  try_with(good + "x");
  for (std::size_t at = 0; at < good.size(); at += 7) {
    Bytes altered = good;
    altered[at] = static_cast<char>(altered[at] ^ 0x20);
    try_with(altered);
  }
}

TEST_CASE("where nothing can be kept, rules are compiled every time") {
  const Folder folder;
  folder.write("main.sch", schema(pattern(". = '1'")));
  folder.write("file", "not a folder");
  const auto rules = load_rules(folder.at("main.sch"), folder.at("file/rules"));
  REQUIRE(rules.has_value());
  CHECK(load_rules(folder.at("main.sch"), "").has_value());
  CHECK_FALSE(load_rules(folder.at("absent.sch"), folder.at("cache")).has_value());
}

TEST_CASE("at most 32 entries are kept, the newest") {
  const Folder folder;
  for (int i = 0; i < 40; ++i) {
    folder.write("main.sch", schema(pattern(". = '" + std::to_string(i) + "'")));
    CHECK(allows(folder, "<a>" + std::to_string(i) + "</a>"));
  }
  CHECK(entries(folder.at("cache/rules")).size() == 32);
}

}  // namespace corridor::cli
