// SPDX-License-Identifier: Apache-2.0
#include "engine/packs.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "crypto/crypto.h"
#include "crypto/jose.h"
#include "store/open.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::engine {

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "corridor-packs-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string path() const { return path_; }

 private:
  std::string path_;
};

const Bytes kRules =
    "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'><pattern>"
    "<rule context='/*'><assert id='R' test='false()'>no</assert></rule></pattern></schema>";
const Bytes kInvoice =
    "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>";

Bytes manifest(const std::string& edition = "1", const Bytes& rules = kRules) {
  return R"({"name":"mine","edition":")" + edition +
         R"(","title":"T","publisher":"P","licence":"L","files":[{"path":"r.sch","sha256":")" +
         hex(crypto::sha256(rules).view()) + R"(","bytes":)" + std::to_string(rules.size()) +
         R"(}],"parts":[{"id":"rules","kind":"schematron","entries":["r.sch"]}],"profiles":[{"name":"M",)"
         R"("match":{"syntax":"ubl"},"check":["#rules"]}]})";
}

documents::OfferedFile offered(const std::string& path, const Bytes& bytes) {
  return {path, crypto::sha256(bytes), bytes};
}

// The packs of a data folder; each is as a process of its own.
Packs opened(const std::string& data) {
  static SystemEnv env(Level::error);
  return Packs(data, env, CompiledCache({}));
}

bool judges(const Packs& packs) {
  const auto report = packs.library()->examine(kInvoice, {}).report;
  return report.findings.size() == 1 && report.findings[0].rule == "R";
}

}  // namespace

TEST_CASE("a pack that is imported judges, also in the next process, until it is removed") {
  const Folder folder;
  Packs packs = opened(folder.path() + "/data");
  CHECK(packs.reload().has_value());
  CHECK(packs.installed().empty());
  const auto imported =
      packs.import({offered("a/manifest.json", manifest()), offered("b/x", kRules)});
  REQUIRE_MESSAGE(imported.has_value(), (imported ? "" : imported.error().why));
  CHECK(imported->at(0).state == ImportedPack::State::installed);
  CHECK(judges(packs));
  Packs next = opened(folder.path() + "/data");
  CHECK(next.reload().has_value());
  REQUIRE(next.installed().size() == 1);
  CHECK(next.installed()[0].own);
  CHECK(judges(next));
  const auto again = next.import({offered("manifest.json", manifest()), offered("r.sch", kRules)});
  REQUIRE(again.has_value());
  CHECK(again->at(0).state == ImportedPack::State::present);
  CHECK(next.verify()[0].second.empty());
  CHECK(next.remove("mine", "2").error().code == Code::not_found);
  CHECK(next.remove("mine", "1").has_value());
  CHECK(!judges(next));
  CHECK(fs::is_empty(folder.path() + "/data/packs/files"));
}

TEST_CASE("what is not whole, not ours to understand or nothing at all is not installed") {
  const Folder folder;
  Packs packs = opened(folder.path());
  auto result = packs.import({offered("manifest.json", manifest())});
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().why));
  CHECK(result->at(0).state == ImportedPack::State::incomplete);
  CHECK(result->at(0).why == "r.sch is missing");
  result = packs.import({offered("manifest.json", manifest()), offered("r.sch", "altered")});
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().why));
  CHECK(result->at(0).why == "r.sch is another file");
  const Bytes xpath1 = "<schema xmlns='http://purl.oclc.org/dsdl/schematron'/>";
  result = packs.import({offered("manifest.json", manifest("1", xpath1)), offered("r.sch", xpath1)});
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().why));
  CHECK(result->at(0).state == ImportedPack::State::refused);
  CHECK(packs.installed().empty());
  CHECK(packs.import({offered("x", "y")}).error().code == Code::not_found);
  CHECK(packs.import({offered("manifest.json", "{}")}).error().code == Code::invalid);
  CHECK(packs.import({offered("manifest.jws", "a.b.c")}).error().code == Code::invalid);
}

TEST_CASE("a signed pack counts where its signer is trusted, and only as it was signed") {
  const Folder publisher;
  const Folder user;
  Packs theirs = opened(publisher.path());
  const auto jws = theirs.sign(*documents::read_manifest(manifest()));
  REQUIRE(jws.has_value());
  const std::string key = *theirs.own_key();
  Packs packs = opened(user.path());
  const std::vector<documents::OfferedFile> files{offered("m/manifest.jws", *jws + "\n"),
                                                  offered("m/r.sch", kRules)};
  auto result = packs.import(files);
  REQUIRE(!result.has_value());
  CHECK(result.error().code == Code::denied);
  CHECK(result.error().todo.find(key) != std::string::npos);
  CHECK(packs.import(files, "ed25519:nonsense").error().code == Code::invalid);
  result = packs.import(files, key);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().why));
  CHECK(judges(packs));
  CHECK(packs.installed()[0].signer == key);
  CHECK(!packs.installed()[0].own);
  CHECK(packs.trusted() == std::vector<std::string>{key});

  // One character of the signed text is another: it does not verify.
  Bytes index = *read_whole_file(user.path() + "/packs/index.json", 1'000'000);
  const std::size_t at = index.find("\"manifest\"") + 200;
  index[at] = index[at] == 'A' ? 'B' : 'A';
  REQUIRE(write_whole_file(user.path() + "/packs/index.json", index, Existing::replace).has_value());
  CHECK(packs.reload().has_value());
  CHECK(packs.installed()[0].refused.find("does not verify") != std::string::npos);
  CHECK(!judges(packs));
  CHECK(packs.library()->examine(kInvoice, {}).report.findings.at(0).rule == "CB-85");
}

TEST_CASE("a signature says what it is for: a token or another document is no manifest") {
  const auto key = crypto::SigningKey::generate(crypto::Suite::ed25519, Seed{});
  REQUIRE(key.has_value());
  const std::string kid = "ed25519:" + base64url(key->public_key().bytes);
  const std::string text = documents::canonical_manifest(*documents::read_manifest(manifest()));
  CHECK(read_signed_manifest(crypto::sign_jws(*key, kid, "corridor-pack", text)).has_value());
  CHECK(!read_signed_manifest(crypto::sign_jws(*key, kid, "JWT", text)).has_value());
  CHECK(!read_signed_manifest(crypto::sign_jws(*key, "did:web:x", "corridor-pack", text)).has_value());
  CHECK(!read_signed_manifest(crypto::sign_jws(*key, kid, "corridor-pack", "{}")).has_value());
}

TEST_CASE("a file that was altered on the disk makes its pack unusable, and importing mends it") {
  const Folder folder;
  Packs packs = opened(folder.path());
  const std::vector<documents::OfferedFile> files{offered("manifest.json", manifest()),
                                                  offered("r.sch", kRules)};
  REQUIRE(packs.import(files).has_value());
  const std::string file = folder.path() + "/packs/files/" + hex(crypto::sha256(kRules).view());
  REQUIRE(write_whole_file(file, "altered", Existing::replace).has_value());
  CHECK(packs.reload().has_value());
  CHECK(packs.library()->examine(kInvoice, {}).report.findings.at(0).rule == "CB-82");
  CHECK(!packs.verify()[0].second.empty());
  fs::remove(file);
  CHECK(packs.reload().has_value());
  CHECK(packs.library()->examine(kInvoice, {}).report.findings.at(0).rule == "CB-82");
  REQUIRE(packs.import(files).has_value());
  CHECK(judges(packs));
}

TEST_CASE("an index that cannot be read leaves the built-in pack; two changes at once are refused") {
  const Folder folder;
  Packs packs = opened(folder.path());
  REQUIRE(packs.import({offered("manifest.json", manifest()), offered("r.sch", kRules)}).has_value());
  {
    const auto other = store::FolderLock::take(folder.path() + "/packs");
    REQUIRE(other.has_value());
    CHECK(packs.remove("mine", {}).error().code == Code::conflict);
  }
  REQUIRE(write_whole_file(folder.path() + "/packs/index.json", "{\"packs", Existing::replace).has_value());
  CHECK(!packs.reload().has_value());
  CHECK(packs.installed().empty());
  CHECK(!judges(packs));
}

}  // namespace corridor::engine
