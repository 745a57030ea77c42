// SPDX-License-Identifier: Apache-2.0
//
// The packs that judge documents here. What the command line does to the data folder itself, a program
// does through this.
#include "api/call.h"

namespace corridor::api {

namespace {

json::Value pack_json(const engine::InstalledPack& pack) {
  auto parts = json::Value::array();
  for (const auto& part : pack.manifest.parts) parts.push(part.id);
  auto profiles = json::Value::array();
  for (const auto& profile : pack.manifest.profiles) profiles.push(profile.name);
  auto out = json::Value::object({{"name", pack.manifest.name},
                                  {"edition", pack.manifest.edition},
                                  {"title", pack.manifest.title},
                                  {"publisher", pack.manifest.publisher},
                                  {"licence", pack.manifest.licence},
                                  {"sha256", hex(documents::manifest_digest(pack.manifest).view())},
                                  {"signer", pack.own ? std::string("this node") : pack.signer},
                                  {"parts", std::move(parts)},
                                  {"profiles", std::move(profiles)}});
  if (!pack.refused.empty()) out.set("refused", pack.refused);
  return out;
}

json::Value imported_json(const engine::ImportedPack& pack) {
  constexpr std::string_view kStates[] = {"installed", "present", "incomplete", "refused"};
  auto out = json::Value::object(
      {{"pack", pack.id}, {"state", kStates[static_cast<std::size_t>(pack.state)]}});
  if (!pack.why.empty()) out.set("why", pack.why);
  return out;
}

void answer_list(Call call) {
  auto items = json::Value::array();
  for (const auto& pack : call.engine().packs().installed()) items.push(pack_json(pack));
  call.answer(200, json::Value::object({{"items", std::move(items)}}));
}

}  // namespace

void manage_packs(Call call) { answer_list(std::move(call)); }

void manage_pack_reload(Call call) {
  if (auto loaded = call.engine().packs().reload(); !loaded) return call.fail(loaded.error());
  answer_list(std::move(call));
}

void manage_pack_import(Call call) {
  const std::string name(call.query_or("name", "body"));
  auto files = documents::offered_files(name, std::move(call.request.body));
  if (!files) return call.fail(files.error());
  auto imported = call.engine().packs().import(*files, std::string(call.query_or("trust")));
  if (!imported) return call.fail(imported.error());
  auto items = json::Value::array();
  for (const auto& pack : *imported) items.push(imported_json(pack));
  call.answer(200, json::Value::object({{"items", std::move(items)}}));
}

void manage_pack_remove(Call call) {
  auto removed = call.engine().packs().remove(call.params["name"], call.query_or("edition"));
  if (!removed) return call.fail(removed.error());
  auto items = json::Value::array();
  for (const std::string& id : *removed) items.push(id);
  call.answer(200, json::Value::object({{"removed", std::move(items)}}));
}

}  // namespace corridor::api
