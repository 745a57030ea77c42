// SPDX-License-Identifier: Apache-2.0
// Read strictly: a member that is not known is refused, because a check that was meant and is
// misspelt must not be a check less.
#include <algorithm>

#include "crypto/crypto.h"
#include "documents/archive/zip.h"
#include "documents/packs.h"
#include "documents/packs/embedded.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kManifestBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kFilesMax = 20'000;
constexpr std::size_t kListMax = 2'000;  // of anything else
constexpr std::size_t kTextBytesMax = 2'000;
constexpr std::size_t kPathBytesMax = 500;

// The members of one object, each asked for once; the first thing that is wrong is kept.
class Members {
 public:
  Members(const json::Value& object, std::string where, std::string& wrong)
      : object_(object), where_(std::move(where)), wrong_(wrong) {
    if (!object.is_object()) note("is not an object");
  }
  ~Members() {
    for (const auto& [name, value] : object_.members())
      if (std::ranges::find(asked_, name) == asked_.end()) note("has the unknown member " + name);
  }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  const json::Value* member(const char* name, json::Kind kind) {
    asked_.emplace_back(name);
    const json::Value* const found = object_.find(name);
    if (found != nullptr && found->kind() != kind) {
      note(std::string("has a member ") + name + " of the wrong kind");
      return nullptr;
    }
    return found;
  }
  std::string text(const char* name) {
    const json::Value* const found = member(name, json::Kind::text);
    if (found == nullptr) return {};
    if (found->text().size() > kTextBytesMax) note(std::string("has a ") + name + " that is too long");
    return found->text();
  }
  std::string needed(const char* name) {
    std::string out = text(name);
    if (out.empty()) note(std::string("has no ") + name);
    return out;
  }
  // A word that can stand in a file name and a reference.
  std::string word(const char* name) {
    std::string out = needed(name);
    const bool plain = std::ranges::all_of(out, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '.' || c == '_';
    });
    if (!out.empty() && (!plain || out.size() > 64 || out.front() == '.'))
      note(std::string("has a ") + name + " that is not a plain word of at most 64 characters");
    return out;
  }
  std::string date(const char* name) {
    std::string out = text(name);
    const bool good = out.size() == 10 && out[4] == '-' && out[7] == '-' &&
                      std::ranges::count_if(out, [](char c) { return c >= '0' && c <= '9'; }) == 8;
    if (!out.empty() && !good) note(std::string("has a ") + name + " that is no date as 2024-02-01");
    return out;
  }
  std::vector<std::string> texts(const char* name) {
    std::vector<std::string> out;
    for (const json::Value* item : list(name, kListMax)) {
      if (!item->is_text() || item->text().size() > kTextBytesMax) {
        note(std::string("has a ") + name + " that is not a list of texts");
        break;
      }
      out.push_back(item->text());
    }
    return out;
  }
  std::vector<const json::Value*> list(const char* name, std::size_t most) {
    const json::Value* const found = member(name, json::Kind::array);
    std::vector<const json::Value*> out;
    if (found == nullptr) return out;
    if (found->items().size() > most) {
      note(std::string("has too many ") + name);
      return out;
    }
    for (const auto& item : found->items()) out.push_back(&item);
    return out;
  }
  void note(const std::string& what) {
    if (wrong_.empty()) wrong_ = where_ + " " + what;
  }

 private:
  const json::Value& object_;
  std::string where_;
  std::string& wrong_;
  std::vector<std::string> asked_;
};

bool is_plain_path(std::string_view path) {
  if (path.empty() || path.size() > kPathBytesMax) return false;
  while (true) {
    const std::string_view step = path.substr(0, path.find('/'));
    if (step.empty() || step.front() == '.' || step.find('\\') != std::string_view::npos ||
        step.find('\0') != std::string_view::npos)
      return false;
    if (step.size() == path.size()) return true;
    path.remove_prefix(step.size() + 1);
  }
}

ListedFile read_listed(const json::Value& value, std::string& wrong) {
  Members in(value, "a file of the manifest", wrong);
  ListedFile out;
  out.path = in.needed("path");
  if (!out.path.empty() && !is_plain_path(out.path)) in.note("has a path that leads elsewhere");
  out.source = in.text("source");
  const auto digest = from_hex(in.needed("sha256"));
  const auto sha256 = digest ? Digest::from(*digest) : Result<Digest>(std::unexpected(Error{}));
  if (sha256) {
    out.sha256 = *sha256;
  } else {
    in.note("has no sha256 of 64 hexadecimal digits");
  }
  const json::Value* const bytes = in.member("bytes", json::Kind::integer);
  if (bytes == nullptr || bytes->integer() < 0) {
    in.note("has no number of bytes");
  } else {
    out.bytes = static_cast<std::uint64_t>(bytes->integer());
  }
  return out;
}

PackPart read_part(const json::Value& value, std::string& wrong) {
  Members in(value, "a part of the manifest", wrong);
  PackPart out;
  out.id = in.word("id");
  const std::string kind = in.needed("kind");
  if (kind == "schematron") {
    out.kind = PartKind::schematron;
  } else if (kind == "xsd") {
    out.kind = PartKind::xsd;
  } else if (kind == "edifact") {
    out.kind = PartKind::edifact;
  } else {
    in.note("has the unknown kind " + kind);
  }
  out.entries = in.texts("entries");
  out.editions = in.texts("editions");
  if (out.entries.empty()) in.note("has no entries");
  if (out.kind == PartKind::schematron && out.entries.size() > 1) in.note("has several entries");
  return out;
}

PartReference read_reference(std::string_view text, const std::string& pack, std::string& wrong) {
  PartReference out;
  if (text.ends_with('?')) {
    out.optional = true;
    text.remove_suffix(1);
  }
  const std::size_t hash = text.find('#');
  if (hash == std::string_view::npos || hash + 1 == text.size()) {
    if (wrong.empty()) wrong = "the check \"" + std::string(text) + "\" names no part, as in en16931#ubl";
    return out;
  }
  out.part = text.substr(hash + 1);
  text = text.substr(0, hash);
  const std::size_t at = text.find('@');
  out.pack = text.substr(0, at);
  if (at != std::string_view::npos) out.edition = text.substr(at + 1);
  if (out.pack.empty()) out.pack = pack;
  return out;
}

std::optional<Severity> severity_of(std::string_view name) {
  for (const Severity severity : {Severity::information, Severity::warning, Severity::fatal})
    if (severity_name(severity) == name) return severity;
  return std::nullopt;
}

void read_match(Profile& out, const json::Value& value, std::string& wrong) {
  Members in(value, "the match of the profile " + out.name, wrong);
  out.syntax = in.text("syntax");
  out.types = in.texts("types");
  out.profiles = in.texts("profiles");
  out.partners = in.texts("partners");
  out.from = in.date("from");
  out.until = in.date("until");
}

Profile read_profile(const json::Value& value, const std::string& pack, std::string& wrong) {
  Members in(value, "a profile of the manifest", wrong);
  Profile out;
  out.name = in.needed("name");
  if (const json::Value* match = in.member("match", json::Kind::object)) {
    read_match(out, *match, wrong);
  } else {
    in.note("has no match");
  }
  for (const std::string& check : in.texts("check"))
    out.checks.push_back(read_reference(check, pack, wrong));
  if (const json::Value* severity = in.member("severity", json::Kind::object)) {
    for (const auto& [rule, level] : severity->members()) {
      const auto known = level.is_text() ? severity_of(level.text()) : std::nullopt;
      if (known) {
        out.severity[rule] = *known;
      } else {
        in.note("has a severity of " + rule + " that is none of information, warning, fatal");
      }
    }
  }
  if (const std::string name = in.text("refuse"); !name.empty()) {
    const auto refuse = refuse_from_name(name);
    if (!refuse) in.note("refuses from \"" + name + "\" on, which is none of fatal, warning, never");
    out.refuse = refuse.value_or(Refuse::fatal);
  }
  return out;
}

// What one member says about another.
void check_consistency(const Manifest& manifest, std::string& wrong) {
  const auto note = [&](const std::string& what) {
    if (wrong.empty()) wrong = "the manifest " + what;
  };
  std::vector<std::string_view> paths;
  for (const ListedFile& file : manifest.files) paths.push_back(file.path);
  std::ranges::sort(paths);
  if (std::ranges::adjacent_find(paths) != paths.end()) note("lists a path twice");
  std::vector<std::string_view> ids;
  for (const PackPart& part : manifest.parts) {
    ids.push_back(part.id);
    for (const std::string& entry : part.entries)
      if (!manifest.files.empty() && !std::ranges::binary_search(paths, std::string_view(entry)))
        note("has no file " + entry + ", with which its part " + part.id + " begins");
  }
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end()) note("has two parts of one id");
  for (const Profile& profile : manifest.profiles)
    for (const PartReference& check : profile.checks)
      if (check.pack == manifest.name &&
          (check.edition.empty() || check.edition == manifest.edition) &&
          !std::ranges::binary_search(ids, std::string_view(check.part)))
        note("has no part " + check.part + ", which its profile " + profile.name + " asks for");
}

Manifest read(const json::Value& value, std::string& wrong) {
  Members in(value, "the manifest", wrong);
  Manifest out;
  out.name = in.word("name");
  out.edition = in.word("edition");
  out.title = in.needed("title");
  out.publisher = in.needed("publisher");
  out.licence = in.needed("licence");
  out.source = in.text("source");
  if (!out.source.empty() && !out.source.ends_with('/')) in.note("has a source that does not end in /");
  if (const json::Value* valid = in.member("valid", json::Kind::object)) {
    Members dates(*valid, "the manifest's valid", wrong);
    out.from = dates.date("from");
    out.until = dates.date("until");
  }
  for (const json::Value* file : in.list("files", kFilesMax))
    out.files.push_back(read_listed(*file, wrong));
  for (const json::Value* part : in.list("parts", kListMax))
    out.parts.push_back(read_part(*part, wrong));
  for (const json::Value* profile : in.list("profiles", kListMax))
    out.profiles.push_back(read_profile(*profile, out.name, wrong));
  if (out.parts.empty() && out.profiles.empty()) in.note("has neither parts nor profiles");
  return out;
}

json::Value list_of(const std::vector<std::string>& texts) {
  auto out = json::Value::array();
  for (const std::string& text : texts) out.push(text);
  return out;
}

void set_text(json::Value& object, const char* name, const std::string& text) {
  if (!text.empty()) object.set(name, text);
}
void set_list(json::Value& object, const char* name, const std::vector<std::string>& texts) {
  if (!texts.empty()) object.set(name, list_of(texts));
}

json::Value to_json(const PackPart& part) {
  constexpr std::string_view kKinds[] = {"schematron", "xsd", "edifact"};
  auto out = json::Value::object({{"id", part.id},
                                  {"kind", kKinds[static_cast<std::size_t>(part.kind)]},
                                  {"entries", list_of(part.entries)}});
  set_list(out, "editions", part.editions);
  return out;
}

json::Value to_json(const Profile& profile) {
  auto match = json::Value::object({});
  set_text(match, "syntax", profile.syntax);
  set_list(match, "types", profile.types);
  set_list(match, "profiles", profile.profiles);
  set_list(match, "partners", profile.partners);
  set_text(match, "from", profile.from);
  set_text(match, "until", profile.until);
  auto checks = json::Value::array();
  for (const PartReference& check : profile.checks) checks.push(reference_name(check));
  auto severity = json::Value::object({});
  for (const auto& [rule, level] : profile.severity) severity.set(rule, severity_name(level));
  return json::Value::object({{"name", profile.name},
                              {"match", std::move(match)},
                              {"check", std::move(checks)},
                              {"severity", std::move(severity)},
                              {"refuse", refuse_name(profile.refuse)}});
}

}  // namespace

std::string reference_name(const PartReference& reference) {
  return reference.pack + (reference.edition.empty() ? "" : "@" + reference.edition) + "#" +
         reference.part + (reference.optional ? "?" : "");
}

Result<Manifest> read_manifest(View text) {
  TRY_ASSIGN(const json::Value value,
             json::parse(text, {.bytes_max = kManifestBytesMax, .depth_max = 8}));
  std::string wrong;
  Manifest manifest = read(value, wrong);
  check_consistency(manifest, wrong);
  if (!wrong.empty()) return fail(Code::invalid, wrong, "mend the manifest: docs/packs.md");
  return manifest;
}

std::string canonical_manifest(const Manifest& manifest) {
  auto out = json::Value::object({{"name", manifest.name},
                                  {"edition", manifest.edition},
                                  {"title", manifest.title},
                                  {"publisher", manifest.publisher},
                                  {"licence", manifest.licence}});
  set_text(out, "source", manifest.source);
  auto valid = json::Value::object({});
  set_text(valid, "from", manifest.from);
  set_text(valid, "until", manifest.until);
  out.set("valid", std::move(valid));
  auto files = json::Value::array();
  for (const ListedFile& file : manifest.files) {
    auto item = json::Value::object(
        {{"path", file.path}, {"sha256", hex(file.sha256.view())}, {"bytes", file.bytes}});
    set_text(item, "source", file.source);
    files.push(std::move(item));
  }
  auto parts = json::Value::array();
  for (const PackPart& part : manifest.parts) parts.push(to_json(part));
  auto profiles = json::Value::array();
  for (const Profile& profile : manifest.profiles) profiles.push(to_json(profile));
  out.set("files", std::move(files)).set("parts", std::move(parts));
  out.set("profiles", std::move(profiles));
  return json::canonical(out);
}

Digest manifest_digest(const Manifest& manifest) {
  return crypto::sha256(canonical_manifest(manifest));
}

std::span<const Manifest> known_manifests() {
  static const std::vector<Manifest> known = [] {
    std::vector<Manifest> out;
    for (const EmbeddedFile& file : embedded_manifests()) {
      auto manifest = read_manifest(file.text);
      const std::string why = manifest ? std::string() : manifest.error().why;
      CHECK(manifest.has_value(), std::string(file.name) + ": " + why);
      if (manifest->name != kBuiltInPack) out.push_back(std::move(*manifest));
    }
    return out;
  }();
  return known;
}

const Manifest& built_in_manifest() {
  static const Manifest manifest = [] {
    const auto files = embedded_manifests();
    const auto own = std::ranges::find(files, std::string(kBuiltInPack) + ".json", &EmbeddedFile::name);
    CHECK(own != files.end(), "the program carries no manifest of its own rules");
    auto read = read_manifest(own->text);
    CHECK(read.has_value(), read ? std::string() : read.error().why);
    return std::move(*read);
  }();
  return manifest;
}

Result<std::vector<OfferedFile>> offered_files(std::string path, Bytes bytes) {
  std::vector<OfferedFile> out;
  std::vector<archive::Entry> inside;
  if (archive::begins_as_zip(bytes)) {
    auto entries = archive::unzip(bytes);
    if (!entries) return std::unexpected(in_context(path, std::move(entries).error()));
    inside = std::move(*entries);
  }
  out.push_back({path, crypto::sha256(bytes), std::move(bytes)});
  for (archive::Entry& entry : inside) {
    const Digest sha256 = crypto::sha256(entry.bytes);
    out.push_back({path + "/" + entry.path, sha256, std::move(entry.bytes)});
  }
  return out;
}

std::vector<PackMatch> match_packs(std::span<const OfferedFile> offered,
                                   std::span<const Manifest> manifests) {
  std::map<Digest, std::size_t> by_content;
  std::map<std::string_view, std::size_t> by_name;
  const auto last = [](std::string_view path) { return path.substr(path.rfind('/') + 1); };
  for (std::size_t i = 0; i < offered.size(); ++i) {
    by_content.emplace(offered[i].sha256, i);
    by_name.emplace(last(offered[i].path), i);
  }
  std::vector<PackMatch> out;
  for (const Manifest& manifest : manifests) {
    PackMatch match;
    match.manifest = &manifest;
    for (const ListedFile& file : manifest.files) {
      const auto found = by_content.find(file.sha256);
      match.offered.push_back(found == by_content.end() ? SIZE_MAX : found->second);
      if (found != by_content.end()) continue;
      (by_name.contains(last(file.path)) ? match.altered : match.missing).push_back(file.path);
    }
    out.push_back(std::move(match));
  }
  return out;
}

}  // namespace corridor::documents
