// SPDX-License-Identifier: Apache-2.0
//
// An invitation: the one small file by which two parties find each other. It says who invites,
// where the node answers, which keys to pin, which kinds of documents are meant and under which
// terms; it is signed with the inviter's seal key, expires, and carries a secret that the inviter
// accepts once.
//
// It carries the inviter's DID document and verifies offline. That is self-asserted: whoever made
// the file also made the keys in it. So the joining person is shown `fingerprint` of the seal key
// and compares it with what the inviter says by another way. The signing happens outside (no
// private key here): sign `invite_payload` with kid `key_id(did, kSealFragment)` and typ
// `kInviteType`.
//
//   TRY_ASSIGN(const std::string payload, invite_payload(invite));
//   const std::string file = crypto::sign_jws(seal, key_id(own, kSealFragment), kInviteType,
//   payload); TRY_ASSIGN(const Invite read, read_invite(file, now));
//
// That an invitation is used once is recorded by the inviter, who looks up its id and secret.
#pragma once

#include <string>
#include <vector>

#include "identity/identity.h"

namespace corridor::identity {

inline constexpr std::string_view kInviteType = "corridor-invite+jws";

// The key that a method had when the invitation was made.
struct KeyPin {
  std::string key_id{};  // absolute id of the verification method
  Digest sha256{};       // key_thumbprint
  bool operator==(const KeyPin&) const = default;
};
// Of every supported key in a document.
std::vector<KeyPin> pins_of(const DidDocument& document);
// Whether each pinned method is still there with the same key; new methods do no harm.
bool pins_hold(const std::vector<KeyPin>& pins, const DidDocument& document);

struct Invite {
  std::string id{};       // urn:uuid:...
  DidDocument inviter{};  // its id is the DID that invites
  std::string name{};     // of the inviter, for people
  std::string url{};      // its CorridorNode endpoint
  std::vector<KeyPin> pins{};
  std::vector<std::string> kinds{};  // "ubl:Invoice", ...; empty: to be agreed later
  json::Value terms{};               // an ODRL policy; null: the inviter's default terms
  Time exp{};                        // kept in whole seconds
  Bytes secret{};                    // 32 bytes

  bool operator==(const Invite&) const = default;
};

// `invalid` when the invitation would not be readable: `read_invite` checks the same.
Result<std::string> invite_payload(const Invite& invite);

// Checks everything that can be checked without a network. `denied` when it has expired (the first
// word of `why` is invite-expired), `unauthenticated` when the signature or a pin does not hold,
// `invalid` for the rest. White space around the text is allowed.
Result<Invite> read_invite(View text, Time now);

// Four groups of four hexadecimal digits, for two people on the telephone: "3f2a 91bc 04de 77a1".
std::string fingerprint(const crypto::PublicKey& key);

}  // namespace corridor::identity
