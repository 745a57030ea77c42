// SPDX-License-Identifier: Apache-2.0
#include "engine/packs.h"

#include <sys/stat.h>

#include <filesystem>

#include "base/files.h"
#include "crypto/crypto.h"
#include "crypto/jose.h"
#include "store/open.h"

namespace corridor::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKeyPrefix = "ed25519:";
constexpr std::string_view kType = "corridor-pack";
constexpr std::size_t kJwsBytesMax = 6 * 1024 * 1024;
constexpr std::size_t kIndexBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kPacksMax = 1'000;

std::string key_name(const crypto::PublicKey& key) {
  return std::string(kKeyPrefix) + base64url(key.bytes);
}

Result<crypto::PublicKey> key_of_name(std::string_view name) {
  if (name.starts_with(kKeyPrefix)) {
    auto bytes = from_base64url(name.substr(kKeyPrefix.size()));
    if (bytes && bytes->size() == 32) return crypto::PublicKey{crypto::Suite::ed25519, *bytes};
  }
  return fail(Code::invalid, std::string(name.substr(0, 100)) + " is not a key as ed25519:...",
              "ask the publisher of the pack for its key");
}

documents::CompiledStore store_of(const CompiledCache& cache) {
  return {[cache](const Digest& key) { return cache.get(key); },
          [cache](const Digest& key, View compiled) { cache.put(key, compiled); }};
}

std::string last_part(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

}  // namespace

Result<SignedManifest> read_signed_manifest(View jws) {
  TRY_ASSIGN(const auto read, crypto::read_jws(jws, kJwsBytesMax));
  if (read.header.text_or("typ") != kType)
    return fail(Code::invalid, "the signature is not one of a pack's manifest");
  TRY_ASSIGN(const auto key, key_of_name(read.kid));
  TRY(crypto::verify_jws(read, key));
  SignedManifest out;
  TRY_ASSIGN(out.manifest, documents::read_manifest(read.payload));
  out.signer = read.kid;
  return out;
}

// A manifest among the offered files.
struct Packs::Offer {
  documents::Manifest manifest;
  std::string jws;  // empty: known to the program, or unsigned
  bool asked = false;
};

Packs::Packs(std::string data, Env& env, CompiledCache cache)
    : data_(std::move(data)),
      env_(env),
      cache_(std::move(cache)),
      library_(std::make_shared<const documents::Library>()) {}

std::shared_ptr<const documents::Library> Packs::library() const {
  const std::lock_guard lock(mutex_);
  return library_;
}

std::vector<InstalledPack> Packs::installed() const {
  const std::lock_guard lock(mutex_);
  return index_.packs;
}

std::vector<std::string> Packs::trusted() const {
  const std::lock_guard lock(mutex_);
  return {index_.trusted.begin(), index_.trusted.end()};
}

std::string Packs::own_signer() const { return key_ ? key_name(key_->public_key()) : std::string(); }

Result<> Packs::reload() {
  if (data_.empty()) return {};
  auto index = read_index();
  if (!index) {
    use({});
    return std::unexpected(in_context("the packs of " + data_, std::move(index).error()));
  }
  use(std::move(*index));
  return {};
}

Result<Packs::Index> Packs::read_index() const {
  auto text = read_whole_file(data_ + "/packs/index.json", kIndexBytesMax);
  if (!text && text.error().code == Code::not_found) return Index{};
  if (!text) return std::unexpected(std::move(text).error());
  TRY_ASSIGN(const json::Value value, json::parse(*text, {.bytes_max = kIndexBytesMax}));
  Index out;
  std::string own;
  if (auto key = crypto::SigningKey::load(data_ + "/keys/pack.jwk"))
    own = key_name(key->public_key());
  TRY_ASSIGN(const json::Value* trusted, json::require_array(value, "trusted"));
  for (const auto& key : trusted->items())
    if (key.is_text()) out.trusted.insert(key.text());
  TRY_ASSIGN(const json::Value* packs, json::require_array(value, "packs"));
  for (const auto& item : packs->items()) {
    InstalledPack pack;
    pack.manifest.name = item.text_or("name");
    pack.manifest.edition = item.text_or("edition");
    pack.jws = item.text_or("manifest");
    auto read = read_signed_manifest(pack.jws);
    if (!read) {
      pack.refused = "its manifest does not verify: " + read.error().why;
    } else {
      pack.manifest = std::move(read->manifest);
      pack.signer = std::move(read->signer);
      pack.own = pack.signer == own;
      if (!pack.own && !out.trusted.contains(pack.signer))
        pack.refused = "it is signed by " + pack.signer + ", which is not trusted here";
    }
    out.packs.push_back(std::move(pack));
  }
  return out;
}

Result<> Packs::write_index(const Index& index) const {
  auto trusted = json::Value::array();
  for (const std::string& key : index.trusted) trusted.push(key);
  auto packs = json::Value::array();
  for (const InstalledPack& pack : index.packs)
    packs.push(json::Value::object({{"name", pack.manifest.name},
                                    {"edition", pack.manifest.edition},
                                    {"manifest", pack.jws}}));
  const auto value = json::Value::object(
      {{"version", 1}, {"trusted", std::move(trusted)}, {"packs", std::move(packs)}});
  return write_whole_file(data_ + "/packs/index.json", json::write_pretty(value) + "\n",
                          Existing::replace);
}

documents::Pack Packs::pack_of(const documents::Manifest& manifest) const {
  std::map<std::string, std::string, std::less<>> names;
  for (const auto& file : manifest.files) names.emplace(file.path, hex(file.sha256.view()));
  return {manifest, [folder = data_ + "/packs/files/",
                     names = std::move(names)](std::string_view path) -> Result<Bytes> {
            const auto found = names.find(path);
            if (found == names.end())
              return fail(Code::not_found, "the pack has no file " + std::string(path));
            return read_whole_file(folder + found->second, kFileBytesMax);
          }};
}

void Packs::use(Index index) {
  std::vector<documents::Pack> packs;
  std::vector<documents::RefusedPack> refused;
  for (const InstalledPack& pack : index.packs) {
    if (pack.refused.empty()) {
      packs.push_back(pack_of(pack.manifest));
    } else {
      refused.push_back({pack.manifest.id(), pack.refused});
    }
  }
  auto library = std::make_shared<const documents::Library>(std::move(packs), store_of(cache_),
                                                            std::move(refused));
  const std::lock_guard lock(mutex_);
  index_ = std::move(index);
  library_ = std::move(library);
}

Result<> Packs::make_key() {
  if (key_) return {};
  const std::string path = data_ + "/keys/pack.jwk";
  std::error_code error;
  fs::create_directories(data_ + "/keys", error);
  fs::create_directories(data_ + "/packs/files", error);
  if (error)
    return fail(Code::unavailable, data_ + " cannot be written: " + error.message(),
                "name another data folder with --data DIR");
  for (const char* folder : {"", "/keys", "/packs", "/packs/files"})
    ::chmod((data_ + folder).c_str(), 0700);
  if (!fs::exists(path)) {
    TRY_ASSIGN(const auto key, crypto::SigningKey::generate(crypto::Suite::ed25519, env_.seed()));
    TRY(key.save(path));
  }
  TRY_ASSIGN(key_, crypto::SigningKey::load(path));
  return {};
}

Result<std::string> Packs::own_key() {
  TRY(make_key());
  return own_signer();
}

Result<std::string> Packs::sign(const documents::Manifest& manifest) {
  TRY(make_key());
  return crypto::sign_jws(*key_, own_signer(), kType, documents::canonical_manifest(manifest));
}

// The manifests among the files, after those that the program knows.
Result<std::vector<Packs::Offer>> Packs::read_offers(
    const std::vector<documents::OfferedFile>& files, Index& index, const std::string& trust) {
  std::vector<Offer> out;
  for (const documents::Manifest& known : documents::known_manifests()) out.push_back({known, {}, false});
  for (const documents::OfferedFile& file : files) {
    const std::string name = last_part(file.path);
    if (name.ends_with(".jws")) {
      View text = file.bytes;
      while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
      auto read = read_signed_manifest(text);
      if (!read) return std::unexpected(in_context(file.path, std::move(read).error()));
      const std::string own = own_signer();
      if (read->signer != own && read->signer != trust && !index.trusted.contains(read->signer))
        return fail(Code::denied,
                    file.path + " is signed by " + read->signer + ", which is not trusted here",
                    "if that is the publisher's key: --trust " + read->signer);
      if (read->signer == trust) index.trusted.insert(trust);
      out.push_back({std::move(read->manifest), std::string(text), true});
    } else if (name == "manifest.json" || (files.size() == 1 && name.ends_with(".json"))) {
      auto read = documents::read_manifest(file.bytes);
      if (!read) return std::unexpected(in_context(file.path, std::move(read).error()));
      out.push_back({std::move(*read), {}, true});
    }
  }
  // A manifest that is there signed and plain is one.
  const auto is_signed = [&out](const std::string& id) {
    return std::ranges::any_of(
        out, [&](const Offer& offer) { return !offer.jws.empty() && offer.manifest.id() == id; });
  };
  std::erase_if(out, [&](const Offer& offer) {
    return offer.jws.empty() && offer.asked && is_signed(offer.manifest.id());
  });
  return out;
}

Result<ImportedPack> Packs::install(const documents::PackMatch& match, const std::string& jws,
                                    const std::vector<documents::OfferedFile>& files,
                                    Index& index) {
  const documents::Manifest& manifest = *match.manifest;
  ImportedPack out{manifest.id(), ImportedPack::State::installed, {}};
  if (manifest.name == "corridor-basic") {
    out.state = ImportedPack::State::refused;
    out.why = "that is the name of the built-in pack";
    return out;
  }
  const auto before = std::ranges::find_if(index.packs, [&](const InstalledPack& pack) {
    return pack.manifest.id() == manifest.id();
  });
  if (before != index.packs.end() && before->refused.empty()) {
    if (documents::manifest_digest(before->manifest) == documents::manifest_digest(manifest)) {
      out.state = ImportedPack::State::present;
    } else if (!before->own || !jws.empty()) {
      out.state = ImportedPack::State::refused;
      out.why = "another pack of this name and edition is here; remove it first";
      return out;
    }
  }
  InstalledPack pack{manifest, {}, false, {}, jws};
  if (jws.empty()) {
    TRY_ASSIGN(pack.jws, sign(manifest));
  }
  // Files that are here already are written again where they were altered.
  for (std::size_t i = 0; i < manifest.files.size(); ++i)
    TRY(write_whole_file(data_ + "/packs/files/" + hex(manifest.files[i].sha256.view()),
                         files[match.offered[i]].bytes, Existing::replace));
  std::vector<documents::Pack> alone;
  alone.push_back(pack_of(manifest));
  const documents::Library trial(std::move(alone), store_of(cache_));
  if (!manifest.parts.empty()) {
    if (auto loaded = trial.load(manifest.id()); !loaded) {
      out.state = ImportedPack::State::refused;
      out.why = loaded.error().why;
      return out;
    }
  }
  if (before != index.packs.end()) index.packs.erase(before);
  index.packs.push_back(std::move(pack));
  return out;
}

Result<std::vector<ImportedPack>> Packs::import(const std::vector<documents::OfferedFile>& files,
                                                const std::string& trust) {
  if (data_.empty()) return fail(Code::invalid, "there is no data folder to import packs into");
  TRY(make_key());
  if (!trust.empty()) TRY(key_of_name(trust));
  TRY_ASSIGN(const auto lock, store::FolderLock::take(data_ + "/packs"));
  TRY_ASSIGN(Index index, read_index());
  TRY_ASSIGN(const auto offers, read_offers(files, index, trust));
  std::vector<documents::Manifest> manifests;
  for (const Offer& offer : offers) manifests.push_back(offer.manifest);
  std::vector<ImportedPack> out;
  for (const auto& match : documents::match_packs(files, manifests)) {
    const Offer& offer = offers[static_cast<std::size_t>(match.manifest - manifests.data())];
    if (!match.touched() && !offer.asked) continue;
    if (!match.whole()) {
      // A folder may hold one file that some pack has too; a manifest that was offered is meant.
      std::string why;
      for (const std::string& path : match.altered) why += ", " + path + " is another file";
      for (const std::string& path : match.missing) why += ", " + path + " is missing";
      why = why.substr(2, 600);
      out.push_back({offer.manifest.id(), ImportedPack::State::incomplete, std::move(why)});
      continue;
    }
    TRY_ASSIGN(auto imported, install(match, offer.jws, files, index));
    out.push_back(std::move(imported));
  }
  if (out.empty())
    return fail(Code::not_found, "there is no pack in it that this program knows, and no manifest",
                "see what is known: corridor pack list --all");
  if (index.packs.size() > kPacksMax) return fail(Code::too_large, "there are too many packs here");
  TRY(write_index(index));
  TRY(reload());
  return out;
}

Result<std::vector<std::string>> Packs::remove(std::string_view name, std::string_view edition) {
  TRY(make_key());
  TRY_ASSIGN(const auto lock, store::FolderLock::take(data_ + "/packs"));
  TRY_ASSIGN(Index index, read_index());
  std::vector<std::string> removed;
  std::erase_if(index.packs, [&](const InstalledPack& pack) {
    if (pack.manifest.name != name) return false;
    if (!edition.empty() && pack.manifest.edition != edition) return false;
    removed.push_back(pack.manifest.id());
    return true;
  });
  if (removed.empty())
    return fail(Code::not_found, "there is no pack " + std::string(name) + " here",
                "see them with: corridor pack list");
  TRY(write_index(index));
  // Files that no other pack lists go; a crash before this leaves some behind, which do no harm.
  std::set<std::string> listed;
  for (const InstalledPack& pack : index.packs)
    for (const auto& file : pack.manifest.files) listed.insert(hex(file.sha256.view()));
  std::error_code error;
  for (fs::directory_iterator it(data_ + "/packs/files", error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (!listed.contains(it->path().filename().string())) fs::remove(it->path(), ignored);
  }
  TRY(reload());
  return removed;
}

std::vector<std::pair<std::string, std::string>> Packs::verify() const {
  std::vector<std::pair<std::string, std::string>> out;
  const auto packs = installed();
  // Anew: what a library has loaded it does not read again.
  std::vector<documents::Pack> readable;
  for (const InstalledPack& pack : packs)
    if (pack.refused.empty()) readable.push_back(pack_of(pack.manifest));
  const documents::Library fresh(std::move(readable));
  for (const InstalledPack& pack : packs) {
    std::string why = pack.refused;
    if (why.empty() && !pack.manifest.parts.empty())
      if (auto loaded = fresh.load(pack.manifest.id()); !loaded) why = loaded.error().why;
    out.emplace_back(pack.manifest.id(), std::move(why));
  }
  return out;
}

}  // namespace corridor::engine
