// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery.h"

#include <charconv>

namespace corridor::engine {

namespace {

constexpr Duration kFast = seconds(10);       // 50, 100, 200, ... ms within these
constexpr Duration kFirstWait = milliseconds(50);
constexpr Duration kFastWaitMax = seconds(2);
constexpr Duration kSlowWaitMax = minutes(15);
constexpr Duration kRetryAfterMax = minutes(15);

bool fast_phase(const Progress& progress, Time now) { return now - progress.first < kFast; }

Duration next_wait(const Progress& progress, Time now, double jitter) {
  const bool fast = fast_phase(progress, now);
  const int doublings = std::min(progress.attempts > 0 ? progress.attempts - 1 : 0, 20);
  const Duration first = fast ? kFirstWait : seconds(1);
  const Duration most = fast ? kFastWaitMax : kSlowWaitMax;
  const std::int64_t grown = std::min<std::int64_t>(first.ms << doublings, most.ms);
  return {static_cast<std::int64_t>(static_cast<double>(grown) * (0.75 + jitter / 2))};
}

std::optional<Duration> retry_after(const net::Response& response) {
  const std::string* const header = response.headers.find("Retry-After");
  if (header == nullptr) return std::nullopt;
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), whole);
  if (error != std::errc{} || end != header->data() + header->size() || whole < 0)
    return std::nullopt;
  return std::min(seconds(std::min<std::int64_t>(whole, 86'400)), kRetryAfterMax);
}

Verdict again(const Progress& progress, Time now, double jitter, std::string code) {
  return {Fate::again, next_wait(progress, now, jitter), std::move(code)};
}

}  // namespace

Verdict judge_response(MessageClass message_class, const net::Response& response,
                       const Progress& progress, Time now, double jitter) {
  const int status = response.status;
  if (status >= 200 && status < 300) return {Fate::accepted, {}, {}};
  if (message_class == MessageClass::background && status != 429 && status != 503)
    return again(progress, now, jitter, "peer");
  switch (status) {
    case 400: return {Fate::final_failure, {}, "invalid"};
    case 401:
      if (progress.token_refused) return {Fate::final_failure, {}, "unauthenticated"};
      return again(progress, now, jitter, "unauthenticated");
    case 403: return {Fate::final_failure, {}, "denied"};
    // 404 and 409 may be a race on the other side (a lease, a process not yet visible): they are
    // final only once the fast phase is over.
    case 404:
    case 409:
      if (!fast_phase(progress, now))
        return {Fate::final_failure, {}, status == 404 ? "not_found" : "conflict"};
      return again(progress, now, jitter, status == 404 ? "not_found" : "conflict");
    case 410: return {Fate::final_failure, {}, "not_found"};
    case 413: return {Fate::final_failure, {}, "too_large"};
    case 501: return {Fate::final_failure, {}, "peer"};  // it will not come to know it by itself
    case 422:
      if (message_class == MessageClass::document) return {Fate::refused_signed, {}, "refused"};
      return {Fate::final_failure, {}, "invalid"};
    case 429:
    case 503: {
      Verdict verdict = again(progress, now, jitter, "busy");
      if (const auto asked = retry_after(response)) verdict.wait = *asked;
      return verdict;
    }
    default: break;
  }
  if (status >= 500 || status == 408) return again(progress, now, jitter, "unavailable");
  return {Fate::final_failure, {}, "peer"};
}

Verdict judge_error(MessageClass message_class, const Error& error, const Progress& progress,
                    Time now, double jitter) {
  // An address that may not be called will not become one that may.
  const bool may_end = message_class != MessageClass::background;
  if (may_end && (error.code == Code::denied || error.code == Code::invalid))
    return {Fate::final_failure, {}, std::string(code_facts(error.code).name)};
  return again(progress, now, jitter, std::string(code_facts(error.code).name));
}

double jitter_of(Env& env) {
  return static_cast<double>(read_u64_be(env.seed().view()) >> 11) / static_cast<double>(1ULL << 53);
}

}  // namespace corridor::engine
