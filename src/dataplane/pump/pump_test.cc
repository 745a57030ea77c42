// SPDX-License-Identifier: Apache-2.0
//
// Two stores and a network between them that breaks: bytes arrive whole, once, and as announced, or
// not at all.
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "crypto/crypto.h"
#include "dataplane/dataplane.h"
#include "dataplane/plan.h"
#include "net/server.h"
#include "store/open.h"

#include <doctest/doctest.h>

using namespace corridor;
using namespace corridor::dataplane;

namespace {

template <class T>
std::string name_of(const Result<T>& result) {
  return result ? "ok" : std::string(code_facts(result.error().code).name);
}

Bytes pattern(std::size_t bytes) {
  Bytes made(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) made[i] = static_cast<char>(i * 7 + (i >> 9) * 131);
  return made;
}

std::unique_ptr<store::Blobs> memory() {
  return store::open_memory_blobs(store::hash_by<crypto::Sha256>(crypto::sha256));
}

// Ends each connection's answer after so many bytes of body.
class CutSource final : public net::BodySource {
 public:
  CutSource(std::shared_ptr<net::BodySource> inner, std::size_t after)
      : inner_(std::move(inner)), left_(after) {}
  [[nodiscard]] std::uint64_t bytes() const override { return inner_->bytes(); }
  void next(std::span<char> room, Done done) override {
    if (left_ == 0) return done(fail(Code::internal, "cut"));
    const auto some = room.first(std::min(room.size(), left_));
    left_ -= some.size();
    inner_->next(some, std::move(done));
  }

 private:
  std::shared_ptr<net::BodySource> inner_;
  std::size_t left_;
};

// A node that serves a blob at any path, and takes one at /in.
struct Node {
  explicit Node(std::unique_ptr<store::Blobs> kept = memory(), std::size_t transfers_max = 8)
      : blobs(std::move(kept)),
        client(net::make_client(loops)),
        plane({env, workers, *client, *blobs, transfers_max, milliseconds(500)}) {
    net::ServerOptions options;
    options.body_is_streamed = [](View, View target) { return target == "/in"; };
    options.body_bytes_max = [](View, View) { return std::size_t{1} << 40; };
    server = net::Server::listen(loops, "127.0.0.1", 0, std::move(options),
                                 [this](net::Request request, net::Respond respond) {
                                   handle(std::move(request), std::move(respond));
                                 })
                 .value();
  }
  ~Node() {
    server->stop();
    loops.stop();
    workers.stop();
  }
  void handle(net::Request request, net::Respond respond) {
    workers.post_always([this, request = std::move(request),
                         respond = std::move(respond)]() mutable {
      if (request.target != "/in") return give(request, std::move(respond));
      plane.receive(request, receiving,
                    [this, respond = std::move(respond)](Result<Received> result) mutable {
                      const int status =
                          result ? 201 : code_facts(result.error().code).http_status;
                      {
                        const std::lock_guard lock(mutex);
                        received = std::move(result);
                      }
                      respond({status, {}, {}});
                    });
    });
  }
  void give(const net::Request& request, net::Respond respond) {
    {
      const std::lock_guard lock(mutex);
      const auto* const range = request.headers.find("range");
      asked.push_back(range == nullptr ? "" : *range);
    }
    if (answer) return respond(answer(request));
    net::Request seen = request;
    if (ignores_ranges) seen.headers = {};
    net::Response response = plane.serve(serving, seen);
    if (response.source && cut_after > 0)
      response.source = std::make_shared<CutSource>(std::move(response.source), cut_after);
    if (change) change(response);
    respond(std::move(response));
  }
  [[nodiscard]] std::string url(std::string_view path = "/data") const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + std::string(path);
  }
  store::Stored put(const Bytes& bytes) {
    std::promise<store::Stored> promise;
    blobs->put(bytes, crypto::sha256(bytes),
               [&](Result<store::Stored> stored) { promise.set_value(stored.value()); });
    return promise.get_future().get();
  }
  Result<Fetched> fetch(Fetch what) {
    std::promise<Result<Fetched>> promise;
    plane.fetch(std::move(what),
                [&](Result<Fetched> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  Result<net::Response> push(Push what) {
    std::promise<Result<net::Response>> promise;
    plane.push(std::move(what),
               [&](Result<net::Response> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  [[nodiscard]] std::size_t partials() const { return blobs->partials().value().size(); }

  SystemEnv env{Level::error};
  WorkerPool workers{env, 2, 1000};
  net::Loops loops{2};
  std::unique_ptr<store::Blobs> blobs;
  std::unique_ptr<net::Client> client;
  DataPlane plane;
  Serve serving;
  Receive receiving;
  bool ignores_ranges = false;
  std::size_t cut_after = 0;
  std::function<void(net::Response&)> change;
  std::function<net::Response(const net::Request&)> answer;
  std::mutex mutex;
  std::vector<std::string> asked;
  std::optional<Result<Received>> received;
  std::unique_ptr<net::Server> server;
};

Fetch from(const Node& node, std::string partial = "one") {
  Fetch what;
  what.url = node.url();
  what.partial = std::move(partial);
  return what;
}

void set(net::Headers& headers, View name, std::string value) {
  net::Headers changed;
  for (const auto& [each, old] : headers.fields())
    if (View(each) != name) changed.add(each, old);
  if (!value.empty()) changed.add(std::string(name), std::move(value));
  headers = std::move(changed);
}

}  // namespace

TEST_CASE("a blob is fetched whole, whatever its size, and verified") {
  Node theirs;
  Node ours;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{5'000'003}}) {
    CAPTURE(size);
    theirs.serving = {.blob = theirs.put(pattern(size)).blob, .media_type = "text/csv",
                      .file_name = "a b"};
    const auto fetched = ours.fetch(from(theirs));
    REQUIRE(name_of(fetched) == "ok");
    CHECK((fetched->verified && fetched->media_type == "text/csv"));
    CHECK(ours.blobs->read(fetched->stored.blob).value() == pattern(size));
  }
  CHECK(ours.partials() == 0);
  CHECK(theirs.plane.transfers() == 0);
  CHECK(ours.plane.transfers() == 0);
}

TEST_CASE("a connection that breaks after every so many bytes costs no byte twice") {
  Node theirs;
  Node ours;
  constexpr std::size_t kBytes = 1'000'000;
  theirs.serving.blob = theirs.put(pattern(kBytes)).blob;
  for (const std::size_t cut : {97'000, 128 * 1024, 200'001, 999'999}) {
    CAPTURE(cut);
    theirs.cut_after = cut;
    theirs.asked.clear();
    const auto fetched = ours.fetch(from(theirs));
    REQUIRE(name_of(fetched) == "ok");
    CHECK(ours.blobs->read(fetched->stored.blob).value() == pattern(kBytes));
    CHECK(theirs.asked.size() >= (kBytes - 1) / cut + 1);
    CHECK(theirs.asked.size() <= (kBytes - 1) / cut + 2);
    CHECK(theirs.asked[1] == "bytes=" + std::to_string(cut) + "-");
  }
}

TEST_CASE("a server that ignores ranges sends again what is here, and it is skipped") {
  Node theirs;
  Node ours;
  theirs.serving.blob = theirs.put(pattern(1'000'000)).blob;
  theirs.ignores_ranges = true;
  theirs.cut_after = 600'000;
  theirs.change = [&](net::Response&) { theirs.cut_after += 300'000; };
  const auto fetched = ours.fetch(from(theirs));
  REQUIRE(name_of(fetched) == "ok");
  CHECK(ours.blobs->read(fetched->stored.blob).value() == pattern(1'000'000));
}

TEST_CASE("bytes that change meanwhile are fetched anew") {
  Node theirs;
  Node ours;
  const auto before = theirs.put(pattern(500'000)).blob;
  const auto after = theirs.put(pattern(700'000).substr(1)).blob;
  theirs.serving.blob = before;
  theirs.cut_after = 200'000;
  theirs.change = [&](net::Response&) { theirs.serving.blob = after; };
  SUBCASE("which If-Range finds") {}
  SUBCASE("which a part without a validator shows") {
    theirs.answer = [&](const net::Request& request) {
      net::Request seen = request;
      set(seen.headers, "If-Range", "");
      net::Response response = theirs.plane.serve(theirs.serving, seen);
      response.source = std::make_shared<CutSource>(std::move(response.source), 600'000);
      theirs.serving.blob = after;
      return response;
    };
  }
  const auto fetched = ours.fetch(from(theirs));
  REQUIRE(name_of(fetched) == "ok");
  CHECK(ours.blobs->read(fetched->stored.blob).value().size() >= 500'000);
  CHECK(ours.partials() == 0);
}

TEST_CASE("bytes that are not the announced ones are refused by name and thrown away") {
  Node theirs;
  Node ours;
  const auto stored = theirs.put(pattern(300'000));
  theirs.serving.blob = stored.blob;
  const Digest other = crypto::sha256("other");
  Fetch what = from(theirs);
  SUBCASE("Repr-Digest lies") {
    theirs.change = [&](net::Response& response) {
      set(response.headers, "Repr-Digest", repr_digest(other));
    };
    const auto fetched = ours.fetch(what);
    CHECK(name_of(fetched) == "peer");
    CHECK(fetched.error().why.contains(hex(other.view())));
    CHECK(fetched.error().why.contains(hex(stored.sha256.view())));
  }
  SUBCASE("another digest was agreed on: not a byte is fetched") {
    what.sha256 = other;
    CHECK(name_of(ours.fetch(what)) == "peer");
  }
  SUBCASE("a digest was agreed on and none is announced") {
    what.sha256 = other;
    theirs.change = [&](net::Response& response) { set(response.headers, "Repr-Digest", ""); };
    CHECK(name_of(ours.fetch(what)) == "peer");
  }
  SUBCASE("another length was agreed on") {
    what.bytes = 300'001;
    CHECK(name_of(ours.fetch(what)) == "peer");
  }
  SUBCASE("more than is taken") {
    what.bytes_max = 299'999;
    CHECK(name_of(ours.fetch(what)) == "too_large");
  }
  SUBCASE("the digest cannot be read") {
    theirs.change = [&](net::Response& response) {
      set(response.headers, "Repr-Digest", "sha-256=what");
    };
    CHECK(name_of(ours.fetch(what)) == "peer");
  }
  CHECK(theirs.asked.size() == 1);
  const auto waiting = ours.blobs->partials().value();
  for (const auto& partial : waiting) CHECK(partial.bytes == 0);
}

TEST_CASE("without a digest only the length holds, and that is said") {
  Node theirs;
  Node ours;
  theirs.serving.blob = theirs.put(pattern(300'000)).blob;
  theirs.change = [&](net::Response& response) {
    set(response.headers, "Repr-Digest", "");
    set(response.headers, "ETag", "");
  };
  const auto fetched = ours.fetch(from(theirs));
  REQUIRE(name_of(fetched) == "ok");
  CHECK_FALSE(fetched->verified);
}

TEST_CASE("what the other side refuses ends a fetch, what passes does not") {
  Node theirs;
  Node ours;
  for (const auto& [status, name] :
       {std::pair{401, "unauthenticated"}, {403, "denied"}, {410, "not_found"}, {302, "peer"}}) {
    theirs.answer = [status = status](const net::Request&) {
      return net::Response{status, {}, "why"};
    };
    CHECK(name_of(ours.fetch(from(theirs))) == name);
  }
  int times = 0;
  const auto blob = theirs.put(pattern(1000)).blob;
  theirs.answer = [&](const net::Request& request) {
    if (++times < 3) return net::Response{503, {}, "later"};
    CHECK(*request.headers.find("authorization") == "Bearer x");
    return theirs.plane.serve({.blob = blob}, request);
  };
  Fetch what = from(theirs);
  what.authorization = "Bearer x";
  CHECK(name_of(ours.fetch(what)) == "ok");
  CHECK(times == 3);
}

TEST_CASE("a gate cuts what flows, on either side, and the rest comes when it opens") {
  Node theirs;
  Node ours;
  constexpr std::size_t kBytes = 3'000'000;
  theirs.serving.blob = theirs.put(pattern(kBytes)).blob;
  std::atomic<int> pieces = 0;
  std::atomic<bool> open = false;
  const Gate gate = [&]() -> Result<> {
    if (open || ++pieces < 10) return {};
    return fail(Code::denied, "suspended");
  };
  Fetch what = from(theirs);
  SUBCASE("ours") {
    what.gate = gate;
    const auto fetched = ours.fetch(what);
    CHECK(name_of(fetched) == "denied");
    CHECK(fetched.error().why == "suspended");
  }
  SUBCASE("theirs") {
    theirs.serving.gate = gate;
    CHECK(name_of(ours.fetch(what)) == "denied");  // 403 to the next try
  }
  REQUIRE(ours.partials() == 1);
  const auto here = ours.blobs->partials().value()[0].bytes;
  CHECK((here > 0 && here <= 10 * limits::kStreamPieceBytes));
  open = true;
  theirs.asked.clear();
  const auto fetched = ours.fetch(what);
  REQUIRE(name_of(fetched) == "ok");
  CHECK(ours.blobs->read(fetched->stored.blob).value() == pattern(kBytes));
  CHECK(theirs.asked == std::vector<std::string>{"bytes=" + std::to_string(here) + "-"});
}

TEST_CASE("a fetch goes on in the next process") {
  std::string folder = std::filesystem::temp_directory_path() / "corridor-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const auto disk = [&] {
    return store::open_disk_blobs(folder, store::hash_by<crypto::Sha256>(crypto::sha256)).value();
  };
  Node theirs;
  constexpr std::size_t kBytes = 2'000'000;
  theirs.serving.blob = theirs.put(pattern(kBytes)).blob;
  std::uint64_t here = 0;
  {
    Node ours(disk());
    std::promise<void> half;
    std::atomic<int> pieces = 0;
    Fetch what = from(theirs);
    what.gate = [&]() -> Result<> {
      if (++pieces == 6) half.set_value();
      if (pieces >= 6) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return {};
    };
    ours.plane.fetch(std::move(what), [](const Result<Fetched>&) {});
    half.get_future().wait();
    here = ours.blobs->partials().value()[0].bytes;
    CHECK(here > 0);
  }
  Node ours(disk());
  theirs.asked.clear();
  const auto fetched = ours.fetch(from(theirs));
  REQUIRE(name_of(fetched) == "ok");
  CHECK(ours.blobs->read(fetched->stored.blob).value() == pattern(kBytes));
  REQUIRE(theirs.asked.size() <= 1);  // none: all of it had come
  if (!theirs.asked.empty()) CHECK(std::stoull(theirs.asked[0].substr(6)) >= here);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a partial that was damaged between two processes is fetched once more, in one") {
  Node theirs;
  Node ours;
  theirs.serving.blob = theirs.put(pattern(1'000'000)).blob;
  {
    const auto writer = ours.blobs->write("one").value();
    (void)writer->append(pattern(400'000).substr(1));
    (void)writer->set_note(write_note({.etag = {}, .sha256 = crypto::sha256(pattern(1'000'000)),
                                       .total = 1'000'000, .media_type = {}}));
  }
  const auto fetched = ours.fetch(from(theirs));
  REQUIRE(name_of(fetched) == "ok");
  CHECK(theirs.asked == std::vector<std::string>{"bytes=399999-", ""});
  CHECK(ours.blobs->read(fetched->stored.blob).value() == pattern(1'000'000));
}

TEST_CASE("a blob is pushed and received") {
  Node theirs;
  Node ours;
  const auto stored = ours.put(pattern(2'000'000));
  Push what{.blob = stored.blob, .url = theirs.url("/in"), .method = "PUT", .authorization = {},
            .media_type = "text/csv"};
  SUBCASE("whole") {
    const auto answer = ours.push(what);
    REQUIRE(name_of(answer) == "ok");
    CHECK(answer->status == 201);
    REQUIRE(name_of(*theirs.received) == "ok");
    CHECK(((*theirs.received)->verified && (*theirs.received)->media_type == "text/csv"));
    CHECK(theirs.blobs->read((*theirs.received)->stored.blob).value() == pattern(2'000'000));
  }
  SUBCASE("of another digest than agreed on") {
    theirs.receiving.sha256 = crypto::sha256("other");
    CHECK(name_of(ours.push(what)) == "peer");
    CHECK(name_of(*theirs.received) == "invalid");
  }
  SUBCASE("of another length than agreed on") {
    theirs.receiving.bytes = 5;
    CHECK(name_of(ours.push(what)) == "peer");
    CHECK(name_of(*theirs.received) == "invalid");
  }
  SUBCASE("too large") {
    theirs.receiving.bytes_max = 5;
    CHECK(name_of(ours.push(what)) == "too_large");
  }
  SUBCASE("until their gate closes") {
    std::atomic<int> pieces = 0;
    theirs.receiving.gate = [&]() -> Result<> {
      if (++pieces < 5) return {};
      return fail(Code::denied, "terminated");
    };
    CHECK(name_of(ours.push(what)) == "denied");
    CHECK(theirs.received->error().why == "terminated");
  }
  SUBCASE("until our gate closes") {
    std::atomic<int> pieces = 0;
    what.gate = [&]() -> Result<> {
      if (++pieces < 5) return {};
      return fail(Code::conflict, "terminated");
    };
    CHECK(name_of(ours.push(what)) == "conflict");
  }
  CHECK(theirs.partials() == 0);
}

TEST_CASE("what is received without a digest, or with another, is refused") {
  Node theirs;
  Node ours;
  const auto send = [&](net::Headers headers, Bytes body) {
    net::Request request;
    request.method = "POST";
    request.url = theirs.url("/in");
    request.headers = std::move(headers);
    request.body = std::move(body);
    std::promise<int> status;
    ours.client->send(std::move(request), {}, [&](const Result<net::Response>& response) {
      status.set_value(response ? response->status : 0);
    });
    return status.get_future().get();
  };
  CHECK(send({}, "bytes") == 400);
  CHECK(send({{"Repr-Digest", repr_digest(crypto::sha256("other"))}}, "bytes") == 400);
  CHECK(send({{"Repr-Digest", "sha-256"}}, "bytes") == 400);
  CHECK(send({{"Repr-Digest", repr_digest(crypto::sha256("bytes"))}}, "bytes") == 201);
  theirs.receiving.digest_required = false;
  CHECK(send({}, "bytes") == 201);
  CHECK_FALSE((*theirs.received)->verified);
}

TEST_CASE("a body that came whole is received alike") {
  Node node;
  net::Request request;
  request.headers = {{"Repr-Digest", repr_digest(crypto::sha256("bytes"))}};
  request.body = "bytes";
  std::promise<Result<Received>> promise;
  node.plane.receive(request, {},
                     [&](Result<Received> result) { promise.set_value(std::move(result)); });
  CHECK(name_of(promise.get_future().get()) == "ok");
}

TEST_CASE("there are so many transfers at once and no more") {
  Node theirs;
  Node ours(memory(), 1);
  theirs.serving.blob = theirs.put(pattern(500'000)).blob;
  std::promise<void> go;
  std::shared_future<void> going = go.get_future();
  Fetch first = from(theirs);
  first.gate = [going]() -> Result<> {
    going.wait();
    return {};
  };
  std::promise<Result<Fetched>> promise;
  ours.plane.fetch(std::move(first),
                   [&](Result<Fetched> result) { promise.set_value(std::move(result)); });
  CHECK(ours.plane.transfers() == 1);
  CHECK(name_of(ours.fetch(from(theirs, "two"))) == "busy");
  const auto stored = ours.put("x");
  net::Request request;
  request.method = "GET";
  CHECK(ours.plane.serve({.blob = stored.blob}, request).status == 503);
  request.method = "HEAD";
  CHECK(ours.plane.serve({.blob = stored.blob}, request).status == 200);
  go.set_value();
  CHECK(name_of(promise.get_future().get()) == "ok");
  CHECK(name_of(ours.fetch(from(theirs, "two"))) == "ok");
}

TEST_CASE("two fetches of one partial do not meet") {
  Node theirs;
  Node ours;
  theirs.serving.blob = theirs.put(pattern(500'000)).blob;
  std::promise<void> in;
  std::promise<void> go;
  std::shared_future<void> going = go.get_future();
  std::atomic<bool> said = false;
  Fetch first = from(theirs);
  first.gate = [&, going]() -> Result<> {
    if (!said.exchange(true)) in.set_value();
    going.wait();
    return {};
  };
  std::promise<Result<Fetched>> promise;
  ours.plane.fetch(std::move(first),
                   [&](Result<Fetched> result) { promise.set_value(std::move(result)); });
  in.get_future().wait();
  CHECK(name_of(ours.fetch(from(theirs))) == "conflict");
  go.set_value();
  CHECK(name_of(promise.get_future().get()) == "ok");
}
