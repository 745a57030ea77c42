// SPDX-License-Identifier: Apache-2.0
#include "sim_node.h"

#include "crypto/crypto.h"
#include "json/json.h"

namespace corridor::sim {

namespace {

constexpr std::string_view kApiKey = "the key of the people of a simulated node";
constexpr Micros kDownMin = 50'000;
constexpr Micros kDownMax = 4'000'000;

template <class Value>
Value must(Result<Value> result) {
  CHECK(result.has_value(), result ? std::string_view() : std::string_view(result.error().why));
  return std::move(*result);
}

}  // namespace

Result<> CrashingStore::commit(std::span<const store::Write> writes) {
  const bool dies = world_.faults.on && world_.chance(world_.faults.crash);
  const bool before = dies && world_.chance(0.5);
  if (before) {
    crash_();
    return fail(Code::unavailable, "the node died before the commit");
  }
  TRY(inner_->commit(writes));
  if (on_commit) on_commit(writes);
  if (dies) crash_();
  return {};
}

SimNode::SimNode(World& world, SimNetwork& network, std::string name, std::uint16_t port)
    : world_(world), network_(network), name_(std::move(name)), port_(port),
      identity_(world.draw_seed()), env_(world, name_), store_(world, [this] { crash(); }),
      blobs_(store::open_memory_blobs(store::hash_by<crypto::Sha256>(crypto::sha256))),
      files_(store::open_memory_files()) {
  store_.on_commit = [this](std::span<const store::Write> writes) {
    if (on_commit) on_commit(writes);
  };
}

SimNode::~SimNode() {
  if (life_) life_->alive = false;
}

Did SimNode::did() const { return must(identity::did_web_from("localhost", port_)); }

engine::NodeKeys SimNode::keys() const {
  using crypto::SigningKey;
  using crypto::Suite;
  return {must(SigningKey::generate(Suite::es256, crypto::derive_seed(identity_, "token"))),
          must(SigningKey::generate(Suite::ed25519, crypto::derive_seed(identity_, "seal"))),
          must(SigningKey::generate(Suite::ed25519, crypto::derive_seed(identity_, "log")))};
}

Result<> SimNode::start() {
  life_ = std::make_shared<Life>();
  executor_ = std::make_unique<SimExecutor>(world_, life_);
  client_ = std::make_unique<SimClient>(network_, name_, life_);
  TRY(engine::bring_forward(store_, {}));
  exchange::Self self;
  self.did = did();
  self.name = name_;
  self.dsp_url = root() + std::string(engine::kDspPath);
  self.corridor_url = root() + std::string(engine::kCorridorPath);
  engine::NodeKeys node_keys = keys();
  const auto document = identity::node_document(
      self.did,
      {node_keys.token.public_key(), node_keys.seal.public_key(), node_keys.log.public_key()},
      {{self.did.value + "#node", std::string(identity::kCorridorNodeService), root()}});
  TRY_ASSIGN(engine_, engine::Engine::open({env_, *executor_, *executor_, store_, *blobs_, *files_,
                                            *client_, std::move(node_keys), self,
                                            json::write(identity::to_json(document)), packs_,
                                            [life = life_](const Error& error) {
                                              CHECK(!life->alive, error.why);
                                            }}));
  const Time fence = started_before_ ? env_.now() : Time{};
  api_ = std::make_unique<api::Api>(env_, *executor_, *engine_, *client_,
                                    api::Options{std::string(kApiKey), root(), fence, {}});
  started_before_ = true;
  network_.listen(authority(), [this, life = life_](net::Request request, net::Respond respond) {
    if (!life->alive) return;
    api_->handle(std::move(request),
                 [life, respond = std::move(respond)](net::Response response) mutable {
                   if (life->alive) respond(std::move(response));
                 });
  });
  return engine_->start();
}

void SimNode::crash() {
  if (!life_ || !life_->alive) return;
  life_->alive = false;
  ++crashes;
  network_.silence(authority());
  world_.trace(name_ + " dies");
  const Micros down = kDownMin + static_cast<Micros>(world_.draw(kDownMax - kDownMin));
  // What is on the stack right now still belongs to the dead node: it is taken apart later.
  world_.after(down, [this] { come_back(); });
}

void SimNode::come_back() {
  api_.reset();
  engine_.reset();
  world_.trace(name_ + " comes back");
  auto good = start();
  CHECK(good.has_value(), good ? std::string_view() : std::string_view(good.error().why));
}

void SimNode::ask(const std::string& method, const std::string& path, Bytes body,
                  const std::string& idempotency_key, std::function<void(net::Response)> done) {
  if (!up()) return;
  net::Request request;
  request.method = method;
  request.target = "/0/api/v1" + path;
  request.headers.add("Authorization", "Bearer " + std::string(kApiKey));
  if (!idempotency_key.empty()) request.headers.add("Idempotency-Key", idempotency_key);
  request.body = std::move(body);
  api_->handle(std::move(request), [life = life_, done = std::move(done)](net::Response response) {
    if (life->alive) done(std::move(response));
  });
}

void SimNode::make_partner(const SimNode& peer, std::vector<std::string> kinds) {
  exchange::PeerRecord record;
  record.did = peer.did();
  record.name = peer.name();
  record.corridor_url = peer.root() + std::string(engine::kCorridorPath);
  record.dsp_url = peer.root() + std::string(engine::kDspPath);
  record.partner = true;
  record.kinds = std::move(kinds);
  engine_->submit(exchange::PutPeer{std::move(record), {}}, {});
}

}  // namespace corridor::sim
