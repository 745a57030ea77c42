// SPDX-License-Identifier: Apache-2.0
#include "documents/packs/part.h"

#include <algorithm>

#include "crypto/crypto.h"
#include "documents/archive/zip.h"

namespace corridor::documents {

namespace {

std::optional<Bytes> kept_of(const CompiledStore& compiled, const Digest& key) {
  return compiled.get ? compiled.get(key) : std::nullopt;
}

}  // namespace

Result<Bytes> open_verified(const Pack& pack, std::string_view path) {
  const auto& files = pack.manifest.files;
  if (files.empty()) return pack.open(path);  // in the program itself
  const auto listed = std::ranges::find(files, path, &ListedFile::path);
  if (listed == files.end())
    return fail(Code::not_found,
                "the pack " + pack.manifest.id() + " lists no file " + std::string(path));
  TRY_ASSIGN(Bytes bytes, pack.open(path));
  if (bytes.size() != listed->bytes || crypto::sha256(bytes) != listed->sha256)
    return fail(Code::corrupt,
                "the file " + std::string(path) + " is not the one that the pack's manifest lists",
                "import the pack again");
  return bytes;
}

LoadedPart::LoadedPart(const Pack& pack, const PackPart& part, const Digest& manifest)
    : pack_(pack),
      part_(part),
      key_(crypto::sha256({"part", manifest.view(), part.id})) {}

const std::string& LoadedPart::load(const CompiledStore& compiled) const {
  std::call_once(once_, [&] {
    auto made = make(compiled);
    if (made) return;
    refused_ = made.error().why;
    if (refused_.empty()) refused_ = "it cannot be read";
  });
  return refused_;
}

// What was compiled before is used only while the files it came from are still what they were.
Result<> LoadedPart::verify() const {
  for (const ListedFile& file : pack_.manifest.files) {
    if (auto bytes = open_verified(pack_, file.path); !bytes) return std::unexpected(bytes.error());
  }
  return {};
}

Result<> LoadedPart::make(const CompiledStore& compiled) const {
  TRY(verify());
  switch (part_.kind) {
    case PartKind::schematron: return make_rules(compiled);
    case PartKind::xsd: return make_schema(compiled);
    case PartKind::edifact: return make_directory(compiled);
  }
  CHECK(false, "a kind of part that does not exist");
}

Result<> LoadedPart::make_rules(const CompiledStore& compiled) const {
  const auto open = [this](std::string_view path) { return open_verified(pack_, path); };
  if (const auto kept = kept_of(compiled, key_)) {
    if (auto restored = schematron::restore(*kept, open)) {
      rules_ = std::move(*restored);
      return {};
    }
  }
  TRY_ASSIGN(rules_, schematron::compile(part_.entries.front(), open));
  if (const auto saved = rules_->save(); saved && compiled.put) compiled.put(key_, *saved);
  return {};
}

Result<> LoadedPart::make_schema(const CompiledStore& compiled) const {
  if (const auto kept = kept_of(compiled, key_)) {
    if (auto restored = xsd::restore(*kept)) {
      schema_ = std::move(*restored);
      return {};
    }
  }
  TRY_ASSIGN(schema_, xsd::compile(part_.entries, [this](std::string_view path) {
               return open_verified(pack_, path);
             }));
  if (compiled.put) compiled.put(key_, schema_->save());
  return {};
}

// Directories are published as archives of archives of text files.
Result<> LoadedPart::make_directory(const CompiledStore& compiled) const {
  if (const auto kept = kept_of(compiled, key_)) {
    if (auto restored = edifact::Directory::restore(*kept)) {
      directory_ = std::move(*restored);
      return {};
    }
  }
  std::vector<archive::Entry> texts;
  for (const std::string& path : part_.entries) {
    TRY_ASSIGN(Bytes bytes, open_verified(pack_, path));
    if (!archive::begins_as_zip(bytes)) {
      texts.push_back({path, std::move(bytes)});
      continue;
    }
    TRY_ASSIGN(auto inside, archive::unzip(bytes));
    for (auto& entry : inside) texts.push_back(std::move(entry));
  }
  std::vector<edifact::DirectoryFile> files;
  for (const auto& text : texts) files.push_back({text.path, text.bytes});
  TRY_ASSIGN(directory_, edifact::Directory::import(files));
  if (compiled.put) compiled.put(key_, directory_->save());
  return {};
}

}  // namespace corridor::documents
