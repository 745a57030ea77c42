// SPDX-License-Identifier: Apache-2.0
//
// The files of a schema: main documents and all they include and import, each read once.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "documents/xml/tree.h"
#include "documents/xsd/xsd.h"

namespace corridor::xsd {

inline constexpr std::size_t kFilesMax = 2'000;
inline constexpr std::size_t kSchemaBytesMax = 64 * 1024 * 1024;  // of all files
inline constexpr std::size_t kSchemaDepthMax = 100;
inline constexpr std::size_t kPathBytesMax = 1'000;

struct File {
  std::string path;
  std::string target;        // the namespace; empty is none
  bool adopted = false;      // has no namespace of its own: names without prefix are of `target`
  bool is_document = false;  // given to `compile`, or included by such a file
  std::shared_ptr<const xml::Tree> tree;
};

// A place in a file, for declarations and for errors.
struct Place {
  const File* file = nullptr;
  xml::NodeId node = 0;

  [[nodiscard]] const xml::Tree& tree() const { return *file->tree; }
  [[nodiscard]] View local() const { return tree().local(tree().node(node).name); }
  // An attribute without namespace, without white space around.
  [[nodiscard]] std::optional<View> attribute(View name) const;
  [[nodiscard]] bool is(View local_name) const;  // of XML Schema
};

std::unexpected<Error> refuse(const Place& place, std::string why, Code code = Code::invalid);

class Sources {
 public:
  Result<> read(std::span<const std::string> paths, const Open& open);
  [[nodiscard]] const std::deque<File>& files() const { return files_; }

 private:
  Result<File*> load(const std::string& path, View target, const Place* from);
  Result<std::shared_ptr<const xml::Tree>> tree_of(const std::string& path);
  Result<> follow(File& file);
  Result<> include(File& file, const Place& place);
  Result<> import(File& file, const Place& place);

  const Open* open_ = nullptr;
  std::deque<File> files_;
  std::map<std::string, std::shared_ptr<const xml::Tree>> trees_;
  std::map<std::pair<std::string, std::string>, File*> loaded_;  // by path and namespace
  std::vector<std::pair<File*, File*>> includes_;
  std::size_t bytes_ = 0;
};

// The elements below `place`, annotations left out. Text that is not white space is refused.
Result<std::vector<Place>> children_of(const Place& place);

// The text with its DOCTYPE, if any, made white space; positions stay.
Bytes without_doctype(Bytes text);

}  // namespace corridor::xsd
