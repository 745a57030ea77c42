// SPDX-License-Identifier: Apache-2.0
//
// The commands that make or describe this machine's own node.
#include <csignal>

#include "app/app.h"
#include "cli/families.h"
#include "cli/terminal.h"

namespace corridor::cli {

namespace {

app::Overrides overrides_of(const Invocation& asked) {
  app::Overrides overrides;
  overrides.data = asked.get("--data");
  overrides.listen = asked.get("--listen");
  overrides.name = asked.get("--name");
  overrides.public_url = asked.get("--public-url");
  overrides.log_level = asked.get("--log-level");
  overrides.folders = asked.get("--folders");
  return overrides;
}

void introduce(const Invocation& asked, const app::Node& node, const app::Config& config) {
  const std::string& data = config.data;
  const std::string& folders = config.folders;
  const app::NodeInfo& info = node.info();
  Columns facts;
  facts.add({"  identity", info.did});
  facts.add({"  protocol", info.root() + "/dsp", toned(Tone::quiet, "Dataspace Protocol 2025-1")});
  facts.add({"  API", info.root() + "/api/v1"});
  facts.add({"  API key", data + "/api.key", toned(Tone::quiet, "readable by this user only")});
  if (!folders.empty())
    facts.add({"  folders", folders, toned(Tone::quiet, "outbox inbox sent refused")});
  facts.add({"  data folder", data, node.is_new() ? "made by this start" : ""});
  say(toned(Tone::strong, printable(info.name)) + " is running.\n\n" + facts.text() + "\n");
  Columns next;
  next.add({"  corridor demo", "two nodes of their own and real documents across"});
  next.add({"  " + asked.hint("doctor"), "is everything well here?"});
  next.add({"  " + asked.hint("send FILE --to echo"), "a first document, without any partner"});
  next.add({"  " + asked.hint("invite"), "find a partner"});
  say("Next, in another terminal:\n" + next.text() + "\nCtrl-C stops the node; nothing is lost.\n");
}

}  // namespace

Result<int> run_serve(Invocation& asked) {
  TRY_ASSIGN(const app::Config config, app::load_config(overrides_of(asked)));
  const sigset_t stops = block_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);  // who reads our messages may go away; the node stays
  SystemEnv env(config.log_level);
  TRY_ASSIGN(auto node, app::Node::open(config, env));
  const app::NodeInfo& info = node->info();
  if (asked.has("--json")) {
    say_json(json::Value::object({{"did", info.did},
                                  {"name", info.name},
                                  {"protocol", info.root() + "/dsp"},
                                  {"api", info.root() + "/api/v1"},
                                  {"key", config.data + "/api.key"},
                                  {"data", config.data}}));
  } else {
    introduce(asked, *node, config);
  }
  TRY(flush_output());
  int signal = 0;
  sigwait(&stops, &signal);
  // A second Ctrl-C ends at once; that is safe, only less polite to whoever is connected.
  pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
  node.reset();
  return 0;
}

Result<int> run_config_print(Invocation& asked) {
  TRY_ASSIGN(const app::Config config, app::load_config(overrides_of(asked)));
  say(app::config_toml(config));
  return 0;
}

Result<int> run_version(Invocation& asked) {
  if (asked.has("--json"))
    say_json(json::Value::object({{"name", "corridor"}, {"version", CORRIDOR_VERSION}}));
  else
    say("corridor " CORRIDOR_VERSION "\n");
  return 0;
}

}  // namespace corridor::cli
