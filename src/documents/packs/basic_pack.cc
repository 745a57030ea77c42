// SPDX-License-Identifier: Apache-2.0
#include "documents/packs/basic_pack.h"

#include <algorithm>

#include "crypto/crypto.h"
#include "documents/packs/embedded.h"

namespace corridor::documents {

namespace {

Result<Bytes> open_pack_file(std::string_view name) {
  const auto files = basic_pack_files();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  if (found == files.end())
    return fail(Code::not_found, "the pack has no file " + std::string(name));
  return Bytes(found->text);
}

}  // namespace

Pack basic_pack() { return {built_in_manifest(), open_pack_file}; }

Digest basic_rules_digest() {
  static const Digest digest = [] {
    crypto::Sha256 sum;
    for (const EmbeddedFile& file : basic_pack_files()) {
      sum.update(file.name);
      sum.update(View("\0", 1));
      sum.update(crypto::sha256(file.text).view());
    }
    return sum.finish();
  }();
  return digest;
}

}  // namespace corridor::documents
