// SPDX-License-Identifier: Apache-2.0
#include "documents/basic_pack.h"

#include <algorithm>

#include "crypto/crypto.h"

namespace corridor::documents {

namespace {

Result<Bytes> open_pack_file(std::string_view name) {
  const auto files = basic_pack_files();
  const auto found = std::ranges::find(files, name, &PackFile::name);
  if (found == files.end())
    return fail(Code::not_found, "the pack has no file " + std::string(name));
  return Bytes(found->text);
}

schematron::RuleSet compiled(std::string_view file) {
  auto rules = schematron::compile(file, open_pack_file);
  const std::string why = rules ? std::string() : rules.error().why;
  CHECK(rules.has_value(), why);
  return std::move(*rules);
}

}  // namespace

const schematron::RuleSet* basic_rules(std::string_view syntax) {
  if (syntax == "ubl") {
    static const schematron::RuleSet rules = compiled("ubl.sch");
    return &rules;
  }
  if (syntax == "cii") {
    static const schematron::RuleSet rules = compiled("cii.sch");
    return &rules;
  }
  if (syntax == "edifact") {
    static const schematron::RuleSet rules = compiled("edifact.sch");
    return &rules;
  }
  return nullptr;
}

Digest basic_rules_digest() {
  static const Digest digest = [] {
    crypto::Sha256 sum;
    for (const PackFile& file : basic_pack_files()) {
      sum.update(file.name);
      sum.update(View("\0", 1));
      sum.update(crypto::sha256(file.text).view());
    }
    return sum.finish();
  }();
  return digest;
}

}  // namespace corridor::documents
