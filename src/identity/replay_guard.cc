// SPDX-License-Identifier: Apache-2.0
#include "crypto/crypto.h"
#include "identity/identity.h"

#include <algorithm>
#include <functional>

namespace corridor::identity {

void ReplayGuard::forget_expired(Time now) {
  while (!expiries_.empty() && expiries_.front().at_ms <= now.ms) {
    std::ranges::pop_heap(expiries_, std::greater{});
    const auto found = seen_.find(expiries_.back().key);
    expiries_.pop_back();
    CHECK(found != seen_.end());
    Share* const share = found->second;
    seen_.erase(found);
    if (--share->second == 0) shares_.erase(shares_.find(share->first));
  }
}

Result<> ReplayGuard::first_use(const Did& iss, std::string_view jti, Time exp, Time now) {
  forget_expired(now);
  // The length of the first part, so that no two pairs read as the same bytes.
  Bytes prefix;
  append_u64_be(prefix, iss.value.size());
  const Digest digest = crypto::sha256({prefix, iss.value, jti});
  const Key key{read_u64_be(digest.view()), read_u64_be(digest.view().substr(8))};
  if (seen_.contains(key))
    return fail(Code::unauthenticated, "token-replayed: a token of " + iss.value + " came twice",
                "make a new token for every attempt");
  const auto share = shares_.find(iss.value);
  const std::size_t held = share == shares_.end() ? 0 : share->second;
  if (held >= tokens_max_ - seen_.size())
    return fail(Code::busy, "too many unexpired tokens of " + iss.value + " are remembered",
                "send it again a little later");
  Share& own = share == shares_.end() ? *shares_.emplace(iss.value, 0).first : *share;
  ++own.second;
  seen_.emplace(key, &own);
  expiries_.push_back({.at_ms = (exp + limits::kTokenLeeway).ms, .key = key});
  std::ranges::push_heap(expiries_, std::greater{});
  return {};
}

}  // namespace corridor::identity
