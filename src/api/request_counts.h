// SPDX-License-Identifier: Apache-2.0
//
// How often each route was asked, how it answered and how long that took: counters that any thread
// adds to and metrics.cc reads. A histogram's buckets are upper bounds; the last has none.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace corridor::api {

class RequestCounts {
 public:
  static constexpr std::array<std::int64_t, 9> kBucketMicros{500,     1'000,   2'500,   5'000,    10'000,
                                                             50'000,  250'000, 1'000'000, 10'000'000};
  struct Route {
    std::array<std::atomic<std::uint64_t>, 5> by_class{};  // 1xx .. 5xx
    std::array<std::atomic<std::uint64_t>, kBucketMicros.size() + 1> buckets{};
    std::atomic<std::uint64_t> micros{};
  };

  explicit RequestCounts(std::size_t routes) : routes_(routes) {}

  void count(std::size_t route, int status, std::int64_t ns) {
    Route& one = routes_[route];
    const auto status_class = static_cast<std::size_t>(status / 100 - 1);
    if (status_class < one.by_class.size())
      one.by_class[status_class].fetch_add(1, std::memory_order_relaxed);
    const std::int64_t micros = ns / 1000;
    std::size_t bucket = 0;
    while (bucket < kBucketMicros.size() && micros > kBucketMicros[bucket]) ++bucket;
    one.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    one.micros.fetch_add(static_cast<std::uint64_t>(micros), std::memory_order_relaxed);
  }
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;  // in the order of the table of routes
};

}  // namespace corridor::api
