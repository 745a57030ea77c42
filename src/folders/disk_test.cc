// SPDX-License-Identifier: Apache-2.0
#include "folders/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.h"

#include <doctest/doctest.h>

namespace corridor::folders {

namespace {

struct Scratch {
  Scratch() {
    std::string made = (std::filesystem::temp_directory_path() / "corridor-folders-XXXXXX").string();
    path = ::mkdtemp(made.data());
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  std::string path;
};

}  // namespace

TEST_CASE("what is written is there whole, and what is moved replaces nothing unasked") {
  const Scratch scratch;
  const Folder root = Folder::open(scratch.path).value();
  const Folder inside = root.inside("a b").value();
  REQUIRE(inside.write("one", "first"));
  CHECK(read_whole_file(scratch.path + "/a b/one", 100).value() == "first");
  REQUIRE(inside.write("one", "again"));
  CHECK(read_whole_file(scratch.path + "/a b/one", 100).value() == "again");
  REQUIRE(inside.write("two", "second"));
  CHECK(inside.move("two", inside, "one", Folder::Taken::refuse).error().code == Code::conflict);
  CHECK(inside.move("two", inside, "one", Folder::Taken::replace));
  CHECK(inside.move("two", inside, "one", Folder::Taken::replace).error().code == Code::not_found);
  CHECK(inside.remove("one"));
  CHECK(inside.remove("one"));
  bool all = false;
  CHECK(inside.names(10, all, nullptr).value().empty());
  CHECK(all);
  CHECK(Folder::open(scratch.path + "/none").error().code == Code::not_found);
}

TEST_CASE("no link is followed, neither to a file nor to a folder") {
  const Scratch scratch;
  const Folder root = Folder::open(scratch.path).value();
  REQUIRE(root.write("file", "x"));
  std::filesystem::create_symlink("file", scratch.path + "/link");
  std::filesystem::create_symlink("/tmp", scratch.path + "/folder");
  CHECK(root.open_file("file"));
  CHECK(root.open_file("link").error().code == Code::denied);
  CHECK(S_ISLNK(root.look("link").value().st_mode));
  CHECK_FALSE(root.inside("folder"));
}

TEST_CASE("a file that somebody writes is known to be unfinished") {
  const Scratch scratch;
  const Folder root = Folder::open(scratch.path).value();
  REQUIRE(root.write("file", "x"));
  {
    const OpenFile writer(::open((scratch.path + "/file").c_str(), O_WRONLY));
    CHECK(Folder::is_being_written(root.open_file("file").value()));
  }
  CHECK_FALSE(Folder::is_being_written(root.open_file("file").value()));
}

TEST_CASE("names are counted as far as they are wanted") {
  const Scratch scratch;
  const Folder root = Folder::open(scratch.path).value();
  for (const char* const name : {"a", "b", "c"}) REQUIRE(root.write(name, "x"));
  bool all = true;
  CHECK(root.names(2, all, nullptr).value().size() == 2);
  CHECK_FALSE(all);
  const auto wanted = [](const std::string& name) { return name == "c"; };
  CHECK(root.names(2, all, wanted).value() == std::vector<std::string>{"c"});
  CHECK(all);
}

}  // namespace corridor::folders
