// SPDX-License-Identifier: Apache-2.0
#include "app/app.h"

#include <cstdlib>
#include <thread>

#include "api/api.h"
#include "app/folder.h"
#include "base/work.h"
#include "crypto/crypto.h"
#include "engine/engine.h"
#include "folders/folders.h"
#include "net/server.h"
#include "store/open.h"

namespace corridor::app {

namespace {

std::size_t worker_count() { return std::max(2U, std::thread::hardware_concurrency()); }

// The loopback address is reached by the name localhost; the DID and all addresses say so.
exchange::Self self_of(const NodeInfo& info) {
  exchange::Self self;
  self.did = Did(info.did);
  self.name = info.name;
  self.dsp_url = info.root() + std::string(engine::kDspPath);
  self.corridor_url = info.root() + std::string(engine::kCorridorPath);
  return self;
}

Bytes document_of(const NodeInfo& info, const engine::NodeKeys& keys) {
  const Did did(info.did);
  const auto document = identity::node_document(
      did, {keys.token.public_key(), keys.seal.public_key(), keys.log.public_key()},
      {{did.value + "#node", std::string(identity::kCorridorNodeService), info.root()},
       {did.value + "#dsp", std::string(identity::kDataService),
        info.origin() + "/.well-known/dspace-version"}});
  return json::write(identity::to_json(document));
}

// What a committed promise needs is gone or does not hold: nothing may be answered any more.
void end_process(const Error& error) { std::_Exit(code_facts(error.code).exit_status); }

Result<> back_up(const Config& config, std::uint64_t version) {
  const std::string copy = config.data + "/node-before-" + std::to_string(version) + ".db";
  auto done = store::backup_sqlite_store(config.data + "/node.db", copy);
  if (!done && done.error().code == Code::conflict) return {};  // made by an earlier attempt
  return done;
}

}  // namespace

struct Node::Parts {
  Parts(Env& e, store::FolderLock l) : env(e), lock(std::move(l)) {}

  Env& env;
  store::FolderLock lock;
  NodeInfo info;
  bool is_new = false;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::Blobs> blobs;
  std::unique_ptr<store::Files> files;
  std::unique_ptr<net::Loops> loops;
  std::unique_ptr<net::Client> client;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<WorkerPool> clerk;
  std::unique_ptr<engine::Packs> packs;
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<folders::Folders> folders;
  std::unique_ptr<api::Api> api;
  std::unique_ptr<net::Server> server;

  Result<> start(const Config& config);
  Result<> listen();
  Result<> introduce_self();
};

// The server comes first, so that a taken port is found out before a folder is made for it.
Result<> Node::Parts::listen() {
  net::ServerOptions options;
  options.body_bytes_max = api::Api::body_bytes_max;
  options.body_is_streamed = api::Api::body_is_streamed;
  options.refusal = api::Api::refusal;
  TRY_ASSIGN(server, net::Server::listen(*loops, info.host, info.port, std::move(options),
                                         [this](net::Request request, net::Respond respond) {
                                           if (!api) return respond({503, {{"Retry-After", "1"}}, {}});
                                           api->handle(std::move(request), std::move(respond));
                                         }));
  info.port = server->port();
  return {};
}

Result<> Node::Parts::start(const Config& config) {
  loops = std::make_unique<net::Loops>(1);
  client = net::make_client(*loops);
  TRY_ASSIGN(Folder folder, open_folder(config, env));
  info = folder.info;
  is_new = folder.is_new;
  TRY(listen());
  if (is_new) TRY(make_folder(folder, info, env));
  TRY_ASSIGN(engine::NodeKeys keys, load_keys(config.data));
  TRY_ASSIGN(const std::string api_key, read_api_key(config.data));

  TRY_ASSIGN(store, store::open_sqlite_store(config.data + "/node.db"));
  TRY(engine::bring_forward(*store, [&](std::uint64_t version) { return back_up(config, version); }));
  TRY_ASSIGN(blobs, store::open_disk_blobs(config.data + "/blobs",
                                           store::hash_by<crypto::Sha256>(crypto::sha256)));
  TRY_ASSIGN(files, store::open_disk_files(config.data + "/log"));
  workers = std::make_unique<WorkerPool>(env, worker_count(), limits::kWorkerQueueMax);
  clerk = std::make_unique<WorkerPool>(env, 1, limits::kWorkerQueueMax);

  packs = std::make_unique<engine::Packs>(
      config.data, env, engine::CompiledCache(engine::CompiledCache::users_folder()));
  if (auto loaded = packs->reload(); !loaded)
    env.log(Level::error, "packs.unreadable", {{"why", loaded.error().why}});
  for (const auto& pack : packs->installed())
    if (!pack.refused.empty())
      env.log(Level::error, "pack.refused", {{"pack", pack.manifest.id()}, {"why", pack.refused}});

  Bytes document = document_of(info, keys);
  TRY_ASSIGN(engine, engine::Engine::open({env, *clerk, *workers, *store, *blobs, *files, *client,
                                           std::move(keys), self_of(info), std::move(document),
                                           *packs, end_process}));
  // Whoever answered nobody before cannot be shown a token twice.
  const Time fence = is_new ? Time{} : env.now();
  api = std::make_unique<api::Api>(env, *workers, *engine, *client,
                                   api::Options{api_key, info.root(), fence, config.data});
  TRY(introduce_self());
  if (!config.folders.empty()) {
    TRY_ASSIGN(folders, folders::Folders::open({env, *workers, *engine, config.folders}));
    engine->attach(folders->edge());
  }
  TRY(engine->start());
  if (folders) folders->start();
  return {};
}

// The node is its own partner under the name `echo`: a first document needs nobody else.
Result<> Node::Parts::introduce_self() {
  exchange::PeerRecord echo;
  echo.did = Did(info.did);
  echo.name = "echo";
  echo.corridor_url = engine->self().corridor_url;
  echo.dsp_url = engine->self().dsp_url;
  echo.partner = true;
  echo.kinds = {"*"};
  auto known = engine->reading([&](const engine::Rows& rows) -> Result<bool> {
    TRY_ASSIGN(const auto row, rows.get(Table::peer, info.did));
    return row.has_value();
  });
  if (!known) return std::unexpected(known.error());
  if (!*known) engine->submit(exchange::PutPeer{std::move(echo), {}}, {});
  return {};
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Node>> Node::open(const Config& config, Env& env) {
  if (!config.public_url.empty())
    return fail(Code::denied, "a public URL needs TLS, which is not part of this version",
                "run the node on this machine, without --public-url");
  TRY(make_data_folder(config.data));
  TRY_ASSIGN(auto lock, store::FolderLock::take(config.data));
  auto parts = std::make_unique<Parts>(env, std::move(lock));
  std::unique_ptr<Node> node(new Node(std::move(parts)));
  TRY(node->parts_->start(config));
  return node;
}

Node::~Node() {
  // Edges first: nothing new comes in; then what works; last what is worked on.
  if (parts_->server) parts_->server->stop();
  if (parts_->loops) parts_->loops->stop();
  if (parts_->folders) parts_->folders->stop();
  if (parts_->workers) parts_->workers->stop();
  if (parts_->clerk) parts_->clerk->stop();
}

const NodeInfo& Node::info() const { return parts_->info; }
bool Node::is_new() const { return parts_->is_new; }

}  // namespace corridor::app
