// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan.h"

#include <doctest/doctest.h>

using namespace corridor;
using namespace corridor::dataplane;

namespace {

using Take = Judgement::Take;

Digest digest_of(char c) { return Digest::from(std::string(32, c)).value(); }
const Digest kDigest = digest_of('d');

Given give(net::Headers headers, std::uint64_t bytes = 100, std::string method = "GET") {
  net::Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  return plan_answer(request, kDigest, bytes);
}

std::string field(const net::Headers& headers, View name) {
  const auto* const value = headers.find(name);
  return value == nullptr ? "-" : *value;
}

std::string read_digest(std::initializer_list<net::Headers::Field> fields) {
  const auto digest = read_repr_digest(fields);
  return !digest ? "malformed" : !*digest ? "none" : hex((*digest)->view());
}

const Known kKnown{"\"e\"", kDigest, 100, "text/csv"};
const Wanted kWanted{{}, {}, 1000};

net::Headers part(std::string range, std::string etag = "\"e\"") {
  return {{"Content-Range", std::move(range)}, {"ETag", std::move(etag)}};
}

}  // namespace

TEST_CASE("a range is one of bytes, or none at all") {
  struct Case {
    View value;
    std::optional<Range> range;
  };
  for (const Case& each : std::initializer_list<Case>{
           {"bytes=0-9", Range{0, 10}},
           {"Bytes= 0-9 ", Range{0, 10}},
           {"bytes=90-", Range{90, 10}},
           {"bytes=90-1000", Range{90, 10}},
           {"bytes=99-99", Range{99, 1}},
           {"bytes=99-18446744073709551615", Range{99, 1}},
           {"bytes=-5", Range{95, 5}},
           {"bytes=-500", Range{0, 100}},
           {"bytes=-0", Range{100, 0}},
           {"bytes=100-", Range{100, 0}},
           {"bytes=5-4", {}},
           {"bytes=0-1,3-4", {}},
           {"bytes=-", {}},
           {"bytes=", {}},
           {"bytes=a-", {}},
           {"bytes=0x1-2", {}},
           {"bytes=--1", {}},
           {"bytes=18446744073709551616-", {}},
           {"lines=0-9", {}},
           {"", {}}}) {
    CAPTURE(each.value);
    CHECK(read_range(each.value, 100) == each.range);
  }
  CHECK(read_range("bytes=0-", 0) == Range{0, 0});
  CHECK(read_range("bytes=-1", 0) == Range{0, 0});
}

TEST_CASE("what we give says what it is, always") {
  const std::string etag = etag_of(kDigest);
  CHECK(give({}).status == 200);
  CHECK((give({}).has_body && give({}).range == Range{0, 100}));
  CHECK(field(give({}).headers, "ETag") == etag);
  CHECK(field(give({}).headers, "Accept-Ranges") == "bytes");
  CHECK(field(give({}).headers, "Repr-Digest") == repr_digest(kDigest));
  const Given head = give({{"Range", "bytes=0-4"}}, 100, "HEAD");
  CHECK((head.status == 200 && !head.has_body && head.range.bytes == 100));
  const Given some = give({{"Range", "bytes=10-19"}});
  CHECK((some.status == 206 && some.has_body && some.range == Range{10, 10}));
  CHECK(field(some.headers, "Content-Range") == "bytes 10-19/100");
  CHECK(field(some.headers, "Repr-Digest") == repr_digest(kDigest));
  const Given beyond = give({{"Range", "bytes=100-"}});
  CHECK((beyond.status == 416 && !beyond.has_body));
  CHECK(field(beyond.headers, "Content-Range") == "bytes */100");
  CHECK(give({{"Range", "bytes=1-2,4-5"}}).status == 200);
  CHECK(give({}, 100, "POST").status == 405);
}

TEST_CASE("preconditions come before ranges") {
  const std::string etag = etag_of(kDigest);
  CHECK(give({{"If-None-Match", etag}}).status == 304);
  CHECK(give({{"If-None-Match", "\"x\", W/" + etag}}).status == 304);
  CHECK(give({{"If-None-Match", "*"}}).status == 304);
  CHECK(give({{"If-None-Match", "\"x\""}}).status == 200);
  CHECK(give({{"If-Match", etag}}).status == 200);
  CHECK(give({{"If-Match", "W/" + etag}}).status == 412);
  CHECK(give({{"If-Match", "\"x\""}, {"Range", "bytes=0-"}}).status == 412);
  CHECK(give({{"If-Range", etag}, {"Range", "bytes=5-"}}).status == 206);
  CHECK(give({{"If-Range", "W/" + etag}, {"Range", "bytes=5-"}}).status == 200);
  CHECK(give({{"If-Range", "\"x\""}, {"Range", "bytes=5-"}}).status == 200);
  CHECK(give({{"If-Range", "Sat, 29 Oct 1994 19:43:31 GMT"}, {"Range", "bytes=5-"}}).status == 200);
}

TEST_CASE("Repr-Digest is read strictly, of it sha-256") {
  const std::string value = repr_digest(kDigest);
  const std::string shown = hex(kDigest.view());
  CHECK(read_digest({}) == "none");
  CHECK(read_digest({{"Repr-Digest", value}}) == shown);
  CHECK(read_digest({{"repr-digest", "sha-512=:AAAA:, " + value}}) == shown);
  CHECK(read_digest({{"Repr-Digest", "md5=:AAAA:"}, {"REPR-DIGEST", value}}) == shown);
  CHECK(read_digest({{"Repr-Digest", repr_digest(digest_of('x')) + "," + value}}) == shown);
  CHECK(read_digest({{"Content-Digest", value}}) == "none");
  for (const std::string& bad :
       {std::string("sha-256"), std::string("sha-256=abc"), std::string("sha-256=:AAAA:"),
        std::string("sha-256=:*:"), value + ";a=1", std::string("=:AAAA:")})
    CHECK(read_digest({{"Repr-Digest", bad}}) == "malformed");
}

TEST_CASE("Content-Range is read strictly") {
  const auto read = read_content_range("bytes 10-19/100");
  REQUIRE(read);
  CHECK((read->range == Range{10, 10} && read->total == 100));
  CHECK(read_content_range("bytes 10-19/*")->total == std::nullopt);
  CHECK(read_content_range("bytes */100")->range == std::nullopt);
  for (const View bad : {"", "bytes", "bytes */*", "bytes 10-9/100", "bytes 10-100/100",
                         "bytes 10-/100", "bytes -9/100", "items 1-2/3", "bytes 1-2",
                         "bytes 0-18446744073709551615/*"})
    CHECK_FALSE(read_content_range(bad).has_value());
}

TEST_CASE("what is known goes beside the bytes and comes back") {
  CHECK(read_note(write_note(kKnown)) == kKnown);
  CHECK(read_note(write_note({})) == Known{});
  CHECK_FALSE(read_note("").has_value());
  CHECK_FALSE(read_note("fetch 2\n\n\n\n").has_value());
  CHECK_FALSE(read_note("fetch 1\nW/\"x\"\n\n\n").has_value());
}

TEST_CASE("the rest is asked for when it can be told from something else") {
  CHECK(field(ask(kWanted, kKnown, 0), "Range") == "-");
  CHECK(field(ask(kWanted, kKnown, 10), "Range") == "bytes=10-");
  CHECK(field(ask(kWanted, kKnown, 10), "If-Range") == "\"e\"");
  CHECK(field(ask(kWanted, {}, 10), "Range") == "-");
  CHECK(field(ask({kDigest, {}, 1000}, {}, 10), "Range") == "bytes=10-");
  CHECK(field(ask({kDigest, {}, 1000}, {}, 10), "If-Range") == "-");
}

TEST_CASE("an answer with the whole") {
  const net::Headers whole{{"ETag", "\"e\""}, {"Content-Length", "100"}, {"Content-Type", "a/b"}};
  Judgement judged = judge(kWanted, {}, 0, 200, whole);
  CHECK(judged.take == Take::anew);
  CHECK((judged.known.etag == "\"e\"" && judged.known.total == 100));
  judged = judge(kWanted, kKnown, 10, 200, whole);  // ignores ranges: the same bytes again
  CHECK((judged.take == Take::append && judged.skip == 10));
  CHECK(judge(kWanted, kKnown, 10, 200, {{"ETag", "\"other\""}}).take == Take::anew);
  CHECK(judge(kWanted, kKnown, 10, 200, {{"ETag", "W/\"e\""}}).take == Take::anew);
  const auto refused = [](const Judgement& judgement, Code code) {
    return judgement.take == Take::refuse && judgement.error.code == code;
  };
  CHECK(refused(judge({{}, {}, 99}, {}, 0, 200, whole), Code::too_large));
  CHECK(refused(judge({{}, 99, 1000}, {}, 0, 200, whole), Code::peer));
  CHECK(refused(judge({digest_of('x'), {}, 1000}, {}, 0, 200,
                      {{"Repr-Digest", repr_digest(kDigest)}}), Code::peer));
  CHECK(refused(judge(kWanted, {}, 0, 200, {{"Content-Encoding", "gzip"}}), Code::peer));
  CHECK(refused(judge(kWanted, {}, 0, 200, {{"Repr-Digest", "sha-256=x"}}), Code::peer));
}

TEST_CASE("an answer with a part") {
  Judgement judged = judge(kWanted, kKnown, 10, 206, part("bytes 10-99/100"));
  CHECK((judged.take == Take::append && judged.skip == 0 && judged.known == kKnown));
  judged = judge(kWanted, kKnown, 10, 206, part("bytes 5-99/100"));
  CHECK((judged.take == Take::append && judged.skip == 5));
  for (const char* range : {"bytes 11-99/100", "bytes 0-9/100", "bytes */100", ""})
    CHECK(judge(kWanted, kKnown, 10, 206, part(range)).take == Take::refuse);
  CHECK(judge(kWanted, {}, 0, 206, part("bytes 0-99/100")).take == Take::refuse);
  for (const auto& changed : {part("bytes 10-99/100", "\"other\""), part("bytes 10-98/99")}) {
    judged = judge(kWanted, kKnown, 10, 206, changed);
    CHECK((judged.take == Take::again && judged.forget));
  }
}

TEST_CASE("an answer without bytes") {
  CHECK(judge(kWanted, kKnown, 100, 416, part("bytes */100")).take == Take::complete);
  CHECK(judge(kWanted, kKnown, 90, 416, part("bytes */100")).forget);
  CHECK(judge(kWanted, kKnown, 100, 416, part("bytes */100", "\"other\"")).forget);
  CHECK(judge(kWanted, kKnown, 0, 416, part("bytes */100")).take == Take::refuse);
  CHECK(judge(kWanted, kKnown, 10, 412, {}).forget);
  const Judgement later = judge(kWanted, kKnown, 10, 503, {{"Retry-After", "7"}});
  CHECK((later.take == Take::again && !later.forget && later.retry_after == seconds(7)));
  CHECK(judge(kWanted, {}, 0, 401, {}).error.code == Code::unauthenticated);
  CHECK(judge(kWanted, {}, 0, 403, {}).error.code == Code::denied);
  CHECK(judge(kWanted, {}, 0, 404, {}).error.code == Code::not_found);
  CHECK(judge(kWanted, {}, 0, 302, {}).error.code == Code::peer);
  CHECK(judge(kWanted, {}, 0, 204, {}).error.code == Code::peer);
}

TEST_CASE("tries become rarer and end") {
  CHECK(wait_before_try(1, {}) == limits::kTransferRetryFirst);
  CHECK(wait_before_try(3, {})->ms == 4 * limits::kTransferRetryFirst.ms);
  CHECK(wait_before_try(1, seconds(9)) == seconds(9));
  CHECK_FALSE(wait_before_try(limits::kTransferTriesMax, {}).has_value());
}
