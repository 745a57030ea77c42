// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/sources.h"

#include <algorithm>

#include "documents/xsd/lexical.h"
#include "documents/xsd/tables.h"

namespace corridor::xsd {

namespace {

// Where `location`, written in the file `from`, leads; nothing if out of the folder or of the world
// of files.
std::optional<std::string> resolved(View from, View location) {
  if (location.empty() || location.size() > kPathBytesMax || location.starts_with('/') ||
      location.find_first_of(":\\?#%") != View::npos ||
      location.find('\0') != View::npos)
    return {};
  const std::size_t slash = from.rfind('/');
  std::string joined(slash == View::npos ? View() : from.substr(0, slash + 1));
  joined += location;
  std::vector<View> steps;
  for (View rest = joined; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const View step = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (step.empty() || step == ".") continue;
    if (step != "..") {
      steps.push_back(step);
    } else {
      if (steps.empty()) return {};
      steps.pop_back();
    }
  }
  std::string out;
  for (const View step : steps) out.append(out.empty() ? "" : "/").append(step);
  if (out.empty() || out.size() > kPathBytesMax) return {};
  return out;
}

}  // namespace

std::optional<View> Place::attribute(View name) const {
  const xml::Node& n = tree().node(node);
  for (xml::NodeId id = node + 1; id <= node + n.attributes; ++id) {
    const xml::Node& attribute = tree().node(id);
    if (tree().local(attribute.name) == name && tree().space(attribute.name).empty())
      return trimmed(tree().value(attribute));
  }
  return {};
}

bool Place::is(View local_name) const {
  return local() == local_name && tree().space(tree().node(node).name) == kSchemaSpace;
}

std::unexpected<Error> refuse(const Place& place, std::string why, Code code) {
  std::string where = place.file->path;
  if (place.file->tree != nullptr)
    where += ":" + std::to_string(place.tree().position(place.node).line);
  return fail(code, where + ": " + std::move(why),
              "use the schemas as their authors publish them");
}

Result<std::vector<Place>> children_of(const Place& place) {
  std::vector<Place> out;
  const xml::Tree& tree = place.tree();
  for (xml::NodeId id = tree.first_child(place.node); id != xml::kNone;
       id = tree.next_sibling(id)) {
    const xml::Node& n = tree.node(id);
    const Place child{place.file, id};
    if (n.kind == xml::Kind::text && !trimmed(tree.value(n)).empty())
      return refuse(place, "there is text in " + tree.qname(place.node));
    if (n.kind != xml::Kind::element || child.is("annotation")) continue;
    if (tree.space(n.name) != kSchemaSpace)
      return refuse(child, tree.qname(id) + " is no element of XML Schema");
    out.push_back(child);
  }
  return out;
}

Bytes without_doctype(Bytes text) {
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  const View all = text;
  const auto behind = [&](View end) {
    const std::size_t found = all.find(end, at);
    return found == View::npos ? all.size() : found + end.size();
  };
  // The prolog has nothing but white space, comments and instructions in front of it.
  while (at < all.size() && !all.substr(at).starts_with("<!DOCTYPE")) {
    if (is_white(all[at])) ++at;
    else if (all.substr(at).starts_with("<!--")) at = behind("-->");
    else if (all.substr(at).starts_with("<?")) at = behind("?>");
    else return text;
  }
  const std::size_t start = at;
  bool inside = false;  // of the internal subset
  for (char quote = '\0'; at < all.size(); ++at) {
    const char c = all[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (all.substr(at).starts_with("<!--")) {
      at = behind("-->") - 1;
    } else if (all.substr(at).starts_with("<?")) {
      at = behind("?>") - 1;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[') {
      inside = true;
    } else if (c == ']') {
      inside = false;
    } else if (c == '>' && !inside) {
      for (std::size_t i = start; i <= at; ++i)
        if (!is_white(text[i])) text[i] = ' ';
      return text;
    }
  }
  return text;  // it does not end: the reader of XML says so
}

Result<std::shared_ptr<const xml::Tree>> Sources::tree_of(const std::string& path) {
  if (const auto known = trees_.find(path); known != trees_.end()) return known->second;
  auto bytes = (*open_)(path);
  if (!bytes) return in_context(path, std::move(bytes).error());
  bytes_ += bytes->size();
  if (bytes_ > kSchemaBytesMax)
    return fail(Code::too_large, path + ": the schemas together are too large");
  xml::Limits limits;
  limits.depth_max = kSchemaDepthMax;
  auto tree = xml::parse(without_doctype(std::move(*bytes)), limits);
  if (!tree) return in_context(path, std::move(tree).error());
  auto shared = std::make_shared<const xml::Tree>(std::move(*tree));
  trees_.emplace(path, shared);
  return shared;
}

Result<File*> Sources::load(const std::string& path, View target, const Place* from) {
  auto tree = tree_of(path);
  if (!tree) {
    if (from == nullptr) return std::unexpected(std::move(tree).error());
    Error error = std::move(tree).error();
    return refuse(*from, error.why, error.code);
  }
  File file;
  file.path = path;
  file.tree = std::move(*tree);
  const Place root{&file, file.tree->root()};
  if (!root.is("schema")) return refuse(root, "this is no XML Schema");
  file.target = root.attribute("targetNamespace").value_or("");
  if (file.target.empty() && !target.empty()) {
    file.adopted = true;
    file.target = target;
  }
  const auto known = loaded_.find({path, file.target});
  if (known != loaded_.end()) return known->second;
  if (files_.size() >= kFilesMax)
    return fail(Code::too_large, path + ": the schemas are more than " +
                                     std::to_string(kFilesMax) + " files");
  files_.push_back(std::move(file));
  loaded_[{path, files_.back().target}] = &files_.back();
  return &files_.back();
}

Result<> Sources::include(File& file, const Place& place) {
  const View location = place.attribute("schemaLocation").value_or("");
  const auto path = resolved(file.path, location);
  if (!path)
    return refuse(place, "\"" + std::string(location.substr(0, 200)) +
                             "\" is no file of the folder of the schemas");
  TRY_ASSIGN(File* const other, load(*path, file.target, &place));
  if (other->target != file.target)
    return refuse(place, *path + " has another namespace and cannot be included");
  includes_.emplace_back(&file, other);
  return {};
}

Result<> Sources::import(File& file, const Place& place) {
  const View space = place.attribute("namespace").value_or("");
  const auto location = place.attribute("schemaLocation");
  if (space == file.target) return refuse(place, "a schema cannot import its own namespace");
  if (!location) return {};
  const auto path = resolved(file.path, *location);
  if (!path)
    return refuse(place, "\"" + std::string(location->substr(0, 200)) +
                             "\" is no file of the folder of the schemas");
  TRY_ASSIGN(const File* const other, load(*path, {}, &place));
  if (other->target != space)
    return refuse(place, *path + " is not of the namespace \"" + std::string(space) + "\"");
  return {};
}

Result<> Sources::follow(File& file) {
  TRY_ASSIGN(const auto children, children_of({&file, file.tree->root()}));
  for (const Place& place : children) {
    if (place.is("include")) TRY(include(file, place));
    if (place.is("import")) TRY(import(file, place));
  }
  return {};
}

Result<> Sources::read(std::span<const std::string> paths, const Open& open) {
  open_ = &open;
  for (const std::string& path : paths) {
    const auto clean = resolved({}, path);
    if (!clean) return fail(Code::invalid, "\"" + path + "\" is no path below a folder");
    TRY_ASSIGN(File* const file, load(*clean, {}, nullptr));
    file->is_document = true;
  }
  if (files_.empty()) return fail(Code::invalid, "there is no schema to compile");
  for (std::size_t i = 0; i < files_.size(); ++i) TRY(follow(files_[i]));
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [file, other] : includes_) {
      changed = changed || (file->is_document && !other->is_document);
      other->is_document = other->is_document || file->is_document;
    }
  }
  return {};
}

}  // namespace corridor::xsd
