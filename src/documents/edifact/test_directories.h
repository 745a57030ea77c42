// SPDX-License-Identifier: Apache-2.0
//
// For the tests of this folder only: directories, ours and those of ../shared.
#pragma once

#include <cstdio>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "documents/edifact/directory.h"
#include "documents/edifact/interchange.h"

// Last: doctest's CHECK takes the place of ours.
#include "documents/testing.h"

namespace corridor::documents {

struct NamedText {
  std::string path;
  std::string text;
};

inline std::vector<edifact::DirectoryFile> as_files(const std::vector<NamedText>& texts) {
  std::vector<edifact::DirectoryFile> out;
  for (const NamedText& text : texts) out.push_back({text.path, text.text});
  return out;
}

inline std::vector<NamedText> texts_below(const std::filesystem::path& folder) {
  std::vector<NamedText> out;
  for (const auto& path : files_below(folder))
    out.push_back({path.lexically_relative(folder).string(), file_text(path)});
  return out;
}

// The files of a published directory ("d96a"), archives in archives unpacked; empty when it is not
// here.
inline std::vector<NamedText> shared_directory_files(const std::string& name) {
  const auto folder = shared_folder("data/edifact-directories");
  if (folder.empty() || !std::filesystem::exists(folder / (name + ".zip"))) return {};
  const std::string script =
      "import sys,zipfile,io\n"
      "def walk(z,p):\n"
      "  for i in z.infolist():\n"
      "    b=z.read(i)\n"
      "    if i.filename.lower().endswith('.zip'): "
      "walk(zipfile.ZipFile(io.BytesIO(b)),p+i.filename[:-4]+'/')\n"
      "    elif not i.is_dir():\n"
      "      n=(p+i.filename).encode('utf-8')\n"
      "      sys.stdout.buffer.write(b'%d %d\\n'%(len(n),len(b))+n+b)\n"
      "walk(zipfile.ZipFile(sys.argv[1]),'')\n";
  const std::string command =
      "python3 -c \"" + script + "\" '" + (folder / (name + ".zip")).string() + "'";
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::vector<NamedText> out;
  std::size_t name_size = 0;
  std::size_t size = 0;
  while (std::fscanf(pipe, "%zu %zu", &name_size, &size) == 2 && std::fgetc(pipe) == '\n') {
    NamedText file{std::string(name_size, '\0'), std::string(size, '\0')};
    REQUIRE(std::fread(file.path.data(), 1, name_size, pipe) == name_size);
    REQUIRE(std::fread(file.text.data(), 1, size, pipe) == size);
    out.push_back(std::move(file));
  }
  ::pclose(pipe);
  REQUIRE(!out.empty());
  return out;
}

// A published directory, imported once for all tests; null when it is not here.
inline const edifact::Directory* shared_directory(const std::string& name) {
  static std::map<std::string, std::unique_ptr<const edifact::Directory>> known;
  const auto [entry, is_new] = known.try_emplace(name);
  if (!is_new) return entry->second.get();
  const auto files = shared_directory_files(name);
  if (files.empty()) return nullptr;
  auto made = edifact::Directory::import(as_files(files));
  REQUIRE_MESSAGE(made.has_value(), made.error().why);
  entry->second = std::make_unique<const edifact::Directory>(std::move(*made));
  return entry->second.get();
}

// "d96a" as "96A".
inline std::string upper_release(std::string name) {
  name.erase(0, 1);
  name.back() = static_cast<char>(name.back() - 'a' + 'A');
  return name;
}

// Our messages for a published directory ("D.96A"), each a whole interchange; named by their types.
inline std::vector<NamedText> own_messages(const std::string& directory) {
  auto out = texts_below(std::filesystem::path(CORRIDOR_SOURCE_DIR) /
                         "src/documents/edifact/testdata/messages" / directory);
  for (NamedText& text : out) text.path.resize(6);
  return out;
}

// The invented directory T.26A of testdata, in the layout "old" or "new".
inline std::vector<NamedText> test_directory_files(const std::string& layout) {
  return texts_below(std::filesystem::path(CORRIDOR_SOURCE_DIR) /
                     "src/documents/edifact/testdata/directory" / layout);
}

inline const edifact::Directory& test_directory() {
  static const edifact::Directory directory = [] {
    auto made = edifact::Directory::import(as_files(test_directory_files("new")));
    REQUIRE_MESSAGE(made.has_value(), made.error().why);
    return std::move(*made);
  }();
  return directory;
}

// With a tree and without: the findings must be the same, and stand where the tree says that their
// paths lead.
inline std::expected<Checked, NoInterchange> checked_both_ways(
    View text, const std::function<const edifact::Directory*(View, View)>& directory,
    bool invoice_groups_built_in = false) {
  const DirectoryCheck against{directory, invoice_groups_built_in};
  auto with = read_and_check(text, against);
  const auto without = check_interchange(text, against);
  REQUIRE(with.has_value() == without.has_value());
  if (!with) {
    CHECK(with.error().why == without.error().why);
    CHECK(with.error().position.line == without.error().position.line);
    CHECK(with.error().position.column == without.error().position.column);
    return with;
  }
  CHECK(with->document_date == without->document_date);
  const auto written = [](const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& f : findings)
      out += f.rule + "|" + std::to_string(static_cast<int>(f.severity)) + "|" + f.text + "|" +
             f.path + "|" + f.values + "|" + std::to_string(f.line) + ":" +
             std::to_string(f.column) + "\n";
    return out;
  };
  CHECK(written(with->findings) == written(without->findings));
  if (with->findings.empty() || text.size() > 100'000) return with;
  std::map<std::string, xml::Position> places;
  for (xml::NodeId id = 1; id < with->tree.size(); ++id)
    if (with->tree.node(id).kind == xml::Kind::element)
      places[with->tree.path(id)] = with->tree.position(id);
  for (const Finding& f : with->findings) {
    if (f.rule == "EDI-limit") continue;
    CHECK_MESSAGE(places.contains(f.path), f.path);
    CHECK(places[f.path].line == f.line);
    CHECK(places[f.path].column == f.column);
  }
  return with;
}

}  // namespace corridor::documents
