// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"
#include "base/env.h"
#include "base/work.h"

#include <doctest/doctest.h>

#include <atomic>
#include <random>

namespace corridor {

TEST_CASE("every code has an HTTP and an exit status, and no two exit statuses are the same") {
  std::vector<int> seen;
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const CodeFacts& facts = code_facts(static_cast<Code>(i));
    CHECK(facts.http_status >= 400);
    CHECK(facts.exit_status >= 2);
    CHECK(std::ranges::find(seen, facts.exit_status) == seen.end());
    seen.push_back(facts.exit_status);
  }
}

TEST_CASE("bytes survive every spelling") {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    Bytes bytes(random() % 70, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    CAPTURE(round);
    CHECK(from_hex(hex(bytes)).value() == bytes);
    CHECK(from_base64(base64(bytes)).value() == bytes);
    CHECK(from_base64url(base64url(bytes)).value() == bytes);
    CHECK(percent_decode(percent_encode(bytes)).value() == bytes);
  }
}

TEST_CASE("a second spelling of the same bytes is refused") {
  CHECK_FALSE(from_base64("QQ"));       // padding is missing
  CHECK_FALSE(from_base64("QR=="));     // spare bits
  CHECK_FALSE(from_base64("Q Q="));     // white space
  CHECK_FALSE(from_base64url("QQ=="));  // padding
  CHECK_FALSE(from_base64url("Q+"));    // the other alphabet
  CHECK_FALSE(from_base64url("A"));     // impossible length
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex("zz"));
  CHECK_FALSE(percent_decode("%4"));
  CHECK_FALSE(percent_decode("%zz"));
  CHECK_FALSE(Digest::from("short"));
}

TEST_CASE("text is UTF-8 or it is not") {
  CHECK(is_utf8("plain, é, 漢, 😀"));
  for (const View bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff", "\x80"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("times are read as ISO 8601 and written in one form") {
  CHECK(iso8601(Time{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(parse_iso8601("2026-11-27T03:50:50.123Z").value().ms == 1'795'751'450'123);
  CHECK(parse_iso8601("2026-11-27T05:50:50.123+02:00").value().ms == 1'795'751'450'123);
  CHECK(parse_iso8601("2026-11-27T03:50:50").value().ms == 1'795'751'450'000);
  CHECK(iso8601(parse_iso8601("2024-02-29T23:59:59.999Z").value()) == "2024-02-29T23:59:59.999Z");
  for (const View bad : {"", "2026-11-27", "2026-02-30T00:00:00Z", "2026-11-27T24:00:00Z",
                         "2026-11-27T03:50:50.Z", "2026-11-27T03:50:50+1:00", "2026-11-27T03:50:50Zz",
                         "2026-13-01T00:00:00Z", "x026-11-27T03:50:50Z"})
    CHECK_FALSE(parse_iso8601(bad));
}

TEST_CASE("durations need a unit and stay in bounds") {
  CHECK(parse_duration("250ms").value().ms == 250);
  CHECK(parse_duration("7d").value().ms == 604'800'000);
  for (const View bad : {"", "5", "d", "-1s", "5 s", "1w", "9223372036854775807d"})
    CHECK_FALSE(parse_duration(bad));
}

TEST_CASE("a pool runs everything it took, timers in order of their times") {
  SystemEnv env;
  std::atomic<int> ran = 0;
  std::mutex mutex;
  std::vector<int> order;
  {
    WorkerPool pool(env, 3, 10'000);
    for (int i = 0; i < 1000; ++i) REQUIRE(pool.post([&ran] { ++ran; }));
    std::atomic<bool> last = false;
    const Time now = env.now();
    for (const int i : {3, 1, 2})
      pool.at(now + milliseconds(20 * i), [&, i] {
        const std::lock_guard lock(mutex);
        order.push_back(i);
        if (i == 3) last = true;
      });
    while (!last) std::this_thread::yield();
  }
  CHECK(ran == 1000);
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("a bounded queue refuses when full and drains when closed") {
  BoundedQueue<int> queue(2);
  CHECK(queue.push(1));
  CHECK(queue.push(2));
  CHECK_FALSE(queue.push(3));
  queue.push_always(4);
  queue.close();
  CHECK_FALSE(queue.push(5));
  CHECK(queue.take(10) == std::vector<int>{1, 2, 4});
  CHECK(queue.take(10).empty());
}

}  // namespace corridor
