// SPDX-License-Identifier: Apache-2.0
//
// Terms come from anyone. Whatever is read: its canonical form is a policy with the same canonical
// form; a permit is only given where everything is understood, and never with one more member; what
// can be sent means the same.
#include "rights/rights.h"

#include <cstdint>

using namespace corridor;
using namespace corridor::rights;

namespace {

Outcome outcome_of(const Policy& policy) {
  const Request request{.now = Time{1'795'000'000'000}};
  const Decision decision = decide(policy, request);
  CHECK(!decision.reasons.empty());
  CHECK(decision.reasons.size() <= 33);
  CHECK(!decision.flips_at || *decision.flips_at > request.now);
  (void)json::write(to_json(decision));
  return decision.outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto source = json::parse({reinterpret_cast<const char*>(data), size});
  if (!source) return 0;
  const auto policy = read_policy(*source);
  if (!policy) return 0;

  const auto canonical_source = json::parse(policy->canonical());
  CHECK(canonical_source.has_value(), policy->canonical());
  const auto canonical = read_policy(*canonical_source);
  CHECK(canonical.has_value(), policy->canonical());
  CHECK(canonical->canonical() == policy->canonical(), policy->canonical());
  CHECK(canonical->not_understood().empty() == policy->not_understood().empty(),
        policy->canonical());

  const Outcome outcome = outcome_of(*policy);
  CHECK(outcome != Outcome::permit || policy->not_understood().empty());
  if (const auto offer = to_offer(*policy, OfferId("urn:o"), DatasetId(policy->target()))) {
    const auto again = read_policy(*offer);
    CHECK(again.has_value() && same_terms(*policy, *again), json::write(*offer));
  }
  source->set("ex:one-more", true);
  if (const auto more = read_policy(*source)) CHECK(outcome_of(*more) != Outcome::permit);
  return 0;
}
