// SPDX-License-Identifier: Apache-2.0
//
// Events and who is told of them, as rows. Delivery of whole nodes is the simulation's.
#include "engine/batch.h"
#include "engine/subscriptions.h"
#include "store/open.h"

#include <doctest/doctest.h>

namespace corridor::engine {

namespace {

constexpr std::string_view kPeer = "did:web:a";

exchange::Self own() {
  exchange::Self self;
  self.did = Did("did:web:localhost%3A7001");
  return self;
}

// A store with one peer, and batches on it.
struct Fixture {
  std::unique_ptr<store::Store> store = store::open_memory_store();
  exchange::Self self = own();
  int asked = 0;

  Fixture() {
    exchange::PutPeer command;
    command.peer.did = Did(std::string(kPeer));
    Batch batch(*store, self, Time{1000});
    ask(batch, exchange::Command(command));
    commit(batch);
  }
  Outcome ask(Batch& batch, const Command& command) {
    Known known;
    Seed seed;
    seed.bytes[0] = static_cast<std::uint8_t>(++asked);
    return batch.run(command, known, seed);
  }
  // A document that does not pass its check: refused here, which is an event.
  static Command refused() {
    exchange::SendDocument command;
    command.to = Did(std::string(kPeer));
    command.document.report.kind = {"ubl", "Invoice", {}};
    command.document.report.findings.push_back({"R-1", Severity::fatal, "wrong", {}, 0, 0, {}, {}});
    return exchange::Command(command);
  }
  void commit(Batch& batch) { CHECK(store->commit(batch.writes()).has_value()); }
  Outcome ask_and_commit(const Command& command) {
    Batch batch(*store, self, Time{2000});
    auto outcome = ask(batch, command);
    commit(batch);
    return outcome;
  }
  [[nodiscard]] Rows rows() const { return {store->latest(), 0}; }
  [[nodiscard]] std::uint64_t count() const {
    return rows().scan({Table::notice, {}, {}, limits::kScanRowsMax}).value().size();
  }
  SubscriptionRecord subscription(const std::string& id) const {
    return from_bytes<SubscriptionRecord>(rows().get(Table::subscription, id).value().value()).value();
  }
};

Code code_of(const Outcome& outcome) {
  const auto* const error = std::get_if<Error>(&outcome);
  return error == nullptr ? Code::internal : error->code;
}

Subscribe to(std::string url, std::string id, std::vector<std::string> types = {}) {
  Subscribe command;
  command.subscription.url = std::move(url);
  command.subscription.id = std::move(id);
  command.subscription.types = std::move(types);
  return command;
}

}  // namespace

TEST_CASE("events are numbered rows of the commit they belong to; an ask that fails leaves no gap") {
  Fixture f;
  Batch batch(*f.store, f.self, Time{2000});
  CHECK(std::holds_alternative<Decision>(f.ask(batch, Fixture::refused())));
  CHECK(std::holds_alternative<Error>(f.ask(batch, Unsubscribe{"none"})));
  CHECK(std::holds_alternative<Decision>(f.ask(batch, Fixture::refused())));
  f.commit(batch);
  CHECK(newest_notice(f.rows()).value() == 2);
  CHECK(f.count() == 2);
  const auto told = batch.take_told();
  REQUIRE(told.size() == 2);
  CHECK(told[1].number == 2);
  CHECK(told[1].type == "exchange.refused");
  const auto event = json::parse(f.rows().get(Table::notice, notice_key(2)).value().value()).value();
  CHECK(event.text_or("specversion") == "1.0");
  CHECK(event.text_or("id") == "2");
  CHECK(event.text_or("source") == f.self.did.value);
  CHECK(event.text_or("type") == "corridor.exchange.refused");
  CHECK(event.text_or("subject") == told[1].subject);
  CHECK(event.text_or("time") == "1970-01-01T00:00:02.000Z");
  CHECK(event.find("data")->text_or("peer") == kPeer);
}

TEST_CASE("only the newest are kept") {
  Fixture f;
  const std::uint64_t before = limits::kNoticesKept + 5;
  REQUIRE(f.store->commit(std::vector<store::Write>{
      {table_id(Table::meta), row_key(0, kNoticeCount), notice_key(before)},
      {table_id(Table::notice), row_key(0, notice_key(6)), Bytes("old")},
      {table_id(Table::notice), row_key(0, notice_key(7)), Bytes("still kept")}}));
  f.ask_and_commit(Fixture::refused());
  CHECK(newest_notice(f.rows()).value() == before + 1);
  CHECK_FALSE(f.rows().get(Table::notice, notice_key(6)).value());
  CHECK(f.rows().get(Table::notice, notice_key(7)).value());
}

TEST_CASE("a subscription begins with what happens next, or after an event it names") {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.ask_and_commit(Fixture::refused());
  CHECK(std::holds_alternative<Decision>(f.ask_and_commit(to("http://localhost:1/", "next"))));
  CHECK(f.subscription("next").cursor == 3);
  auto from = to("http://localhost:1/", "from");
  from.after = 1;
  f.ask_and_commit(from);
  CHECK(f.subscription("from").cursor == 1);
  CHECK(code_of(f.ask_and_commit(from)) == Code::conflict);
  CHECK(code_of(f.ask_and_commit(to("nowhere", "x"))) == Code::invalid);
  CHECK(code_of(f.ask_and_commit(to("http://localhost:1/", "x", {"a b"}))) == Code::invalid);
  CHECK(code_of(f.ask_and_commit(Unsubscribe{"none"})) == Code::not_found);
  CHECK(std::holds_alternative<Decision>(f.ask_and_commit(Unsubscribe{"next"})));
}

TEST_CASE("the cursor follows deliveries, and a replay makes earlier ones void") {
  Fixture f;
  for (int i = 0; i < 4; ++i) f.ask_and_commit(Fixture::refused());
  auto command = to("http://localhost:1/", "s");
  command.after = 0;
  f.ask_and_commit(command);
  const std::uint32_t turn = f.subscription("s").turn;
  f.ask_and_commit(NoticesDelivered{"s", turn, 4, 1});
  CHECK(f.subscription("s").cursor == 4);
  CHECK(f.subscription("s").lost == 1);
  f.ask_and_commit(Replay{"s", 2});
  f.ask_and_commit(NoticesDelivered{"s", turn, 4, 0});
  CHECK(f.subscription("s").cursor == 2);
  f.ask_and_commit(NoticesDelivered{"s", f.subscription("s").turn, 3, 0});
  CHECK(f.subscription("s").cursor == 3);
  CHECK(code_of(f.ask_and_commit(Replay{"s", 99})) == Code::invalid);
  CHECK(code_of(f.ask_and_commit(Replay{"none", 0})) == Code::not_found);
}

namespace {

class NoClient final : public net::Client {
 public:
  void send(net::Request, net::SendOptions, std::function<void(Result<net::Response>)> done) override {
    done(fail(Code::unavailable, "there is no network here"));
  }
};

// Runs everything in its order, what is timed as well.
class InTurn final : public Executor {
 public:
  [[nodiscard]] bool post(Task task) override {
    tasks_.push_back(std::move(task));
    return true;
  }
  void post_always(Task task) override { tasks_.push_back(std::move(task)); }
  void at(Time, Task task) override { tasks_.push_back(std::move(task)); }
  void run() {
    while (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

 private:
  std::deque<Task> tasks_;
};

}  // namespace

TEST_CASE("the local subscription is offered each event until it takes it, one at a time") {
  Fixture f;
  auto command = to(std::string(kLocalUrl), std::string(kLocalSubscription), {"exchange.*"});
  command.after = 0;
  REQUIRE(std::holds_alternative<Decision>(f.ask_and_commit(command)));
  for (int i = 0; i < 3; ++i) f.ask_and_commit(Fixture::refused());
  SystemEnv env(Level::error);
  InTurn executor;
  NoClient client;
  Subscriptions subscriptions({env, executor, client, *f.store, 0,
                               [&](NoticesDelivered delivered, std::function<void()> done) {
                                 f.ask_and_commit(delivered);
                                 done();
                               }});
  std::vector<std::uint64_t> offered;
  std::uint64_t committed = 0;
  std::move_only_function<void(Result<>)> taken;
  subscriptions.deliver_locally({[&](std::uint64_t number, const Bytes& event, auto done) {
                                   CHECK(event.contains("exchange.refused"));
                                   CHECK_FALSE(taken);
                                   offered.push_back(number);
                                   taken = std::move(done);
                                 },
                                 [&](std::uint64_t cursor) { committed = cursor; }});
  REQUIRE(subscriptions.load(3));
  executor.run();
  CHECK(offered == std::vector<std::uint64_t>{1});
  std::exchange(taken, nullptr)(fail(Code::unavailable, "the disk is full"));
  executor.run();
  CHECK(offered == std::vector<std::uint64_t>{1, 1});
  CHECK(subscriptions.standing("folders")->last_error == "the disk is full");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(taken);
    std::exchange(taken, nullptr)({});
    executor.run();
  }
  CHECK(offered == std::vector<std::uint64_t>{1, 1, 2, 3});
  CHECK(committed == 3);
  CHECK(f.subscription("folders").cursor == 3);
}

TEST_CASE("the local subscription has one id and one address, and is not removed") {
  Fixture f;
  CHECK(code_of(f.ask_and_commit(to("folders:", "other"))) == Code::invalid);
  CHECK(code_of(f.ask_and_commit(to("http://localhost:1/", "folders"))) == Code::invalid);
  CHECK(std::holds_alternative<Decision>(f.ask_and_commit(to("folders:", "folders"))));
  CHECK(code_of(f.ask_and_commit(to("folders:", "folders"))) == Code::conflict);
  CHECK(code_of(f.ask_and_commit(Unsubscribe{"folders"})) == Code::conflict);
}

TEST_CASE("types are words, families or everything") {
  CHECK(wants_type({}, "exchange.refused"));
  CHECK(wants_type({"*"}, "exchange.refused"));
  CHECK(wants_type({"exchange.*"}, "exchange.refused"));
  CHECK(wants_type({"negotiation.*", "exchange.refused"}, "exchange.refused"));
  CHECK_FALSE(wants_type({"exchange"}, "exchange.refused"));
  CHECK_FALSE(wants_type({"exchange.*"}, "exchanges.refused"));
}

TEST_CASE("API keys are kept by their hash, one a name") {
  Fixture f;
  Digest sha256;
  sha256.bytes[0] = 7;
  CHECK(std::holds_alternative<Decision>(f.ask_and_commit(PutApiKey{{"one", "read", {}}, sha256})));
  const auto row = f.rows().get(Table::api_key, sha256.view()).value();
  REQUIRE(row.has_value());
  CHECK(from_bytes<ApiKeyRecord>(*row).value().role == "read");
  CHECK(code_of(f.ask_and_commit(PutApiKey{{"one", "admin", {}}, {}})) == Code::conflict);
  CHECK(code_of(f.ask_and_commit(PutApiKey{{"two", "owner", {}}, {}})) == Code::invalid);
  CHECK(code_of(f.ask_and_commit(PutApiKey{{"", "read", {}}, {}})) == Code::invalid);
  CHECK(code_of(f.ask_and_commit(RemoveApiKey{"two"})) == Code::not_found);
  CHECK(std::holds_alternative<Decision>(f.ask_and_commit(RemoveApiKey{"one"})));
  CHECK_FALSE(f.rows().get(Table::api_key, sha256.view()).value());
}

TEST_CASE("in the background no answer is final") {
  const Time start{1'000'000};
  for (const int status : {301, 400, 401, 403, 404, 410, 413, 422, 429, 500, 503})
    CHECK(judge_response(MessageClass::background, {status, {}, {}}, {1, start, false},
                         start + hours(9), 0.5)
              .fate == Fate::again);
  CHECK(judge_response(MessageClass::background, {204, {}, {}}, {1, start, false}, start, 0.5).fate ==
        Fate::accepted);
  CHECK(judge_error(MessageClass::background, {Code::denied, "", ""}, {1, start, false}, start, 0.5)
            .fate == Fate::again);
}

}  // namespace corridor::engine
