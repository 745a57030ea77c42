// SPDX-License-Identifier: Apache-2.0
//
// Packs: rules, structures and directories as data. A pack is a manifest and the files it names by
// their SHA-256; what is in the files is whoever publishes them's, unchanged. A manifest says where
// the files come from, what they are (parts), and which documents are judged by which parts
// (profiles). A Library is the packs that one node uses; it judges a document by the profile that
// fits it best: the partner's before anybody's, an imported pack's before the built-in one's
// ("corridor-basic", which is always there), one for a named profile before one for a type.
//
//   documents::Library library(std::move(installed));
//   const Examined examined = library.examine(bytes, {.now = env.now(), .partner = peer});
//
// Editions: of several editions of a pack the newest that was valid on the document's own date
// judges. What a profile asks for and cannot be used (not installed, altered, not understood) is a
// fatal finding, never a check less; only what it marks with "?" may be absent.
//
// Threads: a Library is immutable but for what it loads at first use; any number may examine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "documents/documents.h"

namespace corridor::documents {

enum class PartKind : std::uint8_t { schematron, xsd, edifact };

struct ListedFile {
  std::string path;    // within the pack, '/'-separated
  std::string source;  // where it comes from: an address, or relative to Manifest::source
  Digest sha256;
  std::uint64_t bytes = 0;
};

struct PackPart {
  std::string id;
  PartKind kind = PartKind::schematron;
  std::vector<std::string> entries;   // the files to begin with; they lead to the others
  std::vector<std::string> editions;  // documents that name another edition are not judged by it
};

// One check of a profile: "en16931@1.3.16#ubl?"; without a pack its own, without an edition any.
struct PartReference {
  std::string pack;
  std::string edition;
  std::string part;
  bool optional = false;
};

struct Profile {
  std::string name;
  std::string syntax;                 // "ubl"; empty: any
  std::vector<std::string> types;     // empty: any
  std::vector<std::string> profiles;  // what the document names; a last '*' takes the rest
  std::vector<std::string> partners;  // DIDs; empty: anybody, and documents without a partner
  std::string from;                   // dates of the document, "2024-02-01"; `until` is the first
  std::string until;                  // day it no longer holds
  std::vector<PartReference> checks;
  std::map<std::string, Severity, std::less<>> severity;  // by rule
  Refuse refuse = Refuse::fatal;
};

struct Manifest {
  std::string name;
  std::string edition;
  std::string title;
  std::string publisher;
  std::string licence;
  std::string source;  // https://.../ that the files' sources are relative to
  std::string from;    // of which documents' dates this edition is; empty: always
  std::string until;
  std::vector<ListedFile> files;
  std::vector<PackPart> parts;
  std::vector<Profile> profiles;

  [[nodiscard]] std::string id() const { return name + "@" + edition; }
};

// `invalid` names the member that is missing, unknown or not as it should be; `too_large` a limit.
Result<Manifest> read_manifest(View text);
// The same for every spelling of the same manifest (RFC 8785); what is hashed and signed.
std::string canonical_manifest(const Manifest& manifest);
Digest manifest_digest(const Manifest& manifest);

// Manifests of official packs that this program knows; none of their files.
std::span<const Manifest> known_manifests();

// A file that somebody offers for import.
struct OfferedFile {
  std::string path;
  Digest sha256;
  Bytes bytes{};
};
// A file, and what is in it when it is a zip archive ("packs.zip/common.sch"), archives within
// included; bounded, and refused by name when it is hostile.
Result<std::vector<OfferedFile>> offered_files(std::string path, Bytes bytes);

// What of the offered files is needed by which manifest.
struct PackMatch {
  const Manifest* manifest = nullptr;
  std::vector<std::size_t> offered;   // for each of the manifest's files; SIZE_MAX: not there
  std::vector<std::string> missing;   // paths
  std::vector<std::string> altered;   // a file of that name is there, with other bytes
  [[nodiscard]] bool whole() const { return missing.empty() && altered.empty(); }
  // Anything of it is there at all.
  [[nodiscard]] bool touched() const { return missing.size() < offered.size() || offered.empty(); }
};
// One for each manifest, in their order; files are found by content and not by name.
std::vector<PackMatch> match_packs(std::span<const OfferedFile> offered,
                                   std::span<const Manifest> manifests);

// The bytes of a pack's file by its path; the library verifies them.
using OpenPackFile = std::function<Result<Bytes>(std::string_view path)>;
// What was compiled from a pack, kept by a key: rules that are compiled already start faster.
struct CompiledStore {
  std::function<std::optional<Bytes>(const Digest& key)> get;
  std::function<void(const Digest& key, View compiled)> put;
};

struct Pack {
  Manifest manifest;
  OpenPackFile open;
};
// A pack that is here and does not count, and why: every report says so.
struct RefusedPack {
  std::string id;
  std::string why;
};

struct Asking {
  Time now{};                // for documents that have no date, and what current-date() answers
  std::string partner{};     // DID; empty: none
  std::size_t findings_max = 100;  // of one part; more are counted, not kept
  std::string* svrl = nullptr;     // receives the findings as SVRL
};

// A document as a page that a person reads: what it is and where it is wrong.
struct PageOptions {
  std::string language = "en";  // en fr es ru zh ar; what is not one of them is English
  std::string name{};           // of the file
};
struct Viewed {
  Examined examined;
  std::string page;  // one file of HTML: nothing in it is fetched or run
};

class Library {
 public:
  // With the built-in pack alone.
  Library();
  explicit Library(std::vector<Pack> packs, CompiledStore compiled = {},
                   std::vector<RefusedPack> refused = {});
  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();

  // Recognises and judges, reading the document once.
  [[nodiscard]] Examined examine(View bytes, const Asking& asking) const;
  // The same, and the page (view/view.h).
  [[nodiscard]] Viewed view(View bytes, const Asking& asking, const PageOptions& options) const;
  // Loads every part; `invalid` or `corrupt` with the first that cannot be used.
  [[nodiscard]] Result<> load(std::string_view pack_id) const;

 private:
  friend class Judging;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace corridor::documents
