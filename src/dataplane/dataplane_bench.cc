// SPDX-License-Identifier: Apache-2.0
//
// One big file from node to node over loopback: stored, hashed, verified, durable. Beside it what
// bounds it in the same run: hashing alone, and writing and syncing the file alone. And what memory
// the process needed at most beyond what it had at first. Usage: dataplane_bench [bytes] [folder].
#include <stdlib.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>

#include "crypto/crypto.h"
#include "dataplane/dataplane.h"
#include "net/server.h"
#include "store/open.h"

using namespace corridor;
using namespace corridor::dataplane;

namespace {

using Clock = std::chrono::steady_clock;

void print(const char* name, double value, const char* unit) {
  std::printf("%s %.1f %s\n", name, value, unit);
  std::fflush(stdout);
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "dataplane_bench: %s\n", result.error().why.c_str());
  std::exit(1);
}

double memory_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::unique_ptr<store::Blobs> open(const std::string& folder) {
  return must(store::open_disk_blobs(folder, store::hash_by<crypto::Sha256>(crypto::sha256)));
}

// A blob of a pattern; also the figure of a local write.
store::Stored write_blob(store::Blobs& blobs, std::uint64_t bytes) {
  const auto writer = must(blobs.write(""));
  Bytes piece(limits::kStreamPieceBytes, 'x');
  for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
    for (std::size_t i = 0; i < piece.size(); i += 512)
      piece[i] = static_cast<char>(at >> (i % 40));
    const auto size = std::min<std::uint64_t>(piece.size(), bytes - at);
    if (auto written = writer->append(View(piece).substr(0, size)); !written) std::exit(1);
  }
  return must(writer->finish());
}

double hash_alone(std::uint64_t bytes) {
  const Bytes piece(limits::kStreamPieceBytes, 'x');
  crypto::Sha256 hash;
  const auto begin = Clock::now();
  for (std::uint64_t at = 0; at < bytes; at += piece.size()) hash.update(piece);
  (void)hash.finish();
  return seconds_since(begin);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t bytes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000'000;
  std::string folder = std::string(argc > 2 ? argv[2] : "/tmp") + "/corridor-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const double mb = static_cast<double>(bytes) / 1e6;
  {
    SystemEnv env(Level::error);
    const auto theirs = open(folder + "/theirs");
    const auto ours = open(folder + "/ours");
    WorkerPool workers(env, 2, 1000);
    net::Loops loops(1);
    net::Loops client_loops(1);
    const auto client = net::make_client(client_loops);
    DataPlane serving({env, workers, *client, *theirs});
    DataPlane fetching({env, workers, *client, *ours});
    auto begin = Clock::now();
    const store::Stored stored = write_blob(*theirs, bytes);
    print("dataplane_write_and_sync_alone", mb / seconds_since(begin), "MB/s");
    print("dataplane_hash_alone", mb / hash_alone(bytes), "MB/s");
    net::ServerOptions options;
    options.body_is_streamed = [](View method, View) { return method == "POST"; };
    options.body_bytes_max = [](View, View) { return limits::kTransferBytesMax; };
    const auto server = must(net::Server::listen(
        loops, "127.0.0.1", 0, std::move(options), [&](net::Request request, net::Respond respond) {
          workers.post_always([&, request = std::move(request),
                               respond = std::move(respond)]() mutable {
            if (!request.incoming) return respond(serving.serve({.blob = stored.blob}, request));
            fetching.receive(request, {}, [respond = std::move(respond)](
                                              const Result<Received>& result) mutable {
              respond({result ? 201 : 400, {}, {}});
            });
          });
        }));
    const std::string url = "http://127.0.0.1:" + std::to_string(server->port()) + "/";
    const double before = memory_mb();
    begin = Clock::now();
    std::promise<void> fetched;
    fetching.fetch({.url = url, .partial = "bench"}, [&](Result<Fetched> result) {
      if (!must(std::move(result)).verified) std::exit(1);
      fetched.set_value();
    });
    fetched.get_future().wait();
    print("dataplane_fetch_durable_verified", mb / seconds_since(begin), "MB/s");
    begin = Clock::now();
    std::promise<void> pushed;
    serving.push({.blob = stored.blob, .url = url}, [&](Result<net::Response> result) {
      (void)must(std::move(result));
      pushed.set_value();
    });
    pushed.get_future().wait();
    print("dataplane_push_durable_verified", mb / seconds_since(begin), "MB/s");
    print("dataplane_memory_growth", memory_mb() - before, "MB");
    server->stop();
    loops.stop();
    client_loops.stop();
    workers.stop();
  }
  std::filesystem::remove_all(folder);
  return 0;
}
