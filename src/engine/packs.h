// SPDX-License-Identifier: Apache-2.0
//
// The packs of one data folder: imported, signed, listed, removed, and made into the library that
// judges documents. On disk, below DATA/packs: `index.json` (the signed manifests, and whose
// signatures count; replaced in one step, so it is the commit point) and `files/<sha256>` (their
// files, by content). DATA/keys/pack.jwk signs what this folder's own people import.
//
// A signed manifest is a compact JWS (EdDSA) over the canonical manifest; its kid is the key itself,
// "ed25519:<base64url>". A manifest counts here when its signature is of this folder's own key, or
// of a key that somebody here has named as trusted. One that does not verify is refused and listed
// so; a file that is not the one its manifest lists makes the parts that need it unusable.
//
//   engine::Packs packs(data, env, engine::CompiledCache(engine::CompiledCache::users_folder()));
//   TRY(packs.reload());
//   report = packs.library()->examine(bytes, {.now = env.now()}).report;
//
// Threads: any. Processes: changes take a lock on the folder; a running node is told to reload.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/env.h"
#include "crypto/keys.h"
#include "documents/packs.h"
#include "engine/compiled_cache.h"

namespace corridor::engine {

struct InstalledPack {
  documents::Manifest manifest;
  std::string signer;   // "ed25519:..."
  bool own = false;     // signed by this folder's own key
  std::string refused;  // why it is not used; empty when it is
  std::string jws;
};

// What became of one pack that was offered.
struct ImportedPack {
  std::string id;
  enum class State : std::uint8_t { installed, present, incomplete, refused } state = State::installed;
  std::string why;
};

class Packs {
 public:
  // An empty folder: the built-in pack alone, and nothing can be imported.
  Packs(std::string data, Env& env, CompiledCache cache);

  // Reads the index; `corrupt` when it cannot be read, and then the built-in pack judges alone.
  Result<> reload();

  [[nodiscard]] std::shared_ptr<const documents::Library> library() const;
  [[nodiscard]] std::vector<InstalledPack> installed() const;
  [[nodiscard]] std::vector<std::string> trusted() const;

  // Installs every pack that is whole among the files: packs that this program knows, and those
  // whose manifest is offered too (manifest.json, which this folder's key then signs, or
  // manifest.jws). `trust` is a signer's key whose signatures count from now on. `not_found` when
  // there is no pack in it, `denied` for a signature of somebody who is not trusted here.
  Result<std::vector<ImportedPack>> import(const std::vector<documents::OfferedFile>& files,
                                           const std::string& trust = {});
  // An edition that is not given: all of them.
  Result<std::vector<std::string>> remove(std::string_view name, std::string_view edition);
  // Signatures, files and whether they can be used; the first reason of each pack that cannot.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> verify() const;
  // The manifest with this folder's signature, to be given to others.
  Result<std::string> sign(const documents::Manifest& manifest);
  // The key whose signature that is.
  Result<std::string> own_key();

 private:
  struct Index {
    std::vector<InstalledPack> packs;
    std::set<std::string> trusted;
  };
  struct Offer;

  Result<Index> read_index() const;
  Result<> write_index(const Index& index) const;
  Result<> make_key();
  [[nodiscard]] std::string own_signer() const;
  [[nodiscard]] documents::Pack pack_of(const documents::Manifest& manifest) const;
  void use(Index index);
  Result<std::vector<Offer>> read_offers(const std::vector<documents::OfferedFile>& files,
                                         Index& index, const std::string& trust);
  Result<ImportedPack> install(const documents::PackMatch& match, const std::string& jws,
                               const std::vector<documents::OfferedFile>& files, Index& index);

  std::string data_;
  Env& env_;
  CompiledCache cache_;
  std::optional<crypto::SigningKey> key_;
  mutable std::mutex mutex_;
  Index index_;
  std::shared_ptr<const documents::Library> library_;
};

// Verifies what a signed manifest says; the key is the one it names itself.
struct SignedManifest {
  documents::Manifest manifest;
  std::string signer;
};
Result<SignedManifest> read_signed_manifest(View jws);

}  // namespace corridor::engine
