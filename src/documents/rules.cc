// SPDX-License-Identifier: Apache-2.0
#include "documents/rules.h"

#include "crypto/crypto.h"
#include "documents/documents.h"
#include "documents/read/read.h"
#include "documents/schematron/schematron.h"
#include "documents/schematron/svrl.h"

namespace corridor::documents {

namespace {

// Saved rules: this, the SHA-256 of all that follows, the number of files, for each its path's size
// and path, the digest of the files, and the compiled rules. The last character is the version of
// the format, of xpath/saved.h and schematron/saved.cc as well.
constexpr View kMagic = "corridor rules \x01";
constexpr std::size_t kFilesMax = 1'000;
constexpr std::size_t kPathBytesMax = 4'096;

void add_file(crypto::Sha256& digest, View path, View bytes) {
  digest.update(path);
  digest.update(View("\0", 1));
  digest.update(crypto::sha256(bytes).view());
}

std::unexpected<Error> damaged() {
  return fail(Code::corrupt, "these are not compiled rules, or they are damaged");
}

// A number of eight bytes in front of `rest`, at most `most`.
Result<std::size_t> take_number(View& rest, std::size_t most) {
  if (rest.size() < 8) return damaged();
  const std::uint64_t value = read_u64_be(rest.substr(0, 8));
  rest.remove_prefix(8);
  if (value > most) return damaged();
  return static_cast<std::size_t>(value);
}

struct Saved {
  RuleFiles files;
  View program;
};

Result<Saved> open_saved(View bytes) {
  constexpr std::size_t kHead = kMagic.size() + 32;
  if (bytes.size() < kHead || !bytes.starts_with(kMagic)) return damaged();
  View rest = bytes.substr(kHead);
  if (crypto::sha256(rest).view() != bytes.substr(kMagic.size(), 32)) return damaged();
  Saved out;
  TRY_ASSIGN(const std::size_t count, take_number(rest, kFilesMax));
  for (std::size_t i = 0; i < count; ++i) {
    TRY_ASSIGN(const std::size_t size, take_number(rest, kPathBytesMax));
    if (size > rest.size()) return damaged();
    out.files.paths.emplace_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  if (rest.size() < 32) return damaged();
  TRY_ASSIGN(out.files.digest, Digest::from(rest.substr(0, 32)));
  out.program = rest.substr(32);
  return out;
}

}  // namespace

RulePack::RulePack(std::shared_ptr<const schematron::RuleSet> rules, std::string name,
                   RuleFiles files)
    : rules_(std::move(rules)), name_(std::move(name)), files_(std::move(files)) {}

Bytes RulePack::save() const {
  const auto program = rules_->save();
  if (!program || files_.paths.size() > kFilesMax) return {};
  Bytes rest;
  append_u64_be(rest, files_.paths.size());
  for (const std::string& path : files_.paths) {
    if (path.size() > kPathBytesMax) return {};
    append_u64_be(rest, path.size());
    rest += path;
  }
  rest += files_.digest.view();
  rest += *program;
  Bytes out(kMagic);
  out += crypto::sha256(rest).view();
  return out + rest;
}

Result<Report> RulePack::check(View bytes, Time now, std::string* svrl) const {
  Report report;
  report.rules = name_;
  report.rules_digest = files_.digest;
  auto tree = xml::parse(bytes);
  if (!tree) {
    report.kind = recognise(bytes).kind;
    report.findings.push_back({"not-xml", Severity::fatal,
                               "The document is not well-formed XML: " + tree.error().why + ".", "",
                               0, 0, "", ""});
    return report;
  }
  report.kind = kind_of(*tree);
  const auto outcome = rules_->check(*tree, {.now = now});
  report.findings = rules_->findings(outcome, *tree);
  if (svrl != nullptr) *svrl = schematron::write_svrl(*rules_, outcome, *tree);
  return report;
}

Result<Digest> digest_of_rules(std::span<const std::string> paths, const OpenRules& open) {
  crypto::Sha256 digest;
  for (const std::string& path : paths) {
    TRY_ASSIGN(const Bytes bytes, open(path));
    add_file(digest, path, bytes);
  }
  return digest.finish();
}

Result<RulePack> compile_rules(std::string_view path, const OpenRules& open) {
  crypto::Sha256 digest;
  RuleFiles files;
  const auto reading = [&](std::string_view name) -> Result<Bytes> {
    TRY_ASSIGN(Bytes bytes, open(name));
    add_file(digest, name, bytes);
    files.paths.emplace_back(name);
    return bytes;
  };
  TRY_ASSIGN(auto rules, schematron::compile(path, reading));
  files.digest = digest.finish();
  return RulePack(std::make_shared<const schematron::RuleSet>(std::move(rules)), std::string(path),
                  std::move(files));
}

Result<RuleFiles> saved_files(View saved) {
  TRY_ASSIGN(Saved opened, open_saved(saved));
  return std::move(opened.files);
}

Result<RulePack> restore_rules(View saved, const Digest& expected, const OpenRules& open) {
  TRY_ASSIGN(Saved opened, open_saved(saved));
  if (opened.files.digest != expected || opened.files.paths.empty()) return damaged();
  TRY_ASSIGN(auto rules, schematron::restore(opened.program, open));
  std::string name = opened.files.paths.front();
  return RulePack(std::make_shared<const schematron::RuleSet>(std::move(rules)), std::move(name),
                  std::move(opened.files));
}

}  // namespace corridor::documents
