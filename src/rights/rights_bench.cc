// SPDX-License-Identifier: Apache-2.0
//
// What a decision with its reasons costs, beside a plain JSON parse of the same policy in the same
// run. Lines: name value unit.
#include "rights/rights.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace corridor;
using namespace corridor::rights;

namespace {

constexpr Time kNow{1'795'000'000'000};

// Microseconds of one call, the least of five rounds.
template <class Work>
double measure(int calls, Work work) {
  double least = 1e300;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) work();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    least = std::min(least, took.count() / calls);
  }
  return least;
}

json::Value comparison(std::string_view op, Time time) {
  return json::Value::object(
      {{"leftOperand", "dateTime"}, {"operator", op}, {"rightOperand", iso8601(time)}});
}

// `count` windows of a day, of which the last one holds: two comparisons each.
json::Value windows(int count) {
  auto alternatives = json::Value::array();
  for (int i = count; i-- > 0;) {
    const Time from = kNow - hours(24 * (i + 1)) + hours(1);
    auto window = json::Value::array({comparison("gt", from), comparison("lt", from + hours(24))});
    alternatives.push(json::Value::object({{"and", std::move(window)}}));
  }
  auto rule = json::Value::object(
      {{"action", "use"},
       {"constraint",
        json::Value::array({json::Value::object({{"or", std::move(alternatives)}})})}});
  return json::Value::object({{"permission", json::Value::array({std::move(rule)})}});
}

void report(const char* name, const json::Value& source, int calls) {
  const std::string text = json::write(source);
  const auto policy = read_policy(source);
  if (!policy || decide(*policy, {.now = kNow}).outcome != Outcome::permit) {
    std::printf("rights_%s_failed 1 error\n", name);
    return;
  }
  const double parse = measure(calls, [&] { (void)json::parse(text); });
  const double read = measure(calls, [&] { (void)read_policy(source); });
  const double decision = measure(calls, [&] { (void)decide(*policy, {.now = kNow}); });
  const double denial =
      measure(calls, [&] { (void)decide(*policy, {.now = kNow + hours(24 * 9999)}); });
  std::printf("rights_%s_json_parse %.3f us\n", name, parse);
  std::printf("rights_%s_read_and_digest %.3f us\n", name, read);
  std::printf("rights_%s_decide_permit %.3f us\n", name, decision);
  std::printf("rights_%s_decide_other %.3f us\n", name, denial);
  std::printf("rights_%s_decide_per_parse %.3f ratio\n", name, decision / parse);
}

}  // namespace

int main() {
  report("default", *json::parse(default_terms().canonical()), 20'000);
  report("window", windows(1), 20'000);
  report("262_windows", windows(262), 200);
  return 0;
}
