// SPDX-License-Identifier: Apache-2.0
//
// One part of a pack, loaded when the first document needs it: its files verified against the
// manifest, compiled (or taken from what was compiled before), and kept. A part that cannot be used
// stays refused, with the reason, until the library is made anew.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "documents/edifact/directory.h"
#include "documents/packs.h"
#include "documents/schematron/schematron.h"
#include "documents/xsd/xsd.h"

namespace corridor::documents {

// The bytes of a file that the manifest lists; `corrupt` when they are not what it says.
Result<Bytes> open_verified(const Pack& pack, std::string_view path);

class LoadedPart {
 public:
  LoadedPart(const Pack& pack, const PackPart& part, const Digest& manifest);

  [[nodiscard]] const Pack& pack() const { return pack_; }
  [[nodiscard]] const PackPart& part() const { return part_; }
  [[nodiscard]] std::string name() const { return pack_.manifest.id() + "#" + part_.id; }
  // Of the manifest and this part of it.
  [[nodiscard]] const Digest& key() const { return key_; }

  // The reason why it cannot be used; empty when it can.
  const std::string& load(const CompiledStore& compiled) const;
  // Of a part that is loaded and of that kind.
  [[nodiscard]] const schematron::RuleSet& rules() const { return *rules_; }
  [[nodiscard]] const xsd::Schema& schema() const { return *schema_; }
  [[nodiscard]] const edifact::Directory& directory() const { return *directory_; }

 private:
  Result<> verify() const;
  Result<> make(const CompiledStore& compiled) const;
  Result<> make_rules(const CompiledStore& compiled) const;
  Result<> make_schema(const CompiledStore& compiled) const;
  Result<> make_directory(const CompiledStore& compiled) const;

  const Pack& pack_;
  const PackPart& part_;
  Digest key_;
  mutable std::once_flag once_;
  mutable std::string refused_;
  mutable std::optional<schematron::RuleSet> rules_;
  mutable std::optional<xsd::Schema> schema_;
  mutable std::optional<edifact::Directory> directory_;
};

}  // namespace corridor::documents
