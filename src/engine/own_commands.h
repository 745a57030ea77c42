// SPDX-License-Identifier: Apache-2.0
//
// What people and programs of this node ask of the node itself: to be told (subscriptions), to be let
// in (API keys). Pure steps like every other, small enough to stand here.
#pragma once

#include "model/fields.h"
#include "model/step.h"

namespace corridor::engine {

// The address of the one subscription that no network delivers: what arrives goes into folders.
inline constexpr std::string_view kLocalUrl = "folders:";
inline constexpr std::string_view kLocalSubscription = "folders";  // its id

// Who is told of what (Table::subscription).
struct SubscriptionRecord {
  std::string id;
  std::string url;
  std::vector<std::string> types;  // "negotiation.requested", "negotiation.*"; none: all
  std::string secret;              // of the signature; never shown
  std::uint64_t cursor = 0;        // number of the newest event that was delivered
  std::uint32_t turn = 0;          // another one after each replay
  std::uint64_t lost = 0;
  Time since;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, SubscriptionRecord>
void fields(F& f, R& r) {
  f("id", r.id), f("url", r.url), f("types", r.types), f("secret", r.secret);
  f("cursor", r.cursor), f("turn", r.turn), f("lost", r.lost), f("since", r.since);
}

// A key of the management API besides the data folder's own (Table::api_key, by its hash).
struct ApiKeyRecord {
  std::string name;
  std::string role;  // "admin", or "read": may only look
  Time since;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, ApiKeyRecord>
void fields(F& f, R& r) {
  f("name", r.name), f("role", r.role), f("since", r.since);
}

struct Subscribe {
  SubscriptionRecord subscription;     // an empty id: a new one
  std::optional<std::uint64_t> after;  // the event it begins after; none: what happens from now on
};
struct Unsubscribe {
  std::string id;
};
struct Replay {
  std::string id;
  std::uint64_t after = 0;
};
// From delivery: the cursor follows.
struct NoticesDelivered {
  std::string id;
  std::uint32_t turn = 0;
  std::uint64_t cursor = 0;
  std::uint64_t lost = 0;  // since the last one
};
struct PutApiKey {
  ApiKeyRecord key;
  Digest sha256;
};
struct RemoveApiKey {
  std::string name;
};

Outcome step(const Subscribe& command, Known& known, Time now, const Seed& seed);
Outcome step(const Unsubscribe& command, Known& known);
Outcome step(const Replay& command, Known& known);
Outcome step(const NoticesDelivered& command, Known& known);
Outcome step(const PutApiKey& command, Known& known, Time now);
Outcome step(const RemoveApiKey& command, Known& known);

// Is an event of this type (without the prefix) among those that were asked for?
bool wants_type(const std::vector<std::string>& types, View type);

}  // namespace corridor::engine
