// SPDX-License-Identifier: Apache-2.0
//
// The clerk's batches and the retry table. Whole nodes are the simulation's.
#include "engine/batch.h"
#include "engine/delivery.h"
#include "engine/proofs.h"
#include "evidence/evidence.h"
#include "evidence/merkle.h"
#include "store/open.h"

#include <doctest/doctest.h>

namespace corridor::engine {

namespace {

exchange::Self own() {
  exchange::Self self;
  self.did = Did("did:web:localhost%3A7001");
  return self;
}

exchange::Command put_peer(const std::string& did, const std::string& name) {
  exchange::PutPeer command;
  command.peer.did = Did(did);
  command.peer.name = name;
  return command;
}

Seed seed_of(int n) {
  Seed seed;
  seed.bytes[0] = static_cast<std::uint8_t>(n);
  return seed;
}

Outcome run(Batch& batch, const exchange::Command& command, int n) {
  Known known;
  return batch.run(command, known, seed_of(n));
}

}  // namespace

TEST_CASE("asks of one batch see each other, and one that fails leaves nothing") {
  const auto store = store::open_memory_store();
  const auto self = own();
  Batch batch(*store, self, Time{1000});
  CHECK(std::holds_alternative<Decision>(run(batch, put_peer("did:web:a", "one"), 1)));
  CHECK(std::holds_alternative<Error>(run(batch, exchange::RemovePeer{Did("did:web:b")}, 2)));
  const std::size_t before = batch.writes().size();
  CHECK(std::holds_alternative<Error>(run(batch, put_peer("bad did", "x"), 3)));
  CHECK(batch.writes().size() == before);
  CHECK(std::holds_alternative<Decision>(run(batch, exchange::RemovePeer{Did("did:web:a")}, 4)));
  CHECK(std::holds_alternative<Error>(run(batch, exchange::RemovePeer{Did("did:web:a")}, 5)));
  REQUIRE(store->commit(batch.writes()));
  CHECK_FALSE(Rows(store->latest(), 0).get(Table::peer, "did:web:a").value());
}

TEST_CASE("leaves are numbered in the order of the asks, and chained by subject") {
  const auto store = store::open_memory_store();
  const auto self = own();
  Batch batch(*store, self, Time{1000});
  for (int i = 0; i < 3; ++i) {
    exchange::PutPeer command;
    command.peer.did = Did("did:web:a");
    command.invite = "urn:invite:" + std::to_string(i);
    CHECK(std::holds_alternative<Decision>(run(batch, exchange::Command(command), i)));
  }
  CHECK(batch.log_size() == 3);
  REQUIRE(store->commit(batch.writes()));
  const auto statements = statements_of(Rows(store->latest(), 0), "did:web:a").value();
  REQUIRE(statements.size() == 3);
  Digest previous;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    CHECK(statements[i].index == i);
    const Bytes raw = from_base64(statements[i].leaf).value();
    CHECK(evidence::parse_leaf(raw).value().prev_leaf == previous);
    previous = evidence::leaf_hash(raw);
  }
  SUBCASE("the same asks with the same seeds make the same leaves") {
    const auto other = store::open_memory_store();
    Batch again(*other, self, Time{1000});
    exchange::PutPeer command;
    command.peer.did = Did("did:web:a");
    command.invite = "urn:invite:0";
    run(again, exchange::Command(command), 0);
    REQUIRE(other->commit(again.writes()));
    CHECK(statements_of(Rows(other->latest(), 0), "did:web:a").value()[0].leaf == statements[0].leaf);
  }
}

TEST_CASE("a checkpoint is only taken as the successor of the one before") {
  const auto store = store::open_memory_store();
  const auto self = own();
  const auto commit = [&](std::uint64_t before, std::uint64_t size) {
    Batch batch(*store, self, Time{1000});
    Known known;
    CheckpointMade made;
    made.size_before = before;
    made.checkpoint.size = size;
    const auto outcome = batch.run(made, known, seed_of(1));
    if (std::holds_alternative<Error>(outcome)) return false;
    return store->commit(batch.writes()).has_value();
  };
  CHECK(commit(0, 5));
  CHECK_FALSE(commit(0, 6));
  CHECK_FALSE(commit(5, 5));
  CHECK_FALSE(commit(5, 4));
  CHECK(commit(5, 9));
}

TEST_CASE("the retry table") {
  const Time start{1'000'000};
  const auto verdict = [&](MessageClass kind, int status, Duration since, int attempts,
                           net::Headers headers = {}) {
    Progress progress{attempts, start, attempts > 1 && status == 401};
    return judge_response(kind, {status, std::move(headers), {}}, progress, start + since, 0.5);
  };
  using enum MessageClass;
  for (const int status : {200, 201, 202, 204})
    CHECK(verdict(protocol, status, {}, 1).fate == Fate::accepted);
  for (const int status : {400, 403, 410, 413, 422, 301, 405})
    CHECK(verdict(protocol, status, {}, 1).fate == Fate::final_failure);
  CHECK(verdict(document, 422, {}, 1).fate == Fate::refused_signed);
  for (const int status : {404, 409}) {
    CHECK(verdict(protocol, status, seconds(1), 1).fate == Fate::again);
    CHECK(verdict(protocol, status, seconds(11), 1).fate == Fate::final_failure);
  }
  CHECK(verdict(protocol, 401, {}, 1).fate == Fate::again);
  CHECK(verdict(protocol, 401, {}, 2).fate == Fate::final_failure);
  for (const int status : {500, 502, 504, 408})
    CHECK(verdict(protocol, status, hours(1), 9).fate == Fate::again);
  CHECK(verdict(protocol, 503, {}, 1, {{"Retry-After", "2"}}).wait == seconds(2));
  CHECK(verdict(protocol, 503, {}, 1, {{"Retry-After", "99999999999"}}).wait == minutes(15));
  CHECK(verdict(protocol, 503, {}, 1, {{"Retry-After", "soon"}}).wait < seconds(2));
  SUBCASE("waits grow: fast within ten seconds, then up to a quarter of an hour") {
    CHECK(verdict(protocol, 500, {}, 1).wait == milliseconds(50));
    CHECK(verdict(protocol, 500, seconds(1), 4).wait == milliseconds(400));
    CHECK(verdict(protocol, 500, hours(1), 30).wait == minutes(15));
  }
  SUBCASE("an address that may not be called is not called again") {
    CHECK(judge_error(protocol, {Code::denied, "", ""}, {}, start, 0).fate == Fate::final_failure);
    CHECK(judge_error(protocol, {Code::timeout, "", ""}, {1, start, false}, start, 0).fate == Fate::again);
  }
}

}  // namespace corridor::engine
