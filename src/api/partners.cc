// SPDX-License-Identifier: Apache-2.0
//
// How two parties come to know each other: one makes an invitation, the other joins with it, and a
// test document goes each way (docs/partners.md). Both sides of it, and the list of partners.
#include "api/call.h"
#include "crypto/crypto.h"
#include "crypto/jose.h"
#include "documents/documents.h"
#include "engine/sending.h"
#include "identity/invite.h"

namespace corridor::api {

namespace {

constexpr View kTestKind = "corridor:Test";

json::Value peer_json(const exchange::PeerRecord& peer) {
  auto kinds = json::Value::array();
  for (const auto& kind : peer.kinds) kinds.push(kind);
  return json::Value::object({{"did", peer.did.value},
                              {"name", peer.name},
                              {"url", peer.corridor_url},
                              {"dsp", peer.dsp_url},
                              {"partner", peer.partner},
                              {"answers", peer.wants_ubl ? "ubl" : "statement"},
                              {"fixedToken", peer.token_sha256 != Digest{}},
                              {"kinds", std::move(kinds)},
                              {"since", iso8601(peer.since)}});
}

Result<std::vector<std::string>> read_kinds(const json::Value& body) {
  std::vector<std::string> kinds;
  if (const json::Value* const list = body.find("kinds")) {
    for (const auto& item : list->items()) {
      if (!item.is_text() || (item.text() != "*" && !exchange::check_plain_kind(item.text())))
        return fail(Code::invalid, "a kind of document that cannot be one",
                    "name kinds like ubl:Invoice, or * for all");
      kinds.push_back(item.text());
    }
  }
  if (std::ranges::find(kinds, kTestKind) == kinds.end()) kinds.emplace_back(kTestKind);
  return kinds;
}

std::vector<std::string> pin_list(const identity::DidDocument& document) {
  std::vector<std::string> pins;
  for (const auto& pin : identity::pins_of(document)) pins.push_back(hex(pin.sha256.view()));
  return pins;
}

// Sends the document that shows that a connection works.
void send_test(engine::Engine& engine, Env& env, Executor& workers, const Did& to, engine::Done done) {
  documents::TestDocument test;
  test.from = engine.self().did;
  test.to = to;
  test.at = env.now();
  test.nonce = hex(crypto::derive(env.seed(), "test document", 16));
  exchange::SendDocument command;
  command.to = to;
  command.name = "test document";
  engine::check_store_send(engine, workers, documents::make_test_document(test), std::move(command),
                   std::move(done));
}

// --- joining: our side asks the inviter ---

struct Joining {
  Joining(Call c, identity::Invite i) : call(std::move(c)), invite(std::move(i)) {}
  Call call;
  identity::Invite invite;
  exchange::PeerRecord peer;
  bool was_known = false;
};
using JoiningPtr = std::shared_ptr<Joining>;

void give_up(const JoiningPtr& joining, const Error& error) {
  if (joining->was_known) return joining->call.fail(error);
  // What was pinned for the attempt goes with it.
  joining->call.engine().submit(exchange::RemovePeer{joining->peer.did},
                                [joining, error](const Result<engine::Committed>&) {
                                  joining->call.fail(error);
                                });
}

void joined(const JoiningPtr& joining) {
  engine::Engine& engine = joining->call.engine();
  send_test(engine, joining->call.env(), joining->call.workers(), joining->peer.did,
            [joining](Result<engine::Committed> committed) {
              auto body = peer_json(joining->peer);
              if (committed) body.set("exchange", committed->reply.body.text_or("exchange"));
              joining->call.answer(200, body);
            });
}

void ask_inviter(const JoiningPtr& joining) {
  Call& call = joining->call;
  engine::Engine& engine = call.engine();
  auto kinds = json::Value::array();
  for (const auto& kind : joining->peer.kinds) kinds.push(kind);
  net::Request request;
  request.method = "POST";
  request.url = joining->peer.corridor_url + "/join";
  request.headers.add("Content-Type", "application/json");
  request.body = json::write(json::Value::object({{"invite", joining->invite.id},
                                                  {"secret", base64url(joining->invite.secret)},
                                                  {"name", engine.self().name},
                                                  {"kinds", std::move(kinds)}}));
  auto authorization = engine.authorization(joining->peer.did);
  if (!authorization) return give_up(joining, authorization.error());
  request.headers.add("Authorization", std::move(*authorization));
  call.client().send(std::move(request), {}, [joining](Result<net::Response> response) {
    joining->call.workers().post_always([joining, response = std::move(response)] {
      if (!response) return give_up(joining, response.error());
      if (response->status == 200) return joined(joining);
      auto body = json::parse(response->body);
      const json::Value* const reason = body ? body->find("reason") : nullptr;
      const bool named = reason != nullptr && !reason->items().empty() &&
                         reason->items().front().is_text();
      give_up(joining, {response->status == 503 ? Code::unavailable : Code::denied,
                        "the inviting node refused: " +
                            (named ? reason->items().front().text()
                                   : "status " + std::to_string(response->status)),
                        "ask the inviting party for a new invitation"});
    });
  });
}

// The document that is served now must be the one the invitation was signed with.
void pin_and_ask(const JoiningPtr& joining, const engine::DidFact& fact) {
  if (!identity::pins_hold(joining->invite.pins, fact.document))
    return joining->call.fail({Code::denied,
                               "the inviting node now has other keys than its invitation names",
                               "ask the inviting party for a new invitation"});
  exchange::PeerRecord& peer = joining->peer;
  peer.corridor_url = fact.fact.value.text_or("corridor");
  peer.dsp_url = fact.fact.value.text_or("dsp");
  peer.pins = pin_list(fact.document);
  auto known = joining->call.engine().reading([&](const engine::Rows& rows) -> Result<bool> {
    TRY_ASSIGN(const auto row, rows.get(Table::peer, peer.did.value));
    return row.has_value();
  });
  joining->was_known = known && *known;
  exchange::PutPeer command{peer, joining->invite.id};
  joining->call.engine().submit(std::move(command), [joining](Result<engine::Committed> done) {
    joining->call.workers().post_always([joining, done = std::move(done)] {
      if (!done) return joining->call.fail(done.error());
      ask_inviter(joining);
    });
  });
}

}  // namespace

void manage_join(Call call) {
  auto invite = identity::read_invite(call.request.body, call.env().now());
  if (!invite) return call.fail(invite.error());
  if (invite->inviter.id == call.engine().self().did)
    return call.fail({Code::invalid, "this node made the invitation itself",
                      "give the file to the party you want to exchange documents with"});
  auto joining = std::make_shared<Joining>(std::move(call), std::move(*invite));
  joining->peer.did = joining->invite.inviter.id;
  joining->peer.name = joining->invite.name;
  joining->peer.partner = true;
  joining->peer.since = joining->call.env().now();
  joining->peer.kinds = joining->invite.kinds;
  joining->peer.terms = joining->invite.terms;
  engine::Facts& facts = joining->call.engine().facts();
  facts.forget(joining->peer.did);
  facts.did_document(joining->peer.did, [joining](Result<engine::DidFact> fact) {
    if (!fact) return joining->call.fail(fact.error());
    pin_and_ask(joining, *fact);
  });
}

// --- the inviter's side ---

void manage_invite(Call call) {
  auto body = json::parse(call.request.body.empty() ? View("{}") : View(call.request.body));
  if (!body) return call.fail(body.error());
  auto kinds = read_kinds(*body);
  if (!kinds) return call.fail(kinds.error());
  const Seed seed = call.env().seed();
  engine::Engine& engine = call.engine();
  auto document = identity::read_did_document(engine.own_document(), engine.self().did);
  if (!document) return call.fail(document.error());
  identity::Invite invite;
  invite.id = crypto::uuid_urn(seed, "invite");
  invite.inviter = *document;
  invite.name = engine.self().name;
  invite.url = call.options().root;
  invite.pins = identity::pins_of(*document);
  invite.kinds = *kinds;
  if (const json::Value* const terms = body->find("terms")) invite.terms = *terms;
  invite.exp = call.env().now() + limits::kInviteLifetime;
  if (const View expires = body->text_or("expires"); !expires.empty()) {
    auto duration = parse_duration(expires);
    if (!duration) return call.fail(duration.error());
    invite.exp = call.env().now() + *duration;
  }
  invite.secret = crypto::derive(seed, "invite secret", 32);
  auto payload = identity::invite_payload(invite);
  if (!payload) return call.fail(payload.error());
  const std::string text =
      crypto::sign_jws(engine.keys().seal,
                       identity::key_id(engine.self().did, identity::kSealFragment),
                       identity::kInviteType, *payload);
  exchange::InviteRecord record;
  record.id = invite.id;
  record.secret_sha256 = crypto::sha256(invite.secret);
  record.kinds = *kinds;
  record.terms = invite.terms;
  record.name = body->text_or("name");
  record.expires = invite.exp;
  auto reply = json::Value::object(
      {{"id", invite.id},
       {"expires", iso8601(invite.exp)},
       {"fingerprint", identity::fingerprint(engine.keys().seal.public_key())},
       {"invite", text}});
  engine.submit(exchange::PutInvite{std::move(record)},
                [call = std::move(call), reply = std::move(reply)](
                    Result<engine::Committed> done) mutable {
                  if (!done) return call.fail(done.error());
                  call.answer(201, reply);
                });
}

void join_peer(Call call) {
  auto body = json::parse(call.request.body);
  if (!body) return call.fail(body.error());
  auto invite = json::require_text(*body, "invite");
  auto secret_text = json::require_text(*body, "secret");
  if (!invite) return call.fail(invite.error());
  if (!secret_text) return call.fail(secret_text.error());
  auto secret = from_base64url(*secret_text);
  auto kinds = read_kinds(*body);
  if (!secret) return call.fail(secret.error());
  if (!kinds) return call.fail(kinds.error());
  exchange::JoinIn command;
  command.from = call.from;
  command.invite = *invite;
  command.secret_sha256 = crypto::sha256(*secret);
  command.name = body->text_or("name").substr(0, 100);
  command.pins = pin_list(call.from_document.document);
  command.kinds = std::move(*kinds);
  engine::Engine& engine = call.engine();
  engine.submit(std::move(command), [call = std::move(call)](
                                        Result<engine::Committed> done) mutable {
    if (!done) return call.fail(done.error());
    call.workers().post_always([call = std::move(call), done = std::move(done)]() mutable {
      engine::Engine& own = call.engine();
      Env& env = call.env();
      Executor& workers = call.workers();
      const Did did = call.from.caller.did;
      call.answer(std::move(done));
      send_test(own, env, workers, did, [&env, did](Result<engine::Committed> sent) {
        if (!sent)
          env.log(Level::warning, "test-document-not-sent",
                  {{"to", did.value}, {"why", sent.error().why}});
      });
    });
  });
}

// POST /peers: a partner that is known without an invitation: another connector, or a party of a
// closed network with fixed tokens.
void manage_peer_put(Call call) {
  const auto body = body_object(call);
  if (!body) return call.fail(body.error());
  auto kinds = read_kinds(*body);
  if (!kinds) return call.fail(kinds.error());
  exchange::PeerRecord peer;
  peer.did = Did(std::string(body->text_or("did")));
  peer.name = body->text_or("name");
  peer.partner = body->boolean_or("partner", true);
  if (body->find("kinds") != nullptr) peer.kinds = std::move(*kinds);
  for (auto* const url : {&peer.dsp_url, &peer.corridor_url}) {
    *url = body->text_or(url == &peer.dsp_url ? "dsp" : "corridor");
    while (url->ends_with('/')) url->pop_back();
    if (url->empty()) continue;
    if (auto good = net::parse_url(*url); !good) return call.fail(good.error());
  }
  const auto token = body->text_or("token");
  if (!token.empty()) peer.token_sha256 = crypto::sha256(token);
  peer.authorization = body->text_or("authorization");
  if (const json::Value* const terms = body->find("terms")) peer.terms = *terms;
  if (!peer.dsp_url.empty() || !peer.did.value.starts_with("did:"))
    return submit(std::move(call), exchange::PutPeer{std::move(peer), {}});
  // Where it answers is what its own documents say.
  call.engine().facts().forget(peer.did);
  const Did did = peer.did;
  discover(std::move(call), did, {}, [peer = std::move(peer)](Call asked, json::Value found) mutable {
    peer.dsp_url = found.text_or("dsp");
    if (peer.corridor_url.empty()) peer.corridor_url = found.text_or("corridor");
    if (!peer.dsp_url.empty())
      return submit(std::move(asked), exchange::PutPeer{std::move(peer), {}});
    const json::Value* const steps = found.find("steps");
    const json::Value last = steps->items().back();
    asked.fail({Code::unavailable, std::string(last.text_or("text")),
                "say where it answers with: corridor peer add " + peer.did.value + " --dsp URL"});
  });
}

void manage_peers(Call call) {
  list_table<exchange::PeerRecord>(std::move(call), Table::peer, peer_json);
}

void manage_peer_remove(Call call) {
  engine::Engine& engine = call.engine();
  const Did did(call.params["did"]);
  engine.facts().forget(did);
  engine.submit(exchange::RemovePeer{did},
                [call = std::move(call)](Result<engine::Committed> done) mutable {
                  call.answer(std::move(done));
                });
}

}  // namespace corridor::api
