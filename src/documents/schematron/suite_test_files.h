// SPDX-License-Identifier: Apache-2.0
//
// For tests and benchmarks only: files of the suites beside the repository, and writing a subtree
// back as a document of its own, with one change in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "documents/schematron/schematron.h"

namespace corridor::suites {

inline std::filesystem::path shared() {
  if (const char* set = std::getenv("CORRIDOR_SHARED")) return set;
  return std::filesystem::path(CORRIDOR_SOURCE_DIR) / ".." / "shared";
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every .xml file below a folder, sorted.
inline std::vector<std::filesystem::path> xml_files(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  if (!std::filesystem::is_directory(folder)) return {};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".xml") files.insert(entry.path());
  return {files.begin(), files.end()};
}

inline schematron::Open open_in(std::filesystem::path folder) {
  return [folder = std::move(folder)](std::string_view path) -> Result<Bytes> {
    const auto file = folder / path;
    if (!std::filesystem::is_regular_file(file))
      return fail(Code::not_found, "there is no file " + file.string());
    return read_file(file);
  };
}

struct Change {
  enum class Kind { none, remove, empty, text, attribute, twice } kind = Kind::none;
  xml::NodeId node = 0;
  std::string value;
  xml::NameId attribute = 0;
};

class Writer {
 public:
  Writer(const xml::Tree& tree, Change change) : tree_(tree), change_(std::move(change)) {}

  std::string document(xml::NodeId root) {
    element(root, {});
    return std::move(out_);
  }

 private:
  using Scope = std::vector<std::pair<std::string, std::string>>;

  static const std::string* bound(const Scope& scope, View prefix) {
    for (auto it = scope.rbegin(); it != scope.rend(); ++it)
      if (it->first == prefix) return &it->second;
    return nullptr;
  }
  void escaped(View text, bool attribute) {
    for (const char c : text) {
      switch (c) {
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break;
        case '&': out_ += "&amp;"; break;
        case '"': out_ += "&quot;"; break;
        case '\r': out_ += "&#13;"; break;
        case '\n': out_ += attribute ? "&#10;" : "\n"; break;
        case '\t': out_ += attribute ? "&#9;" : "\t"; break;
        default: out_ += c;
      }
    }
  }
  void declare(xml::NodeId id, Scope& scope) {
    const xml::Node& n = tree_.node(id);
    const std::string prefix(tree_.prefix(n));
    const std::string space(tree_.space(n.name));
    if (prefix == "xml" || (n.kind == xml::Kind::attribute && prefix.empty())) return;
    const std::string* known = bound(scope, prefix);
    if (known != nullptr ? *known == space : space.empty()) return;
    out_ += prefix.empty() ? " xmlns=\"" : " xmlns:" + prefix + "=\"";
    escaped(space, true);
    out_ += '"';
    scope.emplace_back(prefix, space);
  }
  void element(xml::NodeId id, Scope scope) {
    const xml::Node& n = tree_.node(id);
    const bool changed = change_.kind != Change::Kind::none && change_.node == id;
    if (changed && change_.kind == Change::Kind::twice) {
      change_.kind = Change::Kind::none;
      element(id, scope);
      return element(id, std::move(scope));
    }
    if (changed && change_.kind == Change::Kind::remove) return;
    const std::string name = tree_.qname(id);
    out_ += "<" + name;
    declare(id, scope);
    for (xml::NodeId a = id + 1; a <= id + n.attributes; ++a) declare(a, scope);
    bool given = false;
    for (xml::NodeId a = id + 1; a <= id + n.attributes; ++a) {
      const bool set = changed && change_.kind == Change::Kind::attribute &&
                       tree_.node(a).name == change_.attribute;
      given = given || set;
      out_ += " " + tree_.qname(a) + "=\"";
      escaped(set ? View(change_.value) : tree_.value(tree_.node(a)), true);
      out_ += '"';
    }
    if (changed && change_.kind == Change::Kind::attribute && !given && change_.attribute != 0) {
      out_ += " " + std::string(tree_.local(change_.attribute)) + "=\"";
      escaped(change_.value, true);
      out_ += '"';
    }
    out_ += ">";
    if (changed && change_.kind == Change::Kind::text) {
      escaped(change_.value, false);
    } else if (!changed || change_.kind != Change::Kind::empty) {
      content(id, scope);
    }
    out_ += "</" + name + ">";
  }
  void content(xml::NodeId id, const Scope& scope) {
    for (auto child = tree_.first_child(id); child != xml::kNone;
         child = tree_.next_sibling(child)) {
      const xml::Node& c = tree_.node(child);
      if (c.kind == xml::Kind::element) element(child, scope);
      if (c.kind == xml::Kind::text) escaped(tree_.value(c), false);
      if (c.kind == xml::Kind::comment) out_ += "<!--" + std::string(tree_.value(c)) + "-->";
    }
  }

  const xml::Tree& tree_;
  Change change_;
  std::string out_;
};

inline std::string write_document(const xml::Tree& tree, xml::NodeId root, Change change = {}) {
  return Writer(tree, std::move(change)).document(root);
}

}  // namespace corridor::suites
