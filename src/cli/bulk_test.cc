// SPDX-License-Identifier: Apache-2.0
#include "cli/bulk.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "cli/files.h"
#include "crypto/crypto.h"
#include "net/server.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

namespace corridor::cli {

namespace {

constexpr View kKey = "the key of the people of one small node";

Bytes many_bytes() {
  Bytes bytes;
  while (bytes.size() < 3'000'000) bytes += std::to_string(bytes.size()) + ",";
  return bytes;
}

std::string sha256_of(View bytes) { return hex(crypto::sha256(bytes).view()); }

// A data folder as commands find it, and a server in place of its node.
class Fixture {
 public:
  Fixture() : loops_(1) {
    char pattern[] = "/tmp/corridor-bulk-XXXXXX";
    folder_ = ::mkdtemp(pattern);
    net::ServerOptions options;
    options.body_bytes_max = [](View, View target) -> std::size_t {
      return target.contains("small") ? 10 : 100'000'000;
    };
    options.bodies_bytes_max = 200'000'000;
    auto server = net::Server::listen(loops_, "localhost", 0, options,
                                      [this](net::Request request, net::Respond respond) {
                                        answer(std::move(request), std::move(respond));
                                      });
    REQUIRE(server.has_value());
    server_ = std::move(*server);
    const std::string port = std::to_string(server_->port());
    std::ofstream(folder_ + "/node.json")
        << R"({"did":"did:web:localhost%3A)" + port + R"(","name":"N","host":"localhost","port":)" +
               port + "}";
    std::ofstream(folder_ + "/api.key") << kKey << "\n";
    auto node = NodeClient::open(folder_);
    REQUIRE(node.has_value());
    node_ = std::move(*node);
  }
  ~Fixture() {
    node_.reset();
    server_->stop();
    loops_.stop();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] NodeClient& node() const { return *node_; }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] Wanted wanted(const Bytes& bytes) const {
    return {"/fetches/F/data", path("out"), "f", sha256_of(bytes), bytes.size()};
  }
  Bytes body = many_bytes();
  bool ranges = true;
  std::vector<net::Request> seen;

 private:
  void answer(net::Request request, net::Respond respond) {
    net::Response response;
    response.status = 200;
    const std::string* const range = request.headers.find("Range");
    if (request.method == "PUT") {
      response.body = R"({"sha256":")" + sha256_of(request.body) + "\"}";
    } else if (request.target.contains("none")) {
      response.status = 404;
      response.body = R"({"code":"not_found","reason":["there is no such fetch"]})";
    } else if (range != nullptr && ranges) {
      response.status = 206;
      response.body = body.substr(std::stoul(range->substr(6)));
    } else {
      response.body = body;
    }
    request.body.clear();
    seen.push_back(std::move(request));
    respond(std::move(response));
  }

  std::string folder_;
  net::Loops loops_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<NodeClient> node_;
};

}  // namespace

TEST_CASE("a file goes to the node with its key, its type and all its bytes") {
  const Fixture fixture;
  std::ofstream(fixture.path("file")) << fixture.body;
  std::uint64_t moved = 0;
  const auto answer = put_file(fixture.node(), "/datasets/D/data", fixture.path("file"), "text/csv",
                               [&](std::uint64_t bytes, std::uint64_t) { moved = bytes; });
  REQUIRE(answer.has_value());
  CHECK(answer->text_or("sha256") == sha256_of(fixture.body));
  CHECK(moved == fixture.body.size());
  CHECK(fixture.seen[0].target == "/0/api/v1/datasets/D/data");
  CHECK(*fixture.seen[0].headers.find("Authorization") == "Bearer " + std::string(kKey));
  CHECK(*fixture.seen[0].headers.find("Content-Type") == "text/csv");
}

TEST_CASE("a node that refuses a body is heard, though not everything was sent") {
  const Fixture fixture;
  std::ofstream(fixture.path("file")) << fixture.body;
  const auto answer = put_file(fixture.node(), "/small", fixture.path("file"), "text/csv", {});
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code != Code::internal);
  CHECK_FALSE(put_file(fixture.node(), "/x", fixture.path("missing"), "a/b", {}).has_value());
  CHECK_FALSE(put_file(fixture.node(), "/x", "/tmp", "a/b", {}).has_value());
}

TEST_CASE("a body is saved whole, or not at all") {
  const Fixture fixture;
  const Wanted wanted = fixture.wanted(fixture.body);
  REQUIRE(save_body(fixture.node(), wanted, {}).has_value());
  CHECK(read_file(wanted.file).value() == fixture.body);
  CHECK_FALSE(std::filesystem::exists(wanted.file + ".f.part"));
  const auto again = save_body(fixture.node(), wanted, {});
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == Code::conflict);
}

TEST_CASE("what an earlier try left is gone on with") {
  const Fixture fixture;
  const Wanted wanted = fixture.wanted(fixture.body);
  std::ofstream(wanted.file + ".f.part") << fixture.body.substr(0, 1'000'000);
  REQUIRE(save_body(fixture.node(), wanted, {}).has_value());
  CHECK(read_file(wanted.file).value() == fixture.body);
  CHECK(*fixture.seen.back().headers.find("Range") == "bytes=1000000-");
}

TEST_CASE("a node that knows no ranges, and a part that is too long, begin anew") {
  Fixture fixture;
  fixture.ranges = false;
  const Wanted wanted = fixture.wanted(fixture.body);
  std::ofstream(wanted.file + ".f.part") << "other bytes";
  REQUIRE(save_body(fixture.node(), wanted, {}).has_value());
  std::filesystem::remove(wanted.file);
  std::ofstream(wanted.file + ".f.part") << fixture.body << "more";
  REQUIRE(save_body(fixture.node(), wanted, {}).has_value());
  CHECK(read_file(wanted.file).value() == fixture.body);
}

TEST_CASE("bytes that are not those wanted never become the file") {
  const Fixture fixture;
  const Wanted wanted = fixture.wanted(fixture.body);
  std::ofstream(wanted.file + ".f.part") << "other bytes";
  const auto saved = save_body(fixture.node(), wanted, {});
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().code == Code::corrupt);
  CHECK_FALSE(std::filesystem::exists(wanted.file));
  CHECK_FALSE(std::filesystem::exists(wanted.file + ".f.part"));
}

TEST_CASE("what the node says instead of bytes is the error") {
  const Fixture fixture;
  Wanted wanted = fixture.wanted(fixture.body);
  wanted.path = "/fetches/none/data";
  const auto saved = save_body(fixture.node(), wanted, {});
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().code == Code::not_found);
  CHECK(saved.error().why == "there is no such fetch");
}

}  // namespace corridor::cli
