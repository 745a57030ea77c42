// SPDX-License-Identifier: Apache-2.0
#include "app/folder.h"

#include <sys/stat.h>

#include <filesystem>

#include "base/files.h"
#include "crypto/crypto.h"
#include "identity/identity.h"

namespace corridor::app {

namespace {

constexpr std::size_t kSmallBytesMax = 64 * 1024;

struct KeySpec {
  const char* name;
  crypto::Suite suite;
};
// table
constexpr std::array<KeySpec, 3> kKeys{{{"token", crypto::Suite::es256},
                                        {"seal", crypto::Suite::ed25519},
                                        {"log", crypto::Suite::ed25519}}};

std::string key_path(const std::string& folder, const char* name) {
  return folder + "/keys/" + name + ".jwk";
}

Result<Bytes> read_small_file(const std::string& path) {
  return read_whole_file(path, kSmallBytesMax);
}

// Keys that a start without an end has left behind are taken as they are.
Result<> make_keys(const std::string& path, Env& env) {
  std::error_code ignored;
  std::filesystem::create_directory(path + "/keys", ignored);
  ::chmod((path + "/keys").c_str(), 0700);
  for (const auto& spec : kKeys) {
    if (std::filesystem::exists(key_path(path, spec.name))) continue;
    TRY_ASSIGN(const auto key, crypto::SigningKey::generate(spec.suite, env.seed()));
    TRY(key.save(key_path(path, spec.name)));
  }
  return {};
}

}  // namespace

std::string NodeInfo::origin() const { return "http://localhost:" + std::to_string(port); }
std::string NodeInfo::root() const { return origin() + "/0"; }

Result<> make_data_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || !std::filesystem::is_directory(path))
    return fail(Code::unavailable, "the data folder " + path + " cannot be made: " + error.message(),
                "name another with --data DIR");
  if (::chmod(path.c_str(), 0700) != 0)
    return fail(Code::denied, "the data folder " + path + " belongs to another user",
                "name another with --data DIR");
  return {};
}

Result<NodeInfo> read_node_info(const std::string& data) {
  auto bytes = read_small_file(data + "/node.json");
  if (!bytes)
    return fail(Code::not_found, "there is no node in " + data, "start one with: corridor serve");
  TRY_ASSIGN(const json::Value value, json::parse(*bytes));
  NodeInfo info;
  TRY_ASSIGN(info.did, json::require_text(value, "did"));
  TRY_ASSIGN(info.host, json::require_text(value, "host"));
  TRY_ASSIGN(const std::int64_t port, json::require_integer(value, "port"));
  if (port < 1 || port > 65535) return fail(Code::corrupt, data + "/node.json names no port");
  info.port = static_cast<std::uint16_t>(port);
  info.name = value.text_or("name");
  return info;
}

Result<std::string> read_api_key(const std::string& data) {
  TRY_ASSIGN(const Bytes text, read_small_file(data + "/api.key"));
  const View key = View(text).substr(0, text.find('\n'));
  if (key.size() < 32) return fail(Code::corrupt, data + "/api.key holds no API key");
  return std::string(key);
}

Result<Folder> open_folder(const Config& config, Env&) {
  Folder folder{config.data, {}, false};
  auto info = read_node_info(config.data);
  if (!info && info.error().code != Code::not_found) return std::unexpected(info.error());
  if (!info) {
    folder.is_new = true;
    folder.info.host = config.host;
    folder.info.port = config.port;
    folder.info.name = config.name;
    return folder;
  }
  if (config.listen_given && config.port != 0 && config.port != info->port)
    return fail(Code::conflict,
                "this node is " + info->did + ", which partners reach at port " +
                    std::to_string(info->port),
                "start it without --listen, or start another node with --data DIR");
  folder.info = std::move(*info);
  if (config.listen_given) folder.info.host = config.host;
  if (!config.name.empty()) folder.info.name = config.name;
  return folder;
}

Result<> make_folder(const Folder& folder, NodeInfo& info, Env& env) {
  TRY_ASSIGN(const Did did, identity::did_web_from("localhost", info.port));
  info.did = did.value;
  if (info.name.empty()) info.name = "node-" + std::to_string(info.port);
  TRY(make_keys(folder.path, env));
  TRY(write_whole_file(folder.path + "/api.key",
                       base64url(crypto::derive(env.seed(), "api key", 32)) + "\n",
                       Existing::replace));
  return write_whole_file(
      folder.path + "/node.json",
      json::write_pretty(json::Value::object(
          {{"did", info.did}, {"name", info.name}, {"host", info.host}, {"port", info.port}})) +
          "\n",
      Existing::replace);
}

Result<engine::NodeKeys> load_keys(const std::string& path) {
  TRY_ASSIGN(auto token, crypto::SigningKey::load(key_path(path, kKeys[0].name)));
  TRY_ASSIGN(auto seal, crypto::SigningKey::load(key_path(path, kKeys[1].name)));
  TRY_ASSIGN(auto log, crypto::SigningKey::load(key_path(path, kKeys[2].name)));
  return engine::NodeKeys{std::move(token), std::move(seal), std::move(log)};
}

}  // namespace corridor::app
