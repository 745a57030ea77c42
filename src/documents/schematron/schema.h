// SPDX-License-Identifier: Apache-2.0
//
// A schema as text: includes resolved, abstract patterns and rules expanded, nothing parsed yet.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "documents/schematron/schematron.h"

namespace corridor::schematron {

inline constexpr View kSchematronSpace = "http://purl.oclc.org/dsdl/schematron";
inline constexpr View kXsltSpace = "http://www.w3.org/1999/XSL/Transform";

struct SourceFile {
  std::string path;
  xml::Tree tree;
};

// An element of a file; how a later error finds its line.
struct Place {
  const SourceFile* file = nullptr;
  xml::NodeId node = 0;

  [[nodiscard]] const xml::Tree& tree() const { return file->tree; }
  [[nodiscard]] bool is(View space, View local) const;
  [[nodiscard]] bool is(View local) const { return is(kSchematronSpace, local); }
  [[nodiscard]] View local() const { return tree().local(tree().node(node).name); }
  [[nodiscard]] View space() const { return tree().space(tree().node(node).name); }
  [[nodiscard]] View attribute(View name) const;  // empty when absent
  [[nodiscard]] bool has(View name) const;
  [[nodiscard]] std::string where() const;  // "file.sch:12"
  [[nodiscard]] std::unexpected<Error> wrong(std::string what) const;
};

struct LetText {
  std::string name;
  std::string value;
  Place place;
};

// A piece of a message: words, or an expression whose value stands there.
struct MessagePart {
  enum class Kind : std::uint8_t { words, value, name } kind = Kind::words;
  std::string text;
  Place place;
};

struct AssertionText {
  std::string id;
  std::string test;
  std::string flag;
  std::string role;
  std::string subject;
  std::vector<std::string> diagnostics;
  std::vector<MessagePart> message;
  bool is_report = false;
  std::size_t lets_before = 0;  // how many lets of the rule are declared before it
  Place place;
};

struct RuleText {
  std::string id;
  std::string context;
  std::string flag;
  std::string role;
  std::vector<LetText> lets;
  std::vector<AssertionText> assertions;
  Place place;
};

struct PatternText {
  std::string id;
  std::vector<LetText> lets;
  std::vector<RuleText> rules;
  Place place;
};

struct PhaseText {
  std::vector<std::string> active;
  std::vector<LetText> lets;
};

struct Schema {
  std::deque<SourceFile> files;  // stable addresses: Places point here
  std::string title;
  std::string default_phase;
  std::map<std::string, std::string, std::less<>> namespaces;
  std::vector<LetText> lets;
  std::map<std::string, PhaseText, std::less<>> phases;
  std::vector<PatternText> patterns;
  std::map<std::string, std::vector<MessagePart>, std::less<>> diagnostics;
  std::vector<Place> functions;  // xsl:function
  std::vector<Place> keys;       // xsl:key
};

Result<std::unique_ptr<Schema>> read_schema(std::string_view path, const Open& open);

// `href` as seen from the file `from`, with . and .. removed; empty when it leaves the first
// folder's parents altogether or names a place that is not a relative path.
std::string relative_path(std::string_view from, std::string_view href);

}  // namespace corridor::schematron
