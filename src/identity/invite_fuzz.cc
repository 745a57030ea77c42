// SPDX-License-Identifier: Apache-2.0
//
// An invitation comes from anywhere. The input is tried as a file, and as the payload of one that
// is signed with a seal key which a hostile inviter may well have; what is accepted can be made
// again.
#include "identity/invite.h"

#include "crypto/jose.h"

#include <cstdint>

using namespace corridor;
using namespace corridor::identity;

namespace {

crypto::SigningKey make_seal() {
  Seed seed;
  seed.bytes.fill(2);
  auto key = crypto::SigningKey::generate(crypto::Suite::ed25519, seed);
  CHECK(key.has_value());
  return std::move(*key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kSeal = make_seal();
  constexpr Time kNow{1'795'000'000'000};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)read_invite(input, kNow);
  const auto payload = json::parse(input);
  const std::string did(payload ? payload->text_or("did") : "");
  const auto invite = read_invite(crypto::sign_jws(kSeal, did + "#seal", kInviteType, input), kNow);
  if (!invite) return 0;
  CHECK(invite->exp > kNow);
  CHECK(pins_hold(invite->pins, invite->inviter));
  CHECK(invite_payload(*invite).has_value());
  return 0;
}
