// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <toml++/toml.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

namespace corridor::app {

namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};

Result<> set_listen(Config& config, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos) {
    const char* const first = text.data() + colon + 1;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(first, last, port);
    if (error == std::errc{} && end == last && colon > 0) {
      config.host = text.substr(0, colon);
      if (config.host.starts_with('[') && config.host.ends_with(']'))
        config.host = config.host.substr(1, config.host.size() - 2);
      config.port = port;
      config.listen_given = true;
      return {};
    }
  }
  return fail(Code::invalid, "\"" + text + "\" is not an address to listen on",
              "write HOST:PORT, such as 127.0.0.1:7411");
}

Result<> set_level(Config& config, const std::string& text) {
  const auto* const found = std::ranges::find(kLevels, text);
  if (found == kLevels.end())
    return fail(Code::invalid, "\"" + text + "\" is not a log level",
                "use debug, info, warning or error");
  config.log_level = static_cast<Level>(found - kLevels.begin());
  return {};
}

Result<> apply(Config& config, const Overrides& from) {
  if (!from.listen.empty()) TRY(set_listen(config, from.listen));
  if (!from.log_level.empty()) TRY(set_level(config, from.log_level));
  if (!from.name.empty()) config.name = from.name;
  if (!from.public_url.empty()) config.public_url = from.public_url;
  if (!from.folders.empty()) config.folders = from.folders;
  return {};
}

Result<Overrides> read_file(const std::string& path) {
  Overrides from;
  if (!std::filesystem::exists(path)) return from;
  try {
    const toml::table table = toml::parse_file(path);
    const std::array<std::pair<std::string_view, std::string*>, 5> known{
        {{"listen", &from.listen}, {"name", &from.name}, {"public-url", &from.public_url},
         {"log-level", &from.log_level}, {"folders", &from.folders}}};
    for (const auto& [key, node] : table) {
      const auto* const found = std::ranges::find_if(
          known, [&](const auto& item) { return item.first == key.str(); });
      const auto text = node.value<std::string>();
      if (found == known.end() || !text)
        return fail(Code::invalid, path + " sets \"" + std::string(key.str()) +
                                       "\", which is no setting or not a string",
                    "settings are listen, name, public-url, log-level and folders");
      *found->second = *text;
    }
  } catch (const toml::parse_error& error) {
    return fail(Code::invalid, path + ", line " + std::to_string(error.source().begin.line) + ": " +
                                   std::string(error.description()),
                "mend the file, or remove it: nothing needs to be set");
  }
  return from;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

Result<std::string> data_folder(const std::string& given) {
  if (!given.empty()) return given;
  if (const char* const set = std::getenv("CORRIDOR_DATA"); set != nullptr && *set != '\0')
    return std::string(set);
  if (const char* const xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg == '/')
    return std::string(xdg) + "/corridor";
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::string(home) + "/.local/share/corridor";
  return fail(Code::invalid, "there is no home folder to keep data in",
              "name a data folder with --data DIR");
}

Result<Config> load_config(const Overrides& overrides) {
  Config config;
  TRY_ASSIGN(config.data, data_folder(overrides.data));
  TRY_ASSIGN(Overrides file, read_file(config.data + "/corridor.toml"));
  // A path in the file is one below the data folder, unless it is absolute.
  if (!file.folders.empty() && !file.folders.starts_with('/'))
    file.folders = config.data + "/" + file.folders;
  TRY(apply(config, file));
  TRY(apply(config, overrides));
  if (!config.folders.empty()) config.folders = std::filesystem::absolute(config.folders).string();
  return config;
}

std::string config_toml(const Config& config) {
  std::string host = config.host.contains(':') ? "[" + config.host + "]" : config.host;
  return "# data = " + quoted(config.data) + "\n" +
         "listen = " + quoted(host + ":" + std::to_string(config.port)) + "\n" +
         "name = " + quoted(config.name) + "\n" +
         "public-url = " + quoted(config.public_url) + "\n" + "log-level = " +
         quoted(std::string(kLevels[static_cast<std::size_t>(config.log_level)])) + "\n" +
         (config.folders.empty() ? "" : "folders = " + quoted(config.folders) + "\n");
}

}  // namespace corridor::app
