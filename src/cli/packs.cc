// SPDX-License-Identifier: Apache-2.0
//
// Packs of the data folder: what judges documents here. These commands change the folder themselves,
// node or no node; a running one is told to look again.
#include <filesystem>
#include <set>

#include "cli/families.h"
#include "cli/files.h"
#include "cli/node_client.h"
#include "cli/packs.h"
#include "cli/terminal.h"
#include "crypto/crypto.h"

namespace corridor::cli {

namespace {

namespace fs = std::filesystem;
using State = engine::ImportedPack::State;

constexpr std::size_t kOfferedBytesMax = 512 * 1024 * 1024;
constexpr std::size_t kOfferedFilesMax = 50'000;

std::string_view state_name(State state) {
  constexpr std::string_view kStates[] = {"installed", "present", "incomplete", "refused"};
  return kStates[static_cast<std::size_t>(state)];
}

std::string parts_of(const documents::Manifest& manifest) {
  std::string out;
  for (const auto& part : manifest.parts) out += (out.empty() ? "" : " ") + part.id;
  return out;
}

// Files and archives as named; of a folder everything below it.
Result<std::vector<documents::OfferedFile>> offered(const std::vector<std::string>& paths) {
  std::set<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.insert(path);
      continue;
    }
    for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
         it.increment(error)) {
      if (it->is_regular_file(error)) files.insert(it->path().string());
      if (files.size() > kOfferedFilesMax)
        return fail(Code::too_large, path + " holds more than " + std::to_string(kOfferedFilesMax) +
                                         " files", "name the folder of the pack");
    }
    if (error) return fail(Code::invalid, path + " cannot be read: " + error.message());
  }
  std::vector<documents::OfferedFile> out;
  std::size_t bytes = 0;
  for (const std::string& file : files) {
    TRY_ASSIGN(Bytes content, read_file(file));
    TRY_ASSIGN(auto inside, documents::offered_files(file, std::move(content)));
    for (auto& one : inside) {
      bytes += one.bytes.size();
      if (bytes > kOfferedBytesMax)
        return fail(Code::too_large, "these files are more than " +
                                         std::to_string(kOfferedBytesMax) + " bytes together",
                    "name fewer of them");
      out.push_back(std::move(one));
    }
  }
  return out;
}

void show_imported(const Invocation& asked, const std::vector<engine::ImportedPack>& imported) {
  Columns columns;
  for (const auto& pack : imported) {
    if (asked.has("--json")) {
      auto line = json::Value::object({{"pack", pack.id}, {"state", state_name(pack.state)}});
      if (!pack.why.empty()) line.set("why", pack.why);
      say_json(line);
      continue;
    }
    columns.add({std::string(state_name(pack.state)), pack.id, printable(pack.why)});
  }
  if (!asked.has("--json")) say(columns.text());
}

// 0 when something was installed, or is here, and nothing was refused.
int status_of(const std::vector<engine::ImportedPack>& imported) {
  bool any = false;
  for (const auto& pack : imported) {
    if (pack.state == State::refused) return 1;
    any = any || pack.state == State::installed || pack.state == State::present;
  }
  return any ? 0 : 1;
}

// A running node judges by what is in the folder now; one that does not run will.
void tell_node(const std::string& data) {
  if (auto node = NodeClient::open(data)) (void)(*node)->post("/packs/reload");
}

// "en16931" or "en16931@1.3.16"
std::pair<std::string, std::string> name_and_edition(const std::string& text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

json::Value manifest_json(const documents::Manifest& manifest) {
  auto out = json::parse(documents::canonical_manifest(manifest), {.bytes_max = 16 * 1024 * 1024});
  CHECK(out.has_value(), "a canonical manifest is JSON");
  return std::move(*out);
}

void list_known(const std::vector<engine::InstalledPack>& here, bool json, Columns& columns) {
  for (const auto& manifest : documents::known_manifests()) {
    const bool installed = std::ranges::any_of(
        here, [&](const auto& pack) { return pack.manifest.id() == manifest.id(); });
    if (installed) continue;
    if (json) {
      say_json(json::Value::object({{"name", manifest.name},
                                    {"edition", manifest.edition},
                                    {"title", manifest.title},
                                    {"state", "known"},
                                    {"licence", manifest.licence}}));
    } else {
      columns.add({manifest.name, manifest.edition, "not here", parts_of(manifest), manifest.title});
    }
  }
}

}  // namespace

Result<LocalPacks> open_packs(const Invocation& asked) {
  LocalPacks out;
  // Where no folder can be named, as for a user without a home, the built-in pack judges.
  auto data = asked.data();
  if (!data && asked.has("--data")) return std::unexpected(std::move(data).error());
  if (data) out.data = std::move(*data);
  out.env = std::make_unique<SystemEnv>(Level::error);
  out.packs = std::make_unique<engine::Packs>(
      out.data, *out.env, engine::CompiledCache(engine::CompiledCache::users_folder()));
  TRY(out.packs->reload());
  return out;
}

Result<int> import_files(Invocation& asked, std::vector<documents::OfferedFile> files) {
  TRY_ASSIGN(auto local, open_packs(asked));
  TRY_ASSIGN(const auto imported, local.packs->import(files, asked.get("--trust")));
  tell_node(local.data);
  show_imported(asked, imported);
  return status_of(imported);
}

Result<int> run_pack_list(Invocation& asked) {
  TRY_ASSIGN(const auto local, open_packs(asked));
  const bool json = asked.has("--json");
  const auto installed = local.packs->installed();
  Columns columns;
  columns.add({"NAME", "EDITION", "STATE", "PARTS", "WHAT"});
  for (const auto& pack : installed) {
    const std::string state = pack.refused.empty() ? "in use" : "refused";
    if (json) {
      auto line = json::Value::object({{"name", pack.manifest.name},
                                       {"edition", pack.manifest.edition},
                                       {"title", pack.manifest.title},
                                       {"state", state},
                                       {"licence", pack.manifest.licence},
                                       {"signer", pack.signer},
                                       {"sha256", hex(documents::manifest_digest(pack.manifest).view())}});
      if (!pack.refused.empty()) line.set("refused", pack.refused);
      say_json(line);
      continue;
    }
    columns.add({printable(pack.manifest.name), printable(pack.manifest.edition), state,
                 printable(parts_of(pack.manifest)), printable(pack.manifest.title)});
  }
  if (asked.has("--all")) list_known(installed, json, columns);
  if (json) return 0;
  columns.add({"corridor-basic", "2", "built in", "ubl cii edifact", "checks of our own"});
  say(columns.text());
  for (const auto& pack : installed)
    if (!pack.refused.empty())
      say("\n" + pack.manifest.id() + " is not used: " + printable(pack.refused) + "\n");
  if (!asked.has("--all")) say("\nMore that this program knows: " + asked.hint("pack list --all") + "\n");
  return 0;
}

Result<int> run_pack_show(Invocation& asked) {
  TRY_ASSIGN(const auto local, open_packs(asked));
  const auto [name, edition] = name_and_edition(asked.operands()[0]);
  const documents::Manifest* found = nullptr;
  const auto installed = local.packs->installed();
  const auto look = [&](const documents::Manifest& manifest) {
    if (manifest.name == name && (edition.empty() || manifest.edition == edition)) found = &manifest;
  };
  for (const auto& manifest : documents::known_manifests()) look(manifest);
  for (const auto& pack : installed) look(pack.manifest);
  if (found == nullptr)
    return fail(Code::not_found, "there is no pack " + printable(asked.operands()[0]),
                "see them with: " + asked.hint("pack list --all"));
  if (asked.has("--json")) {
    say_json(manifest_json(*found));
    return 0;
  }
  Columns facts;
  facts.add({"pack", printable(found->id())});
  facts.add({"title", printable(found->title)});
  facts.add({"publisher", printable(found->publisher)});
  facts.add({"licence", printable(found->licence)});
  if (!found->source.empty()) facts.add({"from", printable(found->source)});
  facts.add({"sha256", hex(documents::manifest_digest(*found).view())});
  facts.add({"files", std::to_string(found->files.size())});
  say(facts.text());
  if (found->profiles.empty()) return 0;
  say("\nJudges\n");
  Columns profiles;
  for (const auto& profile : found->profiles) {
    std::string what;
    for (const auto& type : profile.types) what += (what.empty() ? "" : ", ") + profile.syntax + ":" + type;
    if (what.empty()) what = profile.syntax.empty() ? "anything" : profile.syntax + ":*";
    std::string by;
    for (const auto& check : profile.checks) by += (by.empty() ? "" : ", ") + check.pack + "#" + check.part;
    profiles.add({"  " + printable(profile.name), printable(what), "by " + printable(by)});
  }
  say(profiles.text());
  return 0;
}

Result<int> run_pack_import(Invocation& asked) {
  TRY_ASSIGN(auto files, offered(asked.operands()));
  return import_files(asked, std::move(files));
}

Result<int> run_pack_verify(Invocation& asked) {
  TRY_ASSIGN(const auto local, open_packs(asked));
  int status = 0;
  Columns columns;
  for (const auto& [id, why] : local.packs->verify()) {
    if (!asked.operands().empty() && name_and_edition(id).first != asked.operands()[0]) continue;
    if (!why.empty()) status = 1;
    if (asked.has("--json")) {
      auto line = json::Value::object({{"pack", id}, {"good", why.empty()}});
      if (!why.empty()) line.set("why", why);
      say_json(line);
      continue;
    }
    columns.add({why.empty() ? "good" : "refused", printable(id), printable(why)});
  }
  if (!asked.has("--json")) say(columns.text());
  return status;
}

Result<int> run_pack_remove(Invocation& asked) {
  TRY_ASSIGN(const auto local, open_packs(asked));
  const auto [name, edition] = name_and_edition(asked.operands()[0]);
  TRY_ASSIGN(const auto removed, local.packs->remove(name, edition));
  tell_node(local.data);
  for (const std::string& id : removed) {
    if (asked.has("--json")) {
      say_json(json::Value::object({{"removed", id}}));
    } else {
      say("removed " + printable(id) + "\n");
    }
  }
  return 0;
}

// What others need to use a pack of ours: its files as they are, and the signed manifest beside.
Result<int> run_pack_sign(Invocation& asked) {
  const std::string& folder = asked.operands()[0];
  TRY_ASSIGN(const Bytes text, read_file(folder + "/manifest.json"));
  TRY_ASSIGN(const auto manifest, documents::read_manifest(text));
  for (const auto& file : manifest.files) {
    TRY_ASSIGN(const Bytes bytes, read_file(folder + "/" + file.path));
    if (bytes.size() != file.bytes || crypto::sha256(bytes) != file.sha256)
      return fail(Code::invalid, file.path + " is not the file that the manifest lists",
                  "its sha256 is " + hex(crypto::sha256(bytes).view()) + ", its bytes are " +
                      std::to_string(bytes.size()));
  }
  TRY_ASSIGN(const auto local, open_packs(asked));
  TRY_ASSIGN(const std::string jws, local.packs->sign(manifest));
  const std::string path = folder + "/manifest.jws";
  TRY(write_file(path, jws + "\n", Existing::replace));
  TRY_ASSIGN(const std::string key, local.packs->own_key());
  if (asked.has("--json")) {
    say_json(json::Value::object({{"pack", manifest.id()}, {"file", path}, {"key", key}}));
    return 0;
  }
  say("signed " + printable(manifest.id()) + ": " + printable(path) +
      "\nOthers import the folder, or a zip archive of it, with\n  corridor pack import FOLDER --trust " +
      key + "\n");
  return 0;
}

}  // namespace corridor::cli
