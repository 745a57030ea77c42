// SPDX-License-Identifier: Apache-2.0
//
// Partners and invitations: who is known, and for what.
#include "crypto/crypto.h"
#include "exchange/steps.h"

namespace corridor::exchange {

namespace {

bool loopback(View url) {
  return same_host(url, "http://localhost") || same_host(url, "http://127.0.0.1") ||
         same_host(url, "http://[::1]");
}

json::Value peer_reply(const PeerRecord& peer) {
  auto kinds = json::Value::array();
  for (const auto& kind : peer.kinds) kinds.push(kind);
  return json::Value::object({{"did", peer.did.value},
                              {"name", peer.name},
                              {"url", peer.corridor_url},
                              {"partner", peer.partner},
                              {"answers", peer.wants_ubl ? "ubl" : "statement"},
                              {"kinds", std::move(kinds)}});
}

}  // namespace

bool takes_kind(const std::optional<PeerRecord>& peer, View kind) {
  return peer && !kind.empty() &&
         std::ranges::any_of(peer->kinds, [&](const std::string& allowed) {
           return allowed == "*" || allowed == kind;
         });
}

void remember_peer(Work& work, const std::optional<PeerRecord>& known, const PeerCaller& from) {
  if (known) return;
  PeerRecord seen;
  seen.did = from.caller.did;
  seen.corridor_url = from.corridor_url;
  seen.dsp_url = from.dsp_url;
  seen.since = work.now;
  work.decision.write(Table::peer, seen.did.value, to_bytes(seen));
}

Outcome put_peer(Work work, const PutPeer& command) {
  OUTCOME_TRY(const auto before, read<PeerRecord>(work.known, Table::peer, command.peer.did.value));
  if (!work.known.complete()) return work.needs();
  PeerRecord peer = command.peer;
  if (auto good = check_id(peer.did.value, "did"); !good) return good.error();
  peer.since = before ? before->since : work.now;
  if (peer.name.empty() && before) peer.name = before->name;
  if (before) peer.wants_ubl = before->wants_ubl;
  const bool fixed_token = peer.token_sha256 != Digest{};
  if ((fixed_token || !peer.authorization.empty()) && !loopback(work.self.dsp_url))
    return failed(Code::denied, "a peer known by a fixed token is for closed networks only",
                  "on a public address, peers are known by their DIDs");
  if (before && before->token_sha256 != Digest{})
    work.decision.erase(Table::known_token, Bytes(before->token_sha256.view()));
  if (fixed_token)
    work.decision.write(Table::known_token, Bytes(peer.token_sha256.view()), peer.did.value);
  work.decision.write(Table::peer, peer.did.value, to_bytes(peer));
  if (!command.invite.empty())
    state_event(work, EventType::join, peer.did.value,
                json::Value::object({{"invite", command.invite}, {"peer", peer.did.value}}));
  work.decision.reply.body = peer_reply(peer);
  return work.done();
}

Outcome remove_peer(Work work, const RemovePeer& command) {
  OUTCOME_TRY(const auto peer, read<PeerRecord>(work.known, Table::peer, command.did.value));
  if (!work.known.complete()) return work.needs();
  if (!peer)
    return failed(Code::not_found, "there is no peer " + command.did.value,
                  "see them with: corridor peer list");
  work.decision.erase(Table::peer, command.did.value);
  if (peer->token_sha256 != Digest{})
    work.decision.erase(Table::known_token, Bytes(peer->token_sha256.view()));
  work.decision.reply.body = peer_reply(*peer);
  return work.done();
}

Outcome set_peer(Work work, const SetPeer& command) {
  OUTCOME_TRY(auto peer, read<PeerRecord>(work.known, Table::peer, command.did.value));
  if (!work.known.complete()) return work.needs();
  if (!peer)
    return failed(Code::not_found, "there is no peer " + command.did.value,
                  "see them with: corridor peer list");
  if (command.wants_ubl) peer->wants_ubl = *command.wants_ubl;
  work.decision.write(Table::peer, command.did.value, to_bytes(*peer));
  work.decision.reply.body = peer_reply(*peer);
  return work.done();
}

Outcome put_invite(Work work, const PutInvite& command) {
  work.decision.write(Table::invite, command.invite.id, to_bytes(command.invite));
  work.decision.reply.body = json::Value::object(
      {{"id", command.invite.id}, {"expires", iso8601(command.invite.expires)}});
  return work.done();
}

Outcome join(Work work, const JoinIn& command) {
  const Did& did = command.from.caller.did;
  OUTCOME_TRY(auto invite, read<InviteRecord>(work.known, Table::invite, command.invite));
  OUTCOME_TRY(const auto before, read<PeerRecord>(work.known, Table::peer, did.value));
  if (!work.known.complete()) return work.needs();
  const bool right =
      invite && crypto::equal_in_constant_time(invite->secret_sha256.view(),
                                               command.secret_sha256.view());
  if (!right) return failed(Code::not_found, "there is no such invitation");
  if (invite->expires <= work.now)
    return failed(Code::denied, "the invitation ended at " + iso8601(invite->expires),
                  "ask for a new one");
  // Joining again is fine for whoever used it: its answer may have been lost.
  if (!invite->used_by.empty() && invite->used_by != did)
    return failed(Code::denied, "the invitation has been used by another party",
                  "an invitation serves one party; ask for one of your own");
  PeerRecord peer = before.value_or(PeerRecord{});
  peer.did = did;
  peer.name = command.name.empty() ? invite->name : command.name;
  peer.corridor_url = command.from.corridor_url;
  peer.dsp_url = command.from.dsp_url;
  peer.partner = true;
  peer.kinds = invite->kinds;
  peer.pins = command.pins;
  peer.terms = invite->terms;
  if (!before) peer.since = work.now;
  if (invite->used_by.empty()) {
    invite->used_by = did;
    work.decision.write(Table::invite, invite->id, to_bytes(*invite));
    state_event(work, EventType::join, did.value,
                json::Value::object({{"invite", invite->id}, {"peer", did.value}}));
  }
  work.decision.write(Table::peer, did.value, to_bytes(peer));
  work.decision.reply.body =
      json::Value::object({{"did", work.self.did.value}, {"name", work.self.name}});
  return work.done();
}

}  // namespace corridor::exchange
