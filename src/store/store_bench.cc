// SPDX-License-Identifier: Apache-2.0
//
// Durable commits a second, beside what the disk itself can do in the same run: a loop that appends
// 4 KiB to a file and syncs it. Usage: store_bench [seconds per figure] [folder].
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "store/open.h"

namespace {

using namespace corridor;
using namespace corridor::store;
using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void print(const std::string& name, double value, const char* unit) {
  std::printf("%s %.1f %s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

// Runs `once` for `seconds` and prints how often it went and how long it took.
template <class Once>
void measure(const std::string& name, double seconds, Once once) {
  std::vector<double> took;
  const auto start = Clock::now();
  while (microseconds_since(start) < seconds * 1e6) {
    const auto before = Clock::now();
    once();
    took.push_back(microseconds_since(before));
  }
  const double total = microseconds_since(start);
  std::ranges::sort(took);
  print(name, static_cast<double>(took.size()) / total * 1e6, "1/s");
  print(name + "_p50", took[took.size() / 2], "us");
  print(name + "_p99", took[took.size() * 99 / 100], "us");
  print(name + "_max", took.back(), "us");
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "store_bench: %s\n", result.error().why.c_str());
  std::exit(1);
}
void must(const Result<>& result) {
  if (result) return;
  std::fprintf(stderr, "store_bench: %s\n", result.error().why.c_str());
  std::exit(1);
}

void bench_disk(const std::string& folder, double seconds) {
  const int fd = ::open((folder + "/plain").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const Bytes page(4096, 'x');
  measure("fdatasync", seconds, [&] {
    if (::write(fd, page.data(), page.size()) != 4096 || ::fdatasync(fd) != 0) std::exit(1);
  });
  ::close(fd);
}

// Half of the rows are new, half replace one of before: what a step does.
std::vector<Write> batch_of(std::size_t rows, std::mt19937_64& random, std::uint64_t& next) {
  std::vector<Write> writes;
  for (std::size_t i = 0; i < rows; ++i) {
    Bytes key = "process/";
    append_u64_be(key, (i % 2 == 0 ? next++ : random() % (next + 1)) * 0x9e3779b97f4a7c15);
    writes.push_back({static_cast<TableId>(i % 4), std::move(key),
                      Bytes(200 + random() % 200, static_cast<char>('a' + i % 26))});
  }
  return writes;
}

void bench_commits(const std::string& folder, std::size_t rows, double seconds) {
  const std::string name = "rows_" + std::to_string(rows);
  const auto store = must(open_sqlite_store(folder + "/" + name + ".db"));
  std::mt19937_64 random(1);
  std::uint64_t next = 0;
  measure("commit_" + name, seconds, [&] { must(store->commit(batch_of(rows, random, next))); });
  measure("latest_get_" + name, seconds / 10, [&] {
    Bytes key = "process/";
    append_u64_be(key, (random() % next) * 0x9e3779b97f4a7c15);
    (void)must(store->latest().get(0, key));
  });
  measure("snapshot_get_" + name, seconds / 10, [&] {
    Bytes key = "process/";
    append_u64_be(key, (random() % next) * 0x9e3779b97f4a7c15);
    (void)must(must(store->snapshot())->get(0, key));
  });
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
  std::string folder = std::string(argc > 2 ? argv[2] : ".") + "/store_bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  bench_disk(folder, seconds);
  for (const std::size_t rows : {1, 16, 256}) bench_commits(folder, rows, seconds);
  bench_disk(folder, seconds);
  std::filesystem::remove_all(folder);
  return 0;
}
