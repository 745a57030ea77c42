// SPDX-License-Identifier: Apache-2.0
// What somebody offers for import: an archive, a manifest in it, and a library made of both.
#include "documents/packs.h"

using namespace corridor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  const auto files = documents::offered_files("offer", Bytes(bytes));
  std::vector<documents::Manifest> manifests;
  const auto take = [&](View text) {
    auto manifest = documents::read_manifest(text);
    if (!manifest) return;
    const auto again = documents::read_manifest(documents::canonical_manifest(*manifest));
    CHECK(again.has_value(), "a manifest that was read can be written and read again");
    manifests.push_back(std::move(*manifest));
  };
  take(bytes);
  if (files)
    for (const auto& file : *files) take(file.bytes);
  if (!files || manifests.empty()) return 0;
  const auto matches = documents::match_packs(*files, manifests);
  std::vector<documents::Pack> packs;
  for (const auto& match : matches) {
    if (!match.whole()) continue;
    packs.push_back({*match.manifest, [&files](std::string_view path) -> Result<Bytes> {
                       for (const auto& file : *files)
                         if (file.path.ends_with(path)) return file.bytes;
                       return fail(Code::not_found, "no such file");
                     }});
  }
  const documents::Library library(std::move(packs));
  (void)library.examine("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", {});
  return 0;
}
