// SPDX-License-Identifier: Apache-2.0
#include "model/fields.h"
#include "model/step.h"

#include <doctest/doctest.h>

namespace corridor {

namespace {

struct Inner {
  std::string word;
  std::uint64_t number = 0;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, Inner>
void fields(F& f, R& r) {
  f("word", r.word), f("number", r.number);
}

struct Sample {
  Did did;
  std::vector<Inner> list;
  std::optional<Inner> maybe;
  Digest digest;
  Time when;
  bool flag = false;
  json::Value free;
};
template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, Sample>
void fields(F& f, R& r) {
  f("did", r.did), f("list", r.list), f("maybe", r.maybe), f("digest", r.digest);
  f("when", r.when), f("flag", r.flag), f("free", r.free);
}

Report sample_report() {
  Report report;
  report.kind = {"ubl", "Invoice", "urn:cen.eu:en16931:2017"};
  report.rules = "some rules 3";
  report.rules_digest.bytes[0] = 7;
  report.findings.push_back({"R-1", Severity::fatal, "a sum is wrong", "/Invoice/x", 12, 3, "BT-112", "125"});
  report.findings.push_back({"R-2", Severity::warning, "a date is odd", "", 0, 0, "", ""});
  return report;
}

}  // namespace

TEST_CASE("a record reads back as it was written, and says little when it is empty") {
  Sample sample;
  CHECK(to_bytes(sample) == R"({"v":1})");
  sample.did = Did("did:web:localhost%3A1");
  sample.list = {{"one", 1}, {"two", 2}};
  sample.maybe = Inner{"perhaps", 0};
  sample.digest.bytes[31] = 9;
  sample.when = {1234};
  sample.flag = true;
  sample.free = json::Value::object({{"k", json::Value::array({1, "x"})}});
  const Bytes bytes = to_bytes(sample);
  const auto read = from_bytes<Sample>(bytes);
  REQUIRE(read);
  CHECK(to_bytes(*read) == bytes);
  CHECK(read->list[1].word == "two");
  CHECK(read->digest == sample.digest);
}

TEST_CASE("a stored record that no version of ours wrote is corrupt, and the member is named") {
  for (const View bad : {"", "[]", "{", R"({"v":2})", R"({"did":"x"})", R"({"v":1,"did":7})",
                         R"({"v":1,"list":[{"word":1}]})", R"({"v":1,"digest":"zz"})",
                         R"({"v":1,"flag":"yes"})"}) {
    const auto read = from_bytes<Sample>(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::corrupt);
  }
  CHECK(from_bytes<Sample>(R"({"v":1,"did":7})").error().why.contains("did"));
}

TEST_CASE("a step notes what it has not read, once, and is complete when it has") {
  Known known;
  CHECK_FALSE(known.row(Table::peer, "a"));
  CHECK_FALSE(known.row(Table::peer, "a"));
  CHECK(known.scan({Table::inbox, {}, {}, 5}).empty());
  CHECK(known.fact({FactKind::did_document, "d"}, Time{10}) == nullptr);
  CHECK_FALSE(known.complete());
  Needs needs = known.needs();
  CHECK(needs.rows.size() == 1);
  CHECK(needs.scans.size() == 1);
  CHECK(needs.facts.size() == 1);
  known.forget_rows();
  known.put(RowKey{Table::peer, "a"}, Bytes("value"));
  known.put(Scan{Table::inbox, {}, {}, 5}, {{"k", "v"}});
  known.put(FactKey{FactKind::did_document, "d"}, Fact{{}, {}, {}, Time{20}});
  CHECK(known.row(Table::peer, "a") == View("value"));
  CHECK(known.scan({Table::inbox, {}, {}, 5}).size() == 1);
  CHECK(known.fact({FactKind::did_document, "d"}, Time{19}) != nullptr);
  CHECK(known.complete());
  SUBCASE("a fact that has run out is needed again") {
    CHECK(known.fact({FactKind::did_document, "d"}, Time{20}) == nullptr);
    CHECK_FALSE(known.complete());
  }
}

TEST_CASE("composed keys of different parts differ") {
  CHECK(key_of({"a", "b"}) != key_of({"ab"}));
  CHECK(key_of({"", "a"}) != key_of({"a"}));
  CHECK(key_of({"a", ""}) != key_of({"a"}));
}

TEST_CASE("ordered ids sort by time and are the same for the same seed") {
  Seed seed;
  const std::string first = ordered_id(Time{1'795'751'450'123}, seed, "x");
  CHECK(first.size() == 20);
  CHECK(first == ordered_id(Time{1'795'751'450'123}, seed, "x"));
  CHECK(first != ordered_id(Time{1'795'751'450'123}, seed, "y"));
  CHECK(first < ordered_id(Time{1'795'751'450'124}, seed, "x"));
  CHECK(ordered_id(Time{1}, seed, "x") < first);
}

TEST_CASE("a report survives its JSON, and a severity nobody knows does not") {
  const Report report = sample_report();
  CHECK_FALSE(report.valid());
  auto value = to_json(report);
  CHECK(report_from_json(value).value() == report);
  CHECK(value.boolean_or("valid", true) == false);
  auto broken = json::parse(R"({"syntax":"ubl","rulesDigest":")" + std::string(64, '0') +
                            R"(","findings":[{"rule":"R","severity":"grave","text":"t"}]})");
  CHECK_FALSE(report_from_json(broken.value()));
}

TEST_CASE("events and levels have names both ways") {
  for (int i = 1; i <= static_cast<int>(EventType::completed); ++i) {
    const auto type = static_cast<EventType>(i);
    CHECK(event_from_name(event_name(type)) == type);
  }
  CHECK_FALSE(event_from_name(""));
  CHECK_FALSE(event_from_name("NOTHING"));
  CHECK(level_from_name("logged") == ReceiptLevel::logged);
  CHECK_FALSE(level_from_name("proven"));
}

}  // namespace corridor
