// SPDX-License-Identifier: Apache-2.0
#include "documents/packs/part.h"

#include <algorithm>

#include "crypto/crypto.h"

namespace corridor::documents {

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

LoadedPart::LoadedPart(const Pack& pack, const PackPart& part)
    : pack_(pack),
      part_(part),
      key_(crypto::sha256({"part", manifest_digest(pack.manifest).view(), part.id})) {}

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
    case PartKind::xsd:
    case PartKind::edifact: break;
  }
  return fail(Code::invalid, "it is of a kind that this version does not read");
}

Result<> LoadedPart::make_rules(const CompiledStore& compiled) const {
  const auto open = [this](std::string_view path) { return open_verified(pack_, path); };
  if (compiled.get) {
    if (const auto kept = compiled.get(key_)) {
      auto restored = schematron::restore(*kept, open);
      if (restored) {
        rules_ = std::move(*restored);
        return {};
      }
    }
  }
  TRY_ASSIGN(rules_, schematron::compile(part_.entries.front(), open));
  if (!compiled.put) return {};
  if (const auto saved = rules_->save()) compiled.put(key_, *saved);
  return {};
}

}  // namespace corridor::documents
