// SPDX-License-Identifier: Apache-2.0
#include "cli/timeline.h"

#include "cli/sending.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::cli {

namespace {

json::Value life(std::string_view text) {
  auto value = json::parse(text);
  REQUIRE(value.has_value());
  return *value;
}

constexpr std::string_view kLife = R"({
  "what":"exchange","id":"E1",
  "exchange":{"state":"answered",
    "history":[{"at":"2026-03-01T10:00:00.000Z","what":"waits for an agreement","state":"waiting"},
               {"at":"2026-03-01T10:00:00.020Z","what":"document on its way","state":"sending"}],
    "statements":[{"at":"2026-03-01T10:00:00.020Z","type":"SUBMIT","leaf":7,
                   "content":{"payloadSha256":"00112233445566778899",
                              "decision":{"outcome":"permit","reasons":["a","b"]}}}],
    "delivery":[]},
  "transfer":{"history":[{"at":"2026-03-01T10:00:00.015Z","what":"start","state":"STARTED"}],
    "statements":[]},
  "negotiation":{"state":"FINALIZED",
    "history":[{"at":"2026-03-01T10:00:00.000Z","what":"offer sent","state":"OFFERED"},
               {"at":"2026-03-01T10:00:00.012Z","what":"finalized","state":"FINALIZED",
                "why":"agreed\u001b[2J"}],
    "statements":[]}})";

}  // namespace

TEST_CASE("the parts of a life are merged by time; one moment keeps the order of the parts") {
  const auto lines = timeline_of(life(kLife));
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].part == "agreement");
  CHECK(lines[0].what == "offer sent");
  CHECK(lines[1].part == "document");
  CHECK(lines[1].what == "waits for an agreement");
  CHECK(lines[2].state == "FINALIZED");
  CHECK(lines[3].part == "transfer");
  CHECK(lines[4].what == "document on its way");
  CHECK(lines[5].what == "stated SUBMIT, leaf 7");
  CHECK(lines[5].why == "document 001122334455, outcome permit, because a, b");
}

TEST_CASE("a timeline counts milliseconds from its first line") {
  CHECK(timeline_text(timeline_of(life(kLife))) ==
        "2026-03-01T10:00:00.000Z\n"
        "  +0 ms   agreement  OFFERED    offer sent\n"
        "  +0 ms   document   waiting    waits for an agreement\n"
        "  +12 ms  agreement  FINALIZED  finalized: agreed [2J\n"
        "  +15 ms  transfer   STARTED    start\n"
        "  +20 ms  document   sending    document on its way\n"
        "  +20 ms  document              stated SUBMIT, leaf 7: document 001122334455, "
        "outcome permit, because a, b\n");
}

TEST_CASE("after a pause of a minute the time of day is said again and counting starts anew") {
  const std::vector<TimelineLine> lines{{Time{0}, "agreement", "made", "FINALIZED", ""},
                                        {Time{59'999}, "document", "a", "", ""},
                                        {Time{119'999}, "document", "b", "", ""},
                                        {Time{120'004}, "document", "c", "", ""}};
  CHECK(timeline_text(lines) ==
        "1970-01-01T00:00:00.000Z\n"
        "  +0 ms      agreement  FINALIZED  made\n"
        "  +59999 ms  document              a\n"
        "1970-01-01T00:01:59.999Z\n"
        "  +0 ms  document    b\n"
        "  +5 ms  document    c\n");
}

TEST_CASE("a life without any parts is an empty timeline") {
  CHECK(timeline_text(timeline_of(life("{}"))).empty());
  CHECK(timeline_of(life(R"({"exchange":{"history":"x","statements":[1,null]}})")).size() == 2);
}

TEST_CASE("what an open exchange waits for is said in one sentence") {
  CHECK(waits_for(life(R"({"exchange":{"state":"sending","delivery":[]}})"), "P") ==
        "it is on its way to P");
  CHECK(waits_for(life(R"({"exchange":{"state":"sending","delivery":[{"lastError":"refused"}]}})"),
                  "P") == "P could not be reached: refused; the node keeps trying");
  CHECK(waits_for(life(R"({"exchange":{"state":"waiting"},
                           "negotiation":{"state":"OFFERED","delivery":[]}})"),
                  "P") ==
        "P has the offer and has not agreed yet; a person there may have to approve it");
  CHECK(waits_for(life(R"({"exchange":{"state":"waiting"},"negotiation":{"state":"NONE",
                           "delivery":[{"lastError":"no route"}]}})"),
                  "P") == "P could not be reached: no route; the node keeps trying");
  CHECK(waits_for(life(R"({"exchange":{"state":"waiting"}})"), "P") ==
        "an agreement with P is being made");
}

}  // namespace corridor::cli
