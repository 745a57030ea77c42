// SPDX-License-Identifier: Apache-2.0
//
// What travels in the program: the files of the built-in pack (packs/basic) and the manifests
// (packs/manifests), as they stand there, by name; made by the build.
#pragma once

#include <span>
#include <string_view>

#include "documents/packs.h"

namespace corridor::documents {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};
std::span<const EmbeddedFile> basic_pack_files();
std::span<const EmbeddedFile> embedded_manifests();

inline constexpr std::string_view kBuiltInPack = "corridor-basic";
const Manifest& built_in_manifest();
std::string reference_name(const PartReference& reference);  // "en16931@1.3.16#ubl?"

}  // namespace corridor::documents
